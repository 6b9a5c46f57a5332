package ca

import (
	"bytes"
	"fmt"

	"picket/server/seal"
)

// Unseal reads a CA from its certificate and its key as kept: in clear or sealed.
// Where the key is in clear or sealed with an old key, and there is a key to seal
// with, it is given to keep anew sealed. The error says which key is missing.
func Unseal(certificate, key []byte, keys *seal.Keyring, keep func(old, sealed []byte) error) (*CA, error) {
	plain := bytes.Clone(key)
	if _, sealed := seal.KeyID(key); sealed {
		var err error
		if plain, err = keys.Open(CAKeyPurpose, key); err != nil {
			return nil, fmt.Errorf("the key of the cluster's CA: %w; give the nodes the file that sealed it (-secret-keys)", err)
		}
	}
	c, err := Parse(certificate, plain)
	if err != nil {
		return nil, err
	}
	if keys.Stale(key) {
		sealed, err := keys.Seal(CAKeyPurpose, plain)
		if err != nil {
			return nil, err
		}
		if err := keep(key, sealed); err != nil {
			return nil, err
		}
	}
	return c, nil
}
