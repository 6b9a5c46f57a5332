package aggregate_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"picket/appliance/dissect/dot11"
	"picket/appliance/dissect/link"
	"picket/appliance/dissect/radiotap"
	"picket/shared/wlan"
)

// reference summarises a window the slow way: it dissects every frame whole,
// keeps rows in maps by text, and knows of no cache, packing or shards. It is
// what the aggregator must equal.
type reference struct {
	start  int64 // ns
	length int64
	tables map[string]rows
	limits map[string]int

	bss     map[string][]*refBSS // by BSSID and frequency
	bssRows int
	ranges  map[string][2]uint32 // first and last ms, by table and key
	powers  map[string][]int     // by table and key
	numbers map[string]map[string]uint64

	tuned    wlan.MHz
	tunedAt  int64
	header   radiotap.Header
	listened map[wlan.MHz]int64
}

type refBSS struct {
	heard  bool
	ssid   string
	fields row
	id     string // of numbers, ranges, powers
	tsf    uint64
	tsfAt  int64
}

func newReference(start, length int64) *reference {
	r := &reference{
		start: start, length: length, tables: make(map[string]rows), bss: make(map[string][]*refBSS),
		ranges: make(map[string][2]uint32), powers: make(map[string][]int), numbers: make(map[string]map[string]uint64),
		listened: make(map[wlan.MHz]int64),
		limits: map[string]int{
			"stations": 8192, "probes": 4096, "disconnects": 4096, "handshakes": 4096, "channels": 256, "hosts": 4096,
			"arp": 2048, "dhcp": 1024, "dns": 4096, "flows": 8192,
		},
	}
	for name := range kinds {
		r.tables[name] = make(rows)
	}
	return r
}

// row returns the id of a row, made with its key fields when it is new; "" when
// the table is full.
func (r *reference) row(table string, key ...string) string {
	names := strings.Fields(kinds[table].keys)
	k := strings.Join(key, " ")
	id := table + " " + k
	if _, ok := r.tables[table][k]; !ok {
		if len(r.tables[table]) == r.limits[table] {
			return ""
		}
		x := make(row)
		for i, name := range names {
			if key[i] != "" && key[i] != "0" && key[i] != "false" {
				x[name] = key[i]
			}
		}
		r.tables[table][k] = x
		r.numbers[id] = make(map[string]uint64)
	}
	return id
}

func (r *reference) count(id, field string, n uint64) {
	if id != "" {
		r.numbers[id][field] += n
	}
}

func (r *reference) set(id, field, v string) {
	if id == "" {
		return
	}
	table, key, _ := strings.Cut(id, " ")
	if v != "" {
		r.tables[table][key][field] = v
	}
}

func (r *reference) ms(t int64) uint32 {
	return uint32(min(max(t-r.start, 0), r.length) / 1e6)
}

func (r *reference) time(id string, t int64) {
	if id == "" {
		return
	}
	ms := r.ms(t)
	if s, ok := r.ranges[id]; ok {
		r.ranges[id] = [2]uint32{min(s[0], ms), max(s[1], ms)}
	} else {
		r.ranges[id] = [2]uint32{ms, ms}
	}
}

func (r *reference) power(id string, h *radiotap.Header) {
	if id != "" && h.HasSignal {
		r.powers[id] = append(r.powers[id], int(h.Signal))
	}
}

func mac(m wlan.MAC) string {
	if m == (wlan.MAC{}) {
		return ""
	}
	return m.String()
}

// key is mac for keys, where the zero address is one like others.
func key(m wlan.MAC) string { return m.String() }

func (r *reference) add(linkType uint16, t int64, length int, data []byte) {
	h := &r.header
	kind, frame, err := link.Decode(linkType, data, length, h)
	switch {
	case err != nil:
	case kind == link.Dot11:
		r.dot11(t, length-h.Len, frame)
	case kind == link.Ether:
		r.ether(t, length, frame)
	}
}

func (r *reference) dot11(t int64, length int, frame []byte) {
	h := &r.header
	if h.Frequency != r.tuned {
		r.settle(t)
		r.tuned = h.Frequency
	}
	channel := r.row("channels", fmt.Sprint(h.Frequency))
	if h.BadFCS {
		r.count(channel, "bad_fcs", 1)
		return
	}
	var f dot11.Frame
	if dot11.Decode(frame, &f) != nil {
		return
	}
	retry := uint64(0)
	if f.Retry {
		retry = 1
	}
	r.count(channel, "frames", 1)
	r.count(channel, "bytes", uint64(length))
	r.count(channel, "retries", retry)
	r.count(channel, "airtime_us", uint64(h.AirtimeUS(length)))
	if f.Kind.Type() <= dot11.Data {
		r.count(channel, []string{"management", "control", "data"}[f.Kind.Type()], 1)
	}
	r.power(channel, h)
	if h.HasNoise {
		r.count(channel, "noise_count", 1)
		r.count(channel, "-noise_sum_dbm", uint64(-int64(h.Noise)))
	}
	a := &air{reference: r, t: t, length: uint64(length), f: &f, h: h, retry: retry}
	body, err := link.Body(frame, f.HeaderLen, h)
	switch {
	case f.Kind.Type() == dot11.Management && err == nil:
		a.management(body)
	case f.Kind.Type() == dot11.Data:
		a.data(body, err)
	case f.Kind == dot11.PSPoll:
		a.inBSS()
		a.sent(a.station(f.Transmitter, f.BSSID))
	}
}

// settle counts the time up to t for the frequency so far. The window's first
// frame says where the capture was from the first.
func (r *reference) settle(t int64) {
	t = min(max(t, r.tunedAt), r.start+r.length)
	f := r.tuned
	if f == 0 {
		f = r.header.Frequency
	}
	if f != 0 {
		r.listened[f] += t - r.tunedAt
	}
	r.tunedAt = t
}

// fingerprint is the text of what a frame's elements make, as rows_test reads it
// from a report's definitions.
func fingerprint(kind int, capabilities uint16, b []byte) string {
	var list []string
	it := dot11.Iterator{B: b}
	var e dot11.Element
	for it.Next(&e) {
		s := fmt.Sprintf("%d.%d.%08x", e.ID, e.Extension, e.Vendor)
		if !e.Volatile() {
			s += fmt.Sprintf("=%d:%x", len(e.Body), e.Body[:min(len(e.Body), 64)])
		}
		list = append(list, s)
	}
	return fmt.Sprintf("%d %04x %s", kind, capabilities, strings.Join(list, " "))
}

// finish returns the tables.
func (r *reference) finish() map[string]rows {
	r.settle(r.start + r.length)
	for f, ns := range r.listened {
		if ms := ns / 1e6; ms > 0 {
			r.set("channels "+fmt.Sprint(f), "listened_ms", fmt.Sprint(ms))
		}
	}
	for _, list := range r.bss {
		for _, b := range list {
			frequency := b.fields["frequency_mhz"]
			if frequency == "" {
				frequency = "0"
			}
			key := strings.Join([]string{b.fields["bssid"], frequency, b.ssid}, " ")
			r.tables["bss"][key] = b.fields
			r.move(b.id, "bss "+key)
		}
	}
	for id, numbers := range r.numbers {
		for field, n := range numbers {
			if n == 0 {
				continue
			}
			if name, negative := strings.CutPrefix(field, "-"); negative {
				r.set(id, name, fmt.Sprint(-int64(n)))
			} else {
				r.set(id, field, fmt.Sprint(n))
			}
		}
	}
	for id, s := range r.ranges {
		table, _, _ := strings.Cut(id, " ")
		if slices.Contains([]string{"bss", "stations", "hosts", "flows"}, table) {
			s[0], s[1] = s[0]/100*100, s[1]/100*100
		}
		if s[0] > 0 {
			r.set(id, "times.first_ms", fmt.Sprint(s[0]))
		}
		if s[1] > s[0] {
			r.set(id, "times.span_ms", fmt.Sprint(s[1]-s[0]))
		}
	}
	for id, list := range r.powers {
		r.histogram(id, list)
	}
	return r.tables
}

func (r *reference) move(from, to string) {
	r.numbers[to] = r.numbers[from]
	delete(r.numbers, from)
	if s, ok := r.ranges[from]; ok {
		r.ranges[to] = s
		delete(r.ranges, from)
	}
	if s, ok := r.powers[from]; ok {
		r.powers[to] = s
		delete(r.powers, from)
	}
}

func (r *reference) histogram(id string, list []int) {
	sum := 0
	bins := make(map[int]int)
	first, last := 63, 0
	for _, p := range list {
		sum += p
		b := min(max(-p, 0)/2, 63)
		bins[b]++
		first, last = min(first, b), max(last, b)
	}
	var counts []int
	for b := first; b <= last; b++ {
		counts = append(counts, bins[b])
	}
	put := func(field string, n int) {
		if n != 0 {
			r.set(id, "signals."+field, fmt.Sprint(n))
		}
	}
	put("count", len(list))
	put("min_dbm", slices.Min(list))
	put("max_dbm", slices.Max(list))
	put("sum_dbm", sum)
	put("bin_first", first)
	put("bin_count", len(counts))
	r.set(id, "signals.bins", fmt.Sprint(counts))
}

func ip4(a [4]byte) string {
	if a == [4]byte{} {
		return ""
	}
	return netip.AddrFrom4(a).String()
}

func be16(b []byte) int { return int(binary.BigEndian.Uint16(b)) }
