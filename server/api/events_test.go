package api

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"picket/server/store"
	"picket/server/testdb"
)

// listen serves the node on a port of its own and runs its hub.
func (n *node) listen() string {
	n.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		n.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = n.api.Changes.Run(ctx) }()
	served := make(chan error, 1)
	go func() { served <- n.app.Listener(l) }()
	n.t.Cleanup(func() {
		cancel()
		<-ended
		if err := n.app.ShutdownWithTimeout(20 * time.Second); err != nil {
			n.t.Errorf("shutdown: %v", err)
		}
		if err := <-served; err != nil {
			n.t.Errorf("serve: %v", err)
		}
	})
	return "http://" + l.Addr().String()
}

// lines reads an event stream until it ends.
func (n *node) stream(ctx context.Context, url, lastID string) (*http.Response, <-chan string) {
	n.t.Helper()
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		n.t.Fatal(err)
	}
	req.Header.Set("Cookie", SessionCookie+"="+n.cookie)
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		n.t.Fatal(err)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		defer resp.Body.Close()
		for s := bufio.NewScanner(resp.Body); s.Scan(); {
			lines <- s.Text()
		}
	}()
	return resp, lines
}

// until returns the first line with a prefix.
func until(t *testing.T, lines <-chan string, prefix string) string {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				t.Fatalf("the stream ended before %q", prefix)
			}
			if strings.HasPrefix(line, prefix) {
				return line
			}
		case <-timeout:
			t.Fatalf("no %q in 20 s", prefix)
		}
	}
}

func TestEvents(t *testing.T) {
	n := newNode(t).signIn()
	tap := n.db.Tap(t, n.store, "alpha")
	url := n.listen() + "/api/v1/events?tenant=default"
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	resp, lines := n.stream(ctx, url, "")
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	until(t, lines, "retry:")
	awaitKnown(t, n)
	report := func(sequence uint64) {
		n.add(tap.TenantID, tap.TapID, testdb.Report(testdb.ReportSpec{
			Boot: [16]byte{1}, Sequence: sequence, BSSs: 1, Stations: 1, Hosts: 1, Seed: 1,
			Start: time.Now().UTC().Truncate(10 * time.Second).Add(time.Duration(sequence) * 10 * time.Second),
		}))
	}
	report(1)
	until(t, lines, "event: changed")
	id := strings.TrimPrefix(until(t, lines, "id: "), "id: ")
	data := until(t, lines, "data: ")
	if !strings.Contains(data, `"tenant":"default"`) || !strings.Contains(data, `"what":["taps","bss","clients","hosts","home"]`) {
		t.Errorf("data %s", data)
	}

	// Who missed something is told at once, who did not is not.
	_, missed := n.stream(ctx, url, "1-1-1")
	if got := until(t, missed, "id: "); got != "id: "+id {
		t.Errorf("after another event: %s, want id %s", got, id)
	}
	_, current := n.stream(ctx, url, id)
	until(t, current, "retry:")
	report(2)
	if got := until(t, current, "id: "); got == "id: "+id {
		t.Errorf("the client's own last event came again: %s", got)
	}

	// The end of the session ends the streams.
	if resp := n.do("DELETE", "/api/v1/session", nil); resp.StatusCode != 204 {
		t.Fatalf("logout: %d", resp.StatusCode)
	}
	ended := time.After(20 * time.Second)
	for {
		select {
		case _, ok := <-lines:
			if !ok {
				return
			}
		case <-ended:
			t.Fatal("the stream outlives its session")
		}
	}
}

// awaitKnown waits until the hub has seen the tenant once, so that what comes
// next is a change.
func awaitKnown(t *testing.T, n *node) {
	t.Helper()
	w, done := n.api.Changes.watch(n.tenant.ID.String())
	defer done()
	select {
	case <-w:
	case <-time.After(20 * time.Second):
		t.Fatal("the hub does not poll")
	}
}

func TestEventsRefuse(t *testing.T) {
	n := newNode(t).signIn()
	if resp := n.do("GET", "/api/v1/events?tenant=other", nil); resp.StatusCode != 404 {
		t.Errorf("another tenant: %d, want 404", resp.StatusCode)
	}
	n.cookie = ""
	if resp := n.do("GET", "/api/v1/events?tenant=default", nil); resp.StatusCode != 401 {
		t.Errorf("a stranger: %d, want 401", resp.StatusCode)
	}
}

// TestHubTellsASlowWatcherTheNewest: nobody waits for who does not read.
func TestHubTellsASlowWatcherTheNewest(t *testing.T) {
	h := NewHub(nil, nil)
	w, done := h.watch("t")
	for i := range 10 {
		h.tell("t", store.Change{Sequences: int64(i)})
	}
	if got := (<-w).Sequences; got != 9 {
		t.Errorf("told of %d, want the newest, 9", got)
	}
	h.tell("t", store.Change{Sequences: 9})
	select {
	case c := <-w:
		t.Errorf("told of no change: %v", c)
	default:
	}
	done()
	if len(h.topics) != 0 {
		t.Error("a topic that nobody watches stays")
	}
}
