package nl80211_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"picket/radio/nl80211"
	"picket/radio/nl80211/nl80211test"
)

// seeds returns the messages of all traces, and hand-made ones that lie.
func seeds(f *testing.F) []nl80211test.Message {
	f.Helper()
	var messages []nl80211test.Message
	paths, err := filepath.Glob("testdata/*.trace")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			f.Fatal(err)
		}
		trace, err := nl80211test.ReadTrace(file)
		file.Close()
		if err != nil {
			f.Fatal(err)
		}
		for _, s := range trace.Steps {
			messages = append(messages, s.Answers...)
		}
	}
	for _, b := range [][]byte{
		nil,
		{0, 0, 0, 0},                   // an attribute of length 0
		{3, 0, 1, 0},                   // shorter than its header
		{0xff, 0xff, 1, 0, 1, 2, 3, 4}, // longer than the message
		{8, 0, 1, 0, 1, 0, 0, 0, 8, 0, 0x16, 0x80, 4, 0, 0, 0}, // bands with an empty band
		{8, 0, 1, 0, 0xff, 0xff, 0xff, 0xff, 6, 0, 3, 0, 1, 0}, // the highest index, an ifindex of two octets
	} {
		messages = append(messages, nl80211test.Message{Command: nl80211.CommandNewWiphy, Attributes: b})
	}
	return messages
}

func FuzzWiphy(f *testing.F) {
	all := seeds(f)
	for i, m := range all {
		f.Add(m.Attributes, all[(i+1)%len(all)].Attributes)
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		wiphys, err := nl80211.ParseWiphys(first, second)
		if err != nil {
			return
		}
		if len(wiphys) > 2 {
			t.Fatalf("%d wiphys in two messages", len(wiphys))
		}
		for _, w := range wiphys {
			checkBounds(t, w)
			w.Frequencies()
			w.Allows(nl80211.TypeStation, nl80211.TypeMonitor, nl80211.TypeAP)
			for _, b := range w.Bands {
				b.Supports(nl80211.Width160)
			}
			if len(first)+len(second) > 1<<15 {
				continue // more than Encode may nest in one attribute
			}
			// What was read can be told again, and is then the same wiphy.
			again := nl80211test.Encode(w, true)
			parts := make([][]byte, 0, len(again))
			for _, m := range again {
				parts = append(parts, m.Attributes)
			}
			if told, err := nl80211.ParseWiphys(parts...); err != nil || len(told) != 1 || told[0].Commands != w.Commands || told[0].InterfaceTypes != w.InterfaceTypes {
				t.Errorf("told again: %v, %v", told, err)
			}
		}
	})
}

// checkBounds fails where a list is longer than its bound.
func checkBounds(t *testing.T, w nl80211.Wiphy) {
	t.Helper()
	within := func(what string, n, bound int) {
		if n > bound {
			t.Errorf("%d %s, more than %d", n, what, bound)
		}
	}
	within("bands", len(w.Bands), nl80211.MaxBands)
	within("addresses", len(w.MACs), nl80211.MaxAddresses)
	within("radios", len(w.Radios), nl80211.MaxRadios)
	within("combinations", len(w.Combinations), nl80211.MaxCombinations)
	for _, b := range w.Bands {
		within("channels", len(b.Channels), nl80211.MaxChannels)
		within("sets of capabilities", len(b.Types), nl80211.MaxTypes)
	}
	for _, c := range w.Combinations {
		within("limits", len(c.Limits), nl80211.MaxLimits)
	}
	for _, r := range w.Radios {
		within("ranges", len(r.Ranges), nl80211.MaxRadios)
		within("combinations of a radio", len(r.Combinations), nl80211.MaxCombinations)
	}
}

func FuzzInterface(f *testing.F) {
	for _, m := range seeds(f) {
		f.Add(m.Attributes)
	}
	i := nl80211.Interface{
		Index: 7, Name: "wlan0", Wiphy: 1, WDev: 1<<32 | 1, Type: nl80211.TypeAP, SSID: "office", UsesFourAddresses: true,
		Channel: nl80211.ChannelDefinition{Frequency: 5180, Width: nl80211.Width80Plus, Center1: 5210, Center2: 5775},
	}
	f.Add(nl80211test.EncodeInterface(nl80211.CommandNewInterface, i, 3).Attributes)
	i.Links = []nl80211.Link{{ID: 1, Channel: i.Channel}, {ID: 2}}
	f.Add(nl80211test.EncodeInterface(nl80211.CommandNewInterface, i, 3).Attributes)
	f.Fuzz(func(t *testing.T, b []byte) {
		i, err := nl80211.ParseInterface(b)
		if err != nil {
			return
		}
		if len(i.Links) > nl80211.MaxLinks || len(i.SSID) > 32 {
			t.Errorf("%d links and an SSID of %d octets", len(i.Links), len(i.SSID))
		}
		_ = i.InUse()
		_ = i.Channel.String() + i.Type.String()
	})
}

func FuzzRegulatory(f *testing.F) {
	for _, m := range seeds(f) {
		f.Add(m.Attributes)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := nl80211.ParseDomain(b)
		if err != nil {
			return
		}
		if len(d.Rules) > nl80211.MaxRules || len(d.Country) != 0 && len(d.Country) != 2 {
			t.Errorf("%d rules, country %q", len(d.Rules), d.Country)
		}
		if d.World() == (len(d.Country) == 2 && (d.Country[0] < '0' || d.Country[0] > '9')) {
			t.Errorf("country %q: world domain is %v", d.Country, d.World())
		}
		for _, r := range d.Rules {
			if r.Contains(2412) && r.StartKHz > 2402000 {
				t.Errorf("rule %+v contains channel 1", r)
			}
		}
	})
}

func FuzzEvent(f *testing.F) {
	for _, m := range seeds(f) {
		for _, c := range []nl80211.Command{
			m.Command, nl80211.CommandNewWiphy, nl80211.CommandDelWiphy, nl80211.CommandNewInterface,
			nl80211.CommandRegulatoryChange, nl80211.CommandWiphyRegChange,
		} {
			f.Add(append([]byte{byte(c), 1, 0, 0}, m.Attributes...))
		}
	}
	f.Add([]byte{3, 1, 0, 9}) // reserved octets that are not zero
	f.Add([]byte{3})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, ok := nl80211.ParseEvent(b)
		if ok && e.Kind == 0 {
			t.Errorf("event %+v has no kind", e)
		}
		if (e.Interface != nil) != (e.Kind == nl80211.NewInterface || e.Kind == nl80211.DelInterface || e.Kind == nl80211.SetInterface) {
			t.Errorf("event %+v", e)
		}
	})
}

func FuzzRefusal(f *testing.F) {
	f.Add([]byte{8, 0, 3, 0, 7, 0, 0, 0, 8, 0, 0x26, 0, 1, 2, 3, 4}, 28)
	f.Add([]byte{0, 0, 3, 0}, 20)
	f.Add([]byte{5, 0, 3, 0, 1}, 24)
	f.Add([]byte(nil), -1)
	f.Fuzz(func(t *testing.T, attributes []byte, offset int) {
		if err := nl80211.ParseRefusal(attributes, offset); !errors.Is(err, syscall.EINVAL) {
			t.Errorf("error %v", err)
		}
	})
}
