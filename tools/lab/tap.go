package lab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"picket/tools/lab/guest"
	"picket/tools/lab/protocol"
	"picket/tools/lab/scenario"
)

// nodeDevice is the guest's only network device.
const nodeDevice = "eth0"

// A runningTap is our tap in the guest.
type runningTap struct {
	name  string // in the console, and of its process
	start time.Time
	id    string // "": not known yet
}

// startTap gives the tap's namespace the link to the node and starts the tap there.
func (p *play) startTap(ctx context.Context, t scenario.Tap) error {
	s := p.session
	if err := s.guest.Call(ctx, protocol.DoLink, protocol.Link{
		Interface: nodeDevice, MoveTo: t.Namespace, Up: true, Addresses: []string{guest.Address},
	}, nil); err != nil {
		return fmt.Errorf("the link to the node: %w", err)
	}
	token, err := s.node.Token(ctx)
	if err != nil {
		return err
	}
	s.taps++
	name := fmt.Sprintf("%s-%d", p.scenario.Name, s.taps)
	argv := slices.Concat([]string{tapd, "-node", "https://" + guest.NodeAddress, "-token", token, "-name", name, "-state", "/run/tap-" + name}, t.Args)
	p.mu.Lock()
	p.tap = &runningTap{name: name, start: time.Now()}
	p.mu.Unlock()
	return s.guest.Call(ctx, protocol.DoStart, protocol.Start{
		Name: tapProcess, Log: "/run/" + name + ".log", Command: protocol.Command{Argv: argv, Namespace: t.Namespace},
	}, nil)
}

// tapProcess is the name of the tap's process in the guest.
const tapProcess = "tapd"

func (p *play) stopTap(ctx context.Context) error {
	var e protocol.Exited
	if err := p.session.guest.Call(ctx, protocol.DoStop, protocol.Stop{Name: tapProcess, GraceMS: 10_000}, &e); err != nil {
		return err
	}
	if e.ExitCode != 0 {
		return exitError(e)
	}
	return nil
}

// sinceTap is the time since the tap's start, or the scenario's where there is none.
func (p *play) sinceTap() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tap == nil {
		return time.Since(p.from)
	}
	return time.Since(p.tap.start)
}

// tapID returns the id that the node gave the tap, and until there is one an id
// that no tap has.
func (p *play) tapID() string {
	const nobody = "00000000-0000-0000-0000-000000000000"
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tap == nil {
		return nobody
	}
	if p.tap.id == "" {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		answer, err := p.session.node.Get(ctx, "taps", p.from)
		if err != nil {
			return nobody
		}
		taps, _ := reach(answer, "items").([]any)
		for _, tap := range taps {
			if id, ok := reach(tap, "id").(string); ok && reach(tap, "name") == any(p.tap.name) {
				p.tap.id = id
			}
		}
	}
	if p.tap.id == "" {
		return nobody
	}
	return p.tap.id
}

// tellWhy shows what the guest's programs said last: a scenario has failed.
func (p *play) tellWhy(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var list protocol.Processes
	if err := p.session.guest.Call(ctx, protocol.DoProcess, protocol.None{}, &list); err != nil {
		p.say("what its programs said is not known: %v", err)
		return
	}
	for _, process := range list.Processes {
		state := "runs"
		if process.Ended != nil {
			state = fmt.Sprintf("ended with status %d", process.Ended.ExitCode)
		}
		var out protocol.OutputText
		err := p.session.guest.Call(ctx, protocol.DoOutput, protocol.Output{Name: process.Name}, &out)
		if err != nil && !errors.Is(err, &protocol.Error{Code: protocol.Absent}) {
			p.say("%s: %v", process.Name, err)
			continue
		}
		p.say("%s (%s) %s and said last:\n%s", process.Name, strings.Join(process.Argv, " "), state, lastLines(out.Text))
	}
}

// lastLines is the end of what a program said.
func lastLines(text string) string {
	const most = 12
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-most):], "\n")
}
