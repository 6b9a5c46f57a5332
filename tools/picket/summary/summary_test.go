package summary_test

import (
	"reflect"
	"strings"
	"testing"

	"picket/shared/wire"
	"picket/shared/wire/wirepb"
	"picket/shared/wire/wiretest"
	"picket/tools/picket/summary"
)

// offices returns the reports of a tap with radios and a wire, as a node decodes them.
func offices(t *testing.T) []*wirepb.Report {
	t.Helper()
	var all []*wirepb.Report
	for seed := range uint64(3) {
		b, err := wire.Encode(wiretest.Office{BSSs: 20, Stations: 30, Hosts: 10, Seed: seed, First: seed == 0, Radio: true}.Report())
		if err != nil {
			t.Fatal(err)
		}
		r, err := wire.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func TestTablesAddUpToWhatReportsSay(t *testing.T) {
	s := summary.New()
	want := map[string]uint64{}
	for _, r := range offices(t) {
		s.Add(r)
		for name, column := range map[string][]uint32{
			"beacons": r.Bss.Beacons, "frames in BSSs": r.Bss.Frames, "sent": r.Stations.FramesSent, "disconnections": r.Disconnects.Frames,
			"authentications": r.Handshakes.AuthRequests, "M1": r.Handshakes.M1, "M4": r.Handshakes.M4, "logoffs": r.Handshakes.EapolLogoffs,
			"listened": r.Channels.ListenedMs, "frames on channels": r.Channels.Frames, "drops": r.Channels.Drops,
		} {
			for _, n := range column {
				want[name] += uint64(n)
			}
		}
		for _, c := range r.Health.Captures {
			want["hops"] += uint64(c.Hops)
		}
	}
	tables, got := s.Tables(), map[string]uint64{}
	for _, n := range tables.Networks {
		got["beacons"] += n.Beacons
		got["frames in BSSs"] += n.Frames
	}
	for _, c := range tables.Clients {
		got["sent"] += c.Sent
	}
	for _, x := range tables.Disconnects {
		got["disconnections"] += x.Frames
	}
	for _, h := range tables.Handshakes {
		got["authentications"] += h.AuthRequests
		got["M1"] += h.M1
		got["M4"] += h.M4
		got["logoffs"] += h.Logoffs
	}
	for _, c := range tables.Channels {
		got["listened"] += c.ListenedMS
		got["frames on channels"] += c.Frames
		got["drops"] += c.Drops
	}
	for _, c := range tables.Captures {
		got["hops"] += c.Hops
	}
	for name, n := range want {
		if got[name] != n || n == 0 {
			t.Errorf("%s: %d, reports have %d", name, got[name], n)
		}
	}
}

// What is encrypted is told apart from what anybody may have sent, and a channel that a
// BSS says it moves to from those on which it was heard.
func TestRowsTellProtectionAndMovesApart(t *testing.T) {
	r := offices(t)[1]
	r.Bss.SwitchToMhz[0] = 2462
	r.Disconnects.Protected[0] = true
	s := summary.New()
	s.Add(r)
	tables := s.Tables()
	moves, protected := 0, 0
	for _, n := range tables.Networks {
		for _, c := range n.SwitchTo {
			if c == "11" {
				moves++
			}
		}
	}
	for _, x := range tables.Disconnects {
		if x.Protected {
			protected++
		}
	}
	if moves == 0 || protected == 0 || protected == len(tables.Disconnects) {
		t.Errorf("%d networks move to channel 11, %d of %d disconnections are protected", moves, protected, len(tables.Disconnects))
	}
}

func TestPrintedTablesHaveTheirTitles(t *testing.T) {
	s := summary.New()
	for _, r := range offices(t) {
		s.Add(r)
	}
	var out strings.Builder
	s.Print(&out)
	for _, title := range []string{"Networks (", "Clients (", "Disconnections (", "Handshakes (", "Channels (", "Hosts (", "DNS (", "Conversations ("} {
		if !strings.Contains(out.String(), title) {
			t.Errorf("no table %q", title)
		}
	}
}

// Every field of a table has a name in JSON: what a program reads is what people see.
func TestFieldsAreNamedInJSON(t *testing.T) {
	tables := reflect.TypeFor[summary.Tables]()
	for i := range tables.NumField() {
		list := tables.Field(i).Type
		if list.Kind() != reflect.Slice {
			continue
		}
		row := list.Elem().Elem()
		for j := range row.NumField() {
			if f := row.Field(j); f.IsExported() && f.Tag.Get("json") == "" {
				t.Errorf("%s.%s has no name in JSON", row.Name(), f.Name)
			}
		}
	}
}
