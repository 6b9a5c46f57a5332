package enrol

// Where taps enrol, learn whose node it is, and change their key.
const (
	Path        = "/v1/enrol"
	ClusterPath = "/v1/cluster"
	KeyPath     = "/v1/key"
)

// A Request is the body of POST Path.
type Request struct {
	Token     string `json:"token,omitempty"` // as Token.Text; empty: the box shows a claim code
	PublicKey []byte `json:"public_key"`      // Ed25519, 32 octets; base64 in JSON
	Name      string `json:"name"`            // what people call the tap, at most 64 octets
	MAC       string `json:"mac,omitempty"`   // of an interface of the box, lower case with colons
	Version   string `json:"version"`         // of the software, at most 64 octets
	Arch      string `json:"arch"`            // GOARCH
}

// A Response is the body of its answer: 201 with a tap, 202 with none yet. A tap
// whose TLS is not that of the cluster's CA believes Sealed alone; the other
// fields are for taps of before there was one.
type Response struct {
	TapID         string   `json:"tap_id,omitempty"`    // UUID
	Cluster       string   `json:"cluster"`             // 64 hexadecimal digits
	CACertificate string   `json:"ca_certificate"`      // PEM; the only root from now on
	WindowMS      int      `json:"window_ms,omitempty"` // length of the windows to report, 5,000 to 60,000
	NodeURLs      []string `json:"node_urls,omitempty"` // https, at least one
	Sealed        string   `json:"sealed,omitempty"`    // an Answer, by Seal
}

// A Cluster is the body of GET ClusterPath: whom a node says to be. Nothing in it
// is secret, and it proves nothing; the claim code does.
type Cluster struct {
	Cluster       string `json:"cluster"`        // 64 hexadecimal digits
	CACertificate string `json:"ca_certificate"` // PEM
}

// A KeyRequest is the body of POST KeyPath, which the old key signs. 200: the new
// key is the tap's, and the old one no more once a request under the new one was
// acknowledged; the body is a KeyResponse.
type KeyRequest struct {
	PublicKey []byte `json:"public_key"` // the new key
	Proof     []byte `json:"proof"`      // by the new key, see KeyProof
}

// A KeyResponse is the answer.
type KeyResponse struct {
	Sealed string `json:"sealed"` // an Answer, by Seal
}
