package store

import "picket/shared/wire/wirepb"

func hostFamily() family {
	t := (*wirepb.Report).GetHosts
	return newFamily("host_window", func(r *wirepb.Report) int { return len(t(r).GetMac()) }, []column{
		macColumn("mac", true, func(r *wirepb.Report) []uint32 { return t(r).GetMac() }),
		int4Column("vlan", func(r *wirepb.Report) []uint32 { return t(r).GetVlan() }),
		ipColumn("ip", false, func(r *wirepb.Report) []uint32 { return t(r).GetIp() }),
		int4Column("frames_sent", func(r *wirepb.Report) []uint32 { return t(r).GetFramesSent() }),
		int8Column("bytes_sent", func(r *wirepb.Report) []uint64 { return t(r).GetBytesSent() }),
		int4Column("frames_received", func(r *wirepb.Report) []uint32 { return t(r).GetFramesReceived() }),
		int8Column("bytes_received", func(r *wirepb.Report) []uint64 { return t(r).GetBytesReceived() }),
	}, timeColumns(func(r *wirepb.Report) *wirepb.Times { return t(r).GetTimes() }))
}

func arpFamily() family {
	t := (*wirepb.Report).GetArp
	return newFamily("arp_window", func(r *wirepb.Report) int { return len(t(r).GetMac()) }, []column{
		macColumn("mac", true, func(r *wirepb.Report) []uint32 { return t(r).GetMac() }),
		ipColumn("ip", false, func(r *wirepb.Report) []uint32 { return t(r).GetIp() }),
		int4Column("requests", func(r *wirepb.Report) []uint32 { return t(r).GetRequests() }),
		int4Column("replies", func(r *wirepb.Report) []uint32 { return t(r).GetReplies() }),
		int4Column("gratuitous", func(r *wirepb.Report) []uint32 { return t(r).GetGratuitous() }),
		int4Column("spoofed", func(r *wirepb.Report) []uint32 { return t(r).GetSpoofed() }),
	}, timeColumns(func(r *wirepb.Report) *wirepb.Times { return t(r).GetTimes() }))
}

func dhcpFamily() family {
	t := (*wirepb.Report).GetDhcp
	return newFamily("dhcp_window", func(r *wirepb.Report) int { return len(t(r).GetClient()) }, []column{
		macColumn("client", true, func(r *wirepb.Report) []uint32 { return t(r).GetClient() }),
		ipColumn("server", false, func(r *wirepb.Report) []uint32 { return t(r).GetServer() }),
		macColumn("server_mac", false, func(r *wirepb.Report) []uint32 { return t(r).GetServerMac() }),
		ipColumn("address", false, func(r *wirepb.Report) []uint32 { return t(r).GetAddress() }),
		nameColumn("name", func(r *wirepb.Report) []uint32 { return t(r).GetName() }),
		nameColumn("vendor_class", func(r *wirepb.Report) []uint32 { return t(r).GetVendorClass() }),
		nameColumn("parameters", func(r *wirepb.Report) []uint32 { return t(r).GetParameters() }),
		int8Column("lease_s", func(r *wirepb.Report) []uint32 { return t(r).GetLeaseS() }),
		int4Column("discovers", func(r *wirepb.Report) []uint32 { return t(r).GetDiscovers() }),
		int4Column("offers", func(r *wirepb.Report) []uint32 { return t(r).GetOffers() }),
		int4Column("requests", func(r *wirepb.Report) []uint32 { return t(r).GetRequests() }),
		int4Column("acks", func(r *wirepb.Report) []uint32 { return t(r).GetAcks() }),
		int4Column("naks", func(r *wirepb.Report) []uint32 { return t(r).GetNaks() }),
		int4Column("others", func(r *wirepb.Report) []uint32 { return t(r).GetOthers() }),
	}, timeColumns(func(r *wirepb.Report) *wirepb.Times { return t(r).GetTimes() }))
}

func dnsFamily() family {
	t := (*wirepb.Report).GetDns
	return newFamily("dns_window", func(r *wirepb.Report) int { return len(t(r).GetClient()) }, []column{
		ipColumn("client", true, func(r *wirepb.Report) []uint32 { return t(r).GetClient() }),
		ipColumn("server", false, func(r *wirepb.Report) []uint32 { return t(r).GetServer() }),
		nameColumn("name", func(r *wirepb.Report) []uint32 { return t(r).GetName() }),
		int4Column("type", func(r *wirepb.Report) []uint32 { return t(r).GetType() }),
		int4Column("questions", func(r *wirepb.Report) []uint32 { return t(r).GetQuestions() }),
		int4Column("no_error", func(r *wirepb.Report) []uint32 { return t(r).GetNoError() }),
		int4Column("nx_domain", func(r *wirepb.Report) []uint32 { return t(r).GetNxDomain() }),
		int4Column("serv_fail", func(r *wirepb.Report) []uint32 { return t(r).GetServFail() }),
		int4Column("refused", func(r *wirepb.Report) []uint32 { return t(r).GetRefused() }),
		int4Column("other", func(r *wirepb.Report) []uint32 { return t(r).GetOther() }),
		ipColumn("answer", false, func(r *wirepb.Report) []uint32 { return t(r).GetAnswer() }),
	}, timeColumns(func(r *wirepb.Report) *wirepb.Times { return t(r).GetTimes() }))
}

func flowFamily() family {
	t := (*wirepb.Report).GetFlows
	return newFamily("flow_window", func(r *wirepb.Report) int { return len(t(r).GetProtocol()) }, []column{
		int2Column("protocol", func(r *wirepb.Report) []uint32 { return t(r).GetProtocol() }),
		ipColumn("client", true, func(r *wirepb.Report) []uint32 { return t(r).GetClient() }),
		int4Column("client_port", func(r *wirepb.Report) []uint32 { return t(r).GetClientPort() }),
		ipColumn("server", false, func(r *wirepb.Report) []uint32 { return t(r).GetServer() }),
		int4Column("server_port", func(r *wirepb.Report) []uint32 { return t(r).GetServerPort() }),
		int4Column("packets_sent", func(r *wirepb.Report) []uint32 { return t(r).GetPacketsSent() }),
		int8Column("bytes_sent", func(r *wirepb.Report) []uint64 { return t(r).GetBytesSent() }),
		int4Column("packets_received", func(r *wirepb.Report) []uint32 { return t(r).GetPacketsReceived() }),
		int8Column("bytes_received", func(r *wirepb.Report) []uint64 { return t(r).GetBytesReceived() }),
		int4Column("syns", func(r *wirepb.Report) []uint32 { return t(r).GetSyns() }),
		int4Column("syn_acks", func(r *wirepb.Report) []uint32 { return t(r).GetSynAcks() }),
		int4Column("fins", func(r *wirepb.Report) []uint32 { return t(r).GetFins() }),
		int4Column("resets", func(r *wirepb.Report) []uint32 { return t(r).GetResets() }),
	}, timeColumns(func(r *wirepb.Report) *wirepb.Times { return t(r).GetTimes() }))
}
