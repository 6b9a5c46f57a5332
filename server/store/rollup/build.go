package rollup

import (
	"math"
	"time"

	"picket/shared/wire/wirepb"
)

// Builder holds the tables of one tap and ten minutes. Its zero value is empty and
// ready; it is not for several goroutines.
type Builder struct {
	tables  [families]table
	refused [families]int64
}

type table map[Key]*Row

// Window is when a report's window starts, and its length.
type Window struct {
	Start  time.Time
	Length time.Duration
}

// Add puts a row to those of its key.
func (b *Builder) Add(f *Family, key Key, row *Row) {
	t := b.tables[f.ID]
	if t == nil {
		t = make(table)
		b.tables[f.ID] = t
	}
	have := t[key]
	if have == nil {
		if len(t) >= f.MaxRows {
			b.refused[f.ID]++
			return
		}
		kept := *row
		t[key] = &kept
		return
	}
	f.Merge(have, row)
}

// together applies a rule. A sum stops at the ends of its range.
func together(rule Rule, a, b int64) int64 {
	switch {
	case rule == Sum && b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case rule == Sum && b < 0 && a < math.MinInt64-b:
		return math.MinInt64
	case rule == Sum:
		return a + b
	case a == None:
		return b
	case b == None:
		return a
	case rule == Least:
		return min(a, b)
	default:
		return max(a, b)
	}
}

// Len returns how many rows a family has.
func (b *Builder) Len(id ID) int { return len(b.tables[id]) }

// Refused returns how many rows had no room, of all families.
func (b *Builder) Refused() int64 {
	var n int64
	for _, r := range b.refused {
		n += r
	}
	return n
}

// AddAir adds what a window heard in the air. The names of the captures are those
// of its Health, in their order. The report's columns may be absent or too short:
// what is missing is zero.
func (b *Builder) AddAir(families []Family, w Window, captures []string, r *wirepb.Report) {
	d := dictionary{r.GetDictionary()}
	b.addBSS(&families[BSS], w, d, r.GetBss())
	b.addStations(&families[Station], w, d, r.GetStations())
	b.addProbes(&families[Probe], d, r.GetProbes())
	b.addDisconnects(&families[Disconnect], w, d, r.GetDisconnects())
	b.addHandshakes(&families[Handshake], w, d, r.GetHandshakes())
	b.addChannels(families, w, captures, r.GetChannels())
}

// AddWire adds what a window heard on the wire.
func (b *Builder) AddWire(families []Family, w Window, r *wirepb.Report) {
	d := dictionary{r.GetDictionary()}
	t := r.GetHosts()
	for i := range t.GetMac() {
		b.Add(&families[Host], Key{A: d.mac(at(t.Mac, i))}, &Row{
			at64(t.FramesSent, i), octets(t.BytesSent, i), at64(t.FramesReceived, i), octets(t.BytesReceived, i), w.last(t.Times, i),
		})
	}
}

func (b *Builder) addBSS(f *Family, w Window, d dictionary, t *wirepb.BSSTable) {
	for i := range t.GetBssid() {
		s := signal(t.Signals, i)
		b.Add(f, Key{A: d.mac(t.Bssid[i]), Text: d.ssid(at(t.Ssid, i)), MHz: int32(at(t.FrequencyMhz, i))}, &Row{
			1, at64(t.Frames, i), octets(t.Bytes, i), s.count, s.sum, s.least, s.most, w.last(t.Times, i),
		})
	}
}

func (b *Builder) addStations(f *Family, w Window, d dictionary, t *wirepb.StationTable) {
	for i := range t.GetStation() {
		s := signal(t.Signals, i)
		b.Add(f, Key{A: d.mac(t.Station[i]), B: d.mac(at(t.Bssid, i))}, &Row{
			at64(t.FramesSent, i), octets(t.BytesSent, i), at64(t.FramesReceived, i), octets(t.BytesReceived, i),
			at64(t.ProbeRequests, i), s.count, s.sum, s.least, s.most, w.last(t.Times, i),
		})
	}
}

func (b *Builder) addProbes(f *Family, d dictionary, t *wirepb.ProbeTable) {
	for i := range t.GetStation() {
		b.Add(f, Key{A: d.mac(t.Station[i]), Text: d.ssid(at(t.Ssid, i))}, &Row{at64(t.Requests, i)})
	}
}

func (b *Builder) addDisconnects(f *Family, w Window, d dictionary, t *wirepb.DisconnectTable) {
	for i := range t.GetTransmitter() {
		s := signal(t.Signals, i)
		key := Key{
			A: d.mac(t.Transmitter[i]), B: d.mac(at(t.Receiver, i)), C: d.mac(at(t.Bssid, i)), Reason: int32(at(t.Reason, i)),
			Disassociation: i < len(t.Disassociation) && t.Disassociation[i], Protected: i < len(t.Protected) && t.Protected[i],
		}
		b.Add(f, key, &Row{at64(t.Frames, i), s.count, s.sum, w.first(t.Times, i)})
	}
}

func (b *Builder) addHandshakes(f *Family, w Window, d dictionary, t *wirepb.HandshakeTable) {
	for i := range t.GetBssid() {
		b.Add(f, Key{A: d.mac(t.Bssid[i]), B: d.mac(at(t.Station, i))}, &Row{
			at64(t.AuthRequests, i), at64(t.AuthSuccesses, i), at64(t.AuthFailures, i),
			at64(t.AssocRequests, i), at64(t.AssocSuccesses, i), at64(t.AssocFailures, i),
			at64(t.M1, i), at64(t.M2, i), at64(t.M3, i), at64(t.M4, i), at64(t.Pmkids, i), w.first(t.Times, i),
		})
	}
}

// addChannels adds each radio's row to the coverage, and the radios of a frequency
// together to the channel.
func (b *Builder) addChannels(families []Family, w Window, captures []string, t *wirepb.ChannelTable) {
	type heard struct {
		all, most Row
	}
	byMHz := make(map[int32]*heard)
	var order []int32 // so that a full table refuses the same rows each time
	for i := range t.GetCapture() {
		s := signal(t.Signals, i)
		row := Row{
			at64(t.ListenedMs, i), at64(t.Frames, i), octets(t.Bytes, i), at64(t.Retries, i), at64(t.BadFcs, i),
			octets(t.AirtimeUs, i), s.count, s.sum, at64(t.NoiseCount, i), atSigned(t.NoiseSumDbm, i),
		}
		mhz := int32(at(t.FrequencyMhz, i))
		if listened, frames, drops := row[0], row[1], at64(t.Drops, i); listened > 0 || frames > 0 || drops > 0 {
			name := ""
			if n := int(t.Capture[i]); n >= 1 && n <= len(captures) {
				name = captures[n-1]
			}
			b.Add(&families[Coverage], Key{Text: name, MHz: mhz}, &Row{listened, frames, drops, w.Start.Add(w.Length).UnixMicro()})
		}
		h := byMHz[mhz]
		if h == nil {
			byMHz[mhz], order = &heard{row, row}, append(order, mhz)
			continue
		}
		if row[1] > h.most[1] {
			h.most = row
		}
		for v := range families[Channel].Values {
			h.all[v] = together(Sum, h.all[v], row[v])
		}
	}
	for _, mhz := range order {
		h := byMHz[mhz]
		if h.all[0] > w.Length.Milliseconds() {
			h.all = h.most // side by side: the same frames twice
		}
		b.Add(&families[Channel], Key{MHz: mhz}, &h.all)
	}
}
