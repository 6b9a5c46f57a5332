package pack

import "picket/shared/wire/wirepb"

// begin writes or reads how many rows a table has, makes it when it is to be read,
// and reports whether there are any.
func begin[T any](c *coder, p **T, rows int) bool {
	if c.rows = c.count(rows, maxRows); c.rows == 0 {
		return false
	}
	if c.reading() {
		*p = new(T)
	}
	return true
}

func (c *coder) tables(f Family, r *wirepb.Report) {
	if f == Air {
		c.bss(r)
		c.stations(r)
		c.probes(r)
		c.disconnects(r)
		c.handshakes(r)
		c.channels(r)
		c.remoteIDs(r)
		return
	}
	c.hosts(r)
	c.arp(r)
	c.dhcp(r)
	c.dns(r)
	c.flows(r)
}

func (c *coder) bss(r *wirepb.Report) {
	if !begin(c, &r.Bss, len(r.GetBss().GetBssid())) {
		return
	}
	t := r.Bss
	c.key(&t.Bssid, &c.macs)
	c.ref(&t.Ssid, &c.ssids)
	c.listed(&t.FrequencyMhz, zero)
	c.listed(&t.AnnouncedMhz, func(i int) uint32 { return at(t.FrequencyMhz, i) })
	c.ref(&t.Security, &c.securities)
	c.listed(&t.Features, zero)
	c.listed(&t.WidthMhz, zero)
	c.plain(&t.BeaconFingerprint)
	c.plain(&t.ResponseFingerprint)
	c.plain(&t.Beacons)
	c.plain(&t.ProbeResponses)
	c.expected(&t.BeaconIntervalTu, func(int) uint32 { return usualInterval })
	c.plain64(&t.TsfUs)
	c.plain(&t.TsfHeardMs)
	c.plain(&t.TsfJumps)
	c.expected(&t.Frames, func(i int) uint32 { return at(t.Beacons, i) + at(t.ProbeResponses, i) })
	c.ratio(&t.Bytes, t.Frames)
	c.plain(&t.Retries)
	c.plain(&t.StationCount)
	c.plain(&t.Utilisation)
	c.countries(&t.Country)
	c.listed(&t.SwitchToMhz, zero)
	c.signals(&t.Signals)
	c.times(&t.Times)
	c.rememberFrequencies(r)
}

// usualInterval is what most access points send beacons at, in TU.
const usualInterval = 100

// rememberFrequencies notes on which frequency each BSSID was heard, under its new
// number.
func (c *coder) rememberFrequencies(r *wirepb.Report) {
	t := r.GetBss()
	c.heardOn = make([]uint32, max(len(c.macs.used), len(r.GetDictionary().GetMacs())/6)+1)
	for i, bssid := range t.GetBssid() {
		if k := c.mac(bssid); k < uint32(len(c.heardOn)) && c.heardOn[k] == 0 {
			c.heardOn[k] = at(t.GetFrequencyMhz(), i)
		}
	}
}

// mac is the new number of an address.
func (c *coder) mac(index uint32) uint32 {
	if c.reading() {
		return index
	}
	return c.macs.of(index)
}

// heardWith is the frequency of the BSSID of a row.
func (c *coder) heardWith(bssid []uint32) func(i int) uint32 {
	return func(i int) uint32 { return at(c.heardOn, int(c.mac(at(bssid, i)))) }
}

func (c *coder) stations(r *wirepb.Report) {
	if !begin(c, &r.Stations, len(r.GetStations().GetStation())) {
		return
	}
	t := r.Stations
	c.key(&t.Station, &c.macs)
	c.ref(&t.Bssid, &c.macs)
	c.listed(&t.FrequencyMhz, c.heardWith(t.Bssid))
	c.plain(&t.FramesSent)
	c.ratio(&t.BytesSent, t.FramesSent)
	c.plain(&t.FramesReceived)
	c.ratio(&t.BytesReceived, t.FramesReceived)
	c.plain(&t.Retries)
	c.plain(&t.ProbeRequests)
	c.plain(&t.ProbeFingerprint)
	c.plain(&t.AssociationFingerprint)
	c.expected(&t.ProtectedFrames, func(i int) uint32 { return at(t.FramesSent, i) + at(t.FramesReceived, i) })
	c.signals(&t.Signals)
	c.times(&t.Times)
}

func (c *coder) probes(r *wirepb.Report) {
	if !begin(c, &r.Probes, len(r.GetProbes().GetStation())) {
		return
	}
	t := r.Probes
	c.key(&t.Station, &c.macs)
	c.ref(&t.Ssid, &c.ssids)
	c.plain(&t.Requests)
}

func (c *coder) disconnects(r *wirepb.Report) {
	if !begin(c, &r.Disconnects, len(r.GetDisconnects().GetTransmitter())) {
		return
	}
	t := r.Disconnects
	c.ref(&t.Transmitter, &c.macs)
	c.ref(&t.Receiver, &c.macs)
	c.ref(&t.Bssid, &c.macs)
	c.listed(&t.FrequencyMhz, c.heardWith(t.Bssid))
	c.plain(&t.Reason)
	c.bools(&t.Disassociation)
	c.bools(&t.Protected)
	c.plain(&t.Frames)
	c.signals(&t.Signals)
	c.times(&t.Times)
}

func (c *coder) handshakes(r *wirepb.Report) {
	if !begin(c, &r.Handshakes, len(r.GetHandshakes().GetBssid())) {
		return
	}
	t := r.Handshakes
	c.ref(&t.Bssid, &c.macs)
	c.ref(&t.Station, &c.macs)
	for _, col := range []*[]uint32{
		&t.AuthAlgorithms, &t.AuthRequests, &t.AuthSuccesses, &t.AuthFailures, &t.AssocRequests, &t.AssocSuccesses,
		&t.AssocFailures, &t.LastFailure, &t.M1, &t.M2, &t.M3, &t.M4, &t.Pmkids, &t.EapolStarts, &t.EapolLogoffs, &t.SaeGroup,
	} {
		c.plain(col)
	}
	c.times(&t.Times)
}

func (c *coder) channels(r *wirepb.Report) {
	if !begin(c, &r.Channels, len(r.GetChannels().GetCapture())) {
		return
	}
	t := r.Channels
	for _, col := range []*[]uint32{&t.Capture, &t.FrequencyMhz, &t.ListenedMs, &t.Frames} {
		c.plain(col)
	}
	c.ratio(&t.Bytes, t.Frames)
	for _, col := range []*[]uint32{&t.Management, &t.Control, &t.Data, &t.Retries, &t.BadFcs} {
		c.plain(col)
	}
	c.plain64(&t.AirtimeUs)
	c.signals(&t.Signals)
	c.plain(&t.NoiseCount)
	c.noise(&t.NoiseSumDbm, t.NoiseCount)
	c.plain(&t.Drops)
}

// noise is a sum of powers, below 0 dBm but for a driver that errs.
func (c *coder) noise(col *[]int32, counts []uint32) {
	negative := true
	for _, v := range *col {
		negative = negative && v <= 0
	}
	if !c.flag(negative) {
		c.signed(col, zero)
		return
	}
	var sums []uint64
	for _, v := range *col {
		sums = append(sums, uint64(-int64(v)))
	}
	c.ratio(&sums, counts)
	if c.reading() {
		*col = make([]int32, len(sums))
		for i, v := range sums {
			(*col)[i] = int32(-int64(v))
		}
	}
}

func (c *coder) remoteIDs(r *wirepb.Report) {
	if !begin(c, &r.RemoteIds, len(r.GetRemoteIds().GetTransmitter())) {
		return
	}
	t := r.RemoteIds
	c.ref(&t.Transmitter, &c.macs)
	c.textColumn(&t.BasicId)
	c.signed(&t.LatitudeE7, zero)
	c.signed(&t.LongitudeE7, zero)
	c.plain(&t.Frames)
	c.listed(&t.FrequencyMhz, zero)
}

func (c *coder) hosts(r *wirepb.Report) {
	if !begin(c, &r.Hosts, len(r.GetHosts().GetMac())) {
		return
	}
	t := r.Hosts
	c.key(&t.Mac, &c.macs)
	c.listed(&t.Vlan, zero)
	c.key(&t.Ip, &c.ips)
	c.plain(&t.FramesSent)
	c.ratio(&t.BytesSent, t.FramesSent)
	c.plain(&t.FramesReceived)
	c.ratio(&t.BytesReceived, t.FramesReceived)
	c.times(&t.Times)
}

func (c *coder) arp(r *wirepb.Report) {
	if !begin(c, &r.Arp, len(r.GetArp().GetMac())) {
		return
	}
	t := r.Arp
	c.key(&t.Mac, &c.macs)
	c.key(&t.Ip, &c.ips)
	c.plain(&t.Requests)
	c.plain(&t.Replies)
	c.plain(&t.Gratuitous)
	c.plain(&t.Spoofed)
	c.times(&t.Times)
}

func (c *coder) dhcp(r *wirepb.Report) {
	if !begin(c, &r.Dhcp, len(r.GetDhcp().GetClient())) {
		return
	}
	t := r.Dhcp
	c.ref(&t.Client, &c.macs)
	c.ref(&t.Server, &c.ips)
	c.ref(&t.ServerMac, &c.macs)
	c.ref(&t.Address, &c.ips)
	c.ref(&t.Name, &c.names)
	c.ref(&t.VendorClass, &c.names)
	c.ref(&t.Parameters, &c.names)
	for _, col := range []*[]uint32{&t.LeaseS, &t.Discovers, &t.Offers, &t.Requests, &t.Acks, &t.Naks, &t.Others} {
		c.plain(col)
	}
	c.times(&t.Times)
}

func (c *coder) dns(r *wirepb.Report) {
	if !begin(c, &r.Dns, len(r.GetDns().GetClient())) {
		return
	}
	t := r.Dns
	c.ref(&t.Client, &c.ips)
	c.ref(&t.Server, &c.ips)
	c.key(&t.Name, &c.names)
	c.listed(&t.Type, zero)
	for _, col := range []*[]uint32{&t.Questions, &t.NoError, &t.NxDomain, &t.ServFail, &t.Refused, &t.Other} {
		c.plain(col)
	}
	c.ref(&t.Answer, &c.ips)
	c.times(&t.Times)
}

func (c *coder) flows(r *wirepb.Report) {
	if !begin(c, &r.Flows, len(r.GetFlows().GetProtocol())) {
		return
	}
	t := r.Flows
	c.listed(&t.Protocol, zero)
	c.key(&t.Client, &c.ips)
	c.plain(&t.ClientPort)
	c.key(&t.Server, &c.ips)
	c.plain(&t.ServerPort)
	c.plain(&t.PacketsSent)
	c.ratio(&t.BytesSent, t.PacketsSent)
	c.plain(&t.PacketsReceived)
	c.ratio(&t.BytesReceived, t.PacketsReceived)
	for _, col := range []*[]uint32{&t.Syns, &t.SynAcks, &t.Fins, &t.Resets} {
		c.plain(col)
	}
	c.times(&t.Times)
}
