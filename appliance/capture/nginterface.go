package capture

import (
	"fmt"
	"math"
	"math/bits"
)

// Options of an interface block (draft-ietf-opsawg-pcapng, 4.2).
const (
	optionEnd        = 0
	optionResolution = 9  // if_tsresol
	optionOffset     = 14 // if_tsoffset
)

// ngInterface is what packets need of an interface block.
type ngInterface struct {
	linkType   LinkType
	snapLength uint32 // octets, 0: no limit
	resolution uint8  // if_tsresol: 10 to the minus n, or with bit 7 2 to the minus n, seconds
	offset     int64  // if_tsoffset: seconds to add
}

func (n *ng) addInterface(body []byte) error {
	if len(body) < 8 {
		return fmt.Errorf("%w: interface block of %d octets", ErrFormat, len(body))
	}
	if len(n.interfaces) == maxInterfaces {
		return fmt.Errorf("%w: more than %d interfaces", ErrFormat, maxInterfaces)
	}
	i := ngInterface{linkType: LinkType(n.uint16(body)), snapLength: n.uint32(body[4:]), resolution: 6}
	for options := body[8:]; len(options) >= 4; {
		code, length := n.uint16(options), int(n.uint16(options[2:]))
		options = options[4:]
		if code == optionEnd || length > len(options) {
			break // what is known of the interface by then is kept, as tshark does
		}
		value := options[:length]
		switch {
		case code == optionResolution && length == 1:
			i.resolution = value[0]
		case code == optionOffset && length == 8:
			high, low := n.uint32(value), n.uint32(value[4:])
			if !n.big {
				high, low = low, high
			}
			i.offset = int64(uint64(high)<<32 | uint64(low))
		}
		options = options[min(len(options), (length+3)&^3):]
	}
	n.interfaces = append(n.interfaces, i)
	return nil
}

// time converts a count of the interface's units to nanoseconds since 1970. Times
// that an int64 of nanoseconds cannot hold (after 2262) stay at its limit.
func (i *ngInterface) time(units uint64) int64 {
	var seconds, nanoseconds uint64
	exponent := i.resolution & 0x7f
	switch {
	case i.resolution&0x80 != 0:
		if exponent >= 64 {
			break // a file of such an interface lasts no second
		}
		seconds = units >> exponent
		high, low := bits.Mul64(units&(1<<exponent-1), 1e9)
		nanoseconds = high<<(64-exponent) | low>>exponent
	case exponent == 6: // nearly all files
		seconds, nanoseconds = units/1e6, units%1e6*1000
	case exponent < 20:
		perSecond := pow10(exponent)
		seconds = units / perSecond
		high, low := bits.Mul64(units%perSecond, 1e9)
		nanoseconds, _ = bits.Div64(high, low, perSecond) // high < perSecond: the factor is below it
	}
	return saturate(seconds, nanoseconds, i.offset)
}

func pow10(exponent uint8) uint64 {
	n := uint64(1)
	for ; exponent > 0; exponent-- {
		n *= 10
	}
	return n
}

func saturate(seconds, nanoseconds uint64, offset int64) int64 {
	const most = math.MaxInt64/1_000_000_000 - 1
	if seconds > most || offset > most || offset < -most {
		return math.MaxInt64
	}
	total := int64(seconds) + offset
	if total > most || total < -most {
		return math.MaxInt64
	}
	return total*1e9 + int64(nanoseconds)
}
