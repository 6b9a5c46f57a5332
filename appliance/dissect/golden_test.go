package dissect_test

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picket/appliance/dissect/dot11"
	"picket/appliance/dissect/internal/seeds"
	"picket/appliance/dissect/link"
	"picket/appliance/dissect/radiotap"
	"picket/shared/wlan"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden is the first frame of a kind in a capture, as far as it says anything.
type golden struct {
	Frame        int    `json:"frame"` // number in the file, from 1 as in tshark
	Kind         string `json:"kind"`
	FrequencyMHz uint16 `json:"frequencyMHz,omitempty"`
	SignalDBm    string `json:"signal,omitempty"`
	RateKbps     uint32 `json:"rateKbps,omitempty"`
	WidthMHz     uint16 `json:"widthMHz,omitempty"`
	Receiver     string `json:"receiver"`
	Transmitter  string `json:"transmitter,omitempty"`
	BSSID        string `json:"bssid,omitempty"`
	Sequence     uint16 `json:"sequence,omitempty"`
	Flags        string `json:"flags,omitempty"`

	IntervalTU uint16 `json:"intervalTU,omitempty"`
	SSID       string `json:"ssid,omitempty"`
	Hidden     bool   `json:"hidden,omitempty"`
	Security   string `json:"security,omitempty"`
	PMF        uint8  `json:"pmf,omitempty"`
	Features   uint32 `json:"features,omitempty"`
	Rates      string `json:"rates,omitempty"`
	Channel    uint8  `json:"channel,omitempty"`
	Announced  uint16 `json:"announcedWidthMHz,omitempty"`
	DTIM       uint8  `json:"dtimPeriod,omitempty"`
	SwitchTo   uint8  `json:"switchTo,omitempty"`

	Authentication string `json:"authentication,omitempty"`
	Code           uint16 `json:"code,omitempty"` // reason or status
	Category       string `json:"category,omitempty"`
	Key            string `json:"key,omitempty"`
	Error          string `json:"error,omitempty"`
}

// TestGolden compares what the dissectors say of the laboratory's captures with
// what they said before, in testdata: see its README.
func TestGolden(t *testing.T) {
	for _, name := range seeds.Captures(t) {
		t.Run(name, func(t *testing.T) {
			var all []golden
			seen := make(map[string]bool)
			for i, b := range seeds.Capture(t, name) {
				g := describe(i+1, b)
				if unlike := g.Kind + g.Key + g.Authentication; !seen[unlike] {
					seen[unlike] = true
					all = append(all, g)
				}
			}
			got, err := json.MarshalIndent(all, "", "\t")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			path := filepath.Join("testdata", strings.TrimSuffix(name, ".pcap")+".json")
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Errorf("frames (-want +got):\n%s", d)
			}
		})
	}
}

func describe(number int, b []byte) golden {
	g := golden{Frame: number}
	var h radiotap.Header
	_, frame, err := link.Decode(link.Radiotap, b, len(b), &h)
	if err != nil {
		g.Error = err.Error()
		return g
	}
	g.FrequencyMHz, g.RateKbps, g.WidthMHz = uint16(h.Frequency), h.Kbps(), uint16(h.Width)
	if h.HasSignal {
		g.SignalDBm = h.Signal.String()
	}
	var f dot11.Frame
	if err := dot11.Decode(frame, &f); err != nil {
		g.Error = err.Error()
		return g
	}
	g.Kind = fmt.Sprintf("%#02x", uint8(f.Kind))
	g.Receiver, g.Transmitter, g.BSSID, g.Sequence = f.Receiver.String(), address(f.Transmitter), address(f.BSSID), f.Sequence
	for _, flag := range []struct {
		set  bool
		name string
	}{
		{f.Retry, "retry"}, {f.Protected, "protected"}, {f.MoreFragments, "fragments"}, {f.PowerManagement, "sleeps"},
		{f.HasQoS, "qos"}, {f.AMSDU, "amsdu"}, {h.BadFCS, "bad"},
	} {
		if flag.set {
			g.Flags = strings.TrimSpace(g.Flags + " " + flag.name)
		}
	}
	if !f.Protected {
		g.body(&f, frame[f.HeaderLen:])
	}
	return g
}

func address(a wlan.MAC) string {
	if a == (wlan.MAC{}) {
		return ""
	}
	return a.String()
}

func (g *golden) body(f *dot11.Frame, body []byte) {
	switch f.Kind {
	case dot11.Beacon, dot11.ProbeResponse:
		var fixed dot11.BeaconBody
		g.fail(fixed.Decode(body))
		g.IntervalTU = uint16(fixed.Interval)
		g.elements(body, dot11.BeaconFixedLen)
	case dot11.Authentication:
		var auth dot11.AuthBody
		g.fail(auth.Decode(body))
		g.Authentication = fmt.Sprintf("algorithm %d, %d", auth.Algorithm, auth.Transaction)
		if auth.SAEGroup != 0 {
			g.Authentication += fmt.Sprintf(", group %d", auth.SAEGroup)
		}
		g.Code = auth.Status
	case dot11.Deauthentication, dot11.Disassociation:
		var err error
		g.Code, err = dot11.Reason(body)
		g.fail(err)
	case dot11.AssociationResponse, dot11.ReassociationResponse:
		var err error
		g.Code, err = dot11.AssocResponseStatus(body)
		g.fail(err)
		g.elements(body, 6)
	case dot11.ProbeRequest, dot11.AssociationRequest, dot11.ReassociationRequest:
		n, _ := f.Kind.FixedLen()
		g.elements(body, n)
	case dot11.Action:
		category, _, err := dot11.ActionCategory(body)
		g.fail(err)
		g.Category = dot11.CategoryName(category)
	}
	if !f.Kind.HasPayload() {
		return
	}
	if etherType, rest, err := f.Payload(body); err == nil && etherType == dot11.EtherTypeEAPOL {
		var e dot11.EAPOL
		g.fail(e.Decode(rest))
		g.Key = fmt.Sprintf("EAPOL type %d, message %d, group %v, PMKID %v", e.Type, e.Message, e.Group, e.PMKID)
	}
}

func (g *golden) fail(err error) {
	if err != nil {
		g.Error = err.Error()
	}
}

func (g *golden) elements(body []byte, fixed int) {
	if len(body) < fixed {
		return
	}
	var e dot11.Elements
	g.fail(e.Decode(body[fixed:]))
	g.SSID, g.Hidden = string(e.Name()), e.Hidden()
	if e.Security.AKMs != 0 {
		g.Security = e.Security.String()
	}
	g.PMF, g.Features, g.Rates = uint8(e.Security.PMF), uint32(e.Features), hex.EncodeToString(e.Rates[:e.RateCount])
	g.Channel, g.Announced, g.DTIM, g.SwitchTo = e.Channel, uint16(e.Width), e.DTIMPeriod, e.SwitchChannel
}
