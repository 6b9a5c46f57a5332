package main

import (
	"io/fs"
	"slices"
	"strings"
)

// Link types of interfaces (linux/if_arp.h).
const (
	arphrdEther    = "1"
	arphrdRadiotap = "803"
)

// interfaces returns the names of the Ethernet interfaces to capture on, and of
// the radios in monitor mode, as the kernel describes them below sys. Where
// there are devices, what the system made of them in software (bridges, tunnels,
// the ends of containers) is left out: its frames pass a device too.
func interfaces(sys fs.FS) (ethernet, monitors []string) {
	var made []string
	entries, err := fs.ReadDir(sys, "class/net")
	if err != nil {
		return nil, nil // no Linux, or no /sys
	}
	for _, e := range entries {
		name := e.Name()
		folder := "class/net/" + name + "/"
		if read(sys, folder+"operstate") == "down" {
			continue
		}
		switch kind := read(sys, folder+"type"); {
		case kind == arphrdRadiotap:
			monitors = append(monitors, name)
		case kind != arphrdEther || exists(sys, folder+"phy80211") || exists(sys, folder+"wireless"):
		case exists(sys, folder+"device"):
			ethernet = append(ethernet, name)
		case !exists(sys, folder+"bridge") && !exists(sys, folder+"tun_flags") && !exists(sys, folder+"master") && !strings.HasPrefix(name, "dummy"):
			made = append(made, name)
		}
	}
	if len(ethernet) == 0 {
		ethernet = made // inside a container
	}
	slices.Sort(ethernet)
	slices.Sort(monitors)
	return ethernet, monitors
}

// freeRadios returns the radios that connect this machine to nothing, so that a
// tap may listen with them.
func freeRadios(sys fs.FS) []string {
	wiphys, err := fs.ReadDir(sys, "class/ieee80211")
	if err != nil {
		return nil
	}
	var free []string
	for _, w := range wiphys {
		used := false
		uses, _ := fs.ReadDir(sys, "class/net") // what cannot be read has none
		for _, i := range uses {
			folder := "class/net/" + i.Name() + "/"
			if read(sys, folder+"phy80211/name") == w.Name() && read(sys, folder+"type") == arphrdEther && read(sys, folder+"operstate") == "up" {
				used = true
			}
		}
		if !used {
			free = append(free, w.Name())
		}
	}
	slices.Sort(free)
	return free
}

// rights are what a tap may do here.
type rights struct {
	capture, tune bool
	why           string // it may not capture, as a sentence with the command that helps
}

func read(sys fs.FS, path string) string {
	b, err := fs.ReadFile(sys, path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

func exists(sys fs.FS, path string) bool {
	_, err := fs.Stat(sys, path)
	return err == nil
}
