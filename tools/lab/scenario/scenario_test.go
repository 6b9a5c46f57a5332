package scenario

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"picket/shared/wlan"
	"picket/tools/lab/protocol"
	"picket/tools/picket/facts"
)

func TestScenariosHaveNamesAndSentences(t *testing.T) {
	name := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := make(map[string]bool)
	captures := make(map[string]bool)
	for _, s := range All() {
		if !name.MatchString(s.Name) || seen[s.Name] {
			t.Errorf("name %q", s.Name)
		}
		seen[s.Name] = true
		if len(s.Sentence) < 20 || strings.Contains(s.Sentence, "\n") {
			t.Errorf("%s: sentence %q", s.Name, s.Sentence)
		}
		for _, c := range s.Captures {
			if !name.MatchString(c.Name) || captures[c.Name] || c.Attack == "" || c.Facts == "" {
				t.Errorf("%s: capture %+v", s.Name, c)
			}
			captures[c.Name] = true
			if _, err := facts.Parse(c.Check); err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
		}
	}
	for _, must := range []string{"office", "unplug", "ring", "deauth-aireplay-unicast", "csa", "karma", "pmkid", "eht", "m3"} {
		if !seen[must] {
			t.Errorf("there is no %s", must)
		}
	}
}

// walk calls visit with every step.
func walk(steps []Step, visit func(Step)) {
	for _, s := range steps {
		visit(s)
		walk(s.Together, visit)
	}
}

func TestNothingOfAScenarioClashes(t *testing.T) {
	for _, seed := range []uint64{1, 2, 99} {
		for _, s := range Seeded(seed) {
			radios, addresses := make(map[string]string), make(map[string]bool)
			interfaces := make(map[string]bool)
			for _, r := range s.Radios {
				_, clash := radios[r.Name]
				clash = clash || r.Address != "" && addresses[r.Address] || r.Interface != "" && interfaces[r.Namespace+" "+r.Interface]
				if clash {
					t.Errorf("%s: radio %+v clashes", s.Name, r)
				}
				if m, err := wlan.ParseMAC(r.Address); r.Address != "" && (err != nil || !m.LocallyAdministered() || m.Group() || m[5] != 0) {
					t.Errorf("%s: radio %s has address %v: %v", s.Name, r.Name, r.Address, err)
				}
				if len(r.Interface) > 15 {
					t.Errorf("%s: interface %s", s.Name, r.Interface)
				}
				radios[r.Name], addresses[r.Address] = r.Namespace, true
				interfaces[r.Namespace+" "+r.Interface] = true
			}
			if s.Medium != nil {
				for _, l := range s.Medium.Links {
					if _, ok := radios[l.From]; !ok {
						t.Errorf("%s: link from %s", s.Name, l.From)
					}
					if _, ok := radios[l.To]; !ok || l.SignalDBm > -20 || l.SignalDBm < -95 {
						t.Errorf("%s: link %+v", s.Name, l)
					}
				}
			}
			paths := make(map[string]bool)
			for _, f := range s.Files {
				if paths[f.Path] || !strings.HasPrefix(f.Path, "/run/lab/") || f.Text == "" || len(f.Text) > protocol.MaxChunk {
					t.Errorf("%s: file %s", s.Name, f.Path)
				}
				paths[f.Path] = true
			}
			ips := make(map[string]string)
			processes := make(map[string]bool)
			walk(s.Steps, func(step Step) {
				switch a := step.Args.(type) {
				case protocol.Link:
					for _, ip := range a.Addresses {
						if other, clash := ips[ip]; clash {
							t.Errorf("%s: %s has %s, and so has %s", s.Name, a.Namespace, ip, other)
						}
						ips[ip] = a.Namespace
					}
				case protocol.Start:
					if processes[a.Name] {
						t.Errorf("%s: process %s twice", s.Name, a.Name)
					}
					processes[a.Name] = true
					if !knownNamespace(radios, a.Namespace) {
						t.Errorf("%s: process %s in namespace %s", s.Name, a.Name, a.Namespace)
					}
				case protocol.Stop:
					if !processes[a.Name] {
						t.Errorf("%s: stops %s, which was not started", s.Name, a.Name)
					}
				case protocol.Await:
					if !processes[a.Name] {
						t.Errorf("%s: awaits %s, which was not started", s.Name, a.Name)
					}
				case protocol.Tune:
					if c, ok := a.FrequencyMHz.Channel(); !ok || !interfaces[a.Namespace+" "+a.Interface] {
						t.Errorf("%s: %+v, channel %v", s.Name, a, c)
					}
				case Tap:
					if a.Namespace != tapNamespace {
						t.Errorf("%s: the tap in %s, which alone may reach the node", s.Name, a.Namespace)
					}
				case protocol.Exec:
					if !knownNamespace(radios, a.Namespace) {
						t.Errorf("%s: %v in namespace %s", s.Name, a.Argv, a.Namespace)
					}
				}
			})
		}
	}
}

func knownNamespace(radios map[string]string, name string) bool {
	for _, namespace := range radios {
		if namespace == name {
			return true
		}
	}
	return false
}

// TestOnlyTheTapsNamespaceReachesTheNode: attackers must never be where the link is.
func TestOnlyTheTapsNamespaceReachesTheNode(t *testing.T) {
	for _, s := range All() {
		walk(s.Steps, func(step Step) {
			e, ok := step.Args.(protocol.Exec)
			if !ok || e.Namespace != tapNamespace {
				return
			}
			for _, tool := range []string{"aireplay-ng", "mdk4", "hcxdumptool", "bettercap", "reaver"} {
				if slices.Contains(e.Argv, tool) {
					t.Errorf("%s runs %s in the tap's namespace", s.Name, tool)
				}
			}
		})
	}
}

func TestSeedsDrawOtherLaboratories(t *testing.T) {
	one, again, two := Seeded(1), Seeded(1), Seeded(2)
	differ := 0
	for i := range one {
		if !reflect.DeepEqual(one[i].Radios, again[i].Radios) || !reflect.DeepEqual(one[i].Medium, again[i].Medium) {
			t.Errorf("%s is not the same twice", one[i].Name)
		}
		if len(one[i].Radios) > 0 && !reflect.DeepEqual(one[i].Radios, two[i].Radios) {
			differ++
		}
	}
	if differ < 20 {
		t.Errorf("%d scenarios differ with the seed", differ)
	}
}

func TestTimeLimitsFit(t *testing.T) {
	for _, s := range All() {
		limit := s.Limit
		if limit == 0 {
			limit = 3 * time.Minute
		}
		walk(s.Steps, func(step Step) {
			if step.Limit >= limit {
				t.Errorf("%s: step %q may take %v of %v", s.Name, step.Say, step.Limit, limit)
			}
			for _, inner := range step.Together {
				outer, within := step.Limit, inner.Limit
				if outer == 0 {
					outer = 30 * time.Second
				}
				if within > outer {
					t.Errorf("%s: %q may take %v of %v", s.Name, inner.Say, within, outer)
				}
			}
		})
	}
}

// TestTheOfficeIsAsLargeAsPromised: at least ten radios, three access points in
// three bands, eight networks of different protection, four clients that send five
// frames a second, and two radios of the tap.
func TestTheOfficeIsAsLargeAsPromised(t *testing.T) {
	s := newStage(1, "office", "")
	networks := s.buildOffice()
	bands, protections := make(map[wlan.Band]bool), make(map[string]bool)
	for _, a := range s.aps {
		bands[a.Frequency.Band()] = true
	}
	for _, n := range networks {
		protections[fmt.Sprint(n.Protection, n.Hidden)] = true
	}
	if len(s.aps) < 3 || len(bands) != 3 || len(networks) < 8 || len(protections) < 8 || len(s.clients) < 4 {
		t.Errorf("%d APs in %d bands, %d networks of %d kinds, %d clients", len(s.aps), len(bands), len(networks), len(protections), len(s.clients))
	}
	built := office(1)
	expected, _ := built.Steps[len(built.Steps)-1].Args.([]Expect)
	if len(built.Radios) < 10 || len(expected) < len(networks)+len(s.clients)+2 {
		t.Errorf("%d radios, %d expectations", len(built.Radios), len(expected))
	}
	for _, e := range expected {
		if e.Within != knownWithin {
			t.Errorf("%s within %v", e.Say, e.Within)
		}
	}
}

func TestConfigurationsSayWhatTheyShould(t *testing.T) {
	s := newStage(1, "x", "")
	open, owe := &Network{SSID: "Guest"}, &Network{SSID: "Private", Protection: OWE}
	transition(open, owe, "wlan0", "wlan0_1")
	wide := s.accessPoint(&AccessPoint{Name: "wide", Frequency: 5220, Width: 80, HE: true, Networks: []*Network{{SSID: "A", Protection: Mixed}}})
	six := s.accessPoint(&AccessPoint{Name: "six", Frequency: 6135, Width: 80, Networks: []*Network{{SSID: "B", Protection: SAE}}})
	two := s.accessPoint(&AccessPoint{Name: "two", Frequency: 2437, Networks: []*Network{open, owe}})
	for _, c := range []struct {
		ap     *AccessPoint
		has    []string
		hasNot []string
	}{
		{wide, []string{"hw_mode=a\nchannel=44\n", "[HT40+]", "vht_oper_centr_freq_seg0_idx=42", "he_oper_chwidth=1", "wpa_key_mgmt=SAE WPA-PSK", "ieee80211w=1"}, []string{"op_class"}},
		{six, []string{"channel=37\n", "op_class=133", "he_oper_centr_freq_seg0_idx=39", "ieee80211w=2"}, []string{"ieee80211n", "ht_capab", "ieee80211ac"}},
		{two, []string{"hw_mode=g\nchannel=6\n", "bss=wlan0_1\nbssid=" + owe.BSSID.String(), "owe_transition_ifname=wlan0\n", "owe_transition_ifname=wlan0_1\n", "ignore_broadcast_ssid=1"}, []string{"ieee80211ax", "wpa_passphrase"}},
	} {
		text := c.ap.Config()
		for _, line := range c.has {
			if !strings.Contains(text, line) {
				t.Errorf("%s has no %q:\n%s", c.ap.Name, line, text)
			}
		}
		for _, line := range c.hasNot {
			if strings.Contains(text, line) {
				t.Errorf("%s has %q", c.ap.Name, line)
			}
		}
	}
	if owe.BSSID[5] != 1 || open.BSSID != two.address {
		t.Errorf("BSSIDs %v, %v", open.BSSID, owe.BSSID)
	}
	client := s.client(&Client{Name: "c", Network: open})
	if text := client.Config(); !strings.Contains(text, "freq_list=2437") || !strings.Contains(text, "key_mgmt=NONE") {
		t.Error(text)
	}
}

func TestRequestsCanBeSent(t *testing.T) {
	for _, s := range All() {
		walk(s.Steps, func(step Step) {
			if (step.Do == "") == (len(step.Together) == 0) {
				t.Errorf("%s: step %q does nothing, or two things", s.Name, step.Say)
			}
			if b, err := json.Marshal(step.Args); err != nil || len(b) > protocol.MaxLine/2 {
				t.Errorf("%s: %q: %d octets, %v", s.Name, step.Say, len(b), err)
			}
		})
	}
}
