package main

import "time"

// A script is what one radio hears in the loop.
type script struct {
	seed   uint64
	aps    []ap
	scenes []scene
}

// An ap is an access point that beacons for the whole loop.
type ap struct {
	mac    address
	from   string // the laboratory capture whose beacons it sends
	signal int    // mean, dBm
}

// A scene is a laboratory capture, or a part of it, on the loop's time line.
type scene struct {
	from       string
	at         time.Duration // where the capture's beginning lies in the loop
	skip, stop time.Duration // the part that is played; stop 0: to the end
	who        map[address]role
	injected   int // signal of what an attack tool sends, mean, dBm; 0: there is none
}

// A role is a device's part in a scene.
type role struct {
	mac    address
	signal int // mean, dBm
}

// Addresses as the laboratory has them.
var (
	labAP       = address{2, 0, 0, 0, 1, 0}
	labClient   = address{2, 0, 0, 0, 2, 0}
	labAttacker = address{2, 0, 0, 0, 4, 0}
	labTwin     = address{2, 0, 0, 0, 5, 0}
)

// device returns an access point's or an installed device's address, of the
// range for documentation (RFC 7042, 2.1.1).
func device(n byte) address { return address{0x00, 0x00, 0x5e, 0x00, 0x53, n} }

// private returns an address as telephones invent them: locally administered.
func private(n byte) address { return address{0x02 | n<<4&0xf0, 0x53, n, 0x5e, 0x11 ^ n, n * 37} }

// The office's access points.
var (
	apPSK    = ap{device(0x81), "legit-wpa2-psk", -47}
	apSAE    = ap{device(0x82), "legit-wpa3-sae", -55}
	apOWE    = ap{device(0x83), "legit-owe", -58}
	apEAP    = ap{device(0x84), "legit-wpa2-eap", -62}
	apHidden = ap{device(0x85), "legit-hidden-ssid", -66}
	apOpen   = ap{device(0x86), "legit-open", -74}
	apWPS    = ap{device(0x87), "wps-reaver", -69}
	apPMF    = ap{device(0x89), "pmf-deauth-aireplay", -60} // the same network as apPSK, frames protected
	apAX     = ap{device(0x88), "legit-ax-5ghz", -52}
)

// cast returns the roles of a scene of an access point and one client.
func cast(a ap, client address, signal int) map[address]role {
	return map[address]role{labAP: {a.mac, a.signal}, labClient: {client, signal}}
}

// with returns who with one role more.
func with(who map[address]role, lab, mac address, signal int) map[address]role {
	who[lab] = role{mac, signal}
	return who
}

// joined is how much of a legitimate capture shows a client that joins and
// talks, without the bulk transfer at the end.
const joined = 8 * time.Second

// office2G is the air at 2.4 GHz: eight access points with people coming and going,
// a twin of one network, a client that is thrown out of another, a flood of
// invented networks, and somebody trying the WPS PINs of a forgotten router.
var office2G = script{
	seed: 2437,
	aps:  []ap{apPSK, apSAE, apOWE, apEAP, apHidden, apOpen, apWPS, apPMF},
	scenes: []scene{
		{from: "legit-wpa2-psk", at: 1 * time.Second, skip: time.Second, who: cast(apPSK, private(1), -51)},
		{from: "legit-wpa2-psk", at: 14 * time.Second, skip: time.Second, stop: joined, who: cast(apPSK, private(2), -63)},
		{from: "legit-wpa3-sae", at: 4 * time.Second, skip: time.Second, who: cast(apSAE, private(3), -57)},
		{from: "legit-wpa3-sae", at: 36 * time.Second, skip: time.Second, stop: joined, who: cast(apSAE, device(0x91), -60)},
		{from: "legit-owe", at: 9 * time.Second, skip: time.Second, stop: joined, who: cast(apOWE, private(4), -64)},
		{from: "legit-owe", at: 52 * time.Second, skip: time.Second, stop: joined, who: cast(apOWE, private(5), -70)},
		{from: "legit-wpa2-eap", at: 2 * time.Second, skip: time.Second, who: cast(apEAP, device(0x92), -59)},
		{from: "legit-wpa2-eap", at: 30 * time.Second, skip: time.Second, who: cast(apEAP, device(0x93), -65)},
		{from: "legit-hidden-ssid", at: 20 * time.Second, skip: time.Second, stop: joined, who: cast(apHidden, device(0x94), -68)},
		{from: "legit-open", at: 70 * time.Second, skip: time.Second, stop: joined, who: cast(apOpen, private(6), -73)},

		{from: "twin-psk-ch11", at: 24 * time.Second, who: map[address]role{labTwin: {private(13), -43}, labClient: {private(2), -63}}},
		{from: "deauth-aireplay-unicast", at: 40 * time.Second, skip: time.Second, who: cast(apPSK, private(1), -51), injected: -67},
		{from: "pmf-deauth-aireplay", at: 60 * time.Second, skip: time.Second, who: cast(apPMF, private(11), -57), injected: -67},
		{from: "wps-reaver", at: 45 * time.Second, skip: time.Second, who: with(cast(apWPS, private(7), -72), labAttacker, private(14), -70)},
		{from: "beacon-flood-mdk4", at: 76 * time.Second, skip: time.Second, who: cast(apPSK, private(8), -61), injected: -71},
	},
}

// office5G is the air at 5 GHz: one fast network, 80 MHz wide.
var office5G = script{
	seed: 5180,
	aps:  []ap{apAX},
	scenes: []scene{
		{from: "legit-ax-5ghz", at: 3 * time.Second, skip: time.Second, who: cast(apAX, private(9), -54)},
		{from: "legit-ax-5ghz", at: 28 * time.Second, skip: time.Second, who: cast(apAX, private(10), -61)},
		{from: "legit-ax-5ghz", at: 55 * time.Second, skip: time.Second, who: cast(apAX, device(0x95), -67)},
	},
}
