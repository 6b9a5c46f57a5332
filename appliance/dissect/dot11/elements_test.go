package dot11_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"picket/appliance/dissect"
	"picket/appliance/dissect/dot11"
	"picket/appliance/dissect/internal/seeds"
	"picket/shared/wlan"
)

const (
	ccmp = 1 << wlan.CipherCCMP
	tkip = 1 << wlan.CipherTKIP
)

// rsn returns an RSN element for CCMP with the given suite and capabilities.
func rsn(akm, capabilities string) string {
	return "3014 0100 000fac04 0100 000fac04 0100 000fac" + akm + capabilities
}

var elementLists = []struct {
	name, hex string
	want      dot11.Elements
	err       error
}{
	{name: "nothing"},
	{
		name: "SSID, rates, DS, DTIM, country",
		hex:  "0003 616263 0104 82848b96 0301 06 0504 0102 00 00 0706 4445 20 010d14 3202 0c12",
		want: dot11.Elements{
			HasSSID: true, SSIDLen: 3, SSID: [32]byte{'a', 'b', 'c'}, Channel: 6, Country: [2]byte{'D', 'E'},
			Rates: [16]uint8{0x82, 0x84, 0x8b, 0x96, 0x0c, 0x12}, RateCount: 6,
			TIMStart: 14, TIMEnd: 20, HasDTIM: true, DTIMCount: 1, DTIMPeriod: 2,
		},
	},
	{
		name: "the first SSID counts, and none has 33 octets",
		hex:  "0021" + strings.Repeat("61", 33) + "0001 62 0001 63",
		want: dot11.Elements{HasSSID: true, SSIDLen: 1, SSID: [32]byte{'b'}},
	},
	{
		name: "WPA2 with management frame protection required", hex: rsn("02", "c000"),
		want: dot11.Elements{HasRSN: true, Security: wlan.Security{Group: ccmp, Pairwise: ccmp, AKMs: 1 << wlan.AKMPSK, PMF: wlan.PMFRequired}},
	},
	{
		name: "an RSN element that is nothing but its version", hex: "3002 0100",
		want: dot11.Elements{HasRSN: true, Security: wlan.Security{Group: ccmp, Pairwise: ccmp, AKMs: 1 << wlan.AKM8021X}},
	},
	{
		name: "an RSN element that ends behind the group cipher", hex: "3006 0100 000fac02",
		want: dot11.Elements{HasRSN: true, Security: wlan.Security{Group: tkip, Pairwise: ccmp, AKMs: 1 << wlan.AKM8021X}},
	},
	{
		name: "an RSN element that ends behind the pairwise ciphers", hex: "300c 0100 000fac04 0100 000fac02",
		want: dot11.Elements{HasRSN: true, Security: wlan.Security{Group: ccmp, Pairwise: tkip, AKMs: 1 << wlan.AKM8021X}},
	},
	{
		name: "a damaged RSN element is no open network", hex: "300a 0100 000fac04 ffff 000f",
		want: dot11.Elements{HasRSN: true, Security: wlan.Security{Group: ccmp, AKMs: 1 << wlan.AKMOther}},
	},
	{
		name: "suites of a vendor", hex: "3014 0100 000fac04 0100 00005e01 0100 00005e01 0000",
		want: dot11.Elements{HasRSN: true, Security: wlan.Security{Group: ccmp, Pairwise: 1 << wlan.CipherOther, AKMs: 1 << wlan.AKMOther}},
	},
	{
		name: "another version of RSN", hex: "3014 0200 000fac04 0100 000fac04 0100 000fac02 0000",
	},
	{
		name: "WPA1 and RSN together", hex: rsn("02", "0000") + "dd16 0050f201 0100 0050f202 0100 0050f202 0100 0050f202",
		want: dot11.Elements{HasRSN: true, Security: wlan.Security{
			Group: ccmp | tkip, Pairwise: ccmp | tkip, AKMs: 1<<wlan.AKMPSK | 1<<wlan.AKMWPA1PSK,
		}},
	},
	{
		name: "WPA1 without suites", hex: "dd06 0050f201 0100",
		want: dot11.Elements{Security: wlan.Security{Group: tkip, Pairwise: tkip, AKMs: 1 << wlan.AKMWPA18021X}},
	},
	{
		name: "what an RSN override requires is not required of all",
		hex: rsn("02", "0000") + "dd1a 506f9a29 0100 000fac04 0100 000fac04 0100 000fac08 c000 0000" +
			"dd05 506f9a2b 20",
		want: dot11.Elements{
			HasRSN: true, Features: wlan.FeatureSAEHashToElement,
			Security: wlan.Security{Group: ccmp, Pairwise: ccmp, AKMs: 1<<wlan.AKMPSK | 1<<wlan.AKMSAE, PMF: wlan.PMFCapable},
		},
	},
	{
		name: "PMKIDs of a reassociation", hex: "3026 0100 000fac04 0100 000fac04 0100 000fac04 0000 0100" + strings.Repeat("11", 16),
		want: dot11.Elements{HasRSN: true, PMKIDs: 1, Security: wlan.Security{Group: ccmp, Pairwise: ccmp, AKMs: 1 << wlan.AKMFTPSK}},
	},
	{
		name: "HT, 40 MHz above, and VHT of 80 MHz", hex: "3d16 24 05" + strings.Repeat("00", 20) + "c005 01 2a 00 0000",
		want: dot11.Elements{Channel: 36, Width: 80},
	},
	{
		name: "VHT of 160 MHz by the second segment", hex: "c005 01 2a 32 0000",
		want: dot11.Elements{Width: 160},
	},
	{
		name: "VHT of two segments of 80 MHz", hex: "c005 01 2a 9b 0000",
		want: dot11.Elements{Width: 160},
	},
	{
		name: "VHT of 160 MHz by HT operation's segment", hex: "3d16 24 05 4006" + strings.Repeat("00", 18) + "c005 01 2a 00 0000",
		want: dot11.Elements{Channel: 36, Width: 160},
	},
	{
		name: "HE and EHT in 6 GHz, 320 MHz", hex: "ff0c 24 000002 00 0000 25 03 2f 1f 00" + "ff09 6a 01 00000000 04 2f 1f",
		want: dot11.Elements{Channel: 37, Channel6GHz: true, Width: 320, Features: wlan.FeatureEHT},
	},
	{
		name: "HE operation with VHT and co-hosted parts", hex: "ff10 24 00c002 00 0000 00 00 00 04 25 02 2f 00 00",
		want: dot11.Elements{Channel: 37, Channel6GHz: true, Width: 80},
	},
	{
		name: "channel switch, twice told", hex: "2503 01 0b 05 3c04 01 51 0b 05",
		want: dot11.Elements{
			Features: wlan.FeatureChannelSwitch, HasSwitch: true, SwitchMode: 1, SwitchChannel: 11, SwitchClass: 81, SwitchCount: 5,
		},
	},
	{
		name: "load, quiet, mobility domain, interworking, BSS transition",
		hex:  "0b05 0700 40 0000 2806 0102 2c01 0000 3603 3412 01 6b07 13 00005e005301 7f03 000008",
		want: dot11.Elements{
			Features: wlan.FeatureQuiet | wlan.FeatureMobilityDomain | wlan.FeatureInterworking | wlan.FeatureBSSTransition,
			HasLoad:  true, StationCount: 7, Utilisation: 64, HasQuiet: true, QuietCount: 1, QuietPeriod: 2, QuietDuration: 300,
			HasMobilityDomain: true, MobilityDomain: 0x1234, HasInterworking: true, AccessNetwork: 3, Internet: true,
		},
	},
	{
		name: "a link of a multi-link device", hex: "ff0b 6b 1000 08 00005e005304 01",
		want: dot11.Elements{Features: wlan.FeatureMultiLink, HasMLD: true, MLD: a4, HasLink: true, Link: 1},
	},
	{
		name: "a multi-link probe request names no device", hex: "ff04 6b 0100 01",
		want: dot11.Elements{Features: wlan.FeatureMultiLink},
	},
	{
		name: "WPS, configured", hex: "dd0e 0050f204 104a 0001 10 1044 0001 02",
		want: dot11.Elements{Features: wlan.FeatureWPS | wlan.FeatureWPSConfigured},
	},
	{
		name: "features by their elements alone",
		hex:  "2d00 bf00 ff01 23 ff01 6c dd04 0050f202 dd04 506f9a10 dd04 506f9a1c 7200 c900 4701 04 f401 20",
		want: dot11.Elements{
			Features: wlan.FeatureHT | wlan.FeatureVHT | wlan.FeatureHE | wlan.FeatureEHT | wlan.FeatureQoS | wlan.FeatureHotspot20 |
				wlan.FeatureOWETransition | wlan.FeatureMesh | wlan.FeatureNeighborReport | wlan.FeatureMultipleBSSID |
				wlan.FeatureSAEHashToElement,
			MaxBSSIDIndicator: 4,
		},
	},
	{
		name: "what precedes a cut element counts", hex: "0001 61 0301 06 3014 0100 000f",
		want: dot11.Elements{HasSSID: true, SSIDLen: 1, SSID: [32]byte{'a'}, Channel: 6},
		err:  dissect.ErrTruncated,
	},
	{
		name: "elements of no length", hex: "0000 0100 0300 0500 0700 0b00 2500 2800 3000 3600 3c00 3d00 4700 6b00 c000 dd00 ff00",
		want: dot11.Elements{
			HasSSID: true, TIMStart: 6, TIMEnd: 8,
			Features: wlan.FeatureQuiet | wlan.FeatureMobilityDomain | wlan.FeatureInterworking | wlan.FeatureMultipleBSSID,
		},
	},
}

func TestElementsDecode(t *testing.T) {
	for _, c := range elementLists {
		t.Run(c.name, func(t *testing.T) {
			var got dot11.Elements
			if err := got.Decode(octets(t, c.hex)); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			if d := cmp.Diff(c.want, got, cmpopts.IgnoreUnexported(dot11.Elements{})); d != "" {
				t.Errorf("elements (-want +got):\n%s", d)
			}
		})
	}
}

func TestHiddenAndNamed(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		hidden    bool
		want      string
	}{
		{"no element", "", false, ""},
		{"empty", "0000", true, ""},
		{"NULs", "0003 000000", true, ""},
		{"named", "0003 610000", false, "a\x00\x00"},
	} {
		var e dot11.Elements
		if err := e.Decode(octets(t, c.hex)); err != nil {
			t.Fatal(err)
		}
		if e.Hidden() != c.hidden || string(e.Name()) != c.want {
			t.Errorf("%s: hidden %v, name %q; want %v, %q", c.name, e.Hidden(), e.Name(), c.hidden, c.want)
		}
	}
}

func TestVolatile(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		want      bool
	}{
		{"SSID", "0001 61", true},
		{"rates", "0101 82", false},
		{"RSN", rsn("02", "0000"), false},
		{"RSN with PMKIDs", "3026 0100 000fac04 0100 000fac04 0100 000fac04 0000 0100" + strings.Repeat("11", 16), true},
		{"WMM", "dd04 0050f202", true},
		{"WPS", "dd04 0050f204", false},
		{"another vendor's", "dd04 00005e01", true},
		{"HE capabilities", "ff01 23", false},
		{"MU EDCA parameters", "ff01 26", true},
		{"BSS colour change", "ff01 2a", true},
	} {
		it := dot11.Iterator{B: octets(t, c.hex)}
		var el dot11.Element
		if !it.Next(&el) {
			t.Fatal(c.name, it.Err())
		}
		if got := el.Volatile(); got != c.want {
			t.Errorf("%s: volatile is %v, want %v", c.name, got, c.want)
		}
	}
}

func TestElementsDecodeDoesNotAllocate(t *testing.T) {
	for _, c := range elementLists {
		b := octets(t, c.hex)
		var e dot11.Elements
		seeds.NoAllocation(t, func() { _ = e.Decode(b) })
	}
}

func BenchmarkElementsDecode(b *testing.B) {
	var all strings.Builder
	for _, c := range elementLists {
		if c.err == nil {
			all.WriteString(c.hex)
		}
	}
	frame := octets(b, all.String())
	var e dot11.Elements
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	for b.Loop() {
		_ = e.Decode(frame)
	}
}
