package protocol

import (
	"encoding/json"
	"time"
)

// Version is what Hello answers; host and guest are built from one tree, so
// another number means a stale guest image.
const Version = 1

// PortName is the name of the virtio-serial port in the guest:
// /dev/virtio-ports/picket.lab where udev runs, or else found by the name in
// /sys/class/virtio-ports.
const PortName = "picket.lab"

// Bounds of a conversation.
const (
	MaxLine        = 4 << 20 // octets of one message, its newline included
	MaxChunk       = 1 << 20 // octets of file in one message: 1.4 MB as base64
	MaxRequests    = 256     // at work at the same time
	DefaultTimeout = 30 * time.Second
	MaxTimeout     = time.Hour
)

// A Request asks the guest for one thing.
type Request struct {
	ID        uint64          `json:"id"`
	Do        string          `json:"do"`                  // one of the Do constants
	TimeoutMS int64           `json:"timeoutMS,omitempty"` // 0: DefaultTimeout
	Args      json.RawMessage `json:"args,omitempty"`      // the Args type of that verb
}

// A Response answers the request of the same ID, or, with ID 0, is a Note.
type Response struct {
	ID     uint64          `json:"id,omitempty"`
	Result json.RawMessage `json:"result,omitempty"` // the Result type of the verb; absent when Error is set
	Error  string          `json:"error,omitempty"`  // one sentence
	Code   Code            `json:"code,omitempty"`   // what a program may act on

	Note  string `json:"note,omitempty"`  // with ID 0: what the agent wants known
	Level string `json:"level,omitempty"` // of a note: "info", "warn" or "error"
}

// A Code says what kind of failure an error is.
type Code string

// The codes.
const (
	Failed    Code = "failed"    // anything else: the sentence says what
	BadAsk    Code = "bad"       // the request makes no sense: asking again is of no use
	Absent    Code = "absent"    // what it names does not exist
	Exists    Code = "exists"    // what it would make is there already
	TimedOut  Code = "timeout"   // its time limit was over
	Cancelled Code = "cancelled" // the host asked for its end
	Busy      Code = "busy"      // MaxRequests are at work
)

// An Error is a failure as the guest told it.
type Error struct {
	Do   string
	Code Code
	Text string
}

func (e *Error) Error() string { return "guest: " + e.Do + ": " + e.Text }

// Is lets errors.Is compare with an Error that names only a code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && t.Do == "" && t.Text == ""
}
