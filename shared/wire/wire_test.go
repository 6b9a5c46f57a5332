package wire_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"picket/shared/wire"
	"picket/shared/wire/wirepb"
	"picket/shared/wire/wiretest"
)

var update = flag.Bool("update", false, "write the golden files of the current version")

// The office of the size figures: random addresses, every field filled.
var (
	steady  = wiretest.Office{BSSs: 100, Stations: 150, Seed: 1, StartUS: 1_790_000_000_000_000}
	hopping = wiretest.Office{BSSs: 100, Stations: 150, Seed: 1, StartUS: 1_790_000_000_000_000, Radio: true}
	first   = wiretest.Office{BSSs: 100, Stations: 150, Seed: 1, StartUS: 1_790_000_000_000_000, First: true}
	hops    = wiretest.Office{BSSs: 12, Stations: 20, Seed: 3, StartUS: 1_790_000_000_000_000, First: true, Radio: true}
	full    = wiretest.Office{BSSs: 12, Stations: 20, Hosts: 16, Seed: 2, StartUS: 1_790_000_000_000_000, First: true}
)

func encode(t testing.TB, r *wirepb.Report) []byte {
	t.Helper()
	b, err := wire.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// filled returns o's report as a reader gets it: columns that a tap left out are
// there, all zero.
func filled(t testing.TB, o wiretest.Office) *wirepb.Report {
	t.Helper()
	r := o.Report()
	if err := wire.Validate(r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDecodeReturnsWhatWasEncoded(t *testing.T) {
	for _, o := range []wiretest.Office{steady, first, full, hops} {
		want := filled(t, o)
		got, err := wire.Decode(encode(t, o.Report()))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, protocmp.Transform()); d != "" {
			t.Errorf("differs (-want +got):\n%s", d)
		}
	}
}

// The bounds are promises to whoever pays for the line.
func TestReportOfAnOfficeIsSmall(t *testing.T) {
	for _, c := range []struct {
		name   string
		office wiretest.Office
		limit  int
	}{{"in steady state", steady, 8000}, {"the first of a boot", first, 12_000}, {"of a hopping tap", hopping, 8000}} {
		r := c.office.Report()
		n := len(encode(t, r))
		text, err := protojson.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d octets; protobuf alone %d, JSON %d, JSON with zstd %d", c.name, n, proto.Size(r), len(text), len(compress(t, text)))
		if n > c.limit {
			t.Errorf("%s: %d octets, at most %d", c.name, n, c.limit)
		}
	}
}

func compress(t testing.TB, b []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(b, nil)
}

// Every released version's reports are decoded for ever: files are added, never
// changed.
func TestGoldenReportsOfEarlierVersionsDecode(t *testing.T) {
	const current = "v1"
	for name, o := range map[string]wiretest.Office{"steady": steady, "first": first, "full": full, "radio": hops} {
		path := filepath.Join("testdata", current+"-"+name+".report")
		if *update {
			if err := os.WriteFile(path, encode(t, o.Report()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got, err := wire.Decode(b)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if d := cmp.Diff(filled(t, o), got, protocmp.Transform()); d != "" {
			t.Errorf("%s differs (-want +got):\n%s", path, d)
		}
	}
}

func TestDecodeIgnoresUnknownFields(t *testing.T) {
	dec, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer dec.Close()
	raw, err := dec.DecodeAll(encode(t, full.Report()), nil)
	if err != nil {
		t.Fatal(err)
	}
	raw = append(raw, 0xfa, 0x3f, 3, 'n', 'e', 'w') // field 1023, three octets
	// The columns stand last, so more of them go behind it: a table, a column and
	// a group that nobody knows yet.
	r := new(wirepb.Report)
	if err := proto.Unmarshal(raw, r); err != nil {
		t.Fatal(err)
	}
	r.Columns = append(r.Columns, 99, 0, 1, 2, 8, 0, 1, 2)
	r.Columns = append(r.Columns, 10, 0, 99, 2, 8, 0, 1, 2)
	r.Columns = append(r.Columns, 10, 99, 1, 2, 0, 0)
	if raw, err = proto.Marshal(r); err != nil {
		t.Fatal(err)
	}
	got, err := wire.Decode(compress(t, raw))
	if err != nil {
		t.Fatalf("a report of a newer tap: %v", err)
	}
	if got.Header.SoftwareVersion != full.Report().Header.SoftwareVersion {
		t.Error("the header is gone")
	}
}

func TestDecodeRefusesWhatIsNoReport(t *testing.T) {
	bomb := compress(t, make([]byte, wire.MaxDecoded+1))
	whole := encode(t, steady.Report())
	for _, c := range []struct {
		name string
		b    []byte
		want error
	}{
		{"nothing", nil, wire.ErrMalformed},
		{"not zstd", []byte("hello"), wire.ErrMalformed},
		{"not protobuf", compress(t, bytes.Repeat([]byte{0xff}, 100)), wire.ErrMalformed},
		{"too large", make([]byte, wire.MaxEncoded+1), wire.ErrTooLarge},
		{"a bomb", bomb, wire.ErrTooLarge},
		{"cut short", whole[:len(whole)/2], wire.ErrMalformed},
		{"with something behind it", append(bytes.Clone(whole), 1, 2, 3), wire.ErrMalformed},
	} {
		if _, err := wire.Decode(c.b); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestValidateRefusesContradictions(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*wirepb.Report)
	}{
		{"no header", func(r *wirepb.Report) { r.Header = nil }},
		{"a short boot id", func(r *wirepb.Report) { r.Header.BootId = r.Header.BootId[1:] }},
		{"sequence 0", func(r *wirepb.Report) { r.Header.Sequence = 0 }},
		{"an endless window", func(r *wirepb.Report) { r.Header.WindowLengthMs = 60_001 }},
		{"a window before 1970", func(r *wirepb.Report) { r.Header.WindowStartUs = -1 }},
		{"a window in the year 10000", func(r *wirepb.Report) { r.Header.WindowStartUs = 253_402_300_800_000_000 }},
		{"half an address", func(r *wirepb.Report) { r.Dictionary.Macs = r.Dictionary.Macs[1:] }},
		{"an SSID of 33 octets", func(r *wirepb.Report) { r.Dictionary.Ssids[0] = make([]byte, 33) }},
		{"an index behind the dictionary", func(r *wirepb.Report) { r.Bss.Ssid[0] = 1 << 20 }},
		{"a row without a BSSID", func(r *wirepb.Report) { r.Bss.Bssid[0] = 0 }},
		{"a short column", func(r *wirepb.Report) { r.Bss.Beacons = r.Bss.Beacons[1:] }},
		{"a long column", func(r *wirepb.Report) { r.Stations.Retries = append(r.Stations.Retries, 1) }},
		{"a power of 200 dBm", func(r *wirepb.Report) { r.Bss.Signals.MaxDbm[0] = 200 }},
		{"more bins than there are", func(r *wirepb.Report) { r.Bss.Signals.BinCount[0]++ }},
		{"a histogram beyond its end", func(r *wirepb.Report) { r.Bss.Signals.BinFirst[0] = 63 }},
		{"a country of three letters", func(r *wirepb.Report) { r.Bss.Country[0] = []byte("DEU") }},
		{"a capture that is not there", func(r *wirepb.Report) { r.Channels.Capture[0] = 2 }},
		{"VLAN 4096", func(r *wirepb.Report) { r.Hosts.Vlan[0] = 4096 }},
		{"a counter above 31 bits", func(r *wirepb.Report) { r.Flows.Syns[0] = 1 << 31 }},
		{"a port above 65535", func(r *wirepb.Report) { r.Flows.ServerPort[0] = 1 << 16 }},
		{"an element without a number", func(r *wirepb.Report) { r.Definitions.Elements[0].Index = 0 }},
		{"a fingerprint of element 0", func(r *wirepb.Report) { r.Definitions.Fingerprints[0].Elements[0] = 0 }},
	} {
		r := full.Report()
		c.change(r)
		if err := wire.Validate(r); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: %v, want ErrMalformed", c.name, err)
		}
	}
}

func TestValidateFillsAbsentColumns(t *testing.T) {
	r := full.Report()
	r.Bss.TsfJumps, r.Bss.Times, r.Flows.Resets = nil, nil, nil
	if err := wire.Validate(r); err != nil {
		t.Fatal(err)
	}
	if len(r.Bss.TsfJumps) != len(r.Bss.Bssid) || len(r.Bss.Times.FirstMs) != len(r.Bss.Bssid) || len(r.Flows.Resets) != len(r.Flows.Protocol) {
		t.Error("an absent column was left absent")
	}
}

func FuzzDecode(f *testing.F) {
	for _, o := range []wiretest.Office{{BSSs: 2, Stations: 3, Seed: 3}, {BSSs: 3, Stations: 4, Hosts: 3, Seed: 4, First: true}} {
		raw, err := proto.Marshal(o.Report())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, _ = wire.Decode(raw) // as zstd
		r, err := wire.Decode(enc.EncodeAll(raw, nil))
		if err != nil {
			return
		}
		// What was accepted survives another trip.
		again, err := wire.Decode(encode(t, r))
		if err != nil {
			t.Fatalf("accepted once, then refused: %v", err)
		}
		if !proto.Equal(r, again) {
			t.Fatal("changed on the way")
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for name, o := range map[string]wiretest.Office{"steady": steady, "first": first} {
		data := encode(b, o.Report())
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.ReportMetric(float64(len(data)), "octets")
			for b.Loop() {
				if _, err := wire.Decode(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDecodeJSON is the same report as JSON, also compressed.
func BenchmarkDecodeJSON(b *testing.B) {
	text, err := protojson.Marshal(steady.Report())
	if err != nil {
		b.Fatal(err)
	}
	data := compress(b, text)
	dec, err := zstd.NewReader(nil)
	if err != nil {
		b.Fatal(err)
	}
	defer dec.Close()
	b.ReportMetric(float64(len(data)), "octets")
	for b.Loop() {
		text, err := dec.DecodeAll(data, nil)
		if err != nil {
			b.Fatal(err)
		}
		if err := protojson.Unmarshal(text, new(wirepb.Report)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	r := steady.Report()
	b.ReportAllocs()
	for b.Loop() {
		encode(b, r)
	}
}

func TestDecodeDoesNotTrustAClaimedLength(t *testing.T) {
	// A frame header that claims 1 GiB and holds nothing must not allocate it.
	b := []byte{0x28, 0xb5, 0x2f, 0xfd, 0xe0}
	b = binary.LittleEndian.AppendUint64(b, 1<<30)
	allocated := testing.AllocsPerRun(1, func() {
		if _, err := wire.Decode(b); err == nil {
			t.Error("accepted")
		}
	})
	if allocated > 1000 {
		t.Errorf("%v allocations", allocated)
	}
}
