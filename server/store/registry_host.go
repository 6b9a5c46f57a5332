package store

import (
	"encoding/binary"
	"hash/fnv"
	"hash/maphash"
	"net/netip"

	"picket/shared/wire/wirepb"
)

// hostRows are the unicast addresses on the wire.
func hostRows(m *merge) *registry {
	r := newRegistry(m, "host", hostVariant, ofHost, `
INSERT INTO host AS b (tenant_id, mac, vlan, demonstration, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, mac) DO UPDATE
SET `+spanSQL+`,
  demonstration = b.demonstration AND EXCLUDED.demonstration,
  `+newestSQL("vlan")+`
WHERE `+staleSQL+`
  OR b.demonstration AND NOT EXCLUDED.demonstration
  OR `+changedSQL("vlan"), "tenants uuid tenant_id", "macs macaddr mac", "vlans integer", "demonstrations boolean")
	for n, in := range m.fresh {
		t, dict := in.Report.GetHosts(), in.Report.GetDictionary()
		h := &m.regs.hashes[n]
		for i := range t.GetMac() {
			host := mac(dict, t.Mac[i])
			if host[0]&1 != 0 || !r.wants(in, h, h.station(t.Mac[i]), 0, hostState(in, t.Vlan[i])) {
				continue
			}
			first, last := in.span(t.Times, i)
			row, newest := r.row(keyOf(in.TenantID, host), first, last)
			if newest {
				row.values = []any{in.TenantID, host, known(int64(t.Vlan[i])), in.Report.GetHeader().GetDemonstration()}
			}
		}
	}
	return r
}

// hostState is what a row says of its host.
func hostState(in *Incoming, vlan uint32) uint64 {
	state := fact(0, uint64(octet(in.Report.GetHeader().GetDemonstration())))
	if vlan != 0 {
		state |= fact(1, uint64(vlan))
	}
	return state
}

// dhcpState is what row i says of its client. The dictionary's numbers change from
// report to report: what they stand for counts.
func dhcpState(in *Incoming, i int) uint64 {
	t, dict := in.Report.GetDhcp(), in.Report.GetDictionary()
	var state uint64
	if a, ok := ip(dict, t.Server[i]).(netip.Addr); ok {
		b := a.As16()
		state |= fact(0, join(binary.LittleEndian.Uint64(b[:8]), binary.LittleEndian.Uint64(b[8:])))
	}
	if n := t.LeaseS[i]; n != 0 {
		state |= fact(1, uint64(n))
	}
	if c := entry(dict.GetNames(), t.VendorClass[i]); len(c) > 0 {
		h := fnv.New64a()
		_, _ = h.Write(c)
		state |= fact(2, h.Sum64())
	}
	return state
}

// hostDHCPRows say what a host was leased. They change rows that hostRows made;
// a host that was heard by its DHCP messages alone gets its row here.
func hostDHCPRows(m *merge) *registry {
	r := newRegistry(m, "host", hostDHCPVariant, ofHost, `
INSERT INTO host AS b (tenant_id, mac, dhcp_server, dhcp_lease_s, dhcp_vendor_class, demonstration, dhcp_heard_at,
  first_heard_at, last_heard_at)
SELECT u.tenant_id, u.mac, u.server, u.lease, u.class, u.demonstration, u.last, u.first, u.last
FROM @rows AS u (tenant_id, mac, server, lease, class, demonstration, first, last)
ON CONFLICT (tenant_id, mac) DO UPDATE
SET dhcp_server = COALESCE(EXCLUDED.dhcp_server, b.dhcp_server),
  dhcp_lease_s = COALESCE(EXCLUDED.dhcp_lease_s, b.dhcp_lease_s),
  dhcp_vendor_class = COALESCE(EXCLUDED.dhcp_vendor_class, b.dhcp_vendor_class),
  dhcp_heard_at = EXCLUDED.dhcp_heard_at
WHERE b.dhcp_heard_at IS NULL
  OR EXCLUDED.dhcp_heard_at >= b.dhcp_heard_at`,
		"tenants uuid tenant_id", "macs macaddr mac", "servers inet", "leases bigint", "classes bytea", "demonstrations boolean")
	for n, in := range m.fresh {
		t, dict := in.Report.GetDhcp(), in.Report.GetDictionary()
		h := &m.regs.hashes[n]
		for i := range t.GetClient() {
			client := mac(dict, t.Client[i])
			id := h.station(t.Client[i])
			if client[0]&1 != 0 || !r.wants(in, h, id, id, dhcpState(in, i)) {
				continue
			}
			first, last := in.span(t.Times, i)
			row, newest := r.row(keyOf(in.TenantID, client), first, last)
			if !newest {
				continue
			}
			var class any
			if c := entry(dict.GetNames(), t.VendorClass[i]); len(c) > 0 {
				class = c
			}
			v := row.values
			row.values = []any{in.TenantID, client, orKept(ip(dict, t.Server[i]), v[2]), orKept(known(int64(t.LeaseS[i])), v[3]),
				orKept(class, v[4]), in.Report.GetHeader().GetDemonstration()}
		}
	}
	return r
}

// hostSightingRows say what each tap hears of each host now.
func hostSightingRows(m *merge) *registry {
	r := newRegistry(m, "host_sighting", hostSightingVariant, ofHost, `
INSERT INTO host_sighting AS b (tenant_id, mac, tap_id, frames, bytes, window_ms, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, mac, tap_id) DO UPDATE
SET `+spanSQL+`,
  `+newestSQL("frames", "bytes", "window_ms")+`
WHERE `+staleSQL, "tenants uuid tenant_id", "macs macaddr mac", "taps uuid tap_id", "frames bigint", "bytes bigint", "windows integer")
	for n, in := range m.fresh {
		t, dict := in.Report.GetHosts(), in.Report.GetDictionary()
		h := &m.regs.hashes[n]
		sums := make(map[uint32]*power)
		for i := range t.GetMac() {
			host, id := mac(dict, t.Mac[i]), h.station(t.Mac[i])
			if host[0]&1 != 0 || !r.wants(in, h, join(id, h.tap), id, 0) {
				continue
			}
			p := sums[t.Mac[i]]
			if p == nil {
				p = new(power)
				sums[t.Mac[i]] = p
			}
			p.frames += uint64(t.FramesSent[i]) + uint64(t.FramesReceived[i])
			p.bytes += t.BytesSent[i] + t.BytesReceived[i]
			first, last := in.span(t.Times, i)
			row, _ := r.row(keyOf(in.TenantID, host, in.TapID[:]), first, last)
			row.values = append(row.values[:0], in.TenantID, host, in.TapID, clamp(p.frames), clamp(p.bytes),
				int64(in.Report.GetHeader().GetWindowLengthMs()))
		}
	}
	return r
}

// maxOwnAddresses is how many global addresses a host may use in one window
// before it is taken for a router, whose frames carry other hosts' addresses.
const maxOwnAddresses = 4

// hostAddressRows are the IP addresses of hosts: those that they claim by ARP or
// were leased, and those from which they send if they are not routers.
func hostAddressRows(m *merge) *registry {
	r := newRegistry(m, "host_address", hostAddressVariant, ofHost, `
INSERT INTO host_address AS b (tenant_id, mac, ip, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, mac, ip) DO UPDATE
SET `+spanSQL+`
WHERE `+staleSQL, "tenants uuid tenant_id", "macs macaddr mac", "ips inet ip")
	for n, in := range m.fresh {
		dict := in.Report.GetDictionary()
		h := &m.regs.hashes[n]
		add := func(host []byte, addr any, times *wirepb.Times, i int) {
			a, ok := addr.(netip.Addr)
			if !ok || host[0]&1 != 0 || a.IsUnspecified() || a.IsMulticast() || a == broadcast {
				return
			}
			id := join(h.tenant, maphash.Bytes(r.seen.seed, host))
			if !r.wants(in, h, join(id, maphash.Comparable(r.seen.seed, a)), id, 0) {
				return
			}
			first, last := in.span(times, i)
			// Text orders otherwise than inet, but equally on every node.
			row, _ := r.row(keyOf(in.TenantID, host, []byte(a.String())), first, last)
			row.values = []any{in.TenantID, mac6(host), a}
		}
		hosts := in.Report.GetHosts()
		global := make(map[uint32]int)
		for i := range hosts.GetMac() {
			if isGlobal(ip(dict, hosts.Ip[i])) {
				global[hosts.Mac[i]]++
			}
		}
		for i := range hosts.GetMac() {
			addr := ip(dict, hosts.Ip[i])
			if isGlobal(addr) && global[hosts.Mac[i]] > maxOwnAddresses || hosts.FramesSent[i] == 0 {
				continue
			}
			add(mac(dict, hosts.Mac[i]), addr, hosts.Times, i)
		}
		arp := in.Report.GetArp()
		for i := range arp.GetMac() {
			add(mac(dict, arp.Mac[i]), ip(dict, arp.Ip[i]), arp.Times, i)
		}
		dhcp := in.Report.GetDhcp()
		for i := range dhcp.GetClient() {
			if dhcp.Acks[i] > 0 {
				add(mac(dict, dhcp.Client[i]), ip(dict, dhcp.Address[i]), dhcp.Times, i)
			}
		}
	}
	return r
}

// hostNameRows are the names that hosts gave themselves.
func hostNameRows(m *merge) *registry {
	r := newRegistry(m, "host_name", hostNameVariant, ofHost, `
INSERT INTO host_name AS b (tenant_id, mac, name, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, mac, name) DO UPDATE
SET `+spanSQL+`
WHERE `+staleSQL, "tenants uuid tenant_id", "macs macaddr mac", "names bytea name")
	for n, in := range m.fresh {
		t, dict := in.Report.GetDhcp(), in.Report.GetDictionary()
		h := &m.regs.hashes[n]
		for i := range t.GetClient() {
			name := entry(dict.GetNames(), t.Name[i])
			client := mac(dict, t.Client[i])
			if len(name) == 0 || client[0]&1 != 0 {
				continue
			}
			if id := h.station(t.Client[i]); !r.wants(in, h, join(id, maphash.Bytes(r.seen.seed, name)), id, 0) {
				continue
			}
			first, last := in.span(t.Times, i)
			row, _ := r.row(keyOf(in.TenantID, client, name), first, last)
			row.values = []any{in.TenantID, client, name}
		}
	}
	return r
}
