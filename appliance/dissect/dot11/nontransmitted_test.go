package dot11_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picket/appliance/dissect/dot11"
	"picket/appliance/dissect/internal/seeds"
	"picket/shared/wlan"
)

// told is what a test looks at in a profile.
type told struct {
	BSSID     string
	Index     uint8
	SSID      string
	Security  string
	PMF       wlan.PMF
	Channel   uint8
	Privacy   bool
	Interval  uint8
	Transient bool // a feature of the frame was inherited: WMM
}

func profiles(b []byte, bssid wlan.BSSID) []told {
	var all []told
	it := dot11.NonTransmitted{B: b, BSSID: bssid}
	for p := (dot11.Profile{}); it.Next(&p); {
		all = append(all, told{
			BSSID: p.BSSID.String(), Index: p.Index, SSID: string(p.Elements.Name()), Security: p.Elements.Security.String(),
			PMF: p.Elements.Security.PMF, Channel: p.Elements.Channel, Privacy: p.Capabilities&dot11.CapabilityPrivacy != 0,
			Interval: p.Interval, Transient: p.Elements.Features&wlan.FeatureQoS != 0,
		})
	}
	return all
}

// element returns an element or subelement.
func element(id byte, body string) string {
	const digits = "0123456789abcdef"
	body = strings.ReplaceAll(body, " ", "")
	n := len(body) / 2
	return string([]byte{digits[id>>4], digits[id&15], digits[n>>4], digits[n&15]}) + body
}

func TestNonTransmitted(t *testing.T) {
	frame := element(0, "61") + element(3, "06") + element(5, "00010000") + rsn("02", "c000") + element(221, "0050f202")
	capability, open := element(83, "1104"), element(83, "0104")
	guest := open + element(0, "6775657374") + element(85, "01 03 00") + element(255, "38 01 30 00")
	staff := capability + element(0, "7374616666") + element(85, "02") + rsn("08", "8000")
	tail := element(0, "7461696c") + element(85, "03")
	for _, c := range []struct {
		name, hex string
		bssid     wlan.BSSID
		want      []told
	}{
		{name: "a frame without the element", hex: frame, bssid: a1},
		{
			name: "one network that inherits no security, and one that has its own", bssid: a1,
			hex: frame + element(71, "02"+element(0, guest)+element(0, staff)),
			want: []told{
				{BSSID: "00:00:5e:00:53:02", Index: 1, SSID: "guest", Security: "Open", Channel: 6, Interval: 3, Transient: true},
				{BSSID: "00:00:5e:00:53:03", Index: 2, SSID: "staff", Security: "WPA3-SAE", PMF: wlan.PMFCapable, Channel: 6, Privacy: true, Transient: true},
			},
		},
		{
			name: "one that inherits all, with a BSSID that wraps", bssid: wlan.BSSID{0, 0, 0x5e, 0, 0x53, 0x0e},
			hex:  frame + element(71, "02"+element(0, capability+tail)),
			want: []told{{BSSID: "00:00:5e:00:53:0d", Index: 3, SSID: "tail", Security: "WPA2-PSK", PMF: wlan.PMFRequired, Channel: 6, Privacy: true, Transient: true}},
		},
		{
			name: "a profile in two elements", bssid: a1,
			hex: frame + element(71, "03"+element(0, guest)+element(0, capability)) + element(71, "03"+element(0, tail)),
			want: []told{
				{BSSID: "00:00:5e:00:53:02", Index: 1, SSID: "guest", Security: "Open", Channel: 6, Interval: 3, Transient: true},
				{BSSID: "00:00:5e:00:53:04", Index: 3, SSID: "tail", Security: "WPA2-PSK", PMF: wlan.PMFRequired, Channel: 6, Privacy: true, Transient: true},
			},
		},
		{
			name: "other subelements are passed over", bssid: a1,
			hex:  frame + element(71, "02"+element(221, "00005e01")+element(0, capability+tail)),
			want: []told{{BSSID: "00:00:5e:00:53:00", Index: 3, SSID: "tail", Security: "WPA2-PSK", PMF: wlan.PMFRequired, Channel: 6, Privacy: true, Transient: true}},
		},
		{name: "without an index there is no BSSID", hex: frame + element(71, "02"+element(0, capability+element(0, "61"))), bssid: a1},
		{name: "an index beyond the set", hex: frame + element(71, "02"+element(0, capability+element(85, "04"))), bssid: a1},
		{name: "a set of an impossible size", hex: frame + element(71, "ff"+element(0, capability+tail)), bssid: a1},
		{name: "a continuation of nothing", hex: frame + element(71, "02"+element(0, tail)), bssid: a1},
		{name: "a profile cut short", hex: frame + element(71, "02 00ff 5302 1104"), bssid: a1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, profiles(octets(t, c.hex), c.bssid)); d != "" {
				t.Errorf("profiles (-want +got):\n%s", d)
			}
		})
	}
}

// manyProfiles is a frame of the most octets, full of the least profiles.
func manyProfiles(tb testing.TB) []byte {
	one := element(0, element(83, "1104")+element(85, "01"))
	return octets(tb, strings.Repeat(element(71, "08"+strings.Repeat(one, 28)), 9))
}

func TestNonTransmittedIsBounded(t *testing.T) {
	if n := len(profiles(manyProfiles(t), a1)); n != 64 {
		t.Errorf("%d profiles, want 64", n)
	}
}

func TestNonTransmittedDoesNotAllocate(t *testing.T) {
	b := manyProfiles(t)
	var p dot11.Profile
	seeds.NoAllocation(t, func() {
		for it := (dot11.NonTransmitted{B: b, BSSID: a1}); it.Next(&p); {
		}
	})
}

func BenchmarkNonTransmitted(b *testing.B) {
	frame := manyProfiles(b)
	var p dot11.Profile
	b.ReportAllocs()
	for b.Loop() {
		for it := (dot11.NonTransmitted{B: frame, BSSID: a1}); it.Next(&p); {
		}
	}
}
