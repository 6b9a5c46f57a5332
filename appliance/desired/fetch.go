package desired

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"picket/shared/desired"
)

const (
	fetchTimeout = 30 * time.Second // of one attempt
	maxReason    = 300              // octets of an answer that go into a log
)

// answer is what a node said.
type answer struct {
	status   int // 0: nothing
	header   http.Header
	document *desired.Document // nil: nothing newer
	text     string            // of the document, as signed
}

// fetch asks one node for a document newer than revision last.
func (f *Follower) fetch(ctx context.Context, node string, last uint64) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(node, "/")+desired.Path, http.NoBody)
	if err != nil {
		return answer{}, err
	}
	request.Header, err = f.signer.Sign(request.Method, request.URL.EscapedPath(), request.URL.RawQuery, nil, time.Now())
	if err != nil {
		return answer{}, err
	}
	if last > 0 {
		request.Header.Set("If-None-Match", desired.Tag(last))
	}
	response, err := f.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, desired.MaxEncoded+1))
	a := answer{status: response.StatusCode, header: response.Header}
	switch {
	case err != nil:
		return a, err
	case a.status == http.StatusNotModified && last > 0:
		return a, nil
	case a.status != http.StatusOK:
		reason := strings.TrimSpace(string(body[:min(len(body), maxReason)]))
		return a, fmt.Errorf("answer %s: %q", response.Status, reason)
	}
	d, err := f.opener.Open(string(body), last)
	if err != nil {
		return a, err
	}
	a.document, a.text = &d, string(body)
	return a, nil
}
