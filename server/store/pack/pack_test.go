package pack_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"picket/server/store/pack"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
	"picket/shared/wire/wiretest"
)

func office(t testing.TB, o wiretest.Office) *wirepb.Report {
	t.Helper()
	r := o.Report()
	if err := wire.Validate(r); err != nil {
		t.Fatal(err)
	}
	return r
}

// A report that has only air, but for its health, is the same when it was packed.
func TestDecodeReturnsWhatWasEncoded(t *testing.T) {
	r := office(t, wiretest.Office{BSSs: 60, Stations: 90, Seed: 1, StartUS: 1e15})
	b := pack.Encode(nil, pack.Air, r)
	got, err := pack.Decode(pack.Air, pack.Format, b, r.Header)
	if err != nil {
		t.Fatal(err)
	}
	r.Health = &wirepb.Health{Captures: []*wirepb.Capture{{Name: "wlan0"}}}
	if diff := cmp.Diff(r, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkEncode(b *testing.B) {
	r := office(b, wiretest.Office{BSSs: 60, Stations: 90, Seed: 1, StartUS: 1e15})
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = pack.Encode(buf[:0], pack.Air, r)
	}
}

func BenchmarkDecode(b *testing.B) {
	r := office(b, wiretest.Office{BSSs: 60, Stations: 90, Seed: 1, StartUS: 1e15})
	buf := pack.Encode(nil, pack.Air, r)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pack.Decode(pack.Air, pack.Format, buf, r.Header); err != nil {
			b.Fatal(err)
		}
	}
}
