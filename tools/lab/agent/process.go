package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"picket/tools/lab/protocol"
)

// A process is a program in the background.
type process struct {
	name    string
	argv    []string
	pid     int
	started time.Time
	output  *output
	done    chan struct{} // closed when it has ended, its group with it
	exited  protocol.Exited
}

// processes are those in the background, by name.
type processes struct {
	mu     sync.Mutex
	byName map[string]*process
}

func newProcesses() *processes { return &processes{byName: make(map[string]*process)} }

func (p *processes) register(s *server) {
	s.verbs[protocol.DoExec] = handle(p.exec)
	s.verbs[protocol.DoStart] = handle(p.start)
	s.verbs[protocol.DoStop] = handle(p.stop)
	s.verbs[protocol.DoSignal] = handle(p.signal)
	s.verbs[protocol.DoAwait] = handle(p.await)
	s.verbs[protocol.DoOutput] = handle(p.read)
	s.verbs[protocol.DoProcess] = handle(p.list)
	s.verbs[protocol.DoExitWait] = handle(p.wait)
}

// exec runs a command to its end, or to that of ctx.
func (p *processes) exec(ctx context.Context, e protocol.Exec) (protocol.Exited, error) {
	cmd, err := command(e.Command)
	if err != nil {
		return protocol.Exited{}, err
	}
	stdout, stderr := &clipped{limit: outputLimit(e.MaxOutput)}, &clipped{limit: outputLimit(e.MaxOutput)}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(e.Stdin), stdout, stderr
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return protocol.Exited{}, fmt.Errorf("start %s: %w", e.Argv[0], err)
	}
	over := context.AfterFunc(ctx, func() { killGroup(cmd.Process.Pid, syscall.SIGKILL) })
	exited := ended(cmd, cmd.Wait(), start)
	over()
	killGroup(cmd.Process.Pid, syscall.SIGKILL) // what it left behind
	if errors.Is(context.Cause(ctx), errCancelled) {
		return exited, errCancelled
	}
	exited.TimedOut = ctx.Err() != nil
	exited.Stdout, exited.Stderr = stdout.String(), stderr.String()
	return exited, nil
}

// start begins a process that outlives ctx.
func (p *processes) start(_ context.Context, s protocol.Start) (protocol.Started, error) {
	cmd, err := command(s.Command)
	if err != nil {
		return protocol.Started{}, err
	}
	if s.Name == "" {
		return protocol.Started{}, coded(protocol.BadAsk, "a process in the background needs a name")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if old := p.byName[s.Name]; old != nil && !old.over() {
		return protocol.Started{}, coded(protocol.Exists, "process %s is running", s.Name)
	}
	var log io.WriteCloser
	if s.Log != "" {
		if log, err = create(s.Log); err != nil {
			return protocol.Started{}, err
		}
	}
	made := &process{name: s.Name, argv: s.Argv, started: time.Now(), done: make(chan struct{})}
	made.output = newOutput(outputLimit(s.MaxOutput), writerOrNil(log))
	cmd.Stdout, cmd.Stderr = made.output, made.output
	if err := cmd.Start(); err != nil {
		if log != nil {
			log.Close()
		}
		return protocol.Started{}, fmt.Errorf("start %s: %w", s.Argv[0], err)
	}
	made.pid = cmd.Process.Pid
	p.byName[s.Name] = made
	go func() {
		made.exited = ended(cmd, cmd.Wait(), made.started)
		killGroup(made.pid, syscall.SIGKILL)
		if log != nil {
			log.Close()
		}
		made.output.end()
		close(made.done)
	}()
	return protocol.Started{PID: made.pid}, nil
}

func (p *process) over() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// how says how it ended, with its output.
func (p *process) how() protocol.Exited {
	e := p.exited
	e.Stdout = p.output.String()
	return e
}

func (p *processes) find(name string) (*process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if found := p.byName[name]; found != nil {
		return found, nil
	}
	return nil, coded(protocol.Absent, "there is no process %s", name)
}

func (p *processes) stop(ctx context.Context, s protocol.Stop) (protocol.Exited, error) {
	found, err := p.find(s.Name)
	if err != nil {
		return protocol.Exited{}, err
	}
	sig, err := signalNamed(s.Signal, syscall.SIGTERM)
	if err != nil {
		return protocol.Exited{}, err
	}
	grace := 3 * time.Second
	if s.GraceMS > 0 {
		grace = time.Duration(s.GraceMS) * time.Millisecond
	}
	if !found.over() {
		killGroup(found.pid, sig)
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-found.done:
		return found.how(), nil
	case <-timer.C:
	case <-ctx.Done():
	}
	killGroup(found.pid, syscall.SIGKILL)
	select {
	case <-found.done:
		return found.how(), nil
	case <-time.After(stuckAfter):
		return protocol.Exited{}, fmt.Errorf("process %s does not die", s.Name)
	}
}

func (p *processes) signal(_ context.Context, s protocol.Signal) (protocol.None, error) {
	found, err := p.find(s.Name)
	if err != nil {
		return protocol.None{}, err
	}
	sig, err := signalNamed(s.Signal, 0)
	if err != nil {
		return protocol.None{}, err
	}
	if found.over() {
		return protocol.None{}, coded(protocol.Absent, "process %s has ended", s.Name)
	}
	killGroup(found.pid, sig)
	return protocol.None{}, nil
}

func (p *processes) wait(ctx context.Context, n protocol.Named) (protocol.Exited, error) {
	found, err := p.find(n.Name)
	if err != nil {
		return protocol.Exited{}, err
	}
	select {
	case <-found.done:
		return found.how(), nil
	case <-ctx.Done():
		return protocol.Exited{}, fmt.Errorf("process %s: %w", n.Name, ctx.Err())
	}
}

func (p *processes) read(_ context.Context, o protocol.Output) (protocol.OutputText, error) {
	found, err := p.find(o.Name)
	if err != nil {
		return protocol.OutputText{}, err
	}
	first, text, over, _ := found.output.from(o.From)
	result := protocol.OutputText{First: first, Next: first + int64(len(text)), Text: string(text)}
	if over && found.over() {
		result.Ended = &found.exited
	}
	return result, nil
}

func (p *processes) list(context.Context, protocol.None) (protocol.Processes, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all protocol.Processes
	for _, found := range p.byName {
		shown := protocol.Process{Name: found.name, PID: found.pid, Argv: found.argv}
		if found.over() {
			shown.Ended = &found.exited
		}
		all.Processes = append(all.Processes, shown)
	}
	slices.SortFunc(all.Processes, func(a, b protocol.Process) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// reset ends every process, youngest first, and forgets them all.
func (p *processes) reset(ctx context.Context) []string {
	p.mu.Lock()
	var all []*process
	for _, found := range p.byName {
		all = append(all, found)
	}
	p.mu.Unlock()
	slices.SortFunc(all, func(a, b *process) int { return b.started.Compare(a.started) })
	var ended []string
	for _, found := range all {
		if !found.over() {
			ended = append(ended, found.name)
			_, _ = p.stop(ctx, protocol.Stop{Name: found.name, GraceMS: 1500})
		}
		p.mu.Lock()
		delete(p.byName, found.name)
		p.mu.Unlock()
	}
	return ended
}

// await waits for a line that matches.
func (p *processes) await(ctx context.Context, a protocol.Await) (protocol.Awaited, error) {
	found, err := p.find(a.Name)
	if err != nil {
		return protocol.Awaited{}, err
	}
	var pattern *regexp.Regexp
	if a.Regexp != "" {
		if pattern, err = regexp.Compile(a.Regexp); err != nil {
			return protocol.Awaited{}, coded(protocol.BadAsk, "%w", err)
		}
	}
	at := a.From
	for {
		first, text, over, more := found.output.from(at)
		at = first
		for len(text) > 0 {
			end := bytes.IndexByte(text, '\n')
			if end < 0 && !over {
				break // half a line: its end may come
			}
			if end < 0 {
				end = len(text) - 1
			}
			line := strings.TrimRight(string(text[:end+1]), "\r\n")
			text, at = text[end+1:], at+int64(end)+1
			for _, fail := range a.Fail {
				if strings.Contains(line, fail) {
					return protocol.Awaited{}, fmt.Errorf("process %s said %q", a.Name, line)
				}
			}
			var match []string
			if pattern != nil {
				match = pattern.FindStringSubmatch(line)
			}
			if match != nil || pattern == nil && strings.Contains(line, a.Text) {
				return protocol.Awaited{Line: line, Match: match, Next: at, MS: time.Since(found.started).Milliseconds()}, nil
			}
		}
		if over {
			return protocol.Awaited{}, fmt.Errorf("process %s ended without saying %q: %s", a.Name, a.Text+a.Regexp, lastLines(found.output))
		}
		select {
		case <-more:
		case <-ctx.Done():
			return protocol.Awaited{}, fmt.Errorf("process %s did not say %q: %w; its last words: %s", a.Name, a.Text+a.Regexp, ctx.Err(), lastLines(found.output))
		}
	}
}

// lastLines are for an error's text.
func lastLines(o *output) string {
	text := o.String()
	return strings.TrimSpace(text[max(0, len(text)-1000):])
}

// writerOrNil keeps a nil file from becoming an interface that is not nil.
func writerOrNil(w io.WriteCloser) io.Writer {
	if w == nil {
		return nil
	}
	return w
}

// create makes a file new, and the folders above it.
func create(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	return os.Create(path)
}

// ended says how a command ended.
func ended(cmd *exec.Cmd, err error, start time.Time) protocol.Exited {
	e := protocol.Exited{ExitCode: cmd.ProcessState.ExitCode(), MS: time.Since(start).Milliseconds()}
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		e.Signal = signalName(status.Signal())
	}
	_ = err // an exit code that is not 0, or output still held open by what it left behind
	return e
}
