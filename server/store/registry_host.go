package store

import (
	"net/netip"

	"picket/shared/wire/wirepb"
)

// hostRows are the unicast addresses on the wire.
func hostRows(m *merge) *registry {
	r := newRegistry("host", registryEvery, `
INSERT INTO host AS b (tenant_id, mac, vlan, demonstration, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, mac) DO UPDATE
SET `+spanSQL+`,
  demonstration = b.demonstration AND EXCLUDED.demonstration,
  `+newestSQL("vlan")+`
WHERE `+staleSQL+`
  OR b.demonstration AND NOT EXCLUDED.demonstration
  OR `+changedSQL("vlan"), "tenants uuid", "macs macaddr", "vlans integer", "demonstrations boolean")
	for _, in := range m.fresh {
		t, dict := in.Report.GetHosts(), in.Report.GetDictionary()
		for i := range t.GetMac() {
			host := mac(dict, t.Mac[i])
			if host[0]&1 != 0 {
				continue
			}
			first, last := in.span(t.Times, i)
			row, newest := r.row(keyOf(in.TenantID, host), first, last)
			if newest {
				row.values = []any{in.TenantID, host, known(int64(t.Vlan[i])), in.Report.GetHeader().GetDemonstration()}
				row.stateFrom, row.stateTo = 2, 4
			}
		}
	}
	return r
}

// hostDHCPRows say what a host was leased. They change rows that hostRows made;
// a host that was heard by its DHCP messages alone gets its row here.
func hostDHCPRows(m *merge) *registry {
	r := newRegistry("host dhcp", registryEvery, `
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
		"tenants uuid", "macs macaddr", "servers inet", "leases bigint", "classes bytea", "demonstrations boolean")
	for _, in := range m.fresh {
		t, dict := in.Report.GetDhcp(), in.Report.GetDictionary()
		for i := range t.GetClient() {
			client := mac(dict, t.Client[i])
			if client[0]&1 != 0 {
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
			row.stateFrom, row.stateTo = 2, 6
		}
	}
	return r
}

// hostSightingRows say what each tap hears of each host now.
func hostSightingRows(m *merge) *registry {
	r := newRegistry("host_sighting", sightingEvery, `
INSERT INTO host_sighting AS b (tenant_id, mac, tap_id, frames, bytes, window_ms, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, mac, tap_id) DO UPDATE
SET `+spanSQL+`,
  `+newestSQL("frames", "bytes", "window_ms")+`
WHERE `+sightingStaleSQL, "tenants uuid", "macs macaddr", "taps uuid", "frames bigint", "bytes bigint", "windows integer")
	for _, in := range m.fresh {
		t, dict := in.Report.GetHosts(), in.Report.GetDictionary()
		sums := make(map[uint32]*power, len(t.GetMac()))
		for i := range t.GetMac() {
			host := mac(dict, t.Mac[i])
			if host[0]&1 != 0 {
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
	r := newRegistry("host_address", registryEvery, `
INSERT INTO host_address AS b (tenant_id, mac, ip, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, mac, ip) DO UPDATE
SET `+spanSQL+`
WHERE `+staleSQL, "tenants uuid", "macs macaddr", "ips inet")
	for _, in := range m.fresh {
		dict := in.Report.GetDictionary()
		add := func(host []byte, addr any, times *wirepb.Times, i int) {
			a, ok := addr.(netip.Addr)
			if !ok || host[0]&1 != 0 || a.IsUnspecified() || a.IsMulticast() || a == broadcast {
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
	r := newRegistry("host_name", registryEvery, `
INSERT INTO host_name AS b (tenant_id, mac, name, first_heard_at, last_heard_at)
SELECT *
FROM @rows
ON CONFLICT (tenant_id, mac, name) DO UPDATE
SET `+spanSQL+`
WHERE `+staleSQL, "tenants uuid", "macs macaddr", "names bytea")
	for _, in := range m.fresh {
		t, dict := in.Report.GetDhcp(), in.Report.GetDictionary()
		for i := range t.GetClient() {
			name := entry(dict.GetNames(), t.Name[i])
			client := mac(dict, t.Client[i])
			if len(name) == 0 || client[0]&1 != 0 {
				continue
			}
			first, last := in.span(t.Times, i)
			row, _ := r.row(keyOf(in.TenantID, client, name), first, last)
			row.values = []any{in.TenantID, client, name}
		}
	}
	return r
}
