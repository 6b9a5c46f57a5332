package nl80211_test

import (
	"testing"

	"picket/radio/nl80211"
	"picket/shared/wlan"
)

func TestWideChannelsLieWhereTheStandardPutsThem(t *testing.T) {
	for _, c := range []struct {
		frequency wlan.MHz
		width     nl80211.Width
		center    wlan.MHz // 0: cannot be told
	}{
		{2437, nl80211.Width20NoHT, 2437},
		{2437, nl80211.Width20, 2437},
		{2437, nl80211.Width40, 0}, // either side
		{2437, nl80211.Width80, 0},
		{5180, nl80211.Width40, 5190},
		{5200, nl80211.Width40, 5190},
		{5220, nl80211.Width40, 5230},
		{5180, nl80211.Width80, 5210},
		{5240, nl80211.Width80, 5210},
		{5260, nl80211.Width80, 5290},
		{5180, nl80211.Width160, 5250},
		{5320, nl80211.Width160, 5250},
		{5500, nl80211.Width80, 5530},
		{5720, nl80211.Width80, 5690},
		{5640, nl80211.Width160, 5570},
		{5660, nl80211.Width160, 0}, // channel 132 is in no 160 MHz block
		{5745, nl80211.Width80, 5775},
		{5825, nl80211.Width80, 5855},
		{5825, nl80211.Width160, 5815},
		{5185, nl80211.Width80, 0}, // no 20 MHz channel
		{5955, nl80211.Width40, 5965},
		{5955, nl80211.Width80, 5985},
		{5955, nl80211.Width160, 6025},
		{6415, nl80211.Width80, 6385},
		{7115, nl80211.Width80, 0}, // channel 233 is alone
		{5955, nl80211.Width320, 0},
		{5955, nl80211.Width80Plus, 0},
		{5955, nl80211.Width(99), 0},
	} {
		got, ok := nl80211.Widen(c.frequency, c.width)
		if ok != (c.center != 0) || ok && (got.Center1 != c.center || got.Frequency != c.frequency || got.Width != c.width) {
			t.Errorf("%d MHz %v wide: %v %v, want a centre at %d MHz", c.frequency, c.width, got, ok, c.center)
		}
	}
}

func TestChannelDefinitionsReadAsPeopleSayThem(t *testing.T) {
	for want, d := range map[string]nl80211.ChannelDefinition{
		"2412 MHz":                              {Frequency: 2412, Width: nl80211.Width20},
		"5180 MHz, 80 MHz wide around 5210 MHz": {Frequency: 5180, Width: nl80211.Width80, Center1: 5210},
		"5180 MHz, 80+80 MHz wide around 5210 and 5775 MHz": {Frequency: 5180, Width: nl80211.Width80Plus, Center1: 5210, Center2: 5775},
	} {
		if got := d.String(); got != want {
			t.Errorf("%+v reads %q, want %q", d, got, want)
		}
	}
}
