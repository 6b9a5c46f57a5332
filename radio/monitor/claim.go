package monitor

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"picket/radio/nl80211"
	"picket/shared/wlan"
)

// maxNames bounds the search for a free name.
const maxNames = 1000

// tunings is how many channels are tried before a driver is said not to tune: a
// firmware may refuse one that the kernel lists.
const tunings = 3

// errNoWay says that the driver neither adds an interface nor changes what there is.
var errNoWay = errors.New("no interface can be made a monitor")

// errLies says that the driver said yes and did otherwise.
var errLies = errors.New("the driver said yes and made no monitor interface")

// claim makes the wiphy listen: it does what is missing for that and nothing else,
// so that it also repairs what others changed. What it changed is in a.hold, also
// when it fails.
func (k *Keeper) claim(a *adapter, s *snapshot, r radio) error {
	if a.hold == nil {
		a.hold = &hold{Wiphy: a.wiphy.Index, Name: a.wiphy.Name, MAC: a.wiphy.MAC}
	}
	if err := k.unblock(a, r); err != nil {
		return err
	}
	mine := k.find(a, s)
	if err := k.quieten(a, r, mine); err != nil {
		return err
	}
	ifindex, name, err := k.monitor(a, s, r, mine)
	if err != nil {
		return err
	}
	a.ifindex, a.ifname = ifindex, name
	if err := k.kernel.Links.SetUp(ifindex); err != nil {
		return err
	}
	if is, err := k.kernel.Radios.Interface(ifindex); err != nil {
		return err
	} else if is.Type != nl80211.TypeMonitor {
		return errLies
	}
	return k.tune(ifindex, a.wiphy.Frequencies())
}

// unblock undoes a program's block of the radio.
func (k *Keeper) unblock(a *adapter, r radio) error {
	if !r.blocked.soft {
		return nil
	}
	a.hold.Unblocked = true
	k.save()
	if err := k.kernel.Switches.SetBlocked(r.blocked.index, false); err != nil {
		a.hold.Unblocked = false
		k.save()
		return &blockError{err}
	}
	return nil
}

// blockError says that a program's block could not be undone.
type blockError struct{ err error }

func (e *blockError) Error() string { return "unblock: " + e.err.Error() }
func (e *blockError) Unwrap() error { return e.err }

// find returns the interface of the wiphy that is our monitor, nil for none.
func (k *Keeper) find(a *adapter, s *snapshot) *iface {
	index := a.ifindex
	if c, ok := a.hold.flipped(); ok && index == 0 {
		index = c.Index
	}
	list := s.interfaces[a.wiphy.Index]
	for n := range list {
		if list[n].Index == index {
			return &list[n]
		}
	}
	for n := range list { // one that could not be swept is as good as a new one
		if ours(list[n].Name) {
			return &list[n]
		}
	}
	return nil
}

// quieten takes down every other interface of the wiphy that is up: the channel
// belongs to all that are, and can be changed only when there are monitors alone.
func (k *Keeper) quieten(a *adapter, r radio, mine *iface) error {
	for _, i := range r.interfaces {
		if mine != nil && i.Index == mine.Index || !i.link.Up {
			continue
		}
		a.hold.change(i)
		k.save()
		if err := k.kernel.Links.SetDown(i.Index); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// monitor returns the monitor interface, after making one or making it one again.
func (k *Keeper) monitor(a *adapter, s *snapshot, r radio, mine *iface) (uint32, string, error) {
	if mine != nil && mine.Type == nl80211.TypeMonitor {
		return mine.Index, mine.Name, nil
	}
	if mine != nil {
		return mine.Index, mine.Name, k.retype(mine.Index, nl80211.TypeMonitor)
	}
	ways := a.ways(r)
	if len(ways) == 0 {
		return 0, "", errNoWay
	}
	var errs []error
	for _, w := range ways {
		ifindex, name, err := k.by(w, a, s, r)
		if err == nil {
			a.way = w
			return ifindex, name, nil
		}
		errs = append(errs, err)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrDeadlineExceeded) {
			break // the other way meets the same
		}
	}
	return 0, "", errors.Join(errs...)
}

// ways returns how the wiphy can be claimed, the best first.
func (a *adapter) ways(r radio) []way {
	var ways []way
	if r.CanCreate() && (r.quirk.way != flip || !r.CanChangeType()) {
		ways = append(ways, beside)
	}
	if r.CanChangeType() && slices.ContainsFunc(r.interfaces, func(i iface) bool { return !ours(i.Name) }) {
		ways = append(ways, flip)
	}
	if r.CanCreate() && r.quirk.way == flip && len(r.interfaces) == 0 {
		ways = append(ways, beside) // nothing to flip, and nothing that could be disturbed
	}
	if a.silence.otherWay() && len(ways) > 1 {
		slices.Reverse(ways)
	}
	return ways
}

func (k *Keeper) by(w way, a *adapter, s *snapshot, r radio) (uint32, string, error) {
	if w == beside {
		return k.add(a, s)
	}
	return k.flip(a, r)
}

// add makes a monitor interface of our own.
func (k *Keeper) add(a *adapter, s *snapshot) (uint32, string, error) {
	for n := range maxNames {
		name := fmt.Sprintf("%s%d", namePrefix, n)
		if s.names[name] {
			continue
		}
		made, err := k.kernel.Radios.CreateOwnedInterface(a.wiphy.Index, name, nl80211.TypeMonitor, 0)
		if nameTaken(err) {
			s.names[name] = true
			continue
		}
		if err != nil {
			return 0, "", err
		}
		s.names[made.Name] = true
		if made.Type != nl80211.TypeMonitor {
			if err := k.kernel.Radios.DeleteInterface(made.Index); err != nil {
				k.log.Warn("interface of a wrong type stays", "ifindex", made.Index, "err", err)
			}
			return 0, "", errLies
		}
		return made.Index, made.Name, nil
	}
	return 0, "", fmt.Errorf("no free name for an interface among %d", maxNames)
}

// flip makes an interface that is there a monitor: one that is a monitor already,
// or a station, or whatever there is.
func (k *Keeper) flip(a *adapter, r radio) (uint32, string, error) {
	var best *iface
	for n := range r.interfaces {
		i := &r.interfaces[n]
		if ours(i.Name) {
			continue
		}
		if best == nil || rank(i.Type) > rank(best.Type) {
			best = i
		}
	}
	if best == nil {
		return 0, "", fmt.Errorf("wiphy %q has no interface to change", a.wiphy.Name)
	}
	a.hold.change(*best).Flipped = true
	k.save()
	if best.Type == nl80211.TypeMonitor {
		return best.Index, best.Name, nil
	}
	if err := k.retype(best.Index, nl80211.TypeMonitor); err != nil {
		a.hold.change(*best).Flipped = false
		k.save()
		return 0, "", err
	}
	return best.Index, best.Name, nil
}

func rank(t nl80211.InterfaceType) int {
	switch t {
	case nl80211.TypeMonitor:
		return 2
	case nl80211.TypeStation:
		return 1
	default:
		return 0
	}
}

// retype changes the type of an interface, which must be down for it.
func (k *Keeper) retype(ifindex uint32, t nl80211.InterfaceType) error {
	if err := k.kernel.Links.SetDown(ifindex); err != nil {
		return err
	}
	return k.kernel.Radios.SetInterfaceType(ifindex, t, 0)
}

// tune tries the first, the middle and the last channel: what the driver cannot do
// shows here, and not as an adapter that hops in vain.
func (k *Keeper) tune(ifindex uint32, frequencies []wlan.MHz) error {
	var errs []error
	for n := range tunings {
		f := frequencies[n*(len(frequencies)-1)/(tunings-1)]
		err := k.kernel.Radios.Tune(ifindex, nl80211.ChannelDefinition{Frequency: f})
		if err == nil {
			return nil
		}
		errs = append(errs, err)
		if !refusesChannel(err) {
			break
		}
	}
	return errs[len(errs)-1]
}

// claimed is the sentence of an adapter that listens.
func (a *adapter) claimed() string {
	var down []string
	for _, c := range a.hold.Changed {
		if c.Up && !c.Flipped {
			down = append(down, c.Name)
		}
	}
	text := "listens as " + a.ifname
	if c, ok := a.hold.flipped(); ok && c.Type != nl80211.TypeMonitor {
		text = fmt.Sprintf("listens as %s, which was made a monitor", a.ifname)
	}
	if len(down) > 0 {
		text += "; " + strings.Join(down, " and ") + " was taken down"
		if len(down) > 1 {
			text = strings.TrimSuffix(text, "was taken down") + "were taken down"
		}
	}
	if a.hold.Unblocked {
		text += "; its rfkill block was lifted"
	}
	if a.quirk.says != "" {
		text += fmt.Sprintf("; it has the driver %s, %s", a.device.driver, a.quirk.says)
	}
	return sentence(text)
}
