package summary

import (
	"cmp"
	"slices"
	"strings"

	"picket/shared/wire/wirepb"
	"picket/shared/wlan"
)

// Network is a BSS of one SSID, over all frequencies.
type Network struct {
	SSID     string   `json:"ssid"` // empty: hidden, or nobody announced it
	BSSID    string   `json:"bssid"`
	Channels []string `json:"channels"` // on which it was heard
	Security string   `json:"security"` // empty: no beacon or probe response was heard
	PMF      string   `json:"pmf,omitempty"`

	// What it announces: its own channel, where that is another than the one
	// on which it was heard; its width; the channels that it said it moves to.
	Announced []string `json:"announcedChannels,omitempty"`
	WidthMHz  uint32   `json:"widthMHz,omitempty"`
	SwitchTo  []string `json:"switchTo,omitempty"`
	Features  []string `json:"features,omitempty"`

	Beacons   uint64 `json:"beacons"`
	Responses uint64 `json:"probeResponses"`
	Frames    uint64 `json:"frames"` // in the BSS, those of its stations included
	SignalDBm *int   `json:"signalDBm"`

	signal                           mean
	frequencies, announced, switches frequencies
	features                         wlan.Features
}

// Client is a station in a BSS, or in none.
type Client struct {
	Station   string   `json:"station"`
	BSSID     string   `json:"bssid,omitempty"`
	Sent      uint64   `json:"framesSent"`
	Received  uint64   `json:"framesReceived"`
	Probes    []string `json:"probes,omitempty"`
	SignalDBm *int     `json:"signalDBm"`

	signal mean
}

// Disconnect is deauthentications or disassociations of one kind.
type Disconnect struct {
	From      string `json:"from"`
	To        string `json:"to"`
	BSSID     string `json:"bssid"`
	Reason    int    `json:"reason"` // -1: not readable
	Kind      string `json:"kind"`
	Protected bool   `json:"protected"` // encrypted: sent by who holds the key
	Frames    uint64 `json:"frames"`
	SignalDBm *int   `json:"signalDBm"`

	signal mean
}

// Handshake is what a station and a BSS exchanged to let the station in.
type Handshake struct {
	Station        string   `json:"station"`
	BSSID          string   `json:"bssid"`
	Algorithms     []string `json:"authAlgorithms,omitempty"`
	AuthRequests   uint64   `json:"authRequests"`
	AuthSuccesses  uint64   `json:"authSuccesses"`
	AuthFailures   uint64   `json:"authFailures"`
	AssocRequests  uint64   `json:"assocRequests"` // and reassociation, like all of assoc
	AssocSuccesses uint64   `json:"assocSuccesses"`
	AssocFailures  uint64   `json:"assocFailures"`
	LastFailure    uint32   `json:"lastFailure,omitempty"` // status code
	M1             uint64   `json:"m1"`                    // messages of the four-way handshake
	M2             uint64   `json:"m2"`
	M3             uint64   `json:"m3"`
	M4             uint64   `json:"m4"`
	PMKIDs         uint64   `json:"pmkids"` // of m1: with a PMKID
	Starts         uint64   `json:"eapolStarts"`
	Logoffs        uint64   `json:"eapolLogoffs"`
	SAEGroup       uint32   `json:"saeGroup,omitempty"`

	algorithms uint32
}

// Channel is a frequency on which there was listened.
type Channel struct {
	Channel    string `json:"channel,omitempty"`
	MHz        uint32 `json:"frequencyMHz"` // 0: the capture does not say
	ListenedMS uint64 `json:"listenedMS"`
	Frames     uint64 `json:"frames"`
	Management uint64 `json:"management"`
	Control    uint64 `json:"control"`
	Data       uint64 `json:"data"`
	Retries    uint64 `json:"retries"`
	BadFCS     uint64 `json:"badFCS"`
	AirtimeUS  uint64 `json:"airtimeUS"`
	Drops      uint64 `json:"drops"`
}

type (
	networkKey struct{ bssid, ssid string }
	clientKey  struct{ station, bssid string }
	leaveKey   struct {
		from, to, bssid           string
		reason                    uint32
		disassociation, protected bool
	}
)

func (s *Summary) addNetworks(t *wirepb.BSSTable, d lookup) {
	for i, bssid := range t.GetBssid() {
		k := networkKey{d.mac(bssid), d.ssid(t.Ssid[i])}
		n, _ := get(s.networks, k)
		n.BSSID, n.SSID = k.bssid, k.ssid
		if security, ok := d.security(t.Security[i]); ok {
			n.Security, n.PMF = security.String(), security.PMF.String()
		}
		heard, announced := wlan.MHz(t.FrequencyMhz[i]), wlan.MHz(t.AnnouncedMhz[i])
		n.frequencies.add(heard)
		if announced != heard {
			n.announced.add(announced)
		}
		n.switches.add(wlan.MHz(t.SwitchToMhz[i]))
		n.WidthMHz = max(n.WidthMHz, t.WidthMhz[i])
		n.features |= wlan.Features(t.Features[i])
		n.Beacons += uint64(t.Beacons[i])
		n.Responses += uint64(t.ProbeResponses[i])
		n.Frames += uint64(t.Frames[i])
		n.signal.add(t.Signals, i)
	}
}

func (s *Summary) addClients(t *wirepb.StationTable, p *wirepb.ProbeTable, d lookup) {
	for i, station := range t.GetStation() {
		k := clientKey{d.mac(station), d.mac(t.Bssid[i])}
		c, _ := get(s.clients, k)
		c.Station, c.BSSID = k.station, k.bssid
		c.Sent += uint64(t.FramesSent[i])
		c.Received += uint64(t.FramesReceived[i])
		c.signal.add(t.Signals, i)
	}
	for i, station := range p.GetStation() {
		c := s.clients[clientKey{d.mac(station), ""}]
		if ssid := d.ssid(p.Ssid[i]); c != nil && !slices.Contains(c.Probes, ssid) {
			c.Probes = append(c.Probes, ssid)
		}
	}
}

func (s *Summary) addDisconnects(t *wirepb.DisconnectTable, d lookup) {
	for i, from := range t.GetTransmitter() {
		k := leaveKey{d.mac(from), d.mac(t.Receiver[i]), d.mac(t.Bssid[i]), t.Reason[i], t.Disassociation[i], t.Protected[i]}
		x, _ := get(s.leaves, k)
		x.From, x.To, x.BSSID, x.Reason, x.Protected = k.from, k.to, k.bssid, int(k.reason)-1, k.protected
		x.Kind = "deauthentication"
		if k.disassociation {
			x.Kind = "disassociation"
		}
		x.Frames += uint64(t.Frames[i])
		x.signal.add(t.Signals, i)
	}
}

func (s *Summary) addHandshakes(t *wirepb.HandshakeTable, d lookup) {
	for i, station := range t.GetStation() {
		k := clientKey{d.mac(station), d.mac(t.Bssid[i])}
		h, _ := get(s.handshakes, k)
		h.Station, h.BSSID = k.station, k.bssid
		h.algorithms |= t.AuthAlgorithms[i]
		for _, c := range []struct {
			sum *uint64
			add []uint32
		}{
			{&h.AuthRequests, t.AuthRequests},
			{&h.AuthSuccesses, t.AuthSuccesses},
			{&h.AuthFailures, t.AuthFailures},
			{&h.AssocRequests, t.AssocRequests},
			{&h.AssocSuccesses, t.AssocSuccesses},
			{&h.AssocFailures, t.AssocFailures},
			{&h.M1, t.M1},
			{&h.M2, t.M2},
			{&h.M3, t.M3},
			{&h.M4, t.M4},
			{&h.PMKIDs, t.Pmkids},
			{&h.Starts, t.EapolStarts},
			{&h.Logoffs, t.EapolLogoffs},
		} {
			*c.sum += uint64(c.add[i])
		}
		if t.LastFailure[i] != 0 {
			h.LastFailure = t.LastFailure[i]
		}
		if t.SaeGroup[i] != 0 {
			h.SAEGroup = t.SaeGroup[i]
		}
	}
}

func (s *Summary) addChannels(t *wirepb.ChannelTable) {
	for i, f := range t.GetFrequencyMhz() {
		c, _ := get(s.channels, wlan.MHz(f))
		c.MHz = f
		if channel, ok := wlan.MHz(f).Channel(); ok {
			c.Channel = channel.String()
		}
		c.ListenedMS += uint64(t.ListenedMs[i])
		c.Frames += uint64(t.Frames[i])
		c.Management += uint64(t.Management[i])
		c.Control += uint64(t.Control[i])
		c.Data += uint64(t.Data[i])
		c.Retries += uint64(t.Retries[i])
		c.BadFCS += uint64(t.BadFcs[i])
		c.AirtimeUS += t.AirtimeUs[i]
		c.Drops += uint64(t.Drops[i])
	}
}

// finishAir works out what only the whole shows.
func (s *Summary) finishAir() {
	for _, n := range s.networks {
		n.SignalDBm = n.signal.dBm()
		n.Channels, n.Announced, n.SwitchTo = n.frequencies.channels(), n.announced.channels(), n.switches.channels()
		n.Features = n.features.Names()
	}
	for _, c := range s.clients {
		c.SignalDBm = c.signal.dBm()
	}
	for _, x := range s.leaves {
		x.SignalDBm = x.signal.dBm()
	}
	for _, h := range s.handshakes {
		h.Algorithms = algorithms(h.algorithms)
	}
}

// algorithms names authentication algorithms (802.11-2020, 9.4.1.1), given as bits.
func algorithms(bits uint32) []string {
	var names []string
	for i, name := range []string{"Open System", "Shared Key", "Fast transition", "SAE", "FILS", "FILS with PFS", "FILS public key"} {
		if bits>>i&1 != 0 {
			names = append(names, name)
		}
	}
	if bits>>7 != 0 {
		names = append(names, "another")
	}
	return names
}

// mean sums up powers.
type mean struct{ sum, n int64 }

func (m *mean) add(s *wirepb.Signals, row int) {
	m.n += int64(s.Count[row])
	m.sum += int64(s.SumDbm[row])
}

// dBm is nil where nothing was heard with a power.
func (m *mean) dBm() *int {
	if m.n == 0 {
		return nil
	}
	dBm := int((m.sum - m.n/2) / m.n) // sums are negative; to the nearest
	return &dBm
}

// frequencies is a set.
type frequencies map[wlan.MHz]bool

// add leaves out 0, which stands for "not known".
func (f *frequencies) add(x wlan.MHz) {
	if x == 0 {
		return
	}
	if *f == nil {
		*f = frequencies{}
	}
	(*f)[x] = true
}

// channels names the channels of the set in the order of their frequencies.
func (f frequencies) channels() []string {
	list := make([]wlan.MHz, 0, len(f))
	for x := range f {
		list = append(list, x)
	}
	slices.Sort(list)
	names := make([]string, 0, len(list))
	for _, x := range list {
		if c, ok := x.Channel(); ok {
			names = append(names, c.String())
		}
	}
	return names
}

func compareNetworks(a, b *Network) int {
	return cmp.Or(cmp.Compare(b.Frames, a.Frames), strings.Compare(a.BSSID, b.BSSID), strings.Compare(a.SSID, b.SSID))
}

func compareClients(a, b *Client) int {
	return cmp.Or(cmp.Compare(b.Sent+b.Received, a.Sent+a.Received), strings.Compare(a.Station, b.Station), strings.Compare(a.BSSID, b.BSSID))
}

func compareDisconnects(a, b *Disconnect) int {
	return cmp.Or(cmp.Compare(b.Frames, a.Frames), strings.Compare(a.From+a.To, b.From+b.To), cmp.Compare(a.Reason, b.Reason),
		strings.Compare(a.Kind, b.Kind), strings.Compare(a.BSSID, b.BSSID))
}

func compareHandshakes(a, b *Handshake) int {
	return cmp.Or(cmp.Compare(b.exchanged(), a.exchanged()), strings.Compare(a.Station, b.Station), strings.Compare(a.BSSID, b.BSSID))
}

// exchanged is the number of frames of which h tells.
func (h *Handshake) exchanged() uint64 {
	return h.AuthRequests + h.AuthSuccesses + h.AuthFailures + h.AssocRequests + h.AssocSuccesses + h.AssocFailures +
		h.M1 + h.M2 + h.M3 + h.M4 + h.Starts + h.Logoffs
}

func compareChannels(a, b *Channel) int { return cmp.Compare(a.MHz, b.MHz) }
