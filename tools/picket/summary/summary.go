// Package summary adds up reports into the tables that picket replay shows. It
// reads what was sent, as a node does, and so shows what a node would know.
package summary

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"picket/shared/wire/wirepb"
	"picket/shared/wlan"
)

// Summary adds up reports. Make it with New.
type Summary struct {
	networks map[networkKey]*Network
	clients  map[clientKey]*Client
	hosts    map[hostKey]*Host
	dns      map[dnsKey]*Question
	leaves   map[leaveKey]*Disconnect
	flows    map[flowKey]*Flow
	refused  map[string]uint64
}

// Network is a BSS of one SSID, over all frequencies.
type Network struct {
	SSID        string   `json:"ssid"`
	BSSID       string   `json:"bssid"`
	Channels    []string `json:"channels"`
	Security    string   `json:"security"`
	Beacons     uint64   `json:"beacons"`
	Responses   uint64   `json:"probeResponses"`
	Frames      uint64   `json:"frames"`
	SignalDBm   *int     `json:"signalDBm"`
	sum, heard  int64
	frequencies map[wlan.MHz]bool
}

// Client is a station in a BSS, or in none.
type Client struct {
	Station   string   `json:"station"`
	BSSID     string   `json:"bssid,omitempty"`
	Sent      uint64   `json:"framesSent"`
	Received  uint64   `json:"framesReceived"`
	Probes    []string `json:"probes,omitempty"`
	SignalDBm *int     `json:"signalDBm"`
	sum       int64
	heard     int64
}

// Host is an Ethernet address with its IP addresses.
type Host struct {
	MAC      string   `json:"mac"`
	IPs      []string `json:"ips,omitempty"`
	Name     string   `json:"name,omitempty"`
	Sent     uint64   `json:"framesSent"`
	Received uint64   `json:"framesReceived"`
}

// Question is a DNS question with its answers.
type Question struct {
	Name     string `json:"name"`
	Type     uint32 `json:"type"`
	Asked    uint64 `json:"questions"`
	Answered uint64 `json:"answers"`
	Failed   uint64 `json:"failures"`
}

// Disconnect is deauthentications or disassociations of one kind.
type Disconnect struct {
	From   string `json:"from"`
	To     string `json:"to"`
	BSSID  string `json:"bssid"`
	Reason int    `json:"reason"` // -1: not readable
	Kind   string `json:"kind"`
	Frames uint64 `json:"frames"`
}

// Flow is a TCP or UDP conversation between hosts to one port.
type Flow struct {
	Protocol      string `json:"protocol"`
	Client        string `json:"client"`
	Server        string `json:"server"`
	Port          uint32 `json:"port"`
	Packets       uint64 `json:"packets"`
	Bytes         uint64 `json:"bytes"`
	Conversations int    `json:"conversations"`
}

type (
	networkKey struct{ bssid, ssid string }
	clientKey  struct{ station, bssid string }
	hostKey    struct{ mac string }
	dnsKey     struct {
		name string
		kind uint32
	}
	leaveKey struct {
		from, to, bssid string
		reason          uint32
		disassociation  bool
	}
	flowKey struct {
		protocol       uint32
		client, server string
		port           uint32
	}
)

// New returns an empty summary.
func New() *Summary {
	return &Summary{
		networks: make(map[networkKey]*Network), clients: make(map[clientKey]*Client), hosts: make(map[hostKey]*Host),
		dns: make(map[dnsKey]*Question), leaves: make(map[leaveKey]*Disconnect), flows: make(map[flowKey]*Flow),
		refused: make(map[string]uint64),
	}
}

// Add takes a report that its maker, or wire.Validate, knows to be whole.
func (s *Summary) Add(r *wirepb.Report) {
	d := lookup{r.GetDictionary()}
	s.addNetworks(r.GetBss(), d)
	s.addClients(r.GetStations(), r.GetProbes(), d)
	s.addDisconnects(r.GetDisconnects(), d)
	s.addHosts(r, d)
	s.addDNS(r.GetDns(), d)
	s.addFlows(r.GetFlows(), d)
	for _, x := range r.GetHealth().GetRefused() {
		s.refused[x.GetTable()] += x.GetRows()
	}
}

// lookup resolves indexes.
type lookup struct{ d *wirepb.Dictionary }

func (l lookup) mac(i uint32) string {
	if i == 0 {
		return ""
	}
	return wlan.MAC(l.d.Macs[6*(i-1) : 6*i]).String()
}

func (l lookup) ssid(i uint32) string {
	if i == 0 {
		return ""
	}
	return Printable(l.d.Ssids[i-1])
}

func (l lookup) name(i uint32) string {
	if i == 0 {
		return ""
	}
	return Printable(l.d.Names[i-1])
}

func (l lookup) ip(i uint32) string {
	if i == 0 {
		return ""
	}
	if n := uint32(len(l.d.Ipv4) / 4); i > n {
		i -= n
		return netip.AddrFrom16([16]byte(l.d.Ipv6[16*(i-1) : 16*i])).String()
	}
	return netip.AddrFrom4([4]byte(l.d.Ipv4[4*(i-1) : 4*i])).String()
}

func (l lookup) security(i uint32) string {
	if i == 0 {
		return ""
	}
	p := l.d.Securities[i-1]
	return wlan.Security{
		AKMs: wlan.AKMs(p.Akms), Pairwise: wlan.Ciphers(p.Pairwise), Group: wlan.Ciphers(p.Group),
		PMF: wlan.PMF(p.Pmf), Privacy: p.Privacy,
	}.String()
}

// get returns the entry of k, made when it is new.
func get[K comparable, V any](m map[K]*V, k K) (v *V, isNew bool) {
	if v = m[k]; v == nil {
		v, isNew = new(V), true
		m[k] = v
	}
	return v, isNew
}

func (s *Summary) addNetworks(t *wirepb.BSSTable, d lookup) {
	for i, bssid := range t.GetBssid() {
		k := networkKey{d.mac(bssid), d.ssid(t.Ssid[i])}
		n, isNew := get(s.networks, k)
		if isNew {
			n.BSSID, n.SSID, n.frequencies = k.bssid, k.ssid, make(map[wlan.MHz]bool)
		}
		if x := d.security(t.Security[i]); x != "" {
			n.Security = x
		}
		n.frequencies[wlan.MHz(t.FrequencyMhz[i])] = true
		n.Beacons += uint64(t.Beacons[i])
		n.Responses += uint64(t.ProbeResponses[i])
		n.Frames += uint64(t.Frames[i])
		n.heard += int64(t.Signals.Count[i])
		n.sum += int64(t.Signals.SumDbm[i])
	}
}

func (s *Summary) addClients(t *wirepb.StationTable, p *wirepb.ProbeTable, d lookup) {
	for i, station := range t.GetStation() {
		k := clientKey{d.mac(station), d.mac(t.Bssid[i])}
		c, _ := get(s.clients, k)
		c.Station, c.BSSID = k.station, k.bssid
		c.Sent += uint64(t.FramesSent[i])
		c.Received += uint64(t.FramesReceived[i])
		c.heard += int64(t.Signals.Count[i])
		c.sum += int64(t.Signals.SumDbm[i])
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
		k := leaveKey{d.mac(from), d.mac(t.Receiver[i]), d.mac(t.Bssid[i]), t.Reason[i], t.Disassociation[i]}
		x, _ := get(s.leaves, k)
		x.From, x.To, x.BSSID, x.Reason = k.from, k.to, k.bssid, int(k.reason)-1
		x.Kind = "deauthentication"
		if k.disassociation {
			x.Kind = "disassociation"
		}
		x.Frames += uint64(t.Frames[i])
	}
}

func (s *Summary) host(mac string) *Host {
	h, _ := get(s.hosts, hostKey{mac})
	h.MAC = mac
	return h
}

func (h *Host) address(ip string) {
	if ip != "" && !slices.Contains(h.IPs, ip) {
		h.IPs = append(h.IPs, ip)
	}
}

func (s *Summary) addHosts(r *wirepb.Report, d lookup) {
	t := r.GetHosts()
	for i, mac := range t.GetMac() {
		h := s.host(d.mac(mac))
		h.address(d.ip(t.Ip[i]))
		h.Sent += uint64(t.FramesSent[i])
		h.Received += uint64(t.FramesReceived[i])
	}
	for i, mac := range r.GetArp().GetMac() {
		s.host(d.mac(mac)).address(d.ip(r.Arp.Ip[i]))
	}
	for i, mac := range r.GetDhcp().GetClient() {
		if name := d.name(r.Dhcp.Name[i]); name != "" {
			s.host(d.mac(mac)).Name = name
		}
	}
}

func (s *Summary) addDNS(t *wirepb.DNSTable, d lookup) {
	for i := range t.GetClient() {
		k := dnsKey{d.name(t.Name[i]), t.Type[i]}
		q, _ := get(s.dns, k)
		q.Name, q.Type = k.name, k.kind
		q.Asked += uint64(t.Questions[i])
		failed := uint64(t.NxDomain[i]) + uint64(t.ServFail[i]) + uint64(t.Refused[i]) + uint64(t.Other[i])
		q.Answered += uint64(t.NoError[i]) + failed
		q.Failed += failed
	}
}

func (s *Summary) addFlows(t *wirepb.FlowTable, d lookup) {
	for i, protocol := range t.GetProtocol() {
		k := flowKey{protocol, d.ip(t.Client[i]), d.ip(t.Server[i]), t.ServerPort[i]}
		f, _ := get(s.flows, k)
		f.Protocol, f.Client, f.Server, f.Port = "UDP", k.client, k.server, k.port
		if protocol == 6 {
			f.Protocol = "TCP"
		}
		f.Packets += uint64(t.PacketsSent[i]) + uint64(t.PacketsReceived[i])
		f.Bytes += t.BytesSent[i] + t.BytesReceived[i]
		f.Conversations++
	}
}

// Tables is what a summary holds, sorted: most frames first.
type Tables struct {
	Networks    []*Network    `json:"networks"`
	Clients     []*Client     `json:"clients"`
	Disconnects []*Disconnect `json:"disconnects"`
	Hosts       []*Host       `json:"hosts"`
	DNS         []*Question   `json:"dns"`
	Flows       []*Flow       `json:"flows"`

	// Refused counts frames that found no room in a table of their window.
	Refused map[string]uint64 `json:"refused,omitempty"`
}

// Tables returns what was added up so far.
func (s *Summary) Tables() Tables {
	for _, n := range s.networks {
		n.SignalDBm = mean(n.sum, n.heard)
		n.Channels = channels(n.frequencies)
	}
	for _, c := range s.clients {
		c.SignalDBm = mean(c.sum, c.heard)
	}
	return Tables{
		Networks: sorted(s.networks, func(a, b *Network) int {
			return cmp.Or(cmp.Compare(b.Frames, a.Frames), strings.Compare(a.BSSID, b.BSSID), strings.Compare(a.SSID, b.SSID))
		}),
		Clients: sorted(s.clients, func(a, b *Client) int {
			return cmp.Or(cmp.Compare(b.Sent+b.Received, a.Sent+a.Received), strings.Compare(a.Station, b.Station), strings.Compare(a.BSSID, b.BSSID))
		}),
		Disconnects: sorted(s.leaves, func(a, b *Disconnect) int {
			return cmp.Or(cmp.Compare(b.Frames, a.Frames), strings.Compare(a.From+a.To, b.From+b.To), cmp.Compare(a.Reason, b.Reason), strings.Compare(a.Kind, b.Kind))
		}),
		Hosts: sorted(s.hosts, func(a, b *Host) int {
			return cmp.Or(cmp.Compare(b.Sent+b.Received, a.Sent+a.Received), strings.Compare(a.MAC, b.MAC))
		}),
		DNS: sorted(s.dns, func(a, b *Question) int {
			return cmp.Or(cmp.Compare(b.Asked, a.Asked), strings.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type))
		}),
		Flows: sorted(s.flows, func(a, b *Flow) int {
			return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), strings.Compare(a.Client+a.Server, b.Client+b.Server), cmp.Compare(a.Port, b.Port))
		}),
		Refused: s.refused,
	}
}

func sorted[K comparable, V any](m map[K]*V, compare func(a, b *V) int) []*V {
	list := make([]*V, 0, len(m))
	for _, v := range m {
		list = append(list, v)
	}
	slices.SortFunc(list, compare)
	return list
}

// mean is nil where nothing was heard with a power.
func mean(sum, n int64) *int {
	if n == 0 {
		return nil
	}
	m := int((sum - n/2) / n) // sums are negative; to the nearest
	return &m
}

func channels(frequencies map[wlan.MHz]bool) []string {
	var list []wlan.MHz
	for f := range frequencies {
		list = append(list, f)
	}
	slices.Sort(list)
	names := make([]string, 0, len(list))
	for _, f := range list {
		if c, ok := f.Channel(); ok {
			names = append(names, c.String())
		}
	}
	return names
}
