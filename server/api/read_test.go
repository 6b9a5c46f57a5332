package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"picket/server/store"
	"picket/server/testdb"
	"picket/shared/wire/wirepb"
)

// world is a node with data: tap "alpha" reported windows 0 to 9 and 13 to 19 of
// ten seconds each and heard 8 BSSs, 6 stations and 4 hosts in each.
type world struct {
	*node
	alpha   store.TapIdentity
	start   time.Time // of window 0
	reports []*wirepb.Report
}

func newWorld(t *testing.T) *world {
	t.Helper()
	n := newNode(t).signIn()
	w := &world{node: n, alpha: n.db.Tap(t, n.store, "alpha")}
	w.start = time.Now().Add(-4 * time.Minute).UTC().Truncate(10 * time.Second)
	boot := [16]byte(uuid.Must(uuid.NewV7()))
	sequence := uint64(0)
	for i := range 20 {
		if i >= 10 && i < 13 {
			continue
		}
		sequence++
		w.reports = append(w.reports, testdb.Report(testdb.ReportSpec{
			Boot: boot, Sequence: sequence, Start: w.start.Add(time.Duration(i) * 10 * time.Second),
			BSSs: 8, Stations: 6, Hosts: 4, Seed: 1, Definitions: i == 0,
		}))
	}
	for _, r := range w.reports { // one by one, as they come
		n.add(w.alpha.TenantID, w.alpha.TapID, r)
	}
	return w
}

func TestTaps(t *testing.T) {
	w := newWorld(t)
	w.db.Tap(t, w.store, "never")
	list := fetch[List[Tap]](w.node, "taps?from=-15m")
	if list.Total != 2 || len(list.Items) != 2 {
		t.Fatalf("%d taps of %d, want 2", len(list.Items), list.Total)
	}
	i := slices.IndexFunc(list.Items, func(t Tap) bool { return t.Name == "alpha" })
	alpha, other := list.Items[i], list.Items[1-i]
	if other.State != never || other.LastReportAt != nil || other.FramesPerSecond != nil || other.CPUPercent != nil || other.Why == "" {
		t.Errorf("a tap that never reported: %+v", other)
	}
	end := w.start.Add(200 * time.Second)
	switch {
	case alpha.State != online || alpha.Why != "":
		t.Errorf("state %s: %s", alpha.State, alpha.Why)
	case alpha.Site != SiteRef{Slug: "main", Name: "Main site"}:
		t.Errorf("site %+v", alpha.Site)
	case alpha.LastReportAt == nil || !alpha.LastReportAt.Equal(end):
		t.Errorf("last report %v, want %v", alpha.LastReportAt, end)
	case alpha.KernelDrops != 17*3:
		t.Errorf("%d drops, want 51", alpha.KernelDrops)
	case *alpha.FramesPerSecond != 1200 || *alpha.CPUPercent != 10 || *alpha.TemperatureC != 48.3 || *alpha.MemoryBytes != 40<<20 || *alpha.SpoolReports != 0:
		t.Errorf("figures %v %v %v", *alpha.FramesPerSecond, *alpha.CPUPercent, *alpha.TemperatureC)
	case len(alpha.Captures) != 1 || alpha.Captures[0] != TapCapture{Name: "wlan0", Kind: "radio", LinkType: "radiotap", FramesPerSecond: 1200, Drops: 3, Hops: 48, FailedHops: 1}:
		t.Errorf("captures %+v", alpha.Captures)
	}

	d := fetch[TapDetail](w.node, "taps/"+alpha.ID+"?from=-15m")
	if d.Name != "alpha" || d.Boots != 1 || d.UptimeSeconds == nil || *d.UptimeSeconds != 170 || d.FirstReportAt == nil {
		t.Errorf("detail %+v", d)
	}
	if len(d.Gaps) != 1 || !d.Gaps[0].From.Equal(w.start.Add(100*time.Second)) || !d.Gaps[0].To.Equal(w.start.Add(130*time.Second)) || d.Gaps[0].Reason == "" {
		t.Errorf("gaps %+v", d.Gaps)
	}
}

func TestTapHealthShowsAGapAsNull(t *testing.T) {
	w := newWorld(t)
	from := w.start.Add(-20 * time.Second)
	h := fetch[TapHealth](w.node, fmt.Sprintf("taps/%s/health?from=%s&to=%s", w.alpha.TapID,
		from.Format(time.RFC3339), w.start.Add(200*time.Second).Format(time.RFC3339)))
	if h.StepSeconds != 10 || len(h.At) != 22 || len(h.Frames) != 22 || len(h.TemperatureC) != 22 {
		t.Fatalf("%d s steps, %d of them", h.StepSeconds, len(h.At))
	}
	for i := range h.At {
		window := i - 2
		reported := window >= 0 && (window < 10 || window >= 13)
		if got := h.Frames[i] != nil; got != reported {
			t.Errorf("window %d: reported = %v, want %v", window, got, reported)
			continue
		}
		if reported && (*h.Frames[i] != 12_000 || *h.Drops[i] != 3 || *h.CPUPercent[i] != 10 || *h.TemperatureC[i] != 48.3) {
			t.Errorf("window %d: %v %v %v", window, *h.Frames[i], *h.Drops[i], *h.CPUPercent[i])
		}
	}
	// A day is drawn from rollups; the same holds there.
	day := fetch[TapHealth](w.node, fmt.Sprintf("taps/%s/health?from=-7d", w.alpha.TapID))
	sum, seen := int64(0), 0
	for _, f := range day.Frames {
		if f != nil {
			sum += *f
			seen++
		}
	}
	if sum != 17*12_000 || seen > 2 || len(day.At) > 400 {
		t.Errorf("a week: %d frames in %d of %d steps", sum, seen, len(day.At))
	}
}

func TestTapChannels(t *testing.T) {
	w := newWorld(t)
	list := fetch[List[TapChannel]](w.node, "taps/"+w.alpha.TapID.String()+"/channels?from=-15m")
	if list.Total != 6 {
		t.Fatalf("%d channels, want 6", list.Total)
	}
	c := list.Items[0]
	if c.FrequencyMHz != 2412 || *c.Channel != 1 || c.Band != "2.4 GHz" || c.Frames != 17*2000 || c.ListenedSeconds != 17*1.6 ||
		*c.AirtimePercent != 26.3 || *c.NoiseDBm != -95 || c.SignalMeanDBm == nil {
		t.Errorf("channel 1: %+v", c)
	}
	if last := list.Items[5]; last.Band != "6 GHz" || *last.Channel != 1 {
		t.Errorf("6 GHz: %+v", last)
	}
}

func TestBSSs(t *testing.T) {
	w := newWorld(t)
	list := fetch[List[BSS]](w.node, "bss?from=-15m")
	if list.Total != 8 || len(list.Items) != 8 {
		t.Fatalf("%d BSSs of %d, want 8", len(list.Items), list.Total)
	}
	i := slices.IndexFunc(list.Items, func(b BSS) bool { return b.BSSID == "00:00:5e:10:03:e8" })
	if i < 0 {
		t.Fatalf("BSSIDs %+v", list.Items)
	}
	b := list.Items[i]
	table := w.reports[0].Bss
	switch {
	case b.SSID == nil || *b.SSID != "Office Aa":
		t.Errorf("SSID %v", b.SSID)
	case b.Security != "WPA2-PSK" || b.PMF != "capable" || b.SecurityLevel != "ok":
		t.Errorf("security %s %s %s", b.Security, b.PMF, b.SecurityLevel)
	case b.Vendor == nil || *b.Vendor != "ICANN, IANA Department" || b.PrivateAddress:
		t.Errorf("vendor %v", b.Vendor)
	case b.Band != "2.4 GHz" || *b.Channel != 1 || *b.FrequencyMHz != 2412 || *b.WidthMHz != 20:
		t.Errorf("channel %s %d", b.Band, *b.Channel)
	case b.SignalDBm == nil || *b.SignalDBm > -35 || *b.SignalDBm < -90 || *b.SignalTap != "alpha":
		t.Errorf("signal %v", b.SignalDBm)
	case b.Clients != 1:
		t.Errorf("%d clients, want 1", b.Clients)
	case *b.FramesPerSecond <= 0 || !slices.Contains(b.Features, "HT"):
		t.Errorf("frames %v, features %v", *b.FramesPerSecond, b.Features)
	case len(b.Taps) != 1 || b.Taps[0].Name != "alpha" || !slices.Equal(b.Sites, []string{"main"}):
		t.Errorf("taps %+v at %v", b.Taps, b.Sites)
	}
	sum := int64(0)
	for _, f := range b.Spark.Frames {
		if f != nil {
			sum += *f
		}
	}
	if want := int64(17 * table.Frames[0]); len(b.Spark.Frames) != 24 || sum != want {
		t.Errorf("spark of %d parts with %d frames, want 24 with %d", len(b.Spark.Frames), sum, want)
	}
	if limited := fetch[List[BSS]](w.node, "bss?from=-15m&limit=3"); limited.Total != 8 || len(limited.Items) != 3 {
		t.Errorf("limit: %d of %d", len(limited.Items), limited.Total)
	}
	if none := fetch[List[BSS]](w.node, "bss?from=-3d&to=-2d"); none.Total != 0 || none.Items == nil {
		t.Errorf("before all: %+v", none)
	}
	// A day is added up from what is rolled up and what is not yet: it is the same.
	day := fetch[List[BSS]](w.node, "bss")
	sum = 0
	for _, f := range day.Items[slices.IndexFunc(day.Items, func(x BSS) bool { return x.BSSID == b.BSSID })].Spark.Frames {
		if f != nil {
			sum += *f
		}
	}
	if want := int64(17 * table.Frames[0]); sum != want {
		t.Errorf("a day: %d frames, want %d", sum, want)
	}
}

func TestBSSDetail(t *testing.T) {
	w := newWorld(t)
	d := fetch[BSSDetail](w.node, "bss/00%3A00%3A5E%3A10%3A03%3AE8?from=-15m")
	switch {
	case d.BSSID != "00:00:5e:10:03:e8" || len(d.Variants) != 1:
		t.Errorf("%s, %d variants", d.BSSID, len(d.Variants))
	case d.BeaconIntervalTU == nil || *d.BeaconIntervalTU != 100 || d.Country == nil || *d.Country != "DE" || d.UptimeSeconds == nil:
		t.Errorf("%v %v %v", d.BeaconIntervalTU, d.Country, d.UptimeSeconds)
	case len(d.Channels) != 1 || d.Channels[0].FrequencyMHz != 2412 || d.Channels[0].Frames != int64(17*w.reports[0].Bss.Frames[0]):
		t.Errorf("channels %+v", d.Channels)
	case d.Fingerprint.Beacon == nil || len(d.Fingerprint.Beacon.Elements) != 3 || d.Fingerprint.Beacon.Capabilities != "0x1431":
		t.Errorf("beacon %+v", d.Fingerprint.Beacon)
	case d.Fingerprint.ProbeResponse == nil || len(d.Fingerprint.ProbeResponse.Elements) != 2:
		t.Errorf("probe response %+v", d.Fingerprint.ProbeResponse)
	case len(d.Disconnects) != 17 || len(d.Handshakes) != 17:
		t.Errorf("%d disconnects, %d handshakes, want 17", len(d.Disconnects), len(d.Handshakes))
	}
	e := d.Fingerprint.Beacon.Elements
	if e[0].Name != "SSID" || e[0].Class != "volatile" || e[0].Content != nil || e[2].Name != "WPS" || *e[2].VendorType != "0050f204" || *e[1].Content != "82848b96" || *e[2].Length != 120 {
		t.Errorf("elements %+v", e)
	}
	x := d.Disconnects[0]
	if *x.Reason != 7 || x.Kind != "disassociation" || !x.Protected || x.Frames != 5 || x.Tap.Name != "alpha" || x.SignalDBm == nil || !strings.Contains(x.ReasonText, "class 3") {
		t.Errorf("disconnect %+v", x)
	}
	if h := d.Handshakes[0]; h.M1 != 1 || h.PMKIDs != 1 || h.AssociationFailures != 1 {
		t.Errorf("handshake %+v", h)
	}
	resp := w.do("GET", "/api/v1/tenants/default/bss/00:00:5e:00:53:ff", nil)
	if resp.StatusCode != 404 {
		t.Errorf("a BSSID that nobody heard: %d", resp.StatusCode)
	}
	problemOf(t, resp)
}

func TestBSSSignal(t *testing.T) {
	w := newWorld(t)
	s := fetch[BSSSignal](w.node, fmt.Sprintf("bss/00:00:5e:10:03:e8/signal?from=%s&to=%s",
		w.start.Format(time.RFC3339), w.start.Add(210*time.Second).Format(time.RFC3339)))
	if s.StepSeconds != 10 || len(s.Taps) != 1 || s.Taps[0].Name != "alpha" || len(s.Taps[0].At) != 21 {
		t.Fatalf("%+v", s)
	}
	lane, table := s.Taps[0], w.reports[0].Bss
	for i := range 21 {
		reported := i < 10 || i >= 13 && i < 20
		if lane.Listened[i] != reported || (lane.Mean[i] != nil) != reported || (lane.Frames[i] != nil) != reported {
			t.Errorf("window %d: listened %v, mean %v", i, lane.Listened[i], lane.Mean[i])
		}
	}
	sum := int64(0)
	for _, b := range lane.Histogram[0] {
		sum += b[1]
	}
	g := table.Signals
	if *lane.Min[0] != int(g.MinDbm[0]) || *lane.Max[0] != int(g.MaxDbm[0]) || *lane.Mean[0] != float64(g.SumDbm[0])/float64(g.Count[0]) ||
		*lane.Frames[0] != int64(table.Frames[0]) || sum != int64(g.Count[0]) || lane.Histogram[0][0][0] != int64(g.BinFirst[0]) {
		t.Errorf("window 0: %v %v %v %v %v", *lane.Min[0], *lane.Max[0], *lane.Mean[0], *lane.Frames[0], lane.Histogram[0])
	}
	// The bins of a later row of the table are its own.
	other := fetch[BSSSignal](w.node, fmt.Sprintf("bss/00:00:5e:10:03:ed/signal?from=%s&to=%s",
		w.start.Format(time.RFC3339), w.start.Add(10*time.Second).Format(time.RFC3339)))
	if got := other.Taps[0].Histogram[0]; got[0][0] != int64(g.BinFirst[5]) || got[0][1] != int64(g.Bins[20]) {
		t.Errorf("bins of row 5: %v, want first %d with %d", got, g.BinFirst[5], g.Bins[20])
	}
}

func TestClients(t *testing.T) {
	w := newWorld(t)
	list := fetch[List[Client]](w.node, "clients?from=-15m")
	if list.Total != 6 || len(list.Items) != 6 {
		t.Fatalf("%d clients of %d, want 6", len(list.Items), list.Total)
	}
	of := func(mac string) Client {
		return list.Items[slices.IndexFunc(list.Items, func(c Client) bool { return c.MAC == mac })]
	}
	table := w.reports[0].Stations
	c := of("00:00:5e:10:03:f0") // station 0, in BSS 0
	if c.BSSID == nil || *c.BSSID != "00:00:5e:10:03:e8" || c.SSID == nil || *c.SSID != "Office Aa" || c.Band != "2.4 GHz" || *c.Channel != 1 ||
		c.FramesSent != int64(17*table.FramesSent[0]) || c.BytesReceived != int64(17*table.BytesReceived[0]) || c.SignalDBm == nil {
		t.Errorf("client %+v", c)
	}
	p := of("00:00:5e:10:03:f2") // station 2 only probes
	if p.BSSID != nil || p.SSID != nil || !slices.Equal(p.Probes, []string{"Office Aa"}) {
		t.Errorf("probing client %+v", p)
	}
	inBSS := fetch[List[Client]](w.node, "bss/00:00:5e:10:03:e8/clients?from=-15m")
	if inBSS.Total != 1 || inBSS.Items[0].MAC != c.MAC {
		t.Errorf("clients of the BSS: %+v", inBSS)
	}
	d := fetch[ClientDetail](w.node, "clients/"+c.MAC+"?from=-15m")
	if d.MAC != c.MAC || len(d.Associations) != 1 || d.Associations[0].Frames != int64(17*(table.FramesSent[0]+table.FramesReceived[0])) {
		t.Errorf("client %+v", d)
	}
	q := fetch[ClientDetail](w.node, "clients/"+p.MAC+"?from=-15m")
	if len(q.Probes) != 1 || q.Probes[0].Requests != int64(17*w.reports[0].Probes.Requests[0]) || q.Probes[0].SSID != "Office Aa" {
		t.Errorf("probes %+v", q.Probes)
	}
}

func TestHosts(t *testing.T) {
	w := newWorld(t)
	list := fetch[List[Host]](w.node, "hosts?from=-15m")
	if list.Total != 4 {
		t.Fatalf("%d hosts, want 4", list.Total)
	}
	i := slices.IndexFunc(list.Items, func(h Host) bool { return h.MAC == "00:00:5e:10:03:f6" })
	h := list.Items[i]
	table := w.reports[0].Hosts
	if !slices.Contains(h.IPs, "192.0.2.1") || !slices.Equal(h.Names, []string{"printer"}) || h.VLAN != nil ||
		h.FramesSent != int64(17*table.FramesSent[0]) || h.DHCP == nil || *h.DHCP.Server != "192.0.2.2" || *h.DHCP.LeaseSeconds != 86_400 || *h.DHCP.VendorClass != "MSFT 5.0" {
		t.Errorf("host %+v, DHCP %+v", h, h.DHCP)
	}
	d := fetch[HostDetail](w.node, "hosts/"+h.MAC+"?from=-15m")
	if len(d.DNS) != 1 || d.DNS[0].Name != "www.example.com" || d.DNS[0].Type != "AAAA" || d.DNS[0].Questions != 17 || d.DNS[0].Answers.NXDomain != 17 {
		t.Errorf("DNS %+v", d.DNS)
	}
	if len(d.Flows) != 1 || d.Flows[0].Peer != "2001:db8::1" || *d.Flows[0].PeerPort != 443 || d.Flows[0].Direction != "outgoing" ||
		d.Flows[0].BytesSent != 17<<40 || d.Flows[0].Packets != 34 || d.Flows[0].Protocol != "TCP" {
		t.Errorf("flows %+v", d.Flows)
	}
	other := fetch[HostDetail](w.node, "hosts/00:00:5e:10:03:f7?from=-15m")
	if other.DHCP != nil || other.VLAN == nil || *other.VLAN != 10 {
		t.Errorf("another host: %+v", other.Host)
	}
}

func TestHome(t *testing.T) {
	w := newWorld(t)
	h := fetch[Home](w.node, "home?from=-15m")
	if h.Networks != 2 || h.BSSCount != 8 || h.Clients != 6 || h.Hosts != 4 || h.Taps != (TapCounts{Total: 1, Capturing: 1}) {
		t.Errorf("counts %+v", h)
	}
	if len(h.Sites) != 1 {
		t.Fatalf("sites %+v", h.Sites)
	}
	s := h.Sites[0]
	if s.Slug != "main" || s.State != "quiet" || s.Taps != (SiteTaps{1, 1}) || s.Wire || s.Frames != 17*12_000 || len(s.History) != 24 {
		t.Errorf("site %+v", s)
	}
	if !slices.Equal(s.Coverage[0].ChannelsHeard, []int{1, 6, 11}) || !slices.Equal(s.Coverage[2].ChannelsHeard, []int{1}) {
		t.Errorf("coverage %+v", s.Coverage)
	}
	states := map[string]int{}
	for _, slot := range s.History {
		states[slot.State]++
	}
	if states["none"] < 15 || states["heard"] == 0 {
		t.Errorf("history %v", states)
	}
	kinds := map[string]int{}
	for _, r := range h.Recent {
		kinds[r.Kind]++
		if r.Site != "main" {
			t.Errorf("recent %+v", r)
		}
	}
	if kinds["bss_new"] == 0 || len(h.Recent) != maxRecent {
		t.Errorf("recent %v", kinds)
	}
	if !slices.ContainsFunc(h.BlindSpots, func(b BlindSpot) bool { return b.What == "The wire" }) {
		t.Errorf("blind spots %+v", h.BlindSpots)
	}
}

// TestOtherTenantsDataStayTheirs: the same addresses heard in two tenants.
func TestOtherTenantsDataStayTheirs(t *testing.T) {
	w := newWorld(t)
	other := w.db.AddTenant(t, "other")
	tap := w.db.TapAt(t, w.store, other, "main", "beta")
	w.add(other, tap.TapID, testdb.Report(testdb.ReportSpec{
		Boot: [16]byte{9}, Sequence: 1, Start: w.start, BSSs: 8, Stations: 6, Hosts: 4, Seed: 1, Definitions: true,
	}))
	b := fetch[List[BSS]](w.node, "bss?from=-15m")
	for _, x := range b.Items {
		if len(x.Taps) != 1 || x.Taps[0].Name != "alpha" {
			t.Errorf("BSS %s is heard by %+v", x.BSSID, x.Taps)
		}
	}
	resp := w.do("GET", "/api/v1/tenants/default/taps/"+tap.TapID.String(), nil)
	if resp.StatusCode != 404 {
		t.Errorf("another tenant's tap: %d, want 404", resp.StatusCode)
	}
	// Row-level security alone, with all predicates of ours gone.
	var rows int
	if err := w.db.Conn(t, store.RoleAPI).QueryRow(t.Context(), `SELECT count(*) FROM bss`).Scan(&rows); err != nil || rows != 0 {
		t.Errorf("without a tenant: %d rows, %v", rows, err)
	}
}

func TestTokens(t *testing.T) {
	n := newNode(t).signIn()
	resp := n.do("POST", "/api/v1/tenants/default/enrolment-tokens", NewEnrolmentToken{Site: "main", Uses: 2, ExpiresHours: 24})
	created := decode[CreatedEnrolmentToken](t, resp)
	if resp.StatusCode != 201 || !strings.HasPrefix(created.Token, "picket1.") || len(created.Token) != 8+70 || created.Uses != 2 || created.State != "valid" {
		t.Errorf("%d %+v", resp.StatusCode, created)
	}
	list := fetch[List[EnrolmentToken]](n, "enrolment-tokens")
	if list.Total != 1 || list.Items[0].ID != created.ID || list.Items[0].Site.Slug != "main" {
		t.Errorf("list %+v", list)
	}
	if resp := n.do("POST", "/api/v1/tenants/default/enrolment-tokens", NewEnrolmentToken{Site: "nowhere", Uses: 1, ExpiresHours: 1}); resp.StatusCode != 404 {
		t.Errorf("no such site: %d", resp.StatusCode)
	}
	if resp := n.do("POST", "/api/v1/tenants/default/enrolment-tokens", NewEnrolmentToken{Site: "main", Uses: 0, ExpiresHours: 1}); resp.StatusCode != 422 {
		t.Errorf("no uses: %d", resp.StatusCode)
	}
}

func TestParameters(t *testing.T) {
	n := newNode(t).signIn()
	tests := []struct {
		name, path string
		want       int
	}{
		{"bad: a word", "home?from=yesterday", 422},
		{"bad: ends before it starts", "home?from=now&to=-1h", 422},
		{"bad: longer than a month", "home?from=-32d", 422},
		{"bad: a site that does not exist", "home?site=nowhere", 404},
		{"bad: no address", "clients/nonsense", 422},
		{"bad: no tap id", "taps/1", 422},
		{"bad: a limit of nothing", "bss?limit=0", 422},
		{"bad: quotes in a slug", "home?site=%27%3B+DROP+TABLE+tap", 404},
		{"OK: absolute", "home?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00.5%2B01:00", 200},
		{"OK: days", "home?from=-7d", 200},
		{"OK: a site", "home?site=main", 200},
	}
	for _, tt := range tests {
		resp := n.do("GET", "/api/v1/tenants/default/"+tt.path, nil)
		if resp.StatusCode != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, resp.StatusCode, tt.want)
		}
		if tt.want != 200 {
			problemOf(t, resp)
		}
	}
}
