package nl80211_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"picket/radio/nl80211"
	"picket/radio/nl80211/nl80211test"
)

// Tests named Guest speak to the kernel that they run on and take its radios. They
// run where PICKET_LAB_GUEST is 1: in the laboratory's guest, with simulated radios.
// Where PICKET_LAB_RECORD names a file, what the kernel said is written there.

// guest returns a client of the real kernel, and ends the test elsewhere.
func guest(t *testing.T) *nl80211.Client {
	t.Helper()
	if os.Getenv("PICKET_LAB_GUEST") != "1" {
		t.Skip("takes the radios of the machine; PICKET_LAB_GUEST=1 in the laboratory's guest runs it")
	}
	c, err := nl80211.Dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestGuestRadiosAreReadAndRecorded(t *testing.T) {
	c := guest(t)
	trace := nl80211test.Record(c)
	trace.Comment = "Recorded on " + kernel(t) + "\n"
	want, err := ask(c)
	if err != nil {
		t.Fatal(err)
	}
	c.Observe(nil)
	if path := os.Getenv("PICKET_LAB_RECORD"); path != "" {
		writeTrace(t, path, trace)
	}
	monitors := 0
	for _, w := range want.Wiphys {
		t.Logf("wiphy %d %s %v: %d bands, %d frequencies, %v; software %v", w.Index, w.Name, w.MAC, len(w.Bands), len(w.Frequencies()), w.InterfaceTypes, w.SoftwareTypes)
		if w.Name == "" || w.MAC.Group() || len(w.Bands) == 0 || w.InterfaceTypes == 0 {
			t.Errorf("wiphy %+v", w)
		}
		if w.CanMonitor() && w.CanCreate() && w.CanTune() {
			monitors++
		}
		one, err := c.Wiphy(w.Index)
		if diff := cmp.Diff(w, one); err != nil || diff != "" {
			t.Errorf("wiphy %d asked for alone: %v (-list +alone):\n%s", w.Index, err, diff)
		}
	}
	if monitors == 0 {
		t.Error("no wiphy can have monitors")
	}
	for _, i := range want.Interfaces {
		t.Logf("interface %d %s of wiphy %d: %v, %v, %v", i.Index, i.Name, i.Wiphy, i.Type, i.MAC, i.Channel)
	}
	t.Logf("regulatory domain %s, %v, %d rules; %d of wiphys", want.Regulatory.Global.Country, want.Regulatory.Global.DFS, len(want.Regulatory.Global.Rules), len(want.Regulatory.Wiphys))
	replayed, _, err := nl80211test.Replay(trace)
	if err != nil {
		t.Fatal(err)
	}
	defer replayed.Close()
	got, err := ask(replayed)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("replayed: %v (-kernel +trace):\n%s", err, diff)
	}
	if _, err := c.Wiphy(999_999); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("wiphy 999999: %v, want os.ErrNotExist", err)
	}
}

// TestGuestMonitorLives walks a monitor from its creation to its end, and every
// channel that its wiphy may be tuned to.
func TestGuestMonitorLives(t *testing.T) {
	c := guest(t)
	w, stations := takeWiphy(t, c)
	events, err := c.Subscribe()
	if err != nil {
		t.Fatal(err)
	}
	defer events.Close()
	owner, err := nl80211.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	mon, err := owner.CreateOwnedInterface(w.Index, "picketguest", nl80211.TypeMonitor, 0)
	if err != nil {
		t.Fatal(err)
	}
	await(t, events, nl80211.NewInterface, mon.Index)
	if _, err := owner.CreateInterface(w.Index, "picketguest", nl80211.TypeMonitor, 0); !errors.Is(err, unix.EEXIST) && !errors.Is(err, unix.ENFILE) {
		t.Errorf("a second interface of one name: %v", err)
	}
	first := w.Frequencies()[0]
	if err := c.Tune(mon.Index, nl80211.ChannelDefinition{Frequency: first}); !errors.Is(err, unix.EBUSY) {
		t.Errorf("tuned while down: %v, want EBUSY", err)
	}
	up(t, mon.Name, true)
	var took []time.Duration
	for _, f := range w.Frequencies() {
		start := time.Now()
		if err := c.Tune(mon.Index, nl80211.ChannelDefinition{Frequency: f}); err != nil {
			t.Errorf("%v", err)
			continue
		}
		took = append(took, time.Since(start))
		if i, err := c.Interface(mon.Index); err != nil || i.Channel.Frequency != f {
			t.Errorf("tuned to %v, error %v, want %d MHz", i.Channel, err, f)
		}
	}
	slices.Sort(took)
	t.Logf("%d channels, tuned in %v (median), %v (longest)", len(took), took[len(took)/2], took[len(took)-1])
	if d, ok := nl80211.Widen(5180, nl80211.Width80); ok && slices.Contains(w.Frequencies(), 5180) {
		if err := c.Tune(mon.Index, d); err != nil {
			t.Errorf("%v", err)
		}
	}
	err = c.Tune(mon.Index, nl80211.ChannelDefinition{Frequency: 2499})
	var refused *nl80211.Error
	if !errors.As(err, &refused) || refused.Errno != unix.EINVAL {
		t.Errorf("2499 MHz: %v, want EINVAL", err)
	} else {
		t.Logf("refused with the words %q about attribute %d", refused.Text, refused.Attribute)
	}
	for _, s := range stations {
		up(t, s, true)
		if err := c.Tune(mon.Index, nl80211.ChannelDefinition{Frequency: first}); err != nil && !errors.Is(err, unix.EBUSY) {
			t.Errorf("beside %s: %v, want EBUSY", s, err)
		} else {
			t.Logf("tuned beside %s, which is up: %v", s, err)
		}
		up(t, s, false)
	}
	owner.Close()
	await(t, events, nl80211.DelInterface, mon.Index)
	if _, err := c.Interface(mon.Index); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after its owner closed: %v, want os.ErrNotExist", err)
	}
}

// TestGuestListsHoldWhileInterfacesComeAndGo is the dump that changes while it is
// read, and the answer without acknowledgement, many times.
func TestGuestListsHoldWhileInterfacesComeAndGo(t *testing.T) {
	c := guest(t)
	w, _ := takeWiphy(t, c)
	other, err := nl80211.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	ended := make(chan error, 1)
	go func() {
		for n := range 100 {
			i, err := other.CreateInterface(w.Index, fmt.Sprintf("pg%d", n), nl80211.TypeMonitor, 0)
			if err == nil {
				err = other.DeleteInterface(i.Index)
			}
			if err != nil {
				ended <- err
				return
			}
		}
		ended <- nil
	}()
	lists := 0
	for {
		if _, err := c.Wiphys(); err != nil {
			t.Error(err)
		}
		if _, err := c.Interfaces(); err != nil {
			t.Error(err)
		}
		lists++
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
			t.Logf("%d lists while 100 interfaces came and went", lists)
			return
		default:
		}
	}
}

func TestGuestCountryChanges(t *testing.T) {
	c := guest(t)
	before, err := c.Regulatory()
	if err != nil {
		t.Fatal(err)
	}
	country := "DE"
	if before.Global.Country == country {
		country = "US"
	}
	events, err := c.Subscribe()
	if err != nil {
		t.Fatal(err)
	}
	defer events.Close()
	defer func() { _ = c.SetRegulatory(before.Global.Country) }()
	if err := c.SetRegulatory(country); err != nil {
		t.Fatal(err)
	}
	for {
		e := next(t, events)
		t.Logf("event %s", short(e))
		if e.Kind == nl80211.RegulatoryChange && e.Country == country {
			break
		}
	}
	after, err := c.Regulatory()
	if err != nil || after.Global.Country != country || len(after.Global.Rules) == 0 {
		t.Errorf("domain %+v, error %v, want %s", after.Global, err, country)
	}
}

// takeWiphy returns the first wiphy that can do all that is tried, its interfaces
// down, and the names of its stations.
func takeWiphy(t *testing.T, c *nl80211.Client) (nl80211.Wiphy, []string) {
	t.Helper()
	wiphys, err := c.Wiphys()
	if err != nil {
		t.Fatal(err)
	}
	interfaces, err := c.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range wiphys {
		if !w.CanMonitor() || !w.CanCreate() || !w.CanTune() || len(w.Frequencies()) == 0 {
			continue
		}
		var stations []string
		for _, i := range interfaces {
			if i.Wiphy == w.Index && i.Index != 0 {
				up(t, i.Name, false)
				if i.Type == nl80211.TypeStation {
					stations = append(stations, i.Name)
				}
			}
		}
		return w, stations
	}
	t.Fatal("no wiphy can have monitors")
	return nl80211.Wiphy{}, nil
}

// next returns the next event, which must come within ten seconds.
func next(t *testing.T, s *nl80211.Subscription) nl80211.Event {
	t.Helper()
	late := time.AfterFunc(10*time.Second, func() { s.Close() })
	defer late.Stop()
	e, err := s.Next()
	if err != nil {
		t.Fatalf("no event: %v", err)
	}
	return e
}

func await(t *testing.T, s *nl80211.Subscription, kind nl80211.EventKind, ifindex uint32) {
	t.Helper()
	for {
		e := next(t, s)
		t.Logf("event %s", short(e))
		if e.Kind == kind && e.Interface != nil && e.Interface.Index == ifindex {
			return
		}
	}
}

// up sets or clears IFF_UP (netdevice(7)).
func up(t *testing.T, name string, want bool) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	r, err := unix.NewIfreq(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, r); err != nil {
		t.Fatalf("flags of %s: %v", name, err)
	}
	flags := r.Uint16() &^ unix.IFF_UP
	if want {
		flags |= unix.IFF_UP
	}
	r.SetUint16(flags)
	if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, r); err != nil {
		t.Fatalf("%s up %v: %v", name, want, err)
	}
}

func kernel(t *testing.T) string {
	t.Helper()
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		t.Fatal(err)
	}
	return "Linux " + unix.ByteSliceToString(u.Release[:])
}
