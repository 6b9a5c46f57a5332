package scenario

import (
	"fmt"
	"strings"

	"picket/shared/wlan"
)

// A Client is a station that joins a network and sends through it.
type Client struct {
	Name    string // of the radio, the namespace and the process
	Network *Network
	PMF     bool   // it uses protected management frames where the network only can
	SSID    string // that it is told of, where it is not the network's own: the open half of an OWE transition

	Address wlan.MAC // drawn by the stage
	ip      string   // its own, and of the AP
	gateway string
}

// clientInterface is what every client's interface is called, in its own namespace.
const clientInterface = "wlan0"

func (c *Client) configPath() string { return "/run/lab/" + c.Name + ".conf" }

// Config is what wpa_supplicant reads. It looks on the network's frequency alone:
// a client joins in a second instead of five, or of eighteen at 6 GHz.
func (c *Client) Config() string {
	n := c.Network
	var b strings.Builder
	fmt.Fprintf(&b, "ctrl_interface=/run/wpas-%s\ncountry=DE\nsae_pwe=2\n", c.Name)
	if c.PMF || n.Protection.pmf() == "required" {
		b.WriteString("pmf=1\n")
	}
	ssid := n.SSID
	if c.SSID != "" {
		ssid = c.SSID
	}
	fmt.Fprintf(&b, "network={\n ssid=%q\n scan_freq=%d\n freq_list=%d\n", ssid, n.ap.Frequency, n.ap.Frequency)
	if n.Hidden && ssid == n.SSID {
		b.WriteString(" scan_ssid=1\n")
	}
	password := fmt.Sprintf(" psk=%q\n", n.key())
	switch n.Protection {
	case Open:
		b.WriteString(" key_mgmt=NONE\n")
	case WPA2:
		b.WriteString(password + " key_mgmt=WPA-PSK\n ieee80211w=0\n")
	case WPA2PMF:
		if c.PMF {
			b.WriteString(password + " key_mgmt=WPA-PSK-SHA256\n ieee80211w=2\n")
		} else {
			b.WriteString(password + " key_mgmt=WPA-PSK\n ieee80211w=0\n")
		}
	case Mixed:
		if c.PMF {
			b.WriteString(password + " key_mgmt=SAE\n ieee80211w=2\n")
		} else {
			b.WriteString(password + " key_mgmt=WPA-PSK\n ieee80211w=0\n")
		}
	case SAE:
		b.WriteString(password + " key_mgmt=SAE\n ieee80211w=2\n")
	case OWE:
		b.WriteString(" key_mgmt=OWE\n ieee80211w=2\n")
	case Enterprise:
		fmt.Fprintf(&b, " key_mgmt=WPA-EAP\n eap=PEAP\n identity=%q\n password=%q\n ca_cert=%q\n phase2=\"auth=MSCHAPV2\"\n", userName, userPassword, caFile)
	}
	b.WriteString("}\n")
	return b.String()
}
