package scenario

import (
	"fmt"
	"time"

	"picket/shared/wlan"
)

// twins are access points that imitate one of ours.
func twins(seed uint64) []Scenario {
	kinds := []struct {
		name, sentence, attack string
		own, twin              Network
		same                   bool // the twin has our BSSID too
	}{
		{"twin-open", "An open AP has the name of our WPA2 network", "evil-twin open", Network{Protection: WPA2}, Network{Protection: Open}, false},
		{"twin-psk", "An AP has the name and the protection of our network, and another password", "evil-twin same security", Network{Protection: WPA2}, Network{Protection: WPA2, Passphrase: "wrongpassword"}, false},
		{"twin-bssid", "An AP has name, protection and address of our network, on another channel", "evil-twin same BSSID other channel", Network{Protection: WPA2}, Network{Protection: WPA2}, true},
		{"twin-downgrade", "A WPA2 AP has the name of our WPA3 network", "evil-twin downgrade", Network{Protection: SAE}, Network{Protection: WPA2}, false},
	}
	var all []Scenario
	for _, k := range kinds {
		s := newStage(seed, k.name, k.sentence)
		s.scenario.Sample = k.same
		own, twin := k.own, k.twin
		own.SSID, twin.SSID = "Corp", "Corp"
		s.accessPoint(&AccessPoint{Name: "ap", Frequency: s.frequency2(), Networks: []*Network{&own}})
		client := s.client(&Client{Name: "client", Network: &own})
		elsewhere := own.ap.Frequency
		for elsewhere == own.ap.Frequency {
			elsewhere = s.frequency2()
		}
		// Two ears: one on our channel never hears the twin on another.
		ours, theirs := s.ear(own.ap.Frequency), s.ear(elsewhere)
		evil := &AccessPoint{Name: attackerName, Frequency: elsewhere, Networks: []*Network{&twin}}
		if k.same {
			s.imitate(evil, &own)
		} else {
			s.accessPoint(evil)
		}
		signal := s.apart(attackerName)
		s.tap()
		s.raise(own.ap)
		s.join(client)
		s.talk(client)
		s.record(theirs, Capture{
			Name: k.name, Attack: k.attack, Tools: []string{"hostapd"}, Command: "hostapd as the twin (capture of its channel)",
			Facts: fmt.Sprintf("%v %s %s on %d MHz, while %v %s is on %d MHz", twin.BSSID, twin.SSID, twin.Protection.security(),
				elsewhere, own.BSSID, own.Protection.security(), own.ap.Frequency),
			Check:  stated("with="+k.name+"-legit", twin.fact(), own.fact()),
			Filter: fmt.Sprintf("wlan.fc.type_subtype == 8 && wlan.bssid == %v", twin.BSSID),
		})
		s.record(ours, Capture{
			Name: k.name + "-legit", Attack: "none (pair)", Tools: []string{"hostapd"}, Command: "hostapd (capture of its channel in the same run)",
			Facts: fmt.Sprintf("%v Corp %s on %d MHz", own.BSSID, own.Protection.security(), own.ap.Frequency),
			Check: stated(own.fact(), client.fact()),
		})
		s.step(Step{Do: DoAttack, Args: Attack{}})
		s.raise(evil)
		s.step(pause(5 * time.Second))
		s.lower(evil)
		s.step(Step{Do: DoAttack, Args: Attack{Over: true}}, pause(2*time.Second))
		s.stopRecording()
		s.expect(own.known(), client.known(), lossless())
		if k.same {
			for _, f := range []wlan.MHz{own.ap.Frequency, elsewhere} {
				s.expect(Expect{
					Say: fmt.Sprintf("%v on %d MHz", own.BSSID, f), Get: "bss/" + own.BSSID.String(), List: "channels", Where: map[string]any{"frequencyMHz": f},
				})
			}
		} else {
			known := twin.known()
			known.Where["signalDBm"] = Range{float64(signal) - 1, float64(signal) + 1}
			s.expect(known)
		}
		all = append(all, s.done())
	}
	return all
}

// imitate adds an access point that takes another network's BSSID.
func (s *stage) imitate(a *AccessPoint, whose *Network) {
	a.address = s.radio(a.Name, a.Name, clientInterface)
	n := a.Networks[0]
	n.ap, n.net, n.Interface, n.BSSID = a, s.nets, clientInterface, whose.BSSID
	s.nets++
	s.aps = append(s.aps, a)
	s.file(a.configPath(), a.Config()+fmt.Sprintf("bssid=%v\n", whose.BSSID))
}
