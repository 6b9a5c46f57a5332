package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Options says where and how the server runs.
type Options struct {
	Data     string            // the node's data directory; made if absent
	Log      *slog.Logger      // nil discards
	Settings map[string]string // over the defaults, for tests
}

// A Server is a running private PostgreSQL. Its methods may be called from
// several goroutines.
type Server struct {
	bin    Binaries
	acct   account
	dir    string
	socket string
	args   []string
	log    *slog.Logger
	lock   *os.File

	stop   context.CancelFunc
	ended  chan struct{} // closed when the server is not kept running any more
	failed error         // why, if not by Stop; read after ended

	mu  sync.Mutex
	pid int
}

// Start starts the server on opt.Data, making the cluster at the first start, and
// returns when it takes connections; ctx bounds that. An error is a
// *VersionError where the data needs another major version.
func Start(ctx context.Context, opt Options) (_ *Server, err error) {
	s := &Server{log: opt.Log, ended: make(chan struct{})}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	data, err := filepath.Abs(opt.Data)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(data, 0o711); err != nil {
		return nil, err
	}
	if data, err = filepath.EvalSymlinks(data); err != nil {
		return nil, err
	}
	s.dir = filepath.Join(data, "postgres")
	if s.acct, err = findAccount(); err != nil {
		return nil, err
	}
	if err := s.acct.openWay(data); err != nil {
		return nil, err
	}
	if s.lock, err = lockFile(s.dir + ".lock"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.lock.Close()
		}
	}()
	if err := s.prepare(ctx, data, opt.Settings); err != nil {
		return nil, err
	}
	keep, stop := context.WithCancel(context.Background())
	s.stop = stop
	ready := make(chan error, 1)
	go s.keepRunning(keep, ready)
	select {
	case err = <-ready:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	if err != nil {
		stop()
		<-s.ended
		return nil, fmt.Errorf("start PostgreSQL on %s: %w", s.dir, err)
	}
	return s, nil
}

// prepare leaves a whole cluster in s.dir on which nothing runs.
func (s *Server) prepare(ctx context.Context, data string, extra map[string]string) error {
	installed, err := FindBinaries(ctx)
	if err != nil {
		return err
	}
	bin, exists, err := choose(s.dir, installed)
	if err != nil {
		return err
	}
	s.bin = bin
	if exists {
		if err := stopLeftOver(ctx, s.log, s.dir); err != nil {
			return err
		}
	} else {
		s.log.Info("making the database", "dir", s.dir, "postgres", bin.Major)
		if err := bootstrap(ctx, bin, s.acct, s.dir); err != nil {
			return fmt.Errorf("make the database in %s: %w", s.dir, err)
		}
	}
	if err := writeAccess(s.acct, s.dir); err != nil {
		return err
	}
	if s.socket, err = socketDir(s.acct, data); err != nil {
		return err
	}
	s.args = append([]string{"-D", s.dir}, settings(ctx, bin, s.acct, s.dir, s.socket, extra)...)
	return nil
}

// URL returns the connection string for one of Roles.
func (s *Server) URL(role string) string {
	return fmt.Sprintf("host=%s port=5432 user=%s dbname=%s sslmode=disable", s.socket, role, Database)
}

// PID returns the process id of the server, 0 while it does not run.
func (s *Server) PID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pid
}

// Run waits until ctx is done, and fails if the server cannot be kept running.
// It does not stop the server: others need it until they have ended.
func (s *Server) Run(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-s.ended:
		return s.failed
	}
}

func (s *Server) String() string { return "embedded database" }

// Stop ends the server by a fast shutdown and returns when it is gone. It may be
// called more than once.
func (s *Server) Stop() error {
	s.stop()
	<-s.ended
	return s.failed
}

// maxStarts bounds starts in a row that never come to take connections.
const maxStarts = 8

// keepRunning starts the server, and again whenever it dies, until ctx is done.
// It stays on its thread, with whose end the kernel would stop the server.
func (s *Server) keepRunning(ctx context.Context, ready chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(s.ended)
	defer s.lock.Close()
	for failures := 0; ctx.Err() == nil; {
		up, err := s.runOnce(ctx, ready)
		if ctx.Err() != nil {
			return
		}
		if up {
			failures = 0
		}
		if failures++; failures == maxStarts {
			s.failed = err
			tell(ready, err)
			return
		}
		s.log.Warn("database ended, starting it again", "err", err)
		if err := stopLeftOver(ctx, s.log, s.dir); err != nil {
			s.log.Warn("database left running", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(failures) * 250 * time.Millisecond):
		}
	}
}

// runOnce runs the server until it ends or ctx is done, and reports whether it
// took connections.
func (s *Server) runOnce(ctx context.Context, ready chan<- error) (up bool, err error) {
	lines := &serverLog{log: s.log}
	stderr, w, err := os.Pipe()
	if err != nil {
		return false, err
	}
	defer stderr.Close()
	cmd := s.acct.command(context.Background(), s.dir, s.bin.path("postgres"), s.args...)
	cmd.Stderr, cmd.Stdout = w, w
	endWithParent(cmd.SysProcAttr)
	err = cmd.Start()
	w.Close()
	if err != nil {
		return false, err
	}
	s.setPID(cmd.Process.Pid)
	defer s.setPID(0)
	exited := make(chan error, 1)
	logged := make(chan struct{})
	go func() { defer close(logged); lines.copy(stderr) }()
	go func() { exited <- cmd.Wait() }()

	answered := make(chan struct{})
	probe, stopProbe := context.WithCancel(ctx)
	defer stopProbe()
	go func() {
		if s.awaitAnswer(probe) {
			close(answered)
		}
	}()
	for {
		select {
		case <-answered:
			up, answered = true, nil
			tell(ready, nil)
		case err := <-exited:
			awaitLog(logged)
			return up, fmt.Errorf("PostgreSQL ended (%w): %s", err, lines.reason())
		case <-ctx.Done():
			s.shutDown(cmd.Process, exited)
			awaitLog(logged)
			return up, nil
		}
	}
}

// tell gives Start its answer; it takes the first and nobody reads more.
func tell(ready chan<- error, err error) {
	select {
	case ready <- err:
	default:
	}
}

// awaitLog waits a moment for the last lines: a backend that outlives a killed
// server holds the pipe open.
func awaitLog(logged <-chan struct{}) {
	select {
	case <-logged:
	case <-time.After(500 * time.Millisecond):
	}
}

// awaitAnswer tries until the server takes a connection.
func (s *Server) awaitAnswer(ctx context.Context) bool {
	for ctx.Err() == nil {
		conn, err := pgconn.Connect(ctx, s.URL("picket_owner"))
		if err == nil {
			_ = conn.Close(ctx)
			return true
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	return false
}

// shutDown asks for a fast shutdown, and for an immediate one after two minutes.
func (s *Server) shutDown(p *os.Process, exited <-chan error) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		_ = p.Signal(signal) // gone already: exited says so
		select {
		case <-exited:
			return
		case <-time.After(2 * time.Minute):
			s.log.Warn("database does not stop", "signal", signal.String())
		}
	}
}

func (s *Server) setPID(pid int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pid = pid
}

// ErrInUse is returned where another noded holds the data directory.
var ErrInUse = errors.New("in use by another noded")

func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s: %w", filepath.Dir(path), ErrInUse)
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return f, nil
}
