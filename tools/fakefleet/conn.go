package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"picket/shared/httpsig"
	"picket/shared/wire"
)

// Limits of one exchange.
const (
	dialLimit   = 20 * time.Second
	answerLimit = 60 * time.Second // as a tap's
	maxAnswer   = 4 << 10
)

// errLost says that the connection was cut on purpose after the request.
var errLost = errors.New("cut off on purpose")

// A line is a tap's connection to a node, kept alive. net/http would do, at three
// times the processor time.
type line struct {
	trust   *tls.Config
	conn    *tls.Conn
	reader  *bufio.Reader
	request bytes.Buffer
}

// An answer is what a node said.
type answer struct {
	status int
	header http.Header
	text   string
}

func (l *line) connect(ctx context.Context, node *url.URL) error {
	if l.conn != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", node.Host)
	if err != nil {
		return err
	}
	trust := l.trust.Clone()
	trust.ServerName = node.Hostname()
	conn := tls.Client(raw, trust)
	if err := conn.HandshakeContext(ctx); err != nil {
		return errors.Join(err, raw.Close())
	}
	l.conn = conn
	if l.reader == nil {
		l.reader = bufio.NewReaderSize(conn, 1<<10)
	}
	l.reader.Reset(conn)
	return nil
}

func (l *line) close() {
	if l.conn != nil {
		_ = l.conn.Close() // whatever it still holds is not wanted
		l.conn = nil
	}
}

// post sends a signed request and reads the answer. lose cuts the connection in
// between: errLost.
func (l *line) post(ctx context.Context, node *url.URL, path, contentType string, signer httpsig.Signer, body []byte, lose bool) (answer, error) {
	kept := l.conn != nil
	if err := l.connect(ctx, node); err != nil {
		return answer{}, err
	}
	signed, err := signer.Sign(http.MethodPost, path, "", body, time.Now())
	if err != nil {
		return answer{}, err
	}
	l.request.Reset()
	fmt.Fprintf(&l.request, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n", path, node.Host, contentType, len(body))
	if err := signed.Write(&l.request); err != nil {
		return answer{}, err
	}
	l.request.WriteString("\r\n")
	l.request.Write(body)
	a, err := l.exchange(lose)
	if err != nil {
		l.close()
	}
	if err != nil && kept && !lose && shorten(err) == closed {
		// The node had ended the idle connection: a tap's client tries at once on a
		// new one, too.
		if err = l.connect(ctx, node); err != nil {
			return answer{}, err
		}
		if a, err = l.exchange(false); err != nil {
			l.close()
		}
	}
	return a, err
}

// closed is what shorten makes of a connection that the other side ended.
const closed = "connection closed"

func (l *line) exchange(lose bool) (a answer, err error) {
	if err := l.conn.SetDeadline(time.Now().Add(answerLimit)); err != nil {
		return a, err
	}
	if _, err := l.conn.Write(l.request.Bytes()); err != nil {
		return a, err
	}
	if lose {
		return a, errLost
	}
	response, err := http.ReadResponse(l.reader, nil)
	if err != nil {
		return a, err
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return a, err
	}
	if response.Close {
		l.close()
	}
	return answer{response.StatusCode, response.Header, strings.TrimSpace(string(text))}, nil
}

// final reports whether sending again is of no use, as a tap judges.
func (a answer) final() bool {
	switch a.status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// reason is the node's word for what it answered, or the status.
func (a answer) reason() string {
	if word := a.header.Get(wire.ReasonHeader); word != "" {
		return word
	}
	return strconv.Itoa(a.status)
}
