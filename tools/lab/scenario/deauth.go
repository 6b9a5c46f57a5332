package scenario

import (
	"fmt"
	"strconv"
	"time"

	"picket/shared/wlan"
	"picket/tools/lab/protocol"
)

// victim is a network with a client that sends, a tap and a capture on its
// frequency, and an attacker: where most attacks begin.
type victim struct {
	*stage
	network *Network
	client  *Client
	evil    string   // the attacker's address
	dbm     wlan.DBm // what the ear hears of the attacker
	signal  string   // the same, as a display filter
	heard   Range    // the same, as the node tells it
}

func newVictim(seed uint64, name, sentence string, n *Network) *victim {
	s := newStage(seed, name, sentence)
	if n.SSID == "" {
		n.SSID = "Corp"
	}
	s.accessPoint(&AccessPoint{Name: "ap", Frequency: s.frequency2(), Networks: []*Network{n}})
	client := s.client(&Client{Name: "client", Network: n, PMF: true})
	s.ear(n.ap.Frequency)
	address, signal := s.attacker(n.ap.Frequency)
	return &victim{
		stage: s, network: n, client: client, evil: address.String(),
		dbm: signal, signal: fmt.Sprintf("radiotap.dbm_antsignal == %d", signal),
		heard: Range{float64(signal) - 1, float64(signal) + 1},
	}
}

// begin starts network, client, tap and capture.
func (v *victim) begin(c Capture) {
	c.Name = v.scenario.Name
	c.Check = stated(v.network.fact(), v.client.fact(), c.Check)
	v.tap()
	v.raise(v.aps...)
	v.join(v.clients...)
	v.talk(v.clients...)
	v.record(v.ears[0], c)
}

// end stops the capture.
func (v *victim) end() Scenario {
	v.stopRecording()
	v.expect(v.network.known(), v.client.known(), lossless())
	return v.done()
}

func deauth(seed uint64) []Scenario {
	var all []Scenario

	// aireplay-ng sends 64 to each side a time, and does so twice as often as
	// told: what it injects it also hears. The count was the same in every run.
	v := newVictim(seed, "deauth-aireplay-unicast", "aireplay-ng disconnects one client", &Network{Protection: WPA2})
	v.scenario.Sample = true
	bssid, station := v.network.BSSID.String(), v.client.Address.String()
	v.begin(Capture{
		Attack: "deauth", Tools: []string{"aircrack-ng"}, Command: "aireplay-ng -0 2 -a AP -c CLIENT IF",
		Facts:  fmt.Sprintf("%s and %s are disconnected from each other, 128 frames each way, reason 7", bssid, station),
		Check:  stated(deauthFact("deauth", bssid, station, 7, v.dbm, "128"), deauthFact("deauth", station, bssid, 7, v.dbm, "128")),
		Filter: "wlan.fc.type_subtype == 12 && " + v.signal,
	})
	v.attack(toolToEnd(60*time.Second, "aireplay-ng", "-0", "2", "-a", bssid, "-c", station, attackerName))
	v.expect(
		v.network.disconnects("forged to the client", 128, 128, map[string]any{"receiver": station, "reason": 7, "signalDBm": v.heard}),
		v.network.disconnects("forged to the AP", 128, 128, map[string]any{"receiver": bssid, "reason": 7, "signalDBm": v.heard}),
	)
	all = append(all, v.end())

	v = newVictim(seed, "deauth-aireplay-broadcast", "aireplay-ng disconnects everyone", &Network{Protection: WPA2})
	bssid = v.network.BSSID.String()
	v.begin(Capture{
		Attack: "deauth", Tools: []string{"aircrack-ng"}, Command: "aireplay-ng -0 3 -a AP IF",
		Facts:  bssid + " seems to disconnect everyone, 384 frames, reason 7",
		Check:  deauthFact("deauth", bssid, wlan.Broadcast.String(), 7, v.dbm, "384"),
		Filter: "wlan.fc.type_subtype == 12 && " + v.signal,
	})
	v.attack(toolToEnd(60*time.Second, "aireplay-ng", "-0", "3", "-a", bssid, attackerName))
	v.expect(v.network.disconnects("forged to all", 384, 384, map[string]any{"receiver": "ff:ff:ff:ff:ff:ff", "reason": 7, "signalDBm": v.heard}))
	all = append(all, v.end())

	v = newVictim(seed, "deauth-mdk4", "mdk4 disconnects clients with deauthentications and disassociations", &Network{Protection: WPA2})
	bssid = v.network.BSSID.String()
	v.begin(Capture{
		Attack: "deauth+disassoc", Tools: []string{"mdk4"}, Command: "mdk4 IF d -B AP -c CHANNEL -s 30",
		Facts:  "deauthentications and disassociations in both directions of " + bssid + ", and from it to itself: mdk4 hears itself",
		Check:  stated(deauthFact("deauth", "*", "*", 0, v.dbm, "20..1000"), deauthFact("disassoc", "*", "*", 0, v.dbm, "20..1000")),
		Filter: "(wlan.fc.type_subtype == 12 || wlan.fc.type_subtype == 10) && " + v.signal,
	})
	// Without -s it sends 7000 frames a second.
	v.attack(tool(6*time.Second, "mdk4", attackerName, "d", "-B", bssid, "-c", v.network.ap.number(), "-s", "30"))
	v.expect(
		v.network.disconnects("deauthentications", 20, 1000, map[string]any{"kind": "deauthentication", "signalDBm": v.heard}),
		v.network.disconnects("disassociations", 20, 1000, map[string]any{"kind": "disassociation", "signalDBm": v.heard}),
	)
	all = append(all, v.end())

	v = newVictim(seed, "deauth-pmf", "A client with protected management frames stays where it is when aireplay-ng tries to disconnect it", &Network{Protection: SAE})
	bssid, station = v.network.BSSID.String(), v.client.Address.String()
	v.begin(Capture{
		Attack: "deauth-vs-pmf", Tools: []string{"aircrack-ng"}, Command: "aireplay-ng -0 2 -a AP -c CLIENT IF",
		Facts:  "256 forged deauthentications that are not protected; SA queries; the client stays",
		Check:  deauthFact("deauth", "*", "*", 7, v.dbm, "256"),
		Filter: "wlan.fc.type_subtype == 12 && " + v.signal,
	})
	v.attack(toolToEnd(60*time.Second, "aireplay-ng", "-0", "2", "-a", bssid, "-c", station, attackerName))
	v.expect(
		v.network.disconnects("forged", 256, 256, map[string]any{"protected": false, "reason": 7, "signalDBm": v.heard}),
		Expect{Say: "the client joined once", Get: "bss/" + bssid, List: "handshakes", Where: map[string]any{"station": station}, Sum: "associationSuccesses", Min: 1, Max: 1},
	)
	all = append(all, v.end())

	v = newVictim(seed, "deauth-count", "A counted number of forged disconnections is counted to the frame", &Network{Protection: WPA2})
	bssid = v.network.BSSID.String()
	const frames = 700
	v.begin(Capture{
		Attack: "deauth", Tools: nil, Command: "picket lab: forge deauths", Facts: fmt.Sprintf("%d deauthentications of %s to all, reason 3", frames, bssid),
		Check:  deauthFact("deauth", bssid, wlan.Broadcast.String(), 3, v.dbm, strconv.Itoa(frames)),
		Filter: "wlan.fc.type_subtype == 12 && " + v.signal,
	})
	v.attack(forge(30*time.Second, protocol.Forge{Kind: "deauths", BSSID: bssid, Count: frames, Rate: 200, Reason: 3}))
	v.expect(v.network.disconnects("forged", frames, frames, map[string]any{"reason": 3, "signalDBm": v.heard}))
	return append(all, v.end())
}
