package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"picket/tools/lab/protocol"
)

// stuckAfter is how long after its limit a step may take to end before it is
// answered without it.
const stuckAfter = 2 * time.Second

// A handler does one thing. It ends when ctx does.
type handler func(ctx context.Context, args json.RawMessage) (any, error)

// handle makes a handler of a function with typed arguments. Unknown arguments are
// errors: host and guest are of one tree, so they are mistakes.
func handle[A, R any](do func(context.Context, A) (R, error)) handler {
	return func(ctx context.Context, raw json.RawMessage) (any, error) {
		var args A
		if len(raw) > 0 {
			if err := json.Unmarshal(raw, &args); err != nil {
				return nil, coded(protocol.BadAsk, "arguments: %w", err)
			}
		}
		return do(ctx, args)
	}
}

// A server answers requests, each in a goroutine of its own.
type server struct {
	verbs map[string]handler
	log   *slog.Logger

	mu     sync.Mutex
	active map[uint64]context.CancelCauseFunc
}

var errCancelled = errors.New("cancelled by the host")

func newServer(log *slog.Logger) *server {
	s := &server{verbs: make(map[string]handler), log: log, active: make(map[uint64]context.CancelCauseFunc)}
	s.verbs[protocol.DoCancel] = handle(s.cancel)
	return s
}

// names are the verbs, sorted.
func (s *server) names() []string {
	names := make([]string, 0, len(s.verbs))
	for name := range s.verbs {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (s *server) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.active)
}

// serve answers what comes over line until it ends, ends what is at work then, and
// waits for it.
func (s *server) serve(ctx context.Context, line io.ReadWriter) error {
	ctx, cancel := context.WithCancel(ctx)
	var wait sync.WaitGroup
	defer wait.Wait()
	defer cancel()
	in, out := protocol.NewReader(line), protocol.NewWriter(line)
	for {
		var r protocol.Request
		err := in.Next(&r)
		var bad *protocol.LineError
		switch {
		case errors.As(err, &bad), errors.Is(err, protocol.ErrLongLine):
			s.write(out, protocol.Response{Note: err.Error(), Level: "warn"})
			continue
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
		if r.ID == 0 {
			s.write(out, protocol.Response{Note: fmt.Sprintf("a request to %q without id", r.Do), Level: "warn"})
			continue
		}
		limit := protocol.DefaultTimeout
		if r.TimeoutMS > 0 {
			limit = time.Duration(min(r.TimeoutMS, protocol.MaxTimeout.Milliseconds())) * time.Millisecond
		}
		step, end, err := s.begin(ctx, r.ID, limit)
		if err != nil {
			s.write(out, failure(r.ID, err))
			continue
		}
		wait.Go(func() {
			defer end()
			s.write(out, s.answer(step, r))
		})
	}
}

// begin enters a request among those at work.
func (s *server) begin(ctx context.Context, id uint64, limit time.Duration) (context.Context, func(), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.active) >= protocol.MaxRequests {
		return nil, nil, coded(protocol.Busy, "%d requests are at work", len(s.active))
	}
	if s.active[id] != nil {
		return nil, nil, coded(protocol.BadAsk, "request %d is still at work", id)
	}
	caused, cancel := context.WithCancelCause(ctx)
	timed, stop := context.WithTimeout(caused, limit)
	s.active[id] = cancel
	return timed, func() {
		stop()
		cancel(nil)
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.active, id)
	}, nil
}

func (s *server) cancel(_ context.Context, c protocol.Cancel) (protocol.None, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.active[c.ID]; cancel != nil {
		cancel(errCancelled)
	}
	return protocol.None{}, nil
}

// answer does what r asks and says what came of it.
func (s *server) answer(ctx context.Context, r protocol.Request) protocol.Response {
	do := s.verbs[r.Do]
	if do == nil {
		return failure(r.ID, coded(protocol.BadAsk, "this guest does not know %q", r.Do))
	}
	type outcome struct {
		result any
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		result, err := do(ctx, r.Args)
		done <- outcome{result, err}
	}()
	var o outcome
	select {
	case o = <-done:
	case <-ctx.Done():
		stuck := time.NewTimer(stuckAfter)
		defer stuck.Stop()
		select {
		case o = <-done:
		case <-stuck.C:
			s.log.Warn("step does not end", "do", r.Do)
			o.err = fmt.Errorf("it does not end: %w", ctx.Err())
		}
	}
	if o.err != nil {
		if errors.Is(context.Cause(ctx), errCancelled) {
			o.err = coded(protocol.Cancelled, "%w", o.err)
		}
		return failure(r.ID, o.err)
	}
	result, err := json.Marshal(o.result)
	if err != nil {
		return failure(r.ID, fmt.Errorf("encode the answer: %w", err))
	}
	return protocol.Response{ID: r.ID, Result: result}
}

// write sends a response. A line that is gone is noticed by the reader.
func (s *server) write(out *protocol.Writer, r protocol.Response) {
	err := out.Write(r)
	if errors.Is(err, protocol.ErrLongLine) {
		err = out.Write(failure(r.ID, fmt.Errorf("the answer: %w", err)))
	}
	if err != nil {
		s.log.Warn("answer not sent", "err", err)
	}
}

// codedError is an error with the code that the host is told.
type codedError struct {
	code protocol.Code
	err  error
}

func (e *codedError) Error() string { return e.err.Error() }
func (e *codedError) Unwrap() error { return e.err }

func coded(code protocol.Code, format string, args ...any) error {
	return &codedError{code, fmt.Errorf(format, args...)}
}

// failure is the response to a step that failed.
func failure(id uint64, err error) protocol.Response {
	code := protocol.Failed
	var c *codedError
	switch {
	case errors.As(err, &c):
		code = c.code
	case errors.Is(err, context.DeadlineExceeded):
		code = protocol.TimedOut
	case errors.Is(err, context.Canceled):
		code = protocol.Cancelled
	case errors.Is(err, os.ErrNotExist):
		code = protocol.Absent
	case errors.Is(err, os.ErrExist):
		code = protocol.Exists
	}
	return protocol.Response{ID: id, Error: err.Error(), Code: code}
}
