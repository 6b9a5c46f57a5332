package monitor

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"syscall"

	"picket/radio/link"
	"picket/radio/nl80211"
	"picket/shared/wlan"
)

type fakeRadios world

func (r *fakeRadios) world() *world { return (*world)(r) }

func (r *fakeRadios) Wiphys() ([]nl80211.Wiphy, error) {
	w := r.world()
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.refuse["list"]; err != nil {
		return nil, err
	}
	var all []nl80211.Wiphy
	for _, p := range w.wiphys {
		all = append(all, p.Wiphy)
	}
	return all, nil
}

func (r *fakeRadios) Interfaces() ([]nl80211.Interface, error) {
	w := r.world()
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []nl80211.Interface
	for _, f := range w.faces {
		all = append(all, f.Interface)
	}
	return all, nil
}

func (r *fakeRadios) Interface(ifindex uint32) (nl80211.Interface, error) {
	w := r.world()
	w.mu.Lock()
	defer w.mu.Unlock()
	if f := w.faces[ifindex]; f != nil {
		return f.Interface, nil
	}
	return nl80211.Interface{}, refusal("interface", syscall.ENODEV)
}

func (r *fakeRadios) Regulatory() (nl80211.Regulatory, error) {
	w := r.world()
	w.mu.Lock()
	defer w.mu.Unlock()
	return nl80211.Regulatory{Global: nl80211.Domain{Wiphy: nl80211.NoWiphy, Country: w.country}}, nil
}

func (r *fakeRadios) SetRegulatory(country string) error {
	w := r.world()
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.ask("country %s", country); err != nil {
		return err
	}
	w.country = country
	w.tell(nl80211.RegulatoryChange)
	return nil
}

func (r *fakeRadios) CreateInterface(wiphy uint32, name string, t nl80211.InterfaceType, _ nl80211.MonitorFlags) (nl80211.Interface, error) {
	w := r.world()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.create(wiphy, name, t)
}

func (r *fakeRadios) CreateOwnedInterface(wiphy uint32, name string, t nl80211.InterfaceType, _ nl80211.MonitorFlags) (nl80211.Interface, error) {
	w := r.world()
	w.mu.Lock()
	defer w.mu.Unlock()
	made, err := w.create(wiphy, name, t)
	if err == nil {
		w.owned = append(w.owned, made.Index)
	}
	return made, err
}

func (w *world) create(wiphy uint32, name string, t nl80211.InterfaceType) (nl80211.Interface, error) {
	if err := w.ask("create %s %v on %d", name, t, wiphy); err != nil {
		return nl80211.Interface{}, err
	}
	p := w.wiphys[wiphy]
	switch {
	case p == nil:
		return nl80211.Interface{}, refusal("create", syscall.ENODEV)
	case !p.CanCreate():
		return nl80211.Interface{}, refusal("create", syscall.EOPNOTSUPP)
	case w.named(name):
		return nl80211.Interface{}, refusal("create", syscall.EEXIST)
	}
	if w.lies {
		t = nl80211.TypeStation
	}
	f := w.face(wiphy, name, t)
	f.made, f.mine = true, t == nl80211.TypeMonitor
	w.cured(p, "recreate")
	w.oneClaim(wiphy)
	w.tell(nl80211.NewInterface)
	return f.Interface, nil
}

// oneClaim fails the test when a wiphy has two monitors of the Keeper.
func (w *world) oneClaim(wiphy uint32) {
	n := 0
	for _, f := range w.faces {
		if f.Wiphy == wiphy && f.mine && f.Type == nl80211.TypeMonitor {
			n++
		}
	}
	if n > 1 {
		w.t.Errorf("wiphy %d is claimed %d times", wiphy, n)
	}
}

func (w *world) cured(p *fakeWiphy, by string) {
	if p.deafUntil == by {
		p.deafUntil = ""
	}
}

func (r *fakeRadios) DeleteInterface(ifindex uint32) error {
	w := r.world()
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.ask("delete %d", ifindex); err != nil {
		return err
	}
	f := w.faces[ifindex]
	if f == nil {
		return refusal("delete", syscall.ENODEV)
	}
	if !ours(f.Name) && !f.mine {
		w.t.Errorf("the Keeper deletes %s, which is not its own", f.Name)
	}
	delete(w.faces, ifindex)
	w.tell(nl80211.DelInterface)
	return nil
}

func (r *fakeRadios) SetInterfaceType(ifindex uint32, t nl80211.InterfaceType, _ nl80211.MonitorFlags) error {
	w := r.world()
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.ask("type %d %v", ifindex, t); err != nil {
		return err
	}
	f := w.faces[ifindex]
	switch {
	case f == nil:
		return refusal("type", syscall.ENODEV)
	case f.up:
		return refusal("type", syscall.EBUSY)
	case !w.wiphys[f.Wiphy].CanChangeType() || !w.wiphys[f.Wiphy].InterfaceTypes.Has(t):
		return refusal("type", syscall.EOPNOTSUPP)
	}
	w.cured(w.wiphys[f.Wiphy], "flip")
	f.Type, f.mine = t, t == nl80211.TypeMonitor && f.willType != nl80211.TypeMonitor
	w.oneClaim(f.Wiphy)
	w.tell(nl80211.SetInterface)
	return nil
}

func (r *fakeRadios) Tune(ifindex uint32, to nl80211.ChannelDefinition) error {
	w := r.world()
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.refuse["tune"]; err != nil {
		return err
	}
	f := w.faces[ifindex]
	if f == nil {
		return refusal("tune", syscall.ENODEV)
	}
	for _, other := range w.faces {
		if other.Wiphy == f.Wiphy && other.up && other.Type != nl80211.TypeMonitor {
			return refusal("tune", syscall.EBUSY)
		}
	}
	if c, ok := w.wiphys[f.Wiphy].Channel(to.Frequency); !ok || c.Disabled {
		return refusal("tune", syscall.EINVAL)
	}
	return nil
}

type fakeLinks world

func (l *fakeLinks) Links() ([]link.Link, error) {
	w := (*world)(l)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.looks++
	all := []link.Link{{Index: 1, Name: "lo", Up: true, Running: true}, {Index: 2, Name: "eth0", Up: true, Running: w.wired}}
	for _, f := range w.faces {
		all = append(all, link.Link{Index: f.Index, Name: f.Name, MAC: f.MAC, Up: f.up, Running: f.up && (f.SSID != "" || f.Type == nl80211.TypeMonitor)})
	}
	return all, nil
}

func (l *fakeLinks) Addresses() ([]link.Address, error) {
	w := (*world)(l)
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []link.Address
	for _, f := range w.faces {
		if f.address {
			all = append(all, link.Address{Link: f.Index, Prefix: netip.MustParsePrefix("192.0.2.7/24")})
		}
	}
	return all, nil
}

func (l *fakeLinks) Routes() ([]link.Route, error) {
	w := (*world)(l)
	w.mu.Lock()
	defer w.mu.Unlock()
	everywhere := netip.MustParsePrefix("0.0.0.0/0")
	var all []link.Route
	if w.wired {
		all = append(all, link.Route{Link: 2, Destination: everywhere})
	}
	for _, f := range w.faces {
		if f.defroute {
			all = append(all, link.Route{Link: f.Index, Destination: everywhere})
		}
	}
	return all, nil
}

func (l *fakeLinks) SetUp(index uint32) error   { return (*world)(l).setUp(index, true) }
func (l *fakeLinks) SetDown(index uint32) error { return (*world)(l).setUp(index, false) }

func (w *world) setUp(index uint32, up bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	operation := map[bool]string{true: "up", false: "down"}[up]
	if err := w.ask("%s %d", operation, index); err != nil {
		return err
	}
	f := w.faces[index]
	if f == nil {
		return fmt.Errorf("link %d: %w", index, os.ErrNotExist)
	}
	if up && w.isBlocked(f.Wiphy) {
		return fmt.Errorf("link %d up: %w", index, errRFKill)
	}
	if !up && (f.SSID != "" || f.defroute || f.Type == nl80211.TypeAP && f.up) {
		w.t.Errorf("the Keeper takes %s down, which somebody uses", f.Name)
	}
	if up && !f.mine {
		w.t.Logf("put back: %s", f.Name)
	}
	w.set(f, up)
	if up && f.mine {
		w.cured(w.wiphys[f.Wiphy], "toggle")
	}
	w.tell(nl80211.SetInterface)
	return nil
}

func (l *fakeLinks) SetMAC(index uint32, mac wlan.MAC) error {
	w := (*world)(l)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faces[index].MAC = mac
	return nil
}

type fakeSwitches world

func (s *fakeSwitches) SetBlocked(index uint32, soft bool) error {
	w := (*world)(s)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.ask("block %d %v", index, soft); err != nil {
		return err
	}
	p := w.wiphys[index-100]
	if p == nil {
		return os.ErrNotExist
	}
	if p.noUnblock {
		return fmt.Errorf("rfkill: %w", os.ErrPermission)
	}
	p.soft = soft
	w.blockDown(p.Index)
	w.tell(nl80211.SetInterface)
	return nil
}

type fakeDevices world

// Reset makes a wiphy go and come back under another index and name.
func (d *fakeDevices) Reset(name string) error {
	w := (*world)(d)
	w.mu.Lock()
	if err := w.ask("reset %s", name); err != nil {
		w.mu.Unlock()
		return err
	}
	for index, p := range w.wiphys {
		if p.Name != name {
			continue
		}
		if !p.resets {
			w.mu.Unlock()
			return errors.ErrUnsupported
		}
		w.remove(index)
		w.tell(nl80211.DelWiphy)
		deaf := p.deafUntil
		w.mu.Unlock()
		again, _ := w.plug(p.Wiphy, p.MAC[5])
		w.mu.Lock()
		w.wiphys[again].deafUntil = deaf
		w.cured(w.wiphys[again], "reset")
		w.mu.Unlock()
		return nil
	}
	w.mu.Unlock()
	return os.ErrNotExist
}
