package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"picket/server/store"
	"picket/server/testdb"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
)

// radioWorld is a tap that tells of its radios.
type radioWorld struct {
	t    *testing.T
	db   *testdb.DB
	s    *store.Store
	tap  store.TapIdentity
	next uint64 // sequence
}

func newRadioWorld(t *testing.T) *radioWorld {
	db := testdb.New(t)
	s := db.Store(t)
	return &radioWorld{t: t, db: db, s: s, tap: db.Tap(t, s, "one")}
}

// tell stores a report of window that lists adapters.
func (w *radioWorld) tell(window int, adapters ...*wirepb.Adapter) {
	w.t.Helper()
	w.add(window, func(r *wirepb.Report) { r.Health.Radio = &wirepb.Radio{Country: "DE", Adapters: adapters} })
}

func (w *radioWorld) add(window int, change func(*wirepb.Report)) store.Incoming {
	w.t.Helper()
	w.next++
	r := testdb.Report(testdb.ReportSpec{
		Boot: [16]byte{1}, Sequence: w.next, Start: start().Add(time.Duration(window) * 10 * time.Second), BSSs: 2, Seed: 1,
	})
	change(r)
	if err := wire.Validate(r); err != nil {
		w.t.Fatal(err)
	}
	in := store.Incoming{TenantID: w.tap.TenantID, TapID: w.tap.TapID, Report: r}
	if out, err := w.s.AddReports(w.t.Context(), []store.Incoming{in}); err != nil || out[0].Status != store.Stored {
		w.t.Fatalf("%v, %v", out, err)
	}
	return in
}

func (w *radioWorld) read() store.Tap {
	w.t.Helper()
	now := time.Now()
	taps, err := w.s.Reader().Taps(w.t.Context(), w.tap.TenantID.String(), store.Span{From: now.Add(-time.Hour), To: now})
	if err != nil || len(taps) != 1 {
		w.t.Fatalf("%d taps, %v", len(taps), err)
	}
	return taps[0]
}

// show writes the tap's adapters with their states: phy0 listening, phy1 gone.
func (w *radioWorld) show() string {
	w.t.Helper()
	words := map[store.AdapterState]string{
		store.AdapterUnknown: "unknown", store.AdapterListening: "listening", store.AdapterUnused: "unused",
		store.AdapterFailed: "failed", store.AdapterGone: "gone",
	}
	var list []string
	for _, a := range w.read().Adapters {
		list = append(list, a.Name+" "+words[a.State])
	}
	return strings.Join(list, ", ")
}

func adapter(name string, mac byte, state wirepb.Adapter_State) *wirepb.Adapter {
	a := &wirepb.Adapter{
		Name: name, Driver: "mt7921u", Device: "usb 0e8d:7961", State: state, Text: "What was done.",
		Capture: name + "mon", FrequenciesMhz: []uint32{2412, 5180},
	}
	if mac != 0 {
		a.Mac = []byte{0x00, 0x00, 0x5e, 0x00, 0x53, mac}
	}
	if state != wirepb.Adapter_STATE_LISTENING {
		a.Capture = ""
	}
	return a
}

const (
	listening = wirepb.Adapter_STATE_LISTENING
	unused    = wirepb.Adapter_STATE_UNUSED
	failed    = wirepb.Adapter_STATE_FAILED
	gone      = wirepb.Adapter_STATE_GONE
)

func TestAdaptersAreAsTheNewestWindowTells(t *testing.T) {
	w := newRadioWorld(t)
	w.tell(10, adapter("phy0", 1, listening), adapter("phy1", 0, unused))
	if got, want := w.show(), "phy0 listening, phy1 unused"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	tap := w.read()
	if a := tap.Adapters[0]; a.MAC == nil || *a.MAC != "00:00:5e:00:53:01" || a.Driver != "mt7921u" || a.Device != "usb 0e8d:7961" ||
		a.Capture != "phy0mon" || !slices.Equal(a.FrequenciesMHz, []int32{2412, 5180}) || a.PreviousState != nil || !a.Since.Equal(start().Add(100*time.Second)) {
		t.Errorf("adapter %+v", a)
	}
	if tap.Adapters[1].MAC != nil || *tap.RadioCountry != "DE" || !tap.RadioToldAt.Equal(start().Add(100*time.Second)) {
		t.Errorf("MAC %v, country %v told at %v", tap.Adapters[1].MAC, tap.RadioCountry, tap.RadioToldAt)
	}

	// A report that was kept for a while tells what was, not what is.
	w.tell(5, adapter("phy0", 1, failed), adapter("phy7", 7, listening))
	if got, want := w.show(), "phy0 listening, phy1 unused"; got != want {
		t.Errorf("after a late report: %s, want %s", got, want)
	}
	// A report without radios says nothing of them.
	w.add(11, func(*wirepb.Report) {})
	if got, want := w.show(), "phy0 listening, phy1 unused"; got != want {
		t.Errorf("after a report without: %s, want %s", got, want)
	}

	w.tell(12, adapter("phy0", 1, failed), adapter("phy1", 0, unused))
	w.tell(13, adapter("phy0", 1, failed), adapter("phy1", 0, unused))
	if got, want := w.show(), "phy0 failed, phy1 unused"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if a := w.read().Adapters[0]; !a.Since.Equal(start().Add(120*time.Second)) || *a.PreviousState != store.AdapterListening || a.Capture != "phy0mon" {
		t.Errorf("failed since %v, before %v, last capture %q", a.Since, a.PreviousState, a.Capture)
	}
}

func TestAnAdapterThatIsNotListedIsGoneUntilItIsBack(t *testing.T) {
	w := newRadioWorld(t)
	w.tell(1, adapter("phy0", 1, listening), adapter("phy1", 2, listening))
	w.tell(2, adapter("phy0", 1, listening))
	if got, want := w.show(), "phy0 listening, phy1 gone"; got != want {
		t.Errorf("unplugged: %s, want %s", got, want)
	}
	if a := w.read().Adapters[1]; *a.PreviousState != store.AdapterListening || !a.Since.Equal(start().Add(20*time.Second)) {
		t.Errorf("gone since %v, before %v", a.Since, a.PreviousState)
	}
	w.tell(3, adapter("phy0", 1, listening), adapter("phy10", 2, listening), adapter("phy2", 3, gone))
	if got, want := w.show(), "phy0 listening, phy2 gone, phy10 listening"; got != want {
		t.Errorf("plugged in again: %s, want %s", got, want)
	}
	conn := w.db.Conn(t, store.RoleOwner)
	if got := scan[int](t, conn, "SELECT count(*) FROM tap_adapter"); got != 3 {
		t.Errorf("%d adapters are kept, want 3: the one that came back is the same", got)
	}
	// A week later it is forgotten.
	if _, err := conn.Exec(t.Context(), "UPDATE tap_adapter SET since = since - interval '8 days' WHERE name = 'phy2'"); err != nil {
		t.Fatal(err)
	}
	if got, want := w.show(), "phy0 listening, phy10 listening"; got != want {
		t.Errorf("a week later: %s, want %s", got, want)
	}
	w.tell(4, adapter("phy0", 1, listening), adapter("phy10", 2, listening))
	if got := scan[int](t, conn, "SELECT count(*) FROM tap_adapter"); got != 2 {
		t.Errorf("%d adapters are kept a week later, want 2", got)
	}
}

func TestWhatATapNamesIsBounded(t *testing.T) {
	w := newRadioWorld(t)
	for window := range 20 {
		var list []*wirepb.Adapter
		for i := range 20 {
			list = append(list, adapter(fmt.Sprintf("phy%d\x00", 100*window+i), 0, listening))
		}
		list = append(list, adapter("", 0, listening), adapter("phy0", 0, failed), adapter("phy0", 0, listening))
		w.tell(window, list...)
	}
	if got := scan[int](t, w.db.Conn(t, store.RoleOwner), "SELECT count(*) FROM tap_adapter"); got > 80 {
		t.Errorf("%d adapters are kept, want the 21 listed and some that are gone", got)
	}
}

func TestEventsAreStoredOnceAndReadNewestFirst(t *testing.T) {
	w := newRadioWorld(t)
	event := func(ms uint32, kind wirepb.Event_Kind) *wirepb.Event {
		return &wirepb.Event{AtMs: ms, Kind: kind, Subject: "phy0", Text: fmt.Sprintf("At %d ms.\x00", ms)}
	}
	var all []store.Incoming
	for window := range 5 {
		all = append(all, w.add(window, func(r *wirepb.Report) {
			r.Health.Events = []*wirepb.Event{
				event(1000, wirepb.Event_KIND_ADAPTER_CLAIMED), event(2000, wirepb.Event_KIND_ADAPTER_FAILED), event(60_000, 99),
			}
		}))
	}
	if out, err := w.db.Store(t).AddReports(t.Context(), all); err != nil || out[0].Status != store.Duplicate {
		t.Fatalf("%v, %v", out, err)
	}
	read := func(q store.EventQuery) []store.Event {
		t.Helper()
		if q.Limit == 0 {
			q.Limit = 100
		}
		span := store.Span{From: start(), To: start().Add(time.Hour), Site: "main"}
		events, names, err := w.s.Reader().Events(t.Context(), w.tap.TenantID.String(), span, q)
		if err != nil || names[w.tap.TapID.String()].Name != "one" {
			t.Fatal(names, err)
		}
		return events
	}
	events := read(store.EventQuery{})
	if len(events) != 15 || !slices.IsSortedFunc(events, func(a, b store.Event) int { return b.At.Compare(a.At) }) {
		t.Fatalf("%d events, want 15, newest first: %+v", len(events), events)
	}
	if e := events[0]; e.Kind != 99 || e.Ordinal != 3 || !e.At.Equal(start().Add(50*time.Second)) || e.Subject != "phy0" || e.Text != "At 60000 ms.\ufffd" {
		t.Errorf("newest %+v; want the one that is said to be after its window, at its end", e)
	}
	var paged []store.Event
	for page := read(store.EventQuery{Tap: w.tap.TapID.String(), Limit: 4}); len(page) > 0; {
		paged = append(paged, page...)
		page = read(store.EventQuery{Tap: w.tap.TapID.String(), Limit: 4, Before: &page[len(page)-1].EventKey})
	}
	if !slices.Equal(paged, events) {
		t.Errorf("page by page %d events, at once %d", len(paged), len(events))
	}
	if got := read(store.EventQuery{Kinds: []int16{int16(wirepb.Event_KIND_ADAPTER_FAILED)}}); len(got) != 5 {
		t.Errorf("%d failures, want 5", len(got))
	}
	if _, _, err := w.s.Reader().Events(t.Context(), w.tap.TenantID.String(), store.Span{From: start(), To: time.Now()},
		store.EventQuery{Tap: "00000000-0000-0000-0000-000000000001", Limit: 1}); err == nil {
		t.Error("events of a tap that is not there")
	}
}

func TestCoverageIsTheSameFromWindowsAndRollups(t *testing.T) {
	w := newRadioWorld(t)
	for window := range 6 {
		w.add(window, func(r *wirepb.Report) {
			r.Health.Captures = append(r.Health.Captures, &wirepb.Capture{Name: "second", Kind: wirepb.Capture_KIND_RADIO, LinkType: 127})
			if window == 5 { // the order of captures is each report's own
				slices.Reverse(r.Health.Captures)
			}
			table := r.Channels
			for i := range table.Capture {
				table.Capture[i] = uint32(1 + i/3)
				if window == 5 {
					table.Capture[i] = uint32(2 - i/3)
				}
			}
			table.Drops[4] = uint32(window)
			table.ListenedMs[5], table.Frames[5] = 0, 0
			table.Drops[5] = 0
		})
	}
	read := func(length time.Duration) store.TapCoverage {
		t.Helper()
		to := start().Add(store.Bucket)
		c, err := w.s.Reader().TapCoverage(t.Context(), w.tap.TenantID.String(), w.tap.TapID.String(), store.Span{From: to.Add(-length), To: to})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	check := func(name string, c store.TapCoverage, windows int64) {
		t.Helper()
		if c.ReportedMS != windows*10_000 || len(c.Channels) != 5 {
			t.Fatalf("%s: %d ms reported, %d channels: %+v", name, c.ReportedMS, len(c.Channels), c.Channels)
		}
		if got := c.Channels[0]; got.Capture != "wlan0" || got.FrequencyMHz != 2412 || got.ListenedMS != windows*1600 || got.Frames != windows*2000 || got.Drops != 0 ||
			!got.LastListenedAt.Equal(start().Add(60*time.Second)) {
			t.Errorf("%s: %+v", name, got)
		}
		if got := c.Channels[4]; got.Capture != "second" || got.FrequencyMHz != 5500 || got.Drops != 15 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	check("windows", read(time.Hour), 6)
	check("windows of a day", read(24*time.Hour), 6)
	if n, err := w.s.RollUpAt(t.Context(), start().Add(store.Bucket+time.Minute)); err != nil || n != 1 {
		t.Fatalf("%d buckets, %v", n, err)
	}
	check("rollup", read(24*time.Hour), 6)

	// A node that cannot read the windows says that it rolled up a report that came late.
	w.add(2, func(r *wirepb.Report) { r.Header.WindowStartUs += 1; r.Channels.Drops = nil })
	conn := w.db.Conn(t, store.RoleOwner)
	if _, err := conn.Exec(t.Context(), "UPDATE tap_10m SET dirty_since = NULL"); err != nil {
		t.Fatal(err)
	}
	if got := scan[int](t, conn, "SELECT reports FROM coverage_10m"); got != 6 {
		t.Errorf("coverage of %d reports, want 6: it is to be out of date", got)
	}
	if err := w.s.RepairRollupsAt(t.Context(), start().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if c := read(24 * time.Hour); c.ReportedMS != 70_000 || c.Channels[0].ListenedMS != 7*1600 {
		t.Errorf("a rollup that is out of date counts: %d ms reported, %+v", c.ReportedMS, c.Channels[0])
	}
}
