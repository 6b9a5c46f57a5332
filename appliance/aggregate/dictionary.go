package aggregate

import (
	"picket/appliance/dissect/ether"
	"picket/shared/wire/wirepb"
	"picket/shared/wlan"
)

// dictionary gathers what the rows of a report refer to. Indexes count from 1.
type dictionary struct {
	pb         *wirepb.Dictionary
	macs       map[uint64]uint32
	ssids      map[string]uint32
	names      map[string]uint32
	securities map[wlan.Security]uint32
	ips        map[ipKey]uint32
	columns    [][]uint32 // those that refer to IP addresses
}

// sixth marks an IPv6 address until all of IPv4 are known: its index follows
// theirs.
const sixth = 1 << 31

func newDictionary() *dictionary {
	return &dictionary{
		pb:         new(wirepb.Dictionary),
		macs:       make(map[uint64]uint32),
		ssids:      make(map[string]uint32),
		names:      make(map[string]uint32),
		securities: make(map[wlan.Security]uint32),
		ips:        make(map[ipKey]uint32),
	}
}

func (d *dictionary) mac(packed uint64) uint32 {
	if i, ok := d.macs[packed]; ok {
		return i
	}
	m, _ := unpack(packed << 16)
	d.pb.Macs = append(d.pb.Macs, m[:]...)
	i := uint32(len(d.pb.Macs) / 6)
	d.macs[packed] = i
	return i
}

func (d *dictionary) ssid(b []byte) uint32 {
	return text(d.ssids, &d.pb.Ssids, b)
}

func (d *dictionary) name(b []byte) uint32 {
	return text(d.names, &d.pb.Names, b)
}

func text(index map[string]uint32, list *[][]byte, b []byte) uint32 {
	if len(b) == 0 {
		return 0
	}
	if i, ok := index[string(b)]; ok {
		return i
	}
	own := []byte(string(b))
	*list = append(*list, own)
	i := uint32(len(*list))
	index[string(own)] = i
	return i
}

func (d *dictionary) security(s wlan.Security) uint32 {
	if i, ok := d.securities[s]; ok {
		return i
	}
	d.pb.Securities = append(d.pb.Securities, &wirepb.Security{
		Akms: uint64(s.AKMs), Pairwise: uint32(s.Pairwise), Group: uint32(s.Group), Pmf: uint32(s.PMF), Privacy: s.Privacy,
	})
	i := uint32(len(d.pb.Securities))
	d.securities[s] = i
	return i
}

// ip returns the index of an address, 0 for none: the unspecified one.
func (d *dictionary) ip(k ipKey) uint32 {
	if k.zero() {
		return 0
	}
	return d.endpoint(k)
}

// endpoint is ip for the end of a conversation, which may call itself
// unspecified.
func (d *dictionary) endpoint(k ipKey) uint32 {
	if i, ok := d.ips[k]; ok {
		return i
	}
	var i uint32
	if k.version == 4 {
		d.pb.Ipv4 = append(d.pb.Ipv4, k.addr[:4]...)
		i = uint32(len(d.pb.Ipv4) / 4)
	} else {
		d.pb.Ipv6 = append(d.pb.Ipv6, k.addr[:]...)
		i = uint32(len(d.pb.Ipv6)/len(ether.Addr{})) | sixth
	}
	d.ips[k] = i
	return i
}

// ipColumn returns a column for n references to IP addresses.
func (d *dictionary) ipColumn(n int) []uint32 {
	c := make([]uint32, n)
	d.columns = append(d.columns, c)
	return c
}

// settle gives the IPv6 addresses their indexes.
func (d *dictionary) settle() {
	fourth := uint32(len(d.pb.Ipv4) / 4)
	for _, c := range d.columns {
		for i, v := range c {
			if v&sixth != 0 {
				c[i] = v&^sixth + fourth
			}
		}
	}
}
