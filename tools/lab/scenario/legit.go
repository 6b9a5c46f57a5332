package scenario

import (
	"fmt"
	"time"

	"picket/shared/wlan"
)

// legit is one network of each kind, with a client that joins, sends and leaves.
func legit(seed uint64) []Scenario {
	kinds := []struct {
		name, sentence string
		sample         bool
		network        Network
		client         Client
		band           wlan.Band
		width          wlan.MHz
		he             bool
	}{
		{name: "wpa2-psk", sentence: "a WPA2 network with a password", sample: true, network: Network{Protection: WPA2}},
		{name: "wpa2-pmf", sentence: "a WPA2 network whose client uses protected management frames", network: Network{Protection: WPA2PMF}, client: Client{PMF: true}},
		{name: "wpa3-sae", sentence: "a WPA3 network", network: Network{Protection: SAE}},
		{name: "mixed", sentence: "a WPA3 network that lets WPA2 clients in, with one of WPA3", network: Network{Protection: Mixed}, client: Client{PMF: true}},
		{name: "owe", sentence: "an encrypted network without a password", network: Network{Protection: OWE}},
		{name: "open", sentence: "an open network", network: Network{Protection: Open}},
		{name: "hidden", sentence: "a network that does not say its name until a client does", network: Network{Protection: WPA2, Hidden: true}},
		{name: "wpa2-eap", sentence: "an enterprise network with names and passwords (PEAP)", network: Network{Protection: Enterprise}},
		{name: "ax-5ghz", sentence: "Wi-Fi 6 at 5 GHz, 80 MHz wide", network: Network{Protection: Mixed}, client: Client{PMF: true}, band: wlan.Band5GHz, width: 80, he: true},
		{name: "ax-6ghz", sentence: "Wi-Fi 6E at 6 GHz, 80 MHz wide", network: Network{Protection: SAE}, band: wlan.Band6GHz, width: 80, he: true},
	}
	var all []Scenario
	for _, k := range kinds {
		s := newStage(seed, "legit-"+k.name, "A client joins and uses "+k.sentence)
		s.scenario.Sample = k.sample
		network, client := k.network, k.client
		network.SSID = "Corp-" + k.name
		ap := s.accessPoint(&AccessPoint{Name: "ap", Frequency: s.frequency(k.band), Width: k.width, HE: k.he, Networks: []*Network{&network}})
		client.Name, client.Network = "client", &network
		s.client(&client)
		s.visit(ap, &client, Capture{
			Attack: "none", Tools: []string{"hostapd", "wpasupplicant"},
			Command: "hostapd and wpa_supplicant, ping",
		})
		all = append(all, s.done())
	}
	return append(all, transitionScenario(seed))
}

// frequency draws one in a band.
func (s *stage) frequency(b wlan.Band) wlan.MHz {
	switch b {
	case wlan.Band5GHz:
		return s.frequency5()
	case wlan.Band6GHz:
		return s.frequency6()
	}
	return s.frequency2()
}

// visit plays a client's whole stay at an access point, with a tap and a capture.
func (s *stage) visit(ap *AccessPoint, client *Client, c Capture) {
	n := client.Network
	ear := s.ear(ap.Frequency)
	c.Name = s.scenario.Name
	c.Facts = fmt.Sprintf("AP %v %s on %d MHz, %s, PMF %s; client %v joins and leaves", n.BSSID, n.SSID, ap.Frequency, n.Protection.security(), n.Protection.pmf(), client.Address)
	c.Check = stated(n.fact(), client.fact(), client.joinFact())
	s.record(ear, c)
	s.tap()
	s.raise(ap)
	s.join(client)
	s.talk(client)
	s.step(pause(5 * time.Second))
	s.hush(client)
	s.leave(client)
	s.step(pause(time.Second))
	s.stopRecording()
	s.expect(n.known(), client.known(), client.sends(10), lossless())
	if n.Protection != Open {
		s.expect(client.handshake()...)
	}
}

// transitionScenario is OWE's transition mode: an open network for old clients that
// names its encrypted other half.
func transitionScenario(seed uint64) Scenario {
	s := newStage(seed, "legit-owe-transition", "An open network names its encrypted other half, which a client uses")
	open := &Network{SSID: "Corp-Guest", Protection: Open}
	owe := &Network{SSID: "Corp-Guest-OWE", Protection: OWE}
	transition(open, owe, clientInterface, clientInterface+"_1")
	ap := s.accessPoint(&AccessPoint{Name: "ap", Frequency: s.frequency2(), Networks: []*Network{open, owe}})
	client := s.client(&Client{Name: "client", Network: owe, SSID: open.SSID})
	s.visit(ap, client, Capture{Attack: "none", Tools: []string{"hostapd", "wpasupplicant"}, Command: "hostapd with owe_transition_ifname, wpa_supplicant, ping"})
	where := open.known()
	where.Where["features"] = Contains("OWE transition")
	s.expect(where)
	return s.done()
}
