package api

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"

	"picket/server/store"
	"picket/server/testdb"
)

// TestRollupsGiveTheSameSums: a day's lists before and after its buckets were
// rolled up.
func TestRollupsGiveTheSameSums(t *testing.T) {
	w := newWorld(t)
	read := func() (bss, clients, hosts, channels int64) {
		for _, b := range fetch[List[BSS]](w.node, "bss").Items {
			for _, f := range b.Spark.Frames {
				if f != nil {
					bss += *f
				}
			}
		}
		for _, c := range fetch[List[Client]](w.node, "clients").Items {
			clients += c.FramesSent + c.BytesReceived
		}
		for _, h := range fetch[List[Host]](w.node, "hosts").Items {
			hosts += h.FramesSent + h.BytesReceived
		}
		for _, c := range fetch[List[TapChannel]](w.node, "taps/"+w.alpha.TapID.String()+"/channels").Items {
			channels += c.Frames + int64(c.ListenedSeconds*1000)
		}
		return
	}
	b1, c1, h1, k1 := read()
	n, err := w.store.RollUpAt(t.Context(), time.Now().Add(time.Hour))
	if err != nil || n == 0 {
		t.Fatalf("rolled up %d buckets: %v", n, err)
	}
	b2, c2, h2, k2 := read()
	if b1 == 0 || c1 == 0 || h1 == 0 || k1 == 0 || b1 != b2 || c1 != c2 || h1 != h2 || k1 != k2 {
		t.Errorf("before %d %d %d %d, after %d %d %d %d", b1, c1, h1, k1, b2, c2, h2, k2)
	}
	d := fetch[BSSDetail](w.node, "bss/00:00:5e:10:03:e8")
	if len(d.Channels) != 1 || d.Channels[0].Frames != int64(17*w.reports[0].Bss.Frames[0]) {
		t.Errorf("channels after the rollup: %+v", d.Channels)
	}
	s := fetch[BSSSignal](w.node, "bss/00:00:5e:10:03:e8/signal?from=-7d")
	sum := int64(0)
	for _, f := range s.Taps[0].Frames {
		if f != nil {
			sum += *f
		}
	}
	if s.StepSeconds != 1800 || sum != int64(17*w.reports[0].Bss.Frames[0]) {
		t.Errorf("a week's signal: steps of %d s, %d frames", s.StepSeconds, sum)
	}
}

// TestADayOfReports prints how long the console's requests take on a day of a
// busy office, for those who ask by PICKET_DAY=taps.
func TestADayOfReports(t *testing.T) {
	var taps int
	if _, err := fmt.Sscan(os.Getenv("PICKET_DAY"), &taps); err != nil {
		t.Skip("takes minutes; set PICKET_DAY to the number of taps")
	}
	n := newNode(t).signIn()
	const windows = 8640
	start := time.Now().Add(-windows * 10 * time.Second).UTC().Truncate(10 * time.Second)
	var alpha store.TapIdentity
	for i := range taps {
		alpha = n.db.Tap(t, n.store, fmt.Sprint("tap ", i))
		boot := [16]byte(uuid.Must(uuid.NewV7()))
		r := testdb.Report(testdb.ReportSpec{Boot: boot, BSSs: 100, Stations: 150, Hosts: 100, Seed: 1, Definitions: true})
		for at := 0; at < windows; at += 64 {
			var in []store.Incoming
			for k := at; k < min(at+64, windows); k++ {
				x := testdb.Report(testdb.ReportSpec{Boot: boot, Sequence: uint64(k + 1), BSSs: 100, Stations: 150, Hosts: 100, Seed: 1, Start: start.Add(time.Duration(k) * 10 * time.Second)})
				x.Definitions = r.Definitions
				in = append(in, store.Incoming{TenantID: alpha.TenantID, TapID: alpha.TapID, Report: x})
			}
			if _, err := n.store.AddReports(t.Context(), in); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := n.store.RollUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		"home", "taps", "bss", "bss?from=-1h", "bss?from=-3h", "clients", "clients?from=-1h", "hosts",
		"bss/00:00:5e:10:03:e8", "bss/00:00:5e:10:03:e8/signal?from=-1h", "bss/00:00:5e:10:03:e8/signal", "bss/00:00:5e:10:03:e8/signal?from=-7d",
		"clients/00:00:5e:10:04:4c", "hosts/00:00:5e:10:04:e2", "taps/" + alpha.TapID.String() + "/health", "taps/" + alpha.TapID.String() + "/channels",
	} {
		begin := time.Now()
		resp := n.do("GET", "/api/v1/tenants/default/"+path, nil)
		t.Logf("%-50s %d %8s %d octets", path, resp.StatusCode, time.Since(begin).Round(time.Millisecond), resp.ContentLength)
	}
}
