package scenario

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"picket/shared/wlan"
	"picket/tools/lab/protocol"
)

// A stage builds one scenario.
type stage struct {
	scenario Scenario
	draw     *rand.Rand
	base     [3]byte // of addresses: 02 and these
	radios   int
	nets     int
	aps      []*AccessPoint
	clients  []*Client
	ears     []string // tap interfaces that are tuned
	tapRadio map[string]bool
	bad      error
}

// newStage begins a scenario. What it draws follows from the seed and its name.
func newStage(seed uint64, name, sentence string) *stage {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	s := &stage{
		scenario: Scenario{Name: name, Sentence: sentence},
		draw:     rand.New(rand.NewPCG(seed, h.Sum64())),
		tapRadio: make(map[string]bool),
	}
	for i := range s.base {
		s.base[i] = byte(s.draw.UintN(256))
	}
	s.scenario.Medium = &protocol.Medium{
		Seed: s.draw.Uint64(), MinDBm: -75, MaxDBm: -38, FloorDBm: -95,
	}
	return s
}

// knowLimit is how long the node may take, after the last step, to know everything: a
// window, its report, and what a busy machine adds.
const knowLimit = 40 * time.Second

// done ends the building. What is expected is asked for in a last step, so that
// what never comes is not waited for as long as the whole scenario may take.
func (s *stage) done() Scenario {
	if s.bad != nil {
		panic(s.bad) // a scenario that contradicts itself is a mistake of ours
	}
	if len(s.scenario.Expect) > 0 {
		s.step(Step{Say: "what the node knows", Do: DoExpect, Args: s.scenario.Expect, Limit: knowLimit})
		s.scenario.Expect = nil
	}
	return s.scenario
}

// radio adds one, with an interface in a namespace, and draws its address. The last
// octet is zero: networks beside a radio's first one count from there.
func (s *stage) radio(name, namespace, iface string) wlan.MAC {
	s.radios++
	address := wlan.MAC{0x02, s.base[0], s.base[1], s.base[2], byte(s.radios), 0}
	s.scenario.Radios = append(s.scenario.Radios, protocol.Radio{
		Name: name, Address: address.String(), Interface: iface, Namespace: namespace,
	})
	return address
}

// signal draws one between bounds.
func (s *stage) signal(low, high wlan.DBm) wlan.DBm {
	return low + wlan.DBm(s.draw.IntN(int(high-low)+1))
}

// link sets what two radios hear of each other.
func (s *stage) link(from, to string, signal wlan.DBm) {
	s.scenario.Medium.Links = append(s.scenario.Medium.Links, protocol.MediumLink{From: from, To: to, SignalDBm: signal})
}

// spoof lets the attacker's radio acknowledge for every address that no radio has:
// those that its tool invents.
func (s *stage) spoof() {
	s.scenario.Medium.AckFor = append(s.scenario.Medium.AckFor, protocol.AckFor{Radio: attackerName})
}

// frequency2 draws a channel of 2.4 GHz that does not overlap others.
func (s *stage) frequency2() wlan.MHz {
	return [...]wlan.MHz{2412, 2437, 2462}[s.draw.IntN(3)]
}

// frequency5 draws a channel of 5 GHz without radar.
func (s *stage) frequency5() wlan.MHz { return 5180 + 20*wlan.MHz(s.draw.IntN(4)) }

// frequency6 draws a preferred scanning channel of 6 GHz that Europe has: 5, 21, …,
// 85 (802.11ax-2021, 26.17.2.3.3).
func (s *stage) frequency6() wlan.MHz { return 5975 + 80*wlan.MHz(s.draw.IntN(6)) }

// accessPoint adds one with its radio, and its networks' addresses.
func (s *stage) accessPoint(a *AccessPoint) *AccessPoint {
	a.address = s.radio(a.Name, a.Name, clientInterface)
	for i, n := range a.Networks {
		n.ap, n.net = a, s.nets
		s.nets++
		n.Interface, n.BSSID = clientInterface, a.address
		if i > 0 {
			n.Interface = fmt.Sprintf("%s_%d", clientInterface, i)
			n.BSSID[5] = byte(i)
		}
		if n.Protection == Enterprise {
			s.authority()
		}
	}
	s.aps = append(s.aps, a)
	s.file(a.configPath(), a.Config())
	return a
}

// transition makes two networks of one access point the halves of an OWE
// transition: the open one names the hidden one. Before accessPoint.
func transition(open, owe *Network, openAt, oweAt string) {
	open.transit, owe.transit = oweAt, openAt
	owe.Hidden = true
}

func (s *stage) authority() {
	for _, f := range s.scenario.Files {
		if f.Path == caFile {
			return
		}
	}
	files, err := authority(time.Now())
	if err != nil {
		s.bad = err
	}
	s.scenario.Files = append(s.scenario.Files, files...)
}

func (s *stage) file(path, text string) {
	s.scenario.Files = append(s.scenario.Files, File{path, text})
}

// client adds one with its radio.
func (s *stage) client(c *Client) *Client {
	c.Address = s.radio(c.Name, c.Name, clientInterface)
	n := c.Network
	n.clients++
	c.gateway = networkAddress(n.net, 1)
	c.ip = networkAddress(n.net, 1+n.clients)
	s.clients = append(s.clients, c)
	s.file(c.configPath(), c.Config())
	return c
}

// networkAddress is host h of the /29 number n (192.0.2.0/24, RFC 5737).
func networkAddress(n, h int) string { return fmt.Sprintf("192.0.2.%d", 8*n+h) }

// ear adds a radio of the tap that is tuned for it, and returns its interface.
func (s *stage) ear(f wlan.MHz) string {
	name := fmt.Sprintf("tap%d", len(s.ears))
	s.radio(name, tapNamespace, name)
	s.ears = append(s.ears, name)
	s.tapRadio[name] = true
	s.step(
		Step{Do: protocol.DoType, Args: protocol.SetType{Namespace: tapNamespace, Interface: name, Type: "monitor"}},
		Step{Do: protocol.DoTune, Args: protocol.Tune{Namespace: tapNamespace, Interface: name, FrequencyMHz: f}},
	)
	return name
}

// tapNamespace is the tap's.
const tapNamespace = "tap"

// attacker adds a radio for an attack tool, with a monitor interface that is tuned
// in a namespace of its own, and returns its address and what the first ear hears
// of it: another signal than the APs have there.
func (s *stage) attacker(f wlan.MHz) (wlan.MAC, wlan.DBm) {
	address := s.radio(attackerName, attackerName, attackerName)
	s.step(
		Step{Do: protocol.DoType, Args: protocol.SetType{Namespace: attackerName, Interface: attackerName, Type: "monitor"}},
		Step{Do: protocol.DoTune, Args: protocol.Tune{Namespace: attackerName, Interface: attackerName, FrequencyMHz: f}},
	)
	return address, s.apart(attackerName)
}

// apart sets what the tap's ears hear of a radio to a signal that no AP or client
// has there: those keep above, the attacker is further away.
func (s *stage) apart(radio string) wlan.DBm {
	signal := s.signal(-70, -62)
	for _, ear := range s.ears {
		s.link(radio, ear, signal)
		for _, a := range s.aps {
			if a.Name != radio {
				s.link(a.Name, ear, s.signal(-60, -38))
			}
		}
		for _, c := range s.clients {
			s.link(c.Name, ear, s.signal(-60, -38))
		}
	}
	return signal
}

// attackerName is of the attacker's radio, namespace and interface.
const attackerName = "evil"

// step adds steps.
func (s *stage) step(steps ...Step) { s.scenario.Steps = append(s.scenario.Steps, steps...) }

// expect adds expectations.
func (s *stage) expect(all ...Expect) { s.scenario.Expect = append(s.scenario.Expect, all...) }

// pause waits.
func pause(d time.Duration) Step { return Step{Do: DoPause, Args: d} }
