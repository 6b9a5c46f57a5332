package store

import "picket/shared/wire/wirepb"

func bssFamily() family {
	t := (*wirepb.Report).GetBss
	return newFamily("bss_window", func(r *wirepb.Report) int { return len(t(r).GetBssid()) }, []column{
		macColumn("bssid", true, func(r *wirepb.Report) []uint32 { return t(r).GetBssid() }),
		ssidColumn("ssid", func(r *wirepb.Report) []uint32 { return t(r).GetSsid() }),
		int4Column("frequency_mhz", func(r *wirepb.Report) []uint32 { return t(r).GetFrequencyMhz() }),
		int4Column("announced_mhz", func(r *wirepb.Report) []uint32 { return t(r).GetAnnouncedMhz() }),
		int4Column("security", func(r *wirepb.Report) []uint32 { return t(r).GetSecurity() }),
		securityColumn("security_akms", func(c *copyBuffer, v []*wirepb.Security) { int8s(c, each(v, (*wirepb.Security).GetAkms)) }),
		securityColumn("security_pairwise", func(c *copyBuffer, v []*wirepb.Security) { int8s(c, each(v, (*wirepb.Security).GetPairwise)) }),
		securityColumn("security_group", func(c *copyBuffer, v []*wirepb.Security) { int8s(c, each(v, (*wirepb.Security).GetGroup)) }),
		securityColumn("security_pmf", func(c *copyBuffer, v []*wirepb.Security) { int2s(c, each(v, (*wirepb.Security).GetPmf)) }),
		securityColumn("security_privacy", func(c *copyBuffer, v []*wirepb.Security) { c.bools(each(v, (*wirepb.Security).GetPrivacy)) }),
		int8Column("features", func(r *wirepb.Report) []uint32 { return t(r).GetFeatures() }),
		int4Column("width_mhz", func(r *wirepb.Report) []uint32 { return t(r).GetWidthMhz() }),
		int4Column("beacon_fingerprint", func(r *wirepb.Report) []uint32 { return t(r).GetBeaconFingerprint() }),
		int4Column("response_fingerprint", func(r *wirepb.Report) []uint32 { return t(r).GetResponseFingerprint() }),
		int4Column("beacons", func(r *wirepb.Report) []uint32 { return t(r).GetBeacons() }),
		int4Column("probe_responses", func(r *wirepb.Report) []uint32 { return t(r).GetProbeResponses() }),
		int4Column("beacon_interval_tu", func(r *wirepb.Report) []uint32 { return t(r).GetBeaconIntervalTu() }),
		int8Column("tsf_us", func(r *wirepb.Report) []uint64 { return t(r).GetTsfUs() }),
		int4Column("tsf_heard_ms", func(r *wirepb.Report) []uint32 { return t(r).GetTsfHeardMs() }),
		int4Column("tsf_jumps", func(r *wirepb.Report) []uint32 { return t(r).GetTsfJumps() }),
		int4Column("frames", func(r *wirepb.Report) []uint32 { return t(r).GetFrames() }),
		int8Column("bytes", func(r *wirepb.Report) []uint64 { return t(r).GetBytes() }),
		int4Column("retries", func(r *wirepb.Report) []uint32 { return t(r).GetRetries() }),
		int4Column("station_count", func(r *wirepb.Report) []uint32 { return t(r).GetStationCount() }),
		int4Column("utilisation", func(r *wirepb.Report) []uint32 { return t(r).GetUtilisation() }),
		bytesColumn("country", func(r *wirepb.Report) [][]byte { return t(r).GetCountry() }),
		int4Column("switch_to_mhz", func(r *wirepb.Report) []uint32 { return t(r).GetSwitchToMhz() }),
	}, signalColumns(func(r *wirepb.Report) *wirepb.Signals { return t(r).GetSignals() }), timeColumns(func(r *wirepb.Report) *wirepb.Times { return t(r).GetTimes() }))
}

func stationFamily() family {
	t := (*wirepb.Report).GetStations
	return newFamily("station_window", func(r *wirepb.Report) int { return len(t(r).GetStation()) }, []column{
		macColumn("station", true, func(r *wirepb.Report) []uint32 { return t(r).GetStation() }),
		macColumn("bssid", true, func(r *wirepb.Report) []uint32 { return t(r).GetBssid() }),
		int4Column("frequency_mhz", func(r *wirepb.Report) []uint32 { return t(r).GetFrequencyMhz() }),
		int4Column("frames_sent", func(r *wirepb.Report) []uint32 { return t(r).GetFramesSent() }),
		int8Column("bytes_sent", func(r *wirepb.Report) []uint64 { return t(r).GetBytesSent() }),
		int4Column("frames_received", func(r *wirepb.Report) []uint32 { return t(r).GetFramesReceived() }),
		int8Column("bytes_received", func(r *wirepb.Report) []uint64 { return t(r).GetBytesReceived() }),
		int4Column("retries", func(r *wirepb.Report) []uint32 { return t(r).GetRetries() }),
		int4Column("probe_requests", func(r *wirepb.Report) []uint32 { return t(r).GetProbeRequests() }),
		int4Column("probe_fingerprint", func(r *wirepb.Report) []uint32 { return t(r).GetProbeFingerprint() }),
		int4Column("association_fingerprint", func(r *wirepb.Report) []uint32 { return t(r).GetAssociationFingerprint() }),
		int4Column("protected_frames", func(r *wirepb.Report) []uint32 { return t(r).GetProtectedFrames() }),
	}, signalColumns(func(r *wirepb.Report) *wirepb.Signals { return t(r).GetSignals() }), timeColumns(func(r *wirepb.Report) *wirepb.Times { return t(r).GetTimes() }))
}

func probeFamily() family {
	t := (*wirepb.Report).GetProbes
	return newFamily("probe_window", func(r *wirepb.Report) int { return len(t(r).GetStation()) }, []column{
		macColumn("station", true, func(r *wirepb.Report) []uint32 { return t(r).GetStation() }),
		ssidColumn("ssid", func(r *wirepb.Report) []uint32 { return t(r).GetSsid() }),
		int4Column("requests", func(r *wirepb.Report) []uint32 { return t(r).GetRequests() }),
	})
}

func disconnectFamily() family {
	t := (*wirepb.Report).GetDisconnects
	return newFamily("disconnect_window", func(r *wirepb.Report) int { return len(t(r).GetTransmitter()) }, []column{
		macColumn("transmitter", true, func(r *wirepb.Report) []uint32 { return t(r).GetTransmitter() }),
		macColumn("receiver", true, func(r *wirepb.Report) []uint32 { return t(r).GetReceiver() }),
		macColumn("bssid", true, func(r *wirepb.Report) []uint32 { return t(r).GetBssid() }),
		int4Column("frequency_mhz", func(r *wirepb.Report) []uint32 { return t(r).GetFrequencyMhz() }),
		int4Column("reason", func(r *wirepb.Report) []uint32 { return t(r).GetReason() }),
		boolColumn("disassociation", func(r *wirepb.Report) []bool { return t(r).GetDisassociation() }),
		boolColumn("protected", func(r *wirepb.Report) []bool { return t(r).GetProtected() }),
		int4Column("frames", func(r *wirepb.Report) []uint32 { return t(r).GetFrames() }),
	}, signalColumns(func(r *wirepb.Report) *wirepb.Signals { return t(r).GetSignals() }), timeColumns(func(r *wirepb.Report) *wirepb.Times { return t(r).GetTimes() }))
}

func handshakeFamily() family {
	t := (*wirepb.Report).GetHandshakes
	return newFamily("handshake_window", func(r *wirepb.Report) int { return len(t(r).GetBssid()) }, []column{
		macColumn("bssid", true, func(r *wirepb.Report) []uint32 { return t(r).GetBssid() }),
		macColumn("station", true, func(r *wirepb.Report) []uint32 { return t(r).GetStation() }),
		int8Column("auth_algorithms", func(r *wirepb.Report) []uint32 { return t(r).GetAuthAlgorithms() }),
		int4Column("auth_requests", func(r *wirepb.Report) []uint32 { return t(r).GetAuthRequests() }),
		int4Column("auth_successes", func(r *wirepb.Report) []uint32 { return t(r).GetAuthSuccesses() }),
		int4Column("auth_failures", func(r *wirepb.Report) []uint32 { return t(r).GetAuthFailures() }),
		int4Column("assoc_requests", func(r *wirepb.Report) []uint32 { return t(r).GetAssocRequests() }),
		int4Column("assoc_successes", func(r *wirepb.Report) []uint32 { return t(r).GetAssocSuccesses() }),
		int4Column("assoc_failures", func(r *wirepb.Report) []uint32 { return t(r).GetAssocFailures() }),
		int4Column("last_failure", func(r *wirepb.Report) []uint32 { return t(r).GetLastFailure() }),
		int4Column("m1", func(r *wirepb.Report) []uint32 { return t(r).GetM1() }),
		int4Column("m2", func(r *wirepb.Report) []uint32 { return t(r).GetM2() }),
		int4Column("m3", func(r *wirepb.Report) []uint32 { return t(r).GetM3() }),
		int4Column("m4", func(r *wirepb.Report) []uint32 { return t(r).GetM4() }),
		int4Column("pmkids", func(r *wirepb.Report) []uint32 { return t(r).GetPmkids() }),
		int4Column("eapol_starts", func(r *wirepb.Report) []uint32 { return t(r).GetEapolStarts() }),
		int4Column("eapol_logoffs", func(r *wirepb.Report) []uint32 { return t(r).GetEapolLogoffs() }),
		int4Column("sae_group", func(r *wirepb.Report) []uint32 { return t(r).GetSaeGroup() }),
	}, timeColumns(func(r *wirepb.Report) *wirepb.Times { return t(r).GetTimes() }))
}

func channelFamily() family {
	t := (*wirepb.Report).GetChannels
	return newFamily("channel_window", func(r *wirepb.Report) int { return len(t(r).GetCapture()) }, []column{
		int4Column("capture", func(r *wirepb.Report) []uint32 { return t(r).GetCapture() }),
		int4Column("frequency_mhz", func(r *wirepb.Report) []uint32 { return t(r).GetFrequencyMhz() }),
		int4Column("listened_ms", func(r *wirepb.Report) []uint32 { return t(r).GetListenedMs() }),
		int4Column("frames", func(r *wirepb.Report) []uint32 { return t(r).GetFrames() }),
		int8Column("bytes", func(r *wirepb.Report) []uint64 { return t(r).GetBytes() }),
		int4Column("management", func(r *wirepb.Report) []uint32 { return t(r).GetManagement() }),
		int4Column("control", func(r *wirepb.Report) []uint32 { return t(r).GetControl() }),
		int4Column("data", func(r *wirepb.Report) []uint32 { return t(r).GetData() }),
		int4Column("retries", func(r *wirepb.Report) []uint32 { return t(r).GetRetries() }),
		int4Column("bad_fcs", func(r *wirepb.Report) []uint32 { return t(r).GetBadFcs() }),
		int8Column("airtime_us", func(r *wirepb.Report) []uint64 { return t(r).GetAirtimeUs() }),
	}, signalColumns(func(r *wirepb.Report) *wirepb.Signals { return t(r).GetSignals() }), []column{
		int4Column("noise_sum_dbm", func(r *wirepb.Report) []int32 { return t(r).GetNoiseSumDbm() }),
		int4Column("noise_count", func(r *wirepb.Report) []uint32 { return t(r).GetNoiseCount() }),
		int4Column("drops", func(r *wirepb.Report) []uint32 { return t(r).GetDrops() }),
	})
}

func remoteIDFamily() family {
	t := (*wirepb.Report).GetRemoteIds
	return newFamily("remote_id_window", func(r *wirepb.Report) int { return len(t(r).GetTransmitter()) }, []column{
		macColumn("transmitter", true, func(r *wirepb.Report) []uint32 { return t(r).GetTransmitter() }),
		bytesColumn("basic_id", func(r *wirepb.Report) [][]byte { return t(r).GetBasicId() }),
		int4Column("latitude_e7", func(r *wirepb.Report) []int32 { return t(r).GetLatitudeE7() }),
		int4Column("longitude_e7", func(r *wirepb.Report) []int32 { return t(r).GetLongitudeE7() }),
		int4Column("frames", func(r *wirepb.Report) []uint32 { return t(r).GetFrames() }),
		int4Column("frequency_mhz", func(r *wirepb.Report) []uint32 { return t(r).GetFrequencyMhz() }),
	})
}
