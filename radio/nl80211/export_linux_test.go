package nl80211

import (
	"syscall"

	"github.com/mdlayher/netlink"
)

// What the fuzz targets and bounds tests call directly.

// The bounds of lists.
const (
	MaxWiphys       = maxWiphys
	MaxChannels     = maxChannels
	MaxBands        = maxBands
	MaxCombinations = maxCombinations
	MaxLimits       = maxLimits
	MaxAddresses    = maxAddresses
	MaxRadios       = maxRadios
	MaxRules        = maxRules
	MaxLinks        = maxLinks
	MaxTypes        = maxTypeCapabilities
	DumpAttempts    = dumpAttempts
	AnswerTimeout   = answerTimeout
)

// ParseWiphys merges the parts of a dump.
func ParseWiphys(parts ...[]byte) ([]Wiphy, error) {
	var messages []message
	for _, b := range parts {
		messages = append(messages, message{command: CommandNewWiphy, data: b})
	}
	if _, err := consistent(messages, 0); err != nil {
		return nil, err
	}
	return mergeWiphys(messages)
}

// ParseInterface reads one interface.
func ParseInterface(b []byte) (Interface, error) { return parseInterface(b) }

// ParseDomain reads one regulatory domain.
func ParseDomain(b []byte) (Domain, error) { return parseDomain(b) }

// ParseEvent reads one message of a multicast group, generic netlink header
// included.
func ParseEvent(b []byte) (Event, bool) { return new(Subscription).event(b) }

// ParseRefusal reads what the kernel said of a request's attributes.
func ParseRefusal(attributes []byte, offset int) error {
	return refusal("ask", attributes, &netlink.OpError{Op: "receive", Err: syscall.EINVAL, Message: "no", Offset: offset, Sequence: 1})
}
