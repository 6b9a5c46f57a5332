package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

// patience is how long a program may take to stop before it is killed: a node
// finishes its requests and its database writes what it holds.
const patience = 30 * time.Second

// A process is a program that this one started.
type process struct {
	name   string
	log    string // path of all it said
	stdout io.Reader
	cmd    *exec.Cmd
	done   chan struct{} // closed when it has ended
	err    error         // how, once done is closed
}

// failure returns how a process ended.
func (p *process) failure() error {
	if p.err == nil {
		return errors.New("exit status 0")
	}
	return p.err
}

// A fleet is the processes in the order of their starts.
type fleet struct {
	out   *screen
	logs  string        // folder
	ended chan *process // those that ended; room for all

	mu        sync.Mutex
	processes []*process
}

// start starts a program. It gets a process group of its own, so that a
// terminal's Ctrl-C reaches it in order and once: through this program.
func (f *fleet) start(name, path string, args ...string) (*process, error) {
	p := &process{name: name, log: filepath.Join(f.logs, name+".log"), done: make(chan struct{})}
	file, err := os.Create(p.log)
	if err != nil {
		return nil, err
	}
	p.cmd = exec.Command(path, args...)
	p.cmd.SysProcAttr = ownGroup()
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if err := p.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", name, err), file.Close())
	}
	ready, feed := io.Pipe()
	p.stdout = ready
	var readers sync.WaitGroup
	readers.Go(func() {
		lines := bufio.NewScanner(stderr)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			_, _ = fmt.Fprintln(file, lines.Text())
			f.out.log(name, lines.Text())
		}
		_, _ = io.Copy(file, stderr) // a line beyond all measure must not block the program
	})
	readers.Go(func() {
		_, _ = io.Copy(feed, stdout)
		_ = feed.Close()
	})
	go func() {
		readers.Wait()
		p.err = errors.Join(p.cmd.Wait(), file.Close())
		close(p.done)
		f.ended <- p
	}()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.processes = append(f.processes, p)
	return p, nil
}

// wait returns nil when ctx is done, and an error when a process ends before.
func (f *fleet) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case p := <-f.ended:
		return fmt.Errorf("%s ended by itself: %w; its log is %s", p.name, p.failure(), p.log)
	}
}

// stop ends every process, the last first, and says so, a line each.
func (f *fleet) stop() error {
	var failed error
	for _, p := range slices.Backward(f.all()) {
		select {
		case <-p.done:
			continue
		default:
		}
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended just now
		select {
		case <-p.done:
		case <-time.After(patience):
			_ = p.cmd.Process.Kill()
			<-p.done
			failed = errors.Join(failed, fmt.Errorf("%s did not stop within %v and was killed", p.name, patience))
			continue
		}
		if p.err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s stopped with %w; its log is %s", p.name, p.err, p.log))
			continue
		}
		f.out.say(p.name + " stopped")
	}
	return failed
}

// kill ends every process at once.
func (f *fleet) kill() {
	for _, p := range f.all() {
		_ = p.cmd.Process.Kill() // it may have ended
	}
}

func (f *fleet) all() []*process {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.processes)
}
