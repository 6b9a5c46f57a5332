package scenario

import (
	"fmt"
	"time"

	"picket/tools/lab/protocol"
)

// flood is transmitters that do not exist, and APs under load.
func flood(seed uint64) []Scenario {
	var all []Scenario
	const most = 5000

	v := newVictim(seed, "flood-beacon-mdk4", "mdk4 invents networks", &Network{Protection: WPA2})
	channel := v.network.ap.number()
	v.begin(Capture{
		Attack: "beacon-flood", Tools: []string{"mdk4"}, Command: "mdk4 IF b -c CHANNEL -s 100",
		Facts:  "hundreds of BSSIDs and SSIDs that exist for one beacon, beside " + v.network.BSSID.String(),
		Check:  "network=* rows 150..1500",
		Filter: "wlan.fc.type_subtype == 8 && " + v.signal,
	})
	v.attack(tool(6*time.Second, "mdk4", attackerName, "b", "-c", channel, "-s", "100"))
	v.expect(Expect{Say: "networks on the air", Get: "bss", List: ".", Where: map[string]any{"total": Range{150, most}}})
	all = append(all, v.end())

	v = newVictim(seed, "flood-beacon-count", "2000 beacons of 40 networks that do not exist are counted to the frame", &Network{Protection: WPA2})
	const beacons, networks = 2000, 40
	name := fmt.Sprintf("Free-%06x", v.draw.UintN(1<<24)) // of this run alone: the node remembers others
	v.begin(Capture{
		Attack: "beacon-flood", Command: "picket lab: forge beacons",
		Facts:  fmt.Sprintf("%d beacons of %d networks, each 50 times, half of them WPA3, half open, all named %s", beacons, networks, name),
		Check:  fmt.Sprintf("network=* signalDBm %d rows %d beacons %d", v.dbm, networks, beacons),
		Filter: "wlan.fc.type_subtype == 8 && " + v.signal,
	})
	v.attack(forge(30*time.Second, protocol.Forge{
		Kind: "beacons", SSID: name, FrequencyMHz: v.network.ap.Frequency, Count: beacons, Distinct: networks, Rate: 400, Seed: v.draw.Uint64() >> 32,
	}))
	v.expect(
		Expect{Say: "invented networks without protection", Get: "bss", Where: map[string]any{"ssid": name, "security": "Open", "signalDBm": v.heard}, Min: networks / 2, Max: networks / 2},
		Expect{Say: "invented networks with WPA3", Get: "bss", Where: map[string]any{"ssid": name, "security": "WPA3-SAE", "signalDBm": v.heard}, Min: networks / 2, Max: networks / 2},
	)
	all = append(all, v.end())

	v = newVictim(seed, "flood-auth-mdk4", "mdk4 floods an AP with authentications of stations that do not exist", &Network{Protection: WPA2})
	bssid := v.network.BSSID.String()
	v.spoof()
	v.begin(Capture{
		Attack: "auth-flood", Tools: []string{"mdk4"}, Command: "mdk4 IF a -a AP -m -s 200",
		Facts:  "hundreds of stations authenticate with " + bssid,
		Check:  "handshake=*@" + bssid + " authRequests 100..5000",
		Filter: "wlan.fc.type_subtype == 11 && " + v.signal,
	})
	v.attack(tool(6*time.Second, "mdk4", attackerName, "a", "-a", bssid, "-m", "-s", "200"))
	v.expect(Expect{Say: "authentications", Get: "bss/" + bssid, List: "handshakes", Sum: "authRequests", Min: 100, Max: most})
	all = append(all, v.end())

	v = newVictim(seed, "flood-probe-mdk4", "mdk4 asks an AP for names by brute force", &Network{Protection: WPA2, Hidden: true})
	bssid = v.network.BSSID.String()
	v.begin(Capture{
		Attack: "probe-flood", Tools: []string{"mdk4"}, Command: "mdk4 IF p -b lun -t AP -s 100",
		Facts:  "hundreds of directed probe requests for different names to " + bssid,
		Check:  "client=*@- rows 50..",
		Filter: "wlan.fc.type_subtype == 4 && " + v.signal,
	})
	v.attack(tool(6*time.Second, "mdk4", attackerName, "p", "-b", "lun", "-t", bssid, "-s", "100"))
	v.expect(Expect{Say: "stations on the air", Get: "clients", List: ".", Where: map[string]any{"total": Range{2, most}}})
	all = append(all, v.end())

	v = newVictim(seed, "flood-logoff-mdk4", "mdk4 logs clients off with EAPOL", &Network{Protection: WPA2})
	bssid = v.network.BSSID.String()
	v.spoof()
	v.begin(Capture{
		Attack: "eapol-logoff", Tools: []string{"mdk4"}, Command: "mdk4 IF e -t AP -l",
		Facts:  "EAPOL-Logoff frames to " + bssid,
		Check:  "handshake=*@" + bssid + " eapolLogoffs 5..",
		Filter: "eapol.type == 2 && " + v.signal,
	})
	v.attack(tool(8*time.Second, "mdk4", attackerName, "e", "-t", bssid, "-l"))
	return append(all, v.end())
}
