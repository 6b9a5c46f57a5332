package desired

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picket/shared/wlan"
)

const (
	testCluster = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
	testTap     = "01890a5d-ac96-774b-bcce-b302099a8057"
)

func issued() time.Time { return time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) }

// full has every setting.
func full() Document {
	use := true
	return Document{
		Cluster: testCluster, Tap: testTap, Revision: 7, IssuedAt: issued(), WindowMS: 10_000,
		Radio: Radio{
			Use: &use, Country: "DE", Own: []wlan.MHz{2412, 5180, 5955}, Only: []wlan.MHz{2412, 2437}, Exclude: []wlan.MHz{2437},
			Locks: []Lock{{Frequency: 5180, BSSID: "00:00:5e:00:53:01", Adapter: "phy0", Until: issued().Add(time.Hour)}},
			Share: Share{Index: 1, Of: 3}, RevisitMS: 30_000,
		},
	}
}

func TestDocumentSurvivesEncoding(t *testing.T) {
	least := Document{Cluster: testCluster, Tap: testTap, Revision: 1, IssuedAt: issued()}
	for _, want := range []Document{full(), least} {
		b, err := Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("decoded differs (-want +got):\n%s", diff)
		}
	}
}

// The form is the contract with taps that are out there: it may only grow.
func TestDocumentHasItsForm(t *testing.T) {
	b, err := Encode(full())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"cluster":"` + testCluster + `","tap":"` + testTap + `","revision":7,"issued_at":"2026-05-04T12:00:00Z","window_ms":10000,` +
		`"radio":{"use":true,"country":"DE","own_mhz":[2412,5180,5955],"only_mhz":[2412,2437],"exclude_mhz":[2437],` +
		`"locks":[{"frequency_mhz":5180,"bssid":"00:00:5e:00:53:01","adapter":"phy0","until":"2026-05-04T13:00:00Z"}],` +
		`"share":{"index":1,"of":3},"revisit_ms":30000}}`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
}

func TestUnknownSettingsAreIgnoredAndNamed(t *testing.T) {
	text := `{"cluster":"` + testCluster + `","tap":"` + testTap + `","revision":7,"issued_at":"2026-05-04T12:00:00Z","image":{"version":"9"},` +
		`"radio":{"country":"DE","antenna":2,"locks":[{"frequency_mhz":2412,"until":"2026-05-04T13:00:00Z","width":80},{"frequency_mhz":2417,"until":"2026-05-04T13:00:00Z","width":80}]}}`
	d, err := Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{`"image"`, `"radio.antenna"`, `"radio.locks.width"`}; !slices.Equal(d.Unknown, want) {
		t.Errorf("unknown %v, want %v", d.Unknown, want)
	}
	if d.Radio.Country != "DE" || len(d.Radio.Locks) != 2 {
		t.Errorf("what is known was lost: %+v", d.Radio)
	}
	if d, err := Decode([]byte(strings.Replace(text, `"image"`, `"`+strings.Repeat("x", 1000)+`"`, 1))); err != nil || len(d.Unknown[0]) > 400 {
		t.Errorf("a long name: %v, %v", d.Unknown, err)
	}
}

func TestInvalidDocumentsAreRefusedByTheNameOfTheSetting(t *testing.T) {
	tests := []struct {
		name, field string
		change      func(*Document)
	}{
		{"cluster in capitals", "cluster", func(d *Document) { d.Cluster = strings.ToUpper(d.Cluster) }},
		{"no cluster", "cluster", func(d *Document) { d.Cluster = "" }},
		{"tap is no UUID", "tap", func(d *Document) { d.Tap = "tap" }},
		{"tap in another form", "tap", func(d *Document) { d.Tap = "{" + d.Tap + "}" }},
		{"revision 0", "revision", func(d *Document) { d.Revision = 0 }},
		{"revision beyond JSON", "revision", func(d *Document) { d.Revision = 1 << 60 }},
		{"no date", "issued_at", func(d *Document) { d.IssuedAt = time.Time{} }},
		{"window is no part of a minute", FieldWindow, func(d *Document) { d.WindowMS = 7000 }},
		{"window too short", FieldWindow, func(d *Document) { d.WindowMS = 1000 }},
		{"window too long", FieldWindow, func(d *Document) { d.WindowMS = 120_000 }},
		{"window negative", FieldWindow, func(d *Document) { d.WindowMS = -5000 }},
		{"country in small letters", FieldCountry, func(d *Document) { d.Radio.Country = "de" }},
		{"country too long", FieldCountry, func(d *Document) { d.Radio.Country = "DEU" }},
		{"centre of 40 MHz", FieldOwn, func(d *Document) { d.Radio.Own = []wlan.MHz{5190} }},
		{"60 GHz", FieldOwn, func(d *Document) { d.Radio.Own = []wlan.MHz{58320} }},
		{"descending", FieldOnly, func(d *Document) { d.Radio.Only = []wlan.MHz{2437, 2412} }},
		{"twice", FieldExclude, func(d *Document) { d.Radio.Exclude = []wlan.MHz{2437, 2437} }},
		{"too many", FieldExclude, func(d *Document) { d.Radio.Exclude = make([]wlan.MHz, MaxList+1) }},
		{"nothing left", FieldOnly, func(d *Document) { d.Radio.Only = []wlan.MHz{2437} }},
		{"share beyond", FieldShare, func(d *Document) { d.Radio.Share = Share{3, 3} }},
		{"share of none", FieldShare, func(d *Document) { d.Radio.Share = Share{1, 0} }},
		{"share of too many", FieldShare, func(d *Document) { d.Radio.Share = Share{0, 65} }},
		{"share negative", FieldShare, func(d *Document) { d.Radio.Share = Share{-1, 2} }},
		{"revisit too often", FieldRevisit, func(d *Document) { d.Radio.RevisitMS = 999 }},
		{"revisit too seldom", FieldRevisit, func(d *Document) { d.Radio.RevisitMS = 600_001 }},
		{"too many locks", FieldLocks, func(d *Document) { d.Radio.Locks = slices.Repeat(d.Radio.Locks, MaxLocks+1) }},
		{"lock off channel", FieldLocks, func(d *Document) { d.Radio.Locks[0].Frequency = 2413 }},
		{"lock for a group", FieldLocks, func(d *Document) { d.Radio.Locks[0].BSSID = "01:00:5e:00:00:01" }},
		{"lock for no address", FieldLocks, func(d *Document) { d.Radio.Locks[0].BSSID = "00-00-5e-00-53-01" }},
		{"lock of an adapter with a line break", FieldLocks, func(d *Document) { d.Radio.Locks[0].Adapter = "phy\n0" }},
		{"lock too long", FieldLocks, func(d *Document) { d.Radio.Locks[0].Until = issued().Add(24*time.Hour + time.Second) }},
		{"lock over before it began", FieldLocks, func(d *Document) { d.Radio.Locks[0].Until = issued() }},
		{"lock for ever", FieldLocks, func(d *Document) { d.Radio.Locks[0].Until = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }},
	}
	for _, tt := range tests {
		d := full()
		tt.change(&d)
		var wrong *Error
		if err := d.Validate(); !errors.As(err, &wrong) || wrong.Field != tt.field {
			t.Errorf("%s: %v, want an error of %s", tt.name, err, tt.field)
		}
	}
}

func TestChannels(t *testing.T) {
	all := Channels()
	// 14 of 2.4 GHz; 10+13+8 of 5 GHz and 4 of 4.9 GHz; 59 of 6 GHz and channel 2.
	if len(all) != 14+10+13+8+4+60 || len(all) > MaxList || !slices.IsSorted(all) {
		t.Errorf("%d channels: %v", len(all), all)
	}
	for _, f := range []wlan.MHz{2412, 2484, 4920, 5180, 5320, 5480, 5720, 5745, 5885, 5935, 5955, 7115} {
		if !IsChannel(f) {
			t.Errorf("%d MHz is no channel", f)
		}
	}
	for _, f := range []wlan.MHz{0, 2407, 2422 + 1, 5190, 5210, 5250, 5775, 5920, 5960, 5965, 5985, 58320} {
		if IsChannel(f) {
			t.Errorf("%d MHz is a channel", f)
		}
	}
}

func TestTapOverridesItsSiteOneByOne(t *testing.T) {
	yes, no, de, none, window, revisit := true, false, "DE", "", 5000, 20_000
	site := Settings{Use: &yes, Country: &de, Own: []wlan.MHz{2412}, Exclude: []wlan.MHz{5180}, WindowMS: &window, Revisit: &revisit}
	tap := Settings{Use: &no, Country: &none, Own: []wlan.MHz{}, Share: &Share{Index: 1, Of: 2}}
	got := Merge(site, tap)
	want := Document{WindowMS: 5000, Radio: Radio{Use: &no, Own: []wlan.MHz{}, Exclude: []wlan.MHz{5180}, Share: Share{1, 2}, RevisitMS: 20_000}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("merged differs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(Document{}, Merge(Settings{}, Settings{})); diff != "" {
		t.Errorf("nothing said gives:\n%s", diff)
	}
}

func TestSettingsAreCheckedByThemselves(t *testing.T) {
	zero, seven := 0, 7000
	small := "de"
	for name, s := range map[string]Settings{
		FieldWindow:          {WindowMS: &zero},
		FieldWindow + " odd": {WindowMS: &seven},
		FieldRevisit:         {Revisit: &zero},
		FieldCountry:         {Country: &small},
		FieldShare:           {Share: &Share{}},
		FieldOnly:            {Only: []wlan.MHz{2412}, Exclude: []wlan.MHz{2412}},
	} {
		field, _, _ := strings.Cut(name, " ")
		var wrong *Error
		if err := s.Validate(); !errors.As(err, &wrong) || wrong.Field != field {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := Settings{Own: []wlan.MHz{5180, 2412, 5180}, Only: []wlan.MHz{}}
	s.Normalise()
	if !slices.Equal(s.Own, []wlan.MHz{2412, 5180}) || s.Only == nil || s.Exclude != nil {
		t.Errorf("normalised to %+v", s)
	}
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
}

func TestLocksEndByThemselves(t *testing.T) {
	r := full().Radio
	for after, want := range map[time.Duration]int{-time.Minute: 1, 0: 1, time.Hour - 1: 1, time.Hour: 0, 100 * time.Hour: 0, -100 * time.Hour: 0} {
		if got := len(r.Active(issued().Add(after))); got != want {
			t.Errorf("%v after it was made: %d locks, want %d", after, got, want)
		}
	}
}
