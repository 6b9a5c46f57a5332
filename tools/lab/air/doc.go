// Package air forges the frames that no program of the laboratory sends: those of
// attacks, of Wi-Fi 7, and of floods whose size must be known exactly.
//
//	Beacon, Deauth, Probe, HandshakeOne, …   octets of one frame, appended to a buffer
//	CSA, ReplayM3, Karma, PMKID, EHT, Flood   what an attacker does with them
//	Socket                                    a monitor interface to send and hear on
//
// What is forged is well formed to the letter, with lengths and elements as an
// access point would send them: a detector that finds these frames must find them
// by what they claim, not by a mistake in them. The tests read every frame with the
// product's dissectors, and with tshark where that is installed.
//
// Frames end before the FCS, which the driver adds. They leave through a raw packet
// socket bound to a monitor interface, behind a radiotap header without fields.
//
// It is for the laboratory: attackers there reach simulated radios only.
package air
