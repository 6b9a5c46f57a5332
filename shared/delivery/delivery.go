// Package delivery is what a tap tells a node, beside its report, of how delivering
// went: what only the sender sees. Part of the time between sending a report and its
// answer is the node's, which says in its answer how long it took (Server-Timing);
// the rest is the line's. Attempts that ended without an answer are known to nobody
// else at all.
//
// It is a header of the request that no signature covers, and only ever summed over
// taps: somebody in between could change it, and would gain a wrong hint.
package delivery

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Header is where a tap tells, and TimingHeader where a node does (W3C Server Timing).
const (
	Header       = "Picket-Delivery"
	TimingHeader = "Server-Timing"
)

// most bounds each figure: what is larger is taken for it.
const most = 1_000_000

// Told is how delivering went since the report that was delivered before.
type Told struct {
	Line     time.Duration // of the last answered attempt: round trip without the node's part; 0: not known
	Timeouts int           // attempts without an answer in time
	Closed   int           // attempts whose connection was refused or broke
	Refused  int           // answers 429 and 5xx
}

// Text returns t as the header has it; empty: nothing is to tell.
func (t Told) Text() string {
	if t == (Told{}) {
		return ""
	}
	n := func(v int64) string { return strconv.FormatInt(min(max(v, 0), most), 10) }
	return "line=" + n(t.Line.Milliseconds()) + ",timeouts=" + n(int64(t.Timeouts)) + ",closed=" + n(int64(t.Closed)) + ",refused=" + n(int64(t.Refused))
}

// Parse reads a header. What it does not know or cannot read it passes over.
func Parse(text string) (t Told) {
	if len(text) > 200 {
		return Told{}
	}
	for field := range strings.SplitSeq(text, ",") {
		name, value, _ := strings.Cut(field, "=")
		v, err := strconv.ParseUint(value, 10, 32)
		if err != nil {
			continue
		}
		v = min(v, most)
		switch name {
		case "line":
			t.Line = time.Duration(v) * time.Millisecond
		case "timeouts":
			t.Timeouts = int(v)
		case "closed":
			t.Closed = int(v)
		case "refused":
			t.Refused = int(v)
		}
	}
	return t
}

// Timing returns what a node says of its own part in an answer.
func Timing(took time.Duration) string {
	return "node;dur=" + strconv.FormatFloat(float64(took.Microseconds())/1000, 'f', 1, 64)
}

// nodePart reads Timing.
func nodePart(text string) (time.Duration, bool) {
	value, ok := strings.CutPrefix(text, "node;dur=")
	if !ok {
		return 0, false
	}
	ms, err := strconv.ParseFloat(value, 64)
	if err != nil || !(ms >= 0 && ms < most) {
		return 0, false
	}
	return time.Duration(ms * float64(time.Millisecond)), true
}

// A Recorder is a tap's memory of its attempts. Its methods may be called from
// several goroutines; the zero value has seen none.
type Recorder struct {
	mu   sync.Mutex
	told Told
}

// Say puts what is to tell into a request's header.
func (r *Recorder) Say(h http.Header) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if text := r.told.Text(); text != "" {
		h.Set(Header, text)
	}
}

// Seen notes how an attempt of a duration ended: with an answer, or with an error.
// A report that was taken ends what was told with it.
func (r *Recorder) Seen(took time.Duration, answer *http.Response, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		if timeout, ok := errorAs(err); ok && timeout.Timeout() {
			r.told.Timeouts++
		} else {
			r.told.Closed++
		}
		return
	}
	line := time.Duration(0)
	if node, ok := nodePart(answer.Header.Get(TimingHeader)); ok {
		line = max(took-node, time.Millisecond)
	}
	switch {
	case answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode >= 500:
		r.told.Refused++
		r.told.Line = line
	case answer.StatusCode < 300:
		r.told = Told{Line: line}
	default:
		r.told.Line = line
	}
}
