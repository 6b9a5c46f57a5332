package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/store/rollup"
)

// TapCoverage is where a tap listened in the time range, and for how long.
type TapCoverage struct {
	ReportedMS int64 // what its reports cover of the range, and all else is out of
	Channels   []CaptureChannel
	Adapters   []Adapter // by name
}

// CaptureChannel is a frequency on which a capture listened.
type CaptureChannel struct {
	Capture        string
	FrequencyMHz   int // 0: the capture does not say
	ListenedMS     int64
	Frames         int64
	Drops          int64
	LastListenedAt time.Time // end of the window
}

// TapCoverage returns where a tap listened, or ErrNotFound.
func (r *Reader) TapCoverage(ctx context.Context, tenant, tap string, span Span) (c TapCoverage, err error) {
	err = r.read(ctx, tenant, span, "coverage of tap", func(v *view) error {
		if _, ok := v.taps[tap]; !ok {
			return ErrNotFound
		}
		if c.Channels, err = v.captureChannels(ctx, tap); err != nil {
			return err
		}
		if c.ReportedMS, err = v.reported(ctx, tap); err != nil {
			return err
		}
		adapters, err := v.adapters(ctx, []string{tap})
		c.Adapters = adapters[tap]
		return err
	})
	return c, err
}

func (v *view) captureChannels(ctx context.Context, tap string) ([]CaptureChannel, error) {
	answer, err := v.ask(ctx, question{
		family: rollup.Coverage, from: v.span.From, to: v.span.To, slot: v.span.figureSlot(), taps: []string{tap}, bounds: detailReading,
		by: []string{"capture", "frequency_mhz"}, values: []string{"listened_ms", "frames", "drops", "last_listened_at"},
	})
	if err != nil {
		return nil, err
	}
	var list []CaptureChannel
	for at, row := range answer {
		list = append(list, CaptureChannel{
			Capture: at.key.Text, FrequencyMHz: int(at.key.MHz), ListenedMS: row[0], Frames: row[1], Drops: row[2],
			LastListenedAt: time.UnixMicro(row[3]).UTC(),
		})
	}
	slices.SortFunc(list, func(a, b CaptureChannel) int {
		return cmp.Or(cmp.Compare(a.FrequencyMHz, b.FrequencyMHz), strings.Compare(a.Capture, b.Capture))
	})
	return list, nil
}

const reportedRawSQL = `
SELECT coalesce(sum(length_ms), 0)::bigint
FROM report
WHERE tenant_id = @tenant::uuid
  AND tap_id = @tap::uuid
  AND window_start >= @from
  AND window_start < @to`

// Of ten minutes that are rolled up, all; of others, the reports in the range.
const reportedTensSQL = `
SELECT (coalesce((
    SELECT sum(window_ms)
    FROM tap_10m
    WHERE tenant_id = @tenant::uuid
      AND tap_id = @tap::uuid
      AND bucket > @from::timestamptz - interval '10 minutes'
      AND bucket < @to
      AND dirty_since IS NULL), 0)
  + coalesce((
    SELECT sum(r.length_ms)
    FROM tap_10m AS b
    JOIN report AS r
      ON r.tenant_id = b.tenant_id
     AND r.tap_id = b.tap_id
     AND r.window_start >= b.bucket
     AND r.window_start < b.bucket + interval '10 minutes'
     AND r.window_start >= @from
     AND r.window_start < @to
    WHERE b.tenant_id = @tenant::uuid
      AND b.tap_id = @tap::uuid
      AND b.bucket > @from::timestamptz - interval '10 minutes'
      AND b.bucket < @to
      AND b.dirty_since IS NOT NULL), 0))::bigint`

// reported is what the coverage is out of: the length of the same windows.
func (v *view) reported(ctx context.Context, tap string) (total int64, err error) {
	slot := v.span.figureSlot()
	args := pgx.StrictNamedArgs{"tenant": v.tenant, "tap": tap, "from": v.span.From, "to": v.span.To}
	if slot == 0 { // as ask does
		raw, err := v.opens(ctx, detailReading, v.span.From, v.span.To, []string{tap})
		if err != nil {
			return 0, err
		}
		if raw {
			err = v.QueryRow(ctx, reportedRawSQL, args).Scan(&total)
			return total, err
		}
	}
	pieces, err := v.pieces(ctx, v.span.From, v.span.To, slot)
	if err != nil {
		return 0, err
	}
	for _, p := range pieces {
		var part int64
		switch args["from"], args["to"] = p.from, p.to; p.level {
		case "":
			continue // with the ten minutes
		case "10m":
			err = v.QueryRow(ctx, reportedTensSQL, args).Scan(&part)
		default:
			part, err = v.reportedOf(ctx, tap, p)
		}
		if err != nil {
			return 0, err
		}
		total += part
	}
	return total, nil
}

func (v *view) reportedOf(ctx context.Context, tap string, p piece) (int64, error) {
	sums, err := v.tapSums(ctx, p, []string{tap}, false)
	return sums[tap].WindowMS, err
}
