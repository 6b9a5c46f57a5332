package scenario

import (
	"fmt"

	"picket/shared/wlan"
)

// known is what the node must say of a network: name, place and protection.
func (n *Network) known() Expect {
	where := map[string]any{
		"ssid": n.SSID, "frequencyMHz": n.ap.Frequency, "security": n.Protection.security(), "pmf": n.Protection.pmf(),
	}
	if n.ap.Width > 20 {
		where["widthMHz"] = n.ap.Width
	}
	if n.ap.HE || n.ap.Frequency.Band() == wlan.Band6GHz {
		where["features"] = Contains("HE")
	}
	return Expect{
		Say: fmt.Sprintf("%s on %d MHz with %s", n.SSID, n.ap.Frequency, n.Protection.security()),
		Get: "bss/" + n.BSSID.String(), List: "variants", Where: where,
	}
}

// known is what the node must say of a client: where it is.
func (c *Client) known() Expect {
	return Expect{
		Say: fmt.Sprintf("client %s in %s", c.Name, c.Network.SSID),
		Get: "clients/" + c.Address.String(), List: ".", Where: map[string]any{"bssid": c.Network.BSSID.String()},
	}
}

// sends expects so many frames of a client.
func (c *Client) sends(least float64) Expect {
	return Expect{
		Say: "client " + c.Name + " sends", Get: "clients/" + c.Address.String(), List: ".", Sum: "framesSent", Min: least,
	}
}

// handshake expects that all four messages of a client's handshake were heard.
func (c *Client) handshake() []Expect {
	var all []Expect
	for _, message := range []string{"m1", "m2", "m3", "m4"} {
		all = append(all, Expect{
			Say: "client " + c.Name + "'s handshake", Get: "bss/" + c.Network.BSSID.String(), List: "handshakes",
			Where: map[string]any{"station": c.Address.String()}, Sum: message, Min: 1,
		})
	}
	return all
}

// disconnects counts the frames of disconnections at a network that have all of
// where.
func (n *Network) disconnects(say string, least, most float64, where map[string]any) Expect {
	return Expect{Say: say, Get: "bss/" + n.BSSID.String(), List: "disconnects", Where: where, Sum: "frames", Min: least, Max: most}
}

// lossless expects that the kernel dropped nothing that the tap should have heard.
func lossless() Expect {
	return Expect{Say: "frames that the kernel dropped", Get: "taps/{tap}", List: ".", Where: map[string]any{"kernelDrops": 0}}
}
