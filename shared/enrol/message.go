package enrol

// Path is where taps enrol.
const Path = "/v1/enrol"

// A Request is the body of POST /v1/enrol.
type Request struct {
	Token     string `json:"token"`         // as Token.Text
	PublicKey []byte `json:"public_key"`    // Ed25519, 32 octets; base64 in JSON
	Name      string `json:"name"`          // what people call the tap, at most 64 octets
	MAC       string `json:"mac,omitempty"` // of an interface of the box, lower case with colons
	Version   string `json:"version"`       // of the software, at most 64 octets
	Arch      string `json:"arch"`          // GOARCH
}

// A Response is the body of its answer, 201.
type Response struct {
	TapID         string   `json:"tap_id"`         // UUID
	Cluster       string   `json:"cluster"`        // 64 hexadecimal digits
	CACertificate string   `json:"ca_certificate"` // PEM; the only root from now on
	WindowMS      int      `json:"window_ms"`      // length of the windows to report, 5,000 to 60,000
	NodeURLs      []string `json:"node_urls"`      // https, at least one
}
