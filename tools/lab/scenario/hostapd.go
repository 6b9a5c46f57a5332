package scenario

import (
	"fmt"
	"strconv"
	"strings"

	"picket/shared/wlan"
)

// Protection is how a network is protected.
type Protection uint8

// The protections that hostapd can make.
const (
	Open Protection = iota
	WPA2
	WPA2PMF // with protected management frames for who wants them
	SAE     // WPA3
	Mixed   // WPA3 with WPA2 for old clients
	OWE     // encrypted, without a password
	Enterprise
)

// security is the name that the node gives it.
func (p Protection) security() string {
	switch p {
	case WPA2, WPA2PMF:
		return "WPA2-PSK"
	case SAE:
		return "WPA3-SAE"
	case Mixed:
		return "WPA3-SAE, WPA2-PSK"
	case OWE:
		return "OWE"
	case Enterprise:
		return "WPA2-Enterprise"
	}
	return "Open"
}

// pmf is the state of protected management frames as the node names it.
func (p Protection) pmf() string {
	switch p {
	case SAE, OWE:
		return "required"
	case WPA2PMF, Mixed:
		return "capable"
	}
	return "off"
}

// settings are hostapd's lines for it.
func (p Protection) settings(passphrase string) string {
	const suite = "wpa=2\nrsn_pairwise=CCMP\n"
	password := "wpa_passphrase=" + passphrase + "\n"
	switch p {
	case WPA2:
		return suite + password + "wpa_key_mgmt=WPA-PSK\n"
	case WPA2PMF:
		return suite + password + "wpa_key_mgmt=WPA-PSK WPA-PSK-SHA256\nieee80211w=1\n"
	case SAE:
		return suite + password + "wpa_key_mgmt=SAE\nieee80211w=2\nsae_pwe=2\n"
	case Mixed:
		return suite + password + "wpa_key_mgmt=SAE WPA-PSK\nieee80211w=1\nsae_pwe=2\n"
	case OWE:
		return suite + "wpa_key_mgmt=OWE\nieee80211w=2\n"
	case Enterprise:
		return suite + "wpa_key_mgmt=WPA-EAP\nieee8021x=1\neap_server=1\n" +
			"eap_user_file=" + userFile + "\nca_cert=" + caFile + "\nserver_cert=" + serverFile + "\nprivate_key=" + serverKeyFile + "\n"
	}
	return ""
}

// A Network is one BSS.
type Network struct {
	SSID       string
	Protection Protection
	Hidden     bool   // its beacons do not say its name
	WPS        bool   // a router with a PIN on its back
	Passphrase string // "": passphrase

	Interface string     // drawn by the stage
	BSSID     wlan.BSSID // drawn by the stage
	transit   string     // interface of the other half of an OWE transition
	ap        *AccessPoint
	net       int // number of its IP network
	clients   int
}

// passphrase is the laboratory's, as in its captures' labels.
const passphrase = "correcthorse"

func (n *Network) key() string {
	if n.Passphrase == "" {
		return passphrase
	}
	return n.Passphrase
}

// An AccessPoint is a radio with its networks.
type AccessPoint struct {
	Name      string // of the radio, the namespace and the process
	Frequency wlan.MHz
	Width     wlan.MHz // 0: 20
	HE        bool     // Wi-Fi 6; at 6 GHz always
	Networks  []*Network

	address wlan.MAC
}

// configPath is where the file of an access point is in the guest.
func (a *AccessPoint) configPath() string { return "/run/lab/" + a.Name + ".conf" }

// Config is what hostapd reads.
func (a *AccessPoint) Config() string {
	var b strings.Builder
	band, channel := a.Frequency.Band(), a.channel()
	first := a.Networks[0]
	fmt.Fprintf(&b, "driver=nl80211\ninterface=%s\n", first.Interface)
	mode := "a"
	if band == wlan.Band2GHz {
		mode = "g"
	}
	fmt.Fprintf(&b, "hw_mode=%s\nchannel=%d\ncountry_code=DE\nieee80211d=1\n", mode, channel)
	b.WriteString(a.phy(band, channel))
	for i, n := range a.Networks {
		if i > 0 {
			fmt.Fprintf(&b, "\nbss=%s\nbssid=%v\n", n.Interface, n.BSSID)
		}
		b.WriteString(n.settings(a.Name))
	}
	return b.String()
}

func (a *AccessPoint) channel() uint8 {
	c, _ := a.Frequency.Channel()
	return c.Number
}

// number is the channel's, as tools want it.
func (a *AccessPoint) number() string { return strconv.Itoa(int(a.channel())) }

// phy are the lines that say how wide and how modern it is.
func (a *AccessPoint) phy(band wlan.Band, channel uint8) string {
	var b strings.Builder
	if band != wlan.Band6GHz {
		b.WriteString("ieee80211n=1\n")
	}
	if a.Width >= 40 && band == wlan.Band5GHz {
		if (channel/4)%2 == 1 { // 36 and 44 have their pair above, 149 and 157 too
			b.WriteString("ht_capab=[HT40+]\n")
		} else {
			b.WriteString("ht_capab=[HT40-]\n")
		}
	}
	code := 0
	if a.Width == 80 {
		code = 1
	}
	if band == wlan.Band5GHz {
		fmt.Fprintf(&b, "ieee80211ac=1\nvht_oper_chwidth=%d\n", code)
		if code > 0 {
			fmt.Fprintf(&b, "vht_oper_centr_freq_seg0_idx=%d\n", a.centre())
		}
	}
	if !a.HE && band != wlan.Band6GHz {
		return b.String()
	}
	b.WriteString("ieee80211ax=1\n")
	switch band {
	case wlan.Band5GHz:
		fmt.Fprintf(&b, "he_oper_chwidth=%d\n", code)
		if code > 0 {
			fmt.Fprintf(&b, "he_oper_centr_freq_seg0_idx=%d\n", a.centre())
		}
	case wlan.Band6GHz:
		class := 131 // 20 MHz (802.11-2020, table E-4)
		if code > 0 {
			class = 133
		}
		fmt.Fprintf(&b, "op_class=%d\nhe_oper_chwidth=%d\nhe_oper_centr_freq_seg0_idx=%d\n", class, code, a.centre())
	}
	return b.String()
}

// centre is the channel number at the centre of what it uses.
func (a *AccessPoint) centre() int {
	channel := int(a.channel())
	if a.Width < 80 {
		return channel
	}
	lowest := 36
	switch {
	case a.Frequency.Band() == wlan.Band6GHz:
		lowest = 1
	case channel >= 149:
		lowest = 149
	}
	return (channel-lowest)/16*16 + lowest + 6
}

// settings are the lines of one network.
func (n *Network) settings(ap string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "ssid=%s\nwmm_enabled=1\nctrl_interface=/run/hostapd-%s\nlogger_stdout=-1\nlogger_stdout_level=1\n", n.SSID, ap)
	b.WriteString(n.Protection.settings(n.key()))
	if n.Hidden {
		b.WriteString("ignore_broadcast_ssid=1\n")
	}
	if n.transit != "" {
		fmt.Fprintf(&b, "owe_transition_ifname=%s\n", n.transit)
	}
	if n.WPS {
		b.WriteString("wps_state=2\neap_server=1\nap_setup_locked=0\ndevice_name=Router\nmanufacturer=Example\nmodel_name=R1\n" +
			"model_number=1\nserial_number=12345\ndevice_type=6-0050F204-1\nconfig_methods=label keypad\nap_pin=73918462\n")
	}
	return b.String()
}
