package enrol

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"encoding/json"
	"fmt"

	"picket/shared/httpsig"
	"picket/shared/seal"
)

// mediaType is the typ of what Seal makes.
const mediaType = "picket-enrolment+jws"

// maxSealed bounds a sealed answer, in octets: one with 32 URLs has less.
const maxSealed = 32 << 10

// What an Answer says.
const (
	Enrolled = "enrolled" // the box is a tap
	Pending  = "pending"  // it waits for a person: ask again
	Renewed  = "renewed"  // the new key is the tap's
)

// An Answer is what a cluster says to a box that enrols or changes its key. It is
// for one request: of a key, with a nonce.
type Answer struct {
	Status   string   `json:"status"`
	Cluster  string   `json:"cluster"` // 64 hexadecimal digits
	KeyID    string   `json:"key_id"`  // httpsig.KeyID of the key that signed the request
	Nonce    string   `json:"nonce"`   // of the request's signature
	TapID    string   `json:"tap_id,omitempty"`
	WindowMS int      `json:"window_ms,omitempty"`
	NodeURLs []string `json:"node_urls,omitempty"`
	NewKeyID string   `json:"new_key_id,omitempty"` // with Renewed
}

// Seal signs an answer with the key of the cluster's CA.
func Seal(a Answer, key *ecdsa.PrivateKey) (string, error) {
	payload, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("seal answer: %w", err)
	}
	return seal.Seal(payload, mediaType, a.Cluster, key)
}

// Open returns the answer in text if the cluster's key signed it for the request
// that keyID signed with nonce. The errors are those of package seal.
func Open(text, cluster string, key *ecdsa.PublicKey, keyID, nonce string) (Answer, error) {
	payload, err := seal.Open(text, mediaType, cluster, key, maxSealed)
	if err != nil {
		return Answer{}, err
	}
	var a Answer
	if err := json.Unmarshal(payload, &a); err != nil {
		return Answer{}, fmt.Errorf("%w: %w", seal.ErrForm, err)
	}
	if a.Cluster != cluster || a.KeyID != keyID || a.Nonce != nonce {
		return Answer{}, fmt.Errorf("%w: an answer to another request", seal.ErrStranger)
	}
	return a, nil
}

// KeyProof returns what a new key signs to show that the tap has it: a name for
// this use, the cluster, and both keys.
func KeyProof(cluster string, before, after ed25519.PublicKey) []byte {
	return []byte("picket key renewal 1\n" + cluster + "\n" + httpsig.KeyID(before) + "\n" + httpsig.KeyID(after) + "\n")
}
