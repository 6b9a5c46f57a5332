package aggregate

import (
	"math"
	"time"

	"picket/shared/wire"
	"picket/shared/wire/wirepb"
)

// Report turns the windows of all captures, which cover the same time, into the
// tables of a report. captures says which capture of the report's health each
// window is, from 1. The windows are used up: reset them before they are filled
// again. Header and health, but for what the tables refused, are the caller's.
func Report(defs *Definitions, windows []*Window, captures []uint32) *wirepb.Report {
	d := newDictionary()
	r := &wirepb.Report{Dictionary: d.pb, Health: new(wirepb.Health)}
	if len(windows) > 0 {
		r.Channels = channelTable(windows, captures)
		w := windows[0]
		for _, other := range windows[1:] {
			w.merge(other)
		}
		r.Bss = w.bssTable(d)
		r.Stations = w.stationTable(d)
		r.Probes = w.probeTable(d)
		r.Disconnects = w.disconnectTable(d)
		r.Handshakes = w.handshakeTable(d)
		r.RemoteIds = w.remoteIDTable(d)
		r.Hosts = w.hostTable(d)
		r.Arp = w.arpTable(d)
		r.Dhcp = w.dhcpTable(d)
		r.Dns = w.dnsTable(d)
		r.Flows = w.flowTable(d)
		w.refusals(r.Health)
	}
	d.settle()
	var refused uint64
	if r.Definitions, refused = defs.take(); refused > 0 {
		r.Health.Refused = append(r.Health.Refused, &wirepb.Refused{Table: "definitions", Rows: refused})
	}
	return r
}

// refusals lists the tables that were full.
func (w *Window) refusals(h *wirepb.Health) {
	for _, t := range []struct {
		table string
		rows  uint64
	}{
		{"bss", w.bss.refused}, {"stations", w.stations.refused}, {"probes", w.probes.refused},
		{"disconnects", w.disconnects.refused}, {"handshakes", w.handshakes.refused}, {"channels", w.channels.refused},
		{"remote_ids", w.remoteIDs.refused}, {"hosts", w.hosts.refused}, {"arp", w.arps.refused}, {"dhcp", w.dhcps.refused},
		{"dns", w.dnss.refused}, {"flows", w.flows.refused}, {"names", w.names.refused},
	} {
		if t.rows > 0 {
			h.Refused = append(h.Refused, &wirepb.Refused{Table: t.table, Rows: t.rows})
		}
	}
}

// signalColumns fills the signals of a table row by row.
func signalColumns(n int, row func(int) *signals) *wirepb.Signals {
	s := &wirepb.Signals{
		Count: make([]uint32, n), MinDbm: make([]int32, n), MaxDbm: make([]int32, n), SumDbm: make([]int32, n),
		BinFirst: make([]uint32, n), BinCount: make([]uint32, n),
	}
	for i := range n {
		r := row(i)
		if r.count == 0 {
			continue
		}
		s.Count[i], s.MinDbm[i], s.MaxDbm[i], s.SumDbm[i] = r.count, int32(r.min), int32(r.max), r.sum
		first, last := bin(r.max), bin(r.min)
		s.BinFirst[i], s.BinCount[i] = uint32(first), uint32(last-first)+1
		s.Bins = append(s.Bins, r.bins[first:last+1]...)
	}
	return s
}

func timeColumns(n int, row func(int) span) *wirepb.Times {
	t := &wirepb.Times{FirstMs: make([]uint32, n), SpanMs: make([]uint32, n)}
	for i := range n {
		s := row(i)
		t.FirstMs[i], t.SpanMs[i] = s.first, s.last-s.first
	}
	return t
}

// rounded is timeColumns for tables of many rows, which round times down.
func rounded(n int, row func(int) span) *wirepb.Times {
	return timeColumns(n, func(i int) span {
		s := row(i)
		return span{s.first - s.first%wire.TimesUnitMS, s.last - s.last%wire.TimesUnitMS}
	})
}

// column returns what of each row.
func column[V, C any](rows []V, of func(*V) C) []C {
	c := make([]C, len(rows))
	for i := range rows {
		c[i] = of(&rows[i])
	}
	return c
}

// low16 returns the lower 16 bits of packed keys.
func low16[K any](keys []K, of func(K) uint64) []uint32 {
	return column(keys, func(k *K) uint32 { return uint32(uint16(of(*k))) })
}

func channelTable(windows []*Window, captures []uint32) *wirepb.ChannelTable {
	var rows []channelRow
	t := new(wirepb.ChannelTable)
	for i, w := range windows {
		for j, f := range w.channels.keys {
			t.Capture = append(t.Capture, captures[i])
			t.FrequencyMhz = append(t.FrequencyMhz, uint32(f))
			rows = append(rows, w.channels.rows[j])
		}
	}
	if len(rows) == 0 {
		return nil
	}
	t.ListenedMs = column(rows, func(r *channelRow) uint32 { return uint32(r.listened / int64(time.Millisecond)) })
	t.Frames = column(rows, func(r *channelRow) uint32 { return r.frames })
	t.Bytes = column(rows, func(r *channelRow) uint64 { return r.bytes })
	t.Management = column(rows, func(r *channelRow) uint32 { return r.types[0] })
	t.Control = column(rows, func(r *channelRow) uint32 { return r.types[1] })
	t.Data = column(rows, func(r *channelRow) uint32 { return r.types[2] })
	t.Retries = column(rows, func(r *channelRow) uint32 { return r.retries })
	t.BadFcs = column(rows, func(r *channelRow) uint32 { return r.badFCS })
	t.AirtimeUs = column(rows, func(r *channelRow) uint64 { return r.airtime })
	t.NoiseSumDbm = column(rows, func(r *channelRow) int32 { return r.noiseSum })
	t.NoiseCount = column(rows, func(r *channelRow) uint32 { return r.noiseCount })
	t.Signals = signalColumns(len(rows), func(i int) *signals { return &rows[i].signals })
	t.Drops = column(rows, func(r *channelRow) uint32 { return uint32(min(r.drops, math.MaxInt32)) })
	return t
}
