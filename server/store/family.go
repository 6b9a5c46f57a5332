package store

import (
	"fmt"
	"strings"

	"picket/shared/wire/wirepb"
)

// A family is one kind of observation: a table of the report and the table of the
// database into which it is packed, a row a report; or, where write is set, one
// that has a row an item (events).
type family struct {
	table   string
	rows    func(*wirepb.Report) int
	columns []column
	write   func(*copyBuffer, *Incoming) // instead of columns

	copySQL  string // into staging
	mergeSQL string // from staging
}

// A column writes its array of one report, which wire.Validate has filled.
type column struct {
	name  string
	write func(*copyBuffer, *wirepb.Report)
}

// observationKey is how each observation row begins (writeKey).
const observationKey = "tenant_id, tap_id, window_start, boot_id, sequence, length_ms"

const observationKeyFields = 6

func newFamily(table string, rows func(*wirepb.Report) int, columns ...[]column) family {
	f := family{table: table, rows: rows}
	for _, c := range columns {
		f.columns = append(f.columns, c...)
	}
	names := []string{observationKey}
	for _, c := range f.columns {
		names = append(names, c.name)
	}
	f.statements(names)
	return f
}

// statements makes the statements that bring columns to staging and from there.
func (f *family) statements(columns []string) {
	list := strings.Join(columns, ", ")
	f.copySQL = fmt.Sprintf("COPY stage_%s (%s) FROM STDIN (FORMAT binary)", f.table, list)
	f.mergeSQL = fmt.Sprintf("INSERT INTO %s (%s)\nSELECT %s\nFROM stage_%s\nORDER BY tenant_id, tap_id, window_start", f.table, list, list, f.table)
}

// writeRows appends what the report has for the table to c.
func (f *family) writeRows(c *copyBuffer, in *Incoming) {
	if f.rows(in.Report) == 0 {
		return
	}
	if f.write != nil {
		f.write(c, in)
		return
	}
	c.begin(observationKeyFields + len(f.columns))
	h := in.Report.GetHeader()
	c.uuid(in.TenantID)
	c.uuid(in.TapID)
	c.time(in.windowStart())
	c.uuid(in.bootID())
	c.int8(int64(h.GetSequence()))
	c.int4(int32(h.GetWindowLengthMs()))
	for _, col := range f.columns {
		col.write(c, in.Report)
	}
}

func int4Column[T number](name string, get func(*wirepb.Report) []T) column {
	return column{name, func(c *copyBuffer, r *wirepb.Report) { int4s(c, get(r)) }}
}

func int8Column[T number](name string, get func(*wirepb.Report) []T) column {
	return column{name, func(c *copyBuffer, r *wirepb.Report) { int8s(c, get(r)) }}
}

func int2Column[T number](name string, get func(*wirepb.Report) []T) column {
	return column{name, func(c *copyBuffer, r *wirepb.Report) { int2s(c, get(r)) }}
}

func boolColumn(name string, get func(*wirepb.Report) []bool) column {
	return column{name, func(c *copyBuffer, r *wirepb.Report) { c.bools(get(r)) }}
}

func bytesColumn(name string, get func(*wirepb.Report) [][]byte) column {
	return column{name, func(c *copyBuffer, r *wirepb.Report) {
		col := get(r)
		c.octets(len(col), false, func(i int) []byte { return col[i] })
	}}
}

func macColumn(name string, required bool, get func(*wirepb.Report) []uint32) column {
	return column{name, func(c *copyBuffer, r *wirepb.Report) { c.macs(r.GetDictionary().GetMacs(), get(r), required) }}
}

func ipColumn(name string, required bool, get func(*wirepb.Report) []uint32) column {
	return column{name, func(c *copyBuffer, r *wirepb.Report) {
		c.ips(r.GetDictionary().GetIpv4(), r.GetDictionary().GetIpv6(), get(r), required)
	}}
}

func ssidColumn(name string, get func(*wirepb.Report) []uint32) column {
	return column{name, func(c *copyBuffer, r *wirepb.Report) {
		dict, col := r.GetDictionary().GetSsids(), get(r)
		c.octets(len(col), true, func(i int) []byte { return entry(dict, col[i]) })
	}}
}

func nameColumn(name string, get func(*wirepb.Report) []uint32) column {
	return column{name, func(c *copyBuffer, r *wirepb.Report) {
		dict, col := r.GetDictionary().GetNames(), get(r)
		c.octets(len(col), false, func(i int) []byte { return entry(dict, col[i]) })
	}}
}

// entry returns what index points to in dict; 0 is nothing.
func entry(dict [][]byte, index uint32) []byte {
	if index == 0 {
		return nil
	}
	return dict[index-1]
}

func signalColumns(get func(*wirepb.Report) *wirepb.Signals) []column {
	return []column{
		int4Column("signal_count", func(r *wirepb.Report) []uint32 { return get(r).GetCount() }),
		int2Column("signal_min_dbm", func(r *wirepb.Report) []int32 { return get(r).GetMinDbm() }),
		int2Column("signal_max_dbm", func(r *wirepb.Report) []int32 { return get(r).GetMaxDbm() }),
		int4Column("signal_sum_dbm", func(r *wirepb.Report) []int32 { return get(r).GetSumDbm() }),
		int2Column("signal_bin_first", func(r *wirepb.Report) []uint32 { return get(r).GetBinFirst() }),
		int2Column("signal_bin_count", func(r *wirepb.Report) []uint32 { return get(r).GetBinCount() }),
		int4Column("signal_bins", func(r *wirepb.Report) []uint32 { return get(r).GetBins() }),
	}
}

func timeColumns(get func(*wirepb.Report) *wirepb.Times) []column {
	return []column{
		int4Column("first_ms", func(r *wirepb.Report) []uint32 { return get(r).GetFirstMs() }),
		int4Column("span_ms", func(r *wirepb.Report) []uint32 { return get(r).GetSpanMs() }),
	}
}

// securityColumn writes a field of the report's securities, to which the column
// security points.
func securityColumn(name string, write func(*copyBuffer, []*wirepb.Security)) column {
	return column{name, func(c *copyBuffer, r *wirepb.Report) { write(c, r.GetDictionary().GetSecurities()) }}
}

func each[F, T any](from []F, get func(F) T) []T {
	to := make([]T, len(from))
	for i, f := range from {
		to[i] = get(f)
	}
	return to
}

// families are the observations of a report, in the order in which they are
// stored.
func families() []family {
	return []family{
		bssFamily(), stationFamily(), probeFamily(), disconnectFamily(), handshakeFamily(), channelFamily(), remoteIDFamily(),
		hostFamily(), arpFamily(), dhcpFamily(), dnsFamily(), flowFamily(), eventFamily(),
	}
}
