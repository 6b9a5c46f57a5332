package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"picket/appliance/demo"
)

// ready is the line that noded prints when it serves.
type ready struct {
	URL        string  `json:"url"`
	Version    string  `json:"version"`
	FirstLogin *string `json:"first_login"`
}

// start starts the node, then the taps, and tells where the console is.
func start(ctx context.Context, s settings, all *fleet) error {
	node := filepath.Join(s.data, "node")
	if isThere(node) {
		all.out.say("starting the node with the data of " + node)
	} else {
		all.out.say("starting a new node; its data will be in " + node)
	}
	p, err := all.start("node", filepath.Join(s.bin, "noded"), "serve", "-data", node, "-listen", s.listen)
	if err != nil {
		return err
	}
	r, err := awaitReady(ctx, p)
	if err != nil {
		return err
	}
	all.out.say("the node is ready, and its database")
	for _, t := range taps(s, all.out) {
		if err := t.start(ctx, s, all, r.URL); err != nil {
			return err
		}
	}
	greet(all.out, s, r)
	return nil
}

// awaitReady returns what the node says when it is ready.
func awaitReady(ctx context.Context, p *process) (ready, error) {
	line := make(chan string, 1)
	go func() {
		in := bufio.NewReader(p.stdout)
		text, _ := in.ReadString('\n')
		line <- text
		_, _ = in.WriteTo(discard{}) // what else it may say
	}()
	select {
	case <-ctx.Done():
		return ready{}, ctx.Err()
	case text := <-line:
		var r ready
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			<-p.done
			return ready{}, fmt.Errorf("the node did not start: %w; its log is %s", p.failure(), p.log)
		}
		return r, nil
	}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }

// A tap is one tapd to start.
type tap struct {
	name    string // of its process, folder and enrolment
	sources []string
}

// taps returns which taps there are to start on this machine.
func taps(s settings, out *screen) []tap {
	var all []tap
	sys := os.DirFS(s.sysfs)
	heard := false // the air
	if s.live {
		ethernet, monitors := interfaces(sys)
		radios := freeRadios(sys)
		may := rightsOf(filepath.Join(s.bin, "tapd"))
		switch {
		case !may.capture:
			out.say(may.why)
			ethernet, monitors, radios = nil, nil, nil
		case !may.tune:
			radios = nil
		default:
			monitors = nil // of radios that the tap looks after itself
		}
		var sources []string
		for _, name := range append(ethernet, monitors...) {
			sources = append(sources, "-capture", name)
		}
		for _, name := range radios {
			sources = append(sources, "-radio", name)
		}
		if heard = len(monitors)+len(radios) > 0; len(sources) > 0 {
			all = append(all, tap{"tap", sources})
			out.say("listening on " + strings.Join(slices.Concat(ethernet, monitors, radios), ", "))
		}
	}
	if s.demo == "never" || s.demo == "auto" && heard {
		return all
	}
	paths, err := demo.WriteTo(filepath.Join(s.data, "demo"), append(demo.Radio(), demo.Wire()...)...)
	if err != nil {
		out.say("no demonstration: " + err.Error())
		return all
	}
	out.say("no radio to listen with: replaying the demonstration office, marked as such")
	var sources []string
	for _, path := range paths {
		sources = append(sources, "-demo", path)
	}
	return append(all, tap{"demo-tap", sources})
}

// start starts the tap, with a token when it has never been enrolled.
func (t tap) start(ctx context.Context, s settings, all *fleet, url string) error {
	state := filepath.Join(s.data, t.name)
	args := []string{"-node", url, "-state", state, "-name", t.hostName()}
	if !enrolled(state) {
		token, err := token(ctx, s)
		if err != nil {
			return err
		}
		args = append(args, "-token", token)
	}
	_, err := all.start(t.name, filepath.Join(s.bin, "tapd"), append(args, t.sources...)...)
	return err
}

// hostName is what the console calls the tap.
func (t tap) hostName() string {
	if t.name == "demo-tap" {
		return "demonstration"
	}
	if name, err := os.Hostname(); err == nil {
		return name
	}
	return "this-machine"
}

// enrolled reports whether a tap's state holds the identity that a node gave it.
func enrolled(state string) bool {
	return isThere(filepath.Join(state, "identity.json"))
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// token has the node's tool make an enrolment token for one tap.
func token(ctx context.Context, s settings) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, "nodectl"), "-data", filepath.Join(s.data, "node"),
		"token", "-site", "main", "-uses", "1", "-expires", "24h")
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
		}
		return "", fmt.Errorf("make an enrolment token: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// greet tells a person where the console is and what the browser will show.
func greet(out *screen, s settings, r ready) {
	lines := []string{"Picket is running, version " + r.Version, "", "Console      " + r.URL}
	if r.FirstLogin != nil {
		lines = append(lines, "First login  "+*r.FirstLogin, "             makes the administrator; the link works once")
	} else {
		lines = append(lines, "             log in with the name and password that you chose")
	}
	lines = append(lines, "",
		"The browser will warn: the certificate is signed by the node's own authority,",
		"which was made on this machine and which no browser knows. Accept it here.",
		"", "Data in "+s.data+", logs in "+filepath.Join(s.data, "log")+". Stop with Ctrl-C.")
	out.box(lines...)
}

// databaseLeft returns an error when the node's PostgreSQL outlived it, and
// says that it has stopped otherwise.
func databaseLeft(s settings, out *screen) error {
	cluster := filepath.Join(s.data, "node", "postgres")
	if !isThere(cluster) {
		return nil
	}
	pid := filepath.Join(cluster, "postmaster.pid")
	if !isThere(pid) {
		out.say("database stopped")
		return nil
	}
	b, err := os.ReadFile(pid)
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(b), "\n")
	if pid, err := strconv.Atoi(first); err == nil && alive(pid) {
		return fmt.Errorf("the database still runs as process %d; the next run stops it", pid)
	}
	out.say("database stopped without cleaning up; it recovers at the next start")
	return nil
}
