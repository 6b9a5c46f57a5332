package task_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"picket/shared/task"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func waiter(name string) task.Task {
	return task.Func(name, func(ctx context.Context) error {
		<-ctx.Done()
		return nil
	})
}

func TestRunReturnsNilWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	starter := task.Func("starter", func(ctx context.Context) error {
		cancel()
		<-ctx.Done()
		return ctx.Err() // also accepted
	})
	if err := task.Run(ctx, discard(), waiter("a"), starter); err != nil {
		t.Error(err)
	}
}

func TestRunNamesTheTaskThatFailed(t *testing.T) {
	cause := errors.New("no more")
	failing := task.Func("ingest", func(context.Context) error { return fmt.Errorf("read: %w", cause) })
	err := task.Run(t.Context(), discard(), waiter("a"), failing)
	if !errors.Is(err, cause) || err.Error() != "ingest: read: no more" {
		t.Errorf("error %v", err)
	}
}

func TestRunCallsAnEarlyEndAFailure(t *testing.T) {
	err := task.Run(t.Context(), discard(), waiter("a"), task.Func("poll", func(context.Context) error { return nil }))
	if err == nil || !strings.HasPrefix(err.Error(), "poll: ") {
		t.Errorf("error %v, want one of poll", err)
	}
}

func TestRunWaitsForAll(t *testing.T) {
	ended := false
	slow := task.Func("slow", func(ctx context.Context) error {
		<-ctx.Done()
		ended = true
		return nil
	})
	stop := task.Func("stop", func(context.Context) error { return task.ErrStop })
	if err := task.Run(t.Context(), discard(), slow, stop); err != nil || !ended {
		t.Errorf("error %v, slow ended %v", err, ended)
	}
}

func TestRunKeepsTheFirstFailure(t *testing.T) {
	first, second := errors.New("first"), errors.New("second")
	a := task.Func("a", func(context.Context) error { return first })
	b := task.Func("b", func(ctx context.Context) error {
		<-ctx.Done()
		return second
	})
	if err := task.Run(t.Context(), discard(), a, b); !errors.Is(err, first) || errors.Is(err, second) {
		t.Errorf("error %v, want the first", err)
	}
}

// A signal ends the process in good order. A second handler keeps the test alive
// if the signal were to arrive before the task listens: so it is sent until it works.
func TestSignalsEndTheProcess(t *testing.T) {
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		sender := task.Func("sender", func(ctx context.Context) error {
			self, err := os.FindProcess(os.Getpid())
			if err != nil {
				return err
			}
			guard := make(chan os.Signal, 1)
			notify(guard)
			defer unnotify(guard)
			for ctx.Err() == nil {
				if err := self.Signal(s); err != nil {
					return err
				}
				<-guard
			}
			return nil
		})
		if err := task.Run(t.Context(), discard(), task.Signals(), sender); err != nil {
			t.Errorf("%v: %v", s, err)
		}
	}
}
