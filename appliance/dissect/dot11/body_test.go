package dot11_test

import (
	"errors"
	"strings"
	"testing"

	"picket/appliance/dissect"
	"picket/appliance/dissect/dot11"
	"picket/appliance/dissect/internal/seeds"
)

func TestBeaconBody(t *testing.T) {
	var got dot11.BeaconBody
	if err := got.Decode(octets(t, "0807060504030201 6400 1104")); err != nil {
		t.Fatal(err)
	}
	if want := (dot11.BeaconBody{TSF: 0x0102030405060708, Interval: 100, Capabilities: 0x0411}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if err := got.Decode(make([]byte, 11)); !errors.Is(err, dissect.ErrTruncated) {
		t.Errorf("11 octets: error %v", err)
	}
}

func TestAuthBody(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		want      dot11.AuthBody
		err       error
	}{
		{name: "open", hex: "0000 0100 0000", want: dot11.AuthBody{Transaction: 1}},
		{name: "SAE commit", hex: "0300 0100 7e00 1300", want: dot11.AuthBody{Algorithm: dot11.AuthSAE, Transaction: 1, Status: 126, SAEGroup: 19}},
		{name: "SAE confirm", hex: "0300 0200 0000 0100", want: dot11.AuthBody{Algorithm: dot11.AuthSAE, Transaction: 2}},
		{name: "cut short", hex: "0300 0200 00", err: dissect.ErrTruncated},
	} {
		var got dot11.AuthBody
		if err := got.Decode(octets(t, c.hex)); !errors.Is(err, c.err) || got != c.want {
			t.Errorf("%s: got %+v, error %v; want %+v, %v", c.name, got, err, c.want, c.err)
		}
	}
}

func TestCodes(t *testing.T) {
	if got, err := dot11.Reason([]byte{7, 0}); got != 7 || err != nil {
		t.Errorf("reason %d, error %v; want 7", got, err)
	}
	if got, err := dot11.AssocResponseStatus([]byte{0, 0, 30, 0}); got != 30 || err != nil {
		t.Errorf("status %d, error %v; want 30", got, err)
	}
	if category, action, err := dot11.ActionCategory([]byte{4, 9}); category != dot11.CategoryPublic || action != 9 || err != nil {
		t.Errorf("category %d, action %d, error %v; want 4, 9", category, action, err)
	}
	if _, err := dot11.Reason([]byte{7}); !errors.Is(err, dissect.ErrTruncated) {
		t.Errorf("a reason cut short: error %v", err)
	}
	if _, err := dot11.AssocResponseStatus([]byte{0, 0, 1}); !errors.Is(err, dissect.ErrTruncated) {
		t.Errorf("a status cut short: error %v", err)
	}
	if _, _, err := dot11.ActionCategory([]byte{4}); !errors.Is(err, dissect.ErrTruncated) {
		t.Errorf("an action cut short: error %v", err)
	}
}

func TestCategoryNames(t *testing.T) {
	names := make(map[string]bool)
	for category := range 128 {
		name := dot11.CategoryName(uint8(category))
		if name != "reserved" && names[name] {
			t.Errorf("two categories are %q", name)
		}
		names[name] = true
	}
	if got := dot11.CategoryName(dot11.CategorySAQuery | 0x80); got != "SA query" {
		t.Errorf("an error answer is of category %q", got)
	}
	if got := dot11.CategoryName(100); got != "reserved" {
		t.Errorf("category 100 is %q", got)
	}
}

// A basic ID of a helicopter, then a location at 47.5°, 8.5°.
const (
	basicID  = "02 12 4142434400000000000000000000000000000000 000000"
	location = "12 20 00 00 00 c0ec4f1c 40ff1005 0000 0000 0000 00 00 0000 00 00"
)

func TestRemoteID(t *testing.T) {
	want := dot11.RemoteID{HasBasicID: true, HasLocation: true, Latitude: 475_000_000, Longitude: 85_000_000}
	copy(want.BasicID[:], "\x12ABCD")
	pack := "f2 19 02" + basicID + location
	for name, hex := range map[string]string{
		"a pack":                      element(221, "fa0bbc0d 01"+pack),
		"a pack that claims too much": element(221, "fa0bbc0d 01"+strings.Replace(pack, "19 02", "19 09", 1)),
		"two messages":                element(221, "fa0bbc0d 01"+basicID) + element(221, "fa0bbc0d 02"+location),
	} {
		var e dot11.Elements
		if err := e.Decode(octets(t, hex)); err != nil || e.RemoteID != want {
			t.Errorf("%s: got %+v, error %v; want %+v", name, e.RemoteID, err, want)
		}
	}
	for name, hex := range map[string]string{
		"the usual service":        "04 09 506f9a13 03 4000 8869199d9209 01 00 10 36 01" + pack,
		"with bitmap and filters":  "04 09 506f9a13 03 4700 8869199d9209 01 00 5c 0000 02 aabb 01 cc 36 01" + pack,
		"with a length too large":  "04 09 506f9a13 03 4000 8869199d9209 01 00 10 ff 01" + pack,
		"with other octets before": "04 09 506f9a13 00 0100 aa 03 4000 8869199d9209 01 00 10 36 01" + pack,
	} {
		var got dot11.RemoteID
		if !got.DecodeNAN(octets(t, hex)) || got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	var got dot11.RemoteID
	if got.DecodeNAN(octets(t, "04 09 506f9a13 03 0900 010203040506 01 00 10 00")) {
		t.Error("another service is taken for Remote ID")
	}
	if !got.DecodeNAN(octets(t, "04 09 506f9a13 03 0900 8869199d9209 01 00 5c 0000 ff")) || got != (dot11.RemoteID{}) {
		t.Errorf("a service without its information: %+v", got)
	}
}

func TestBodiesDoNotAllocate(t *testing.T) {
	b := octets(t, "04 09 506f9a13 03 4000 8869199d9209 01 00 10 36 01 f2 19 02"+basicID+location)
	var beacon dot11.BeaconBody
	var auth dot11.AuthBody
	var id dot11.RemoteID
	seeds.NoAllocation(t, func() {
		_ = beacon.Decode(b)
		_ = auth.Decode(b)
		_ = id.DecodeNAN(b)
	})
}
