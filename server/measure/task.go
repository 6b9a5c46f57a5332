package measure

import (
	"context"
	"log/slog"
	"time"

	"picket/server/health"
)

// probeLimit bounds what a sample asks the database.
const probeLimit = 4 * time.Second

// A Task samples a meter and shares what it finds. All functions may fail while the
// database is away.
type Task struct {
	Meter *Meter
	Log   *slog.Logger

	// Probe asks the database how it answers, and puts it into f.
	Probe func(ctx context.Context, f *health.Facts) error

	// Share keeps f where every node finds it, durably.
	Share func(ctx context.Context, f health.Facts) error

	commit time.Duration // that the last Share took
}

// String names the task.
func (t *Task) String() string { return "measure" }

// Run samples until ctx is done.
func (t *Task) Run(ctx context.Context) error {
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	ring := []system{look(t.Meter.disk)}
	said := map[health.Resource]bool{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := look(t.Meter.disk)
		f := t.sample(ctx, ring[0], now)
		if ring = append(ring, now); len(ring) > slots {
			ring = ring[1:]
		}
		t.Meter.latest.Store(&f)
		t.share(ctx, f)
		t.say(f, said)
		t.Meter.reports.turn()
		t.Meter.api.turn()
		t.Meter.taps.turn()
	}
}

func (t *Task) sample(ctx context.Context, before, now system) health.Facts {
	m := t.Meter
	f := health.Facts{Version: m.version, Reports: m.reports.read(now.at), API: m.api.read(now.at), Taps: m.taps.read()}
	now.facts(before, &f)
	f.Queue.Length, f.Queue.Most = m.queue()
	limited, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	if err := t.Probe(limited, &f); err != nil && ctx.Err() == nil {
		f.Database.Away = true
		t.Log.Debug("the database was not measured", "err", err)
	}
	f.Database.CommitMS = milliseconds(t.commit)
	return f
}

func (t *Task) share(ctx context.Context, f health.Facts) {
	limited, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	start := time.Now()
	err := t.Share(limited, f)
	t.commit = time.Since(start)
	if err != nil && ctx.Err() == nil {
		t.Log.Debug("what was measured was not stored", "err", err)
	}
}

// say logs once when a shortage begins that shows as a symptom, and when it ends.
func (t *Task) say(f health.Facts, said map[health.Resource]bool) {
	now := map[health.Resource]bool{}
	for _, d := range health.Diagnose("", f) {
		if !now[d.Resource] && !said[d.Resource] {
			t.Log.Warn("something is short", "resource", string(d.Resource), "symptom", string(d.Symptom), "evidence", d.Evidence, "reason", d.Reason, "cure", d.Cure)
		}
		now[d.Resource] = true
	}
	for r := range said {
		if !now[r] {
			t.Log.Info("no longer short", "resource", string(r))
			delete(said, r)
		}
	}
	for r := range now {
		said[r] = true
	}
}
