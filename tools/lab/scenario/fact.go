package scenario

import (
	"fmt"
	"strings"

	"picket/shared/wlan"
)

// What a capture's label says for programs, in the language of tools/picket/facts.

// stated joins facts; empty ones are left out.
func stated(all ...string) string {
	var said []string
	for _, f := range all {
		if f != "" {
			said = append(said, f)
		}
	}
	return strings.Join(said, " ; ")
}

// fact is what a capture of its channel shows of a network.
func (n *Network) fact() string {
	name := fmt.Sprintf("%q", n.SSID)
	if n.Hidden {
		name = `""`
	}
	channel, _ := n.ap.Frequency.Channel()
	f := fmt.Sprintf("network=%v ssid %s channels %q security %q pmf %s beacons 1..", n.BSSID, name, "+"+channel.String(), n.Protection.security(), n.Protection.pmf())
	if n.ap.Width > 20 {
		f += fmt.Sprintf(" widthMHz %d", n.ap.Width)
	}
	return f
}

// fact is that a client sent in its network.
func (c *Client) fact() string {
	return fmt.Sprintf("client=%v@%v framesSent 1..", c.Address, c.Network.BSSID)
}

// joinFact is that a client's whole handshake was heard.
func (c *Client) joinFact() string {
	if c.Network.Protection == Open {
		return fmt.Sprintf("handshake=%v@%v assocSuccesses 1..", c.Address, c.Network.BSSID)
	}
	return fmt.Sprintf("handshake=%v@%v assocSuccesses 1.. m1 1.. m2 1.. m3 1.. m4 1..", c.Address, c.Network.BSSID)
}

// deauthFact counts deauthentications at a signal.
func deauthFact(kind, from, to string, reason int, signal wlan.DBm, frames string) string {
	return fmt.Sprintf("%s=%s>%s reason %d signalDBm %d frames %s", kind, from, to, reason, signal, frames)
}
