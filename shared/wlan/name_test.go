package wlan_test

import (
	"slices"
	"testing"

	"picket/shared/wlan"
)

func TestEveryFeatureHasAName(t *testing.T) {
	seen := map[string]bool{}
	for bit := wlan.FeatureHT; bit <= wlan.FeatureNonTransmitted; bit <<= 1 {
		names := bit.Names()
		if len(names) != 1 || seen[names[0]] {
			t.Errorf("feature %b has the names %q, want one of its own", bit, names)
			continue
		}
		seen[names[0]] = true
	}
	if got, want := (wlan.FeatureHE | wlan.FeatureWPS | 1<<31).Names(), []string{"HE", "WPS"}; !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	if got := wlan.Features(0).Names(); got == nil || len(got) != 0 {
		t.Errorf("no features: %#v, want an empty slice", got)
	}
}

func TestPMFIsNamed(t *testing.T) {
	for p, want := range map[wlan.PMF]string{wlan.PMFOff: "off", wlan.PMFCapable: "capable", wlan.PMFRequired: "required", 200: "required"} {
		if got := p.String(); got != want {
			t.Errorf("PMF %d is %q, want %q", p, got, want)
		}
	}
}
