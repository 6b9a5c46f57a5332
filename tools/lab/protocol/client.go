package protocol

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// answerGrace is how long after its limit a request's answer may come: the guest
// itself waits for a step to end.
const answerGrace = 3 * time.Second

// ErrClosed is a conversation that is over.
var ErrClosed = errors.New("the guest's line is closed")

// A Client is the host's side of a conversation. It is safe for concurrent use.
type Client struct {
	line  io.Closer
	out   *Writer
	notes func(Response)
	done  chan struct{} // closed when the reader has ended

	mu      sync.Mutex
	last    uint64
	waiting map[uint64]chan Response
	err     error // why the line ended
}

// NewClient talks over line, which it closes with Close. notes is called, from
// one goroutine, with what the guest says unasked; nil: nobody wants to know.
func NewClient(line io.ReadWriteCloser, notes func(Response)) *Client {
	if notes == nil {
		notes = func(Response) {}
	}
	c := &Client{
		line: line, out: NewWriter(line), notes: notes,
		done: make(chan struct{}), waiting: make(map[uint64]chan Response),
		// Answers to a host before us must not be taken for ours.
		last: uint64(time.Now().UnixMilli()) << 16 & (1<<53 - 1),
	}
	go c.read(line)
	return c
}

// Connect waits until the guest answers: it may still be booting.
func (c *Client) Connect(ctx context.Context) (Hello, error) {
	for {
		if err := c.out.sync(); err != nil {
			return Hello{}, fmt.Errorf("guest: hello: %w", err)
		}
		var hello Hello
		attempt, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
		err := c.Call(attempt, DoHello, None{}, &hello)
		cancel()
		switch {
		case err == nil && hello.Version != Version:
			return hello, fmt.Errorf("guest: speaks version %d of the protocol, not %d: build the image again", hello.Version, Version)
		case err == nil:
			return hello, nil
		case ctx.Err() != nil:
			return Hello{}, fmt.Errorf("guest: hello: %w", ctx.Err())
		case !errors.Is(err, context.DeadlineExceeded):
			return Hello{}, err
		}
	}
}

// Call asks for one thing and waits for the answer, which goes into result when
// that is not nil. The time limit is ctx's deadline, or DefaultTimeout; the guest is
// told of it, and of an earlier end of ctx. A failure in the guest is an *Error.
func (c *Client) Call(ctx context.Context, do string, args, result any) error {
	if _, ok := ctx.Deadline(); !ok {
		limited, cancel := context.WithTimeout(ctx, DefaultTimeout)
		defer cancel()
		ctx = limited
	}
	deadline, _ := ctx.Deadline()
	limit := min(max(time.Until(deadline), time.Millisecond), MaxTimeout)
	encoded, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("guest: %s: %w", do, err)
	}
	answer := make(chan Response, 1)
	id, err := c.expect(answer)
	if err != nil {
		return fmt.Errorf("guest: %s: %w", do, err)
	}
	defer c.forget(id)
	if err := c.out.Write(Request{ID: id, Do: do, TimeoutMS: max(limit.Milliseconds(), 1), Args: encoded}); err != nil {
		return fmt.Errorf("guest: %s: %w", do, err)
	}
	select {
	case r := <-answer:
		return decode(do, r, result)
	case <-c.done:
		return fmt.Errorf("guest: %s: %w", do, c.reason())
	case <-ctx.Done():
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		// The guest keeps the limit too, and its answer says what was under way.
		grace := time.NewTimer(answerGrace)
		defer grace.Stop()
		select {
		case r := <-answer:
			return decode(do, r, result)
		case <-c.done:
			return fmt.Errorf("guest: %s: %w", do, c.reason())
		case <-grace.C:
		}
	}
	// Told once, not waited for: it may be the guest that hangs.
	if err := c.out.Write(Request{ID: id + 1, Do: DoCancel, Args: fmt.Appendf(nil, `{"id":%d}`, id)}); err != nil {
		return fmt.Errorf("guest: %s: %w", do, err)
	}
	return fmt.Errorf("guest: %s: %w", do, ctx.Err())
}

// Close ends the conversation and waits for its reader.
func (c *Client) Close() error {
	err := c.line.Close()
	<-c.done
	return err
}

// Done is closed when the line has ended, for whatever reason.
func (c *Client) Done() <-chan struct{} { return c.done }

func decode(do string, r Response, result any) error {
	if r.Error != "" || r.Code != "" {
		return &Error{Do: do, Code: r.Code, Text: r.Error}
	}
	if result == nil || len(r.Result) == 0 {
		return nil
	}
	if err := json.Unmarshal(r.Result, result); err != nil {
		return fmt.Errorf("guest: %s: its answer: %w", do, err)
	}
	return nil
}

// expect takes a new id. The one after it stays free, for a cancel.
func (c *Client) expect(answer chan Response) (uint64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return 0, c.err
	}
	c.last += 2
	c.waiting[c.last] = answer
	return c.last, nil
}

func (c *Client) forget(id uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waiting, id)
}

func (c *Client) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// read hands answers to those who wait, until the line ends.
func (c *Client) read(line io.Reader) {
	defer close(c.done)
	in := NewReader(line)
	for {
		var r Response
		err := in.Next(&r)
		var bad *LineError
		switch {
		case errors.As(err, &bad), errors.Is(err, ErrLongLine):
			c.notes(Response{Note: err.Error(), Level: "warn"})
			continue
		case err != nil:
			c.mu.Lock()
			c.err = fmt.Errorf("%w: %w", ErrClosed, err)
			c.mu.Unlock()
			return
		}
		if r.ID == 0 {
			c.notes(r)
			continue
		}
		c.mu.Lock()
		answer := c.waiting[r.ID]
		delete(c.waiting, r.ID)
		c.mu.Unlock()
		if answer != nil {
			answer <- r
		}
	}
}
