package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// How far last_heard_at of a registry, and of a sighting, lags behind what was heard at
// most: a row's second writing waits for up to twice registryEvery, and a window more.
const (
	registryLag = 2*registryEvery + time.Minute
	sightingLag = registryLag
)

// From which length of a time range on figures are read from a level.
const (
	hourRange = rawRange
	dayRange  = 14 * day
	longRange = 2 * day // longer ones end with the newest rollup: minutes do not show
)

// A reading bounds what a page opens: windows as they came, and rows of ten minutes
// of a tap. What is beyond is left out at the new end, and the levels tell up to
// their last closed hour. A window takes about 0.1 ms to open, a row 0.05 ms.
type reading struct{ windows, tens int }

// opens reports whether all windows of some taps in a span are within the bounds.
func (r reading) opens(span time.Duration, taps int) bool {
	return int(span/Bucket+2)*taps*int(Bucket/usualWindow) <= r.windows
}

// The bounds of lists and of the pages about one thing.
var (
	listReading   = reading{windows: 1_200, tens: 1_500}
	detailReading = reading{windows: 8_000, tens: 10_000}
)

// A piece is a part of the time range and where its figures are: "1d", "1h", "10m",
// or, empty, the ten minutes that are not rolled up yet.
type piece struct {
	level    string
	from, to time.Time
}

// builtTo is until when the levels are built for the tenant's taps.
type builtTo struct {
	hours, days time.Time
	now         time.Time
}

// A level's end is its first slot that was never built. A backlog of hours does not
// hold it back for more than that, or each page would read all that is not built.
const (
	maxHoursBehind = 3 * time.Hour
	maxDaysBehind  = 2 * day
)

const builtToSQL = `
SELECT now() AS now,
       (SELECT min(bucket)
        FROM rollup_due
        WHERE tenant_id = @tenant::uuid
          AND level = '1h'
          AND bucket >= now() - interval '4 hours'
          AND NOT again) AS hours,
       (SELECT min(bucket)
        FROM rollup_due
        WHERE tenant_id = @tenant::uuid
          AND level = '1d'
          AND bucket >= now() - interval '3 days'
          AND NOT again) AS days,
       (SELECT min(bucket)
        FROM tap_10m
        WHERE tenant_id = @tenant::uuid
          AND dirty_since IS NOT NULL
          AND bucket >= now() - interval '4 hours'
          AND bucket < date_trunc('hour', now(), 'UTC')) AS tens`

// built reads until when the levels are built, once a view.
func (v *view) built(ctx context.Context) (builtTo, error) {
	if v.builtTo != nil {
		return *v.builtTo, nil
	}
	type row struct {
		Now               time.Time
		Hours, Days, Tens *time.Time
	}
	r, err := collectOne[row](ctx, v, builtToSQL, pgx.StrictNamedArgs{"tenant": v.tenant})
	if err != nil {
		return builtTo{}, err
	}
	b := builtTo{now: r.Now.UTC()}
	b.hours = b.now.Truncate(time.Hour)
	for _, t := range []*time.Time{r.Hours, r.Tens} {
		if t != nil {
			b.hours = earlier(b.hours, t.UTC().Truncate(time.Hour))
		}
	}
	b.hours = later(b.hours, b.now.Truncate(time.Hour).Add(-maxHoursBehind))
	b.days = b.hours.Truncate(day)
	if r.Days != nil {
		b.days = earlier(b.days, r.Days.UTC())
	}
	b.days = later(b.days, b.now.Truncate(day).Add(-maxDaysBehind))
	v.builtTo = &b
	return b, nil
}

// pieces divides [from, to) by the coarsest levels whose slots are not longer than
// slot, of those that are built and kept; a slot that from is in is read whole.
func (v *view) pieces(ctx context.Context, from, to time.Time, slot time.Duration) ([]piece, error) {
	built, err := v.built(ctx)
	if err != nil {
		return nil, err
	}
	kept := func(f RetentionFamily) time.Time { return built.now.Add(-v.keep[f]) }
	if slot >= time.Hour && slot < day && from.Before(kept(KeepHours)) {
		slot = day
	}
	if slot >= Bucket && slot < time.Hour && from.Before(kept(KeepTenMinutes)) {
		slot = time.Hour
	}
	var list []piece
	add := func(level string, slot time.Duration, end, since time.Time) {
		start := later(from.UTC().Truncate(slot), since)
		if end = earlier(end, to); start.Before(end) {
			list = append(list, piece{level, start, end})
			from = end
		}
	}
	if slot >= day {
		add("1d", day, built.days, kept(KeepDays))
	}
	if slot >= time.Hour {
		add("1h", time.Hour, built.hours, kept(KeepHours))
	}
	if from = later(from, kept(KeepTenMinutes)); from.Before(to) {
		list = append(list, piece{"10m", from, to}, piece{"", from, to})
	}
	return list, nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// figureSlot is the longest slot that figures of the whole range are read from.
func (s Span) figureSlot() time.Duration {
	switch length := s.To.Sub(s.From); {
	case length >= dayRange:
		return day
	case length >= hourRange:
		return time.Hour
	default:
		return 0
	}
}
