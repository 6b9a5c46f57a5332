package nl80211test

import (
	"fmt"
	"slices"
	"sync"
	"syscall"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"picket/radio/nl80211"
	"picket/shared/wlan"
)

// A Kernel is the wireless stack of one network namespace. Its methods play what
// people and hardware do to it; clients ask and change it as they would a real one.
// It is safe for concurrent use.
//
// What it refuses and why is as in cfg80211 of v6.12, as far as monitors go:
// tuning with EBUSY while another interface than monitors is up or no monitor is,
// with EINVAL where the channel is missing or disabled, changing the type of an
// interface that is up with EBUSY, adding what the driver does not have with
// EOPNOTSUPP.
type Kernel struct {
	// Old: a kernel that knows no split dumps. Absent: one without a wireless
	// stack. Set before use.
	Old, Absent bool

	mu         sync.Mutex
	wiphys     []*nl80211.Wiphy
	interfaces []*Interface
	global     nl80211.Domain
	domains    []nl80211.Domain // of wiphys
	failures   []failure
	requests   []Request
	sockets    []*socket
	ports      uint32
	nextWiphy  uint32
	nextIndex  uint32
	nextWDev   map[uint32]uint32
	generation uint32 // of the list of wiphys
	devices    uint32 // generation of the lists of interfaces
	interrupt  int
}

// An Interface is one of a Kernel's, with what the kernel does not tell of it.
type Interface struct {
	nl80211.Interface
	Flags nl80211.MonitorFlags // as asked for; 0: the default
	Up    bool                 // its network device is

	owner *socket // of which it shares the end
}

// A failure refuses the next requests of a command.
type failure struct {
	command nl80211.Command
	times   int // left; -1: for ever
	err     error
}

// NewKernel returns a kernel without wiphys, in the world's regulatory domain.
func NewKernel() *Kernel {
	return &Kernel{
		global:   nl80211.Domain{Wiphy: nl80211.NoWiphy, Country: "00", Rules: World()},
		nextWDev: make(map[uint32]uint32), nextIndex: 3, ports: 100, // 1 and 2 are lo and a wired interface
	}
}

// World are some rules of the world domain.
func World() []nl80211.Rule {
	return []nl80211.Rule{
		{StartKHz: 2402000, EndKHz: 2472000, MaxWidthKHz: 40000, MaxGain: 6, MaxEIRP: 20},
		{StartKHz: 5170000, EndKHz: 5250000, MaxWidthKHz: 80000, MaxGain: 6, MaxEIRP: 20, Flags: nl80211.RuleNoIR | nl80211.RuleAutoBW},
	}
}

// Client returns a client of the kernel. Every client is another socket.
func (k *Kernel) Client() (*nl80211.Client, error) {
	return nl80211.New(func() (*netlink.Conn, error) {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.ports++
		s := newSocket(k.ports, k.serve, k.socketGone)
		s.absent = k.Absent
		k.sockets = append(k.sockets, s)
		return netlink.NewConn(s, s.port), nil
	})
}

// AddWiphy plugs an adapter in and returns its index, which is never one that was
// used before; w.Index is ignored, and w.Name when it is taken. A station interface
// that is down comes with it for each name.
func (k *Kernel) AddWiphy(w nl80211.Wiphy, interfaces ...string) uint32 {
	k.mu.Lock()
	defer k.mu.Unlock()
	w.Index = k.nextWiphy
	k.nextWiphy++
	if w.Name == "" || slices.ContainsFunc(k.wiphys, func(o *nl80211.Wiphy) bool { return o.Name == w.Name }) {
		w.Name = fmt.Sprintf("phy%d", w.Index)
	}
	k.generation++
	k.wiphys = append(k.wiphys, &w)
	k.tellWiphy(nl80211.CommandNewWiphy, w)
	for _, name := range interfaces {
		k.add(&Interface{Interface: nl80211.Interface{Name: name, Wiphy: w.Index, Type: nl80211.TypeStation, MAC: w.MAC}})
	}
	return w.Index
}

// RemoveWiphy pulls an adapter out. It panics when there is none.
func (k *Kernel) RemoveWiphy(index uint32) {
	k.mu.Lock()
	defer k.mu.Unlock()
	w := k.wiphy(index)
	if w == nil {
		panic(fmt.Sprintf("nl80211test: no wiphy %d to remove", index))
	}
	for _, i := range slices.Clone(k.interfaces) {
		if i.Wiphy == index {
			k.remove(i)
		}
	}
	k.wiphys = slices.DeleteFunc(k.wiphys, func(o *nl80211.Wiphy) bool { return o == w })
	k.domains = slices.DeleteFunc(k.domains, func(d nl80211.Domain) bool { return d.Wiphy == index })
	k.generation++
	k.tellWiphy(nl80211.CommandDelWiphy, *w)
}

// ChangeWiphy changes what a wiphy is or may do, without an event: the kernel has
// none for that, but regulatory ones (SetDomain).
func (k *Kernel) ChangeWiphy(index uint32, change func(*nl80211.Wiphy)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if w := k.wiphy(index); w != nil {
		change(w)
		w.Index = index
	}
}

// Interfaces returns all interfaces, in the order in which they came.
func (k *Kernel) Interfaces() []Interface {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := make([]Interface, 0, len(k.interfaces))
	for _, i := range k.interfaces {
		list = append(list, *i)
	}
	return list
}

// Interface returns the interface of that name, and false where there is none.
func (k *Kernel) Interface(name string) (Interface, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, i := range k.interfaces {
		if i.Name == name {
			return *i, true
		}
	}
	return Interface{}, false
}

// ChangeInterface changes an interface as another program or its network would,
// without an event: connects it (SSID, Channel), renames it. It reports whether
// there is one.
func (k *Kernel) ChangeInterface(ifindex uint32, change func(*Interface)) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := k.byIndex(ifindex)
	if i == nil {
		return false
	}
	index, wiphy, wdev := i.Index, i.Wiphy, i.WDev
	change(i)
	i.Index, i.Wiphy, i.WDev = index, wiphy, wdev
	k.devices++
	return true
}

// SetUp takes an interface's network device up or down, as rtnetlink would. The
// error is ENODEV when it is gone, and EBUSY where the interfaces that are up do not
// go together with it.
func (k *Kernel) SetUp(ifindex uint32, up bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := k.byIndex(ifindex)
	if i == nil {
		return unix.ENODEV
	}
	if up && !i.Up {
		w := k.wiphy(i.Wiphy)
		types := []nl80211.InterfaceType{i.Type}
		for _, o := range k.interfaces {
			if o.Wiphy == i.Wiphy && o.Up {
				types = append(types, o.Type)
			}
		}
		if w == nil || !w.Allows(types...) {
			return unix.EBUSY
		}
	}
	i.Up = up
	if !up && i.Type == nl80211.TypeMonitor {
		i.Channel = nl80211.ChannelDefinition{}
	}
	return nil
}

// AddInterface is another program that adds an interface.
func (k *Kernel) AddInterface(wiphy uint32, name string, t nl80211.InterfaceType) (uint32, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.wiphy(wiphy) == nil {
		return 0, unix.ENODEV
	}
	if k.byName(name) != nil {
		return 0, unix.EEXIST
	}
	return k.add(&Interface{Interface: nl80211.Interface{Name: name, Wiphy: wiphy, Type: t, MAC: k.wiphy(wiphy).MAC}}).Index, nil
}

// RemoveInterface is another program that deletes one; it reports whether there
// was one.
func (k *Kernel) RemoveInterface(ifindex uint32) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := k.byIndex(ifindex)
	if i != nil {
		k.remove(i)
	}
	return i != nil
}

// Fail refuses the next times requests of a command; -1 is for ever, 0 takes all
// failures of the command back. text is the extended acknowledgement, "" for none.
func (k *Kernel) Fail(c nl80211.Command, times int, errno syscall.Errno, text string) {
	k.FailWith(c, times, &RefusalError{Errno: errno, Text: text})
}

// FailWith is Fail with any error that a Handler may return.
func (k *Kernel) FailWith(c nl80211.Command, times int, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if times == 0 {
		k.failures = slices.DeleteFunc(k.failures, func(f failure) bool { return f.command == c })
		return
	}
	k.failures = append(k.failures, failure{c, times, err})
}

// InterruptDumps marks the next n dumps as changed while they were read.
func (k *Kernel) InterruptDumps(n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.interrupt = n
}

// Requests returns what was asked of the kernel so far.
func (k *Kernel) Requests() []Request {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.requests)
}

func (k *Kernel) wiphy(index uint32) *nl80211.Wiphy {
	for _, w := range k.wiphys {
		if w.Index == index {
			return w
		}
	}
	return nil
}

func (k *Kernel) byIndex(ifindex uint32) *Interface {
	for _, i := range k.interfaces {
		if i.Index == ifindex {
			return i
		}
	}
	return nil
}

func (k *Kernel) byName(name string) *Interface {
	for _, i := range k.interfaces {
		if i.Name == name {
			return i
		}
	}
	return nil
}

// add numbers an interface and tells of it.
func (k *Kernel) add(i *Interface) *Interface {
	i.Index = k.nextIndex
	k.nextIndex++
	k.nextWDev[i.Wiphy]++
	i.WDev = uint64(i.Wiphy)<<32 | uint64(k.nextWDev[i.Wiphy])
	if i.MAC == (wlan.MAC{}) {
		i.MAC = wlan.MAC{0x02, 0, 0, 0, byte(i.Wiphy), byte(i.Index)}
	}
	k.interfaces = append(k.interfaces, i)
	k.devices++
	k.tellInterface(nl80211.CommandNewInterface, *i)
	return i
}

func (k *Kernel) remove(i *Interface) {
	k.interfaces = slices.DeleteFunc(k.interfaces, func(o *Interface) bool { return o == i })
	k.devices++
	k.tellInterface(nl80211.CommandDelInterface, *i)
}

// socketGone removes what a closed socket owned.
func (k *Kernel) socketGone(s *socket) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sockets = slices.DeleteFunc(k.sockets, func(o *socket) bool { return o == s })
	for _, i := range slices.Clone(k.interfaces) {
		if i.owner == s {
			k.remove(i)
		}
	}
}
