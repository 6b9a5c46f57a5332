package doctor

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"picket/appliance/identity"
	"picket/radio/link"
	"picket/radio/monitor"
	"picket/radio/nl80211"
	"picket/shared/wlan"
)

var update = flag.Bool("update", false, "write the golden files anew")

// machine is one in good order, for tests to break.
type machine struct {
	files    fstest.MapFS
	radios   []monitor.Radio
	radioErr error
	links    []link.Link
	routes   []link.Route
	log      []string
	logErr   error
	clock    bool
	free     uint64
	tap      identity.Standing
	tapErr   error
}

func (m *machine) put(name, text string) { m.files[name] = &fstest.MapFile{Data: []byte(text)} }

func (m *machine) system() System {
	return System{
		Files: m.files, Radios: func() ([]monitor.Radio, error) { return m.radios, m.radioErr },
		Links: func() ([]link.Link, []link.Route, error) { return m.links, m.routes, nil },
		Log:   func() ([]string, error) { return m.log, m.logErr }, Synchronised: func() (bool, error) { return m.clock, nil },
		Free:     func(string) (uint64, error) { return m.free, nil },
		Identity: func(string) (identity.Standing, error) { return m.tap, m.tapErr },
	}
}

func newMachine() *machine {
	m := &machine{files: fstest.MapFS{}, clock: true, free: 64 << 30, tap: enrolledTap()}
	m.put("proc/self/status", "Name:\tpicket\nCapEff:\t000001ffffffffff\n")
	m.put("proc/meminfo", "MemTotal: 8000000 kB\nMemAvailable:    4000000 kB\n")
	m.put("proc/sys/kernel/osrelease", "6.12.0-1-amd64\n")
	m.put("lib/firmware/regulatory.db", "")
	m.put("sys/class/net/eth0/device/uevent", "DRIVER=e1000e\nPCI_ID=8086:15F3\n")
	m.put("sys/class/net/wlan0/device/uevent", "DRIVER=iwlwifi\n")
	m.put("sys/class/net/wlan0/phy80211/index", "0\n")
	m.links = []link.Link{
		{Index: 1, Name: "lo", Encap: "loopback", Up: true, Running: true},
		{Index: 2, Name: "eth0", Encap: "ether", MAC: wlan.MAC{0, 0, 0x5e, 0, 0x53, 1}, Up: true, Running: true},
		{Index: 3, Name: "wlan0", Encap: "ether"},
		{Index: 4, Name: "docker0", Encap: "ether", Kind: "bridge", Up: true},
	}
	m.routes = []link.Route{{Link: 2, Destination: netip.MustParsePrefix("0.0.0.0/0")}}
	return m
}

// channels makes a band of channels from first to last.
func channels(band wlan.Band, first, last, step wlan.MHz, change func(*nl80211.Channel)) nl80211.Band {
	b := nl80211.Band{Band: band}
	for f := first; f <= last; f += step {
		c := nl80211.Channel{Frequency: f}
		if change != nil {
			change(&c)
		}
		b.Channels = append(b.Channels, c)
	}
	return b
}

func radarAbove5250(c *nl80211.Channel) { c.Radar = c.Frequency > 5250 && c.Frequency < 5735 }

func fiveGHz() nl80211.Band {
	b := channels(wlan.Band5GHz, 5180, 5320, 20, radarAbove5250)
	b.Channels = append(b.Channels, channels(wlan.Band5GHz, 5500, 5720, 20, radarAbove5250).Channels...)
	b.Channels = append(b.Channels, channels(wlan.Band5GHz, 5745, 5825, 20, nil).Channels...)
	return b
}

func freeRadio() monitor.Radio {
	r := monitor.Radio{
		Driver: "mt76x2u", Device: "usb 0e8d:7612", Usable: true, Domain: nl80211.Domain{Country: "DE"},
		Interfaces: []monitor.Interface{{Name: "wlan1", Type: nl80211.TypeStation}},
		Note:       "It has the driver mt76x2u, which may stop hearing under load.", Sources: []string{"https://example.org/issues/1"},
	}
	r.Wiphy = nl80211.Wiphy{
		Name: "phy1", MAC: wlan.MAC{0, 0, 0x5e, 0, 0x53, 2}, InterfaceTypes: nl80211.TypesOf(nl80211.TypeStation, nl80211.TypeMonitor),
		Bands: []nl80211.Band{channels(wlan.Band2GHz, 2412, 2472, 5, nil), fiveGHz()},
	}
	r.Bands[0].Channels = append(r.Bands[0].Channels, nl80211.Channel{Frequency: 2484, Disabled: true})
	return r
}

func uplinkRadio() monitor.Radio {
	r := freeRadio()
	r.Name, r.MAC, r.Driver, r.Device, r.Note, r.Sources = "phy0", wlan.MAC{0, 0, 0x5e, 0, 0x53, 3}, "iwlwifi", "pci 8086:2725", "", nil
	r.Bands = append(r.Bands, channels(wlan.Band6GHz, 5955, 7115, 20, func(c *nl80211.Channel) { c.Disabled = true }))
	r.Interfaces = []monitor.Interface{{Name: "wlan0", Type: nl80211.TypeStation, Up: true, Holders: []string{"wpa_supplicant (process 812)"}}}
	r.Usable, r.Why = false, "wlan0 is the box's way to the network, and stays that."
	r.Cure = "Connect the box by cable, or plug in another adapter to listen."
	return r
}

func TestReportsReadAsTheyShould(t *testing.T) {
	for name, change := range map[string]func(*machine){
		"good": func(m *machine) { m.radios = []monitor.Radio{uplinkRadio(), freeRadio()} },
		"no-wireless-stack": func(m *machine) {
			m.radioErr = fmt.Errorf("family nl80211: %w", os.ErrNotExist)
			m.clock = false
		},
		"no-driver-loaded": func(m *machine) {
			m.radioErr = os.ErrNotExist
			m.put("lib/modules/6.12.0-1-amd64/modules.dep", "kernel/net/wireless/cfg80211.ko.xz: kernel/net/rfkill/rfkill.ko.xz\n")
			m.put("sys/bus/usb/devices/1-2/idVendor", "0bda\n")
			m.put("sys/bus/usb/devices/1-2/idProduct", "1a2b\n")
			m.put("sys/bus/usb/devices/1-2:1.0/bInterfaceClass", "08\n")
			m.put("sys/bus/usb/devices/1-3/idVendor", "0e8d\n")
			m.put("sys/bus/usb/devices/1-3/idProduct", "7927\n")
			m.put("sys/bus/usb/devices/1-3/product", "Wireless_Device\n")
			m.put("sys/bus/usb/devices/1-3:1.0/bInterfaceClass", "ff\n")
			m.put("sys/bus/pci/devices/0000:02:00.0/class", "0x028000\n")
			m.put("sys/bus/pci/devices/0000:02:00.0/vendor", "0x14c3\n")
			m.put("sys/bus/pci/devices/0000:02:00.0/device", "0x7925\n")
			m.put("sys/bus/pci/devices/0000:00:1f.6/class", "0x020000\n")
			m.log = []string{
				"usb 1-4: firmware: failed to load mediatek/mt7662.bin (-2)",
				"mt76x2u 1-4:1.0: Direct firmware load for mediatek/mt7662.bin failed with error -2",
				"ath9k_htc 1-5:1.0: Direct firmware load for ath9k_htc/htc_9271-1.4.0.fw failed with error -2",
				"snd_hda: Direct firmware load for intel/sof.ri failed with error -2",
			}
		},
		"not-root": func(m *machine) {
			r := freeRadio()
			r.SoftBlocked, r.Domain.Country = true, "00"
			m.radios = []monitor.Radio{r}
			m.put("proc/self/status", "CapEff:\t0000000000000000\n")
			m.logErr, m.tapErr = os.ErrPermission, os.ErrPermission
			m.links[1].Running = false
			delete(m.files, "lib/firmware/regulatory.db")
		},
		"world-and-poor": func(m *machine) {
			r := freeRadio()
			r.SoftBlocked, r.Domain.Country = true, "00"
			m.radios = []monitor.Radio{r}
			m.links[1].Up, m.links[1].Running = false, false
			m.put("proc/meminfo", "MemAvailable:    120000 kB\n")
			m.free = 20 << 20
			m.tap = identity.Standing{}
		},
		"container": func(m *machine) {
			m.put(".dockerenv", "")
			m.links, m.free = m.links[:1], 300<<20
			m.tap = identity.Standing{Code: "0123456789AB", Cluster: strings.Repeat("ab", 32)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine()
			change(m)
			report := Examine(m.system(), "/var/lib/picket-tap")
			var out bytes.Buffer
			if err := report.Print(&out); err != nil {
				t.Fatal(err)
			}
			golden(t, name+".txt", out.Bytes())
			for line := range strings.Lines(out.String()) {
				if len(line) > width+1 && !strings.Contains(line, "http") {
					t.Errorf("a line of %d: %q", len(line)-1, line)
				}
			}
			for _, c := range report.Checks {
				if c.Text == "" || c.Status != Fine && c.Status != Warning && c.Cure == "" {
					t.Errorf("%+v: says what is wrong, and not what to do", c)
				}
			}
		})
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", name, diff)
	}
}

func TestReportIsJSONForPrograms(t *testing.T) {
	m := newMachine()
	m.radios = []monitor.Radio{uplinkRadio(), freeRadio()}
	b, err := json.Marshal(Examine(m.system(), "/var/lib/picket-tap"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Ready  bool
		Radios []struct {
			Name, Status, Cure string
			Monitor            bool
			Bands              []struct {
				Band, Channels string
				Allowed, Known int
			}
		}
		Wired []struct{ Name string }
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if !got.Ready || len(got.Radios) != 2 || len(got.Wired) != 1 || got.Radios[0].Status != "broken" || got.Radios[1].Status != "fine" || !got.Radios[1].Monitor {
		t.Errorf("%s", b)
	}
	if b := got.Radios[1].Bands[0]; b.Channels != "1-13" || b.Allowed != 13 || b.Known != 14 {
		t.Errorf("%+v", b)
	}
	if b := got.Radios[1].Bands[1]; b.Channels != "36-64, 100-144, 149-165" {
		t.Errorf("%+v", b)
	}
}

func TestChannelsAreWrittenAsRuns(t *testing.T) {
	all := channels(wlan.Band2GHz, 2412, 2472, 5, nil).Channels
	for want, in := range map[string]func(wlan.MHz) bool{
		"":            func(wlan.MHz) bool { return false },
		"1":           func(f wlan.MHz) bool { return f == 2412 },
		"1, 2":        func(f wlan.MHz) bool { return f <= 2417 },
		"1-3, 13":     func(f wlan.MHz) bool { return f <= 2422 || f == 2472 },
		"1-13":        func(wlan.MHz) bool { return true },
		"1, 3, 11-13": func(f wlan.MHz) bool { return f == 2412 || f == 2422 || f >= 2462 },
	} {
		if got := runs(all, func(c nl80211.Channel) bool { return in(c.Frequency) }); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestFirmwareOfAnAdapterThatWorksIsNotMissing(t *testing.T) {
	m := newMachine()
	m.radios = []monitor.Radio{uplinkRadio()}
	m.log = []string{"iwlwifi 0000:02:00.0: Direct firmware load for iwlwifi-ty-a0-gf-a0-89.ucode failed with error -2"}
	if c, bad := m.system().firmware(m.radios); bad {
		t.Errorf("%+v", c)
	}
	if c, bad := m.system().firmware(nil); !bad || !strings.Contains(c.Cure, "firmware-iwlwifi") {
		t.Errorf("%+v, %v", c, bad)
	}
}

func TestPrintTellsWhenNobodyReads(t *testing.T) {
	if err := (Report{}).Print(broken{}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("error %v", err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, os.ErrClosed }
