// Command radioreports is a tap with two radios, made up: it enrols at a node, sends
// the reports of the last minutes, then one each window until it is ended. One radio
// listens on some channels, the other fails on the way. It is for looking at the
// console and for testing it on a real node; what it tells was never heard.
package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"time"

	"picket/appliance/identity"
	"picket/appliance/report"
	"picket/appliance/spool"
	"picket/shared/enrol"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
)

const window = 10 * time.Second

func main() {
	node := flag.String("node", "", "`URL` of the node")
	token := flag.String("token", "", "enrolment `token`")
	name := flag.String("name", "made-up-radios", "`name` of the tap")
	past := flag.Duration("past", 15*time.Minute, "how much of the `time` before now the reports cover")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *node, *token, *name, *past); err != nil {
		fmt.Fprintln(os.Stderr, "radioreports:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, node, tokenText, name string, past time.Duration) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	token, err := enrol.ParseToken(tokenText)
	if err != nil {
		return fmt.Errorf("-token: %w", err)
	}
	dir, err := os.MkdirTemp("", "picket-radioreports-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	e := identity.Enroller{
		Dir: dir + "/state", URLs: []string{node}, Token: token, Log: log,
		About: enrol.Request{Name: name, Version: "made-up", Arch: "arm64"},
	}
	id, err := e.Enrol(ctx)
	if err != nil {
		return err
	}
	queue, err := spool.Open(dir+"/spool", 1<<30)
	if err != nil {
		return err
	}
	defer queue.Close() // its folder goes with it
	sender := report.New(report.Config{Queue: queue, URLs: []string{node}, Client: report.NewClient(id.TLSConfig()), Signer: id.Signer(), Log: log})
	t := tap{queue: queue, windows: max(1, int(past/window))}
	_, _ = rand.Read(t.boot[:]) // never fails
	start := time.Now().Truncate(window).Add(-time.Duration(t.windows) * window)
	for n := range t.windows {
		if err := t.tell(n, start.Add(time.Duration(n)*window)); err != nil {
			return err
		}
	}
	for n := t.windows; ; n++ {
		if err := sender.Flush(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		end := start.Add(time.Duration(n+1) * window)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Until(end)):
		}
		if err := t.tell(n, end.Add(-window)); err != nil {
			return err
		}
	}
}

// tap makes up the reports of one boot.
type tap struct {
	queue   *spool.Spool
	boot    [16]byte
	windows int // of the past: in their last third the second radio fails
}

// tell puts the report of window n into the spool.
func (t *tap) tell(n int, start time.Time) error {
	r := t.report(n, start)
	if err := wire.Validate(r); err != nil {
		return err
	}
	b, err := wire.Encode(r)
	if err != nil {
		return err
	}
	return t.queue.Append(spool.ReportID{Boot: t.boot, Sequence: r.GetHeader().GetSequence()}, b)
}

func (t *tap) report(n int, start time.Time) *wirepb.Report {
	failed := n >= t.windows*2/3
	r := office(uint64(n+1), start)
	r.Header.BootId = t.boot[:]
	listen(r, n, failed)
	r.Health.Events = nil
	switch {
	case n == 0:
		r.Health.Radio = radio(false)
		r.Health.Events = []*wirepb.Event{
			{AtMs: 40, Kind: wirepb.Event_KIND_REGULATORY_CHANGED, Subject: "DE", Text: "The regulatory domain is DE."},
			{AtMs: 120, Kind: wirepb.Event_KIND_ADAPTER_CLAIMED, Subject: "phy0", Text: "It listens as phy0mon; wlan0 was taken down for it."},
			{AtMs: 480, Kind: wirepb.Event_KIND_ADAPTER_CLAIMED, Subject: "phy1", Text: "It listens as phy1mon."},
		}
	case n == t.windows*2/3:
		r.Health.Radio = radio(true)
		r.Health.Events = []*wirepb.Event{
			{AtMs: 2_100, Kind: wirepb.Event_KIND_ADAPTER_SILENT, Subject: "phy1", Text: "phy1 delivered nothing for 40 s on channels where phy0 hears beacons."},
			{AtMs: 7_300, Kind: wirepb.Event_KIND_ADAPTER_FAILED, Subject: "phy1", Text: failure},
		}
	case n%60 == 0:
		r.Health.Radio = radio(failed)
	default:
		r.Health.Radio = nil
	}
	return r
}
