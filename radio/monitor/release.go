package monitor

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"picket/radio/nl80211"
)

// release undoes all that a.hold says, in the reverse order. What is gone needs no
// undoing. What cannot be undone now stays in a.hold, and is tried again at the
// next look or by the next start.
func (k *Keeper) release(a *adapter) error {
	h := a.hold
	if h == nil {
		return nil
	}
	var errs []error
	undone := func(err error) bool {
		switch {
		case err == nil, errors.Is(err, os.ErrNotExist):
			return true
		case errors.Is(err, errRFKill): // it comes up when the block is lifted, as it would have
			return false
		}
		errs = append(errs, err)
		return false
	}
	if flipped, isFlipped := h.flipped(); a.ifindex != 0 && (!isFlipped || flipped.Index != a.ifindex) {
		undone(k.kernel.Radios.DeleteInterface(a.ifindex)) // what stays is swept, or used again
	}
	left := &hold{Wiphy: h.Wiphy, Name: h.Name, MAC: h.MAC}
	for _, c := range slices.Backward(h.Changed) {
		if c.Flipped && !undone(k.unflip(c)) {
			left.Changed = append(left.Changed, c)
			continue
		}
		c.Flipped = false
		if c.Up && !undone(k.kernel.Links.SetUp(c.Index)) {
			left.Changed = append(left.Changed, c) // a block, for one
		}
	}
	if b := readBlocked(k.kernel.Files, a.wiphy.Name); h.Unblocked && b.known && !b.soft {
		left.Unblocked = !undone(k.kernel.Switches.SetBlocked(b.index, true))
	}
	slices.Reverse(left.Changed)
	a.hold, a.ifindex, a.ifname, a.way = nil, 0, "", 0
	if !left.empty() {
		a.hold = left
	}
	k.save()
	return errors.Join(errs...)
}

// unflip gives an interface its type back. A driver that cannot may still delete
// it and make another of the same name and address.
func (k *Keeper) unflip(c changed) error {
	is, err := k.kernel.Radios.Interface(c.Index)
	if err != nil {
		return err
	}
	if err := k.kernel.Links.SetDown(c.Index); err != nil {
		return err
	}
	if is.Type == c.Type {
		return nil
	}
	err = k.kernel.Radios.SetInterfaceType(c.Index, c.Type, 0)
	if err == nil || errors.Is(err, os.ErrNotExist) {
		return err
	}
	return errors.Join(err, k.remake(is, c))
}

// remake replaces an interface that cannot be turned back.
func (k *Keeper) remake(is nl80211.Interface, c changed) error {
	if err := k.kernel.Radios.DeleteInterface(c.Index); err != nil {
		return err
	}
	made, err := k.kernel.Radios.CreateInterface(is.Wiphy, c.Name, c.Type, 0)
	if err != nil {
		return fmt.Errorf("make %q again: %w", c.Name, err)
	}
	if made.MAC != c.MAC {
		if err := k.kernel.Links.SetMAC(made.Index, c.MAC); err != nil {
			return err
		}
	}
	if c.Up {
		return k.kernel.Links.SetUp(made.Index)
	}
	return nil
}
