package hwsim

import (
	"bytes"
	"encoding/binary"
	"testing"

	"picket/shared/wlan"
)

const testFamily = 0x25

func told() []byte {
	start := 0
	b := appendMessage(nil, testFamily, cmdFrame, 9)
	b = appendBytes(b, attrTransmitter, []byte{2, 0, 0, 0, 1, 0})
	b = appendBytes(b, attrFrame, append([]byte{0x80, 0, 0, 0}, bytes.Repeat([]byte{0xff}, 33)...))
	b = appendUint32(b, attrFlags, FlagReport)
	b = appendUint32(b, attrFrequency, 2437)
	b = appendBytes(b, attrTXInfo, []byte{4, 1, 0xff, 0, 0xff, 0, 0xff, 0})
	b = appendBytes(b, attrTXInfoFlags, make([]byte, 12))
	b = appendBytes(b, attrCookie, binary.NativeEndian.AppendUint64(nil, 77))
	return finish(b, start)
}

func TestAFrameIsReadAsHwsimSendsIt(t *testing.T) {
	b := append(told(), told()...)
	var f Frame
	kind, rest, err := decode(b, testFamily, &f)
	if err != nil || kind != Sent || len(rest) != len(b)/2 {
		t.Fatalf("kind %v, %d octets left, %v", kind, len(rest), err)
	}
	if f.Transmitter != (wlan.MAC{2, 0, 0, 0, 1, 0}) || f.Frequency != 2437 || f.Rate != 4 || f.Cookie != 77 || f.Flags != FlagReport || len(f.Data) != 37 {
		t.Errorf("%+v", f)
	}
}

func TestDeliveriesAndReportsAreWellFormed(t *testing.T) {
	var f Frame
	if _, _, err := decode(told(), testFamily, &f); err != nil {
		t.Fatal(err)
	}
	b := appendDelivery(nil, testFamily, 1, wlan.MAC{2, 0, 0, 0, 3, 0}, &f, -67)
	end := len(b)
	b = appendReport(b, testFamily, 2, &f, true, -50)
	var back Frame
	kind, rest, err := decode(b, testFamily, &back)
	if err != nil || kind != Sent || back.Address != (wlan.MAC{2, 0, 0, 0, 3, 0}) || !bytes.Equal(back.Data, f.Data) || back.Frequency != 2437 {
		t.Errorf("delivery: %v %+v, %v", kind, back, err)
	}
	if len(rest) != len(b)-end || len(b)%4 != 0 {
		t.Errorf("%d octets left of %d", len(rest), len(b))
	}
	if err := back.attributes(rest[nlHeader+gnlHeader:]); err != nil || back.Flags != FlagReport|FlagAcked || back.Cookie != 77 || back.TXInfo != [8]byte{4, 1, 0xff, 0, 0xff, 0, 0xff, 0} {
		t.Errorf("report: %+v, %v", back, err)
	}
}

func TestRefusalsAreTold(t *testing.T) {
	b := appendMessage(nil, nlError, 0, 1)[:nlHeader]
	b = binary.NativeEndian.AppendUint32(b, 0xffffffea) // -EINVAL
	var f Frame
	if kind, _, err := decode(finish(b, 0), testFamily, &f); kind != Refused || f.Errno != 22 || err != nil {
		t.Errorf("%v %d %v", kind, f.Errno, err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(told())
	f.Add(appendMessage(nil, nlError, 0, 1))
	f.Add([]byte{255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, b []byte) {
		var frame Frame
		for range len(b) + 1 {
			kind, rest, err := decode(b, testFamily, &frame)
			if kind == Sent && err == nil && len(frame.Data) < 10 {
				t.Fatalf("a frame of %d octets", len(frame.Data))
			}
			if len(rest) == 0 {
				return
			}
			if len(rest) >= len(b) {
				t.Fatal("no progress")
			}
			b = rest
		}
	})
}
