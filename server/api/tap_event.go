package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"picket/server/store"
)

// TapEvent is something that happened to a tap.
type TapEvent struct {
	At      Time   `json:"at"`
	Kind    string `json:"kind" enum:"adapter_appeared,adapter_gone,adapter_claimed,adapter_released,adapter_failed,adapter_silent,regulatory_changed,desired_changed,other" doc:"adapter_claimed: it listens now. adapter_released: it was put back as found. adapter_silent: it delivered nothing where there cannot be silence. other: one that this node does not know"`
	Subject string `json:"subject" doc:"What it happened to: an adapter's name"`
	Text    string `json:"text" doc:"One sentence"`
	Tap     TapRef `json:"tap"`
	Site    string `json:"site" doc:"Slug of the tap's site"`
}

// TapEvents is a page of events.
type TapEvents struct {
	Items []TapEvent `json:"items" doc:"Newest first"`
	Next  *string    `json:"next" doc:"What to ask for with before to get older ones; null: there are none in the time range"`
	AsOf  Time       `json:"asOf"`
}

// EventParams are those of a list of events.
type EventParams struct {
	RangeParams
	Kind   []string `query:"kind,explode" maxItems:"16" enum:"adapter_appeared,adapter_gone,adapter_claimed,adapter_released,adapter_failed,adapter_silent,regulatory_changed,desired_changed,other" doc:"Of these kinds alone; none: all"`
	Before string   `query:"before" maxLength:"300" doc:"The next of a page: what is older than that"`
	Limit  int      `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"Of items at most"`
}

// TapEventParams are those of a tap's events.
type TapEventParams struct {
	EventParams
	Tap string `path:"tap" format:"uuid" doc:"Id of the tap"`
}

// eventKinds in the order of wire's Event.Kind.
var eventKinds = [...]string{
	"other", "adapter_appeared", "adapter_gone", "adapter_claimed", "adapter_released", "adapter_failed", "adapter_silent",
	"regulatory_changed", "desired_changed",
}

// listTapEvents is GET …/taps/{tap}/events.
func (a *API) listTapEvents(ctx context.Context, in *TapEventParams) (*output[TapEvents], error) {
	return a.events(ctx, &in.EventParams, in.Tap)
}

// listEvents is GET …/events.
func (a *API) listEvents(ctx context.Context, in *EventParams) (*output[TapEvents], error) {
	return a.events(ctx, in, "")
}

func (a *API) events(ctx context.Context, in *EventParams, tap string) (*output[TapEvents], error) {
	query := store.EventQuery{Tap: tap, Kinds: kindNumbers(in.Kind), Limit: in.Limit + 1}
	if in.Before != "" {
		key, err := parseCursor(in.Before)
		if err != nil {
			return nil, err
		}
		query.Before = &key
	}
	rows, names, err := a.Reader.Events(ctx, tenantOf(ctx).ID, in.span(), query)
	if err != nil {
		return nil, err
	}
	out := TapEvents{Items: make([]TapEvent, 0, len(rows)), AsOf: now()}
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		out.Next = pointer(cursor(rows[in.Limit-1].EventKey))
	}
	for _, e := range rows {
		out.Items = append(out.Items, TapEvent{
			At: Time{e.At}, Kind: eventKind(e.Kind), Subject: text([]byte(e.Subject)), Text: text([]byte(e.Text)),
			Tap: tapRef(e.Tap, names), Site: names[e.Tap].SiteSlug,
		})
	}
	return reply(out), nil
}

func eventKind(n int16) string {
	if n < 0 || int(n) >= len(eventKinds) {
		return eventKinds[0]
	}
	return eventKinds[n]
}

// kindNumbers returns the numbers of kinds; "other" is all that have no name.
func kindNumbers(kinds []string) []int16 {
	var numbers []int16
	for _, k := range kinds {
		if n := slices.Index(eventKinds[:], k); n > 0 {
			numbers = append(numbers, int16(n))
		} else {
			numbers = append(numbers, 0)
			for unnamed := len(eventKinds); unnamed <= maxKind; unnamed++ {
				numbers = append(numbers, int16(unnamed))
			}
		}
	}
	return numbers
}

// maxKind bounds the kinds of later releases that "other" finds.
const maxKind = 63

// cursor is where a page ended, as text that nobody needs to understand.
func cursor(k store.EventKey) string {
	b, _ := json.Marshal([]any{k.At.UnixMicro(), k.Tap, k.Boot, k.Sequence, k.Ordinal}) // cannot fail
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(s string) (store.EventKey, error) {
	var k store.EventKey
	bad := huma.Error422UnprocessableEntity(http.StatusText(http.StatusUnprocessableEntity),
		&huma.ErrorDetail{Location: "query.before", Message: "is not the next of a page", Value: s})
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return k, bad
	}
	var micro int64
	fields := []any{&micro, &k.Tap, &k.Boot, &k.Sequence, &k.Ordinal}
	if err := json.Unmarshal(b, &fields); err != nil || len(fields) != 5 {
		return k, bad
	}
	if uuid.Validate(k.Tap) != nil || uuid.Validate(k.Boot) != nil || micro < 0 || micro > maxCursor {
		return k, bad
	}
	k.At = time.UnixMicro(micro)
	return k, nil
}

// maxCursor is the year 9999, in microseconds since 1970.
const maxCursor = 253_402_300_799_000_000
