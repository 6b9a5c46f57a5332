package monitor

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"picket/radio/nl80211"
	"picket/shared/wlan"
)

// Tests named Guest take the radios of the machine that they run on. They run where
// PICKET_LAB_GUEST is 1: in the laboratory's guest, whose radios are simulated.
const (
	guestEnv  = "PICKET_LAB_GUEST"
	victimEnv = "PICKET_LAB_VICTIM" // the folder of state of a Keeper that will be killed
)

// patience is for a guest under emulation, which does other things too.
const patience = 20 * time.Second

func guestCommand(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %v: %s", args, err, out)
	}
}

// as is what an interface and its radio are like.
type as struct {
	Name    string
	Type    nl80211.InterfaceType
	MAC     wlan.MAC
	Up      bool
	Blocked bool
}

// found reads what all wireless interfaces are like, in the order of their names.
func found(t *testing.T) []as {
	t.Helper()
	k, err := Host()
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	s, err := look(k)
	if err != nil {
		t.Fatal(err)
	}
	var all []as
	for _, w := range s.wiphys {
		for _, i := range s.interfaces[w.Index] {
			all = append(all, as{i.Name, i.Type, i.MAC, i.link.Up, readBlocked(k.Files, w.Name).soft})
		}
	}
	slices.SortFunc(all, func(a, b as) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// keptGuest is a Keeper of the guest's radios.
type keptGuest struct {
	*Keeper
	stop func()

	mu       sync.Mutex
	adapters []Adapter
	events   []Event
	changed  chan struct{}
}

func guestKeeper(t *testing.T, cfg Config) *keptGuest {
	t.Helper()
	k := &keptGuest{changed: make(chan struct{}, 1)}
	cfg.Changed = func(all []Adapter) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.adapters = all
		select {
		case k.changed <- struct{}{}:
		default:
		}
	}
	cfg.Event = func(e Event) {
		t.Logf("%v %s: %s", e.Kind, e.Subject, e.Text)
		k.mu.Lock()
		defer k.mu.Unlock()
		k.events = append(k.events, e)
	}
	k.Keeper = New(cfg, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- k.Run(ctx) }()
	var once sync.Once
	k.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Errorf("Run: %v", err)
			}
		})
	}
	t.Cleanup(k.stop)
	return k
}

// until waits until the adapters are as they should be.
func (k *keptGuest) until(t *testing.T, what string, ok func([]Adapter) bool) []Adapter {
	t.Helper()
	deadline := time.After(patience)
	for {
		k.mu.Lock()
		now := slices.Clone(k.adapters)
		k.mu.Unlock()
		if ok(now) {
			return now
		}
		select {
		case <-k.changed:
		case <-deadline:
			t.Fatalf("not within %v: %s; adapters %+v", patience, what, now)
		}
	}
}

func allListen(all []Adapter) bool {
	return len(all) > 0 && !slices.ContainsFunc(all, func(a Adapter) bool { return a.State != Listening })
}

// guestRadios ends the test elsewhere, and returns the interfaces as found, the
// first of them up.
func guestRadios(t *testing.T) []as {
	t.Helper()
	if os.Getenv(guestEnv) != "1" {
		t.Skip("takes the radios of the machine; " + guestEnv + "=1 in the laboratory's guest runs it")
	}
	all := found(t)
	if len(all) == 0 {
		t.Fatal("the guest has no radios")
	}
	guestCommand(t, "ip", "link", "set", all[0].Name, "up")
	t.Cleanup(func() { guestCommand(t, "ip", "link", "set", all[0].Name, "down") })
	return found(t)
}

func sameAs(t *testing.T, before []as) {
	t.Helper()
	if after := found(t); !slices.Equal(before, after) {
		t.Errorf("not as found:\nis  %+v\nwas %+v", after, before)
	}
}

func TestGuestRadiosAreClaimedKeptAndPutBack(t *testing.T) {
	before := guestRadios(t)
	start := time.Now()
	k := guestKeeper(t, Config{StateDir: t.TempDir()})
	all := k.until(t, "all listen", allListen)
	t.Logf("%d radios listen after %v", len(all), time.Since(start).Round(time.Millisecond))
	radios, err := nl80211.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer radios.Close()
	for _, a := range all {
		if a.Driver != "mac80211_hwsim" || a.Country == "" || len(a.Frequencies) < 11 {
			t.Errorf("%+v", a)
		}
		if is, err := radios.Interface(a.Ifindex); err != nil || is.Type != nl80211.TypeMonitor || is.Name != a.Interface {
			t.Errorf("%s listens as %s: %+v, %v", a.Name, a.Interface, is, err)
		}
		for _, f := range a.Frequencies {
			if err := radios.Tune(a.Ifindex, nl80211.ChannelDefinition{Frequency: f}); err != nil {
				t.Errorf("%s: %v", a.Name, err)
			}
		}
	}

	target := all[0]
	again := func(what string, disturb func()) {
		t.Helper()
		disturb()
		now := k.until(t, what, func(all []Adapter) bool {
			return allListen(all) && all[0].Generation > target.Generation
		})
		target = now[0]
	}
	again("listens again after its interface was taken down", func() { guestCommand(t, "ip", "link", "set", target.Interface, "down") })
	again("listens again after its interface was deleted", func() { guestCommand(t, "iw", "dev", target.Interface, "del") })
	again("listens again after a station was switched on", func() {
		station := stationOf(t, target.Wiphy)
		guestCommand(t, "ip", "link", "set", station, "down")
		guestCommand(t, "ip", "link", "set", station, "up")
	})
	again("listens again after its type was changed", func() {
		change := "ip link set $0 down; iw dev $0 set type managed; ip link set $0 up"
		guestCommand(t, "sh", "-c", change+"; true", target.Interface) // the Keeper may be faster
	})
	again("listens again after a program blocked it", func() { setBlock(t, target.Name, true) })
	k.stop()
	if got := blockOf(t, target.Name); !got.soft {
		t.Errorf("%s was blocked while it listened, and is not now", target.Name)
	}
	setBlock(t, target.Name, false)
	station := stationOf(t, target.Wiphy)
	guestCommand(t, "ip", "link", "set", station, "down")
	for n := range before {
		if before[n].Name == station {
			before[n].Up = false
		}
	}
	sameAs(t, before)
}

func blockOf(t *testing.T, wiphy string) blocked {
	t.Helper()
	b := readBlocked(os.DirFS("/"), wiphy)
	if !b.known {
		t.Fatalf("%s has no rfkill switch", wiphy)
	}
	return b
}

func setBlock(t *testing.T, wiphy string, soft bool) {
	t.Helper()
	if err := (rfkill{}).SetBlocked(blockOf(t, wiphy).index, soft); err != nil {
		t.Fatal(err)
	}
}

func TestGuestBlockedRadioIsUnblockedAndBlockedAgain(t *testing.T) {
	before := guestRadios(t)
	name := guestWiphy(t)
	setBlock(t, name, true)
	k := guestKeeper(t, Config{})
	k.until(t, "all listen", allListen)
	if blockOf(t, name).soft {
		t.Error("listens, and is blocked")
	}
	k.stop()
	if !blockOf(t, name).soft {
		t.Error("not blocked again")
	}
	setBlock(t, name, false)
	if len(found(t)) != len(before) {
		t.Errorf("interfaces are %+v, were %+v", found(t), before)
	}
}

// guestWiphy is the name of the first wiphy.
func guestWiphy(t *testing.T) string {
	t.Helper()
	radios, err := nl80211.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer radios.Close()
	all, err := radios.Wiphys()
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	return slices.MinFunc(all, func(a, b nl80211.Wiphy) int { return int(a.Index) - int(b.Index) }).Name
}

// stationOf is the name of the first interface of a wiphy that is not ours.
func stationOf(t *testing.T, wiphy uint32) string {
	t.Helper()
	k, err := Host()
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	s, err := look(k)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range s.interfaces[wiphy] {
		if !ours(i.Name) {
			return i.Name
		}
	}
	t.Fatalf("wiphy %d has no station", wiphy)
	return ""
}
