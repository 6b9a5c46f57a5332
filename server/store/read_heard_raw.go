package store

import (
	"context"
	"net"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/store/pack"
	"picket/server/store/rollup"
)

const dirtyTensSQL = `
SELECT tap_id,
       bucket
FROM tap_10m
WHERE tenant_id = @tenant::uuid
  AND tap_id = ANY(@taps::text[]::uuid[])
  AND bucket > @from::timestamptz - interval '10 minutes'
  AND bucket < @to::timestamptz
  AND (dirty_since IS NOT NULL OR @all)
ORDER BY bucket DESC, tap_id
LIMIT @most`

// eachWindow calls do with the windows of a piece, the newest ten minutes first, as
// far as bounds allow: all of a raw piece, else those that are in no rollup yet.
func (v *view) eachWindow(ctx context.Context, family pack.Family, taps []string, p piece, bounds reading, do func(heardWindow)) error {
	most := bounds.windows / int(Bucket/usualWindow)
	rows, err := v.Query(ctx, dirtyTensSQL, pgx.StrictNamedArgs{
		"tenant": v.tenant, "taps": taps, "from": p.from, "to": p.to, "most": most + 1, "all": p.level == "raw",
	})
	if err != nil {
		return err
	}
	due, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (k tapBucket, err error) {
		err = row.Scan(&k.tap, &k.bucket)
		return k, err
	})
	if err != nil || len(due) > most && bounds == listReading {
		return err // a list tells nothing rather than of some taps alone
	}
	tenant, err := uuid.Parse(v.tenant)
	if err != nil {
		return err
	}
	table := airRaw()
	if family == pack.Wire {
		table = wireRaw()
	}
	for start := 0; start < len(due); {
		end, of := start, []uuid.UUID(nil) // the taps of one bucket at once
		for ; end < len(due) && due[end].bucket.Equal(due[start].bucket); end++ {
			of = append(of, due[end].tap)
		}
		from, to := later(due[start].bucket, p.from), earlier(due[start].bucket.Add(Bucket), p.to)
		if _, err := table.each(ctx, v.Tx, tenant, of, from, to, do); err != nil {
			return err
		}
		start = end
	}
	return nil
}

// askRaw opens what is not rolled up yet.
func (v *view) askRaw(ctx context.Context, f *rollup.Family, q *question, p piece, add func(heardAt, *rollup.Row)) error {
	wanted := make(map[[6]byte]bool, len(q.addresses))
	for _, a := range q.addresses {
		if mac, err := net.ParseMAC(a); err == nil && len(mac) == 6 {
			wanted[[6]byte(mac)] = true
		}
	}
	part := rollup.A
	if i := slices.IndexFunc(f.Keys, func(k rollup.KeyColumn) bool { return k.Name == q.where }); i >= 0 {
		part = f.Keys[i].Part
	}
	family := pack.Air
	if f.ID == rollup.Host {
		family = pack.Wire
	}
	families := rollup.Families()
	return v.eachWindow(ctx, family, q.heard(), p, q.bounds, func(w heardWindow) {
		var b rollup.Builder
		at := heardAt{tap: w.tap.String()}
		if q.step > 0 {
			at.slot = q.slotOf(int(w.start.Sub(q.grid) / q.step))
		}
		window := rollup.Window{Start: w.start, Length: w.length}
		if family == pack.Wire {
			b.AddWire(families, window, w.report)
		} else {
			b.AddAir(families, window, captureNames(w.report), w.report)
		}
		b.Each(f.ID, func(key rollup.Key, row *rollup.Row) {
			if q.where != "" && !wanted[*key.Address(part)] {
				return
			}
			at.key = f.Only(key, q.by)
			add(at, row)
		})
	})
}
