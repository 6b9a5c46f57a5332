package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"picket/tools/lab/protocol"
)

// Time limits: what a busy machine under emulation may need, not what it takes.
const (
	enableLimit = 40 * time.Second
	joinLimit   = 60 * time.Second
	pingEvery   = "0.1" // seconds: ten frames a second each way
)

// hostapdDone and supplicantDone are what the programs say when they are ready.
const (
	hostapdDone    = "AP-ENABLED"
	supplicantDone = "CTRL-EVENT-CONNECTED"
)

// raise starts access points, all at the same time, and gives their networks IP
// addresses.
func (s *stage) raise(aps ...*AccessPoint) {
	var start, await, address []Step
	for _, a := range aps {
		start = append(start, Step{Do: protocol.DoStart, Args: protocol.Start{
			Name: a.Name, Command: protocol.Command{Argv: []string{"hostapd", "-t", a.configPath()}, Namespace: a.Name},
		}})
		await = append(await, Step{
			Do: protocol.DoAwait, Limit: enableLimit,
			Args: protocol.Await{Name: a.Name, Text: hostapdDone, Fail: []string{"AP-DISABLED", "errors found in configuration file", "Failed to "}},
		})
		for _, n := range a.Networks {
			address = append(address, Step{Do: protocol.DoLink, Args: protocol.Link{
				Namespace: a.Name, Interface: n.Interface, Addresses: []string{networkAddress(n.net, 1) + "/29"},
			}})
		}
	}
	s.step(
		together("start "+count(len(aps), "access point"), 0, start),
		together("access points are up", enableLimit+5*time.Second, await),
		together("", 0, address),
	)
}

// lower ends access points.
func (s *stage) lower(aps ...*AccessPoint) {
	var steps []Step
	for _, a := range aps {
		steps = append(steps, Step{Do: protocol.DoStop, Args: protocol.Stop{Name: a.Name}})
	}
	s.step(together("end "+count(len(aps), "access point"), 0, steps))
}

// join starts clients, all at the same time, and waits until they have joined.
func (s *stage) join(clients ...*Client) {
	var start, await, address []Step
	for _, c := range clients {
		start = append(start, Step{Do: protocol.DoStart, Args: protocol.Start{
			Name: c.Name, Command: protocol.Command{
				Argv: []string{"wpa_supplicant", "-t", "-D", "nl80211", "-i", clientInterface, "-c", c.configPath()}, Namespace: c.Name,
			},
		}})
		await = append(await, Step{Do: protocol.DoAwait, Limit: joinLimit, Args: protocol.Await{Name: c.Name, Text: supplicantDone}})
		address = append(address, Step{Do: protocol.DoLink, Args: protocol.Link{
			Namespace: c.Name, Interface: clientInterface, Addresses: []string{c.ip + "/29"},
		}})
	}
	s.step(
		together("start "+count(len(clients), "client"), 0, start),
		together("clients have joined", joinLimit+5*time.Second, await),
		together("", 0, address),
	)
}

// leave ends clients: they say goodbye.
func (s *stage) leave(clients ...*Client) {
	var steps []Step
	for _, c := range clients {
		steps = append(steps, Step{Do: protocol.DoStop, Args: protocol.Stop{Name: c.Name}})
	}
	s.step(together("end "+count(len(clients), "client"), 0, steps))
}

// talk lets clients send to their access points until the scenario ends.
func (s *stage) talk(clients ...*Client) {
	var steps []Step
	for _, c := range clients {
		steps = append(steps, Step{Do: protocol.DoStart, Args: protocol.Start{
			Name: "ping-" + c.Name, Command: protocol.Command{Argv: []string{"ping", "-q", "-i", pingEvery, "-s", "300", c.gateway}, Namespace: c.Name},
		}})
	}
	s.step(together("clients send", 0, steps))
}

// hush ends what talk began.
func (s *stage) hush(clients ...*Client) {
	var steps []Step
	for _, c := range clients {
		steps = append(steps, Step{Do: protocol.DoStop, Args: protocol.Stop{Name: "ping-" + c.Name, Signal: "SIGINT"}})
	}
	s.step(together("", 0, steps))
}

// together is several steps at once, or the only one.
func together(say string, limit time.Duration, steps []Step) Step {
	return Step{Say: say, Limit: limit, Together: steps}
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// tap starts our tap on the ears that are tuned for it.
func (s *stage) tap() {
	args := []string{"-window", Window.String()}
	for _, ear := range s.ears {
		args = append(args, "-capture", ear)
	}
	s.step(Step{Say: "start the tap", Do: DoTap, Args: Tap{Namespace: tapNamespace, Args: args}})
}

// record captures what an ear hears, from here on.
func (s *stage) record(ear string, c Capture) {
	s.step(Step{Do: protocol.DoCapture, Args: protocol.Capture{
		Name: c.Name, Namespace: tapNamespace, Interface: ear, Path: "/run/lab/" + c.Name + ".pcap",
	}})
	s.scenario.Captures = append(s.scenario.Captures, c)
}

// stopRecording ends captures.
func (s *stage) stopRecording() {
	for _, c := range s.scenario.Captures {
		s.step(Step{Say: "end capture " + c.Name, Do: protocol.DoCaptureStop, Args: protocol.Named{Name: c.Name}})
	}
}

// attack adds the steps of an attack, with a lead of two seconds and a rest.
func (s *stage) attack(steps ...Step) {
	s.step(pause(2*time.Second), Step{Do: DoAttack, Args: Attack{}})
	s.step(steps...)
	s.step(Step{Do: DoAttack, Args: Attack{Over: true}}, pause(2*time.Second))
}

// tool runs an attack tool for a time. SIGINT ends it, as a person would, and two
// seconds later SIGKILL; what it says then is no verdict.
func tool(span time.Duration, argv ...string) Step {
	wrapped := slices.Concat([]string{"timeout", "-s", "INT", "-k", "2", fmt.Sprintf("%.0f", span.Seconds())}, argv)
	return Step{
		Say: argv[0], Do: protocol.DoExec, Limit: span + 20*time.Second, MayFail: true,
		Args: protocol.Exec{Command: protocol.Command{Argv: wrapped, Namespace: attackerName}},
	}
}

// toolToEnd runs an attack tool that ends by itself, with success.
func toolToEnd(limit time.Duration, argv ...string) Step {
	return Step{
		Say: argv[0], Do: protocol.DoExec, Limit: limit,
		Args: protocol.Exec{Command: protocol.Command{Argv: argv, Namespace: attackerName}},
	}
}

// forge sends frames made in Go from the attacker's radio.
func forge(limit time.Duration, f protocol.Forge) Step {
	f.Namespace, f.Interface = attackerName, attackerName
	return Step{Say: "forge " + f.Kind, Do: protocol.DoForge, Limit: limit, Args: f}
}
