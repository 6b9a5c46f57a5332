package monitor

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"picket/shared/wlan"
)

// When silence is impossible.
const (
	freshFor  = 3 * time.Minute  // what was heard on a frequency says what can be heard there
	selfFor   = 5 * time.Minute  // the same, of the adapter itself
	enough    = 40               // frames that should have been heard, and none was
	leastRate = 2.0              // frames a second: less is chance, not a beacon every 102.4 ms
	leastSeen = 3.0              // frames on which a rate rests
	halfLife  = time.Minute      // of what was heard, in a rate
	leastRun  = 10 * time.Second // of silence: a firmware that restarts takes some
	neverRun  = 10 * time.Minute // in which nothing at all was heard on many channels
	neverOn   = 10               // channels that make many
)

// Bounds of what a Judge remembers, whoever feeds it.
const (
	maxEars        = 64
	maxFrequencies = 512
	maxNamed       = 3 // frequencies in a sentence
)

// Visit is what an adapter heard on one frequency in one go, or in a part of it.
type Visit struct {
	Adapter    string
	Generation uint64 // of its claim
	Frequency  wlan.MHz
	At         time.Time // its end
	Listened   time.Duration
	Frames     uint32 // received, damaged ones too
}

// Judge says when an adapter is deaf: when it hears nothing where another adapter
// of the box, or it itself a short while ago, heard a lot. It is pure: time arrives
// with the visits. The zero value is ready; it is used by one goroutine.
type Judge struct{ ears map[string]*ear }

// ear is what is known of one adapter.
type ear struct {
	generation uint64
	rates      map[wlan.MHz]rate

	// The silence since it last heard a frame:
	began    time.Time
	expected float64              // frames that should have been heard
	listened time.Duration        // in all
	where    map[wlan.MHz]witness // on which something should have been heard
	visited  map[wlan.MHz]float64 // seconds on each
	ever     bool                 // it heard something in this generation
}

// rate is how much was heard on a frequency lately, all of it fading.
type rate struct {
	frames, seconds float64
	updated         time.Time
	heard           time.Time // last
}

// add takes in what was heard at now, and that was nothing for zero frames.
func (r rate) add(now time.Time, frames, seconds float64) rate {
	if !r.updated.IsZero() {
		fade := math.Exp2(-now.Sub(r.updated).Seconds() / halfLife.Seconds())
		r.frames, r.seconds = r.frames*fade, r.seconds*fade
	}
	r.frames, r.seconds, r.updated = r.frames+frames, r.seconds+seconds, now
	if frames > 0 {
		r.heard = now
	}
	return r
}

// perSecond is the rate, 0 where it rests on too little or is older than fresh.
func (r rate) perSecond(now time.Time, fresh time.Duration) float64 {
	if r.heard.IsZero() || now.Sub(r.heard) > fresh || r.frames < leastSeen || r.frames < leastRate*r.seconds {
		return 0
	}
	return r.frames / r.seconds
}

// witness says who knows that something is to be heard.
type witness struct {
	name string // of the adapter; empty: itself, earlier
	rate float64
}

// Heard takes note of a visit. It returns true when the adapter is deaf beyond
// doubt, with the evidence as a clause, and then begins anew.
func (j *Judge) Heard(v Visit) (evidence string, deaf bool) {
	e := j.ear(v)
	if e == nil || v.Listened <= 0 {
		return "", false
	}
	if v.Frames > 0 {
		for f, seconds := range e.visited { // it hears: where it heard nothing there was nothing
			e.note(v.At, f, 0, seconds)
		}
		e.note(v.At, v.Frequency, float64(v.Frames), v.Listened.Seconds())
		e.quiet()
		e.ever = true
		return "", false
	}
	if e.began.IsZero() {
		e.began = v.At.Add(-v.Listened)
	}
	e.listened += v.Listened
	if _, known := e.visited[v.Frequency]; known || len(e.visited) < maxFrequencies {
		e.visited[v.Frequency] += v.Listened.Seconds()
	}
	if w, ok := j.witness(v, e); ok {
		e.expected += w.rate * v.Listened.Seconds()
		if len(e.where) < maxFrequencies {
			e.where[v.Frequency] = w
		}
	}
	if evidence, deaf = e.verdict(v.At); deaf {
		e.quiet()
	}
	return evidence, deaf
}

// Forget drops an adapter that is gone.
func (j *Judge) Forget(adapter string) { delete(j.ears, adapter) }

// ear returns what is known of the visit's adapter, nil when there are too many.
func (j *Judge) ear(v Visit) *ear {
	if j.ears == nil {
		j.ears = make(map[string]*ear)
	}
	e := j.ears[v.Adapter]
	if e == nil {
		if len(j.ears) == maxEars {
			return nil
		}
		e = &ear{rates: make(map[wlan.MHz]rate), generation: v.Generation}
		j.ears[v.Adapter] = e
		e.quiet()
	}
	if e.generation != v.Generation { // what it heard before stays true, its silence begins anew
		e.generation, e.ever = v.Generation, false
		e.quiet()
	}
	return e
}

// quiet ends a silence.
func (e *ear) quiet() {
	e.began, e.expected, e.listened = time.Time{}, 0, 0
	e.where, e.visited = make(map[wlan.MHz]witness), make(map[wlan.MHz]float64)
}

// note learns how much is to be heard on a frequency. Of one where nothing was
// ever heard there is nothing to learn.
func (e *ear) note(now time.Time, f wlan.MHz, frames, seconds float64) {
	r, known := e.rates[f]
	if !known && (frames == 0 || len(e.rates) == maxFrequencies) {
		return
	}
	e.rates[f] = r.add(now, frames, seconds)
}

// witness finds who knows that there is something to be heard on a frequency:
// another adapter rather than this one itself.
func (j *Judge) witness(v Visit, e *ear) (witness, bool) {
	var best witness
	for _, name := range slices.Sorted(maps.Keys(j.ears)) {
		r := j.ears[name].rates[v.Frequency].perSecond(v.At, freshFor)
		if name != v.Adapter && r > 0 && (best.rate == 0 || r < best.rate) { // the one that promises least
			best = witness{name, r}
		}
	}
	if best.rate == 0 {
		best.rate = e.rates[v.Frequency].perSecond(v.At, selfFor)
	}
	return best, best.rate > 0
}

// verdict says whether a silence is impossible. One frequency that only the
// adapter itself knows is no proof: an access point may have been switched off.
func (e *ear) verdict(now time.Time) (string, bool) {
	run := now.Sub(e.began)
	switch {
	case run < leastRun:
		return "", false
	case e.expected >= enough && (len(e.where) >= 2 || e.others()):
		return e.evidence(), true
	case !e.ever && run >= neverRun && e.listened >= neverRun/2 && len(e.visited) >= neverOn:
		return fmt.Sprintf("nothing at all in %v on %d channels", run.Round(time.Minute), len(e.visited)), true
	default:
		return "", false
	}
}

func (e *ear) others() bool {
	for _, w := range e.where {
		if w.name != "" {
			return true
		}
	}
	return false
}

// evidence names some frequencies and who hears what there.
func (e *ear) evidence() string {
	var parts []string
	for _, f := range slices.Sorted(maps.Keys(e.where)) {
		w := e.where[f]
		who := "it heard"
		if w.name != "" {
			who = w.name + " hears"
		}
		parts = append(parts, fmt.Sprintf("on %d MHz, where %s %.0f a second", f, who, w.rate))
		if len(parts) == maxNamed {
			break
		}
	}
	return fmt.Sprintf("no frame in %.1f s, also none %s", e.listened.Seconds(), strings.Join(parts, ", "))
}
