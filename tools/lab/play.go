package lab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"picket/tools/lab/protocol"
	"picket/tools/lab/scenario"
)

// Times of a scenario that names none.
const (
	defaultLimit = 3 * time.Minute
	stepLimit    = 30 * time.Second
	resetLimit   = 45 * time.Second
	askEvery     = 500 * time.Millisecond
)

// A Result is how a scenario went.
type Result struct {
	Name     string   `json:"name"`
	Passed   bool     `json:"passed"`
	Expected []string `json:"expected"` // a sentence each
	Seen     []string `json:"seen"`     // what was, in the same order
	Seconds  float64  `json:"seconds"`
	Error    string   `json:"error,omitempty"` // why it did not come to its end
}

// A play is one scenario under way.
type play struct {
	session  *Session
	scenario scenario.Scenario
	from     time.Time // what the node knows since then counts: the start of the window that the scenario began in

	mu         sync.Mutex
	tap        *runningTap
	attack     [2]time.Time                // begin and end; zero: none
	recordings map[string]protocol.Capture // by name
	expected   []string
	seen       []string
	failed     bool
}

// Play plays one scenario in fresh radios. The error is of the laboratory itself:
// no further scenario can be played. A scenario that fails is no error.
func (s *Session) Play(ctx context.Context, sc scenario.Scenario) (Result, error) {
	start := time.Now()
	limit := sc.Limit
	if limit == 0 {
		limit = defaultLimit
	}
	p := &play{session: s, scenario: sc, from: start.Truncate(scenario.Window), recordings: make(map[string]protocol.Capture)}
	err := s.fresh(ctx)
	if err != nil {
		return Result{}, err
	}
	playing, cancel := context.WithTimeout(ctx, limit)
	err = p.play(playing)
	cancel()
	if err == nil && s.options.Record != "" {
		err = p.record(ctx)
	}
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	if err != nil {
		p.tellWhy(ctx)
	}
	r := Result{Name: sc.Name, Passed: err == nil && !p.failed, Expected: p.expected, Seen: p.seen, Seconds: float64(time.Since(start).Milliseconds()) / 1000}
	if err != nil {
		r.Error = err.Error()
	}
	return r, nil
}

// fresh clears away what an earlier scenario left. A guest that cannot is replaced.
func (s *Session) fresh(ctx context.Context) error {
	resetting, cancel := context.WithTimeout(ctx, resetLimit)
	defer cancel()
	err := errors.New("there is none")
	if s.guest != nil {
		err = s.guest.Call(resetting, protocol.DoReset, protocol.None{}, nil)
	}
	if err == nil {
		// Emulated clocks drift; what the tap reports is compared with ours.
		err = s.guest.Call(resetting, protocol.DoClock, protocol.Clock{UnixNano: time.Now().UnixNano()}, nil)
	}
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	s.options.Say("the guest does not reset: " + err.Error())
	return s.again(ctx)
}

func (p *play) say(format string, a ...any) {
	p.session.options.Say(p.scenario.Name + ": " + fmt.Sprintf(format, a...))
}

func (p *play) play(ctx context.Context) error {
	for _, f := range p.scenario.Files {
		if err := p.call(ctx, protocol.DoWrite, protocol.Write{Path: f.Path, Data: []byte(f.Text)}, nil); err != nil {
			return err
		}
	}
	start := time.Now()
	for _, r := range p.scenario.Radios {
		if err := p.call(ctx, protocol.DoRadioAdd, r, nil); err != nil {
			return err
		}
	}
	if n := len(p.scenario.Radios); n > 0 {
		p.say("%d radios after %.1f s", n, time.Since(start).Seconds())
	}
	if m := p.scenario.Medium; m != nil {
		if err := p.call(ctx, protocol.DoMedium, *m, nil); err != nil {
			return err
		}
	}
	for n, step := range p.scenario.Steps {
		if err := p.step(ctx, step); err != nil {
			return fmt.Errorf("step %d, %s: %w", n+1, nameOf(step), err)
		}
	}
	return p.await(ctx, p.scenario.Expect)
}

// call asks the guest, for half a minute or what is left of ctx.
func (p *play) call(ctx context.Context, do string, args, result any) error {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	return p.session.guest.Call(ctx, do, args, result)
}

func nameOf(s scenario.Step) string {
	if s.Say != "" {
		return s.Say
	}
	if len(s.Together) > 0 {
		return nameOf(s.Together[0]) + " …"
	}
	return s.Do
}

// step does one step.
func (p *play) step(ctx context.Context, s scenario.Step) error {
	limit := s.Limit
	if limit == 0 {
		limit = stepLimit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	start := time.Now()
	var err error
	if len(s.Together) > 0 {
		err = p.together(ctx, s.Together)
	} else {
		err = p.do(ctx, s)
	}
	switch {
	case err != nil && s.MayFail && ctx.Err() == nil:
		p.say("%s: %v (which is no failure)", nameOf(s), err)
		return nil
	case err != nil:
		return err
	case s.Say != "":
		p.say("%s: %.1f s", s.Say, time.Since(start).Seconds())
	}
	return nil
}

func (p *play) together(ctx context.Context, steps []scenario.Step) error {
	errs := make([]error, len(steps))
	var all sync.WaitGroup
	for n, s := range steps {
		all.Go(func() {
			if err := p.step(ctx, s); err != nil {
				errs[n] = fmt.Errorf("%s: %w", nameOf(s), err)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func (p *play) do(ctx context.Context, s scenario.Step) error {
	switch s.Do {
	case scenario.DoTap:
		a, err := args[scenario.Tap](s)
		if err != nil {
			return err
		}
		return p.startTap(ctx, a)
	case scenario.DoTapStop:
		return p.stopTap(ctx)
	case scenario.DoPause:
		a, err := args[time.Duration](s)
		if err != nil {
			return err
		}
		select {
		case <-time.After(a):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	case scenario.DoAttack:
		a, err := args[scenario.Attack](s)
		if err != nil {
			return err
		}
		p.markAttack(a.Over)
		return nil
	case scenario.DoExpect:
		a, err := args[[]scenario.Expect](s)
		if err != nil {
			return err
		}
		return p.await(ctx, a)
	case scenario.DoGoTest:
		a, err := args[scenario.GoTest](s)
		if err != nil {
			return err
		}
		return p.goTest(ctx, a)
	}
	return p.ask(ctx, s)
}

// args returns the arguments of a step of the host.
func args[T any](s scenario.Step) (T, error) {
	a, ok := s.Args.(T)
	if !ok {
		return a, fmt.Errorf("the arguments of %s are %T, not %T", s.Do, s.Args, a)
	}
	return a, nil
}

// ask has the guest do a step.
func (p *play) ask(ctx context.Context, s scenario.Step) error {
	if c, ok := s.Args.(protocol.Capture); ok && s.Do == protocol.DoCapture {
		p.mu.Lock()
		p.recordings[c.Name] = c
		p.mu.Unlock()
	}
	given := s.Args
	if given == nil {
		given = protocol.None{}
	}
	var answer json.RawMessage
	if err := p.session.guest.Call(ctx, s.Do, given, &answer); err != nil {
		return err
	}
	switch s.Do {
	case protocol.DoExec, protocol.DoExitWait:
		var e protocol.Exited
		if err := json.Unmarshal(answer, &e); err != nil {
			return err
		}
		if e.ExitCode != 0 {
			return exitError(e)
		}
	case protocol.DoForge:
		var f protocol.Forged
		if err := json.Unmarshal(answer, &f); err != nil {
			return err
		}
		p.say("%d frames sent in %d ms, %d refused", f.Frames, f.MS, f.Refused)
	case protocol.DoCaptureStop:
		var c protocol.Captured
		if err := json.Unmarshal(answer, &c); err != nil {
			return err
		}
		p.say("captured %d frames, %d dropped by the kernel", c.Frames, c.Dropped)
	}
	return nil
}

func exitError(e protocol.Exited) error {
	how := fmt.Sprintf("exit status %d", e.ExitCode)
	if e.Signal != "" {
		how = e.Signal
	}
	if e.TimedOut {
		how += " (time over)"
	}
	return fmt.Errorf("%s: %s", how, lastLines(e.Stdout+e.Stderr))
}

// markAttack remembers when the attack begins or ends.
func (p *play) markAttack(over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if over {
		p.attack[1] = time.Now()
	} else if p.attack[0].IsZero() {
		p.attack[0] = time.Now()
	}
}
