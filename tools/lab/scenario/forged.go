package scenario

import (
	"fmt"
	"time"

	"picket/shared/wlan"
	"picket/tools/lab/protocol"
)

// forged are attacks, and a Wi-Fi 7 network, whose frames the laboratory makes
// itself: no program in Debian does.
func forged(seed uint64) []Scenario {
	return []Scenario{channelSwitch(seed), replay(seed), karma(seed), pmkid(seed), wifi7(seed)}
}

func channelSwitch(seed uint64) Scenario {
	v := newVictim(seed, "csa", "Forged beacons send a client to another channel", &Network{Protection: WPA2})
	bssid := v.network.BSSID.String()
	to := v.network.ap.Frequency
	for to == v.network.ap.Frequency {
		to = v.frequency2()
	}
	const frames = 20
	v.begin(Capture{
		Attack: "csa", Command: "picket lab: forge csa",
		Facts:  fmt.Sprintf("%d forged beacons of %s announce a switch to %d MHz", frames, bssid, to),
		Check:  fmt.Sprintf("network=%s features \"+Channel switch\"", bssid),
		Filter: "wlan.tag.number == 37 && " + v.signal,
	})
	v.attack(
		forge(30*time.Second, protocol.Forge{Kind: "csa", BSSID: bssid, ToMHz: to, Count: frames}),
		Step{Say: "the client believes it", Do: protocol.DoAwait, Limit: 20 * time.Second, Args: protocol.Await{
			Name: v.client.Name, Text: fmt.Sprintf("CTRL-EVENT-STARTED-CHANNEL-SWITCH freq=%d", to),
		}},
	)
	v.expect(Expect{Say: "a channel switch is announced", Get: "bss/" + bssid, List: "variants", Where: map[string]any{"features": Contains("Channel switch")}})
	return v.end()
}

func replay(seed uint64) Scenario {
	v := newVictim(seed, "m3", "Message 3 of a handshake is sent again", &Network{Protection: WPA2})
	bssid, station := v.network.BSSID.String(), v.client.Address.String()
	const frames = 6
	v.tap()
	v.raise(v.aps...)
	v.record(v.ears[0], Capture{
		Name: "m3", Attack: "m3-replay", Command: "picket lab: forge m3",
		Facts:  fmt.Sprintf("message 3 from %s to %s, %d times again", bssid, station, frames),
		Check:  stated(v.network.fact(), fmt.Sprintf("handshake=%s@%s m1 1.. m2 1.. m3 %d.. m4 1..", station, bssid, frames+1)),
		Filter: "wlan_rsna_eapol.keydes.msgnr == 3 && " + v.signal,
	})
	// It waits for the handshake of the client that joins meanwhile.
	v.step(
		Step{Do: DoAttack, Args: Attack{}},
		Step{Say: "join, and replay", Limit: joinLimit + 10*time.Second, Together: []Step{
			forge(joinLimit, protocol.Forge{Kind: "m3", BSSID: bssid, Station: station, Count: frames}),
			{Say: "join", Limit: joinLimit, Do: protocol.DoExec, Args: protocol.Exec{Command: protocol.Command{
				Namespace: v.client.Name, Argv: []string{"sh", "-c", fmt.Sprintf("sleep 1; exec wpa_supplicant -B -t -D nl80211 -i %s -c %s -P /run/lab/client.pid", clientInterface, v.client.configPath())},
			}}},
		}},
		Step{Do: DoAttack, Args: Attack{Over: true}},
		pause(2*time.Second),
	)
	v.expect(Expect{
		Say: "messages 3", Get: "bss/" + bssid, List: "handshakes", Where: map[string]any{"station": station}, Sum: "m3", Min: frames + 1, Max: frames + 6,
	})
	return v.end()
}

func karma(seed uint64) Scenario {
	s := newStage(seed, "karma", "An AP is every network that is asked for, and a client that remembers an open one joins it")
	frequency := s.frequency2()
	// The network that the client remembers is nowhere.
	memory := &Network{SSID: "HomeNet-Old", Protection: Open, Hidden: true, ap: &AccessPoint{Frequency: frequency}}
	client := s.client(&Client{Name: "client", Network: memory}) // asks for it by name, since it is hidden
	ear := s.ear(frequency)
	address, signal := s.attacker(frequency)
	bssid := wlan.BSSID{0x06, address[1], address[2], address[3], address[4], 1}
	s.spoof()
	s.tap()
	s.record(ear, Capture{
		Name: "karma", Attack: "karma", Command: "picket lab: forge karma", Tools: []string{"wpasupplicant"},
		Facts:  fmt.Sprintf("%v answers a probe for HomeNet-Old and lets %v in", bssid, client.Address),
		Check:  stated(fmt.Sprintf("network=%v ssid HomeNet-Old security Open probeResponses 1..", bssid), fmt.Sprintf("handshake=%v@%v assocSuccesses 1..", client.Address, bssid)),
		Filter: fmt.Sprintf("(wlan.fc.type_subtype == 5 || wlan.fc.type_subtype == 1) && radiotap.dbm_antsignal == %d", signal),
	})
	s.attack(Step{Say: "lure, and wait for the client", Limit: 50 * time.Second, Together: []Step{
		forge(40*time.Second, protocol.Forge{Kind: "karma", BSSID: bssid.String(), FrequencyMHz: frequency, DurationMS: 20_000}),
		{Say: "wpa_supplicant", Do: protocol.DoStart, Args: protocol.Start{Name: client.Name, Command: protocol.Command{
			Argv: []string{"wpa_supplicant", "-t", "-D", "nl80211", "-i", clientInterface, "-c", client.configPath()}, Namespace: client.Name,
		}}},
	}})
	s.stopRecording()
	s.expect(
		Expect{Say: "the lure", Get: "bss/" + bssid.String(), List: "variants", Where: map[string]any{"ssid": memory.SSID, "security": "Open", "frequencyMHz": frequency}},
		Expect{Say: "the client joined it", Get: "bss/" + bssid.String(), List: "handshakes", Where: map[string]any{"station": client.Address.String()}, Sum: "associationSuccesses", Min: 1},
		Expect{Say: "the name that the client asked for", Get: "clients/" + client.Address.String(), List: "probes", Where: map[string]any{"ssid": memory.SSID}},
		lossless(),
	)
	return s.done()
}

func pmkid(seed uint64) Scenario {
	v := newVictim(seed, "pmkid", "Message 1 of handshakes brings a PMKID, to guess passwords from", &Network{Protection: WPA2})
	bssid := v.network.BSSID.String()
	asker := wlan.MAC{0x06, v.base[0], v.base[1], v.base[2], 0xee, 1}.String()
	const frames = 5
	v.begin(Capture{
		Attack: "pmkid", Command: "picket lab: forge pmkid",
		Facts:  fmt.Sprintf("message 1 from %s to %s with a PMKID, %d times", bssid, asker, frames),
		Check:  fmt.Sprintf("handshake=%s@%s m1 %d pmkids %d", asker, bssid, frames, frames),
		Filter: "wlan.rsn.ie.pmkid && " + v.signal,
	})
	v.attack(forge(30*time.Second, protocol.Forge{Kind: "pmkid", BSSID: bssid, Station: asker, Count: frames, Seed: v.draw.Uint64() >> 32}))
	v.expect(Expect{Say: "PMKIDs", Get: "bss/" + bssid, List: "handshakes", Where: map[string]any{"station": asker}, Sum: "pmkids", Min: frames, Max: frames})
	return v.end()
}

// wifi7 is a multi-link device with a link in each band, sent by three radios.
func wifi7(seed uint64) Scenario {
	s := newStage(seed, "eht", "A Wi-Fi 7 device with links in three bands is told apart, link by link")
	type at struct {
		frequency, width wlan.MHz
		bssid            wlan.BSSID
	}
	var links []at
	for i, f := range []wlan.MHz{s.frequency2(), s.frequency5(), s.frequency6()} {
		width := [...]wlan.MHz{40, 160, 320}[i]
		links = append(links, at{f, width, wlan.BSSID{0x06, s.base[0], s.base[1], s.base[2], 0x70, byte(i)}})
	}
	device := wlan.MAC{0x06, s.base[0], s.base[1], s.base[2], 0x70, 0x0f}.String()
	for _, l := range links {
		s.ear(l.frequency)
	}
	var send []Step
	for i, l := range links {
		radio := fmt.Sprintf("seven%d", i)
		s.radio(radio, radio, radio)
		s.step(
			Step{Do: protocol.DoType, Args: protocol.SetType{Namespace: radio, Interface: radio, Type: "monitor"}},
			Step{Do: protocol.DoTune, Args: protocol.Tune{Namespace: radio, Interface: radio, FrequencyMHz: l.frequency}},
		)
		f := protocol.Forge{
			Namespace: radio, Interface: radio, Kind: "eht", BSSID: l.bssid.String(), SSID: "Corp-7",
			FrequencyMHz: l.frequency, WidthMHz: l.width, MLD: device, LinkID: uint8(i), DurationMS: 8000,
		}
		for j, other := range links {
			if j != i {
				f.Links = append(f.Links, protocol.MLDLink{ID: uint8(j), BSSID: other.bssid.String(), FrequencyMHz: other.frequency})
			}
		}
		send = append(send, Step{Say: fmt.Sprintf("link %d", i), Do: protocol.DoForge, Args: f})
		s.expect(Expect{
			Say: fmt.Sprintf("link %d on %d MHz", i, l.frequency), Get: "bss/" + l.bssid.String(), List: "variants",
			Where: map[string]any{
				"ssid": "Corp-7", "security": "WPA3-SAE", "pmf": "required", "frequencyMHz": l.frequency, "widthMHz": l.width,
				"features": Contains("Multi-link"),
			},
		})
	}
	s.tap()
	for i, ear := range s.ears {
		s.record(ear, Capture{
			Name: fmt.Sprintf("eht-link%d", i), Attack: "none", Command: "picket lab: forge eht",
			Facts: fmt.Sprintf("AP %v Corp-7 on %d MHz, Wi-Fi 7, %d MHz wide, WPA3-SAE, link %d of multi-link device %s",
				links[i].bssid, links[i].frequency, links[i].width, i, device),
			Check: fmt.Sprintf(`network=%v ssid Corp-7 security WPA3-SAE pmf required widthMHz %d features +EHT features +Multi-link features "+Neighbor report" beacons 20..`,
				links[i].bssid, links[i].width),
			Filter: "wlan.fc.type_subtype == 8 && wlan.bssid == " + links[i].bssid.String(),
		})
	}
	s.step(Step{Say: "beacons of three links", Together: send})
	s.stopRecording()
	s.expect(lossless())
	return s.done()
}
