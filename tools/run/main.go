// Command run is `make run`: a node with its own PostgreSQL and taps on this
// machine, started in order and stopped in order.
//
// One tap captures this machine's Ethernet interfaces, and radios that are in
// monitor mode, where the system allows it. Where there is no such radio, a
// second one replays the demonstration office (appliance/demo). They are two
// because a report is either of real frames or of a demonstration. All data
// stays in one folder, and the next run finds it there.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
)

// settings say what to start, and where its data is.
type settings struct {
	data    string // folder of everything that is kept
	bin     string // folder of the programs
	listen  string // address of the node
	live    bool   // capture this machine's interfaces
	demo    string // replay the demonstration: auto, always or never
	sysfs   string // where the kernel describes the interfaces
	verbose bool
}

func main() {
	s := settings{sysfs: "/sys"}
	flags := flag.NewFlagSet("run", flag.ExitOnError)
	flags.StringVar(&s.data, "data", "", "folder of the node's and the taps' data (.picket, or below /var/lib where PostgreSQL could not reach that)")
	flags.StringVar(&s.bin, "bin", "bin", "folder of noded, nodectl and tapd")
	flags.StringVar(&s.listen, "listen", "127.0.0.1:8443", "address of the console")
	flags.BoolVar(&s.live, "live", true, "capture this machine's interfaces")
	flags.StringVar(&s.demo, "demo", "auto", "replay the demonstration office: auto (where there is no radio in monitor mode), always, never")
	flags.BoolVar(&s.verbose, "v", false, "show all of the programs' logs, not warnings and errors alone")
	_ = flags.Parse(os.Args[1:])
	if s.demo != "auto" && s.demo != "always" && s.demo != "never" {
		fmt.Fprintf(os.Stderr, "run: -demo: %q is not auto, always or never\n", s.demo)
		os.Exit(2)
	}
	out := &screen{out: os.Stdout, verbose: s.verbose}
	if s.data == "" {
		s.data = dataFolder(out)
	}
	interrupted := make(chan os.Signal, 4)
	signal.Notify(interrupted, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	if err := run(context.Background(), s, out, interrupted); err != nil {
		fmt.Fprintln(os.Stderr, "run:", err)
		os.Exit(1)
	}
}

// run starts everything, waits for a signal or for a program's end, and stops
// everything. The first signal stops in order; the third kills.
func run(ctx context.Context, s settings, out *screen, interrupted <-chan os.Signal) error {
	runtime.LockOSThread() // the programs end with the thread that starts them
	defer runtime.UnlockOSThread()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := os.MkdirAll(filepath.Join(s.data, "log"), 0o755); err != nil {
		return err
	}
	unlock, err := lock(filepath.Join(s.data, "run.lock"))
	if err != nil {
		return err
	}
	defer unlock()

	all := &fleet{out: out, logs: filepath.Join(s.data, "log"), ended: make(chan *process, 8)}
	over := make(chan struct{})
	defer close(over)
	go func() {
		for n := 1; ; n++ {
			select {
			case <-over:
				return
			case <-interrupted:
			}
			switch n {
			case 1:
				out.say("")
				out.say("stopping")
				cancel()
			case 2:
				out.say("still stopping, so that nothing is lost; once more to kill")
			default:
				all.kill()
			}
		}
	}()

	err = start(ctx, s, all)
	if err == nil {
		err = all.wait(ctx)
	}
	if ctx.Err() != nil {
		err = nil // what a signal cut short is no failure
	}
	return errors.Join(err, all.stop(), databaseLeft(s, out))
}
