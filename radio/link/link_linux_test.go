package link_test

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"picket/radio/link"
	"picket/shared/build/realpart"
	"picket/shared/wlan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// inNamespace moves the test to a network namespace of its own. Needs root;
// otherwise the test is skipped.
func inNamespace(t *testing.T) {
	t.Helper()
	realpart.Program(t, "ip")
	runtime.LockOSThread() // and never unlocked: the thread ends with the test
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Skipf("no network namespace of our own (needs root): %v", err)
	}
}

func ip(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Fatalf("ip %v: %v: %s", args, err, out)
	}
}

func dial(t *testing.T) *link.Client {
	t.Helper()
	c, err := link.Dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func byName(t *testing.T, c *link.Client, name string) link.Link {
	t.Helper()
	l, err := c.ByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLinksTellWhatThereIs(t *testing.T) {
	inNamespace(t)
	ip(t, "link", "add", "va", "address", "00:00:5e:00:53:0a", "type", "veth", "peer", "name", "vb")
	ip(t, "link", "add", "name", "bridge0", "type", "bridge")
	ip(t, "link", "set", "vb", "master", "bridge0")
	ip(t, "link", "set", "vb", "up")
	c := dial(t)
	links, err := c.Links()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range links {
		names = append(names, l.Name)
		one, err := c.Link(l.Index)
		if err != nil || one != l {
			t.Errorf("Link(%d) is %+v, %v; Links has %+v", l.Index, one, err, l)
		}
	}
	for _, name := range []string{"lo", "va", "vb", "bridge0"} {
		if !slices.Contains(names, name) {
			t.Errorf("no %s among %v", name, names)
		}
	}
	va, vb, br, lo := byName(t, c, "va"), byName(t, c, "vb"), byName(t, c, "bridge0"), byName(t, c, "lo")
	if va.Kind != "veth" || va.Encap != "ether" || va.MAC != (wlan.MAC{0, 0, 0x5e, 0, 0x53, 0x0a}) || va.Up || va.MTU != 1500 {
		t.Errorf("va: %+v", va)
	}
	if !vb.Up || vb.Running || vb.Master != br.Index {
		t.Errorf("vb: %+v, want up, without carrier, in bridge %d", vb, br.Index)
	}
	if br.Kind != "bridge" || lo.Kind != "" || lo.Encap != "loopback" {
		t.Errorf("br: %+v, lo: %+v", br, lo)
	}
}

func TestLinkIsChangedAsAsked(t *testing.T) {
	inNamespace(t)
	ip(t, "link", "add", "da", "type", "veth", "peer", "name", "db")
	c := dial(t)
	index := byName(t, c, "da").Index
	mac := wlan.MAC{0, 0, 0x5e, 0, 0x53, 0x77}
	for _, step := range []error{c.SetUp(index), c.SetDown(index), c.SetName(index, "dc"), c.SetMAC(index, mac), c.SetUp(index)} {
		if step != nil {
			t.Error(step)
		}
	}
	if got := byName(t, c, "dc"); got.Index != index || got.MAC != mac || !got.Up {
		t.Errorf("%+v", got)
	}
}

func TestErrorsTellWhatACallerCanActOn(t *testing.T) {
	inNamespace(t)
	ip(t, "link", "add", "da", "type", "veth", "peer", "name", "db")
	c := dial(t)
	index := byName(t, c, "da").Index
	_, errLink := c.Link(4711)
	_, errName := c.ByName("nosuch")
	for what, c := range map[string]struct{ got, want error }{
		"link that is not there":    {errLink, os.ErrNotExist},
		"name that is not there":    {errName, os.ErrNotExist},
		"up of nothing":             {c.SetUp(4711), os.ErrNotExist},
		"down of nothing":           {c.SetDown(4711), os.ErrNotExist},
		"name for nothing":          {c.SetName(4711, "dd"), os.ErrNotExist},
		"address for nothing":       {c.SetMAC(4711, wlan.MAC{2}), os.ErrNotExist},
		"name that is taken":        {c.SetName(index, "db"), os.ErrExist},
		"name that cannot be":       {c.SetName(index, "a/b"), unix.EINVAL},
		"address that is of groups": {c.SetMAC(index, wlan.MAC{1, 0, 0x5e, 0, 0, 1}), unix.EADDRNOTAVAIL},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: error %v, want %v", what, c.got, c.want)
		}
	}
}

func TestAddressesAndRoutes(t *testing.T) {
	inNamespace(t)
	ip(t, "link", "add", "va", "type", "veth", "peer", "name", "vb")
	for _, name := range []string{"lo", "va", "vb"} {
		ip(t, "link", "set", name, "up")
	}
	ip(t, "address", "add", "192.0.2.7/24", "dev", "va")
	ip(t, "address", "add", "2001:db8::7/64", "dev", "va", "nodad")
	ip(t, "address", "add", "198.51.100.7/24", "dev", "vb")
	ip(t, "route", "add", "default", "via", "192.0.2.1", "metric", "600")
	ip(t, "route", "add", "default", "metric", "700", "nexthop", "via", "192.0.2.1", "nexthop", "via", "198.51.100.1")
	ip(t, "route", "add", "default", "via", "2001:db8::1", "dev", "va")
	ip(t, "route", "add", "blackhole", "203.0.113.0/24")
	c := dial(t)
	va, vb := byName(t, c, "va").Index, byName(t, c, "vb").Index

	addresses, err := c.Addresses()
	if err != nil {
		t.Fatal(err)
	}
	var global []string
	for _, a := range addresses {
		if a.Global() {
			global = append(global, strconv.Itoa(int(a.Link-va))+" "+a.Prefix.String())
		}
	}
	slices.Sort(global)
	other := strconv.Itoa(int(vb - va))
	if want := []string{"0 192.0.2.7/24", "0 2001:db8::7/64", other + " 198.51.100.7/24"}; !equalSorted(global, want) {
		t.Errorf("global addresses %q, want %q", global, want)
	}

	routes, err := c.Routes()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []link.Route{
		{va, netip.MustParsePrefix("0.0.0.0/0"), netip.MustParseAddr("192.0.2.1"), 600},
		{va, netip.MustParsePrefix("0.0.0.0/0"), netip.MustParseAddr("192.0.2.1"), 700},
		{vb, netip.MustParsePrefix("0.0.0.0/0"), netip.MustParseAddr("198.51.100.1"), 700},
		{va, netip.MustParsePrefix("::/0"), netip.MustParseAddr("2001:db8::1"), 1024},
		{vb, netip.MustParsePrefix("198.51.100.0/24"), netip.Addr{}, 0},
	} {
		if !slices.Contains(routes, want) {
			t.Errorf("no %+v among %+v", want, routes)
		}
	}
	for _, r := range routes {
		if r.Destination == netip.MustParsePrefix("203.0.113.0/24") {
			t.Errorf("a blackhole is told as a way out: %+v", r)
		}
		if r.Default() != (r.Destination.Bits() == 0) {
			t.Errorf("default %v: %+v", r.Default(), r)
		}
	}
}

func equalSorted(a, b []string) bool {
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// watching collects what a watcher tells.
type watching struct {
	events chan link.Event
	stop   context.CancelFunc
	ended  chan error
}

func watch(t *testing.T) *watching {
	t.Helper()
	w, err := link.NewWatcher()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	out := &watching{make(chan link.Event, 1024), stop, make(chan error, 1)}
	go func() { out.ended <- w.Run(ctx, func(e link.Event) { out.events <- e }) }()
	t.Cleanup(func() {
		stop()
		if err := <-out.ended; err != nil {
			t.Errorf("watcher ended: %v", err)
		}
	})
	return out
}

// until collects events up to one that is the last of a step.
func (w *watching) until(t *testing.T, last func(link.Event) bool) []link.Event {
	t.Helper()
	var seen []link.Event
	deadline := time.After(10 * time.Second)
	for {
		select {
		case e := <-w.events:
			seen = append(seen, e)
			if last(e) {
				return seen
			}
		case <-deadline:
			t.Fatalf("the event did not come; seen %+v", seen)
		}
	}
}

func is(kind link.EventKind, name string) func(link.Event) bool {
	return func(e link.Event) bool { return e.Kind == kind && e.Link.Name == name }
}

func TestWatcherTellsWhatChanges(t *testing.T) {
	inNamespace(t)
	ip(t, "link", "add", "da", "type", "veth", "peer", "name", "db")
	w := watch(t)
	ip(t, "link", "set", "da", "up")
	w.until(t, is(link.Up, "da"))
	ip(t, "link", "set", "da", "down")
	w.until(t, is(link.Down, "da"))
	ip(t, "link", "set", "da", "name", "dc")
	w.until(t, is(link.Changed, "dc"))
	ip(t, "link", "add", "va", "type", "veth", "peer", "name", "vb")
	w.until(t, is(link.Appeared, "va"))
	ip(t, "link", "set", "va", "up")
	ip(t, "link", "set", "vb", "up")
	w.until(t, func(e link.Event) bool { return e.Kind == link.Changed && e.Link.Name == "va" && e.Link.Running })
	ip(t, "link", "set", "vb", "down")
	w.until(t, func(e link.Event) bool { return e.Kind == link.Changed && e.Link.Name == "va" && !e.Link.Running })
	ip(t, "link", "del", "dc")
	w.until(t, is(link.Gone, "dc"))
}

func TestWatcherDoesNotTakeALeftBridgeForAGoneLink(t *testing.T) {
	inNamespace(t)
	ip(t, "link", "add", "da", "type", "veth", "peer", "name", "db")
	ip(t, "link", "add", "name", "bridge0", "type", "bridge")
	ip(t, "link", "set", "da", "master", "bridge0")
	w := watch(t)
	ip(t, "link", "set", "da", "nomaster")
	ip(t, "link", "del", "bridge0")
	for _, e := range w.until(t, is(link.Gone, "bridge0")) {
		if e.Kind == link.Gone && e.Link.Name == "da" {
			t.Errorf("da is said to be gone")
		}
	}
}

// A watcher that is not read for a while loses messages; it says so, and what it
// told in the end is what there is.
func TestWatcherTellsOverrunAndWhatChangedMeanwhile(t *testing.T) {
	inNamespace(t)
	ip(t, "link", "add", "da", "type", "veth", "peer", "name", "db")
	c := dial(t)
	index := byName(t, c, "da").Index
	w, err := link.NewWatcher()
	if err != nil {
		t.Fatal(err)
	}
	up := false
	for i := range 1200 { // over a kilobyte each, twice: far beyond the buffer
		if up = i%2 == 0; up {
			err = c.SetUp(index)
		} else {
			err = c.SetDown(index)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ip(t, "link", "add", "last", "type", "veth", "peer", "name", "other")
	ctx, stop := context.WithCancel(t.Context())
	overrun, now := false, map[string]bool{"da": false}
	err = w.Run(ctx, func(e link.Event) {
		switch e.Kind {
		case link.Overrun:
			overrun = true
		default:
			now[e.Link.Name] = e.Link.Up
		}
		if e.Link.Name == "last" {
			stop()
		}
	})
	stop()
	if err != nil || !overrun {
		t.Errorf("error %v, overrun told: %v", err, overrun)
	}
	if now["da"] != up {
		t.Errorf("da is told up: %v, and is %v", now["da"], up)
	}
}

func TestWatcherEndsWithItsContext(t *testing.T) {
	inNamespace(t)
	w := watch(t)
	w.stop()
	if err := <-w.ended; err != nil {
		t.Error(err)
	}
	w.ended <- nil
}
