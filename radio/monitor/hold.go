package monitor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"picket/radio/nl80211"
	"picket/shared/wlan"
)

// hold is what was changed at one wiphy and must be undone: written down before
// it is done, so that it may name what was not done in the end. Undoing that does
// nothing.
type hold struct {
	Wiphy     uint32    `json:"wiphy"`
	Name      string    `json:"name"`
	MAC       wlan.MAC  `json:"mac"`
	Unblocked bool      `json:"unblocked,omitempty"` // its rfkill switch was blocked by a program
	Changed   []changed `json:"changed,omitempty"`
}

// changed is an interface of others with what it was like.
type changed struct {
	Index   uint32                `json:"index"`
	Name    string                `json:"name"`
	Type    nl80211.InterfaceType `json:"type"`
	MAC     wlan.MAC              `json:"mac"`
	Up      bool                  `json:"up,omitempty"`      // to be switched on again
	Flipped bool                  `json:"flipped,omitempty"` // it is our monitor now, whatever type it had
}

// change notes an interface before it is changed, once.
func (h *hold) change(i iface) *changed {
	for n := range h.Changed {
		if h.Changed[n].Index == i.Index {
			c := &h.Changed[n]
			c.Up = c.Up || i.link.Up && !c.Flipped // somebody wants it up by now
			return c
		}
	}
	h.Changed = append(h.Changed, changed{Index: i.Index, Name: i.Name, Type: i.Type, MAC: i.MAC, Up: i.link.Up})
	return &h.Changed[len(h.Changed)-1]
}

// flipped returns the interface that was made our monitor.
func (h *hold) flipped() (changed, bool) {
	for _, c := range h.Changed {
		if c.Flipped {
			return c, true
		}
	}
	return changed{}, false
}

// follow drops what others undid already, or made impossible to undo: interfaces
// that they deleted or switched on, a block that they set again.
func (h *hold) follow(there []iface, b blocked) {
	h.Changed = slices.DeleteFunc(h.Changed, func(c changed) bool {
		n := slices.IndexFunc(there, func(i iface) bool { return i.Index == c.Index })
		return n < 0 || !c.Flipped && there[n].link.Up
	})
	h.Unblocked = h.Unblocked && !b.soft
}

// equal reports whether writing b down after h changes nothing.
func (h hold) equal(b hold) bool {
	return h.Wiphy == b.Wiphy && h.Name == b.Name && h.MAC == b.MAC && h.Unblocked == b.Unblocked && slices.Equal(h.Changed, b.Changed)
}

func (h *hold) empty() bool { return !h.Unblocked && len(h.Changed) == 0 }

// Bounds of the file, which anybody with rights to its folder may have written.
const (
	holdsName   = "radio.json"
	maxHolds    = 64
	maxChanged  = 64
	maxHoldSize = 256 << 10
)

// holdsFile is the file of holds. Boot tells whether the kernel still knows its
// numbers.
type holdsFile struct {
	Boot  string `json:"boot"`
	Holds []hold `json:"holds"`
}

// saveHolds writes the holds to dir, and no file where there are none.
func saveHolds(dir, boot string, holds []hold) error {
	if dir == "" {
		return nil
	}
	name := filepath.Join(dir, holdsName)
	if len(holds) == 0 {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remember radios: %w", err)
		}
		return nil
	}
	text, err := json.MarshalIndent(holdsFile{Boot: boot, Holds: holds}, "", "  ")
	if err != nil {
		return fmt.Errorf("remember radios: %w", err)
	}
	// Renamed, so that it is whole; not synchronised with the disk, because what a
	// power cut takes is of no use in the next boot.
	next := name + ".new"
	if err := os.WriteFile(next, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("remember radios: %w", err)
	}
	if err := os.Rename(next, name); err != nil {
		return fmt.Errorf("remember radios: %w", err)
	}
	return nil
}

// loadHolds reads what a process that was killed left changed in this boot.
func loadHolds(dir, boot string) ([]hold, error) {
	if dir == "" {
		return nil, nil
	}
	text, err := os.ReadFile(filepath.Join(dir, holdsName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("recall radios: %w", err)
	}
	return parseHolds(text, boot)
}

func parseHolds(text []byte, boot string) ([]hold, error) {
	if len(text) > maxHoldSize {
		return nil, fmt.Errorf("recall radios: %d octets, at most %d", len(text), maxHoldSize)
	}
	var file holdsFile
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("recall radios: %w", err)
	}
	if file.Boot != boot {
		return nil, nil // the kernel numbers anew; and as found is what it made at boot
	}
	if len(file.Holds) > maxHolds {
		return nil, fmt.Errorf("recall radios: %d of them, at most %d", len(file.Holds), maxHolds)
	}
	for _, h := range file.Holds {
		if len(h.Changed) > maxChanged {
			return nil, fmt.Errorf("recall radios: %d interfaces of %q, at most %d", len(h.Changed), h.Name, maxChanged)
		}
		for _, c := range h.Changed {
			if c.Index == 0 {
				return nil, fmt.Errorf("recall radios: interface %q has no number", c.Name)
			}
		}
	}
	return file.Holds, nil
}

// bootID tells one boot from another (Documentation/admin-guide/sysctl/kernel.rst).
func bootID(files fs.FS) string {
	b, err := fs.ReadFile(files, "proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return string(bytes.TrimSpace(b))
}
