package facts_test

import (
	"strings"
	"testing"

	"picket/tools/picket/facts"
	"picket/tools/picket/summary"
)

// air is a BSS with a client, and somebody who disconnects them.
func air() *summary.Tables {
	signal, injected := -40, -50
	return &summary.Tables{
		Networks: []*summary.Network{{
			SSID: "Main office", BSSID: "00:00:5e:00:53:01", Channels: []string{"1", "6"}, Security: "WPA3-SAE, WPA2-PSK", PMF: "capable",
			Features: []string{"HT", "WPS"}, Beacons: 100, SignalDBm: &signal,
		}},
		Clients: []*summary.Client{
			{Station: "00:00:5e:00:53:02", BSSID: "00:00:5e:00:53:01", Sent: 10},
			{Station: "00:00:5e:00:53:02", Probes: []string{"Main office"}},
		},
		Disconnects: []*summary.Disconnect{
			{From: "00:00:5e:00:53:01", To: "00:00:5e:00:53:02", Kind: "deauthentication", Reason: 7, Frames: 128, SignalDBm: &injected},
			{From: "00:00:5e:00:53:02", To: "00:00:5e:00:53:01", Kind: "deauthentication", Reason: 7, Frames: 127, SignalDBm: &injected},
			{From: "00:00:5e:00:53:02", To: "00:00:5e:00:53:01", Kind: "disassociation", Reason: -1, Protected: true, Frames: 1},
		},
	}
}

func TestFacts(t *testing.T) {
	for _, tt := range []struct {
		name string
		fact string
		says string // part of what is said; "" when the fact holds
	}{
		{"a network and its texts", `network=00:00:5e:00:53:01 ssid "Main office" security "WPA3-SAE, WPA2-PSK" pmf capable`, ""},
		{"another SSID", `network=00:00:5e:00:53:01 ssid Main`, "found 1 of 1"},
		{"another BSSID", `network=00:00:5e:00:53:03`, "found 0 of 0"},
		{"a list as a whole", `network=* channels 1,6`, ""},
		{"a list of which something is left out", `network=* channels 6`, "found"},
		{"what is in a list", `network=* features +WPS`, ""},
		{"what is not in a list", `network=* features +HE`, "found"},
		{"a mean signal in its range", `network=* signalDBm -45..-35`, ""},
		{"a mean signal that is another", `network=* signalDBm -41`, "found"},
		{"no BSSID", `client=00:00:5e:00:53:02@- probes "Main office"`, ""},
		{"any BSSID", `client=00:00:5e:00:53:02@* rows 2 framesSent 10`, ""},
		{"a row too many", `client=*@* rows 1`, "rows is 2 in 2 of 2"},
		{"a sum over rows", `deauth=*>* reason 7 frames 255`, ""},
		{"a sum that is less", `deauth=*>* reason 7 frames 256..`, "frames is 255"},
		{"a sum that is more", `deauth=*>* frames ..254`, "frames is 255"},
		{"a kind of its own", `disassoc=*>* reason -1 protected true frames 1`, ""},
		{"none of a kind", `disassoc=*>* protected false frames 0`, ""},
		{"none of a kind where one is", `disassoc=*>* frames 0`, "frames is 1"},
		{"a text that nobody counts", `deauth=*>* reason 6`, "found 2 of 2"},
		{"several facts", `network=* rows 1 ; deauth=*>* frames 255`, ""},
		{"several facts of which one fails", `network=* rows 1 ; deauth=*>* frames 1`, "frames 1: frames is 255"},

		{"nothing", ``, "error"},
		{"only another capture", `with=x`, "error"},
		{"an unknown key", `networks=*`, "error"},
		{"an unknown field", `network=* beacon 3`, "error"},
		{"an unexported field", `network=* signal 3`, "error"},
		{"a field without a value", `network=* beacons`, "error"},
		{"one address for two", `client=*`, "error"},
		{"a text for a number", `network=* beacons many`, "error"},
		{"a range that is none", `network=* beacons 5..4`, "error"},
		{"a range without ends", `network=* beacons ..`, "error"},
		{"something else for yes or no", `deauth=*>* protected 1`, "error"},
		{"a quote without its end", `network=* ssid "x`, "error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := facts.Parse(tt.fact)
			if tt.says == "error" {
				if err == nil {
					t.Error("it was taken")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			said := strings.Join(f.Check(air()), "\n")
			if tt.says == "" && said != "" || !strings.Contains(said, tt.says) {
				t.Errorf("said %q, want %q", said, tt.says)
			}
		})
	}
}

func TestOtherCapturesAreNamed(t *testing.T) {
	f, err := facts.Parse("with=other ; network=*")
	if err != nil || len(f.With) != 1 || f.With[0] != "other" {
		t.Errorf("with %q, %v", f.With, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`network=* ssid "Main office" beacons 1..`, `client=a@- rows 0 ; with=x`, `deauth=*>* reason -1 protected true frames ..9`,
		`network="" ssid "\x00"`, `capture=a.pcap malformed 1 ; channel=6`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		if got, err := facts.Parse(text); err == nil {
			got.Check(air())
		}
	})
}
