package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"picket/server/store/pack"
	"picket/server/store/rollup"
	"picket/shared/wire/wirepb"
)

// heardWindow is what one report said of the air or of the wire.
type heardWindow struct {
	tap    uuid.UUID
	start  time.Time
	length time.Duration
	report *wirepb.Report // tables and dictionary, of Health the captures' names
}

// rawTable is where a family's bodies are.
type rawTable struct {
	name   string
	family pack.Family
	sql    string // of taps and a range of time
}

func newRawTable(name string, family pack.Family) rawTable {
	return rawTable{name, family, fmt.Sprintf(`
SELECT tap_id, boot_id, sequence, window_start, length_ms, format, body
FROM %s
WHERE tenant_id = @tenant::uuid
  AND tap_id = ANY(@taps::uuid[])
  AND window_start >= @from::timestamptz
  AND window_start < @to::timestamptz`, name)}
}

func airRaw() rawTable  { return newRawTable("air_raw", pack.Air) }
func wireRaw() rawTable { return newRawTable("wire_raw", pack.Wire) }

// each calls do with each window of the taps that starts in a range of time, in no
// order. It returns how many could not be read.
func (t *rawTable) each(ctx context.Context, tx pgx.Tx, tenant uuid.UUID, taps []uuid.UUID, from, to time.Time,
	do func(heardWindow),
) (bad int, err error) {
	args := pgx.StrictNamedArgs{"tenant": tenant, "taps": taps, "from": from, "to": to}
	rows, err := tx.Query(ctx, t.sql, args)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var packer pack.Packer
	for rows.Next() {
		var w heardWindow
		var boot uuid.UUID
		var sequence int64
		var length int32
		var format int16
		var body pgtype.DriverBytes // of the connection, until the next row
		if err := rows.Scan(&w.tap, &boot, &sequence, &w.start, &length, &format, &body); err != nil {
			return bad, err
		}
		h := &wirepb.Header{BootId: boot[:], Sequence: uint64(sequence), WindowStartUs: w.start.UnixMicro(), WindowLengthMs: uint32(length)}
		if w.report, err = packer.Decode(t.family, format, body, h); err != nil {
			bad++ // one window's; the others stand for the interval
			continue
		}
		w.length = time.Duration(length) * time.Millisecond
		do(w)
	}
	return bad, rows.Err()
}

// captureNames are those of a decoded window.
func captureNames(r *wirepb.Report) []string {
	return each(r.GetHealth().GetCaptures(), (*wirepb.Capture).GetName)
}

// addRaw adds a bucket's packed windows to b.
func (r *roller) addRaw(ctx context.Context, tx pgx.Tx, k tapBucket, b *rollup.Builder) error {
	taps, to := []uuid.UUID{k.tap}, k.bucket.Add(Bucket)
	for _, t := range []rawTable{airRaw(), wireRaw()} {
		bad, err := t.each(ctx, tx, k.tenant, taps, k.bucket, to, func(w heardWindow) {
			at := rollup.Window{Start: w.start, Length: w.length}
			if t.family == pack.Air {
				b.AddAir(r.families, at, captureNames(w.report), w.report)
			} else {
				b.AddWire(r.families, at, w.report)
			}
		})
		if err != nil {
			return fmt.Errorf("read %s: %w", t.name, err)
		}
		if bad > 0 {
			r.store.log.Error("observations cannot be read and are left out of their rollup", "table", t.name,
				"tap_id", k.tap, "bucket", k.bucket, "windows", bad)
		}
	}
	return nil
}

// hasArrayObservations reports whether an earlier release left observations in its
// tables of arrays: nodes of it may still store there.
func (s *Store) hasArrayObservations(ctx context.Context) (bool, error) {
	const sql = `
SELECT EXISTS (SELECT FROM channel_window)
  OR EXISTS (SELECT FROM bss_window)
  OR EXISTS (SELECT FROM station_window)
  OR EXISTS (SELECT FROM host_window)
  OR EXISTS (SELECT FROM probe_window)
  OR EXISTS (SELECT FROM disconnect_window)
  OR EXISTS (SELECT FROM handshake_window)`
	var have bool
	if err := s.ingest.QueryRow(ctx, sql).Scan(&have); err != nil {
		return false, fmt.Errorf("look for observations in arrays: %w", err)
	}
	return have, nil
}

// addArrays adds to b what an earlier release stored of a bucket: its statements
// build the packed rows, which are read back.
func (r *roller) addArrays(ctx context.Context, tx pgx.Tx, k tapBucket, b *rollup.Builder) error {
	const anySQL = `
SELECT EXISTS (
    SELECT FROM channel_window
    WHERE tenant_id = @tenant AND tap_id = @tap AND window_start >= @bucket AND window_start < @bucket::timestamptz + interval '10 minutes')
  OR EXISTS (
    SELECT FROM bss_window
    WHERE tenant_id = @tenant AND tap_id = @tap AND window_start >= @bucket AND window_start < @bucket::timestamptz + interval '10 minutes')
  OR EXISTS (
    SELECT FROM station_window
    WHERE tenant_id = @tenant AND tap_id = @tap AND window_start >= @bucket AND window_start < @bucket::timestamptz + interval '10 minutes')
  OR EXISTS (
    SELECT FROM host_window
    WHERE tenant_id = @tenant AND tap_id = @tap AND window_start >= @bucket AND window_start < @bucket::timestamptz + interval '10 minutes')`
	var have bool
	if err := tx.QueryRow(ctx, anySQL, k.args()).Scan(&have); err != nil || !have {
		return err
	}
	batch := new(pgx.Batch)
	for _, sql := range []string{
		rollupBSSSQL, rollupStationSQL, rollupProbeSQL, rollupChannelSQL, rollupHostSQL, rollupCoverageSQL, rollupDisconnectSQL, rollupHandshakeSQL,
	} {
		batch.Queue(sql, k.args())
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("roll up arrays: %w", err)
	}
	for i := range r.tables {
		t := &r.tables[i]
		if !t.packed {
			continue
		}
		rows, err := tx.Query(ctx, t.readSQL(), k.args())
		if err != nil {
			return fmt.Errorf("read %s_10m: %w", t.Name, err)
		}
		if err := t.scan(rows, b); err != nil {
			return fmt.Errorf("read %s_10m: %w", t.Name, err)
		}
	}
	return nil
}
