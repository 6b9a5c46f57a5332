package outbound

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Limits of Client where none are given.
const (
	DefaultTimeout = 15 * time.Second
	DefaultBody    = 1 << 20
)

// maxHeader is the most octets that an answer's header may have.
const maxHeader = 64 << 10

// ErrRedirect is wrapped by the error of a request that was answered with a
// redirect.
var ErrRedirect = errors.New("outbound: the server redirects, and redirects are not followed")

// ErrTooLarge is what reading an answer's body returns at its limit.
var ErrTooLarge = errors.New("outbound: the answer is larger than its limit")

// Limits bound a client's requests. Zero values mean the defaults.
type Limits struct {
	Timeout time.Duration  // from the start of a request to the last octet of the answer
	Body    int64          // octets of an answer, decompressed
	Roots   *x509.CertPool // who signs servers' certificates; nil: those of the system
}

// Client returns a client that connects through d, follows no redirect, knows no
// proxy and keeps no cookie. It speaks http and https.
func (d *Dialer) Client(l Limits) *http.Client {
	if l.Timeout <= 0 {
		l.Timeout = DefaultTimeout
	}
	if l.Body <= 0 {
		l.Body = DefaultBody
	}
	transport := &http.Transport{
		Proxy:                  nil, // a proxy of the environment would connect unchecked
		DialContext:            d.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: l.Roots},
		TLSHandshakeTimeout:    l.Timeout,
		ResponseHeaderTimeout:  l.Timeout,
		MaxResponseHeaderBytes: maxHeader,
		ForceAttemptHTTP2:      true,
		// A connection that is kept was checked when it was made; a policy that
		// changed since would not be asked. Such requests are rare.
		DisableKeepAlives: true,
	}
	return &http.Client{
		Transport: limited{transport, l.Body},
		Timeout:   l.Timeout,
		CheckRedirect: func(r *http.Request, _ []*http.Request) error {
			return fmt.Errorf("%w: to %s://%s", ErrRedirect, r.URL.Scheme, r.URL.Host)
		},
	}
}

// limited bounds the bodies of answers.
type limited struct {
	next http.RoundTripper
	body int64
}

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := l.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if answer.ContentLength > l.body {
		_ = answer.Body.Close()
		return nil, fmt.Errorf("%w of %d octets: %d", ErrTooLarge, l.body, answer.ContentLength)
	}
	answer.Body = &bounded{answer.Body, l.body}
	return answer, nil
}

// bounded is a body of at most left more octets.
type bounded struct {
	io.ReadCloser

	left int64
}

// Read returns ErrTooLarge once the body turns out to be longer than it may be.
func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one more, to tell the end from too much
	}
	n, err := b.ReadCloser.Read(p)
	if int64(n) > b.left {
		n = int(b.left)
		b.left = 0
		return n, ErrTooLarge
	}
	b.left -= int64(n)
	return n, err
}
