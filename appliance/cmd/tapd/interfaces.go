package main

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"picket/shared/wire/wirepb"
)

func interfacePath(name string) string { return path.Join("class/net", name) }

// ethernetInterfaces returns the Ethernet interfaces that are up, as the kernel
// describes them below sys. Where there are devices, what was made in software
// (bridges, tunnels, ends of containers) is left out: its frames pass a device too.
func ethernetInterfaces(sys fs.FS) []string {
	entries, err := fs.ReadDir(sys, "class/net")
	if err != nil {
		return nil // no Linux, or no /sys
	}
	var devices, made []string
	for _, e := range entries {
		dir := interfacePath(e.Name())
		flags, _ := strconv.ParseUint(read(sys, dir+"/flags"), 0, 32)
		const up, loopback = 0x1, 0x8 // if.h: IFF_UP, IFF_LOOPBACK
		if flags&up == 0 || flags&loopback != 0 || read(sys, dir+"/type") != "1" ||
			exists(sys, dir+"/phy80211") || exists(sys, dir+"/wireless") {
			continue
		}
		switch {
		case exists(sys, dir+"/device"):
			devices = append(devices, e.Name())
		case !exists(sys, dir+"/bridge") && !exists(sys, dir+"/tun_flags") && !exists(sys, dir+"/master"):
			made = append(made, e.Name())
		}
	}
	if len(devices) == 0 {
		devices = made // inside a container
	}
	slices.Sort(devices)
	return devices
}

// interfaceKind tells a radio from an Ethernet interface; one that is not there
// yet by its name.
func interfaceKind(sys fs.FS, name string) wirepb.Capture_Kind {
	switch read(sys, interfacePath(name)+"/type") {
	case "801", "802", "803": // if_arp.h: ARPHRD_IEEE80211, _PRISM, _RADIOTAP
		return wirepb.Capture_KIND_RADIO
	case "":
		if strings.HasPrefix(name, "wl") || strings.Contains(name, "mon") {
			return wirepb.Capture_KIND_RADIO
		}
	}
	return wirepb.Capture_KIND_ETHERNET
}

// driver returns the name of the kernel's driver for an interface, "" when it has none.
func driver(sys fs.FS, name string) string {
	for line := range strings.Lines(read(sys, interfacePath(name)+"/device/uevent")) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "DRIVER="); ok {
			return value
		}
	}
	return ""
}

func read(sys fs.FS, name string) string {
	b, err := fs.ReadFile(sys, name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

func exists(sys fs.FS, name string) bool {
	if !fs.ValidPath(name) {
		return false
	}
	_, err := fs.Stat(sys, name)
	return err == nil
}
