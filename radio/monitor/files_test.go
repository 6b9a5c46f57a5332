package monitor

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"picket/radio/nl80211"
)

func text(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func symlink(to string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(to), Mode: fs.ModeSymlink}
}

func TestDeviceIsReadFromWhatItsBusTells(t *testing.T) {
	for name, c := range map[string]struct {
		uevent string
		want   device
	}{
		"USB":      {"DEVTYPE=usb_interface\nDRIVER=mt7921u\nPRODUCT=e8d/7961/100\nTYPE=0/0/0\nMODALIAS=usb:v0E8Dp7961d0100\n", device{"mt7921u", "usb 0e8d:7961"}},
		"PCI":      {"DRIVER=iwlwifi\nPCI_CLASS=28000\nPCI_ID=8086:2725\nPCI_SLOT_NAME=0000:02:00.0\nMODALIAS=pci:v00008086d00002725\n", device{"iwlwifi", "pci 8086:2725"}},
		"SDIO":     {"DRIVER=brcmfmac\nSDIO_CLASS=00\nSDIO_ID=02D0:A9A6\nMODALIAS=sdio:c00v02D0dA9A6\n", device{"brcmfmac", "sdio 02d0:a9a6"}},
		"platform": {"DRIVER=ath10k_snoc\nMODALIAS=of:NwifiT(null)Cqcom\n", device{"ath10k_snoc", "of"}},
		"nothing":  {"\n=\nx\n", device{}},
	} {
		files := fstest.MapFS{"sys/class/ieee80211/phy7/device/uevent": text(c.uevent)}
		if got := readDevice(files, "phy7"); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	simulated := fstest.MapFS{
		"sys/class/ieee80211/phy7/device/uevent": text(""),
		"sys/class/ieee80211/phy7/device/driver": symlink("../../../bus/platform/drivers/mac80211_hwsim"),
	}
	if got, want := readDevice(simulated, "phy7"), (device{driver: "mac80211_hwsim"}); got != want {
		t.Errorf("simulated: %+v, want %+v", got, want)
	}
	if got := readDevice(fstest.MapFS{}, "phy7"); got != (device{}) {
		t.Errorf("without /sys: %+v", got)
	}
}

func TestHoldersAreNamedByTheirSockets(t *testing.T) {
	files := fstest.MapFS{
		"proc/net/packet":     text("sk               RefCnt Type Proto  Iface R Rmem   User   Inode\nffff8881 3      3    0003   7     1 0      0      4242\nffff8882 3      3    0003   8     1 0      0      4343\n"),
		"proc/self/ns/net":    symlink("net:[1]"),
		"proc/12/comm":        text("sniffer\n"),
		"proc/12/cmdline":     text("sniffer\x00"),
		"proc/12/ns/net":      symlink("net:[1]"),
		"proc/12/fd/3":        symlink("socket:[4242]"),
		"proc/13/comm":        text("wpa_supplicant\n"),
		"proc/13/cmdline":     text("/sbin/wpa_supplicant\x00-iwlan0\x00-c\x00/etc/x\x00"),
		"proc/14/comm":        text("hostapd\n"), // of another namespace, in which wlan0 is another
		"proc/14/cmdline":     text("hostapd\x00-i\x00wlan0\x00"),
		"proc/14/ns/net":      symlink("net:[2]"),
		"proc/15/comm":        text("vi\n"),
		"proc/15/cmdline":     text("vi\x00wlan0\x00"),
		"proc/15/fd/3":        symlink("/etc/wlan0"),
		"proc/16/comm":        text("NetworkManager\n"),
		"proc/16/cmdline":     text("/usr/sbin/NetworkManager\x00--no-daemon\x00"),
		"proc/notanumber/fd":  text(""),
		"proc/99999/whatever": text(""),
	}
	if got, want := holders(files, 7, "wlan0"), []string{"sniffer (process 12)", "wpa_supplicant (process 13)"}; !slices.Equal(got, want) {
		t.Errorf("holders %q, want %q", got, want)
	}
	if got := holders(files, 9, "wlan1"); len(got) != 0 {
		t.Errorf("holders of wlan1: %q", got)
	}
	if got := manager(files); got != "NetworkManager" {
		t.Errorf("manager %q", got)
	}
	if got := holders(fstest.MapFS{}, 7, "wlan0"); got != nil {
		t.Errorf("without /proc: %q", got)
	}
}

func TestOwnInterfacesAreKnownByTheirNames(t *testing.T) {
	for name, want := range map[string]bool{"picket0": true, "picket12": true, "picket": false, "picketa": false, "picket-1": false, "wlan0": false, "xpicket0": false} {
		if got := ours(name); got != want {
			t.Errorf("ours(%q) is %v", name, got)
		}
	}
}

func TestTableOfQuirksIsWhole(t *testing.T) {
	for _, q := range quirks() {
		if len(q.drivers) == 0 || !strings.HasPrefix(q.says, "wh") || len(q.sources) == 0 {
			t.Errorf("%+v: a row has drivers, a clause and sources", q)
		}
		for _, pattern := range q.drivers {
			if _, err := path.Match(pattern, "x"); err != nil {
				t.Errorf("%q: %v", pattern, err)
			}
		}
		for _, source := range q.sources {
			if !strings.HasPrefix(source, "https://github.com/") {
				t.Errorf("source %q", source)
			}
		}
	}
	for driver, want := range map[string]way{"rtl88XXau": flip, "mt7921u": flip, "rtl8xxxu": beside, "ath9k_htc": 0, "mac80211_hwsim": 0, "rtw_8822bu": 0, "": 0} {
		if got := quirkOf(driver).way; got != want {
			t.Errorf("way of %q is %v, want %v", driver, got, want)
		}
	}
}

func TestHoldsComeBackAsWritten(t *testing.T) {
	dir := t.TempDir()
	want := []hold{{
		Wiphy: 7, Name: "phy7", MAC: [6]byte{0, 0, 0x5e, 0, 0x53, 1}, Unblocked: true,
		Changed: []changed{{Index: 4, Name: "wlan0", Type: nl80211.TypeStation, Up: true, Flipped: true}},
	}}
	if err := saveHolds(dir, "boot", want); err != nil {
		t.Fatal(err)
	}
	if got, err := loadHolds(dir, "boot"); err != nil || !cmp.Equal(want, got) {
		t.Errorf("%v:\n%s", err, cmp.Diff(want, got))
	}
	if got, err := loadHolds(dir, "another boot"); err != nil || got != nil {
		t.Errorf("of another boot: %+v, %v", got, err)
	}
	if err := saveHolds(dir, "boot", nil); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
	if got, err := loadHolds(dir, "boot"); err != nil || got != nil {
		t.Errorf("%+v, %v", got, err)
	}
}

// The folder of the file belongs to the tap; a file that was damaged all the same
// is refused, whole.
func FuzzParseHolds(f *testing.F) {
	whole, err := json.Marshal(holdsFile{Boot: "boot", Holds: []hold{{Wiphy: 1, Name: "phy1", Changed: []changed{{Index: 3, Name: "wlan0", Type: 2, Up: true}}}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte(`{"boot":"boot","holds":[{"wiphy":4294967296}]}`))
	f.Add([]byte(`{"boot":"boot","holds":[{"changed":[{"index":0}]}]}`))
	f.Add(fmt.Appendf(nil, `{"boot":"boot","holds":[%s{}]}`, strings.Repeat("{},", maxHolds)))
	f.Fuzz(func(t *testing.T, b []byte) {
		holds, err := parseHolds(b, "boot")
		if err != nil && holds != nil {
			t.Errorf("holds %+v with error %v", holds, err)
		}
		if len(holds) > maxHolds {
			t.Errorf("%d holds", len(holds))
		}
		for _, h := range holds {
			for _, c := range h.Changed {
				if c.Index == 0 {
					t.Errorf("%+v", c)
				}
			}
		}
	})
}

// What /proc holds is written by whoever starts a program.
func FuzzHolders(f *testing.F) {
	f.Add("sk RefCnt Type Proto Iface R Rmem User Inode\nf 3 3 0003 7 1 0 0 42\n", "wpa_supplicant\n", "wpa_supplicant\x00-iwlan0\x00")
	f.Add("\n\n", "", "\x00")
	f.Fuzz(func(t *testing.T, packet, comm, command string) {
		files := fstest.MapFS{
			"proc/net/packet": text(packet), "proc/12/comm": text(comm), "proc/12/cmdline": text(command),
			"proc/12/fd/3": symlink("socket:[42]"),
		}
		if names := holders(files, 7, "wlan0"); len(names) > maxHolders {
			t.Errorf("%q", names)
		}
		manager(files)
	})
}
