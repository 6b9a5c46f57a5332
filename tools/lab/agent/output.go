package main

import (
	"bytes"
	"fmt"
	"io"
	"sync"
)

// Bounds of what is kept of a process's output.
const (
	defaultOutput = 256 << 10
	mostOutput    = 1 << 20
	mostLog       = 64 << 20
)

// outputLimit is what a command's MaxOutput asks for.
func outputLimit(asked int) int {
	if asked <= 0 {
		return defaultOutput
	}
	return min(asked, mostOutput)
}

// clipped keeps the first quarter and the end of what is written. It is safe for
// concurrent use.
type clipped struct {
	limit int

	mu      sync.Mutex
	head    []byte
	tail    []byte
	missing int64
}

func (c *clipped) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(p)
	if room := c.limit/4 - len(c.head); room > 0 {
		part := min(room, len(p))
		c.head = append(c.head, p[:part]...)
		p = p[part:]
	}
	c.tail = append(c.tail, p...)
	// Trimmed at twice its size, so that each octet moves once.
	if keep := c.limit - c.limit/4; len(c.tail) > 2*keep {
		c.missing += int64(len(c.tail) - keep)
		c.tail = append(c.tail[:0], c.tail[len(c.tail)-keep:]...)
	}
	return n, nil
}

// String is what was kept.
func (c *clipped) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	tail, missing := c.tail, c.missing
	if keep := c.limit - c.limit/4; len(tail) > keep {
		missing += int64(len(tail) - keep)
		tail = tail[len(tail)-keep:]
	}
	if missing == 0 {
		return string(c.head) + string(tail)
	}
	return fmt.Sprintf("%s\n[%d octets left out]\n%s", c.head, missing, tail)
}

// output is the last part of what a background process wrote, and where it stands
// in the whole. It is safe for concurrent use.
type output struct {
	limit int
	log   io.Writer // the whole, up to mostLog; nil: nowhere

	mu      sync.Mutex
	kept    []byte
	first   int64         // offset of kept[0] in the whole
	changed chan struct{} // closed and replaced when there is more, or the end
	ended   bool
}

func newOutput(limit int, log io.Writer) *output {
	return &output{limit: limit, log: log, changed: make(chan struct{})}
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.log != nil && o.first+int64(len(o.kept)) < mostLog {
		if _, err := o.log.Write(p); err != nil {
			o.log = nil // a full disk must not stop the process
		}
	}
	o.kept = append(o.kept, p...)
	if len(o.kept) > 2*o.limit {
		cut := len(o.kept) - o.limit
		o.first += int64(cut)
		o.kept = append(o.kept[:0], o.kept[cut:]...)
	}
	o.wake()
	return len(p), nil
}

// end says that nothing follows.
func (o *output) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	o.wake()
}

func (o *output) wake() {
	close(o.changed)
	o.changed = make(chan struct{})
}

// from returns a copy of what was kept from offset on, where that starts, and what
// to wait on for more.
func (o *output) from(offset int64) (first int64, text []byte, ended bool, more <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	first = min(max(offset, o.first), o.first+int64(len(o.kept)))
	return first, bytes.Clone(o.kept[first-o.first:]), o.ended, o.changed
}

func (o *output) String() string {
	_, text, _, _ := o.from(0)
	return string(text)
}
