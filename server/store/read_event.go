package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Event is something that happened to a tap.
type Event struct {
	EventKey

	Kind    int16 // wirepb.Event_Kind
	Subject string
	Text    string
}

// EventKey orders and identifies events.
type EventKey struct {
	At       time.Time
	Tap      string
	Boot     string
	Sequence int64
	Ordinal  int32
}

// EventQuery says which events to read.
type EventQuery struct {
	Tap    string    // empty: all taps of the span's site
	Kinds  []int16   // empty: all
	Before *EventKey // older than this one; nil: from the newest on
	Limit  int
}

const eventsSQL = `
SELECT at,
       tap_id::text AS tap,
       boot_id::text AS boot,
       sequence,
       ordinal,
       kind,
       subject,
       text
FROM tap_event
WHERE tenant_id = @tenant::uuid
  AND tap_id = ANY(@taps::text[]::uuid[])
  AND at >= @from
  AND at < @to
  AND window_start > @from::timestamptz - interval '1 minute'
  AND window_start < @to
  AND (@kinds::smallint[] IS NULL OR kind = ANY(@kinds))
  AND (@before_at::timestamptz IS NULL
    OR at <= @before_at
      AND (at, tap_id, boot_id, sequence, ordinal)
        < (@before_at, @before_tap::uuid, @before_boot::uuid, @before_sequence::bigint, @before_ordinal::integer))
ORDER BY at DESC, tap_id DESC, boot_id DESC, sequence DESC, ordinal DESC
LIMIT @limit`

// Events returns what happened to taps, newest first; ErrNotFound for a tap that
// is not there.
func (r *Reader) Events(ctx context.Context, tenant string, span Span, q EventQuery) (events []Event, names Names, err error) {
	err = r.read(ctx, tenant, span, "events", func(v *view) error {
		names = v.taps
		taps := v.ids
		if q.Tap != "" {
			if _, ok := v.taps[q.Tap]; !ok {
				return ErrNotFound
			}
			taps = []string{q.Tap}
		}
		args := pgx.StrictNamedArgs{
			"tenant": tenant, "taps": taps, "from": span.From, "to": span.To, "kinds": q.Kinds, "limit": q.Limit,
			"before_at": nil, "before_tap": nil, "before_boot": nil, "before_sequence": nil, "before_ordinal": nil,
		}
		if len(q.Kinds) == 0 {
			args["kinds"] = nil
		}
		if b := q.Before; b != nil {
			args["before_at"], args["before_tap"], args["before_boot"] = b.At, b.Tap, b.Boot
			args["before_sequence"], args["before_ordinal"] = b.Sequence, b.Ordinal
		}
		events, err = collect[Event](ctx, v, eventsSQL, args)
		return err
	})
	return events, names, err
}
