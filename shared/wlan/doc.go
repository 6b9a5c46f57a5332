// Package wlan is the vocabulary that both halves of Picket share: addresses,
// powers, frequencies, times and security suites of IEEE 802.11, each in a type
// of its own, so that a mistake of units does not compile.
//
// The package holds no behaviour beyond conversion and naming, imports neither
// half of the project, and all of its types are comparable values.
package wlan
