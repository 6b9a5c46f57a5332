package pack

import (
	"math/bits"

	"picket/shared/wire/wirepb"
)

// A numbering says which entries of a part of the dictionary a family uses, and
// what their numbers become. Numbers count from 1; 0 stays.
type numbering struct {
	to   []uint32 // by old number
	used []uint32 // old numbers, rising
}

func number(entries int, columns [][]uint32) numbering {
	n := numbering{to: make([]uint32, entries+1)}
	for _, col := range columns {
		for _, old := range col {
			n.to[old] = 1
		}
	}
	n.to[0] = 0
	for old, used := range n.to {
		if used != 0 {
			n.used = append(n.used, uint32(old))
			n.to[old] = uint32(len(n.used))
		}
	}
	return n
}

func (n *numbering) of(old uint32) uint32 { return n.to[old] }

// dictionary is the part of d that f uses.
func (c *coder) dictionary(f Family, r *wirepb.Report) {
	d := r.GetDictionary()
	if c.reading() {
		d = new(wirepb.Dictionary)
		r.Dictionary = d
	} else {
		c.macs = number(len(d.GetMacs())/6, f.macColumns(r))
		c.ssids = number(len(d.GetSsids()), f.ssidColumns(r))
		c.securities = number(len(d.GetSecurities()), f.securityColumns(r))
		c.ips = number((len(d.GetIpv4())/4)+len(d.GetIpv6())/16, f.ipColumns(r))
		c.names = number(len(d.GetNames()), f.nameColumns(r))
	}
	c.addresses(d)
	if f == Air {
		c.strings(&d.Ssids, &c.ssids)
		c.suites(d)
		c.captures(r)
		return
	}
	c.strings(&d.Names, &c.names)
	v4 := 0
	for _, old := range c.ips.used {
		if int(old) <= len(d.GetIpv4())/4 {
			v4++
		}
	}
	c.octets(&d.Ipv4, 4, c.count(v4, maxEntries), func(i int) int { return int(c.ips.used[i]) - 1 })
	c.octets(&d.Ipv6, 16, c.count(len(c.ips.used)-v4, maxEntries), func(i int) int {
		return int(c.ips.used[v4+i]) - 1 - len(d.GetIpv4())/4
	})
}

// addresses are the maker's three octets, which many share, in a list, and the
// others.
func (c *coder) addresses(d *wirepb.Dictionary) {
	n := c.count(len(c.macs.used), maxEntries)
	c.rows = n
	if c.reading() {
		makers := c.take(n)
		if len(makers) != n || 24*n > c.r.Left() {
			c.fail()
			return
		}
		d.Macs = make([]byte, 6*n)
		if c.flag(false) {
			list := make([]uint64, c.count(0, n))
			for i := range list {
				list[i] = c.r.get(24)
			}
			width := bits.Len(uint(max(len(list)-1, 0)))
			for i := range makers {
				k := int(c.r.get(width))
				if k >= len(list) {
					c.fail()
					return
				}
				makers[i] = list[k]
			}
		} else {
			for i := range makers {
				makers[i] = c.r.get(24)
			}
		}
		for i, m := range makers {
			put24(d.Macs[6*i:], uint32(m))
			put24(d.Macs[6*i+3:], uint32(c.r.get(24)))
		}
		return
	}
	macs := d.GetMacs()
	index := make(map[uint32]uint32, n)
	var list []uint32
	for _, old := range c.macs.used {
		m := get24(macs[6*old-6:])
		if _, ok := index[m]; !ok {
			index[m] = uint32(len(list))
			list = append(list, m)
		}
	}
	width := bits.Len(uint(max(len(list)-1, 0)))
	if c.flag(7+24+24*len(list)+width*n < 24*n) {
		c.count(len(list), n)
		for _, m := range list {
			c.w.Put(uint64(m), 24)
		}
		for _, old := range c.macs.used {
			c.w.Put(uint64(index[get24(macs[6*old-6:])]), width)
		}
	} else {
		for _, old := range c.macs.used {
			c.w.Put(uint64(get24(macs[6*old-6:])), 24)
		}
	}
	for _, old := range c.macs.used {
		c.w.Put(uint64(get24(macs[6*old-3:])), 24)
	}
}

func get24(b []byte) uint32 { return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2]) }

func put24(b []byte, v uint32) { b[0], b[1], b[2] = byte(v>>16), byte(v>>8), byte(v) }

// octets are n entries of some octets each, which are number(i) of all.
func (c *coder) octets(all *[]byte, size, n int, number func(i int) int) {
	if c.reading() {
		if 8*size*n > c.r.Left() {
			c.fail()
			return
		}
		*all = make([]byte, size*n)
		for i := range *all {
			(*all)[i] = byte(c.r.get(8))
		}
		return
	}
	for i := range n {
		at := size * number(i)
		for _, o := range (*all)[at : at+size] {
			c.w.Put(uint64(o), 8)
		}
	}
}

// strings are those of all that are used.
func (c *coder) strings(all *[][]byte, used *numbering) {
	c.rows = c.count(len(used.used), maxEntries)
	var list [][]byte
	for _, old := range used.used {
		list = append(list, (*all)[old-1])
	}
	c.textColumn(&list)
	if c.reading() {
		*all = list
	}
}

// suites are the security suites that are used.
func (c *coder) suites(d *wirepb.Dictionary) {
	c.rows = c.count(len(c.securities.used), maxEntries)
	akms := make([]uint64, c.rows)
	pairwise, group, pmf, privacy := make([]uint32, c.rows), make([]uint32, c.rows), make([]uint32, c.rows), make([]bool, c.rows)
	for i, old := range c.securities.used {
		s := d.GetSecurities()[old-1]
		akms[i], pairwise[i], group[i], pmf[i], privacy[i] = s.GetAkms(), s.GetPairwise(), s.GetGroup(), s.GetPmf(), s.GetPrivacy()
	}
	c.plain64(&akms)
	c.plain(&pairwise)
	c.plain(&group)
	c.plain(&pmf)
	c.bools(&privacy)
	if !c.reading() || len(privacy) != c.rows {
		return
	}
	for i := range c.rows {
		d.Securities = append(d.Securities, &wirepb.Security{
			Akms: akms[i], Pairwise: pairwise[i], Group: group[i], Pmf: pmf[i], Privacy: privacy[i],
		})
	}
}

// maxCaptures is wire's.
const maxCaptures = 256

// captures are the names of the captures to which channels refer.
func (c *coder) captures(r *wirepb.Report) {
	n := 0
	for _, i := range r.GetChannels().GetCapture() {
		n = max(n, int(i))
	}
	c.rows = c.count(n, maxCaptures)
	var names [][]byte
	for i := range c.rows {
		names = append(names, []byte(at(r.GetHealth().GetCaptures(), i).GetName()))
	}
	c.textColumn(&names)
	if c.reading() && len(names) > 0 {
		r.Health = new(wirepb.Health)
		for _, name := range names {
			r.Health.Captures = append(r.Health.Captures, &wirepb.Capture{Name: string(name)})
		}
	}
}
