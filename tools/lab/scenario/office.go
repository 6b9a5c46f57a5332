package scenario

import (
	"fmt"
	"time"

	"picket/shared/wlan"
	"picket/tools/lab/protocol"
)

// knownWithin is how soon after its start the tap must have told the node of an
// office that was there before: the first sweep of every channel, and a window.
const knownWithin = 15 * time.Second

// buildOffice adds an office: four access points in three bands, nine networks of
// every protection, five clients.
func (s *stage) buildOffice() (networks []*Network) {
	staff := &Network{SSID: "Corp", Protection: WPA2}
	modern := &Network{SSID: "Corp-Secure", Protection: SAE}
	guest := &Network{SSID: "Corp-Guest", Protection: Open}
	owe := &Network{SSID: "Corp-Guest-Private", Protection: OWE}
	hidden := &Network{SSID: "Corp-Hidden", Protection: WPA2, Hidden: true}
	mixed := &Network{SSID: "Corp-Mixed", Protection: Mixed}
	enterprise := &Network{SSID: "Corp-Staff", Protection: Enterprise}
	pmf := &Network{SSID: "Corp-PMF", Protection: WPA2PMF}
	six := &Network{SSID: "Corp-6E", Protection: SAE}
	s.accessPoint(&AccessPoint{Name: "ap1", Frequency: 2412, Networks: []*Network{staff, modern, guest}})
	s.accessPoint(&AccessPoint{Name: "ap2", Frequency: 2462, HE: true, Networks: []*Network{owe, hidden}})
	s.accessPoint(&AccessPoint{Name: "ap3", Frequency: s.frequency5(), Width: 80, HE: true, Networks: []*Network{mixed, enterprise, pmf}})
	s.accessPoint(&AccessPoint{Name: "ap4", Frequency: s.frequency6(), Width: 80, HE: true, Networks: []*Network{six}})
	for i, n := range []*Network{staff, hidden, mixed, enterprise, six} {
		s.client(&Client{Name: fmt.Sprintf("client%d", i+1), Network: n, PMF: n == mixed})
	}
	for _, a := range s.aps {
		networks = append(networks, a.Networks...)
	}
	return networks
}

// bareRadios adds radios for the tap to claim: as when they were plugged in.
func (s *stage) bareRadios(names ...string) {
	for _, name := range names {
		s.radio(name, tapNamespace, name)
		s.tapRadio[name] = true
	}
}

// open starts the office, and the tap when everybody has joined and sends.
func (s *stage) open() {
	s.raise(s.aps...)
	s.join(s.clients...)
	s.talk(s.clients...)
	s.step(
		pause(2*time.Second),
		Step{Say: "start the tap", Do: DoTap, Args: Tap{Namespace: tapNamespace, Args: []string{"-window", Window.String()}}},
	)
}

func office(seed uint64) Scenario {
	s := newStage(seed, "office", "An office of four access points in three bands, nine networks and five clients is in the node's API 15 s after the tap starts")
	s.scenario.Sample = true
	s.scenario.Limit = 4 * time.Minute
	networks := s.buildOffice()
	s.bareRadios("tapA", "tapB")
	s.open()
	for _, n := range networks {
		e := n.known()
		if n.Hidden { // its name is in what clients and it say to each other: while they are joined, nowhere
			delete(e.Where, "ssid")
			e.Say = fmt.Sprintf("a network without a name on %d MHz with %s", n.ap.Frequency, n.Protection.security())
		}
		e.Within = knownWithin
		s.expect(e)
	}
	for _, c := range s.clients {
		e := c.known()
		e.Within = knownWithin
		s.expect(e)
	}
	for _, name := range []string{"tapA", "tapB"} {
		s.expect(Expect{
			Say: "adapter " + name + " listens", Get: "taps/{tap}", List: "adapters",
			Where: map[string]any{"name": name, "state": "listening"}, Within: knownWithin,
		})
	}
	s.expect(Expect{Say: "the country", Get: "taps/{tap}", List: ".", Where: map[string]any{"country": "DE"}, Within: knownWithin})
	return s.done()
}

// unplug takes one of the tap's radios away and brings it back.
func unplug(seed uint64) Scenario {
	s := newStage(seed, "unplug", "A radio of the tap is unplugged and plugged in again; the tap goes on with the other, then with both, and tells of it")
	s.scenario.Sample = true
	s.scenario.Limit = 4 * time.Minute
	network := &Network{SSID: "Corp", Protection: WPA2}
	s.accessPoint(&AccessPoint{Name: "ap", Frequency: s.frequency2(), Networks: []*Network{network}})
	s.client(&Client{Name: "client", Network: network})
	s.bareRadios("tapA", "tapB")
	plugged := s.scenario.Radios[len(s.scenario.Radios)-1]
	s.open()
	events := func(kind string, least float64) Expect {
		return Expect{
			Say: kind + " of tapB", Get: "taps/{tap}/events", Where: map[string]any{"kind": kind, "subject": "tapB"}, Min: least,
		}
	}
	state := func(name, state string) Expect {
		return Expect{Say: name + " is " + state, Get: "taps/{tap}", List: "adapters", Where: map[string]any{"name": name, "state": state}}
	}
	await := func(all ...Expect) Step { return Step{Do: DoExpect, Args: all, Limit: 45 * time.Second} }
	s.step(
		await(state("tapA", "listening"), state("tapB", "listening"), events("adapter_claimed", 1)),
		Step{Say: "unplug tapB", Do: protocol.DoRadioRemove, Args: protocol.Named{Name: "tapB"}},
		await(state("tapA", "listening"), state("tapB", "gone"), events("adapter_gone", 1)),
		Step{Say: "plug tapB in", Do: protocol.DoRadioAdd, Args: plugged},
		await(state("tapA", "listening"), state("tapB", "listening"), events("adapter_appeared", 1), events("adapter_claimed", 2)),
		Step{Say: "end the tap", Do: DoTapStop},
		// What it took it gave back.
		Step{Say: "radios are as they were", Do: protocol.DoExec, Args: protocol.Exec{Command: protocol.Command{
			Namespace: tapNamespace, Argv: []string{"sh", "-c", "iw dev && test $(iw dev | grep -c 'type managed') = 2 && test $(iw dev | grep -c Interface) = 2"},
		}}},
	)
	s.expect(network.known(), s.clients[0].known(), Expect{Say: "the tap ran on", Get: "taps/{tap}", List: ".", Where: map[string]any{"boots": 1}})
	return s.done()
}

// ring is the TPACKET path at full speed, measured by a test in the guest.
func ring(seed uint64) Scenario {
	s := newStage(seed, "ring", "At the most frames a second that the guest can send, the tap's ring loses nothing that the kernel delivered")
	s.scenario.Sample = true
	s.scenario.Medium = nil // the kernel's own is faster
	s.radio("flood0", "", "flood0")
	s.radio("ear0", "", "ear0")
	const f wlan.MHz = 2437
	for _, name := range []string{"flood0", "ear0"} {
		s.step(
			Step{Do: protocol.DoType, Args: protocol.SetType{Interface: name, Type: "monitor"}},
			Step{Do: protocol.DoTune, Args: protocol.Tune{Interface: name, FrequencyMHz: f}},
		)
	}
	s.step(Step{Say: "flood", Do: DoGoTest, Args: GoTest{Package: "./tools/lab/air", Run: "Guest"}, Limit: 2 * time.Minute})
	return s.done()
}
