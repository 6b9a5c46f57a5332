package identity

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"picket/shared/enrol"
	"picket/shared/httpsig"
	"picket/shared/task"
)

// ErrRefused says that the cluster will not have the tap with this token.
var ErrRefused = errors.New("enrolment refused")

const (
	enrolTimeout = 30 * time.Second // of one attempt
	maxAnswer    = 64 << 10         // octets
	maxReason    = 300              // octets of an answer that go into a log
)

// An Enroller exchanges a token for a place in a cluster.
type Enroller struct {
	Dir   string        // the state folder
	URLs  []string      // of nodes: https://HOST:PORT
	Token enrol.Token   // from the operator
	About enrol.Request // name, MAC, version and architecture; the rest is filled in
	Log   *slog.Logger
}

// Enrol returns the tap's identity when a node has accepted it, and keeps it in
// the state folder. It tries until ctx is done; the error is ErrRefused when
// trying again is of no use. A folder that holds an identity already gives that,
// without a request; one of another cluster is an error.
func (e Enroller) Enrol(ctx context.Context) (*Identity, error) {
	i, err := Load(e.Dir)
	if err == nil {
		if i.Cluster != e.Token.Cluster() {
			return nil, fmt.Errorf("%s is the state of a tap of cluster %.12s…, the token is of %.12s…: use another folder",
				e.Dir, i.Cluster, e.Token.Cluster())
		}
		return i, nil
	}
	if !errors.Is(err, ErrNotEnrolled) {
		return nil, err
	}
	key, err := Key(e.Dir)
	if err != nil {
		return nil, err
	}
	pauses := task.Backoff{First: time.Second, Most: 5 * time.Minute}
	for n := 0; ; n++ {
		node := e.URLs[n%len(e.URLs)]
		i, wait, err := e.try(ctx, node, key)
		if err == nil {
			e.Log.Info("enrolled", "tap_id", i.TapID, "cluster", i.Cluster, "node", node)
			return i, nil
		}
		if errors.Is(err, ErrRefused) || ctx.Err() != nil {
			return nil, fmt.Errorf("enrol at %s: %w", node, err)
		}
		if n%len(e.URLs) == len(e.URLs)-1 || wait > 0 {
			wait = max(wait, pauses.Next())
		}
		e.Log.Warn("enrolment did not succeed; trying again", "node", node, "err", err, "pause", wait.Round(time.Millisecond).String())
		if err := task.Sleep(ctx, wait); err != nil {
			return nil, fmt.Errorf("enrol at %s: %w", node, err)
		}
	}
}

// try makes one attempt. wait is how long the node asks to be left alone.
func (e Enroller) try(ctx context.Context, node string, key ed25519.PrivateKey) (i *Identity, wait time.Duration, err error) {
	base, err := url.Parse(node)
	if err != nil {
		return nil, 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, enrolTimeout)
	defer cancel()
	request, err := e.request(ctx, base.JoinPath(enrol.Path), key)
	if err != nil {
		return nil, 0, err
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: firstContact(base.Hostname(), e.Token.CA)}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(request) // and no redirect: the secret is for this host
	if err != nil {
		return nil, 0, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return nil, 0, err
	}
	if answer.StatusCode != http.StatusCreated && answer.StatusCode != http.StatusOK {
		return nil, RetryAfter(answer.Header, time.Now()), refusal(answer, body)
	}
	var r enrol.Response
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, 0, fmt.Errorf("answer: %w", err)
	}
	if r.Cluster != e.Token.Cluster() {
		return nil, 0, fmt.Errorf("answer is of cluster %.12q…", r.Cluster)
	}
	if i, err = newIdentity(key, r); err != nil {
		return nil, 0, fmt.Errorf("answer: %w", err)
	}
	if err := save(e.Dir, r); err != nil {
		return nil, 0, err
	}
	return i, 0, nil
}

func (e Enroller) request(ctx context.Context, to *url.URL, key ed25519.PrivateKey) (*http.Request, error) {
	about := e.About
	about.Token = e.Token.Text()
	about.PublicKey, _ = key.Public().(ed25519.PublicKey)
	body, err := json.Marshal(about)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	signer := httpsig.Signer{Key: key, Cluster: e.Token.Cluster()}
	header, err := signer.Sign(http.MethodPost, request.URL.EscapedPath(), request.URL.RawQuery, body, time.Now())
	if err != nil {
		return nil, err
	}
	request.Header = header
	request.Header.Set("Content-Type", "application/json")
	return request, nil
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
