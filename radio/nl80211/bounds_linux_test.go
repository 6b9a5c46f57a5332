package nl80211_test

import (
	"testing"

	"picket/radio/nl80211"
	"picket/radio/nl80211/nl80211test"
	"picket/shared/wlan"
)

// TestListsAreBounded describes a wiphy with more of everything than there can be.
func TestListsAreBounded(t *testing.T) {
	w := nl80211.Wiphy{
		MACs:         make([]wlan.MAC, 10*nl80211.MaxAddresses),
		Combinations: make([]nl80211.Combination, 10*nl80211.MaxCombinations),
		Radios:       make([]nl80211.Radio, 10*nl80211.MaxRadios),
	}
	w.Combinations[0].Limits = make([]nl80211.Limit, 10*nl80211.MaxLimits)
	w.Radios[0].Ranges = make([]nl80211.FrequencyRange, 10*nl80211.MaxRadios)
	w.Radios[0].Combinations = make([]nl80211.Combination, 2*nl80211.MaxCombinations)
	b := nl80211.Band{Band: wlan.Band5GHz, Types: make([]nl80211.TypeCapabilities, 10*nl80211.MaxTypes)}
	for i := range 10 * nl80211.MaxChannels {
		b.Channels = append(b.Channels, nl80211.Channel{Frequency: wlan.MHz(1000 + i)})
	}
	w.Bands = []nl80211.Band{b}
	var parts [][]byte
	for _, m := range nl80211test.Encode(w, true) {
		parts = append(parts, m.Attributes)
	}
	got, err := nl80211.ParseWiphys(parts...)
	if err != nil || len(got) != 1 {
		t.Fatalf("%d wiphys, error %v", len(got), err)
	}
	checkBounds(t, got[0])
	if n := len(got[0].Bands[0].Channels); n != nl80211.MaxChannels {
		t.Errorf("%d channels, want the first %d", n, nl80211.MaxChannels)
	}

	rules := nl80211.Domain{Wiphy: nl80211.NoWiphy, Country: "DE", Rules: make([]nl80211.Rule, 2*nl80211.MaxRules)}
	d, err := nl80211.ParseDomain(nl80211test.EncodeDomain(rules).Attributes)
	if err != nil || len(d.Rules) != nl80211.MaxRules {
		t.Errorf("%d rules, error %v, want %d", len(d.Rules), err, nl80211.MaxRules)
	}

	i := nl80211.Interface{Index: 1, SSID: string(make([]byte, 100)), Links: make([]nl80211.Link, 50)}
	j, err := nl80211.ParseInterface(nl80211test.EncodeInterface(nl80211.CommandNewInterface, i, 1).Attributes)
	if err != nil || len(j.Links) != nl80211.MaxLinks || len(j.SSID) != 32 {
		t.Errorf("%d links and %d octets of SSID, error %v", len(j.Links), len(j.SSID), err)
	}
}

// TestWhatLaterKernelsAddIsSkipped gives a band, an interface type, a command, a
// feature and a frequency that this package cannot hold.
func TestWhatLaterKernelsAddIsSkipped(t *testing.T) {
	part := []byte{
		8, 0, 1, 0, 1, 0, 0, 0, // WIPHY 1
		24, 0, 0x16, 0, 20, 0, 9, 0, 16, 0, 1, 0, 12, 0, 0, 0, 8, 0, 1, 0, 0x6c, 9, 0, 0, // band 9 with a channel
		8, 0, 0x20, 0, 4, 0, 200, 0, // SUPPORTED_IFTYPES 200
		12, 0, 0x32, 0, 8, 0, 1, 0, 0, 1, 0, 0, // SUPPORTED_COMMANDS 256
		8, 0, 0xff, 0x0f, 1, 2, 3, 4, // attribute 4095
	}
	features := append([]byte{44, 0, 0xd9, 0}, make([]byte, 40)...) // EXT_FEATURES of 40 octets
	features[4+39] = 0x80
	got, err := nl80211.ParseWiphys(append(part, features...))
	if err != nil || len(got) != 1 {
		t.Fatalf("%v, error %v", got, err)
	}
	w := got[0]
	if w.Index != 1 || len(w.Bands) != 0 || w.InterfaceTypes != 0 || w.Commands != (nl80211.CommandSet{}) || w.ExtFeatures != (nl80211.ExtFeatures{}) {
		t.Errorf("wiphy %+v", w)
	}
}
