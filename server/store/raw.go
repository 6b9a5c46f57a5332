package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"picket/server/store/pack"
	"picket/shared/wire/wirepb"
)

// A packedWindow says whose a packed row is and which report it is of.
type packedWindow struct {
	TenantID, TapID, BootID uuid.UUID
	Start                   time.Time
	Length                  time.Duration
	Sequence                uint64
}

func (w *packedWindow) end() time.Time { return w.Start.Add(w.Length) }

// rawTables are where the families of package pack are.
var rawTables = [...]string{pack.Air: "air_raw", pack.Wire: "wire_raw"}

const eachRawSQL = `
SELECT boot_id, window_start, sequence, length_ms, format, body
FROM @table
WHERE tenant_id = @tenant
  AND tap_id = @tap
  AND window_start >= @from
  AND window_start < @to
ORDER BY window_start, boot_id, sequence`

// eachRaw calls f with the observations of a tap whose windows start in [from, to),
// in the order of time. The report has a header (boot, sequence and window alone),
// the family's tables, the dictionary that these use, and the names of captures; it
// is whole by wire.Validate, so that every column of a table that is there has a
// value a row. It is f's to keep. f must not use tx: rows are read while it runs.
func eachRaw(ctx context.Context, tx pgx.Tx, family pack.Family, tenant, tap uuid.UUID, from, to time.Time,
	f func(packedWindow, *wirepb.Report) error,
) error {
	table := rawTables[family]
	rows, err := tx.Query(ctx, strings.Replace(eachRawSQL, "@table", table, 1), pgx.StrictNamedArgs{
		"tenant": tenant, "tap": tap, "from": from, "to": to,
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", table, err)
	}
	w := packedWindow{TenantID: tenant, TapID: tap}
	var sequence int64
	var length int32
	var format int16
	var body pgtype.DriverBytes // of the connection, until the next row
	_, err = pgx.ForEachRow(rows, []any{&w.BootID, &w.Start, &sequence, &length, &format, &body}, func() error {
		w.Start, w.Sequence, w.Length = w.Start.UTC(), uint64(sequence), time.Duration(length)*time.Millisecond
		boot := w.BootID
		r, err := pack.Decode(family, format, body, &wirepb.Header{
			BootId: boot[:], Sequence: w.Sequence, WindowStartUs: w.Start.UnixMicro(), WindowLengthMs: uint32(length),
		})
		if err != nil {
			return fmt.Errorf("%s of tap %s, boot %s, report %d: %w", table, tap, boot, sequence, err)
		}
		return f(w, r)
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", table, err)
	}
	return nil
}
