package store

import (
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/store/pack"
)

// Observations come as parameters and not by COPY into staging: what a report has
// is two rows since it is packed, and a staging table would write them twice, leave
// dead rows or a new file a transaction behind, and need a right that ingest has no
// other use for.
const addRawSQL = `
INSERT INTO @table (tenant_id, tap_id, boot_id, window_start, sequence, length_ms, format, body)
SELECT u.*
FROM unnest(@tenants::uuid[], @taps::uuid[], @boots::uuid[], @starts::timestamptz[], @sequences::bigint[], @lengths::integer[],
  @formats::smallint[], @bodies::bytea[]) AS u`

// rawRows are the arguments of addRawSQL.
type rawRows struct {
	tenants, taps, boots uuids
	starts               []time.Time
	sequences            []int64
	lengths              []int32
	formats              []int16
	bodies               [][]byte
}

// queueRaw adds the reports' observations of a family.
func queueRaw(batch *pgx.Batch, packer *pack.Packer, fresh []*Incoming, family pack.Family) {
	var c rawRows
	var all []byte
	for _, in := range fresh {
		from := len(all)
		all = packer.Encode(all, family, in.Report)
		if len(all) == from {
			continue
		}
		h := in.Report.GetHeader()
		c.tenants, c.taps, c.boots = append(c.tenants, in.TenantID), append(c.taps, in.TapID), append(c.boots, in.bootID())
		c.starts, c.sequences = append(c.starts, in.windowStart()), append(c.sequences, int64(h.GetSequence()))
		c.lengths, c.formats = append(c.lengths, int32(h.GetWindowLengthMs())), append(c.formats, pack.Format)
		c.bodies = append(c.bodies, all[from:len(all):len(all)]) // stays what it is when all is moved to grow
	}
	if len(c.taps) == 0 {
		return
	}
	batch.Queue(everyTableSQL(addRawSQL, rawTables[family]), pgx.StrictNamedArgs{
		"tenants": c.tenants, "taps": c.taps, "boots": c.boots, "starts": flat(c.starts), "sequences": flat(c.sequences), "lengths": flat(c.lengths),
		"formats": flat(c.formats), "bodies": flat(c.bodies),
	})
}

const addEventsSQL = `
INSERT INTO tap_event (tenant_id, tap_id, window_start, boot_id, sequence, ordinal, at, kind, subject, text)
SELECT u.*
FROM unnest(@tenants::uuid[], @taps::uuid[], @starts::timestamptz[], @boots::uuid[], @sequences::bigint[], @ordinals::integer[],
  @times::timestamptz[], @kinds::smallint[], @subjects::text[], @texts::text[]) AS u`

// queueEvents adds what happened to the taps, a row an event, so that they can be
// read by time across taps.
func queueEvents(batch *pgx.Batch, fresh []*Incoming) {
	var tenants, taps, boots uuids
	var starts, times []time.Time
	var sequences []int64
	var ordinals []int32
	var kinds []int16
	var subjects, texts []string
	for _, in := range fresh {
		start, end := in.windowStart(), in.windowEnd()
		for i, e := range in.Report.GetHealth().GetEvents() {
			at := start.Add(time.Duration(e.GetAtMs()) * time.Millisecond)
			if at.After(end) {
				at = end
			}
			tenants, taps, boots = append(tenants, in.TenantID), append(taps, in.TapID), append(boots, in.bootID())
			starts, times = append(starts, start), append(times, at)
			sequences, ordinals = append(sequences, int64(in.Report.GetHeader().GetSequence())), append(ordinals, int32(i+1))
			kinds = append(kinds, int16(uint32(e.GetKind())&math.MaxInt16))
			subjects, texts = append(subjects, plain(e.GetSubject())), append(texts, plain(e.GetText()))
		}
	}
	if len(taps) == 0 {
		return
	}
	batch.Queue(addEventsSQL, pgx.StrictNamedArgs{
		"tenants": tenants, "taps": taps, "starts": starts, "boots": boots, "sequences": sequences, "ordinals": ordinals,
		"times": times, "kinds": kinds, "subjects": subjects, "texts": texts,
	})
}

func each[F, T any](from []F, get func(F) T) []T {
	to := make([]T, len(from))
	for i, f := range from {
		to[i] = get(f)
	}
	return to
}

// entry returns what index points to in dict; 0 is nothing.
func entry(dict [][]byte, index uint32) []byte {
	if index == 0 {
		return nil
	}
	return dict[index-1]
}

func octet(v bool) byte {
	if v {
		return 1
	}
	return 0
}
