package task

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// Signals returns the task that ends the process on SIGINT or SIGTERM. After the
// first signal a second one has its usual effect, so an operator can still end a
// process that hangs while it stops.
func Signals() Task { return signals{} }

type signals struct{}

func (signals) String() string { return "signals" }

func (signals) Run(ctx context.Context) error {
	received := make(chan os.Signal, 1)
	signal.Notify(received, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(received)
	select {
	case <-received:
		return ErrStop
	case <-ctx.Done():
		return nil
	}
}
