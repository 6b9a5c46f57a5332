package desired

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"picket/appliance/report"
	"picket/shared/desired"
)

// started is a follower that runs until the test ends, or stop.
type started struct {
	*Follower

	changes chan desired.Document
	log     *safeLog
	stop    func()
}

type safeLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *safeLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *safeLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func start(t *testing.T, n *testNode, urls ...string) started {
	t.Helper()
	s := started{changes: make(chan desired.Document, 16), log: &safeLog{}}
	client := report.NewClient(n.identity.TLSConfig())
	s.Follower = New(Config{
		Dir: n.dir, URLs: urls, Client: client, Identity: n.identity, Log: slog.New(slog.NewTextHandler(s.log, nil)),
		Changed: func(d desired.Document) { s.changes <- d },
	})
	s.pauses.First, s.pauses.Most = time.Millisecond, 10*time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	s.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
		client.CloseIdleConnections()
	})
	t.Cleanup(s.stop)
	return s
}

// change waits for the next document.
func (s started) change(t *testing.T) desired.Document {
	t.Helper()
	select {
	case d := <-s.changes:
		return d
	case <-time.After(20 * time.Second):
		t.Fatalf("no document within 20 s; the log says:\n%s", s.log)
		return desired.Document{}
	}
}

// await waits for what other goroutines do.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for start := time.Now(); !done(); time.Sleep(time.Millisecond) {
		if time.Since(start) > 20*time.Second {
			t.Fatalf("%s: not within 20 s", what)
		}
	}
}

func TestDocumentIsFollowedKeptAndThereWithoutANode(t *testing.T) {
	n := newNode(t)
	n.radio.Country = "DE"
	f := start(t, n, n.serve())
	if d := f.change(t); d.Revision != 1 || d.Radio.Country != "DE" {
		t.Errorf("document %+v", d)
	}
	n.set(func() { n.revision, n.radio.Country = 5, "FR" })
	f.Newer(5)
	if d := f.change(t); d.Revision != 5 || d.Radio.Country != "FR" {
		t.Errorf("document %+v", d)
	}
	n.set(func() {
		if n.asked[0] != "" || n.asked[1] != `W/"1"` {
			t.Errorf("If-None-Match %q", n.asked)
		}
	})
	f.stop()

	again := start(t, n, "https://127.0.0.1:1")
	if d, ok := again.Current(); !ok || d.Revision != 5 || d.Radio.Country != "FR" {
		t.Errorf("after a start without a node: %v, %+v", ok, d)
	}
	select {
	case d := <-again.changes:
		t.Errorf("the document that was kept is told as changed: %+v", d)
	default:
	}
}

func TestNothingNewIsAnsweredWith304(t *testing.T) {
	n := newNode(t)
	f := start(t, n, n.serve())
	f.change(t)
	n.set(func() { n.answer = func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotModified) } })
	f.Newer(2) // a node says so, and the one that is asked does not know yet
	await(t, "several questions", func() bool { return n.questions() >= 4 })
	if d, ok := f.Current(); !ok || d.Revision != 1 {
		t.Errorf("follows %+v", d)
	}
	n.set(func() { n.answer, n.revision = nil, 2 })
	if d := f.change(t); d.Revision != 2 {
		t.Errorf("document %+v", d)
	}
}

func TestForgedAndReplayedDocumentsChangeNothing(t *testing.T) {
	n := newNode(t)
	n.revision = 7
	url := n.serve()
	f := start(t, n, url, url)
	f.change(t)
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	newer := n.document()
	newer.Revision = 8
	older, stranger, elsewhere := newer, newer, newer
	older.Revision = 6
	stranger.Tap = "01890a5d-ac96-774b-bcce-000000000000"
	elsewhere.Cluster = strings.Repeat("ab", 32)
	good := n.seal(newer, n.key)
	revision := uint64(8)
	for name, text := range map[string]string{
		"an older revision":                 n.seal(older, n.key),
		"another tap's document":            n.seal(stranger, n.key),
		"another cluster's document":        n.seal(elsewhere, n.key),
		"a document with another key":       n.seal(newer, other),
		"a document that was cut":           good[:len(good)-2],
		"a document that is too large":      good + strings.Repeat("A", desired.MaxEncoded),
		"an empty answer":                   "",
		"a page of a portal that is not us": "<html>Sign in</html>",
	} {
		before := n.questions()
		n.set(func() { n.answer = func(w http.ResponseWriter) { _, _ = io.WriteString(w, text) } })
		f.Newer(revision)
		revision++
		await(t, name, func() bool { return n.questions() >= before+4 })
		if d, _ := f.Current(); d.Revision != 7 {
			t.Fatalf("%s: follows revision %d", name, d.Revision)
		}
	}
	n.set(func() { n.answer, n.revision = nil, revision })
	if d := f.change(t); d.Revision != revision {
		t.Errorf("then follows revision %d, want %d", d.Revision, revision)
	}
	if !strings.Contains(f.log.String(), "older than the document") {
		t.Errorf("the log does not say why:\n%s", f.log)
	}
}

func TestNextNodeIsAskedWhenOneFails(t *testing.T) {
	n := newNode(t)
	f := start(t, n, "https://127.0.0.1:1", n.serve())
	if d := f.change(t); d.Revision != 1 {
		t.Errorf("document %+v", d)
	}
}

func TestFileThatWasTouchedIsNotFollowed(t *testing.T) {
	n := newNode(t)
	f := start(t, n, n.serve())
	f.change(t)
	f.stop()
	path := filepath.Join(n.dir, fileName)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(text)
	flipped[len(flipped)/2] ^= 1
	for name, b := range map[string][]byte{
		"altered": flipped, "cut by a power failure": text[:len(text)/2], "empty": nil, "huge": bytes.Repeat([]byte("A"), 1<<20),
	} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		again := New(Config{Dir: n.dir, Identity: n.identity, Log: slog.New(slog.DiscardHandler)})
		if d, ok := again.Current(); ok {
			t.Errorf("%s: follows %+v", name, d)
		}
	}
	if f := start(t, n, n.serve()); f.change(t).Revision != 1 {
		t.Error("a damaged file is not replaced")
	}
	if got, err := os.ReadFile(path); err != nil || len(got) < 100 || len(got) > desired.MaxEncoded {
		t.Errorf("file of %d octets: %v", len(got), err)
	}
}

func TestDocumentThatCannotBeKeptIsFollowed(t *testing.T) {
	n := newNode(t)
	kept := n.dir
	n.dir = filepath.Join(n.dir, "absent")
	f := start(t, n, n.serve())
	f.change(t)
	n.dir = kept
	if !strings.Contains(f.log.String(), "cannot be kept") {
		t.Errorf("the log is silent:\n%s", f.log)
	}
	if err := os.Mkdir(filepath.Join(kept, "absent"), 0o700); err != nil {
		t.Fatal(err)
	}
	f.Newer(2) // asks once more, for something else
	await(t, "the file", func() bool {
		_, err := os.Stat(filepath.Join(kept, "absent", fileName))
		return err == nil
	})
}

func TestUnknownSettingsAreLogged(t *testing.T) {
	var log bytes.Buffer
	f := &Follower{log: slog.New(slog.NewTextHandler(&log, nil))}
	f.warnUnknown(desired.Document{Revision: 3, Unknown: []string{`"image"`}})
	if !strings.Contains(log.String(), "image") {
		t.Errorf("log: %s", log.String())
	}
}

// transport answers at once, so that time can be simulated.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// times runs a follower for a while in simulated time and returns when it asked.
func times(t *testing.T, n *testNode, nodes int, status int, header http.Header, during func(*Follower), length time.Duration) []time.Duration {
	t.Helper()
	var at []time.Duration
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		client := &http.Client{Transport: transport(func(*http.Request) (*http.Response, error) {
			at = append(at, time.Since(begin))
			text := ""
			if status == http.StatusOK {
				text = n.seal(n.document(), n.key)
			}
			return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(text))}, nil
		})}
		f := New(Config{
			Dir: t.TempDir(), URLs: []string{"https://192.0.2.1", "https://192.0.2.2"}[:nodes], Client: client, Identity: n.identity,
			Log: slog.New(slog.DiscardHandler),
		})
		ctx, cancel := context.WithTimeout(t.Context(), length)
		defer cancel()
		if during != nil {
			go during(f)
		}
		if err := f.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return at
}

func TestNodesAreAskedEveryFewMinutes(t *testing.T) {
	n := newNode(t)
	at := times(t, n, 1, http.StatusOK, http.Header{}, nil, time.Hour)
	if len(at) < 10 || len(at) > 16 || at[0] != 0 {
		t.Errorf("asked %d times in an hour, want 12 ± 20 %%: %v", len(at), at)
	}
}

func TestPausesGrowWhileNodesFail(t *testing.T) {
	n := newNode(t)
	at := times(t, n, 2, http.StatusInternalServerError, http.Header{}, nil, time.Hour)
	// Pauses of 1, 2, … 256, 300, 300 … s: 9 and (3600-511)/300, each of two nodes.
	if len(at) < 2*15 || len(at) > 2*24 || at[1] != 0 {
		t.Errorf("asked %d times in an hour: %v", len(at), at)
	}
}

func TestFollowerWaitsAsLongAsItIsAsked(t *testing.T) {
	n := newNode(t)
	at := times(t, n, 2, http.StatusServiceUnavailable, http.Header{"Retry-After": {"600"}}, nil, 20*time.Minute)
	if len(at) != 2 || at[1] < 10*time.Minute || at[1] > 12*time.Minute {
		t.Errorf("asked at %v", at)
	}
	// A tap that is revoked, or whose clock is wrong, does not go from node to node.
	at = times(t, n, 2, http.StatusUnauthorized, http.Header{}, nil, time.Minute)
	if len(at) < 4 || len(at) > 8 || at[1] == 0 {
		t.Errorf("asked at %v", at)
	}
}

func TestRevisionThatNeverComesIsAskedForSeldom(t *testing.T) {
	n := newNode(t)
	at := times(t, n, 1, http.StatusOK, http.Header{}, func(f *Follower) {
		for range 300 { // each report says so, for 50 minutes
			time.Sleep(10 * time.Second)
			f.Newer(99)
		}
	}, time.Hour)
	if len(at) > 30 {
		t.Errorf("asked %d times in an hour", len(at))
	}
	if len(at) < 10 {
		t.Errorf("gave up: asked %d times in an hour", len(at))
	}
}
