package monitor

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"

	"picket/radio/nl80211"
	"picket/shared/wlan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a machine with radios: what Linux 6.12 does with what a Keeper asks
// for, and what other programs and people do meanwhile. It fails the test when the
// Keeper does what it must never do.
type world struct {
	t *testing.T

	mu        sync.Mutex
	noNl80211 bool
	wiphys    map[uint32]*fakeWiphy
	faces     map[uint32]*fakeFace
	wired     bool // a default route by cable
	programs  map[string]string
	sockets   map[uint32]string // packet sockets: pid by ifindex
	country   string
	nextWiphy uint32
	nextFace  uint32
	watchers  map[int]func(nl80211.Event)
	nextWatch int
	breakIt   chan error // ends Watch
	owned     []uint32
	refuse    map[string]error // by operation, until taken back
	asked     []string         // what the Keeper asked for
	looks     int              // of the Keeper
	lies      bool             // created interfaces are of another type
}

type fakeWiphy struct {
	nl80211.Wiphy
	uevent     string
	soft, hard bool
	willSoft   bool // as others set it
	noUnblock  bool
	seen       seen   // of soft
	deafUntil  string // the operation that cures it
	resets     bool   // its device can be reset
}

type fakeFace struct {
	nl80211.Interface
	up       bool
	defroute bool
	address  bool
	made     bool // by the Keeper
	mine     bool // the Keeper made it a monitor

	willUp   bool // as others want it
	willType nl80211.InterfaceType
	seen     seen // of willUp
}

// seen tells whether the Keeper can know what others want: what changes twice
// while it does not look, nobody tells it.
type seen struct {
	at      int // which look was the last before the change
	missed  bool
	changed bool
}

func (s *seen) change(looks int) {
	s.missed = s.changed && s.at == looks
	s.at, s.changed = looks, true
}

func newWorld(t *testing.T) *world {
	return &world{
		t: t, wiphys: make(map[uint32]*fakeWiphy), faces: make(map[uint32]*fakeFace), wired: true, country: "DE",
		programs: make(map[string]string), sockets: make(map[uint32]string), nextFace: 3,
		watchers: make(map[int]func(nl80211.Event)), refuse: make(map[string]error), breakIt: make(chan error, 1),
	}
}

// softMAC is a wiphy as mac80211's drivers have them.
func softMAC() nl80211.Wiphy {
	return nl80211.Wiphy{
		InterfaceTypes: nl80211.TypesOf(nl80211.TypeStation, nl80211.TypeAP, nl80211.TypeMonitor),
		SoftwareTypes:  nl80211.TypesOf(nl80211.TypeMonitor, nl80211.TypeAPVLAN),
		Commands:       nl80211.CommandsOf(nl80211.CommandNewInterface, nl80211.CommandSetInterface, nl80211.CommandSetChannel),
		Bands: []nl80211.Band{
			{Band: wlan.Band2GHz, Channels: []nl80211.Channel{{Frequency: 2412}, {Frequency: 2437}, {Frequency: 2462}, {Frequency: 2484, Disabled: true}}},
			{Band: wlan.Band5GHz, Channels: []nl80211.Channel{{Frequency: 5180}, {Frequency: 5500, NoIR: true, Radar: true}}},
		},
	}
}

// fullMAC is one whose driver adds no interface.
func fullMAC() nl80211.Wiphy {
	w := softMAC()
	w.SoftwareTypes = 0
	w.Commands = nl80211.CommandsOf(nl80211.CommandSetInterface, nl80211.CommandSetChannel)
	return w
}

const usbDevice = "DRIVER=ath9k_htc\nPRODUCT=cf3/9271/108\nMODALIAS=usb:v0CF3p9271\n"

// plug adds a wiphy with a station that is down, and returns both.
func (w *world) plug(like nl80211.Wiphy, mac byte) (wiphy, face uint32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	index := w.nextWiphy
	w.nextWiphy++
	like.Index, like.Name = index, fmt.Sprintf("phy%d", index)
	like.MAC = wlan.MAC{0, 0, 0x5e, 0, 0x53, mac}
	w.wiphys[index] = &fakeWiphy{Wiphy: like, uevent: usbDevice, resets: true}
	var name string
	for n := 0; ; n++ {
		if name = fmt.Sprintf("wlan%d", n); !w.named(name) {
			break
		}
	}
	f := w.face(index, name, nl80211.TypeStation)
	w.tell(nl80211.NewWiphy)
	return index, f.Index
}

func (w *world) named(name string) bool {
	for _, f := range w.faces {
		if f.Name == name {
			return true
		}
	}
	return false
}

func (w *world) face(wiphy uint32, name string, t nl80211.InterfaceType) *fakeFace {
	f := &fakeFace{
		Interface: nl80211.Interface{Index: w.nextFace, Name: name, Wiphy: wiphy, Type: t, MAC: w.wiphys[wiphy].MAC},
		willType:  t,
	}
	w.nextFace++
	w.faces[f.Index] = f
	return f
}

// unplug removes a wiphy with all its interfaces.
func (w *world) unplug(wiphy uint32) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.remove(wiphy)
	w.tell(nl80211.DelWiphy)
}

func (w *world) remove(wiphy uint32) {
	delete(w.wiphys, wiphy)
	maps.DeleteFunc(w.faces, func(_ uint32, f *fakeFace) bool { return f.Wiphy == wiphy })
}

func (w *world) tell(kind nl80211.EventKind) {
	for _, watch := range w.watchers {
		watch(nl80211.Event{Kind: kind, Wiphy: nl80211.NoWiphy})
	}
}

// others change what they like; the Keeper is told.
func (w *world) others(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
	w.tell(nl80211.SetInterface)
}

// othersUp is somebody who switches an interface on or off, and means it.
func (w *world) othersUp(face uint32, up bool) {
	w.others(func() {
		f := w.faces[face]
		if f == nil || f.up == up || up && w.isBlocked(f.Wiphy) {
			return
		}
		w.set(f, up)
		if !f.mine {
			f.willUp = up
			f.seen.change(w.looks)
		}
	})
}

// othersConnect is a supplicant: the station gets a network and the box a route.
func (w *world) othersConnect(face uint32, on bool) {
	w.others(func() {
		f := w.faces[face]
		if f == nil || on && (!f.up || f.Type != nl80211.TypeStation) {
			return
		}
		f.SSID, f.defroute, f.address = "", on, on
		if on {
			f.SSID = "office"
		}
	})
}

func (w *world) othersBlock(wiphy uint32, soft, hard bool) {
	w.others(func() {
		p := w.wiphys[wiphy]
		if p == nil {
			return
		}
		if p.soft != soft {
			p.willSoft = soft
			p.seen.change(w.looks)
		}
		p.soft, p.hard = soft, hard
		w.blockDown(wiphy)
	})
}

// blockDown is cfg80211_rfkill_set_block: all interfaces are closed, and stay it.
func (w *world) blockDown(wiphy uint32) {
	if !w.isBlocked(wiphy) {
		return
	}
	for _, f := range w.faces {
		if f.Wiphy == wiphy && f.up {
			w.set(f, false)
			f.willUp = false
			f.seen.change(w.looks)
		}
	}
}

func (w *world) isBlocked(wiphy uint32) bool { return w.wiphys[wiphy].soft || w.wiphys[wiphy].hard }

func (w *world) set(f *fakeFace, up bool) {
	f.up = up
	if !up {
		f.SSID, f.defroute, f.address = "", false, false
	}
}

func refusal(what string, errno syscall.Errno) error {
	return &nl80211.Error{Request: what, Errno: errno}
}

// ask notes what the Keeper asks for, and refuses what the test wants refused.
func (w *world) ask(format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	w.asked = append(w.asked, what)
	operation, _, _ := strings.Cut(what, " ")
	return w.refuse[operation]
}

// kernel is the world as a Keeper has it.
func (w *world) kernel() (*Kernel, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.noNl80211 {
		return nil, fmt.Errorf("family nl80211: %w", os.ErrNotExist)
	}
	return &Kernel{
		Radios: (*fakeRadios)(w), Links: (*fakeLinks)(w), Switches: (*fakeSwitches)(w), Devices: (*fakeDevices)(w),
		Files: worldFS{w}, Watch: w.watch, Close: w.close,
	}, nil
}

// close is what the kernel does to the interfaces of a socket that goes.
func (w *world) close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, index := range w.owned {
		delete(w.faces, index)
	}
	w.owned = nil
	return nil
}

func (w *world) watch(ctx context.Context, radio func(nl80211.Event), _ func()) error {
	w.mu.Lock()
	id := w.nextWatch
	w.nextWatch++
	w.watchers[id] = radio
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		delete(w.watchers, id)
		w.mu.Unlock()
	}()
	select {
	case <-ctx.Done():
		return nil
	case err := <-w.breakIt:
		return err
	}
}

// worldFS is the world's /sys and /proc.
type worldFS struct{ w *world }

func (f worldFS) now() fstest.MapFS {
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	text := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	files := fstest.MapFS{"proc/sys/kernel/random/boot_id": text("a boot\n"), "proc/self/ns/net": {Data: []byte("net:[1]"), Mode: fs.ModeSymlink}}
	for _, p := range f.w.wiphys {
		base := "sys/class/ieee80211/" + p.Name
		files[base+"/device/uevent"] = text(p.uevent)
		rfkill := fmt.Sprintf("%s/rfkill%d/", base, p.Index+100)
		files[rfkill+"index"] = text(fmt.Sprintln(p.Index + 100))
		files[rfkill+"soft"], files[rfkill+"hard"] = text(digit(p.soft)), text(digit(p.hard))
	}
	for pid, comm := range f.w.programs {
		files["proc/"+pid+"/comm"] = text(comm + "\n")
		files["proc/"+pid+"/cmdline"] = text(comm + "\x00")
	}
	packet := "sk RefCnt Type Proto  Iface R Rmem   User   Inode\n"
	for index, pid := range f.w.sockets {
		packet += fmt.Sprintf("0000 3 3 0003 %d 1 0 0 77%d\n", index, index)
		files["proc/"+pid+"/fd/7"] = &fstest.MapFile{Data: fmt.Appendf(nil, "socket:[77%d]", index), Mode: fs.ModeSymlink}
	}
	files["proc/net/packet"] = text(packet)
	return files
}

func digit(b bool) string {
	if b {
		return "1\n"
	}
	return "0\n"
}

func (f worldFS) Open(name string) (fs.File, error)          { return f.now().Open(name) }
func (f worldFS) ReadLink(name string) (string, error)       { return f.now().ReadLink(name) }
func (f worldFS) Lstat(name string) (fs.FileInfo, error)     { return f.now().Lstat(name) }
func (f worldFS) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(f.now(), name) }

// copy is the state of the radios, to come back to.
func (w *world) copy() *world {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := &world{wiphys: make(map[uint32]*fakeWiphy), faces: make(map[uint32]*fakeFace), owned: slices.Clone(w.owned)}
	for index, p := range w.wiphys {
		other := *p
		c.wiphys[index] = &other
	}
	for index, f := range w.faces {
		other := *f
		c.faces[index] = &other
	}
	return c
}

func (w *world) become(was *world) {
	c := was.copy()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wiphys, w.faces, w.owned = c.wiphys, c.faces, c.owned
}
