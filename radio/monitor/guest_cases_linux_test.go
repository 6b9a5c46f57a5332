package monitor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"picket/radio/nl80211"
)

// noAdding is the machine with radios whose drivers add no interface.
func noAdding() (*Kernel, error) {
	k, err := Host()
	if err == nil {
		k.Radios = refusesToAdd{k.Radios}
	}
	return k, err
}

type refusesToAdd struct{ radios }

func (refusesToAdd) CreateOwnedInterface(uint32, string, nl80211.InterfaceType, nl80211.MonitorFlags) (nl80211.Interface, error) {
	return nl80211.Interface{}, &nl80211.Error{Request: "create interface", Errno: syscall.EOPNOTSUPP}
}

func TestGuestInterfacesAreTurnedIntoMonitorsAndBack(t *testing.T) {
	before := guestRadios(t)
	k := guestKeeper(t, Config{Kernel: noAdding})
	for _, a := range k.until(t, "all listen", allListen) {
		if ours(a.Interface) || !strings.Contains(a.Text, "made a monitor") {
			t.Errorf("%+v", a)
		}
	}
	k.stop()
	sameAs(t, before)
}

func TestGuestRadioIsLostAndFoundAgain(t *testing.T) {
	before := guestRadios(t)
	k := guestKeeper(t, Config{})
	all := k.until(t, "all listen", allListen)
	name, count := all[0].Name, len(all)
	guestCommand(t, "ip", "netns", "add", "away")
	gone := true
	bring := func() {
		if gone {
			guestCommand(t, "ip", "netns", "del", "away") // the kernel brings its radios home
			gone = false
		}
	}
	t.Cleanup(bring)
	guestCommand(t, "iw", "phy", name, "set", "netns", "name", "away")
	k.until(t, "it is gone", func(now []Adapter) bool {
		return !slices.ContainsFunc(now, func(a Adapter) bool { return a.Name == name && a.State != Gone })
	})
	bring()
	k.until(t, "all listen again", func(now []Adapter) bool { return len(now) == count && allListen(now) })
	k.stop()
	sameAs(t, before)
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, kind := range []EventKind{Unplugged, Appeared} {
		if !slices.ContainsFunc(k.events, func(e Event) bool { return e.Kind == kind && e.Subject == name }) {
			t.Errorf("no event %v of %s among %+v", kind, name, k.events)
		}
	}
}

func TestGuestWayToTheNetworkIsLeftAlone(t *testing.T) {
	before := guestRadios(t)
	station := before[0].Name
	guestCommand(t, "ip", "address", "add", "192.0.2.7/24", "dev", station)
	guestCommand(t, "ip", "route", "add", "default", "dev", station, "metric", "4000")
	k := guestKeeper(t, Config{})
	k.until(t, "the others listen, and it does not", func(all []Adapter) bool {
		unused := 0
		for _, a := range all {
			if a.State == Unused && strings.Contains(a.Text, station+" is the box's way to the network") {
				unused++
			} else if a.State != Listening {
				return false
			}
		}
		return len(all) > 0 && unused == 1
	})
	guestCommand(t, "ip", "address", "flush", "dev", station)
	guestCommand(t, "ip", "link", "set", station, "down") // while it is up it could be about to connect again
	before[0].Up = false
	k.until(t, "all listen", allListen)
	k.stop()
	sameAs(t, before)
}

func TestGuestAccessPointIsLeftAlone(t *testing.T) {
	before := guestRadios(t)
	if _, err := exec.LookPath("hostapd"); err != nil {
		t.Fatal("the guest has no hostapd")
	}
	station := before[0].Name
	config := filepath.Join(t.TempDir(), "hostapd.conf")
	text := fmt.Sprintf("interface=%s\ndriver=nl80211\nssid=example\nhw_mode=g\nchannel=1\n", station)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	hostapd := exec.Command("hostapd", config)
	if err := hostapd.Start(); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	end := func() {
		once.Do(func() {
			_ = hostapd.Process.Signal(syscall.SIGTERM)
			_ = hostapd.Wait()
		})
	}
	t.Cleanup(end)
	await(t, "the access point runs", func() bool {
		return slices.ContainsFunc(found(t), func(a as) bool { return a.Name == station && a.Type == nl80211.TypeAP && a.Up })
	})
	k := guestKeeper(t, Config{})
	k.until(t, "the access point is left alone", func(all []Adapter) bool {
		return slices.ContainsFunc(all, func(a Adapter) bool {
			return a.State == Unused && strings.Contains(a.Text, station+" serves others as an access point") && strings.Contains(a.Text, "by hostapd (process")
		})
	})
	end() // it leaves the interface as it was, and could be about to start again
	k.until(t, "it is kept for who used it", func(all []Adapter) bool {
		return slices.ContainsFunc(all, func(a Adapter) bool { return strings.HasPrefix(a.Text, "It was in use a moment ago") })
	})
	guestCommand(t, "ip", "link", "set", station, "down")
	k.until(t, "all listen", allListen)
	k.stop()
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", patience, what)
		}
	}
}

// TestGuestVictim is the process that TestGuestKilledProcess kills.
func TestGuestVictim(t *testing.T) {
	dir := os.Getenv(victimEnv)
	if dir == "" {
		t.Skip("is killed by another test")
	}
	cfg := Config{StateDir: dir}
	if strings.HasSuffix(dir, "flip") {
		cfg.Kernel = noAdding
	}
	k := guestKeeper(t, cfg)
	k.until(t, "all listen", allListen)
	if err := os.WriteFile(filepath.Join(dir, "listens"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Hour)
}

func TestGuestKilledProcessLeavesNothingThatIsNotPutBack(t *testing.T) {
	for _, way := range []string{"beside", "flip"} {
		t.Run(way, func(t *testing.T) {
			before := guestRadios(t)
			dir := filepath.Join(t.TempDir(), way)
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			victim := exec.Command("/proc/self/exe", "-test.run", "^TestGuestVictim$", "-test.v")
			victim.Env = append(os.Environ(), victimEnv+"="+dir)
			if err := victim.Start(); err != nil {
				t.Fatal(err)
			}
			await(t, "the victim listens", func() bool {
				_, err := os.Stat(filepath.Join(dir, "listens"))
				return !errors.Is(err, fs.ErrNotExist)
			})
			if err := victim.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = victim.Wait()
			if slices.Equal(before, found(t)) {
				t.Error("nothing was changed, so that nothing is to be put back")
			}
			k := guestKeeper(t, Config{StateDir: dir})
			k.until(t, "all listen", allListen)
			k.stop()
			sameAs(t, before)
		})
	}
}

func TestGuestSurveyChangesNothing(t *testing.T) {
	before := guestRadios(t)
	k, err := Host()
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	all, err := Survey(k)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		t.Logf("%s (%s): usable %v, %s %s %s", r.Name, r.Driver, r.Usable, r.Why, r.Cure, r.Note)
		if !r.Usable {
			t.Errorf("%s is not usable: %s", r.Name, r.Why)
		}
	}
	sameAs(t, before)
}
