package monitor

import (
	"time"
)

// cure is what is done about an adapter that hears nothing.
type cure uint8

const (
	toggle   cure = iota // its interface down and up
	recreate             // a new monitor interface
	reclaim              // put back as found, and claimed the other way where there is one
	reset                // the device, as if unplugged
	giveUp               // Failed, for a while
)

// String says what was done, as a clause.
func (c cure) String() string {
	switch c {
	case toggle:
		return "its interface was switched off and on"
	case recreate:
		return "it was given a new interface"
	case reclaim:
		return "it was put back as found and claimed anew"
	case reset:
		return "the device was reset"
	default:
		return "nothing helped, and it is left alone for an hour"
	}
}

// Times of cures.
const (
	health = 30 * time.Minute // without a complaint, after which the first cure comes first again
	deaf   = time.Hour        // of an adapter that no cure helped
)

// pauseAfter is how long complaints are not heard after a cure: it must have had
// the time to show.
func pauseAfter(c cure) time.Duration {
	switch c {
	case toggle:
		return 30 * time.Second
	case recreate:
		return 2 * time.Minute
	case reclaim:
		return 5 * time.Minute
	case reset:
		return 10 * time.Minute
	default:
		return deaf
	}
}

// silence is what was done about an adapter's silence.
type silence struct {
	next  cure
	after time.Time // complaints before are not heard
	other bool      // claimed the other way
}

// complain returns what to do about a complaint at now; false: nothing yet.
func (s *silence) complain(now time.Time) (cure, bool) {
	if now.Before(s.after) {
		return 0, false
	}
	if now.Sub(s.after) > health {
		s.next = toggle
	}
	c := s.next
	s.after = now.Add(pauseAfter(c))
	s.next++
	switch c {
	case reclaim:
		s.other = !s.other
	case giveUp:
		s.next = toggle
	}
	return c, true
}

// otherWay reports whether the way that was tried first is to be tried last.
func (s *silence) otherWay() bool { return s.other }
