package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"picket/radio/monitor"
)

// wireless says why there are no radios, if there are none.
func (s System) wireless(radios []monitor.Radio, err error) (Check, bool) {
	c := Check{Name: "Wi-Fi", Status: Broken}
	switch {
	case errors.Is(err, os.ErrNotExist) && s.hasModule("cfg80211"):
		c.Text = "No driver for a Wi-Fi adapter is loaded."
		c.Cure = "Plug in an adapter; the kernel loads its driver by itself."
	case errors.Is(err, os.ErrNotExist):
		c.Text = fmt.Sprintf("This machine's kernel (%s) has no wireless stack, so that no Wi-Fi adapter can work with it.", s.read("proc/sys/kernel/osrelease"))
		c.Cure = "Use a usual kernel of your distribution (Debian: linux-image-amd64 or linux-image-arm64); those made for clouds and small virtual machines leave Wi-Fi out."
	case errors.Is(err, os.ErrPermission):
		c.Text = "This user may not ask about radios."
		c.Cure = "Run it as root: sudo picket doctor"
	case err != nil:
		c.Text = "The kernel does not tell of its radios: " + err.Error() + "."
		c.Cure = "Restart the machine; if that does not help, its log (dmesg) may say which driver hangs."
	case len(radios) == 0 && s.container():
		c.Text = "No radio can be seen: this is a container, and radios belong to the machine around it."
		c.Cure = "Run the tap on the machine itself, or give the container the machine's network (--network host)."
	case len(radios) == 0:
		c.Text = "No Wi-Fi adapter was found."
		c.Cure = "Plug one in, for example one with a MediaTek MT7612U or Atheros AR9271. In a virtual machine, hand a USB adapter through to it."
	default:
		return Check{}, false
	}
	return c, true
}

// container reports whether this is one, by the marks that their makers leave.
func (s System) container() bool {
	return s.exists(".dockerenv") || s.exists("run/.containerenv") || strings.Contains(s.read("proc/1/environ"), "container=")
}

// hasModule reports whether the kernel has a module: loaded, built in or on disk.
func (s System) hasModule(name string) bool {
	if s.exists("sys/module/" + name) {
		return true
	}
	dir := path.Join("lib/modules", s.read("proc/sys/kernel/osrelease"))
	for _, list := range []string{"modules.dep", "modules.builtin"} {
		if strings.Contains(s.read(path.Join(dir, list)), "/"+name+".ko") {
			return true
		}
	}
	return false
}

// firmwarePackage names the Debian package of a file of firmware.
func firmwarePackage(file string) string {
	for _, p := range []struct{ prefix, name string }{
		{"regulatory.db", "wireless-regdb"}, {"iwlwifi", "firmware-iwlwifi"}, {"ath9k_htc", "firmware-ath9k-htc"}, {"htc_", "firmware-ath9k-htc"},
		{"ath", "firmware-atheros"}, {"carl9170", "firmware-linux-free"}, {"mediatek", "firmware-mediatek"}, {"mt7", "firmware-misc-nonfree"},
		{"rtl", "firmware-realtek"}, {"rtw", "firmware-realtek"}, {"rt2", "firmware-misc-nonfree"}, {"rt3", "firmware-misc-nonfree"},
		{"brcm", "firmware-brcm80211"}, {"cypress", "firmware-brcm80211"}, {"mrvl", "firmware-libertas"}, {"libertas", "firmware-libertas"},
	} {
		if strings.HasPrefix(file, p.prefix) {
			return p.name
		}
	}
	return ""
}

// firmware looks for files that a Wi-Fi driver asked for in vain. Drivers that try
// several versions and found one have a radio, and are left out.
func (s System) firmware(radios []monitor.Radio) (Check, bool) {
	lines, err := s.Log()
	if errors.Is(err, os.ErrPermission) {
		return Check{
			Name: "firmware", Status: Warning, Text: "This user may not read the kernel's log, which would say what firmware is missing.",
			Cure: "Run it as root: sudo picket doctor",
		}, len(radios) == 0
	}
	var missing, packages []string
	for _, line := range lines {
		file, ok := missingFile(line)
		pkg := firmwarePackage(file)
		if !ok || pkg == "" || slices.Contains(missing, file) {
			continue
		}
		if slices.ContainsFunc(radios, func(r monitor.Radio) bool { return r.Driver != "" && strings.Contains(line, r.Driver) }) {
			continue
		}
		missing = append(missing, file)
		if !slices.Contains(packages, pkg) {
			packages = append(packages, pkg)
		}
	}
	if len(missing) == 0 {
		return Check{}, false
	}
	if len(missing) > 4 {
		missing = append(missing[:4], "…")
	}
	return Check{
		Name: "firmware", Status: Broken,
		Text: "A driver asked for files that are not there: " + strings.Join(missing, ", ") + ".",
		Cure: "Install them (Debian: apt install " + strings.Join(packages, " ") + "; most are in the section non-free-firmware), then unplug the adapter and plug it in again.",
	}, true
}

// missingFile returns the file of a message of drivers/base/firmware_loader, in
// the kernel's words or those of Debian's patch.
func missingFile(line string) (string, bool) {
	for _, words := range []string{"Direct firmware load for ", "firmware: failed to load "} {
		if _, rest, ok := strings.Cut(line, words); ok {
			file, _, _ := strings.Cut(rest, " ")
			return strings.Trim(file, "'\""), file != ""
		}
	}
	return "", false
}

// regulatoryDatabase: without it no country can be set.
func (s System) regulatoryDatabase() Check {
	for _, dir := range []string{"lib/firmware", "usr/lib/firmware", "lib/firmware/updates"} {
		if s.exists(path.Join(dir, "regulatory.db")) {
			return Check{Name: "regulatory database", Status: Fine, Text: "It is there: the kernel knows what each country allows."}
		}
	}
	return Check{
		Name: "regulatory database", Status: Warning,
		Text: "It is missing, so that the kernel listens only on channels that are allowed everywhere, and never on 6 GHz.",
		Cure: "Install it (Debian: apt install wireless-regdb) and restart the machine.",
	}
}

// strangers are adapters that no driver took: cards of PCI's class "network, other",
// and USB devices of makers of Wi-Fi chips that offer only what is their own.
func (s System) strangers() []Check {
	var found []Check
	add := func(text, cure string) {
		found = append(found, Check{Name: "adapter without a driver", Status: Broken, Text: text, Cure: cure})
	}
	const howTo = "A newer kernel may know it (Debian: the kernel of backports); otherwise use another adapter."
	cards, err := fs.Glob(s.Files, "sys/bus/pci/devices/*")
	if err != nil {
		return nil
	}
	for _, dir := range cards {
		if strings.HasPrefix(s.read(dir+"/class"), "0x0280") && !s.exists(dir+"/driver") {
			add(fmt.Sprintf("A Wi-Fi card (pci %s:%s) has no driver.", strings.TrimPrefix(s.read(dir+"/vendor"), "0x"), strings.TrimPrefix(s.read(dir+"/device"), "0x")), howTo)
		}
	}
	interfaces, err := fs.Glob(s.Files, "sys/bus/usb/devices/*:*")
	if err != nil {
		return found
	}
	for _, dir := range interfaces {
		device, _, _ := strings.Cut(path.Base(dir), ":")
		device = path.Join(path.Dir(dir), device)
		vendor, product := s.read(device+"/idVendor"), s.read(device+"/idProduct")
		name := fmt.Sprintf("usb %s:%s", vendor, product)
		switch {
		case vendor == "0bda" && product == "1a2b":
			add("A Wi-Fi adapter ("+name+") still shows the disk with its drivers for other systems.",
				"Install usb-modeswitch and plug the adapter in again, or: eject /dev/sr0")
		case s.read(dir+"/bInterfaceClass") == "ff" && !s.exists(dir+"/driver") && makesWiFi(vendor):
			add("A USB device of a maker of Wi-Fi adapters ("+name+", "+s.read(device+"/product")+") has no driver.", howTo)
		}
	}
	return found
}

// makesWiFi reports whether a USB vendor makes hardly anything else that has no
// class of its own: Realtek, MediaTek, Ralink, Atheros, TP-Link, Edimax, Netgear,
// ASUS, D-Link, Mercusys (the list at linux-usb.org/usb.ids).
func makesWiFi(vendor string) bool {
	return slices.Contains([]string{"0bda", "0e8d", "148f", "0cf3", "2357", "7392", "0846", "0b05", "2001", "35bc"}, vendor)
}
