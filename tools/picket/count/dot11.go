package count

import (
	"picket/appliance/dissect/dot11"
	"picket/appliance/dissect/link"
	"picket/appliance/dissect/radiotap"
	"picket/shared/wlan"
)

// dot11Counts holds the sets and counters of 802.11 frames.
type dot11Counts struct {
	types     [4]int
	kinds     [64]int
	retry     int
	protected int
	badFCS    int
	messages  [5]int // EAPOL-Key, by number of the message
	pmkids    int
	hidden    int
	remoteIDs int

	bssids, clients, probing     set[wlan.MAC]
	ssids, probed                set[string]
	wps, sae, owe, psk, eap, eht set[wlan.MAC]

	hasSignal            bool
	signalMin, signalMax wlan.DBm

	elements dot11.Elements
	remoteID dot11.RemoteID
}

// set is made when it first gets a member.
type set[T comparable] map[T]struct{}

func (s *set[T]) add(v T) {
	if *s == nil {
		*s = make(set[T])
	}
	(*s)[v] = struct{}{}
}

// signal takes the power that a radiotap header reports: the keys sig_min and
// sig_max are of that header alone.
func (c *dot11Counts) signal(h *radiotap.Header) {
	if !h.HasSignal {
		return
	}
	if !c.hasSignal {
		c.hasSignal, c.signalMin, c.signalMax = true, h.Signal, h.Signal
	}
	c.signalMin, c.signalMax = min(c.signalMin, h.Signal), max(c.signalMax, h.Signal)
}

func (c *dot11Counts) add(frame []byte, h *radiotap.Header) {
	if len(frame) < 2 {
		return
	}
	if h.BadFCS {
		c.badFCS++
		return
	}
	var f dot11.Frame
	err := dot11.Decode(frame, &f)
	if f.Version != 0 {
		return // not known, or damaged: its type means nothing
	}
	c.types[f.Kind.Type()]++
	c.kinds[f.Kind]++
	if f.Retry {
		c.retry++
	}
	if f.Protected {
		c.protected++
	}
	if err != nil {
		return
	}
	body, err := link.Body(frame, f.HeaderLen, h)
	if err != nil {
		return
	}
	switch f.Kind.Type() {
	case dot11.Management:
		c.management(&f, body)
	case dot11.Data:
		c.data(&f, body)
	}
}

func (c *dot11Counts) management(f *dot11.Frame, body []byte) {
	switch f.Kind {
	case dot11.Beacon, dot11.ProbeResponse:
		if f.Kind == dot11.Beacon {
			c.bssids.add(f.BSSID)
		}
		if len(body) >= dot11.BeaconFixedLen {
			_ = c.elements.Decode(body[dot11.BeaconFixedLen:]) // what precedes the damage counts
			c.announced(f)
		}
	case dot11.ProbeRequest:
		c.probing.add(f.Transmitter)
		c.clients.add(f.Transmitter)
		_ = c.elements.Decode(body)
		if name := c.elements.Name(); name != nil {
			c.probed.add(string(name))
		}
	case dot11.AssociationRequest, dot11.ReassociationRequest, dot11.Authentication:
		c.clients.add(f.Transmitter)
	case dot11.Action:
		if c.remoteID.DecodeNAN(body) {
			c.remoteIDs++
		}
	}
}

// announced counts what a beacon or probe response says of its BSS.
func (c *dot11Counts) announced(f *dot11.Frame) {
	e := &c.elements
	if e.Features&wlan.FeatureWPS != 0 {
		c.wps.add(f.BSSID)
	}
	if f.Kind != dot11.Beacon {
		return
	}
	if e.Hidden() {
		c.hidden++
	} else if name := e.Name(); name != nil {
		c.ssids.add(string(name))
	}
	if e.Features&wlan.FeatureRemoteID != 0 {
		c.remoteIDs++
	}
	if e.Features&wlan.FeatureEHT != 0 {
		c.eht.add(f.BSSID)
	}
	for _, group := range []struct {
		set    *set[wlan.MAC]
		suites []uint
	}{
		{&c.sae, []uint{wlan.AKMSAE, wlan.AKMFTSAE, wlan.AKMSAEGroup, wlan.AKMFTSAEGroup}},
		{&c.owe, []uint{wlan.AKMOWE}},
		{&c.psk, []uint{wlan.AKMPSK, wlan.AKMFTPSK, wlan.AKMPSKSHA256}},
		{&c.eap, []uint{wlan.AKM8021X, wlan.AKMFT8021X, wlan.AKM8021XSHA256, wlan.AKMSuiteB192, wlan.AKMFT8021X384}},
	} {
		for _, suite := range group.suites {
			if e.Security.AKMs.Has(suite) {
				group.set.add(f.BSSID)
			}
		}
	}
}

func (c *dot11Counts) data(f *dot11.Frame, body []byte) {
	switch f.Direction {
	case dot11.ToDS:
		c.clients.add(f.Source)
	case dot11.FromDS:
		c.clients.add(f.Destination)
	}
	if f.Protected || !f.Kind.HasPayload() || f.Fragment != 0 {
		return
	}
	etherType, rest, err := f.Payload(body)
	if err != nil || etherType != dot11.EtherTypeEAPOL {
		return
	}
	var key dot11.EAPOL
	_ = key.Decode(rest) // what precedes the damage counts
	if key.Message != 0 {
		c.messages[key.Message]++
		if key.PMKID {
			c.pmkids++
		}
	}
}

// stations is how many addresses of clients are neither group addresses nor those of a BSS.
func (c *dot11Counts) stations() int {
	n := 0
	for mac := range c.clients {
		if _, isBSS := c.bssids[mac]; !isBSS && !mac.Group() {
			n++
		}
	}
	return n
}
