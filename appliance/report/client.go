package report

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"picket/shared/delivery"
)

const (
	path        = "/v1/reports"
	contentType = "application/vnd.picket.report"
	timeout     = 60 * time.Second // of one attempt, body and answer included
	maxReason   = 300              // octets of an answer that go into a log
)

// NewClient returns the client with which to reach nodes: over HTTP/1.1 or 2,
// connections kept, no redirects.
func NewClient(trust *tls.Config) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, TLSClientConfig: trust,
			ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second,
			MaxIdleConns: 4, MaxIdleConnsPerHost: 1, IdleConnTimeout: 90 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Signer signs requests, as httpsig.Signer does.
type Signer interface {
	Sign(method, path, rawQuery string, body []byte, now time.Time) (http.Header, error)
}

// client posts reports.
type client struct {
	http   *http.Client
	urls   []string
	signer Signer
	told   *delivery.Recorder // what nodes are told of how delivering goes
}

// post sends a report to one node.
func (c client) post(ctx context.Context, node int, body []byte) (answer, error) {
	to := strings.TrimRight(c.urls[node], "/") + path
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header, err = c.signer.Sign(request.Method, request.URL.EscapedPath(), request.URL.RawQuery, body, time.Now())
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", contentType)
	c.told.Say(request.Header)
	start := time.Now()
	response, err := c.http.Do(request)
	if ctx.Err() == nil { // else it is the tap that gave up
		c.told.Seen(time.Since(start), response, err)
	}
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	reason, _ := io.ReadAll(io.LimitReader(response.Body, 4096)) // to its end, so that the connection is kept
	return answer{
		node: c.urls[node], status: response.StatusCode, header: response.Header,
		reason: strings.TrimSpace(string(reason[:min(len(reason), maxReason)])),
	}, nil
}

// answer is what a node said.
type answer struct {
	node   string
	status int // 0: nothing
	header http.Header
	reason string
}

// err is nil when the report is stored.
func (a answer) err() error {
	if a.status == http.StatusNoContent {
		return nil
	}
	return fmt.Errorf("%s answers %d %s: %q", a.node, a.status, http.StatusText(a.status), a.reason)
}

// final reports whether trying again is of no use.
func (a answer) final() bool {
	switch a.status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return true
	}
	return false
}
