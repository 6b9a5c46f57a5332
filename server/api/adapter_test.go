package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"picket/server/store"
	"picket/server/testdb"
	"picket/shared/wire/wirepb"
)

// withRadios is a tap with captures mon0 and mon1 that reports.
func withRadios(adapters ...store.Adapter) store.Tap {
	return store.Tap{
		Name: "alpha", LastReportAt: pointer(time.Now()), SilentSeconds: pointer(3.0), LengthMS: pointer(10_000),
		WindowFrames: pointer(int64(1000)), WindowDrops: pointer(int64(0)), SpoolReports: pointer(int64(0)),
		CaptureName: []string{"mon0", "mon1"}, CaptureError: []string{"", ""}, CaptureLinkType: []int32{127, 127},
		CaptureHops: []int32{40, 0}, Adapters: adapters,
	}
}

func radio(name, capture string, state store.AdapterState) store.Adapter {
	return store.Adapter{Name: name, Capture: capture, State: state, Text: "What was done."}
}

func TestATapWhoseAdapterDoesNotListenNeverLooksWell(t *testing.T) {
	well := radio("phy0", "mon0", store.AdapterListening)
	wasUnused := radio("phy1", "", store.AdapterGone)
	wasUnused.PreviousState = pointer(store.AdapterUnused)
	tests := []struct {
		name       string
		tap        store.Tap
		want, why  string
		radios     TapRadios
		monitoring bool // some radio of it is heard
	}{
		{"no adapter told of", withRadios(), online, "", TapRadios{0, 0, "none"}, true},
		{"one listens", withRadios(well), online, "", TapRadios{1, 1, listening}, true},
		{"one listens, one cannot", withRadios(well, radio("phy1", "", store.AdapterUnused)), online, "", TapRadios{1, 2, unused}, true},
		{"one failed", withRadios(well, radio("phy1", "mon1", store.AdapterFailed)), degraded, "phy1 does not listen. What was done.", TapRadios{1, 2, failed}, true},
		{"the only one failed", withRadios(radio("phy0", "mon0", store.AdapterFailed), radio("phy1", "mon1", store.AdapterGone)), degraded, "phy0 does not", TapRadios{0, 2, failed}, false},
		{"one is gone", withRadios(well, radio("phy1", "mon1", store.AdapterGone)), degraded, "phy1 is gone", TapRadios{1, 2, gone}, true},
		{"one that was not used is gone", withRadios(well, wasUnused), online, "", TapRadios{1, 2, gone}, true},
		{"one in a state of a later release", withRadios(well, radio("phy1", "mon1", 9)), degraded, "does not know", TapRadios{1, 2, unknown}, true},
		{"one that says it listens has no capture", withRadios(radio("phy0", "mon7", store.AdapterListening)), degraded, "mon7, which is not among", TapRadios{0, 1, failed}, true},
		{"its name was given to another", withRadios(radio("phy1", "mon0", store.AdapterGone), well), degraded, "phy1 is gone", TapRadios{1, 2, gone}, true},
	}
	for _, tt := range tests {
		state, why := tapState(tt.tap)
		if state != tt.want || !strings.Contains(why, tt.why) || (state == online) != (why == "") {
			t.Errorf("%s: %s, %q; want %s, %q", tt.name, state, why, tt.want, tt.why)
		}
		if got := radios(tt.tap); got != tt.radios {
			t.Errorf("%s: radios %+v, want %+v", tt.name, got, tt.radios)
		}
		if got := (place{taps: []store.Tap{tt.tap}}).hears(linkRadio); got != tt.monitoring {
			t.Errorf("%s: hears the air = %v", tt.name, got)
		}
	}

	broken := withRadios(well)
	broken.CaptureError = []string{"network is down", ""}
	if state, why := tapState(broken); state != degraded || !strings.Contains(why, "phy0 does not listen. Its capture mon0 does not run: network is down.") {
		t.Errorf("a capture that fails: %s, %q", state, why)
	}
	deaf := withRadios(radio("phy0", "", store.AdapterUnused))
	deaf.CaptureName = nil
	if state, why := tapState(deaf); state != degraded || !strings.Contains(why, "phy0 is not used. What was done.") {
		t.Errorf("no adapter can be used: %s, %q", state, why)
	}
	refused := withRadios(well)
	refused.CaptureFailed = []int32{5}
	if state, why := tapState(refused); state != degraded || !strings.Contains(why, "5 of 45 changes of channel of mon0") {
		t.Errorf("changes of channel are refused: %s, %q", state, why)
	}
	silent := withRadios(well)
	silent.SilentSeconds = pointer(1000.0)
	if got := radios(silent); got != (TapRadios{0, 1, unknown}) {
		t.Errorf("radios of a tap that does not report: %+v", got)
	}
}

func TestTapAdapters(t *testing.T) {
	w := newWorld(t)
	d := fetch[TapDetail](w.node, "taps/"+w.alpha.TapID.String()+"?from=-15m")
	if len(d.Adapters) != 1 || d.Country == nil || *d.Country != "DE" || d.AdaptersAt == nil || !d.AdaptersAt.Equal(w.start) || d.Radios != (TapRadios{1, 1, listening}) {
		t.Fatalf("adapters %+v, country %v, at %v, in short %+v", d.Adapters, d.Country, d.AdaptersAt, d.Radios)
	}
	switch a := d.Adapters[0]; {
	case a.Name != "phy0" || a.State != listening || a.Driver != "mt7921u" || a.Device != "usb 0e8d:7961" || *a.Capture != "wlan0" || !a.Since.Equal(w.start):
		t.Errorf("adapter %+v", a)
	case *a.MAC != "00:00:5e:00:53:01" || a.Vendor == nil || *a.FramesPerSecond != 1200 || *a.Drops != 3 || *a.Hops != 48 || *a.FailedHops != 1:
		t.Errorf("adapter %+v: %v %v %v %v", a, *a.FramesPerSecond, *a.Drops, *a.Hops, *a.FailedHops)
	case len(a.Bands) != 3 || !slices.Equal(a.Bands[1].Channels, []int{36, 100, 149}) || a.Bands[2].Band != "6 GHz":
		t.Errorf("bands %+v", a.Bands)
	}

	// It fails: the tap, the list and the site show it.
	last := testdb.Report(testdb.ReportSpec{Boot: [16]byte{7}, Sequence: 1, Start: w.start.Add(200 * time.Second), BSSs: 8, Seed: 1, Definitions: true})
	a := last.Health.Radio.Adapters[0]
	a.State, a.Text, a.Capture = wirepb.Adapter_STATE_FAILED, "It delivers nothing; it was reset 3 times. Plug it into another port.", ""
	last.Health.Captures[0].Error = "network is down"
	last.Health.Events = []*wirepb.Event{{AtMs: 700, Kind: wirepb.Event_KIND_ADAPTER_SILENT, Subject: "phy0", Text: a.Text}}
	w.add(w.alpha.TenantID, w.alpha.TapID, last)
	list := fetch[List[Tap]](w.node, "taps?from=-15m")
	if tap := list.Items[0]; tap.State != degraded || !strings.Contains(tap.Why, a.Text) || tap.Radios != (TapRadios{0, 1, failed}) {
		t.Errorf("state %s: %s, radios %+v", tap.State, tap.Why, tap.Radios)
	}
	d = fetch[TapDetail](w.node, "taps/"+w.alpha.TapID.String()+"?from=-15m")
	if a := d.Adapters[0]; a.State != failed || a.Capture == nil || a.FramesPerSecond != nil || a.Hops != nil || !a.Since.Equal(w.start.Add(200*time.Second)) {
		t.Errorf("failed adapter %+v", a)
	}
	home := fetch[Home](w.node, "home?from=-15m")
	if s := home.Sites[0]; s.State != "no_data" || s.Taps.Capturing != 0 {
		t.Errorf("site %+v", s)
	}
}

func TestTapEvents(t *testing.T) {
	w := newWorld(t)
	for i := range 5 {
		r := testdb.Report(testdb.ReportSpec{Boot: [16]byte{8}, Sequence: uint64(i + 1), Start: w.start.Add(time.Duration(200+10*i) * time.Second)})
		r.Health.Events = []*wirepb.Event{
			{AtMs: 100, Kind: wirepb.Event_KIND_ADAPTER_FAILED, Subject: "phy0", Text: fmt.Sprintf("It failed \x1b[1m%d.", i)},
			{AtMs: 100, Kind: 40, Subject: "phy0", Text: "What a later release tells."},
		}
		w.add(w.alpha.TenantID, w.alpha.TapID, r)
	}
	path := "taps/" + w.alpha.TapID.String() + "/events?from=-15m&to=" + w.start.Add(time.Hour).Format(time.RFC3339)
	all := fetch[TapEvents](w.node, path)
	if len(all.Items) != 11 || all.Next != nil {
		t.Fatalf("%d events, next %v; want 11", len(all.Items), all.Next)
	}
	if e := all.Items[1]; e.Kind != "adapter_failed" || e.Subject != "phy0" || e.Text != `It failed \x1b[1m4.` || e.Tap.Name != "alpha" || e.Site != "main" ||
		!e.At.Equal(w.start.Add(240*time.Second+100*time.Millisecond)) {
		t.Errorf("event %+v", e)
	}
	if e := all.Items[10]; e.Kind != "adapter_claimed" {
		t.Errorf("oldest event %+v", e)
	}
	var paged []TapEvent
	for next := ""; ; {
		page := fetch[TapEvents](w.node, path+"&limit=3&before="+next)
		paged = append(paged, page.Items...)
		if page.Next == nil {
			break
		}
		next = *page.Next
	}
	if !slices.Equal(paged, all.Items) {
		t.Errorf("page by page %d events, at once %d", len(paged), len(all.Items))
	}
	for kinds, want := range map[string]int{"&kind=adapter_failed": 5, "&kind=adapter_failed&kind=adapter_claimed": 6, "&kind=other": 5, "&kind=adapter_gone": 0} {
		if got := fetch[TapEvents](w.node, path+kinds); len(got.Items) != want || got.Items == nil {
			t.Errorf("%s: %d events, want %d", kinds, len(got.Items), want)
		}
	}
	if got := fetch[TapEvents](w.node, "events?from=-15m&to=now&site=main&kind=adapter_claimed"); len(got.Items) != 1 {
		t.Errorf("of all taps: %+v", got)
	}
	for _, bad := range []string{"&before=x", "&before=WzEsMiwzLDQsNV0", "&kind=nonsense", "&limit=0"} {
		if resp := w.do("GET", "/api/v1/tenants/default/"+path+bad, nil); resp.StatusCode != 422 {
			t.Errorf("%s: %d, want 422", bad, resp.StatusCode)
		}
	}
	if resp := w.do("GET", "/api/v1/tenants/default/taps/00000000-0000-0000-0000-000000000001/events", nil); resp.StatusCode != 404 {
		t.Errorf("events of no tap: %d", resp.StatusCode)
	}
	other := w.addTenant("elsewhere")
	tap := w.db.TapAt(t, w.store, other, "elsewhere-site", "beta")
	w.add(other, tap.TapID, testdb.Report(testdb.ReportSpec{Boot: [16]byte{9}, Sequence: 1, Start: w.start, Definitions: true}))
	if got := fetch[TapEvents](w.node, "events?from=-15m&kind=adapter_claimed"); len(got.Items) != 1 || got.Items[0].Tap.Name != "alpha" {
		t.Errorf("with another tenant's: %+v", got)
	}
}

func TestTapCoverage(t *testing.T) {
	w := newWorld(t)
	path := "taps/" + w.alpha.TapID.String() + "/coverage"
	for _, rolled := range []bool{false, true} {
		if rolled {
			if _, err := w.store.RollUpAt(t.Context(), time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		c := fetch[TapCoverage](w.node, path)
		if c.ReportedSeconds != 170 || len(c.Listeners) != 1 || *c.Listeners[0].Adapter != "phy0" || c.Listeners[0].Capture != "wlan0" || len(c.Channels) != 7 {
			t.Fatalf("%v s reported, listeners %+v, %d channels", c.ReportedSeconds, c.Listeners, len(c.Channels))
		}
		of := func(f int) ChannelListens {
			return c.Channels[slices.IndexFunc(c.Channels, func(x ChannelListens) bool { return x.FrequencyMHz == f })]
		}
		if x := of(2437); x.State != "heard" || *x.Channel != 6 || x.ListenedSeconds != 27.2 || *x.SharePercent != 16 || x.Frames != 34_000 || x.Drops != 34 ||
			!x.LastListenedAt.Equal(w.start.Add(200*time.Second)) || len(x.By) != 1 || x.By[0].Drops != 34 || !x.By[0].Allowed {
			t.Errorf("channel 6: %+v", x)
		}
		if x := of(5745); x.State != "blind" || x.LastListenedAt != nil || !x.By[0].Allowed || x.By[0].LastListenedAt != nil || *x.By[0].SharePercent != 0 {
			t.Errorf("channel 149, which it may listen to: %+v", x)
		}
	}
	if c := fetch[TapCoverage](w.node, path+"?from=-3d&to=-2d"); c.ReportedSeconds != 0 || len(c.Channels) != 7 || c.Channels[0].State != "blind" || c.Channels[0].SharePercent != nil {
		t.Errorf("where no report is: %+v", c)
	}
	if resp := w.do("GET", "/api/v1/tenants/default/taps/00000000-0000-0000-0000-000000000001/coverage", nil); resp.StatusCode != 404 {
		t.Errorf("coverage of no tap: %d", resp.StatusCode)
	}
}

// TestCoverageNamesWhoListened: an adapter that is gone listened all the same, and
// two that are there have a column each.
func TestCoverageNamesWhoListened(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := tapCoverage(store.TapCoverage{
		ReportedMS: 100_000,
		Adapters: []store.Adapter{
			{Name: "phy0", Capture: "mon0", State: store.AdapterListening, FrequenciesMHz: []int32{2412, 2437}},
			{Name: "phy1", Capture: "mon1", State: store.AdapterGone, FrequenciesMHz: []int32{5955}},
			{Name: "phy2", State: store.AdapterUnused, FrequenciesMHz: []int32{5180}},
			{Name: "phy3", State: store.AdapterFailed, FrequenciesMHz: []int32{5200}},
		},
		Channels: []store.CaptureChannel{
			{Capture: "mon0", FrequencyMHz: 0, ListenedMS: 5},
			{Capture: "mon0", FrequencyMHz: 2412, ListenedMS: 400, Frames: 9, LastListenedAt: at},
			{Capture: "mon1", FrequencyMHz: 2412, ListenedMS: 50, Frames: 1, Drops: 2, LastListenedAt: at.Add(time.Second)},
			{Capture: "old", FrequencyMHz: 5180, ListenedMS: 90_000, LastListenedAt: at},
		},
	})
	var names, states []string
	for _, l := range c.Listeners {
		name := "none"
		if l.Adapter != nil {
			name = *l.Adapter
		}
		names = append(names, name+" "+l.Capture)
	}
	for _, x := range c.Channels {
		states = append(states, fmt.Sprintf("%d %s", x.FrequencyMHz, x.State))
	}
	if got, want := strings.Join(names, ", "), "phy0 mon0, phy3 , phy1 mon1, none old"; got != want {
		t.Errorf("listeners %q, want %q", got, want)
	}
	if got, want := strings.Join(states, ", "), "2412 little, 2437 blind, 5180 heard, 5200 blind"; got != want {
		t.Errorf("channels %q, want %q", got, want)
	}
	if x := c.Channels[0]; x.ListenedSeconds != 0.45 || *x.SharePercent != 0.45 || x.Drops != 2 || !x.LastListenedAt.Equal(at.Add(time.Second)) ||
		x.By[1].Allowed || !x.By[2].Allowed || x.By[2].Frames != 1 {
		t.Errorf("channel 1: %+v", x)
	}
}
