package api

import (
	"testing"

	"picket/server/store"
	"picket/shared/wlan"
)

func TestSecurity(t *testing.T) {
	set := func(suites ...uint) (a wlan.AKMs) {
		for _, s := range suites {
			a |= 1 << s
		}
		return a
	}
	ciphers := func(suites ...uint) (c wlan.Ciphers) {
		for _, s := range suites {
			c |= 1 << s
		}
		return c
	}
	ccmp := ciphers(wlan.CipherCCMP)
	tests := []struct {
		name             string
		security         wlan.Security
		text, pmf, level string
	}{
		{"nothing", wlan.Security{}, "Open", "off", "open"},
		{"WEP", wlan.Security{Privacy: true}, "WEP", "off", "weak"},
		{"WPA1", wlan.Security{AKMs: set(wlan.AKMWPA1PSK), Pairwise: ciphers(wlan.CipherTKIP), Privacy: true}, "WPA1-PSK", "off", "weak"},
		{"WPA2 with a TKIP group", wlan.Security{AKMs: set(wlan.AKMPSK), Pairwise: ccmp, Group: ciphers(wlan.CipherTKIP), Privacy: true}, "WPA2-PSK", "off", "weak"},
		{"WPA2", wlan.Security{AKMs: set(wlan.AKMPSK), Pairwise: ccmp, Group: ccmp, PMF: wlan.PMFCapable, Privacy: true}, "WPA2-PSK", "capable", "ok"},
		{"WPA2 and WPA3", wlan.Security{AKMs: set(wlan.AKMPSK, wlan.AKMSAE), Pairwise: ccmp, Group: ccmp, PMF: wlan.PMFCapable, Privacy: true}, "WPA3-SAE, WPA2-PSK", "capable", "ok"},
		{"WPA2-PSK that requires PMF", wlan.Security{AKMs: set(wlan.AKMPSKSHA256), Pairwise: ccmp, Group: ccmp, PMF: wlan.PMFRequired, Privacy: true}, "WPA2-PSK", "required", "ok"},
		{"WPA3", wlan.Security{AKMs: set(wlan.AKMSAE), Pairwise: ccmp, Group: ccmp, PMF: wlan.PMFRequired, Privacy: true}, "WPA3-SAE", "required", "strong"},
		{"OWE encrypts but authenticates nobody", wlan.Security{AKMs: set(wlan.AKMOWE), Pairwise: ccmp, Group: ccmp, PMF: wlan.PMFRequired, Privacy: true}, "OWE", "required", "ok"},
	}
	for _, tt := range tests {
		akms, pairwise, group, pmf, privacy := int64(tt.security.AKMs), int64(tt.security.Pairwise), int64(tt.security.Group), int16(tt.security.PMF), tt.security.Privacy
		text, p, level := security(store.BSS{SecurityAKMs: &akms, SecurityPairwise: &pairwise, SecurityGroup: &group, SecurityPMF: &pmf, SecurityPrivacy: &privacy})
		if text != tt.text || p != tt.pmf || level != tt.level {
			t.Errorf("%s: %s, %s, %s; want %s, %s, %s", tt.name, text, p, level, tt.text, tt.pmf, tt.level)
		}
	}
	if text, _, level := security(store.BSS{}); text != "Unknown" || level != "unknown" {
		t.Errorf("no beacon heard: %s, %s", text, level)
	}
}
