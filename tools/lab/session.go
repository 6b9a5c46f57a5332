package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"picket/tools/lab/guest"
	"picket/tools/lab/image"
	"picket/tools/lab/node"
	"picket/tools/lab/protocol"
)

// Options are what a session needs to know.
type Options struct {
	Tree   Tree
	Cache  image.Cache
	Record string // folder for captures and labels; "": none are kept
	Keep   bool   // leave the session's folder, with all logs, when it ends
	Say    func(string)
}

// A Session is a guest and its node, in a temporary folder.
type Session struct {
	Dir string // share/ (the guest's /lab), node/, logs

	options Options
	lock    image.Lock
	image   image.Image
	listen  string // HOST:PORT of the node on the host
	node    *node.Node
	guest   *guest.Guest
	taps    int
}

// country is the guest's regulatory domain. Germany's has 2.4, 5 and 6 GHz, with
// radar and indoor rules; in some others nobody may begin to send on 6 GHz.
const country = "DE"

// Open builds what is missing and starts node and guest, at the same time.
func Open(ctx context.Context, o Options) (*Session, error) {
	dir, err := os.MkdirTemp("", "picket-lab-run-")
	if err != nil {
		return nil, err
	}
	s := &Session{Dir: dir, options: o}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Session) open(ctx context.Context) error {
	o := s.options
	if err := os.Chmod(s.Dir, 0o755); err != nil { // PostgreSQL runs as another user where this is root
		return err
	}
	var err error
	if s.lock, err = o.Tree.Lock(); err != nil {
		return err
	}
	if s.image, err = o.Cache.Build(ctx, s.lock, o.Say); err != nil {
		return err
	}
	o.Say("building programs")
	if err := o.Tree.buildPrograms(ctx); err != nil {
		return err
	}
	if err := s.fillShare(); err != nil {
		return err
	}
	o.Say("starting a node and a guest")
	if s.listen, err = node.FreeAddress(); err != nil {
		return err
	}
	group, starting := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		s.node, err = node.Start(starting, node.Config{Programs: o.Tree.programs("host"), Dir: s.Dir, Listen: s.listen, Guest: guest.NodeAddress})
		return err
	})
	group.Go(func() error { return s.boot(starting) })
	return group.Wait()
}

// share is the folder that the guest sees as /lab.
func (s *Session) share() string { return filepath.Join(s.Dir, "share") }

// fillShare copies the guest's programs: a later build must not change them.
func (s *Session) fillShare() error {
	if err := os.Mkdir(s.share(), 0o755); err != nil {
		return err
	}
	for _, name := range []string{"agent", "tapd"} {
		if err := copyFile(filepath.Join(s.share(), name), filepath.Join(s.options.Tree.programs("guest"), name)); err != nil {
			return err
		}
	}
	return nil
}

// boot starts a guest and brings it to where scenarios begin. A busy host can spoil
// a start, so there are two.
func (s *Session) boot(ctx context.Context) error {
	err := s.bootOnce(ctx)
	if err == nil || ctx.Err() != nil {
		return err
	}
	s.options.Say("booting once more: " + err.Error())
	if s.guest != nil {
		_ = s.guest.Close() // it was no use
		s.guest = nil
	}
	return s.bootOnce(ctx)
}

func (s *Session) bootOnce(ctx context.Context) error {
	initramfs, err := s.image.Initramfs(filepath.Join(s.options.Tree.programs("guest"), "init"))
	if err != nil {
		return err
	}
	g, err := guest.Boot(ctx, guest.Config{
		Kernel: s.image.Kernel(), Initramfs: initramfs, Root: s.image.Root(), Share: s.share(), Agent: "/lab/agent", Dir: s.Dir,
		Forward:  []string{filepath.Join(s.options.Tree.programs("host"), "forward"), s.listen},
		Remember: filepath.Join(s.options.Cache.Dir, "lab", "no-kvm"),
		Note:     func(level, text string) { s.options.Say("guest: " + level + ": " + text) },
	})
	if err != nil {
		return err
	}
	s.guest = g
	answered := time.Now()
	for _, ask := range []struct {
		do   string
		args any
	}{
		{protocol.DoModules, protocol.Modules{Modules: []protocol.Module{
			{Name: "virtio_net"}, {Name: "mac80211_hwsim", Parameters: []string{"radios=0"}},
		}}},
		{protocol.DoRegulatory, protocol.Regulatory{Country: country}},
		// From memory it starts faster, and the share may go on changing.
		{protocol.DoExec, protocol.Exec{Command: protocol.Command{Argv: []string{"cp", "/lab/tapd", tapd}}}},
	} {
		asking, cancel := context.WithTimeout(ctx, time.Minute)
		err := g.Call(asking, ask.do, ask.args, nil)
		cancel()
		if err != nil {
			return fmt.Errorf("prepare the guest: %w", err)
		}
	}
	if err := s.checkClock(ctx, answered); err != nil {
		return err
	}
	s.options.Say(fmt.Sprintf("the guest answered after %.1f s (%s), ready after %.1f s", g.Ready.Seconds(), g.Accelerator, g.Age().Seconds()))
	return nil
}

// checkClock compares how much time has passed in the guest and here since it
// answered: what is measured in seconds would be wrong otherwise.
func (s *Session) checkClock(ctx context.Context, answered time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	asked := time.Since(answered)
	var stats protocol.Stats
	if err := s.guest.Call(ctx, protocol.DoStats, protocol.None{}, &stats); err != nil {
		return err
	}
	here := time.Since(answered)
	there := time.Duration(stats.UptimeMS-s.guest.Hello.UptimeMS) * time.Millisecond
	// The answers themselves take time on their way.
	if slack := 500*time.Millisecond + here/20; there > here+slack || there < asked-slack {
		return fmt.Errorf("the guest's clock is wrong: %.1f s there are %.1f s here", there.Seconds(), here.Seconds())
	}
	return nil
}

// tapd is where our tap is in the guest.
const tapd = "/run/tapd"

// again boots a new guest when the one before has ended or does not obey.
func (s *Session) again(ctx context.Context) error {
	if s.guest != nil {
		_ = s.guest.Close() // it was no use any more
		s.guest = nil
	}
	s.options.Say("booting a new guest")
	return s.boot(ctx)
}

// Close ends guest and node and removes the folder.
func (s *Session) Close() error {
	var errs [2]error
	var both sync.WaitGroup
	if s.guest != nil {
		both.Go(func() { errs[0] = s.guest.Close() })
	}
	if s.node != nil {
		both.Go(func() { errs[1] = s.node.Close() })
	}
	both.Wait()
	if s.options.Keep {
		s.options.Say("kept: " + s.Dir)
		return errors.Join(errs[:]...)
	}
	return errors.Join(errs[0], errs[1], os.RemoveAll(s.Dir))
}

func copyFile(to, from string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
