package wire

import (
	"fmt"
	"math"

	"picket/shared/wire/wirepb"
)

// Bounds of a report's parts. They are the reader's: a tap's own bounds are
// lower (appliance/aggregate).
const (
	maxRows         = 1 << 16
	maxWindowMS     = 60_000
	maxVersion      = 64
	maxName         = 255
	maxSSID         = 32
	maxCaptures     = 256
	maxDefinitions  = 1 << 14
	maxElementBytes = 64
	maxBins         = 64
	maxCores        = 1024
	maxAddresses    = 1 << 17
	maxAdapters     = 64
	maxEvents       = 1024
	maxText         = 512
	maxFrequencies  = 512
)

// maxWindowStart is the year 9999: later times do not fit the database's, nor
// anybody's, calendar.
const maxWindowStart = 253_402_300_799_000_000

// Validate reports whether r is whole: every column of a table is absent or as
// long as its key column, every index points into its dictionary, every number
// is in the range that report.proto gives it. The error wraps ErrMalformed.
//
// Columns that are absent are filled with zeroes, so that a reader may index
// every column of a table by row.
func Validate(r *wirepb.Report) error {
	v := new(validator)
	v.validate(r)
	return v.err
}

func (v *validator) validate(r *wirepb.Report) {
	v.dict = r.GetDictionary()
	v.header(r.GetHeader())
	v.health(r.GetHealth())
	v.dictionary()
	v.definitions(r.GetDefinitions())
	v.bss(r.GetBss())
	v.stations(r.GetStations())
	v.probes(r.GetProbes())
	v.disconnects(r.GetDisconnects())
	v.handshakes(r.GetHandshakes())
	v.channels(r.GetChannels(), len(r.GetHealth().GetCaptures()))
	v.remoteIDs(r.GetRemoteIds())
	v.hosts(r.GetHosts())
	v.arp(r.GetArp())
	v.dhcp(r.GetDhcp())
	v.dns(r.GetDns())
	v.flows(r.GetFlows())
}

// validator keeps the first error: after it, checks do nothing.
type validator struct {
	dict                     *wirepb.Dictionary
	macs, ssids, ips, suites int
	names                    int
	table                    string
	rows                     int
	err                      error
}

func (v *validator) fail(format string, args ...any) {
	if v.err == nil {
		v.err = fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
	}
}

func (v *validator) header(h *wirepb.Header) {
	switch {
	case h == nil:
		v.fail("no header")
	case len(h.GetBootId()) != 16:
		v.fail("boot id has %d octets, want 16", len(h.GetBootId()))
	case h.GetSequence() == 0 || h.GetSequence() > math.MaxInt64:
		v.fail("sequence %d is not between 1 and 2^63-1", h.GetSequence())
	case h.GetWindowLengthMs() == 0 || h.GetWindowLengthMs() > maxWindowMS:
		v.fail("window of %d ms is not between 1 and %d", h.GetWindowLengthMs(), maxWindowMS)
	case h.GetWindowStartUs() < 0 || h.GetWindowStartUs() > maxWindowStart:
		v.fail("window start %d µs is not between 1970 and 9999", h.GetWindowStartUs())
	case len(h.GetSoftwareVersion()) > maxVersion:
		v.fail("software version has %d octets, at most %d", len(h.GetSoftwareVersion()), maxVersion)
	case h.GetReportsDropped() > math.MaxInt64:
		v.fail("reports dropped is %d", h.GetReportsDropped())
	case h.GetDesiredRevision() > math.MaxInt64:
		v.fail("revision %d of the desired state", h.GetDesiredRevision())
	}
}

func (v *validator) health(h *wirepb.Health) {
	if len(h.GetCaptures()) > maxCaptures {
		v.fail("%d captures, at most %d", len(h.GetCaptures()), maxCaptures)
		return
	}
	if len(h.GetCpuPermille()) > maxCores {
		v.fail("%d cores, at most %d", len(h.GetCpuPermille()), maxCores)
	}
	for _, c := range h.GetCaptures() {
		if len(c.GetName()) > maxName || len(c.GetError()) > 2*maxName {
			v.fail("a capture's name or error is longer than %d octets", 2*maxName)
		}
	}
	if len(h.GetRefused()) > 64 {
		v.fail("%d refusal counters, at most 64", len(h.GetRefused()))
	}
	for _, r := range h.GetRefused() {
		if len(r.GetTable()) > 32 {
			v.fail("a table's name is longer than 32 octets")
		}
	}
	for _, n := range []uint64{h.GetProcessMemoryBytes(), h.GetMemoryTotalBytes(), h.GetMemoryAvailableBytes(), h.GetSpoolBytes()} {
		if n > math.MaxInt64 {
			v.fail("a size of %d octets", n)
		}
	}
	v.radio(h.GetRadio())
	v.events(h.GetEvents())
}

func (v *validator) radio(r *wirepb.Radio) {
	if len(r.GetCountry()) != 0 && len(r.GetCountry()) != 2 {
		v.fail("a regulatory domain of %d octets", len(r.GetCountry()))
	}
	if len(r.GetAdapters()) > maxAdapters {
		v.fail("%d adapters, at most %d", len(r.GetAdapters()), maxAdapters)
		return
	}
	for _, a := range r.GetAdapters() {
		if n := len(a.GetMac()); n != 0 && n != 6 {
			v.fail("adapter %q: an address of %d octets", a.GetName(), n)
		}
		for _, text := range []string{a.GetName(), a.GetDriver(), a.GetDevice(), a.GetCapture()} {
			if len(text) > maxName {
				v.fail("an adapter's name, driver, device or capture has %d octets, at most %d", len(text), maxName)
			}
		}
		if len(a.GetText()) > maxText {
			v.fail("adapter %q: a text of %d octets, at most %d", a.GetName(), len(a.GetText()), maxText)
		}
		if len(a.GetFrequenciesMhz()) > maxFrequencies {
			v.fail("adapter %q: %d frequencies, at most %d", a.GetName(), len(a.GetFrequenciesMhz()), maxFrequencies)
		}
		for _, f := range a.GetFrequenciesMhz() {
			if f > math.MaxUint16 {
				v.fail("adapter %q: a frequency of %d MHz", a.GetName(), f)
			}
		}
	}
}

func (v *validator) events(all []*wirepb.Event) {
	if len(all) > maxEvents {
		v.fail("%d events, at most %d", len(all), maxEvents)
		return
	}
	for _, e := range all {
		if e.GetAtMs() > maxWindowMS || len(e.GetSubject()) > maxName || len(e.GetText()) > maxText {
			v.fail("an event at %d ms with a subject of %d octets and a text of %d", e.GetAtMs(), len(e.GetSubject()), len(e.GetText()))
		}
	}
}

func (v *validator) dictionary() {
	d := v.dict
	if len(d.GetMacs())%6 != 0 || len(d.GetIpv4())%4 != 0 || len(d.GetIpv6())%16 != 0 {
		v.fail("a dictionary of addresses ends within an address")
		return
	}
	v.macs = len(d.GetMacs()) / 6
	v.ips = len(d.GetIpv4())/4 + len(d.GetIpv6())/16
	v.ssids = len(d.GetSsids())
	v.suites = len(d.GetSecurities())
	v.names = len(d.GetNames())
	for _, n := range []int{v.macs, v.ips, v.ssids, v.suites, v.names} {
		if n > maxAddresses {
			v.fail("a dictionary has %d entries, at most %d", n, maxAddresses)
		}
	}
	for _, s := range d.GetSsids() {
		if len(s) == 0 || len(s) > maxSSID {
			v.fail("an SSID has %d octets, want 1 to %d", len(s), maxSSID)
		}
	}
	for _, s := range d.GetNames() {
		if len(s) == 0 || len(s) > maxName {
			v.fail("a name has %d octets, want 1 to %d", len(s), maxName)
		}
	}
	for _, s := range d.GetSecurities() {
		if s.GetPmf() > 2 || s.GetAkms() > math.MaxInt64 {
			v.fail("security with PMF %d, AKMs %x", s.GetPmf(), s.GetAkms())
		}
	}
}

func (v *validator) definitions(d *wirepb.Definitions) {
	if len(d.GetElements()) > maxDefinitions || len(d.GetFingerprints()) > maxDefinitions {
		v.fail("%d elements and %d fingerprints, at most %d", len(d.GetElements()), len(d.GetFingerprints()), maxDefinitions)
		return
	}
	for _, e := range d.GetElements() {
		if e.GetIndex() == 0 || e.GetIndex() > maxDefinitions || e.GetId() > 255 || e.GetIdExtension() > 255 ||
			len(e.GetContent()) > maxElementBytes || e.GetLength() > 255 {
			v.fail("element %d: id %d, extension %d, %d octets", e.GetIndex(), e.GetId(), e.GetIdExtension(), len(e.GetContent()))
		}
	}
	for _, f := range d.GetFingerprints() {
		if f.GetIndex() == 0 || f.GetIndex() > maxDefinitions || len(f.GetElements()) > 512 || f.GetCapabilities() > math.MaxUint16 {
			v.fail("fingerprint %d: %d elements, capabilities %x", f.GetIndex(), len(f.GetElements()), f.GetCapabilities())
		}
		for _, e := range f.GetElements() {
			if e == 0 || e > maxDefinitions {
				v.fail("fingerprint %d refers to element %d", f.GetIndex(), e)
			}
		}
	}
}

// begin starts a table whose rows are those of its key column.
func (v *validator) begin(table string, rows int) {
	v.table, v.rows = table, rows
	if rows > maxRows {
		v.fail("%s: %d rows, at most %d", table, rows, maxRows)
	}
}

// column fills an absent column, and refuses one of another length.
func column[T any](v *validator, name string, c *[]T) bool {
	if v.err != nil {
		return false
	}
	if len(*c) == 0 && v.rows > 0 {
		*c = make([]T, v.rows)
		return false
	}
	if len(*c) != v.rows {
		v.fail("%s: column %s has %d values for %d rows", v.table, name, len(*c), v.rows)
		return false
	}
	return true
}

// ranged is column for numbers of at most limit.
func (v *validator) ranged(name string, c *[]uint32, limit uint32) {
	if !column(v, name, c) {
		return
	}
	for _, n := range *c {
		if n > limit {
			v.fail("%s: %s is %d, at most %d", v.table, name, n, limit)
			return
		}
	}
}

// index is ranged for references into a dictionary of n entries.
func (v *validator) index(name string, c *[]uint32, n int) { v.ranged(name, c, uint32(n)) }

// key is index for a column that may not be "none".
func (v *validator) key(name string, c *[]uint32, n int) {
	v.index(name, c, n)
	if v.err != nil {
		return
	}
	for _, i := range *c {
		if i == 0 {
			v.fail("%s: a row without %s", v.table, name)
			return
		}
	}
}

// counts is column for counters, which the database keeps in 32 bits with sign.
func (v *validator) counts(name string, c *[]uint32) { v.ranged(name, c, math.MaxInt32) }

func (v *validator) frequency(name string, c *[]uint32) { v.ranged(name, c, math.MaxUint16) }

func (v *validator) octets(name string, c *[]uint64) {
	if !column(v, name, c) {
		return
	}
	for _, n := range *c {
		if n > math.MaxInt64 {
			v.fail("%s: %s is %d", v.table, name, n)
			return
		}
	}
}
