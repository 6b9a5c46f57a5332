package dot11

import (
	"encoding/binary"

	"picket/appliance/dissect"
	"picket/shared/wlan"
)

// Type is the type of a frame (802.11-2020, table 9-1).
type Type uint8

// Frame types.
const (
	Management Type = iota
	Control
	Data
	Extension
)

// Kind is type and subtype together, type × 16 + subtype: what tshark calls
// wlan.fc.type_subtype (802.11-2020, table 9-1).
type Kind uint8

// Kinds of frames that Picket treats by name.
const (
	AssociationRequest    Kind = 0x00
	AssociationResponse   Kind = 0x01
	ReassociationRequest  Kind = 0x02
	ReassociationResponse Kind = 0x03
	ProbeRequest          Kind = 0x04
	ProbeResponse         Kind = 0x05
	TimingAdvertisement   Kind = 0x06
	Beacon                Kind = 0x08
	ATIM                  Kind = 0x09
	Disassociation        Kind = 0x0a
	Authentication        Kind = 0x0b
	Deauthentication      Kind = 0x0c
	Action                Kind = 0x0d
	ActionNoAck           Kind = 0x0e
	Trigger               Kind = 0x12
	BeamformingPoll       Kind = 0x14
	NDPAnnouncement       Kind = 0x15
	ControlExtension      Kind = 0x16
	ControlWrapper        Kind = 0x17
	BlockAckRequest       Kind = 0x18
	BlockAck              Kind = 0x19
	PSPoll                Kind = 0x1a
	RTS                   Kind = 0x1b
	CTS                   Kind = 0x1c
	ACK                   Kind = 0x1d
	CFEnd                 Kind = 0x1e
	CFEndAck              Kind = 0x1f
	DMGBeacon             Kind = 0x30
	S1GBeacon             Kind = 0x31
)

// Type returns the type of frames of kind k.
func (k Kind) Type() Type { return Type(k >> 4) }

// Direction is what ToDS and FromDS say together.
type Direction uint8

// Directions of a data frame.
const (
	Direct Direction = iota // within an IBSS, or between stations of a BSS
	ToDS                    // from a station to its AP
	FromDS                  // from an AP to a station
	Bridge                  // four addresses
)

// Frame is a MAC header. Addresses that the frame does not have are zero.
type Frame struct {
	Kind      Kind
	Direction Direction
	Version   uint8

	Retry, Protected, MoreFragments, PowerManagement bool

	Fragment  uint8
	HasQoS    bool
	AMSDU     bool // the body is a sequence of A-MSDU subframes
	Mesh      bool // the body, or each of its subframes, starts with Mesh Control
	TID       uint8
	Duration  uint16 // µs, or the AID of a PS-Poll
	Sequence  uint16
	HeaderLen int // octets; the body starts there

	Receiver    wlan.MAC // address 1
	Transmitter wlan.MAC // address 2; zero in ACK and CTS
	BSSID       wlan.BSSID
	Source      wlan.MAC
	Destination wlan.MAC
}

// HasTransmitter reports whether the frame says who sent it.
func (f *Frame) HasTransmitter() bool { return f.Transmitter != wlan.MAC{} }

// Bits of the second octet of frame control (802.11-2020, 9.2.4.1).
const (
	fcToDS          = 0x01
	fcFromDS        = 0x02
	fcMoreFragments = 0x04
	fcRetry         = 0x08
	fcPowerMgmt     = 0x10
	fcProtected     = 0x40
	fcOrder         = 0x80
)

// Decode reads the header of the frame in b, which ends before the FCS, into f,
// replacing all of f. The error is dissect.ErrTruncated when the header is cut
// short, with what precedes the cut in f, and dissect.ErrMalformed for a
// protocol version that this package does not know.
func Decode(b []byte, f *Frame) error {
	*f = Frame{}
	if len(b) < 2 {
		return dissect.ErrTruncated
	}
	fc, flags := b[0], b[1]
	f.Version = fc & 3
	f.Kind = Kind(fc>>2&3)<<4 | Kind(fc>>4)
	f.Direction = Direction(flags & (fcToDS | fcFromDS))
	f.MoreFragments = flags&fcMoreFragments != 0
	f.Retry = flags&fcRetry != 0
	f.PowerManagement = flags&fcPowerMgmt != 0
	f.Protected = flags&fcProtected != 0
	if f.Version != 0 {
		return dissect.ErrMalformed
	}
	if len(b) < 10 {
		return dissect.ErrTruncated
	}
	f.Duration = binary.LittleEndian.Uint16(b[2:])
	f.Receiver = wlan.MAC(b[4:10])
	switch f.Kind.Type() {
	case Management:
		return f.management(b, flags)
	case Control:
		return f.control(b)
	case Data:
		return f.data(b, flags)
	default:
		f.extension(b)
		return nil
	}
}

// extension reads what DMG and S1G beacons have of a header (802.11-2020,
// 9.3.4.2, 9.3.4.3): one address, of the BSS and of who sends. The flags of an
// S1G beacon mean other things, of which Picket needs none.
func (f *Frame) extension(b []byte) {
	f.HeaderLen = 10
	f.Receiver = wlan.Broadcast
	f.Destination = wlan.Broadcast
	f.Transmitter = wlan.MAC(b[4:10])
	f.Source, f.BSSID = f.Transmitter, f.Transmitter
	if f.Kind == S1GBeacon {
		f.Direction, f.MoreFragments, f.Retry, f.PowerManagement, f.Protected = 0, false, false, false, false
	}
}

func (f *Frame) management(b []byte, flags byte) error {
	if len(b) < 24 {
		return dissect.ErrTruncated
	}
	f.Transmitter = wlan.MAC(b[10:16])
	f.BSSID = wlan.MAC(b[16:22])
	f.Destination, f.Source = f.Receiver, f.Transmitter
	f.sequence(b)
	f.HeaderLen = 24
	if flags&fcOrder != 0 { // HT control
		f.HeaderLen = 28
	}
	if len(b) < f.HeaderLen {
		return dissect.ErrTruncated
	}
	return nil
}

func (f *Frame) control(b []byte) error {
	switch f.Kind {
	case CTS, ACK:
		f.HeaderLen = 10
		return nil
	case ControlWrapper:
		f.HeaderLen = 16 // address 1, carried frame control, HT control
	default:
		f.HeaderLen = 16
		if len(b) < 16 {
			return dissect.ErrTruncated
		}
		f.Transmitter = wlan.MAC(b[10:16])
		// A group bit here says that the frame signals its bandwidth (802.11-2020,
		// 9.3.1.2): the address is the one without it.
		f.Transmitter[0] &^= 1
	}
	switch f.Kind {
	case ControlExtension: // its subtype goes on where others have flags (table 9-2)
		f.Direction, f.MoreFragments, f.Retry = 0, false, false
	case PSPoll:
		f.BSSID = f.Receiver
	case CFEnd, CFEndAck:
		f.BSSID = f.Transmitter
	}
	if len(b) < f.HeaderLen {
		return dissect.ErrTruncated
	}
	return nil
}

func (f *Frame) data(b []byte, flags byte) error {
	if len(b) < 24 {
		return dissect.ErrTruncated
	}
	third := wlan.MAC(b[16:22])
	f.Transmitter = wlan.MAC(b[10:16])
	f.sequence(b)
	f.HeaderLen = 24
	switch f.Direction {
	case Direct:
		f.Destination, f.Source, f.BSSID = f.Receiver, f.Transmitter, third
	case ToDS:
		f.BSSID, f.Source, f.Destination = f.Receiver, f.Transmitter, third
	case FromDS:
		f.Destination, f.BSSID, f.Source = f.Receiver, f.Transmitter, third
	case Bridge:
		f.Destination = third
		f.HeaderLen = 30
		if len(b) < 30 {
			return dissect.ErrTruncated
		}
		f.Source = wlan.MAC(b[24:30])
	}
	if f.Kind&0x08 != 0 {
		f.HasQoS = true
		if len(b) < f.HeaderLen+2 {
			return dissect.ErrTruncated
		}
		f.TID = b[f.HeaderLen] & 0x0f
		f.AMSDU = b[f.HeaderLen]&0x80 != 0 && f.Kind.HasPayload()
		// Bit 8 is Mesh Control Present between mesh stations, and part of a queue
		// size from other stations (table 9-10): those send with ToDS alone.
		f.Mesh = f.Direction&FromDS != 0 && b[f.HeaderLen+1]&1 != 0
		f.HeaderLen += 2
		if flags&fcOrder != 0 { // HT control
			f.HeaderLen += 4
			if len(b) < f.HeaderLen {
				return dissect.ErrTruncated
			}
		}
	}
	return nil
}

func (f *Frame) sequence(b []byte) {
	sc := binary.LittleEndian.Uint16(b[22:])
	f.Fragment, f.Sequence = uint8(sc&0x0f), sc>>4
}

// HasPayload reports whether a data frame of kind k carries data: null frames
// and pure CF subtypes do not.
func (k Kind) HasPayload() bool { return k.Type() == Data && k&0x04 == 0 }
