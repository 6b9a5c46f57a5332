package scenario

import (
	"fmt"
	"time"
)

// grabs are tools that are after passwords: handshakes, PMKIDs, WPS PINs.
func grabs(seed uint64) []Scenario {
	var all []Scenario

	v := newVictim(seed, "grab-hcxdumptool", "hcxdumptool disconnects clients and talks to the AP to get handshakes", &Network{Protection: WPA2})
	bssid := v.network.BSSID.String()
	v.spoof()
	v.begin(Capture{
		Attack: "pmkid/handshake grab", Tools: []string{"hcxdumptool"}, Command: "hcxdumptool -i IF -c CHANNELa -w FILE",
		Facts:  "deauthentications to all, and (re)associations of addresses that hcxdumptool invents with " + bssid,
		Check:  "handshake=*@" + bssid + " authRequests 2..",
		Filter: v.signal,
	})
	v.attack(tool(15*time.Second, "hcxdumptool", "-i", attackerName, "-c", fmt.Sprintf("%da", v.network.ap.channel()), "-w", "/run/lab/hcx.pcapng"))
	all = append(all, v.end())

	v = newVictim(seed, "grab-bettercap", "bettercap disconnects clients and asks the AP for a PMKID", &Network{Protection: WPA2})
	bssid = v.network.BSSID.String()
	v.spoof()
	v.begin(Capture{
		Attack: "deauth+assoc", Tools: []string{"bettercap"}, Command: "bettercap: wifi.deauth AP; wifi.assoc AP",
		Facts:  "deauthentications of " + bssid + " and authentications with it",
		Check:  fmt.Sprintf("deauth=*>* signalDBm %d frames 10..2000", v.dbm),
		Filter: v.signal,
	})
	script := fmt.Sprintf("wifi.recon on; wifi.recon.channel %d; sleep 6; wifi.deauth %s; sleep 4; wifi.assoc %s; sleep 4; q", v.network.ap.channel(), bssid, bssid)
	// It asks iw for a wiphy by the name that the kernel gave it, and ours have names.
	rename := fmt.Sprintf("cd /sys/class/net/%s/phy80211 && iw phy $(cat name) set name phy$(cat index)", attackerName)
	v.attack(
		toolToEnd(10*time.Second, "sh", "-c", rename),
		tool(40*time.Second, "bettercap", "-iface", attackerName, "-no-colors", "-eval", script),
	)
	v.expect(v.network.disconnects("forged", 10, 2000, map[string]any{"kind": "deauthentication", "signalDBm": v.heard}))
	all = append(all, v.end())

	v = newVictim(seed, "wps-reaver", "reaver tries PINs of a router", &Network{Protection: WPA2, WPS: true})
	bssid = v.network.BSSID.String()
	v.spoof()
	v.scenario.Limit = 4 * time.Minute
	v.begin(Capture{
		Attack: "wps-bruteforce", Tools: []string{"reaver"}, Command: "reaver -i IF -b AP -c CHANNEL -vv -N -d 0 -L -g 4",
		Facts:  "WSC messages between " + bssid + " and " + v.evil,
		Check:  fmt.Sprintf("handshake=%s@%s assocRequests 1..", v.evil, bssid),
		Filter: "eap && " + v.signal,
	})
	v.attack(tool(30*time.Second, "reaver", "-i", attackerName, "-b", bssid, "-c", v.network.ap.number(), "-vv", "-N", "-d", "0", "-L", "-g", "4"))
	v.expect(
		Expect{Say: "the AP has WPS", Get: "bss/" + bssid, List: "variants", Where: map[string]any{"features": Contains("WPS")}},
		Expect{Say: "the attacker associates", Get: "bss/" + bssid, List: "handshakes", Where: map[string]any{"station": v.evil}, Sum: "associationRequests", Min: 1},
	)
	return append(all, v.end())
}
