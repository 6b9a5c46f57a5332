package hwsim

import (
	"encoding/binary"
	"errors"

	"picket/shared/wlan"
)

// errMalformed is a message that contradicts itself.
var errMalformed = errors.New("malformed hwsim message")

// Kind says what a medium was told.
type Kind uint8

// The kinds.
const (
	Other   Kind = iota // nothing of interest
	Sent                // a radio sends a frame
	Added               // a radio got an address, at Frame.Address
	Removed             // a radio lost one
	Refused             // the kernel did not take what was delivered: Frame.Errno
)

// A Frame is what a medium is told. Data lies in the buffer of who decoded it.
type Frame struct {
	Transmitter wlan.MAC // the radio
	Address     wlan.MAC // Added, Removed
	Data        []byte   // without FCS
	Flags       uint32
	Frequency   wlan.MHz
	Rate        uint8 // index into the legacy rates of the band; of HT and above, the fastest
	TXInfo      [TXInfoLen]byte
	Cookie      uint64
	Errno       int32
}

const (
	nlHeader  = 16 // struct nlmsghdr
	gnlHeader = 4  // struct genlmsghdr
	nlError   = 2  // NLMSG_ERROR
)

// decode reads the first netlink message of b into f, replacing all of f, and
// returns the rest of b.
func decode(b []byte, familyID uint16, f *Frame) (Kind, []byte, error) {
	*f = Frame{}
	if len(b) < nlHeader {
		return Other, nil, errMalformed
	}
	size := int(binary.NativeEndian.Uint32(b))
	if size < nlHeader || size > len(b) {
		return Other, nil, errMalformed
	}
	body, rest := b[nlHeader:size], b[min(align(size), len(b)):]
	switch binary.NativeEndian.Uint16(b[4:]) {
	case nlError:
		if len(body) < 4 {
			return Other, rest, errMalformed
		}
		if f.Errno = -int32(binary.NativeEndian.Uint32(body)); f.Errno == 0 {
			return Other, rest, nil // an acknowledgement
		}
		return Refused, rest, nil
	case familyID:
	default:
		return Other, rest, nil
	}
	if len(body) < gnlHeader {
		return Other, rest, errMalformed
	}
	var kind Kind
	switch body[0] {
	case cmdFrame:
		kind = Sent
	case cmdAddAddress:
		kind = Added
	case cmdDelAddress:
		kind = Removed
	default:
		return Other, rest, nil
	}
	if err := f.attributes(body[gnlHeader:]); err != nil {
		return Other, rest, err
	}
	if kind == Sent && len(f.Data) < 10 {
		return Other, rest, errMalformed
	}
	return kind, rest, nil
}

const (
	flagMCS    = 1<<3 | 1<<8 // HT, VHT (enum hwsim_tx_rate_flags)
	legacyLow  = 12          // rates of 2.4 GHz
	legacyHigh = 8           // of 5 and 6 GHz
)

func (f *Frame) attributes(b []byte) error {
	var mcs bool
	for len(b) >= 4 {
		size, kind := int(binary.NativeEndian.Uint16(b)), binary.NativeEndian.Uint16(b[2:])
		if size < 4 || size > len(b) {
			return errMalformed
		}
		v := b[4:size]
		b = b[min(align(size), len(b)):]
		switch {
		case kind == attrTransmitter && len(v) >= 6:
			f.Transmitter = wlan.MAC(v)
		case kind == attrReceiver && len(v) >= 6:
			f.Address = wlan.MAC(v)
		case kind == attrFrame:
			f.Data = v
		case kind == attrFlags && len(v) >= 4:
			f.Flags = binary.NativeEndian.Uint32(v)
		case kind == attrFrequency && len(v) >= 4:
			f.Frequency = wlan.MHz(binary.NativeEndian.Uint32(v))
		case kind == attrTXInfo && len(v) >= TXInfoLen:
			f.TXInfo = [TXInfoLen]byte(v)
		case kind == attrCookie && len(v) >= 8:
			f.Cookie = binary.NativeEndian.Uint64(v)
		case kind == attrTXInfoFlags && len(v) >= 3: // index, flags
			mcs = binary.NativeEndian.Uint16(v[1:])&flagMCS != 0
		}
	}
	fastest := uint8(legacyHigh - 1)
	if f.Frequency < 3000 {
		fastest = legacyLow - 1
	}
	if index := int8(f.TXInfo[0]); index >= 0 && !mcs {
		f.Rate = min(uint8(index), fastest)
	} else if mcs {
		f.Rate = fastest
	}
	return nil
}

func align(n int) int { return (n + 3) &^ 3 }

// appendMessage starts a message to the family at the end of b; finish ends it.
func appendMessage(b []byte, familyID uint16, command uint8, sequence uint32) []byte {
	b = append(b, 0, 0, 0, 0)
	b = binary.NativeEndian.AppendUint16(b, familyID)
	b = binary.NativeEndian.AppendUint16(b, 1) // NLM_F_REQUEST
	b = binary.NativeEndian.AppendUint32(b, sequence)
	b = append(b, 0, 0, 0, 0)
	return append(b, command, 1, 0, 0) // version 1
}

func finish(b []byte, start int) []byte {
	binary.NativeEndian.PutUint32(b[start:], uint32(len(b)-start))
	return b
}

func appendBytes(b []byte, kind uint16, v []byte) []byte {
	b = binary.NativeEndian.AppendUint16(b, uint16(4+len(v)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = append(b, v...)
	for range align(len(v)) - len(v) {
		b = append(b, 0)
	}
	return b
}

func appendUint32(b []byte, kind uint16, v uint32) []byte {
	b = binary.NativeEndian.AppendUint16(b, 8)
	b = binary.NativeEndian.AppendUint16(b, kind)
	return binary.NativeEndian.AppendUint32(b, v)
}

// appendDelivery appends the message that lets a radio hear f.
func appendDelivery(b []byte, familyID uint16, sequence uint32, to wlan.MAC, f *Frame, signal wlan.DBm) []byte {
	start := len(b)
	b = appendMessage(b, familyID, cmdFrame, sequence)
	b = appendBytes(b, attrReceiver, to[:])
	b = appendBytes(b, attrFrame, f.Data)
	b = appendUint32(b, attrRXRate, uint32(f.Rate))
	b = appendUint32(b, attrSignal, uint32(int32(signal)))
	b = appendUint32(b, attrFrequency, uint32(f.Frequency))
	return finish(b, start)
}

// appendReport appends the message that tells a sender what became of f.
func appendReport(b []byte, familyID uint16, sequence uint32, f *Frame, acked bool, signal wlan.DBm) []byte {
	start := len(b)
	flags, rates := f.Flags, f.TXInfo
	if acked {
		flags |= FlagAcked
		rates[1] = 1 // the first try did it
		rates[2], rates[4], rates[6] = 0xff, 0xff, 0xff
	}
	b = appendMessage(b, familyID, cmdTXInfo, sequence)
	b = appendBytes(b, attrTransmitter, f.Transmitter[:])
	b = appendUint32(b, attrFlags, flags)
	b = appendUint32(b, attrSignal, uint32(int32(signal)))
	b = appendBytes(b, attrTXInfo, rates[:])
	b = binary.NativeEndian.AppendUint16(b, 12)
	b = binary.NativeEndian.AppendUint16(b, attrCookie)
	b = binary.NativeEndian.AppendUint64(b, f.Cookie)
	return finish(b, start)
}
