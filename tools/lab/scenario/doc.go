// Package scenario is what the laboratory plays, as data.
//
// A Scenario says which radios there are and in which namespaces, how signals
// spread, which programs run with which settings, what happens in which order and
// how long each step may take, what is captured, and what the node must know in
// the end. Package lab plays it; nothing here does anything.
//
//	stage      radios, namespaces, APs, clients, taps, steps: how scenarios are built
//	hostapd    settings of an access point, and the file that hostapd reads
//	supplicant settings of a client, and the file that wpa_supplicant reads
//	office     the whole air at once
//	legit      one network of each kind of security, with a client that uses it
//	deauth, flood, twin, forged, grab   attacks, one file a family
//
// # What is random
//
// Addresses, signals and channels are drawn from a scenario's seed: Seeded(n) is
// another laboratory for each n, and All is Seeded(1). An expectation therefore
// names what was drawn, never a constant, and no detector can learn the laboratory
// instead of the attack.
//
// # The air
//
// Most scenarios use the medium made in Go: each pair of radios has its own signal,
// an attacker another than the AP that it imitates, and tools that spoof addresses
// are acknowledged where that is said. A capture's label tells the attacker's
// signal, by which the attack's frames can be counted exactly.
//
// # What the tap hears
//
// Where counts matter, the tap listens on interfaces that are tuned for it
// (-capture): it misses nothing, and the same frames are in the labelled capture.
// Where finding things matters, it is given bare radios and hops.
package scenario
