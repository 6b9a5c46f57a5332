package capture_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"picket/appliance/capture"
)

func writeFile(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// wait is Next until a packet comes.
func wait(t *testing.T, s capture.Source) capture.Packet {
	t.Helper()
	var p capture.Packet
	for {
		start := time.Now()
		err := s.Next(&p)
		if passed := time.Since(start); passed > 100*time.Millisecond {
			t.Errorf("Next took %v", passed)
		}
		if err == nil {
			return p
		}
		if !errors.Is(err, capture.ErrIdle) {
			t.Fatal(err)
		}
	}
}

func TestDemoReplaysAsIfLive(t *testing.T) {
	a := writeFile(t, "a.pcap", classicFile(127).packet(1000, 250_000, []byte("a1")).packet(1001, 500_000, []byte("a2")))
	b := writeFile(t, "b.pcap", classicFile(1).packet(5, 0, []byte("b1")).packet(4, 0, []byte("b2")).packet(90_000, 0, []byte("b3")))
	synctest.Test(t, func(t *testing.T) {
		d, err := capture.OpenDemo(a, b)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		start := time.Now()
		for range 2 {
			for _, want := range []struct {
				data string
				at   time.Duration
			}{
				{"a1", 250 * time.Millisecond}, {"a2", 1500 * time.Millisecond}, // two seconds in all
				{"b1", 2 * time.Second}, {"b2", 2 * time.Second}, {"b3", 12 * time.Second}, // eleven
			} {
				p := wait(t, d)
				if string(p.Data) != want.data || time.Since(start) != want.at || p.Time != start.Add(want.at).UnixNano() {
					t.Errorf("%q after %v, its time %v later; want %q after %v", p.Data, time.Since(start), time.Unix(0, p.Time).Sub(start), want.data, want.at)
				}
			}
			start = start.Add(13 * time.Second)
		}
	})
}

func TestDemoOfASleepingMachineGoesOnFromNow(t *testing.T) {
	path := writeFile(t, "a.pcap", classicFile(127).packet(0, 0, []byte("1")).packet(1, 0, []byte("2")).packet(2, 0, []byte("3")))
	synctest.Test(t, func(t *testing.T) {
		d, err := capture.OpenDemo(path)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		wait(t, d)
		time.Sleep(time.Hour)
		woke := time.Now()
		if p := wait(t, d); p.Time != woke.UnixNano() {
			t.Errorf("time %v after waking", time.Unix(0, p.Time).Sub(woke))
		}
		if p := wait(t, d); p.Time != woke.Add(time.Second).UnixNano() || time.Since(woke) != time.Second {
			t.Errorf("time %v after waking", time.Unix(0, p.Time).Sub(woke))
		}
	})
}

func TestDemoRefuses(t *testing.T) {
	if _, err := capture.OpenDemo(); err == nil {
		t.Error("no file accepted")
	}
	if _, err := capture.OpenDemo(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
	if _, err := capture.OpenDemo(writeFile(t, "empty.pcap", classicFile(1))); err == nil {
		t.Error("a file without packets accepted")
	}
}

func TestDemoReplaysACutFile(t *testing.T) {
	file := classicFile(1).packet(0, 0, []byte("1")).packet(0, 5, []byte("2"))
	path := writeFile(t, "cut.pcap", file[:len(file)-1])
	synctest.Test(t, func(t *testing.T) {
		d, err := capture.OpenDemo(path)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		for range 3 {
			if p := wait(t, d); string(p.Data) != "1" {
				t.Errorf("packet %q", p.Data)
			}
		}
	})
}

func TestRecordingIsReplayedOnce(t *testing.T) {
	path := writeFile(t, "a.pcap", classicFile(1).packet(0, 0, []byte("1")).packet(1, 0, []byte("2")))
	synctest.Test(t, func(t *testing.T) {
		d, err := capture.OpenRecording(path)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		wait(t, d)
		wait(t, d)
		var p capture.Packet
		for range 2 {
			if err := d.Next(&p); !errors.Is(err, io.EOF) {
				t.Errorf("error %v, want %v", err, io.EOF)
			}
		}
	})
}
