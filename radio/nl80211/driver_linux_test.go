package nl80211_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picket/radio/nl80211"
	"picket/radio/nl80211/nl80211test"
	"picket/shared/wlan"
)

var update = flag.Bool("update", false, "write golden files anew")

// survey is what a trace of a machine's radios holds, and in what order.
type survey struct {
	Wiphys     []nl80211.Wiphy
	Interfaces []nl80211.Interface
	Regulatory nl80211.Regulatory
}

func ask(c *nl80211.Client) (survey, error) {
	var s survey
	var err error
	if s.Wiphys, err = c.Wiphys(); err != nil {
		return s, err
	}
	if s.Interfaces, err = c.Interfaces(); err != nil {
		return s, err
	}
	s.Regulatory, err = c.Regulatory()
	return s, err
}

func TestDescriptionsSurviveTheWayThroughTheKernel(t *testing.T) {
	for _, d := range nl80211test.Drivers() {
		t.Run(d.Name, func(t *testing.T) {
			k := nl80211test.NewKernel()
			k.Old = d.Old
			index := k.AddWiphy(d.Wiphy)
			got, err := client(t, k).Wiphy(index)
			if err != nil {
				t.Fatal(err)
			}
			want := d.Wiphy
			want.Index, want.Generation = index, got.Generation
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("wiphy differs (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTracesAreAskedAndReadAsBefore replays each trace: what is asked must be the
// recorded octets, and what is read of the answers the golden file.
func TestTracesAreAskedAndReadAsBefore(t *testing.T) {
	if *update {
		writeDriverTraces(t)
	}
	traces, err := filepath.Glob("testdata/*.trace")
	if err != nil || len(traces) < len(nl80211test.Drivers()) {
		t.Fatalf("traces %v: %v", traces, err)
	}
	for _, path := range traces {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".trace"), func(t *testing.T) {
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			trace, err := nl80211test.ReadTrace(f)
			if err != nil {
				t.Fatal(err)
			}
			c, replayer, err := nl80211test.Replay(trace)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			s, err := ask(c)
			if err != nil {
				t.Fatal(err)
			}
			if err := replayer.Finished(); err != nil {
				t.Error(err)
			}
			golden(t, strings.TrimSuffix(path, ".trace")+".json", s)
		})
	}
}

// TestRecordedRadioOffersEveryChannelOfItsCountry counts what a real kernel said of
// a radio in Germany: no channel 14, 5 GHz to 173, 6 GHz to 6425 MHz, and none of
// the radio's 5 and 10 MHz channels.
func TestRecordedRadioOffersEveryChannelOfItsCountry(t *testing.T) {
	f, err := os.Open("testdata/mac80211_hwsim-7.3.4.trace")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	trace, err := nl80211test.ReadTrace(f)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := nl80211test.Replay(trace)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := ask(c)
	if err != nil {
		t.Fatal(err)
	}
	count := make(map[wlan.Band]int)
	for _, f := range s.Wiphys[0].Frequencies() {
		if c, ok := f.Channel(); !ok || c.Frequency() != f {
			t.Errorf("%d MHz is no channel", f)
		}
		count[f.Band()]++
	}
	want := map[wlan.Band]int{wlan.Band2GHz: 13, wlan.Band5GHz: 8 + 11 + 7, wlan.Band6GHz: 24}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Errorf("channels by band differ (-want +got):\n%s", diff)
	}
	d := s.Regulatory.For(0)
	if d.Country != "DE" || d.World() || d.DFS != nl80211.DFSETSI || d.DFS.String() != "ETSI" || len(d.Rules) != 7 {
		t.Errorf("domain %+v", d)
	}
	for _, b := range s.Wiphys[0].Bands {
		if got := b.Supports(nl80211.Width320); got != (b.Band == wlan.Band6GHz) {
			t.Errorf("%v: 320 MHz is %v", b.Band, got)
		}
	}
}

// writeDriverTraces makes traces of the drivers that are described by hand.
// Recorded ones stay as they are.
func writeDriverTraces(t *testing.T) {
	t.Helper()
	for _, d := range nl80211test.Drivers() {
		k := nl80211test.NewKernel()
		k.Old = d.Old
		index := k.AddWiphy(d.Wiphy, "wlan0")
		if d.Wiphy.SelfManaged {
			k.SetDomain(nl80211.Domain{Wiphy: index, SelfManaged: true, Country: "US", DFS: nl80211.DFSFCC, Rules: nl80211test.World()}, nl80211.InitiatorDriver)
		}
		c := client(t, k)
		trace := nl80211test.Record(c)
		trace.Comment = "A wiphy in the shape of " + d.Name + ", described by hand (package nl80211test)\n"
		if _, err := ask(c); err != nil {
			t.Fatal(err)
		}
		writeTrace(t, "testdata/"+d.Name+".trace", trace)
	}
}

func writeTrace(t *testing.T, path string, trace *nl80211test.Trace) {
	t.Helper()
	var b bytes.Buffer
	if _, err := trace.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func golden(t *testing.T, path string, v any) {
	t.Helper()
	got, err := json.MarshalIndent(v, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s is missing; run with -update and read what it writes", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

// client returns a client of k that ends with the test.
func client(t *testing.T, k *nl80211test.Kernel) *nl80211.Client {
	t.Helper()
	c, err := k.Client()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestWhatATapMayDoWithEachDriver(t *testing.T) {
	for _, c := range []struct {
		name                           string
		wiphy                          nl80211.Wiphy
		monitor, create, beside, moved bool
		channels                       int
	}{
		{"any number of monitors beside a station", nl80211test.MT7921U(), true, true, true, true, 13 + 25 + 59},
		{"2.4 GHz alone", nl80211test.ATH9KHTC(), true, true, true, true, 13},
		{"disabled channels that may be listened to", nl80211test.IWLWifi(), true, true, true, true, 13 + 25 + 24 + 5},
		{"no monitors at all", nl80211test.Brcmfmac(), false, true, false, true, 13 + 25},
		{"a monitor only instead of the station", nl80211test.RTL88XXAU(), true, false, false, true, 13 + 25},
		{"simulated radios", nl80211test.Hwsim(), true, true, true, true, 13 + 25 + 59},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.wiphy.CanMonitor(); got != c.monitor {
				t.Errorf("CanMonitor is %v, want %v", got, c.monitor)
			}
			if got := c.wiphy.CanCreate(); got != c.create {
				t.Errorf("CanCreate is %v, want %v", got, c.create)
			}
			if got := c.wiphy.Allows(nl80211.TypeStation, nl80211.TypeMonitor); got != c.beside {
				t.Errorf("Allows a monitor beside a station: %v, want %v", got, c.beside)
			}
			if got := c.wiphy.CanChangeType(); got != c.moved {
				t.Errorf("CanChangeType is %v, want %v", got, c.moved)
			}
			frequencies := c.wiphy.Frequencies()
			if len(frequencies) != c.channels || !slices.IsSorted(frequencies) {
				t.Errorf("%d frequencies, want %d ascending: %v", len(frequencies), c.channels, frequencies)
			}
		})
	}
}

func TestCombinationsLimitWhatIsUpTogether(t *testing.T) {
	w := nl80211test.ATH9KHTC()
	for _, c := range []struct {
		name  string
		types []nl80211.InterfaceType
		want  bool
	}{
		{"one alone, whatever the combinations", []nl80211.InterfaceType{nl80211.TypeOCB}, true},
		{"two stations", []nl80211.InterfaceType{nl80211.TypeStation, nl80211.TypeStation}, true},
		{"a station and an access point", []nl80211.InterfaceType{nl80211.TypeStation, nl80211.TypeAP}, true},
		{"three interfaces where two are the limit", []nl80211.InterfaceType{nl80211.TypeStation, nl80211.TypeStation, nl80211.TypeAP}, false},
		{"monitors on top, which are software", []nl80211.InterfaceType{nl80211.TypeStation, nl80211.TypeStation, nl80211.TypeMonitor, nl80211.TypeMonitor}, true},
		{"a type in no combination beside another", []nl80211.InterfaceType{nl80211.TypeStation, nl80211.TypeAdHoc}, false},
		{"a type that the driver lacks", []nl80211.InterfaceType{nl80211.TypeNAN}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := w.Allows(c.types...); got != c.want {
				t.Errorf("Allows is %v, want %v", got, c.want)
			}
		})
	}
}

func TestBandsSayHowWideTheyReceive(t *testing.T) {
	w := nl80211test.IWLWifi()
	for _, b := range w.Bands {
		want := map[nl80211.Width]bool{nl80211.Width20NoHT: true, nl80211.Width20: true, nl80211.Width40: true}
		if b.Band != wlan.Band2GHz {
			want[nl80211.Width80], want[nl80211.Width160] = true, true
		}
		want[nl80211.Width320] = b.Band == wlan.Band6GHz
		for width := nl80211.Width20NoHT; width <= nl80211.Width320; width++ {
			if got := b.Supports(width); got != want[width] {
				t.Errorf("%v, %v: %v, want %v", b.Band, width, got, want[width])
			}
		}
	}
}
