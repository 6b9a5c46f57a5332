package lab

import (
	"context"
	"errors"
	"fmt"
	"time"

	"picket/tools/lab/scenario"
)

// errNotSeen says that the node did not say in time what it had to.
var errNotSeen = errors.New("not everything that was expected was seen")

// await asks the node until everything holds at once, or the time is over.
func (p *play) await(ctx context.Context, all []scenario.Expect) error {
	if len(all) == 0 {
		return nil
	}
	outcomes := make([]outcome, len(all))
	var lastErr error
	holds := false
	for !holds && ctx.Err() == nil {
		holds = true
		for n, e := range all {
			o, err := check(ctx, p.session.node, e, p.tapID(), p.from)
			if err != nil {
				if ctx.Err() != nil {
					break // what was seen last stands
				}
				lastErr, o = err, outcome{seen: err.Error()}
			}
			if o.at = outcomes[n].at; o.holds && o.at == 0 {
				o.at = max(p.sinceTap(), time.Millisecond)
			}
			outcomes[n] = o
			holds = holds && o.holds
		}
		if holds || p.late(all, outcomes) {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(askEvery):
		}
	}
	return errors.Join(p.verdict(all, outcomes), lastErr0(holds, lastErr))
}

// lastErr0 keeps an error of asking only where something is missing for it.
func lastErr0(holds bool, err error) error {
	if holds {
		return nil
	}
	return err
}

// late reports whether waiting longer is of no use: something that had to be seen
// within a time was not, by far.
func (p *play) late(all []scenario.Expect, outcomes []outcome) bool {
	for n, e := range all {
		if e.Within > 0 && !outcomes[n].holds && p.sinceTap() > 2*e.Within+10*time.Second {
			return true
		}
	}
	return false
}

// verdict writes down what was expected and seen.
func (p *play) verdict(all []scenario.Expect, outcomes []outcome) error {
	good := true
	for n, e := range all {
		o := outcomes[n]
		seen := o.seen
		if seen == "" {
			seen = "not asked"
		}
		if o.at > 0 && p.tap != nil {
			seen += fmt.Sprintf(", first so %.1f s after the tap's start", o.at.Seconds())
		}
		ok := o.holds && (e.Within == 0 || o.at <= e.Within)
		good = good && ok
		mark := "ok"
		if !ok {
			mark = "MISSING"
		}
		p.say("%s: %s (%s)", mark, describe(e), seen)
		p.expected = append(p.expected, describe(e))
		p.seen = append(p.seen, seen)
	}
	if !good {
		p.failed = true
		return errNotSeen
	}
	return nil
}
