package monitor

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"picket/radio/nl80211"
	"picket/shared/wlan"
)

func TestAdapterListensBesideItsStationAndIsPutBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		_, station := w.plug(softMAC(), 1)
		w.othersUp(station, true)
		k := keep(t, w, Config{})
		a := k.want(t, "phy0", Listening, "Listens as picket0", "wlan0 was taken down")
		if a.Interface != "picket0" || a.Driver != "ath9k_htc" || a.Device != "usb 0cf3:9271" || a.Country != "DE" {
			t.Errorf("%+v", a)
		}
		if want := []wlan.MHz{2412, 2437, 2462, 5180, 5500}; !slices.Equal(a.Frequencies, want) ||
			!slices.Equal(a.NoIR, want[4:]) || !slices.Equal(a.Radar, want[4:]) {
			t.Errorf("frequencies %v, no-IR %v, radar %v", a.Frequencies, a.NoIR, a.Radar)
		}
		k.after(time.Hour)
		if again := k.want(t, "phy0", Listening); again.Generation != a.Generation {
			t.Errorf("claimed anew without a reason: generation %d, was %d", again.Generation, a.Generation)
		}
		k.stop()
		if told := k.told(Released); len(told) != 1 {
			t.Errorf("released: %q", told)
		}
		w.asFound(t)
	})
}

func TestDriverThatAddsNoInterfaceHasItsOwnChanged(t *testing.T) {
	for name, like := range map[string]func(w *world) uint32{
		"it announces that": func(w *world) uint32 { _, f := w.plug(fullMAC(), 1); return f },
		"it is known to lie": func(w *world) uint32 {
			index, f := w.plug(softMAC(), 1)
			w.wiphys[index].uevent = "DRIVER=rtl88XXau\nPRODUCT=bda/8812/0\n"
			return f
		},
		"it refuses": func(w *world) uint32 {
			_, f := w.plug(softMAC(), 1)
			w.refuse["create"] = refusal("create", syscall.EOPNOTSUPP)
			return f
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				station := like(w)
				w.othersUp(station, true)
				k := keep(t, w, Config{})
				if a := k.want(t, "phy0", Listening, "wlan0", "made a monitor"); a.Ifindex != station {
					t.Errorf("listens with %d, want %d", a.Ifindex, station)
				}
				k.stop()
				w.asFound(t)
			})
		})
	}
}

func TestDriverThatSaysYesAndDoesNothingIsTriedTheOtherWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		_, station := w.plug(softMAC(), 1)
		w.refuse["create"] = nil
		w.lies = true
		k := keep(t, w, Config{})
		if a := k.want(t, "phy0", Listening, "made a monitor"); a.Ifindex != station {
			t.Errorf("listens with %d, want %d", a.Ifindex, station)
		}
		k.stop()
		w.asFound(t)
	})
}

func TestWayOfTheBoxToTheNetworkStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		_, station := w.plug(softMAC(), 1)
		w.plug(softMAC(), 2)
		w.others(func() { w.wired = false })
		w.othersUp(station, true)
		w.othersConnect(station, true)
		k := keep(t, w, Config{})
		k.want(t, "phy0", Unused, "wlan0 is the box's way to the network", "cable")
		k.want(t, "phy1", Listening)

		w.others(func() { w.wired = true }) // a cable, and the Wi-Fi is left
		w.othersConnect(station, false)
		k.after(time.Second)
		k.want(t, "phy0", Unused, "It was in use a moment ago (wlan0 is the box's way")
		k.after(6 * time.Minute)
		k.want(t, "phy0", Listening, "wlan0 was taken down")

		w.others(func() { // and again: whoever begins to use it gets it back
			w.wired = false
			f := w.faces[station]
			f.up, f.willUp, f.SSID, f.defroute = true, true, "office", true
		})
		k.after(time.Second)
		k.want(t, "phy0", Unused, "way to the network")
		if told := k.told(Released); len(told) != 1 || !strings.Contains(told[0], "put back as found: wlan0 is the box's way") {
			t.Errorf("told %q", told)
		}
		k.stop()
		w.asFound(t)
	})
}

// A station that roams has no network for a moment.
func TestStationThatRoamsIsNotTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		_, station := w.plug(softMAC(), 1)
		w.othersUp(station, true)
		w.othersConnect(station, true)
		k := keep(t, w, Config{})
		for range 20 {
			k.want(t, "phy0", Unused)
			w.othersConnect(station, false)
			k.after(4 * time.Minute)
			k.want(t, "phy0", Unused, "in use a moment ago")
			w.othersConnect(station, true)
			k.after(time.Minute)
		}
		w.othersUp(station, false) // its owner has done with it
		k.after(time.Second)
		k.want(t, "phy0", Listening)
	})
}

// After a power cut the box is up before its access point.
func TestStationIsLeftToAManagerWhileTheBoxHasNoNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		_, station := w.plug(softMAC(), 1)
		w.others(func() { w.wired = false })
		w.programs["812"] = "NetworkManager"
		w.othersUp(station, true)
		k := keep(t, w, Config{})
		k.want(t, "phy0", Unused, "no way to the network", "NetworkManager", "nmcli device set wlan0 managed no")
		k.after(time.Hour)
		k.want(t, "phy0", Unused)
		w.others(func() { w.wired = true })
		k.after(time.Second)
		k.want(t, "phy0", Listening)
	})
}

func TestWhoServesOthersIsNeverTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		_, first := w.plug(softMAC(), 1)
		_, second := w.plug(softMAC(), 2)
		w.programs["812"], w.sockets[first] = "hostapd", "812"
		w.programs["4711"], w.sockets[second] = "airodump-ng", "4711"
		w.others(func() {
			f := w.faces[first]
			f.Type, f.willType, f.SSID = nl80211.TypeAP, nl80211.TypeAP, "guests"
			g := w.faces[second]
			g.Type, g.willType, g.Name = nl80211.TypeMonitor, nl80211.TypeMonitor, "wlan1mon"
		})
		w.othersUp(first, true)
		w.othersUp(second, true)
		k := keep(t, w, Config{})
		k.want(t, "phy0", Unused, "wlan0 serves others as an access point, held by hostapd (process 812)")
		k.want(t, "phy1", Unused, "The program airodump-ng (process 4711) listens on wlan1mon")
		delete(w.sockets, second)
		w.othersUp(first, false)
		k.after(time.Second)
		k.want(t, "phy0", Listening)
		k.want(t, "phy1", Listening)
		k.stop()
		w.asFound(t)
	})
}

func TestUnpluggedAdapterIsToldOnceAndClaimedWhenItIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		wiphy, _ := w.plug(softMAC(), 1)
		k := keep(t, w, Config{})
		first := k.want(t, "phy0", Listening)
		w.unplug(wiphy)
		k.after(time.Second)
		if a := k.adapter(t, "phy0"); a.State != Gone || a.Ifindex != 0 {
			t.Errorf("%+v", a)
		}
		if told := k.told(Unplugged); len(told) != 1 || !strings.Contains(told[0], "usb 0cf3:9271") {
			t.Errorf("told %q", told)
		}
		k.after(7 * time.Second)
		w.plug(softMAC(), 9)
		k.after(10 * time.Second)
		if len(k.adapters) != 1 {
			t.Errorf("told again: %+v", k.adapters)
		}
		k.want(t, "phy1", Listening)
		w.plug(softMAC(), 1)
		k.after(5 * time.Second)
		if a := k.want(t, "phy2", Listening); a.Generation <= first.Generation {
			t.Errorf("generation %d, was %d", a.Generation, first.Generation)
		}
		if told := k.told(Appeared); len(told) != 2 || !strings.Contains(told[1], "is back after 18s, and was phy0") {
			t.Errorf("told %q", told)
		}
		k.stop()
		w.asFound(t)
	})
}

func TestProgramsBlockIsLiftedAndPutBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		wiphy, _ := w.plug(softMAC(), 1)
		w.othersBlock(wiphy, true, false)
		k := keep(t, w, Config{})
		k.want(t, "phy0", Listening, "rfkill block was lifted")
		w.othersBlock(wiphy, true, false)
		k.after(time.Second)
		k.want(t, "phy0", Listening)
		if told := k.told(Failure); len(told) != 1 || !strings.Contains(told[0], "switched the radio off (rfkill)") {
			t.Errorf("told %q", told)
		}
		k.stop()
		w.asFound(t)
	})
}

func TestBlocksThatStayAreSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		hard, _ := w.plug(softMAC(), 1)
		soft, _ := w.plug(softMAC(), 2)
		w.othersBlock(hard, false, true)
		w.othersBlock(soft, true, false)
		w.wiphys[soft].noUnblock = true
		k := keep(t, w, Config{})
		k.want(t, "phy0", Unused, "hard blocked", "switch it on")
		k.want(t, "phy1", Failed, "soft blocked", "rfkill unblock wlan")
		w.othersBlock(hard, false, false)
		w.othersBlock(soft, false, false)
		k.after(6 * time.Minute)
		k.want(t, "phy0", Listening)
		k.want(t, "phy1", Listening)
		w.othersBlock(hard, false, true)
		k.after(time.Second)
		k.want(t, "phy0", Unused, "hard blocked")
		k.stop()
		w.asFound(t)
	})
}

func TestBusyAdapterNamesWhoHoldsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		_, station := w.plug(softMAC(), 1)
		w.programs["812"], w.sockets[station] = "wpa_supplicant", "812"
		w.refuse["up"] = fmt.Errorf("link up: %w", syscall.EBUSY)
		k := keep(t, w, Config{})
		k.want(t, "phy0", Failed, "The program wpa_supplicant (process 812) holds wlan0", "leave wlan0 alone")
		w.asFound(t)
		k.after(time.Hour)
		if told := k.told(Failure); len(told) != 1 {
			t.Errorf("one failure is told %d times: %q", len(told), told)
		}
		if n := len(w.asked); n > 200 {
			t.Errorf("%d requests in an hour", n)
		}
		w.others(func() { delete(w.refuse, "up") })
		k.after(6 * time.Minute)
		k.want(t, "phy0", Listening)
	})
}

func TestWhatOthersChangeIsPutRight(t *testing.T) {
	for name, disturb := range map[string]func(w *world, mine, station uint32){
		"its interface is taken down": func(w *world, mine, _ uint32) { w.othersUp(mine, false) },
		"its interface is deleted": func(w *world, mine, _ uint32) {
			w.others(func() { delete(w.faces, mine) })
		},
		"its type is changed": func(w *world, mine, _ uint32) {
			w.others(func() { w.faces[mine].Type = nl80211.TypeStation })
		},
		"it is renamed":                func(w *world, mine, _ uint32) { w.others(func() { w.faces[mine].Name = "mon7" }) },
		"its station is switched on":   func(w *world, _, station uint32) { w.othersUp(station, true) },
		"its station is deleted":       func(w *world, _, station uint32) { w.others(func() { delete(w.faces, station) }) },
		"all of its interfaces go":     func(w *world, _, _ uint32) { w.others(func() { clear(w.faces) }) },
		"it is blocked by a program":   func(w *world, mine, _ uint32) { w.othersBlock(0, true, false) },
		"it is blocked and unblocked":  func(w *world, mine, _ uint32) { w.othersBlock(0, true, false); w.othersBlock(0, false, false) },
		"it is up and down in a blink": func(w *world, mine, _ uint32) { w.othersUp(mine, false); w.othersUp(mine, true) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				_, station := w.plug(softMAC(), 1)
				k := keep(t, w, Config{})
				a := k.want(t, "phy0", Listening)
				disturb(w, a.Ifindex, station)
				k.after(time.Second)
				k.want(t, "phy0", Listening)
				k.after(time.Hour)
				k.want(t, "phy0", Listening)
				k.stop()
				if name != "it is renamed" {
					w.asFound(t)
				}
			})
		})
	}
}

// A program that fights for the adapter gets it back in growing pauses, and wins
// nothing for good: when it ends, the adapter listens.
func TestFightingProgramIsNotFoughtForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		_, station := w.plug(softMAC(), 1)
		w.programs["812"] = "NetworkManager"
		k := keep(t, w, Config{})
		k.want(t, "phy0", Listening)
		failed := 0
		for range 3600 {
			w.othersUp(station, true)
			k.after(time.Second)
			if a := k.adapter(t, "phy0"); a.State == Failed {
				failed++
				if !strings.Contains(a.Text, "again and again; tell NetworkManager to leave wlan0 alone (nmcli") {
					t.Fatalf("text %q", a.Text)
				}
			}
		}
		if failed < 3000 {
			t.Errorf("of 3600 s it was left alone for %d", failed)
		}
		if n := len(k.told(Claimed)); n > 30 {
			t.Errorf("claimed %d times in an hour", n)
		}
		k.after(10 * time.Minute)
		k.want(t, "phy0", Listening)
		k.stop()
		w.asFound(t)
	})
}

func TestOwnerDecidesWhichAdaptersAreUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.plug(softMAC(), 1)
		w.plug(softMAC(), 2)
		var allowed string
		var seen []Candidate
		k := keep(t, w, Config{Use: func(c Candidate) (bool, string) {
			seen = append(seen, c)
			return c.Name == allowed, "another one was chosen"
		}})
		k.want(t, "phy0", Unused, "Another one was chosen.")
		if c := seen[0]; c.Name != "phy0" || c.Driver != "ath9k_htc" || !slices.Equal(c.Interfaces, []string{"wlan0"}) {
			t.Errorf("%+v", c)
		}
		allowed = "phy1"
		k.Reconsider()
		k.after(time.Second)
		k.want(t, "phy1", Listening)
		allowed = "phy0"
		k.Reconsider()
		k.after(time.Second)
		k.want(t, "phy0", Listening)
		k.want(t, "phy1", Unused)
		k.stop()
		w.asFound(t)
	})
}

func TestCountryIsAskedForAndItsChangesAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.plug(softMAC(), 1)
		w.country = "00"
		k := keep(t, w, Config{})
		k.SetCountry("DE")
		k.after(time.Second)
		if told := k.told(RegulatoryChanged); len(told) != 1 || !strings.Contains(told[0], `"DE" now, set by`) {
			t.Errorf("told %q", told)
		}
		if a := k.adapter(t, "phy0"); a.Country != "DE" {
			t.Errorf("country %q", a.Country)
		}
		before := k.adapter(t, "phy0")
		w.others(func() { w.wiphys[0].Bands = w.wiphys[0].Bands[:1] })
		k.after(time.Second)
		if a := k.adapter(t, "phy0"); len(a.Frequencies) != 3 || a.Generation != before.Generation {
			t.Errorf("%+v", a)
		}
		w.others(func() { w.country, w.refuse["country"] = "US", refusal("country", syscall.EINVAL) })
		k.after(10 * time.Minute)
		n := 0
		for _, what := range w.asked {
			if strings.HasPrefix(what, "country") {
				n++
			}
		}
		if n < 5 || n > 12 {
			t.Errorf("asked for the country %d times in 10 minutes", n)
		}
	})
}

func TestAdapterThatCannotBeUsedSaysWhyAndWhatWouldCureIt(t *testing.T) {
	for _, c := range []struct {
		name  string
		make  func(w *world)
		state State
		words []string
	}{
		{"no monitor mode", func(w *world) {
			like := softMAC()
			like.InterfaceTypes = nl80211.TypesOf(nl80211.TypeStation)
			w.plug(like, 1)
		}, Unused, []string{"no monitor mode", "plug in an adapter"}},
		{"a driver that pretends", func(w *world) {
			w.plug(softMAC(), 1)
			w.wiphys[0].uevent = "DRIVER=aic8800_fdrv\n"
		}, Unused, []string{"aic8800_fdrv", "only pretends"}},
		{"no channel", func(w *world) {
			like := softMAC()
			like.Bands = like.Bands[:1]
			like.Bands[0].Channels = like.Bands[0].Channels[3:]
			w.plug(like, 1)
		}, Unused, []string{"No channel", `"DE"`, "wireless-regdb"}},
		{"no rights", func(w *world) {
			w.plug(softMAC(), 1)
			w.refuse["create"], w.refuse["type"] = refusal("create", syscall.EPERM), refusal("type", syscall.EPERM)
		}, Failed, []string{"may not change network interfaces", "CAP_NET_ADMIN"}},
		{"a driver that refuses", func(w *world) {
			w.plug(softMAC(), 1)
			w.refuse["create"], w.refuse["type"] = refusal("create", syscall.EOPNOTSUPP), refusal("type", syscall.EOPNOTSUPP)
		}, Unused, []string{"announces monitor mode and refuses it", "operation not supported"}},
		{"a driver that cannot tune", func(w *world) {
			w.plug(softMAC(), 1)
			w.refuse["tune"] = refusal("tune", syscall.EOPNOTSUPP)
		}, Unused, []string{"refuses"}},
		{"a driver that hangs", func(w *world) {
			w.plug(softMAC(), 1)
			w.refuse["up"] = os.ErrDeadlineExceeded
		}, Failed, []string{"does not answer", "unplug"}},
		{"a driver that fails", func(w *world) {
			w.plug(softMAC(), 1)
			w.refuse["up"] = fmt.Errorf("link 4 up: %w", syscall.EIO)
		}, Failed, []string{"input/output error", "kernel's log"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				c.make(w)
				k := keep(t, w, Config{})
				a := k.want(t, "phy0", c.state, c.words...)
				if !strings.HasSuffix(a.Text, ".") || strings.ContainsAny(a.Text, "\n") {
					t.Errorf("not a sentence: %q", a.Text)
				}
				w.asFound(t)
				k.stop()
				w.asFound(t)
			})
		})
	}
}
