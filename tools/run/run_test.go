package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestInterfacesToCaptureOn(t *testing.T) {
	type entry map[string]string
	for name, c := range map[string]struct {
		net                map[string]entry
		ethernet, monitors []string
	}{
		"a machine with a card, a bridge and a container's end": {
			net: map[string]entry{
				"lo":      {"type": "772", "operstate": "unknown"},
				"eth0":    {"type": "1", "operstate": "up", "device/vendor": "x"},
				"eth1":    {"type": "1", "operstate": "down", "device/vendor": "x"},
				"br0":     {"type": "1", "operstate": "up", "bridge/stp_state": "0"},
				"veth123": {"type": "1", "operstate": "up"},
			},
			ethernet: []string{"eth0"},
		},
		"inside a container": {
			net:      map[string]entry{"lo": {"type": "772"}, "eth0": {"type": "1", "operstate": "up"}, "dummy0": {"type": "1"}},
			ethernet: []string{"eth0"},
		},
		"a laptop with Wi-Fi, and a radio in monitor mode": {
			net: map[string]entry{
				"wlan0": {"type": "1", "operstate": "up", "device/vendor": "x", "phy80211/index": "0"},
				"mon0":  {"type": "803", "operstate": "unknown", "phy80211/index": "1"},
			},
			monitors: []string{"mon0"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			sys := fstest.MapFS{}
			for device, files := range c.net {
				for file, content := range files {
					sys["class/net/"+device+"/"+file] = &fstest.MapFile{Data: []byte(content + "\n")}
				}
			}
			ethernet, monitors := interfaces(sys)
			if diff := cmp.Diff(c.ethernet, ethernet); diff != "" {
				t.Errorf("Ethernet: %s", diff)
			}
			if diff := cmp.Diff(c.monitors, monitors); diff != "" {
				t.Errorf("monitors: %s", diff)
			}
		})
	}
}

func TestRadiosThatConnectThisMachineAreLeftAlone(t *testing.T) {
	sys := fstest.MapFS{}
	for file, content := range map[string]string{
		"class/ieee80211/phy0/index": "0", "class/ieee80211/phy1/index": "1", "class/ieee80211/phy2/index": "2",
		"class/net/wlan0/phy80211/name": "phy0", "class/net/wlan0/type": "1", "class/net/wlan0/operstate": "up",
		"class/net/wlan1/phy80211/name": "phy1", "class/net/wlan1/type": "1", "class/net/wlan1/operstate": "down",
	} {
		sys[file] = &fstest.MapFile{Data: []byte(content + "\n")}
	}
	if diff := cmp.Diff([]string{"phy1", "phy2"}, freeRadios(sys)); diff != "" {
		t.Error(diff)
	}
}

func TestLogLinesAreShortenedAndChosen(t *testing.T) {
	for line, want := range map[string]struct {
		text    string
		matters bool
	}{
		`{"time":"2026-01-05T09:00:00Z","level":"INFO","msg":"report stored","tap_id":7}`:             {"report stored tap_id=7", false},
		`{"time":"2026-01-05T09:00:00Z","level":"WARN","msg":"node is slow","err":"503","attempt":2}`: {"WARN node is slow attempt=2 err=503", true},
		"panic: something": {"panic: something", true},
		"":                 {"", false},
	} {
		if text, matters := shorten(line); text != want.text || matters != want.matters {
			t.Errorf("%s: %q, %v; want %q, %v", line, text, matters, want.text, want.matters)
		}
	}
}

func TestBoxIsStraight(t *testing.T) {
	var b strings.Builder
	(&screen{out: &b}).box("short", "a longer line with é")
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	for _, line := range lines[1:] {
		if len([]rune(line)) != len([]rune(lines[0])) {
			t.Errorf("not straight:\n%s", b.String())
		}
	}
}

func TestFoldersThatOthersCannotPass(t *testing.T) {
	dir := t.TempDir()
	open := filepath.Join(dir, "open")
	shut := filepath.Join(open, "shut")
	below := filepath.Join(shut, "below")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]os.FileMode{filepath.Dir(dir): 0o755, dir: 0o755, shut: 0o700} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	if got := closedTo(below); got != shut {
		t.Errorf("%q is in the way, want %q", got, shut)
	}
	if got := closedTo(open); got != "" {
		t.Errorf("%q is in the way, want nothing", got)
	}
}
