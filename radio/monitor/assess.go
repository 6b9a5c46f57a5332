package monitor

import (
	"fmt"
	"io/fs"
	"strings"

	"picket/radio/nl80211"
)

// verdict says whether a wiphy may be claimed, and if not, why, and what would
// cure it. Both are clauses without an end: "wlan0 is an access point".
type verdict struct {
	use       bool
	used      bool // not, because somebody uses it
	why, cure string
}

// sentence is the verdict as people read it.
func (v verdict) sentence() string {
	if v.cure == "" {
		return sentence(v.why)
	}
	return sentence(v.why + "; " + v.cure)
}

// maxText bounds a sentence, which may hold names that others chose.
const maxText = 300

// sentence makes clauses one sentence. A first word that is a name, as wlan0 and
// phy0 are, stays as it is.
func sentence(s string) string {
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	word, _, _ := strings.Cut(s, " ")
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyz'") == "" && s != "" {
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	return s + "."
}

// radio is a wiphy with all that decides whether it may be claimed.
type radio struct {
	nl80211.Wiphy
	device     device
	quirk      quirk
	blocked    blocked
	domain     nl80211.Domain
	interfaces []iface

	// mine are the interfaces that are ours although their name is another's:
	// those of which we changed the type.
	mine map[uint32]bool
}

// newRadio puts together what is known of a wiphy of s.
func newRadio(files fs.FS, s *snapshot, w nl80211.Wiphy) radio {
	d := readDevice(files, w.Name)
	return radio{
		Wiphy: w, device: d, quirk: quirkOf(d.driver), blocked: readBlocked(files, w.Name),
		domain: s.regulatory.For(w.Index), interfaces: s.interfaces[w.Index],
	}
}

// driverName is how a sentence names the driver.
func (r radio) driverName() string {
	if r.device.driver == "" {
		return "its driver"
	}
	return "its driver " + r.device.driver
}

// assess says whether the wiphy may be claimed. It changes nothing and depends on
// nothing but its arguments.
func assess(files fs.FS, s *snapshot, r radio) verdict {
	for _, rule := range []func(fs.FS, *snapshot, radio) verdict{ability, channels, use, block} {
		if v := rule(files, s, r); !v.use {
			return v
		}
	}
	return verdict{use: true}
}

// ability: can it at all?
func ability(_ fs.FS, _ *snapshot, r radio) verdict {
	switch {
	case !r.CanMonitor() && r.quirk.says != "":
		return verdict{why: r.driverName() + ", " + r.quirk.says + ", offers no monitor mode", cure: anotherAdapter}
	case !r.CanMonitor():
		return verdict{why: r.driverName() + " has no monitor mode", cure: anotherAdapter}
	case r.quirk.never:
		return verdict{why: "it has the driver " + r.device.driver + ", " + r.quirk.says, cure: anotherAdapter}
	case !r.CanCreate() && !r.CanChangeType():
		return verdict{why: r.driverName() + " lets nobody add an interface or change its type", cure: anotherAdapter}
	case !r.CanCreate() && len(r.interfaces) == 0:
		return verdict{why: "somebody deleted its interface, and " + r.driverName() + " adds none", cure: "unplug it and plug it in again"}
	}
	return verdict{use: true}
}

const anotherAdapter = "plug in an adapter that has monitor mode, for example one with a MediaTek MT7612U or Atheros AR9271"

// channels: is there anywhere to listen?
func channels(_ fs.FS, _ *snapshot, r radio) verdict {
	if len(r.Frequencies()) > 0 {
		return verdict{use: true}
	}
	if len(r.Bands) == 0 {
		return verdict{why: r.driverName() + " tells of no channel", cure: "see the kernel's log for firmware that is missing"}
	}
	return verdict{
		why:  fmt.Sprintf("no channel of it is allowed in the regulatory domain %q", r.domain.Country),
		cure: "set the country that the box is in, and see that the regulatory database is installed (Debian: wireless-regdb)",
	}
}

// use: is it somebody's?
func use(files fs.FS, s *snapshot, r radio) verdict {
	for _, i := range r.interfaces {
		if r.mine[i.Index] || !i.link.Up {
			continue
		}
		if v := usedBy(files, s, i); !v.use {
			return v
		}
	}
	return verdict{use: true}
}

// usedBy says whether an interface that is up serves somebody.
func usedBy(files fs.FS, s *snapshot, i iface) verdict {
	switch i.Type {
	case nl80211.TypeMonitor:
		if by := holders(files, i.Index, i.Name); len(by) > 0 {
			return verdict{why: fmt.Sprintf("the program %s listens on %s", strings.Join(by, " and "), i.Name), cure: "end it, and the adapter is used"}
		}
		return verdict{use: true}
	case nl80211.TypeAP, nl80211.TypeAPVLAN, nl80211.TypeP2PGO, nl80211.TypeMeshPoint, nl80211.TypeAdHoc, nl80211.TypeOCB, nl80211.TypeWDS, nl80211.TypeNAN:
		return verdict{
			used: true,
			why:  fmt.Sprintf("%s serves others as %s%s", i.Name, role(i.Type), by(files, i)),
			cure: "an adapter that sends for others is never taken; plug in another one to listen",
		}
	}
	for _, route := range s.routes {
		if route.Link == i.Index && route.Default() {
			return verdict{
				used: true,
				why:  i.Name + " is the box's way to the network, and stays that",
				cure: "connect the box by cable, or plug in another adapter to listen",
			}
		}
	}
	for _, a := range s.addresses {
		if a.Link == i.Index && a.Global() && i.link.Running {
			return verdict{
				used: true,
				why:  i.Name + " is connected and has an address" + by(files, i),
				cure: "disconnect it, or plug in another adapter to listen",
			}
		}
	}
	if i.SSID != "" || len(i.Links) > 0 || i.link.Running || i.link.Master != 0 && i.UsesFourAddresses {
		return verdict{
			used: true,
			why:  i.Name + " is connected to a network" + by(files, i),
			cure: "disconnect it, or plug in another adapter to listen",
		}
	}
	if program := manager(files); program != "" && !s.online() {
		return verdict{
			why:  fmt.Sprintf("the box has no way to the network, and %s may be about to make one by %s", program, i.Name),
			cure: "connect the box by cable, or tell " + program + " to leave " + i.Name + " alone" + leaveAlone(program, i.Name),
		}
	}
	return verdict{use: true}
}

// online reports whether the box has a default route.
func (s *snapshot) online() bool {
	for _, route := range s.routes {
		if route.Default() {
			return true
		}
	}
	return false
}

// by names who holds an interface, as a clause, or who may; empty when /proc does
// not tell.
func by(files fs.FS, i iface) string {
	if names := holders(files, i.Index, i.Name); len(names) > 0 {
		return ", held by " + strings.Join(names, " and ")
	}
	if i.Type == nl80211.TypeStation {
		if program := manager(files); program != "" {
			return ", perhaps by " + program
		}
		return ""
	}
	// hostapd may have no socket on its interface, and its name in a file only.
	if found := processes(files, []string{"hostapd"}); len(found) > 0 {
		return ", perhaps by " + found[0].String()
	}
	return ""
}

// leaveAlone is how a program is told to keep off an interface.
func leaveAlone(program, name string) string {
	switch program {
	case "NetworkManager":
		return " (nmcli device set " + name + " managed no)"
	case "wpa_supplicant":
		return " (systemctl disable --now wpa_supplicant@" + name + ")"
	case "dhcpcd":
		return " (denyinterfaces " + name + " in /etc/dhcpcd.conf)"
	default:
		return ""
	}
}

func role(t nl80211.InterfaceType) string {
	switch t {
	case nl80211.TypeAP, nl80211.TypeAPVLAN, nl80211.TypeP2PGO:
		return "an access point"
	case nl80211.TypeMeshPoint:
		return "part of a mesh"
	default:
		return "an interface of type " + t.String()
	}
}

// block: may it send and receive at all?
func block(_ fs.FS, _ *snapshot, r radio) verdict {
	if r.blocked.hard {
		return verdict{why: "it is switched off by a switch of the box or in its firmware (rfkill: hard blocked)", cure: "switch it on"}
	}
	return verdict{use: true} // a program's block can be undone
}
