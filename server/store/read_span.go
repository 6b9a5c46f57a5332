package store

import "time"

// Span is a time range and, where Site is not empty, the slug of one site.
type Span struct {
	From, To time.Time
	Site     string
}

// Slots is the number of equal parts of a time range in sparklines and histories.
const Slots = 24

// maxSteps bounds the points of a chart.
const maxSteps = 400

// bucket is the length of the finest rollup.
const bucket = 10 * time.Minute

// rawRange is up to which length a time range is read from observations as
// they came; beyond, rollups are as fine as what is drawn.
const rawRange = 4 * time.Hour

// maxRaw bounds what is read where no rollup exists: the last part of the time
// range.
const maxRaw = 24 * time.Hour

// slot is the length of one of the range's equal parts.
func (s Span) slot() time.Duration { return s.To.Sub(s.From) / Slots }

// rawFrom is from where observations without a rollup are read.
func (s Span) rawFrom() time.Time {
	if from := s.To.Add(-maxRaw); from.After(s.From) {
		return from
	}
	return s.From
}

// steps are the distances of points in charts.
var steps = [...]time.Duration{
	10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute,
	bucket, 30 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour,
}

// Grid is the steps of a chart: Len steps from From on.
type Grid struct {
	From time.Time
	Step time.Duration
	Len  int
}

// grid returns the finest steps, not finer than least, of which the range has no
// more than maxSteps, aligned to UTC as windows are.
func (s Span) grid(least time.Duration) Grid {
	step := steps[len(steps)-1]
	for _, d := range steps {
		if d >= least && s.To.Sub(s.From) <= d*maxSteps {
			step = d
			break
		}
	}
	from := s.From.UTC().Truncate(step)
	return Grid{From: from, Step: step, Len: int((s.To.Sub(from) + step - 1) / step)}
}

// rolled reports whether a rollup is as fine as the grid.
func (g Grid) rolled() bool { return g.Step >= bucket }

// At returns the start of a step.
func (g Grid) At(i int) time.Time { return g.From.Add(time.Duration(i) * g.Step) }

// To returns the end of the last step.
func (g Grid) To() time.Time { return g.At(g.Len) }
