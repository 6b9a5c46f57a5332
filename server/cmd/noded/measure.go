package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	state "picket/server/health"
	"picket/server/measure"
	"picket/server/store"
	"picket/shared/delivery"
	"picket/shared/task"
)

// measured lets the meter see requests, tells taps how long the node took, and
// notes what they tell. Only a tap whose report was taken is believed.
func measured(m *measure.Meter) fiber.Handler {
	return func(c *fiber.Ctx) error {
		path := c.Path()
		switch {
		case path == "/v1/reports":
			start, told := time.Now(), delivery.Parse(c.Get(delivery.Header))
			done := m.Report()
			err := c.Next()
			status := c.Response().StatusCode()
			done(status)
			c.Set(delivery.TimingHeader, delivery.Timing(time.Since(start)))
			if err == nil && status == http.StatusNoContent {
				m.Told(told)
			}
			return err
		case strings.HasPrefix(path, "/api/") && path != "/api/v1/events": // which lasts
			done := m.API()
			err := c.Next()
			done(c.Response().StatusCode())
			return err
		}
		return c.Next()
	}
}

// measuring is the task that samples the node.
func (n *node) measuring(s *store.Store) task.Task {
	return &measure.Task{
		Meter: n.meter, Log: n.log,
		Probe: func(ctx context.Context, f *state.Facts) error { return probe(ctx, s, f) },
		Share: func(ctx context.Context, f state.Facts) error {
			who := n.member.Identity()
			return s.ShareHealth(ctx, who.ID, who.Name, f)
		},
	}
}

// probe asks the database how it answers.
func probe(ctx context.Context, s *store.Store, f *state.Facts) error {
	f.Write, f.Read = work(s.WriteTiming()), work(s.ReadTiming())
	trip, err := s.RoundTrip(ctx)
	if err != nil {
		return err
	}
	f.Database.RoundTripMS = float64(trip.Microseconds()) / 1000
	waits, err := s.LockWaits(ctx)
	if err != nil {
		return err
	}
	for _, w := range waits {
		locks := state.Locks{Waiting: w.Waiting, LongMS: w.LongMS, Table: w.Table, Holder: w.Holder}
		if w.Reading {
			f.Database.ReadLocks = locks
		} else {
			f.Database.WriteLocks = locks
		}
	}
	return nil
}

func work(t store.WorkTiming) state.Work {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return state.Work{Count: t.Count, Failures: t.Failures, P95MS: ms(t.P95), LongMS: ms(t.Long), PoolMS: ms(t.PoolWait)}
}
