package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Tap is an enrolled tap and its newest report. What is of the report is nil
// where there is none.
type Tap struct {
	ID              string
	Name            string
	SiteSlug        string
	SiteName        string
	EnrolledAt      time.Time
	RevokedAt       *time.Time
	Version         string
	Arch            string
	Demonstration   bool
	FirstReportAt   *time.Time // received
	LastReportAt    *time.Time // received
	LastWindowEnd   *time.Time
	SilentSeconds   *float64 // since the last report was received, by the database's clock
	ReportsDropped  int64
	KernelDrops     int64 // in the time range
	Frames          int64 // in the time range
	LengthMS        *int
	UptimeS         *int64
	CPUPermille     []int // a core each
	ProcessMemory   *int64
	TemperatureMC   *int
	SpoolReports    *int64
	WindowFrames    *int64
	WindowDrops     *int64
	CaptureName     []string
	CaptureKind     []int16 // 1 Ethernet, 2 radio, 3 file
	CaptureLinkType []int32
	CaptureFrames   []int64
	CaptureDrops    []int64
	CaptureError    []string
	CaptureHops     []int32
	CaptureFailed   []int32 // hops that the kernel refused

	RadioCountry *string    // regulatory domain
	RadioToldAt  *time.Time // window that told of its radios; nil: none did
	Adapters     []Adapter  `db:"-"` // by name
}

const tapsSQL = `
SELECT t.id::text AS id,
       t.name,
       s.slug AS site_slug,
       s.name AS site_name,
       t.enrolled_at,
       t.revoked_at,
       t.version,
       t.arch,
       t.demonstration,
       t.first_report_at,
       t.last_report_at,
       t.last_window_end,
       extract(epoch FROM now() - t.last_report_at)::float8 AS silent_seconds,
       t.reports_dropped,
       0::bigint AS kernel_drops,
       0::bigint AS frames,
       r.length_ms,
       r.uptime_s,
       r.cpu_permille,
       r.process_memory_bytes AS process_memory,
       r.temperature_mc,
       r.spool_reports,
       r.frames AS window_frames,
       r.kernel_drops AS window_drops,
       r.capture_name,
       r.capture_kind,
       r.capture_link_type,
       r.capture_frames,
       r.capture_kernel_drops AS capture_drops,
       r.capture_error,
       r.capture_hops,
       r.capture_failed_hops AS capture_failed,
       d.country AS radio_country,
       d.told_at AS radio_told_at
FROM tap t
JOIN site s ON s.tenant_id = t.tenant_id AND s.id = t.site_id
LEFT JOIN report r
  ON r.tenant_id = t.tenant_id
 AND r.tap_id = t.id
 AND r.boot_id = t.last_boot_id
 AND r.sequence = t.last_sequence
 AND r.window_start = t.last_window_start
LEFT JOIN tap_radio d
  ON d.tenant_id = t.tenant_id
 AND d.tap_id = t.id
WHERE t.tenant_id = @tenant::uuid
  AND t.id = ANY(@taps::text[]::uuid[])
  AND t.revoked_at IS NULL
ORDER BY t.name, t.id`

// Taps returns the taps of a tenant by name. Sums over the time range count
// whole slots of the level that they are read from, from ten minutes on.
func (r *Reader) Taps(ctx context.Context, tenant string, span Span) (taps []Tap, err error) {
	err = r.read(ctx, tenant, span, "taps", func(v *view) error {
		taps, err = v.tapRows(ctx, v.ids)
		return err
	})
	return taps, err
}

func (v *view) tapRows(ctx context.Context, ids []string) ([]Tap, error) {
	taps, err := collect[Tap](ctx, v, tapsSQL, pgx.StrictNamedArgs{
		"tenant": v.tenant, "taps": ids,
	})
	if err != nil {
		return nil, err
	}
	totals, err := v.tapTotals(ctx, ids)
	if err != nil {
		return nil, err
	}
	adapters, err := v.adapters(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range taps {
		t := totals[taps[i].ID]
		taps[i].Adapters, taps[i].Frames, taps[i].KernelDrops = adapters[taps[i].ID], t.Frames, t.KernelDrops
	}
	return taps, nil
}

// TapHistory is a tap with its past.
type TapHistory struct {
	Tap
	Boots int // starts of its program in the time range
	Gaps  []TapGap
}

// TapGap is a span that no report of a tap covers.
type TapGap struct {
	Interval
	Reason string // restarted, dropped, silent; open: it has not ended
}

const bootsSQL = `
SELECT count(*)
FROM tap_boot
WHERE tenant_id = @tenant::uuid
  AND tap_id = @tap::uuid
  AND first_window_at >= @from
  AND first_window_at < @to`

// Tap returns one tap, or ErrNotFound.
func (r *Reader) Tap(ctx context.Context, tenant, tap string, span Span) (history TapHistory, err error) {
	err = r.read(ctx, tenant, span, "tap", func(v *view) error {
		taps, err := v.tapRows(ctx, []string{tap})
		if err != nil {
			return err
		}
		if len(taps) == 0 {
			return ErrNotFound
		}
		history.Tap = taps[0]
		args := pgx.StrictNamedArgs{"tenant": tenant, "tap": tap, "from": span.From, "to": span.To}
		if err := v.QueryRow(ctx, bootsSQL, args).Scan(&history.Boots); err != nil {
			return err
		}
		rows, err := v.gaps(ctx, []string{tap})
		if err != nil {
			return err
		}
		for _, g := range rows {
			history.Gaps = append(history.Gaps, TapGap{Interval{g.GapStart, g.GapEnd}, g.Reason})
		}
		return nil
	})
	return history, err
}
