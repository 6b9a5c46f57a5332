package main

import (
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"picket/shared/wire/wirepb"
)

const (
	maxEvents  = 256              // that wait to be told; a flood of them is counted
	maxText    = 512              // octets of a sentence
	tellAgain  = 10 * time.Minute // what listens, also when it has not changed: a report may be lost
	eventTable = "events"
)

// telling gathers what reports say of the box itself: what it listens with, and
// what happened to it. The zero value is ready; its methods may be called by any
// goroutine.
type telling struct {
	mu     sync.Mutex
	radio  *wirepb.Radio // nil: never known
	told   *wirepb.Radio // in the last report that said it
	at     time.Time     // of that report
	events []event       // not told yet
	lost   uint64        // events that had no room
}

type event struct {
	at time.Time
	pb *wirepb.Event
}

// now says what the box listens with from now on. The telling keeps r.
func (t *telling) now(r *wirepb.Radio) {
	for _, a := range r.Adapters {
		a.Text = cut(a.Text)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.radio = r
}

// happened says that something happened.
func (t *telling) happened(at time.Time, kind wirepb.Event_Kind, subject, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.events) == maxEvents {
		t.lost++
		return
	}
	t.events = append(t.events, event{at, &wirepb.Event{Kind: kind, Subject: subject, Text: cut(text)}})
}

// fill tells it all in a report, but for what happened after its window.
func (t *telling) fill(r *wirepb.Report) {
	start := time.UnixMicro(r.Header.WindowStartUs)
	length := time.Duration(r.Header.WindowLengthMs) * time.Millisecond
	end := start.Add(length)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.radio != nil && (!proto.Equal(t.radio, t.told) || end.Sub(t.at) >= tellAgain) {
		r.Health.Radio = t.radio
		t.radio = proto.CloneOf(t.radio) // the report's own is its writer's
		t.radio.Adapters = slices.DeleteFunc(t.radio.Adapters, func(a *wirepb.Adapter) bool {
			return a.State == wirepb.Adapter_STATE_GONE // told once
		})
		t.told, t.at = t.radio, end
	}
	later := t.events[:0]
	for _, e := range t.events {
		if !e.at.Before(end) {
			later = append(later, e)
			continue
		}
		e.pb.AtMs = uint32(min(max(e.at.Sub(start), 0), length) / time.Millisecond)
		r.Health.Events = append(r.Health.Events, e.pb)
	}
	t.events = later
	slices.SortStableFunc(r.Health.Events, func(a, b *wirepb.Event) int { return int(a.AtMs) - int(b.AtMs) })
	if t.lost > 0 {
		r.Health.Refused = append(r.Health.Refused, &wirepb.Refused{Table: eventTable, Rows: t.lost})
		t.lost = 0
	}
}

// cut shortens a sentence to what a report holds.
func cut(s string) string {
	if len(s) <= maxText {
		return s
	}
	return strings.ToValidUTF8(s[:maxText], "")
}
