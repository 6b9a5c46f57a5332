package identity

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"picket/shared/enrol"
	"picket/shared/httpsig"
)

const (
	enrolTimeout = 30 * time.Second // of one attempt
	maxAnswer    = 64 << 10         // octets
	maxReason    = 300              // octets of an answer that go into a log
)

// exchange is a box's requests to be a tap of one cluster.
type exchange struct {
	key   ed25519.PrivateKey
	ca    [32]byte      // SHA-256 of the CA's SubjectPublicKeyInfo
	token string        // "": none
	about enrol.Request // name, MAC, version and architecture; the rest is filled in
}

func (x exchange) cluster() string { return hex.EncodeToString(x.ca[:]) }

// ask makes one request. The answer is nil while the box waits for a person. wait
// is how long the node asks to be left alone.
func (x exchange) ask(ctx context.Context, node string) (r *enrol.Response, wait time.Duration, err error) {
	base, err := url.Parse(node)
	if err != nil {
		return nil, 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, enrolTimeout)
	defer cancel()
	request, err := x.request(ctx, base.JoinPath(enrol.Path))
	if err != nil {
		return nil, 0, err
	}
	var pinned atomic.Bool
	answer, body, err := once(request, firstContact(base.Hostname(), x.ca, &pinned)) //nolint:bodyclose // once has closed it
	if err != nil {
		return nil, 0, err
	}
	wait = RetryAfter(answer.Header, time.Now())
	switch answer.StatusCode {
	case http.StatusCreated, http.StatusOK, http.StatusAccepted:
	default:
		return nil, wait, refusal(answer, body)
	}
	r = new(enrol.Response)
	if err := json.Unmarshal(body, r); err != nil {
		return nil, 0, fmt.Errorf("answer: %w", err)
	}
	status, err := x.believe(r, request.Header, answer.StatusCode, pinned.Load())
	if err != nil {
		return nil, 0, fmt.Errorf("answer: %w", err)
	}
	if status == enrol.Pending {
		return nil, wait, nil
	}
	return r, 0, nil
}

// believe checks who answers, and replaces what was not signed by what was. A node
// of before answers were sealed is believed by its certificate alone.
func (x exchange) believe(r *enrol.Response, asked http.Header, code int, pinned bool) (status string, err error) {
	if r.Cluster != x.cluster() {
		return "", fmt.Errorf("is of cluster %.12q…", r.Cluster)
	}
	authority, err := parseCA(r.CACertificate, x.ca)
	if err != nil {
		return "", err
	}
	if r.Sealed == "" {
		if !pinned {
			return "", errors.New("is not signed by the cluster, and TLS is not the cluster's own")
		}
		if code == http.StatusAccepted {
			return enrol.Pending, nil
		}
		return enrol.Enrolled, nil
	}
	nonce, err := httpsig.Nonce(asked)
	if err != nil {
		return "", err
	}
	public, _ := authority.PublicKey.(*ecdsa.PublicKey) // another kind opens nothing
	own, _ := x.key.Public().(ed25519.PublicKey)
	a, err := enrol.Open(r.Sealed, x.cluster(), public, httpsig.KeyID(own), nonce)
	if err != nil {
		return "", err
	}
	if a.Status != enrol.Enrolled && a.Status != enrol.Pending {
		return "", fmt.Errorf("has the status %.20q", a.Status)
	}
	r.TapID, r.WindowMS, r.NodeURLs, r.Sealed = a.TapID, a.WindowMS, a.NodeURLs, ""
	return a.Status, nil
}

func (x exchange) request(ctx context.Context, to *url.URL) (*http.Request, error) {
	about := x.about
	about.Token = x.token
	about.PublicKey, _ = x.key.Public().(ed25519.PublicKey)
	body, err := json.Marshal(about)
	if err != nil {
		return nil, err
	}
	return signedRequest(ctx, httpsig.Signer{Key: x.key, Cluster: x.cluster()}, to, body)
}

// signedRequest returns a POST of JSON.
func signedRequest(ctx context.Context, by httpsig.Signer, to *url.URL, body []byte) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header, err = by.Sign(http.MethodPost, request.URL.EscapedPath(), request.URL.RawQuery, body, time.Now())
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	return request, nil
}

// once makes a request on a connection of its own, and follows no redirect: what it
// says is for this host.
func once(request *http.Request, trust *tls.Config) (*http.Response, []byte, error) {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: trust}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(request)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	return answer, body, err
}

// refusal turns an answer into an error, ErrRefused where it will not change.
func refusal(answer *http.Response, body []byte) error {
	reason := strings.TrimSpace(string(body[:min(len(body), maxReason)]))
	switch answer.StatusCode {
	case http.StatusUnauthorized:
		if skew, ok := Skew(answer.Header, time.Now()); ok {
			return fmt.Errorf("%s: %q; this clock is %v off", answer.Status, reason, skew)
		}
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
	default:
		return fmt.Errorf("%s: %q", answer.Status, reason)
	}
	return fmt.Errorf("%w: %s: %q", ErrRefused, answer.Status, reason)
}
