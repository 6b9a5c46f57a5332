package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"time"

	"picket/appliance/aggregate"
	"picket/appliance/capture"
	"picket/appliance/identity"
	"picket/appliance/report"
	"picket/appliance/spool"
	"picket/shared/enrol"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
)

// spoolBytes bounds what waits for the node while files are read faster than it
// takes reports.
const spoolBytes = 4 << 30

// replayToNode sends the files' reports as a tap does: enrolled, spooled, signed,
// and acknowledged one by one.
func replayToNode(ctx context.Context, f replayFlags, stderr io.Writer, bar *progress) error {
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	dir, err := os.MkdirTemp("", "picket-replay-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	id, err := enrolReplay(ctx, f, dir, log)
	if err != nil {
		return err
	}
	spans, total, err := spansOf(ctx, f.files, bar)
	if err != nil {
		return err
	}
	queue, err := spool.Open(dir+"/spool", spoolBytes)
	if err != nil {
		return err
	}
	defer queue.Close() // its folder goes with it
	defs := aggregate.NewDefinitions()
	sender := report.New(report.Config{
		Queue: queue, URLs: []string{f.node}, Client: report.NewClient(id.TLSConfig()), Signer: id.Signer(), Log: log,
		Want: func(_ [16]byte, elements, fingerprints []uint32) { defs.Want(elements, fingerprints) },
	})
	reports := 0
	in := feedConfig{flags: f, definitions: defs, start: time.Now().Add(-time.Duration(total * int64(f.repeat))).UnixNano(), spans: spans}
	_, _ = rand.Read(in.boot[:]) // never fails (crypto/rand)
	in.emit = func(r *wirepb.Report) error {
		b, err := wire.Encode(r)
		if err != nil {
			return err
		}
		reports++
		return queue.Append(spool.ReportID{Boot: in.boot, Sequence: r.Header.Sequence}, b)
	}
	frames, err := feed(ctx, in, bar)
	bar.done()
	if err != nil {
		return err
	}
	if err := deliver(ctx, queue, sender); err != nil {
		return err
	}
	if n := queue.Dropped() + sender.Refused(); n > 0 {
		return fmt.Errorf("%d of %d reports were not taken", n, reports)
	}
	fmt.Fprintf(stderr, "%d frames in %d reports are stored at %s as tap %s\n", frames, reports, f.node, id.TapID)
	return nil
}

func enrolReplay(ctx context.Context, f replayFlags, temporary string, log *slog.Logger) (*identity.Identity, error) {
	state := f.state
	if state == "" {
		state = temporary + "/state"
	}
	if f.token == "" {
		return identity.Load(state)
	}
	token, err := enrol.ParseToken(f.token)
	if err != nil {
		return nil, fmt.Errorf("--token: %w", err)
	}
	e := identity.Enroller{
		Dir: state, URLs: []string{f.node}, Token: token, Log: log,
		About: enrol.Request{Name: f.name, Version: version, Arch: runtime.GOARCH},
	}
	return e.Enrol(ctx)
}

// deliver sends what waits. A node that does not answer is tried for a minute.
func deliver(ctx context.Context, queue *spool.Spool, sender *report.Sender) error {
	const patience = time.Minute
	var err error
	for last := time.Now(); queue.Len() > 0; {
		before := queue.Len()
		if err = sender.Flush(ctx); ctx.Err() != nil {
			return ctx.Err()
		}
		if queue.Len() < before {
			last = time.Now()
		}
		if queue.Len() > 0 && time.Since(last) > patience {
			return fmt.Errorf("%d reports are not delivered: %w", queue.Len(), err)
		}
		if err != nil {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Second):
			}
		}
	}
	return nil
}

// span is the time that a file covers, ns since 1970.
type span struct{ first, last int64 }

// spansOf reads the files for their times alone. total is how long they take one
// after another, with the gap that feed leaves between them.
func spansOf(ctx context.Context, files []string, bar *progress) (spans []span, total int64, err error) {
	for _, path := range files {
		var s span
		err := eachPacket(ctx, path, bar, func(p *capture.Packet) {
			if s.first == 0 || p.Time < s.first {
				s.first = p.Time
			}
			s.last = max(s.last, p.Time)
		})
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, 0, fmt.Errorf("%s: %w", path, err)
		}
		spans = append(spans, s)
		total += s.last - s.first + int64(gap)
	}
	return spans, total, nil
}
