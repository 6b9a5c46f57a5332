// Package link strips what a capture puts around a frame: it tells by the link
// type what the octets are, reads the driver's header where there is one, and
// takes off the FCS where that header says there is one.
package link

import (
	"picket/appliance/dissect"
	"picket/appliance/dissect/ppi"
	"picket/appliance/dissect/prism"
	"picket/appliance/dissect/radiotap"
)

// Link types that carry frames Picket reads (tcpdump.org/linktypes.html).
const (
	Ethernet  = 1
	IEEE80211 = 105
	Prism     = 119
	Radiotap  = 127
	AVS       = 163
	PPI       = 192
)

const fcsLen = 4 // octets

// Kind says which dissector a frame is for.
type Kind uint8

// Kinds of frames.
const (
	Unsupported Kind = iota // a link type without a dissector
	Dot11
	Ether
)

// KindOf returns the kind of frames with the given link type; PPI is Dot11 until
// its header says otherwise.
func KindOf(linkType uint16) Kind {
	switch linkType {
	case Ethernet:
		return Ether
	case IEEE80211, Prism, Radiotap, AVS, PPI:
		return Dot11
	default:
		return Unsupported
	}
}

// Decode reads the header before the frame in b into h, replacing all of h, and
// returns the frame without its FCS; it aliases b. length is the frame's length
// before the capture cut it, with the header, whose octets are h.Len. The error
// is the header's: the frame can then not be found.
func Decode(linkType uint16, b []byte, length int, h *radiotap.Header) (Kind, []byte, error) {
	kind := Dot11
	var err error
	switch linkType {
	case Ethernet:
		*h = radiotap.Header{}
		return Ether, b, nil
	case Radiotap:
		// What a damaged field list hides does not hide the frame.
		if err = radiotap.Decode(b, h); h.Len > 0 {
			err = nil
		}
	case IEEE80211:
		*h = radiotap.Header{}
		return Dot11, b, nil
	case Prism, AVS:
		err = prism.Decode(b, h)
	case PPI:
		var inner uint32
		inner, err = ppi.Decode(b, h)
		if h.Len > 0 {
			err = nil
		}
		switch inner {
		case Ethernet:
			kind = Ether
		case IEEE80211:
		case Radiotap: // a header within the header
			if err != nil {
				return kind, nil, err
			}
			outer := h.Len
			kind, b, err = Decode(Radiotap, b[outer:], length-outer, h)
			if err == nil {
				h.Len += outer
			}
			return kind, b, err
		default:
			return Unsupported, nil, err
		}
	default:
		*h = radiotap.Header{}
		return Unsupported, nil, nil
	}
	if err != nil {
		return kind, nil, err
	}
	b = b[h.Len:]
	if h.FCS {
		// A capture that cut the frame short may have cut the FCS, or part of it.
		if missing := length - h.Len - len(b); missing < fcsLen {
			b = b[:max(0, len(b)-(fcsLen-max(missing, 0)))]
		}
	}
	return kind, b, nil
}

// Body returns the part of frame behind a MAC header of n octets, minding the
// padding that some drivers put there.
func Body(frame []byte, n int, h *radiotap.Header) ([]byte, error) {
	if h.DataPad {
		n = (n + 3) &^ 3
	}
	if n > len(frame) {
		return nil, dissect.ErrTruncated
	}
	return frame[n:], nil
}
