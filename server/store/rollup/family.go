package rollup

import "math"

// Part says which part of a Key a column holds.
type Part uint8

// The parts of a Key, with their types in the database.
const (
	A              Part = iota // macaddr
	B                          // macaddr
	C                          // macaddr
	Octets                     // bytea
	Text                       // text
	MHz                        // integer
	Reason                     // integer
	Disassociation             // boolean
	Protected                  // boolean
)

// Key identifies a row of a table; what its family has no column for is zero.
type Key struct {
	A, B, C [6]byte // zero: none
	Text    string  // octets of an SSID, or a capture's name
	MHz     int32   // 0: not known

	Reason                    int32 // plus 1; 0: not readable
	Disassociation, Protected bool
}

// Rule is how two values of one key become one.
type Rule uint8

// The rules. Least and Greatest leave out values that are None.
const (
	Sum Rule = iota
	Least
	Greatest
)

// None is a Least or Greatest that there is not: a signal never measured.
const None = math.MinInt64

// Kind is the type of a value's column.
type Kind uint8

// The kinds of values.
const (
	Count Kind = iota // bigint
	Power             // smallint, dBm; None possible
	Time              // timestamptz; in Row microseconds since 1970
)

// KeyColumn is a column of a family's key.
type KeyColumn struct {
	Name string
	Part Part
}

// Value is a column of a family that is not of the key.
type Value struct {
	Name string
	Rule Rule
	Kind Kind
}

// ID numbers the families.
type ID int

// The families.
const (
	BSS ID = iota
	Station
	Probe
	Channel
	Coverage
	Host
	Disconnect
	Handshake
	families
)

// MaxValues is the greatest number of values of a family.
const MaxValues = 12

// Row holds the values of a key, in the order of its family's Values.
type Row [MaxValues]int64

// Family describes the rows of one kind.
type Family struct {
	ID      ID
	Name    string // of its tables, before _10m
	Keys    []KeyColumn
	Values  []Value
	MaxRows int // of a table: of a tap and ten minutes
}

var signals = []Value{
	{"signal_count", Sum, Count}, {"signal_sum_dbm", Sum, Count}, {"signal_min_dbm", Least, Power}, {"signal_max_dbm", Greatest, Power},
}

// maxRows bounds most tables: a report may have 4,096 rows a table, and ten
// minutes have the same ones again and again, or someone makes them up.
const maxRows = 16_384

// Families describes all families, in the order of their IDs.
func Families() []Family {
	return []Family{
		{BSS, "bss", []KeyColumn{{"bssid", A}, {"ssid", Octets}, {"frequency_mhz", MHz}}, values(
			sums("windows", "frames", "bytes"), signals, []Value{{"last_heard_at", Greatest, Time}}), maxRows},
		{Station, "station", []KeyColumn{{"station", A}, {"bssid", B}}, values(
			sums("frames_sent", "bytes_sent", "frames_received", "bytes_received", "probe_requests"), signals,
			[]Value{{"last_heard_at", Greatest, Time}}), maxRows},
		{Probe, "probe", []KeyColumn{{"station", A}, {"ssid", Octets}}, sums("requests"), maxRows},
		{Channel, "channel", []KeyColumn{{"frequency_mhz", MHz}}, sums("listened_ms", "frames", "bytes", "retries", "bad_fcs",
			"airtime_us", "signal_count", "signal_sum_dbm", "noise_count", "noise_sum_dbm"), 1024},
		{Coverage, "coverage", []KeyColumn{{"capture", Text}, {"frequency_mhz", MHz}}, values(
			sums("listened_ms", "frames", "drops"), []Value{{"last_listened_at", Greatest, Time}}), 4096},
		{Host, "host", []KeyColumn{{"mac", A}}, values(
			sums("frames_sent", "bytes_sent", "frames_received", "bytes_received"), []Value{{"last_heard_at", Greatest, Time}}), maxRows},
		{Disconnect, "disconnect", []KeyColumn{{"transmitter", A}, {"receiver", B}, {"bssid", C}, {"reason", Reason},
			{"disassociation", Disassociation}, {"protected", Protected}}, values(
			sums("frames", "signal_count", "signal_sum_dbm"), []Value{{"first_at", Least, Time}}), 512},
		{Handshake, "handshake", []KeyColumn{{"bssid", A}, {"station", B}}, values(
			sums("auth_requests", "auth_successes", "auth_failures", "assoc_requests", "assoc_successes", "assoc_failures",
				"m1", "m2", "m3", "m4", "pmkids"), []Value{{"first_at", Least, Time}}), 2048},
	}
}

func sums(names ...string) []Value {
	v := make([]Value, len(names))
	for i, n := range names {
		v[i] = Value{Name: n, Rule: Sum, Kind: Count}
	}
	return v
}

func values(lists ...[]Value) []Value {
	var all []Value
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}
