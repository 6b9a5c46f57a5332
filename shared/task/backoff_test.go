package task_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"picket/shared/task"
)

func TestBackoffDoublesToItsLimit(t *testing.T) {
	b := task.Backoff{First: time.Second, Most: time.Minute}
	for range 2 {
		for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
			want *= time.Second
			if got := b.Next(); got < want*8/10 || got > want*12/10 {
				t.Errorf("pause %v, want %v ± 20 %%", got, want)
			}
		}
		b.Reset()
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if err := task.Sleep(t.Context(), time.Hour); err != nil || time.Since(start) != time.Hour {
			t.Errorf("slept %v: %v", time.Since(start), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := task.Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
	})
}
