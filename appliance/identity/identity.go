package identity

import (
	"crypto"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"
	"github.com/google/uuid"

	"picket/shared/enrol"
)

const stateName = "identity.json"

// ErrNotEnrolled says that the state folder knows of no cluster.
var ErrNotEnrolled = errors.New("tap is not enrolled")

// Identity is an enrolled tap.
type Identity struct {
	TapID    string        // UUID, given by the cluster
	Cluster  string        // 64 hexadecimal digits
	NodeURLs []string      // as the cluster said; https
	Window   time.Duration // as the cluster said

	dir    string
	signer *Signer
	ca     *x509.Certificate // the cluster's
}

// Load returns the identity in dir. The error is ErrNotEnrolled when there is
// none.
func Load(dir string) (*Identity, error) {
	text, err := os.ReadFile(filepath.Join(dir, stateName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotEnrolled
	}
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	var r enrol.Response
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("identity: %s: %w", filepath.Join(dir, stateName), err)
	}
	key, err := Key(dir)
	if err != nil {
		return nil, err
	}
	i, err := newIdentity(key, r)
	if err != nil {
		return nil, fmt.Errorf("identity: %s: %w", filepath.Join(dir, stateName), err)
	}
	i.dir = dir
	return i, nil
}

// newIdentity checks what a cluster, or a file, says.
func newIdentity(key ed25519.PrivateKey, r enrol.Response) (*Identity, error) {
	var ca [32]byte
	if b, err := hex.DecodeString(r.Cluster); err != nil || len(b) != len(ca) {
		return nil, fmt.Errorf("cluster %q is not 64 hexadecimal digits", r.Cluster)
	} else {
		copy(ca[:], b)
	}
	authority, err := parseCA(r.CACertificate, ca)
	if err != nil {
		return nil, err
	}
	if _, err := uuid.Parse(r.TapID); err != nil {
		return nil, fmt.Errorf("tap id %q: %w", r.TapID, err)
	}
	if r.WindowMS < 1000 || r.WindowMS > 60_000 {
		return nil, fmt.Errorf("window of %d ms is not between 1000 and 60000", r.WindowMS)
	}
	if len(r.NodeURLs) == 0 || len(r.NodeURLs) > 32 {
		return nil, fmt.Errorf("%d node URLs, want 1 to 32", len(r.NodeURLs))
	}
	for _, text := range r.NodeURLs {
		if u, err := url.Parse(text); err != nil || u.Scheme != "https" || u.Host == "" {
			return nil, fmt.Errorf("node URL %q is not one of https", text)
		}
	}
	return &Identity{
		TapID: r.TapID, Cluster: r.Cluster, NodeURLs: r.NodeURLs, Window: time.Duration(r.WindowMS) * time.Millisecond,
		signer: newSigner(key, r.Cluster), ca: authority,
	}, nil
}

func save(dir string, r enrol.Response) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return renameio.WriteFile(filepath.Join(dir, stateName), append(text, '\n'), 0o600)
}

// Signer signs the tap's requests, with its key of the moment.
func (i *Identity) Signer() *Signer { return i.signer }

// TLSConfig trusts the nodes of the cluster by its CA, and what the machine trusts
// by its own roots: a load balancer that ends TLS with a public certificate. What
// matters of an answer is signed by the cluster (enrol.Answer, desired.Opener).
func (i *Identity) TLSConfig() *tls.Config {
	roots, err := x509.SystemCertPool()
	if err != nil { // a machine without any
		roots = x509.NewCertPool()
	}
	roots.AddCert(i.ca)
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots, NextProtos: []string{enrol.TapProtocol, "http/1.1"}}
}

// ClusterKey is what the cluster signs with, as learned at enrolment: the public
// key of its CA.
func (i *Identity) ClusterKey() crypto.PublicKey { return i.ca.PublicKey }
