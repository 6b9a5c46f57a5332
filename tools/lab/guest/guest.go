package guest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"picket/tools/lab/protocol"
)

const portName = protocol.PortName

// Program is QEMU's; Package is Debian's package of it.
const (
	Program = "qemu-system-x86_64"
	Package = "qemu-system-x86"
)

// Installed reports whether this machine has QEMU.
func Installed() bool {
	_, err := exec.LookPath(Program)
	return err == nil
}

// A Guest is a machine that runs.
type Guest struct {
	*protocol.Client

	Hello       protocol.Hello
	Accelerator string        // "tcg" or "kvm"
	Ready       time.Duration // from QEMU's start until the agent answered

	config Config
	start  time.Time
	dir    string // of the socket
	cmd    *exec.Cmd
	ended  chan struct{} // closed when QEMU has ended
	err    error         // why; read after ended
}

// Boot starts a guest and waits until its agent answers.
func Boot(ctx context.Context, c Config) (*Guest, error) {
	if _, err := exec.LookPath(Program); err != nil {
		return nil, fmt.Errorf("%w: the package %s has it; tools/setup test installs it", err, Package)
	}
	if c.CPUs == 0 {
		c.CPUs = 2
	}
	if c.MemoryMB == 0 {
		c.MemoryMB = 1536
	}
	if c.Patience == 0 {
		c.Patience = 2 * time.Minute
	}
	if kvmMayWork(c.Remember) {
		tried := c
		tried.Patience = 20 * time.Second
		g, err := boot(ctx, tried, "kvm")
		if err == nil || ctx.Err() != nil {
			return g, err
		}
		if err := rememberNoKVM(c.Remember); err != nil {
			return nil, err
		}
	}
	return boot(ctx, c, "tcg,thread=multi,tb-size=512")
}

func boot(ctx context.Context, c Config, accelerator string) (g *Guest, err error) {
	dir, err := os.MkdirTemp("", "picket-lab-") // short: a socket's path has 107 octets at most
	if err != nil {
		return nil, err
	}
	g = &Guest{config: c, start: time.Now(), dir: dir, ended: make(chan struct{})}
	g.Accelerator, _, _ = strings.Cut(accelerator, ",")
	if err := g.run(accelerator); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	ctx, cancel := context.WithTimeout(ctx, c.Patience)
	defer cancel()
	if err := g.connect(ctx); err != nil {
		g.kill()
		return nil, fmt.Errorf("boot the guest (%s): %w%s", g.Accelerator, err, g.lastWords())
	}
	g.Ready = g.Age()
	return g, nil
}

// run starts QEMU.
func (g *Guest) run(accelerator string) error {
	initramfs := filepath.Join(g.dir, "initramfs")
	if err := os.WriteFile(initramfs, g.config.Initramfs, 0o600); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(g.config.Dir, "qemu.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	kHz := int64(0)
	if g.Accelerator == "tcg" {
		kHz = ticksKHz()
	}
	g.cmd = exec.Command(Program, g.config.arguments(accelerator, g.socket(), initramfs, kHz)...)
	g.cmd.Stdout, g.cmd.Stderr = log, log
	g.cmd.SysProcAttr = ownGroup()
	if err := g.cmd.Start(); err != nil {
		return err
	}
	go func() {
		g.err = g.cmd.Wait()
		close(g.ended)
	}()
	return nil
}

func (g *Guest) socket() string { return filepath.Join(g.dir, "agent") }

func (c Config) serial() string { return filepath.Join(c.Dir, "serial.log") }

// connect waits for QEMU's end of the line, and then for the agent's.
func (g *Guest) connect(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-g.ended:
			cancel(errors.New("QEMU has ended"))
		case <-ctx.Done():
		}
	}()
	conn, err := dial(ctx, g.socket())
	if err == nil {
		g.Client = protocol.NewClient(conn, g.note)
		g.Hello, err = g.Client.Connect(ctx)
	}
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return err
}

func (g *Guest) note(r protocol.Response) {
	if g.config.Note != nil {
		g.config.Note(r.Level, r.Note)
	}
}

func dial(ctx context.Context, socket string) (net.Conn, error) {
	var dialer net.Dialer
	for {
		conn, err := dialer.DialContext(ctx, "unix", socket)
		if err == nil {
			return conn, nil
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Age is the time since QEMU's start.
func (g *Guest) Age() time.Duration { return time.Since(g.start) }

// Ended is closed when the machine has ended, for whatever reason.
func (g *Guest) Ended() <-chan struct{} { return g.ended }

// Close powers the guest off, or kills it when it does not go by itself.
func (g *Guest) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	asked := g.Client.Call(ctx, protocol.DoPowerOff, protocol.None{}, nil)
	if asked == nil {
		select {
		case <-g.ended:
		case <-time.After(10 * time.Second):
			asked = errors.New("the guest did not power off")
		}
	}
	g.kill()
	if errors.Is(asked, protocol.ErrClosed) {
		asked = nil // gone before it could answer
	}
	return asked
}

// kill ends QEMU and all that it started, at once, and clears up.
func (g *Guest) kill() {
	_ = syscall.Kill(-g.cmd.Process.Pid, syscall.SIGKILL) // no such group: it has ended
	<-g.ended
	if g.Client != nil {
		_ = g.Client.Close()
	}
	_ = os.RemoveAll(g.dir)
}

// lastWords is what console and QEMU said last.
func (g *Guest) lastWords() string {
	var b strings.Builder
	for _, name := range []string{filepath.Join(g.config.Dir, "qemu.log"), g.config.serial()} {
		text, err := os.ReadFile(name)
		text = bytes.TrimSpace(text)
		if err == nil && len(text) > 0 {
			fmt.Fprintf(&b, "\n%s ends:\n%s", name, text[max(0, len(text)-1500):])
		}
	}
	return b.String()
}
