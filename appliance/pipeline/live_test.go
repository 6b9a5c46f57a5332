package pipeline_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"picket/appliance/aggregate"
	"picket/appliance/capture"
	"picket/appliance/pipeline"
	"picket/shared/wire/wirepb"
)

// steady is a live source of one ARP request every period, which may fail.
type steady struct {
	name   string
	period time.Duration
	left   int // packets until it fails; negative: never
	drops  uint64
}

var errUnplugged = errors.New("unplugged")

func (s *steady) Next(p *capture.Packet) error {
	if s.left == 0 {
		return errUnplugged
	}
	if s.period > 100*time.Millisecond {
		time.Sleep(100 * time.Millisecond)
		s.period -= 100 * time.Millisecond
		return capture.ErrIdle
	}
	time.Sleep(s.period)
	s.left--
	frame := make([]byte, 60)
	copy(frame, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x5e, 0x00, 0x53, 0x01, 0x08, 0x06})
	*p = capture.Packet{Data: frame, Length: 60, Time: time.Now().UnixNano(), LinkType: 1}
	return nil
}

func (s *steady) Stats() (capture.Stats, error) {
	d := s.drops
	s.drops = 0
	return capture.Stats{Drops: d}, nil
}

func (s *steady) Name() string { return s.name }
func (s *steady) Close() error { return nil }

// run captures for d of the bubble's time and returns the reports.
func run(t *testing.T, d time.Duration, inputs ...pipeline.Input) []*wirepb.Report {
	t.Helper()
	var mu sync.Mutex
	var reports []*wirepb.Report
	cfg := pipeline.Config{
		Window: 10 * time.Second, Definitions: aggregate.NewDefinitions(),
		Emit: func(r *wirepb.Report) error {
			mu.Lock()
			defer mu.Unlock()
			reports = append(reports, r)
			return nil
		},
	}
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := pipeline.NewLive(cfg, inputs, slog.New(slog.DiscardHandler)).Run(ctx); err != nil {
		t.Fatal(err)
	}
	return reports
}

func input(s *steady) pipeline.Input {
	return pipeline.Input{
		Name: s.name, Kind: wirepb.Capture_KIND_ETHERNET, Open: func() (capture.Source, error) { return s, nil },
	}
}

func TestEveryWindowIsReportedOnceInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := &steady{name: "eth0", period: 50 * time.Millisecond, left: -1, drops: 3}
		quiet := &steady{name: "eth1", period: time.Hour, left: -1}
		reports := run(t, 65*time.Second, input(busy), input(quiet))
		if len(reports) != 7 {
			t.Fatalf("%d reports for 65 s, want 6 whole windows and what was open", len(reports))
		}
		frames := uint64(0)
		for i, r := range reports {
			h := r.Header
			if h.Sequence != uint64(i+1) || i > 0 && h.WindowStartUs != reports[0].Header.WindowStartUs+int64(i)*10_000_000 {
				t.Errorf("report %d has number %d and starts at %d", i, h.Sequence, h.WindowStartUs)
			}
			if c := r.Health.Captures; len(c) != 2 || c[0].Name != "eth0" || c[1].Frames != 0 || c[1].Error != "" {
				t.Errorf("captures of report %d: %v", i, c)
			}
			frames += r.Health.Captures[0].Frames
		}
		if reports[0].Health.Captures[0].KernelDrops != 3 || reports[1].Health.Captures[0].KernelDrops != 0 {
			t.Error("drops are not counted once, in their window")
		}
		if frames < 1295 || frames > 1301 {
			t.Errorf("%d frames of 65 s at 20 a second", frames)
		}
		if last := reports[6].Header.WindowLengthMs; last < 4900 || last > 5100 {
			t.Errorf("the open window is given as %d ms, want about 5000", last)
		}
	})
}

func TestFailedCaptureSaysSoAndIsOpenedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opened := 0
		in := pipeline.Input{Name: "eth0", Kind: wirepb.Capture_KIND_ETHERNET, Open: func() (capture.Source, error) {
			if opened++; opened >= 2 && opened <= 4 { // after 5 s; pauses of 1, 2, 4 and 8 s
				return nil, errors.New("no such device")
			}
			if opened == 5 {
				return &steady{name: "eth0", period: 100 * time.Millisecond, left: -1}, nil
			}
			return &steady{name: "eth0", period: 100 * time.Millisecond, left: 50}, nil
		}}
		reports := run(t, 30*time.Second, in)
		if len(reports) != 3 && len(reports) != 4 {
			t.Fatalf("%d reports for 30 s: a capture that does not run goes unreported", len(reports))
		}
		if e := reports[1].Health.Captures[0].Error; e != "no such device" {
			t.Errorf("the second window says %q", e)
		}
		if last := reports[2].Health.Captures[0]; opened != 5 || last.Error != "" || last.Frames == 0 {
			t.Errorf("opened %d times; at last %v", opened, last)
		}
	})
}

func TestRunEndsWhenEmitFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("disk full")
		cfg := pipeline.Config{
			Window: time.Second, Definitions: aggregate.NewDefinitions(),
			Emit: func(*wirepb.Report) error { return full },
		}
		a, b := &steady{name: "a", period: time.Millisecond, left: -1}, &steady{name: "b", period: time.Hour, left: -1}
		err := pipeline.NewLive(cfg, []pipeline.Input{input(a), input(b)}, slog.New(slog.DiscardHandler)).Run(t.Context())
		if !errors.Is(err, full) {
			t.Errorf("error %v, want that of Emit", err)
		}
	})
}

func TestOfflineCutsWindowsByTheFramesTime(t *testing.T) {
	var reports []*wirepb.Report
	run := pipeline.NewOffline(pipeline.Config{
		Window: 10 * time.Second, Definitions: aggregate.NewDefinitions(),
		Emit: func(r *wirepb.Report) error { reports = append(reports, r); return nil },
	})
	src, err := capture.OpenFile("../labcaptures/legit-wpa2-psk.pcap")
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if err := run.Run(src, 0); err != nil {
		t.Fatal(err)
	}
	if run.Frames != 262 || len(reports) < 1 || len(reports) > 2 {
		t.Fatalf("%d frames in %d reports, want 262 of 9.9 s", run.Frames, len(reports))
	}
	for _, r := range reports {
		if r.Header.WindowStartUs%10_000_000 != 0 || r.Header.WindowLengthMs != 10_000 {
			t.Errorf("a window starts at %d µs and lasts %d ms", r.Header.WindowStartUs, r.Header.WindowLengthMs)
		}
	}
	listened := uint32(0)
	for _, r := range reports {
		for _, ms := range r.Channels.ListenedMs {
			listened += ms
		}
	}
	if listened < 9700 || listened > 10_000 {
		t.Errorf("listened for %d ms of a recording of 9.9 s", listened)
	}
}

func TestLengthOfWindowsChangesForAllInputsAtAFullMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gather
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute+time.Second)
		defer cancel()
		live := pipeline.NewLive(g.config(), []pipeline.Input{
			input(&steady{name: "eth0", period: 50 * time.Millisecond, left: -1}),
			input(&steady{name: "eth1", period: 70 * time.Millisecond, left: -1}),
		}, slog.New(slog.DiscardHandler))
		time.AfterFunc(30*time.Second, func() { live.SetWindow(15 * time.Second) })
		time.AfterFunc(40*time.Second, func() { live.SetWindow(20 * time.Second) })
		if err := live.Run(ctx); err != nil {
			t.Fatal(err)
		}
		end := g.reports[0].Header.WindowStartUs
		lengths := map[uint32]int{}
		for i, r := range g.reports {
			if h := r.Header; h.WindowStartUs != end || len(r.Health.Captures) != 2 || r.Health.Captures[0].Error != "" {
				t.Errorf("report %d starts at %d, want %d; captures %v", i, h.WindowStartUs, end, r.Health.Captures)
			}
			end += int64(r.Header.WindowLengthMs) * 1000
			lengths[r.Header.WindowLengthMs]++
		}
		if lengths[10_000] < 12 || lengths[20_000] < 5 || lengths[15_000] != 0 {
			t.Errorf("lengths of the windows: %v", lengths)
		}
	})
}
