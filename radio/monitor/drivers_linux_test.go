package monitor

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"picket/radio/link"
	"picket/radio/nl80211"
	"picket/radio/nl80211/nl80211test"
	"picket/shared/wlan"
)

// scripted is a machine whose nl80211 is real but for the kernel behind it: what a
// Keeper asks for goes through the client, and octet by octet to a scripted kernel.
type scripted struct {
	kernel *nl80211test.Kernel
	t      *testing.T
}

func (s scripted) Links() ([]link.Link, error) {
	all := []link.Link{{Index: 1 << 20, Name: "eth0", Up: true, Running: true}}
	for _, i := range s.kernel.Interfaces() {
		if i.Index != 0 {
			all = append(all, link.Link{Index: i.Index, Name: i.Name, MAC: i.MAC, Up: i.Up, Running: i.Up && i.SSID != ""})
		}
	}
	return all, nil
}

func (scripted) Addresses() ([]link.Address, error) { return nil, nil }
func (scripted) Routes() ([]link.Route, error)      { return nil, nil }
func (s scripted) SetUp(index uint32) error         { return s.set(index, true) }
func (s scripted) SetDown(index uint32) error       { return s.set(index, false) }
func (scripted) SetMAC(uint32, wlan.MAC) error      { return nil }

func (s scripted) set(index uint32, up bool) error {
	err := s.kernel.SetUp(index, up)
	if err == syscall.ENODEV {
		return fmt.Errorf("link %d: %w", index, os.ErrNotExist)
	}
	return err
}

// open is Config.Kernel.
func (s scripted) open() (*Kernel, error) {
	client, err := s.kernel.Client()
	if err != nil {
		return nil, err
	}
	events, err := client.Subscribe()
	if err != nil {
		client.Close()
		return nil, err
	}
	w := newWorld(s.t) // its /sys and /proc alone
	for _, p := range s.wiphys(client) {
		w.wiphys[p.Index] = &fakeWiphy{Wiphy: p, uevent: "DRIVER=" + drivers()[p.Name] + "\n"}
	}
	return &Kernel{
		Radios: client, Links: s, Switches: (*fakeSwitches)(w), Devices: (*fakeDevices)(w), Files: worldFS{w},
		Watch: func(ctx context.Context, radio func(nl80211.Event), _ func()) error { return events.Run(ctx, radio) },
		Close: client.Close,
	}, nil
}

func (s scripted) wiphys(client *nl80211.Client) []nl80211.Wiphy {
	all, err := client.Wiphys()
	if err != nil {
		s.t.Error(err)
	}
	return all
}

// drivers are those of nl80211test's descriptions, by the name of the wiphy.
func drivers() map[string]string {
	return map[string]string{
		"phy0": "mt7921u", "phy1": "ath9k_htc", "phy2": "iwlwifi", "phy3": "brcmfmac", "phy4": "rtl88XXau", "phy5": "mac80211_hwsim",
	}
}

// TestRadiosOfRealDriversAreClaimedAsEachAllows plays the shapes of real drivers to
// a Keeper: which are claimed, how, on how many channels; and that each request is
// one that the kernel takes.
func TestRadiosOfRealDriversAreClaimedAsEachAllows(t *testing.T) {
	s := scripted{nl80211test.NewKernel(), t}
	descriptions := []nl80211.Wiphy{
		nl80211test.MT7921U(), nl80211test.ATH9KHTC(), nl80211test.IWLWifi(), nl80211test.Brcmfmac(), nl80211test.RTL88XXAU(), nl80211test.Hwsim(),
	}
	for n, w := range descriptions {
		w.Name = fmt.Sprintf("phy%d", n)
		s.kernel.AddWiphy(w, fmt.Sprintf("wlan%d", n))
		i, _ := s.kernel.Interface(fmt.Sprintf("wlan%d", n))
		if err := s.kernel.SetUp(i.Index, true); err != nil {
			t.Fatal(err)
		}
	}
	before := s.kernel.Interfaces()

	var mu sync.Mutex
	now := make(map[string]Adapter)
	changed := make(chan struct{}, 1)
	k := New(Config{Kernel: s.open, Changed: func(all []Adapter) {
		mu.Lock()
		defer mu.Unlock()
		for _, a := range all {
			now[a.Name] = a
		}
		select {
		case changed <- struct{}{}:
		default:
		}
	}}, slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- k.Run(ctx) }()
	listening := func() int {
		mu.Lock()
		defer mu.Unlock()
		n := 0
		for _, a := range now {
			if a.State == Listening {
				n++
			}
		}
		return n
	}
	for listening() < 5 {
		select {
		case <-changed:
		case <-time.After(10 * time.Second):
			t.Fatalf("%d of 5 listen: %+v", listening(), now)
		}
	}
	for name, want := range map[string]struct {
		made        bool // an interface of its own
		state       State
		words       string
		frequencies int // at least
	}{
		"phy0": {false, Listening, "made a monitor", 30},
		"phy1": {true, Listening, "listens as picket", 11},
		"phy2": {true, Listening, "opens 6 GHz only", 30},
		"phy3": {false, Unused, "offers no monitor mode", 0},
		"phy4": {false, Listening, "adds no second interface", 11},
		"phy5": {true, Listening, "was taken down", 30},
	} {
		mu.Lock()
		a := now[name]
		mu.Unlock()
		if a.State != want.state || !strings.Contains(strings.ToLower(a.Text), strings.ToLower(want.words)) || len(a.Frequencies) < want.frequencies {
			t.Errorf("%s is %v on %d channels: %s", name, a.State, len(a.Frequencies), a.Text)
		}
		if a.State == Listening && ours(a.Interface) != want.made {
			t.Errorf("%s listens as %s", name, a.Interface)
		}
		if !slices.IsSorted(a.Frequencies) {
			t.Errorf("%s: %v", name, a.Frequencies)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	after := s.kernel.Interfaces()
	if len(after) != len(before) {
		t.Fatalf("%d interfaces are left, were %d", len(after), len(before))
	}
	for n := range before {
		if after[n].Name != before[n].Name || after[n].Type != before[n].Type || after[n].Up != before[n].Up {
			t.Errorf("%s is %v, up %v; was %v, up %v", after[n].Name, after[n].Type, after[n].Up, before[n].Type, before[n].Up)
		}
	}
}
