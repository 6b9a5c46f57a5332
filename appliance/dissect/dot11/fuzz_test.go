package dot11_test

import (
	"testing"

	"picket/appliance/dissect/dot11"
	"picket/appliance/dissect/internal/seeds"
	"picket/appliance/dissect/link"
	"picket/appliance/dissect/radiotap"
	"picket/shared/wlan"
)

// frame is everything that this package reads of a frame.
type frame struct {
	header    dot11.Frame
	beacon    dot11.BeaconBody
	elements  dot11.Elements
	auth      dot11.AuthBody
	key       dot11.EAPOL
	remoteID  dot11.RemoteID
	code      uint16
	etherType uint16
}

func (f *frame) decode(b []byte) error {
	*f = frame{}
	if err := dot11.Decode(b, &f.header); err != nil {
		return err
	}
	body := b[f.header.HeaderLen:]
	switch f.header.Kind {
	case dot11.Beacon, dot11.ProbeResponse:
		if err := f.beacon.Decode(body); err != nil {
			return err
		}
	case dot11.Authentication:
		if err := f.auth.Decode(body); err != nil {
			return err
		}
	case dot11.Deauthentication, dot11.Disassociation:
		f.code, _ = dot11.Reason(body)
	case dot11.AssociationResponse, dot11.ReassociationResponse:
		f.code, _ = dot11.AssocResponseStatus(body)
	case dot11.Action, dot11.ActionNoAck:
		category, _, _ := dot11.ActionCategory(body)
		_ = dot11.CategoryName(category)
		f.remoteID.DecodeNAN(body)
	}
	if n, ok := f.header.Kind.FixedLen(); ok && n <= len(body) {
		return f.elements.Decode(body[n:])
	}
	if f.header.Kind.HasPayload() {
		var rest []byte
		var err error
		if f.etherType, rest, err = f.header.Payload(body); err != nil {
			return err
		}
		return f.key.Decode(rest)
	}
	return nil
}

func FuzzDecode(f *testing.F) {
	for _, c := range frames {
		f.Add(octets(f, c.hex))
	}
	var h radiotap.Header
	seeds.Frames(f, func(linkType uint16, b []byte) {
		if kind, frame, err := link.Decode(linkType, b, len(b), &h); err == nil && kind == link.Dot11 {
			f.Add(frame[:min(len(frame), 512)])
		}
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		seeds.Promises(t, b, func(b []byte, v *frame) error { return v.decode(b) }, seeds.Itself)
		var v dot11.Frame
		if err := dot11.Decode(b, &v); err == nil && (v.HeaderLen < 10 || v.HeaderLen > len(b)) {
			t.Errorf("a header of %d octets in %d", v.HeaderLen, len(b))
		}
	})
}

func FuzzElements(f *testing.F) {
	for _, c := range elementLists {
		f.Add(octets(f, c.hex))
	}
	f.Add(octets(f, element(221, "fa0bbc0d 01 f2 19 02"+basicID+location)))
	var h radiotap.Header
	seeds.Frames(f, func(linkType uint16, b []byte) {
		kind, frame, err := link.Decode(linkType, b, len(b), &h)
		var v dot11.Frame
		if err != nil || kind != link.Dot11 || dot11.Decode(frame, &v) != nil {
			return
		}
		if n, ok := v.Kind.FixedLen(); ok && v.HeaderLen+n < len(frame) {
			f.Add(frame[v.HeaderLen+n:])
		}
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		decode := func(b []byte, e *dot11.Elements) error { return e.Decode(b) }
		seeds.Promises(t, b, decode, seeds.Itself)
		var e dot11.Elements
		_ = e.Decode(b)
		if e.SSIDLen > 32 || e.TIMStart > e.TIMEnd || e.TIMEnd > len(b) || int(e.RateCount) > len(e.Rates) {
			t.Errorf("%+v", e)
		}
		it := dot11.Iterator{B: b}
		at := 0
		for el := (dot11.Element{}); it.Next(&el); at = it.Offset() {
			_ = el.Volatile()
			if el.Offset != at || it.Offset() < at+2 || it.Offset() > len(b) {
				t.Fatalf("an element at %d, after %d, ends at %d of %d", el.Offset, at, it.Offset(), len(b))
			}
		}
	})
}

// said is what a neighbor report or a multiple BSSID set says, in a sum: there
// are too many to compare one by one.
type said struct {
	count int
	last  dot11.Neighbor
	bssid wlan.BSSID
	known dot11.Elements
}

func FuzzNeighbors(f *testing.F) {
	for _, c := range reports {
		f.Add(octets(f, c.hex))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		decode := func(b []byte, v *said) error {
			*v = said{}
			it := dot11.Neighbors{B: b}
			for it.Next(&v.last) {
				v.count++
			}
			return it.Err()
		}
		seeds.Promises(t, b, decode, seeds.Itself)
		var v said
		if _ = decode(b, &v); v.count > len(b) {
			t.Errorf("%d APs in %d octets", v.count, len(b))
		}
	})
}

func FuzzNonTransmitted(f *testing.F) {
	f.Add(manyProfiles(f))
	for _, profile := range []string{
		element(0, element(83, "1104")+element(0, "6162")+element(85, "01 03 00")+element(255, "38 01 30 00")),
		element(0, element(83, "1104")+element(85, "02")+rsn("08", "8000")) + element(0, element(83, "1104")),
	} {
		f.Add(octets(f, rsn("02", "c000")+element(71, "03"+profile)+element(71, "03"+element(0, element(85, "05")))))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		decode := func(b []byte, v *said) error {
			*v = said{}
			it := dot11.NonTransmitted{B: b, BSSID: a1}
			for p := (dot11.Profile{}); it.Next(&p); v.count++ {
				v.bssid, v.known = p.BSSID, p.Elements
			}
			return nil
		}
		seeds.Promises(t, b, decode, seeds.Itself)
		var v said
		if _ = decode(b, &v); v.count > 64 || v.count > 0 && (v.bssid == a1 || v.known.TIMEnd != 0) {
			t.Errorf("%+v", v)
		}
	})
}
