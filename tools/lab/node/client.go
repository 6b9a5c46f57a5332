package node

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// ErrUnknown is an answer of 404: the node has not heard of it.
var ErrUnknown = errors.New("the node does not know it")

// A Client asks a node's API as a signed-in administrator.
type Client struct {
	base string
	http *http.Client
}

func newClient(base string) (*Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	// The authority that signed the node's certificate was made a moment ago, by the
	// node; nobody is between it and us on loopback.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	return &Client{base, &http.Client{Jar: jar, Transport: transport, Timeout: 30 * time.Second}}, nil
}

func (c *Client) close() { c.http.CloseIdleConnections() }

// Get asks for a path below the tenant ("bss", "taps/ID") in the time from from
// until now, and returns the answer's JSON.
func (c *Client) Get(ctx context.Context, path string, from time.Time) (any, error) {
	path, query, _ := strings.Cut(path, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if !values.Has("from") {
		values.Set("from", from.UTC().Format(time.RFC3339Nano))
	}
	body, err := c.do(ctx, http.MethodGet, "/tenants/default/"+path+"?"+values.Encode(), nil)
	if err != nil {
		return nil, err
	}
	var answer any
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return answer, nil
}

func (c *Client) post(ctx context.Context, path string, ask any) error {
	body, err := json.Marshal(ask)
	if err != nil {
		return err
	}
	_, err = c.do(ctx, http.MethodPost, path, body)
	return err
}

func (c *Client) do(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Picket", "1")
	request.Header.Set("Origin", c.base)
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	case answer.StatusCode == http.StatusNotFound:
		return nil, fmt.Errorf("%s: %w", path, ErrUnknown)
	case answer.StatusCode/100 != 2:
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, said[:min(len(said), 500)])
	}
	return said, nil
}
