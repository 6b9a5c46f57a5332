package monitor

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// device is the hardware of a wiphy, as /sys tells. Empty: not known.
type device struct {
	driver string // "mt7921u"
	id     string // "usb 0e8d:7961"
}

// readDevice reads sys/class/ieee80211/NAME/device/uevent, which the kernel's
// buses fill in (Linux 6.12: drivers/base/core.c dev_uevent; usb/core/driver.c
// usb_if_uevent; pci/pci-driver.c pci_uevent; mmc/core/sdio_bus.c sdio_bus_uevent).
// Devices of no bus, as simulated ones, tell their driver by a link alone.
func readDevice(files fs.FS, wiphy string) device {
	dir := path.Join("sys/class/ieee80211", wiphy, "device")
	b, err := fs.ReadFile(files, path.Join(dir, "uevent"))
	if err != nil {
		b = nil
	}
	values := make(map[string]string)
	for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
		if key, value, ok := strings.Cut(s.Text(), "="); ok {
			values[key] = value
		}
	}
	d := device{driver: values["DRIVER"]}
	if link, err := fs.ReadLink(files, path.Join(dir, "driver")); d.driver == "" && err == nil {
		d.driver = path.Base(link)
	}
	bus, _, _ := strings.Cut(values["MODALIAS"], ":")
	switch {
	case values["PRODUCT"] != "": // USB: vendor/product/release in hexadecimal without leading zeros
		parts := strings.Split(values["PRODUCT"], "/")
		if len(parts) == 3 {
			d.id = "usb " + hex4(parts[0]) + ":" + hex4(parts[1])
		}
	case values["PCI_ID"] != "":
		d.id = "pci " + strings.ToLower(values["PCI_ID"])
	case values["SDIO_ID"] != "":
		d.id = "sdio " + strings.ToLower(values["SDIO_ID"])
	case bus != "":
		d.id = bus
	}
	return d
}

func hex4(s string) string {
	n, err := strconv.ParseUint(s, 16, 16)
	if err != nil {
		return s
	}
	return fmt.Sprintf("%04x", n)
}

// blocked is what rfkill says of a wiphy (Documentation/driver-api/rfkill.rst).
type blocked struct {
	index uint32 // of the switch
	known bool   // there is a switch
	soft  bool   // a program's: can be undone
	hard  bool   // the box's: a switch, a key, a firmware setting
}

// readBlocked reads the switch that cfg80211 made for the wiphy; /sys has it as a
// child of the wiphy. It is the one that decides: a platform's switch acts on it.
func readBlocked(files fs.FS, wiphy string) blocked {
	found, err := fs.Glob(files, path.Join("sys/class/ieee80211", wiphy, "rfkill[0-9]*"))
	if err != nil || len(found) == 0 {
		return blocked{}
	}
	read := func(name string) (uint64, bool) {
		b, err := fs.ReadFile(files, path.Join(found[0], name))
		if err != nil {
			return 0, false
		}
		n, err := strconv.ParseUint(string(bytes.TrimSpace(b)), 10, 32)
		return n, err == nil
	}
	index, known := read("index")
	soft, _ := read("soft")
	hard, _ := read("hard")
	return blocked{index: uint32(index), known: known, soft: soft != 0, hard: hard != 0}
}
