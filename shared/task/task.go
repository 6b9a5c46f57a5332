package task

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

// ErrStop is what a task returns to end the process without a failure.
var ErrStop = errors.New("stop")

// errEarly marks a task that ended although nobody asked it to.
var errEarly = errors.New("ended by itself")

// A Task is a part of a process that runs until ctx is done.
type Task interface {
	// Run blocks until ctx is done and then returns nil; any other return is
	// a failure of the whole process.
	Run(ctx context.Context) error

	// String names the task in logs and errors.
	String() string
}

// Func makes a task of a function.
func Func(name string, run func(ctx context.Context) error) Task {
	return function{name, run}
}

type function struct {
	name string
	run  func(ctx context.Context) error
}

func (f function) Run(ctx context.Context) error { return f.run(ctx) }
func (f function) String() string                { return f.name }

// Run runs the tasks at the same time and returns when all have ended. Its error
// is that of the task that failed first, and nil when ctx was cancelled or a task
// returned ErrStop. Later failures are logged.
func Run(ctx context.Context, log *slog.Logger, tasks ...Task) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		wait sync.WaitGroup

		mu    sync.Mutex
		first error
	)
	for _, t := range tasks {
		wait.Go(func() {
			err := t.Run(ctx)
			stopping := ctx.Err() != nil
			switch {
			case errors.Is(err, ErrStop):
				log.Info("stopping", "task", t.String())
				err = nil
			case err == nil && !stopping:
				err = errEarly
			case stopping && errors.Is(err, context.Canceled):
				err = nil // the way most calls say that they were asked to end
			}
			if err != nil {
				mu.Lock()
				if first == nil {
					first = fmt.Errorf("%s: %w", t, err)
				} else {
					log.Warn("task failed while stopping", "task", t.String(), "err", err)
				}
				mu.Unlock()
			}
			cancel()
		})
	}
	wait.Wait()
	return first
}
