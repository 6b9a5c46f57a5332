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
	networks   map[networkKey]*Network
	clients    map[clientKey]*Client
	leaves     map[leaveKey]*Disconnect
	handshakes map[clientKey]*Handshake
	channels   map[wlan.MHz]*Channel
	hosts      map[hostKey]*Host
	dns        map[dnsKey]*Question
	flows      map[flowKey]*Flow
	refused    map[string]uint64
	captures   map[string]*Capture
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

// Capture is a file or interface, over all windows.
type Capture struct {
	Name        string `json:"name"`
	Frames      uint64 `json:"frames"`
	Bytes       uint64 `json:"bytes"`
	Drops       uint64 `json:"kernelDrops"`
	BadFCS      uint64 `json:"badFCS"`
	Malformed   uint64 `json:"malformed"`
	Unsupported uint64 `json:"unsupported"`
	Hops        uint64 `json:"hops"`
	FailedHops  uint64 `json:"failedHops"`
}

type (
	hostKey struct{ mac string }
	dnsKey  struct {
		name string
		kind uint32
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
		networks: make(map[networkKey]*Network), clients: make(map[clientKey]*Client), leaves: make(map[leaveKey]*Disconnect),
		handshakes: make(map[clientKey]*Handshake), channels: make(map[wlan.MHz]*Channel),
		hosts: make(map[hostKey]*Host), dns: make(map[dnsKey]*Question), flows: make(map[flowKey]*Flow),
		refused: make(map[string]uint64), captures: make(map[string]*Capture),
	}
}

// Add takes a report that its maker, or wire.Validate, knows to be whole.
func (s *Summary) Add(r *wirepb.Report) {
	d := lookup{r.GetDictionary()}
	s.addNetworks(r.GetBss(), d)
	s.addClients(r.GetStations(), r.GetProbes(), d)
	s.addDisconnects(r.GetDisconnects(), d)
	s.addHandshakes(r.GetHandshakes(), d)
	s.addChannels(r.GetChannels())
	s.addHosts(r, d)
	s.addDNS(r.GetDns(), d)
	s.addFlows(r.GetFlows(), d)
	for _, x := range r.GetHealth().GetRefused() {
		s.refused[x.GetTable()] += x.GetRows()
	}
	s.addCaptures(r.GetHealth().GetCaptures())
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

// security returns false where none is known.
func (l lookup) security(i uint32) (wlan.Security, bool) {
	if i == 0 {
		return wlan.Security{}, false
	}
	p := l.d.Securities[i-1]
	return wlan.Security{
		AKMs: wlan.AKMs(p.Akms), Pairwise: wlan.Ciphers(p.Pairwise), Group: wlan.Ciphers(p.Group),
		PMF: wlan.PMF(p.Pmf), Privacy: p.Privacy,
	}, true
}

// get returns the entry of k, made when it is new.
func get[K comparable, V any](m map[K]*V, k K) (v *V, isNew bool) {
	if v = m[k]; v == nil {
		v, isNew = new(V), true
		m[k] = v
	}
	return v, isNew
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

func (s *Summary) addCaptures(all []*wirepb.Capture) {
	for _, x := range all {
		c, _ := get(s.captures, x.GetName())
		c.Name = Printable([]byte(x.GetName()))
		c.Frames += x.GetFrames()
		c.Bytes += x.GetBytes()
		c.Drops += x.GetKernelDrops()
		c.BadFCS += x.GetBadFcs()
		c.Malformed += x.GetMalformed()
		c.Unsupported += x.GetUnsupported()
		c.Hops += uint64(x.GetHops())
		c.FailedHops += uint64(x.GetFailedHops())
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
	Handshakes  []*Handshake  `json:"handshakes"`
	Channels    []*Channel    `json:"channels"`
	Hosts       []*Host       `json:"hosts"`
	DNS         []*Question   `json:"dns"`
	Flows       []*Flow       `json:"flows"`

	// Captures by name, with what was wrong with their frames.
	Captures []*Capture `json:"captures"`

	// Refused counts frames that found no room in a table of their window.
	Refused map[string]uint64 `json:"refused,omitempty"`
}

// Tables returns what was added up so far.
func (s *Summary) Tables() Tables {
	s.finishAir()
	return Tables{
		Networks:    sorted(s.networks, compareNetworks),
		Clients:     sorted(s.clients, compareClients),
		Disconnects: sorted(s.leaves, compareDisconnects),
		Handshakes:  sorted(s.handshakes, compareHandshakes),
		Channels:    sorted(s.channels, compareChannels),
		Hosts: sorted(s.hosts, func(a, b *Host) int {
			return cmp.Or(cmp.Compare(b.Sent+b.Received, a.Sent+a.Received), strings.Compare(a.MAC, b.MAC))
		}),
		DNS: sorted(s.dns, func(a, b *Question) int {
			return cmp.Or(cmp.Compare(b.Asked, a.Asked), strings.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type))
		}),
		Flows: sorted(s.flows, func(a, b *Flow) int {
			return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), strings.Compare(a.Client+a.Server, b.Client+b.Server), cmp.Compare(a.Port, b.Port))
		}),
		Captures: sorted(s.captures, func(a, b *Capture) int { return strings.Compare(a.Name, b.Name) }),
		Refused:  s.refused,
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
