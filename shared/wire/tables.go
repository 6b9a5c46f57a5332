package wire

import (
	"math"

	"picket/shared/wire/wirepb"
)

func (v *validator) signals(p **wirepb.Signals) {
	if v.err != nil {
		return
	}
	if *p == nil {
		*p = new(wirepb.Signals)
	}
	s := *p
	v.counts("signals.count", &s.Count)
	column(v, "signals.min_dbm", &s.MinDbm)
	column(v, "signals.max_dbm", &s.MaxDbm)
	column(v, "signals.sum_dbm", &s.SumDbm)
	v.ranged("signals.bin_first", &s.BinFirst, maxBins-1)
	v.ranged("signals.bin_count", &s.BinCount, maxBins)
	if v.err != nil {
		return
	}
	bins := 0
	for i := range v.rows {
		bins += int(s.BinCount[i])
		if s.MinDbm[i] < -128 || s.MinDbm[i] > 127 || s.MaxDbm[i] < -128 || s.MaxDbm[i] > 127 {
			v.fail("%s: signal of %d to %d dBm", v.table, s.MinDbm[i], s.MaxDbm[i])
			return
		}
		if s.BinFirst[i]+s.BinCount[i] > maxBins {
			v.fail("%s: histogram ends at bin %d of %d", v.table, s.BinFirst[i]+s.BinCount[i], maxBins)
			return
		}
	}
	if bins != len(s.Bins) {
		v.fail("%s: %d histogram bins, the rows claim %d", v.table, len(s.Bins), bins)
	}
}

func (v *validator) times(p **wirepb.Times) {
	if v.err != nil {
		return
	}
	if *p == nil {
		*p = new(wirepb.Times)
	}
	v.ranged("times.first_ms", &(*p).FirstMs, maxWindowMS)
	v.ranged("times.span_ms", &(*p).SpanMs, maxWindowMS)
}

func (v *validator) bss(t *wirepb.BSSTable) {
	if t == nil || v.err != nil {
		return
	}
	v.begin("bss", len(t.Bssid))
	v.key("bssid", &t.Bssid, v.macs)
	v.index("ssid", &t.Ssid, v.ssids)
	v.frequency("frequency_mhz", &t.FrequencyMhz)
	v.frequency("announced_mhz", &t.AnnouncedMhz)
	v.index("security", &t.Security, v.suites)
	v.counts("features", &t.Features)
	v.ranged("width_mhz", &t.WidthMhz, 320)
	v.ranged("beacon_fingerprint", &t.BeaconFingerprint, maxDefinitions)
	v.ranged("response_fingerprint", &t.ResponseFingerprint, maxDefinitions)
	v.counts("beacons", &t.Beacons)
	v.counts("probe_responses", &t.ProbeResponses)
	v.ranged("beacon_interval_tu", &t.BeaconIntervalTu, math.MaxUint16)
	column(v, "tsf_us", &t.TsfUs)
	v.ranged("tsf_heard_ms", &t.TsfHeardMs, maxWindowMS)
	v.counts("tsf_jumps", &t.TsfJumps)
	v.counts("frames", &t.Frames)
	v.octets("bytes", &t.Bytes)
	v.counts("retries", &t.Retries)
	v.ranged("station_count", &t.StationCount, math.MaxUint16+1)
	v.ranged("utilisation", &t.Utilisation, math.MaxUint8+1)
	if column(v, "country", &t.Country) {
		for _, c := range t.Country {
			if len(c) != 0 && len(c) != 2 {
				v.fail("bss: a country of %d octets", len(c))
				return
			}
		}
	}
	v.frequency("switch_to_mhz", &t.SwitchToMhz)
	v.signals(&t.Signals)
	v.times(&t.Times)
}

func (v *validator) stations(t *wirepb.StationTable) {
	if t == nil || v.err != nil {
		return
	}
	v.begin("stations", len(t.Station))
	v.key("station", &t.Station, v.macs)
	v.index("bssid", &t.Bssid, v.macs)
	v.frequency("frequency_mhz", &t.FrequencyMhz)
	v.counts("frames_sent", &t.FramesSent)
	v.octets("bytes_sent", &t.BytesSent)
	v.counts("frames_received", &t.FramesReceived)
	v.octets("bytes_received", &t.BytesReceived)
	v.counts("retries", &t.Retries)
	v.counts("probe_requests", &t.ProbeRequests)
	v.ranged("probe_fingerprint", &t.ProbeFingerprint, maxDefinitions)
	v.ranged("association_fingerprint", &t.AssociationFingerprint, maxDefinitions)
	v.counts("protected_frames", &t.ProtectedFrames)
	v.signals(&t.Signals)
	v.times(&t.Times)
}

func (v *validator) probes(t *wirepb.ProbeTable) {
	if t == nil || v.err != nil {
		return
	}
	v.begin("probes", len(t.Station))
	v.key("station", &t.Station, v.macs)
	v.key("ssid", &t.Ssid, v.ssids)
	v.counts("requests", &t.Requests)
}

func (v *validator) disconnects(t *wirepb.DisconnectTable) {
	if t == nil || v.err != nil {
		return
	}
	v.begin("disconnects", len(t.Transmitter))
	v.key("transmitter", &t.Transmitter, v.macs)
	v.key("receiver", &t.Receiver, v.macs)
	v.key("bssid", &t.Bssid, v.macs)
	v.frequency("frequency_mhz", &t.FrequencyMhz)
	v.ranged("reason", &t.Reason, math.MaxUint16+1)
	column(v, "disassociation", &t.Disassociation)
	column(v, "protected", &t.Protected)
	v.counts("frames", &t.Frames)
	v.signals(&t.Signals)
	v.times(&t.Times)
}

func (v *validator) handshakes(t *wirepb.HandshakeTable) {
	if t == nil || v.err != nil {
		return
	}
	v.begin("handshakes", len(t.Bssid))
	v.key("bssid", &t.Bssid, v.macs)
	v.key("station", &t.Station, v.macs)
	column(v, "auth_algorithms", &t.AuthAlgorithms)
	for _, c := range []struct {
		name string
		col  *[]uint32
	}{
		{"auth_requests", &t.AuthRequests}, {"auth_successes", &t.AuthSuccesses}, {"auth_failures", &t.AuthFailures},
		{"assoc_requests", &t.AssocRequests}, {"assoc_successes", &t.AssocSuccesses}, {"assoc_failures", &t.AssocFailures},
		{"m1", &t.M1}, {"m2", &t.M2}, {"m3", &t.M3}, {"m4", &t.M4},
		{"pmkids", &t.Pmkids}, {"eapol_starts", &t.EapolStarts}, {"eapol_logoffs", &t.EapolLogoffs},
	} {
		v.counts(c.name, c.col)
	}
	v.ranged("last_failure", &t.LastFailure, math.MaxUint16)
	v.ranged("sae_group", &t.SaeGroup, math.MaxUint16)
	v.times(&t.Times)
}

func (v *validator) channels(t *wirepb.ChannelTable, captures int) {
	if t == nil || v.err != nil {
		return
	}
	v.begin("channels", len(t.Capture))
	v.key("capture", &t.Capture, captures)
	v.frequency("frequency_mhz", &t.FrequencyMhz)
	v.ranged("listened_ms", &t.ListenedMs, maxWindowMS)
	v.counts("frames", &t.Frames)
	v.octets("bytes", &t.Bytes)
	v.counts("management", &t.Management)
	v.counts("control", &t.Control)
	v.counts("data", &t.Data)
	v.counts("retries", &t.Retries)
	v.counts("bad_fcs", &t.BadFcs)
	v.octets("airtime_us", &t.AirtimeUs)
	v.signals(&t.Signals)
	column(v, "noise_sum_dbm", &t.NoiseSumDbm)
	v.counts("noise_count", &t.NoiseCount)
	v.counts("drops", &t.Drops)
}

func (v *validator) remoteIDs(t *wirepb.RemoteIDTable) {
	if t == nil || v.err != nil {
		return
	}
	v.begin("remote_ids", len(t.Transmitter))
	v.key("transmitter", &t.Transmitter, v.macs)
	if column(v, "basic_id", &t.BasicId) {
		for _, id := range t.BasicId {
			if len(id) > 21 { // ASTM F3411: types in one octet, then 20
				v.fail("remote_ids: an identity of %d octets", len(id))
				return
			}
		}
	}
	column(v, "latitude_e7", &t.LatitudeE7)
	column(v, "longitude_e7", &t.LongitudeE7)
	v.counts("frames", &t.Frames)
	v.frequency("frequency_mhz", &t.FrequencyMhz)
}

func (v *validator) hosts(t *wirepb.HostTable) {
	if t == nil || v.err != nil {
		return
	}
	v.begin("hosts", len(t.Mac))
	v.key("mac", &t.Mac, v.macs)
	v.ranged("vlan", &t.Vlan, 4095)
	v.index("ip", &t.Ip, v.ips)
	v.counts("frames_sent", &t.FramesSent)
	v.octets("bytes_sent", &t.BytesSent)
	v.counts("frames_received", &t.FramesReceived)
	v.octets("bytes_received", &t.BytesReceived)
	v.times(&t.Times)
}

func (v *validator) arp(t *wirepb.ARPTable) {
	if t == nil || v.err != nil {
		return
	}
	v.begin("arp", len(t.Mac))
	v.key("mac", &t.Mac, v.macs)
	v.index("ip", &t.Ip, v.ips)
	v.counts("requests", &t.Requests)
	v.counts("replies", &t.Replies)
	v.counts("gratuitous", &t.Gratuitous)
	v.counts("spoofed", &t.Spoofed)
	v.times(&t.Times)
}

func (v *validator) dhcp(t *wirepb.DHCPTable) {
	if t == nil || v.err != nil {
		return
	}
	v.begin("dhcp", len(t.Client))
	v.key("client", &t.Client, v.macs)
	v.index("server", &t.Server, v.ips)
	v.index("server_mac", &t.ServerMac, v.macs)
	v.index("address", &t.Address, v.ips)
	v.index("name", &t.Name, v.names)
	v.index("vendor_class", &t.VendorClass, v.names)
	v.index("parameters", &t.Parameters, v.names)
	column(v, "lease_s", &t.LeaseS)
	v.counts("discovers", &t.Discovers)
	v.counts("offers", &t.Offers)
	v.counts("requests", &t.Requests)
	v.counts("acks", &t.Acks)
	v.counts("naks", &t.Naks)
	v.counts("others", &t.Others)
	v.times(&t.Times)
}

func (v *validator) dns(t *wirepb.DNSTable) {
	if t == nil || v.err != nil {
		return
	}
	v.begin("dns", len(t.Client))
	v.key("client", &t.Client, v.ips)
	v.key("server", &t.Server, v.ips)
	v.index("name", &t.Name, v.names)
	v.ranged("type", &t.Type, math.MaxUint16)
	v.counts("questions", &t.Questions)
	v.counts("no_error", &t.NoError)
	v.counts("nx_domain", &t.NxDomain)
	v.counts("serv_fail", &t.ServFail)
	v.counts("refused", &t.Refused)
	v.counts("other", &t.Other)
	v.index("answer", &t.Answer, v.ips)
	v.times(&t.Times)
}

func (v *validator) flows(t *wirepb.FlowTable) {
	if t == nil || v.err != nil {
		return
	}
	v.begin("flows", len(t.Protocol))
	v.ranged("protocol", &t.Protocol, math.MaxUint8)
	v.key("client", &t.Client, v.ips)
	v.ranged("client_port", &t.ClientPort, math.MaxUint16)
	v.key("server", &t.Server, v.ips)
	v.ranged("server_port", &t.ServerPort, math.MaxUint16)
	v.counts("packets_sent", &t.PacketsSent)
	v.octets("bytes_sent", &t.BytesSent)
	v.counts("packets_received", &t.PacketsReceived)
	v.octets("bytes_received", &t.BytesReceived)
	v.counts("syns", &t.Syns)
	v.counts("syn_acks", &t.SynAcks)
	v.counts("fins", &t.Fins)
	v.counts("resets", &t.Resets)
	v.times(&t.Times)
}
