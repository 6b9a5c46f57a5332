package aggregate

import "picket/shared/wire/wirepb"

func (w *Window) hostTable(d *dictionary) *wirepb.HostTable {
	rows, keys := w.hosts.rows, w.hosts.keys
	if len(rows) == 0 {
		return nil
	}
	t := &wirepb.HostTable{
		Mac:            column(keys, func(k *hostKey) uint32 { return d.mac(k.mac >> 16) }),
		Vlan:           low16(keys, func(k hostKey) uint64 { return k.mac }),
		Ip:             d.ipColumn(len(rows)),
		FramesSent:     column(rows, func(r *hostRow) uint32 { return r.sent }),
		BytesSent:      column(rows, func(r *hostRow) uint64 { return r.bytesSent }),
		FramesReceived: column(rows, func(r *hostRow) uint32 { return r.received }),
		BytesReceived:  column(rows, func(r *hostRow) uint64 { return r.bytesReceived }),
		Times:          rounded(len(rows), func(i int) span { return rows[i].span }),
	}
	for i, k := range keys {
		t.Ip[i] = d.ip(k.ip)
	}
	return t
}

func (w *Window) arpTable(d *dictionary) *wirepb.ARPTable {
	rows, keys := w.arps.rows, w.arps.keys
	if len(rows) == 0 {
		return nil
	}
	t := &wirepb.ARPTable{
		Mac:        column(keys, func(k *arpKey) uint32 { return d.mac(k.mac) }),
		Ip:         d.ipColumn(len(rows)),
		Requests:   column(rows, func(r *arpRow) uint32 { return r.requests }),
		Replies:    column(rows, func(r *arpRow) uint32 { return r.replies }),
		Gratuitous: column(rows, func(r *arpRow) uint32 { return r.gratuitous }),
		Spoofed:    column(rows, func(r *arpRow) uint32 { return r.spoofed }),
		Times:      timeColumns(len(rows), func(i int) span { return rows[i].span }),
	}
	for i, k := range keys {
		t.Ip[i] = d.ip(ipv4(k.ip))
	}
	return t
}

func (w *Window) dhcpTable(d *dictionary) *wirepb.DHCPTable {
	rows, keys := w.dhcps.rows, w.dhcps.keys
	if len(rows) == 0 {
		return nil
	}
	of := func(types ...int) []uint32 {
		return column(rows, func(r *dhcpRow) uint32 {
			n := uint32(0)
			for _, t := range types {
				n += r.types[t]
			}
			return n
		})
	}
	name := func(of func(*dhcpRow) nameRef) []uint32 {
		return column(rows, func(r *dhcpRow) uint32 { return d.name(w.names.get(of(r))) })
	}
	t := &wirepb.DHCPTable{
		Client: column(keys, func(k *dhcpKey) uint32 { return d.mac(k.client) }),
		Server: d.ipColumn(len(rows)),
		ServerMac: column(rows, func(r *dhcpRow) uint32 {
			if mac := pack(r.serverMAC); mac != 0 {
				return d.mac(mac)
			}
			return 0
		}),
		Address:     d.ipColumn(len(rows)),
		Name:        name(func(r *dhcpRow) nameRef { return r.name }),
		VendorClass: name(func(r *dhcpRow) nameRef { return r.vendorClass }),
		Parameters:  name(func(r *dhcpRow) nameRef { return r.parameters }),
		LeaseS:      column(rows, func(r *dhcpRow) uint32 { return r.lease }),
		Discovers:   of(1),
		Offers:      of(2),
		Requests:    of(3),
		Acks:        of(5),
		Naks:        of(6),
		Others:      of(0, 4, 7, 8),
		Times:       timeColumns(len(rows), func(i int) span { return rows[i].span }),
	}
	for i, k := range keys {
		t.Server[i] = d.ip(ipv4(k.server))
		t.Address[i] = d.ip(ipv4(rows[i].address))
	}
	return t
}

func (w *Window) dnsTable(d *dictionary) *wirepb.DNSTable {
	rows, keys := w.dnss.rows, w.dnss.keys
	if len(rows) == 0 {
		return nil
	}
	t := &wirepb.DNSTable{
		Client:    d.ipColumn(len(rows)),
		Server:    d.ipColumn(len(rows)),
		Name:      column(rows, func(r *dnsRow) uint32 { return d.name(w.names.get(r.name)) }),
		Type:      column(keys, func(k *dnsKey) uint32 { return uint32(k.kind) }),
		Questions: column(rows, func(r *dnsRow) uint32 { return r.questions }),
		NoError:   column(rows, func(r *dnsRow) uint32 { return r.noError }),
		NxDomain:  column(rows, func(r *dnsRow) uint32 { return r.nxDomain }),
		ServFail:  column(rows, func(r *dnsRow) uint32 { return r.servFail }),
		Refused:   column(rows, func(r *dnsRow) uint32 { return r.refused }),
		Other:     column(rows, func(r *dnsRow) uint32 { return r.other }),
		Answer:    d.ipColumn(len(rows)),
		Times:     timeColumns(len(rows), func(i int) span { return rows[i].span }),
	}
	for i, k := range keys {
		t.Client[i], t.Server[i] = d.endpoint(k.client), d.endpoint(k.server)
		t.Answer[i] = d.ip(rows[i].answer)
	}
	return t
}

func (w *Window) flowTable(d *dictionary) *wirepb.FlowTable {
	rows, keys := w.flows.rows, w.flows.keys
	if len(rows) == 0 {
		return nil
	}
	n := len(rows)
	t := &wirepb.FlowTable{
		Protocol:        column(keys, func(k *flowKey) uint32 { return uint32(k.protocol) }),
		Client:          d.ipColumn(n),
		ClientPort:      make([]uint32, n),
		Server:          d.ipColumn(n),
		ServerPort:      make([]uint32, n),
		PacketsSent:     column(rows, func(r *flowRow) uint32 { return r.sent }),
		BytesSent:       column(rows, func(r *flowRow) uint64 { return r.bytesSent }),
		PacketsReceived: column(rows, func(r *flowRow) uint32 { return r.received }),
		BytesReceived:   column(rows, func(r *flowRow) uint64 { return r.bytesReceived }),
		Syns:            column(rows, func(r *flowRow) uint32 { return r.syns }),
		SynAcks:         column(rows, func(r *flowRow) uint32 { return r.synACKs }),
		Fins:            column(rows, func(r *flowRow) uint32 { return r.fins }),
		Resets:          column(rows, func(r *flowRow) uint32 { return r.resets }),
		Times:           rounded(n, func(i int) span { return rows[i].span }),
	}
	for i, k := range keys {
		low, high := d.endpoint(ipKey{k.low, k.version}), d.endpoint(ipKey{k.high, k.version})
		if rows[i].clientIsLow {
			t.Client[i], t.ClientPort[i], t.Server[i], t.ServerPort[i] = low, uint32(k.lowPort), high, uint32(k.highPort)
		} else {
			t.Client[i], t.ClientPort[i], t.Server[i], t.ServerPort[i] = high, uint32(k.highPort), low, uint32(k.lowPort)
		}
	}
	return t
}
