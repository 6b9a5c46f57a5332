// Package nl80211test makes *nl80211.Client values that speak to no kernel.
//
//	Dial(Handler)   a kernel that is a function: request in, messages out
//	NewKernel()     a kernel with a state: wiphys, interfaces, events
//	Replay(Trace)   a kernel that was recorded: requests must match octet by octet
//	Record()        the real kernel, with all that is said written down
//
// All of them serve a netlink socket the way the kernel does, in what a client can
// get wrong: a dump ends with a message of its own, an acknowledgement is a
// datagram besides the answer, a refusal carries its text behind the request,
// events that found no room are told once as ENOBUFS, closing a socket removes the
// interfaces that it owns.
//
// # Descriptions of real drivers
//
// Drivers are descriptions of wiphys modelled on what real drivers register
// (MT7921U, ATH9KHTC, IWLWifi, Brcmfmac, RTL88XXAU, Hwsim): their bands, interface
// types, commands and what is odd about each. They are written by hand, not
// recorded. Encode writes them as the kernel does, split or not, in the kernel's
// order of attributes (nl80211.c v6.12, nl80211_send_wiphy).
//
// # Traces
//
// A trace is text, so that a diff shows what changed:
//
//	# words about where it is from
//	> 1 0301 0400ae00        a request: command, flags, attributes (hexadecimal)
//	< 3 0002 08000100…       a message in answer to it
//	! 22 38 Unknown channel  or a refusal: error number, attribute, the kernel's text
//
// Octets are those of a little-endian machine. Record makes one on a machine with
// radios; kept as a file under testdata it is a golden test from then on.
//
// Everything but Drivers needs Linux, whose numbers it speaks in.
package nl80211test
