package count

import (
	"fmt"
	"strings"

	"picket/appliance/dissect/link"
	"picket/appliance/dissect/radiotap"
)

// Counter counts the frames of one capture. The zero value is ready.
type Counter struct {
	packets int
	bytes   int64
	dot11   dot11Counts
	ether   etherCounts
	header  radiotap.Header
}

// Add counts one frame of the given link type and of length octets on the air
// or wire, of which data was captured.
func (c *Counter) Add(linkType uint16, data []byte, length int) {
	c.packets++
	c.bytes += int64(length)
	kind, frame, err := link.Decode(linkType, data, length, &c.header)
	if err != nil {
		return
	}
	switch kind {
	case link.Dot11:
		c.dot11.add(frame, &c.header)
		if linkType == link.Radiotap {
			c.dot11.signal(&c.header)
		}
	case link.Ether:
		c.ether.add(frame)
	}
}

// String returns the counts that are not 0 as "key=value ; key=value".
func (c *Counter) String() string {
	var b strings.Builder
	put := func(key string, n int) {
		if n == 0 {
			return
		}
		if b.Len() > 0 {
			b.WriteString(" ; ")
		}
		fmt.Fprintf(&b, "%s=%d", key, n)
	}
	put("packets", c.packets)
	put("bytes", int(c.bytes))
	c.dot11.put(put)
	c.ether.put(put)
	return b.String()
}

func (c *dot11Counts) put(put func(string, int)) {
	for i, key := range []string{"mgmt", "ctrl", "data", "ext"} {
		put(key, c.types[i])
	}
	for _, k := range []struct {
		key  string
		kind int
	}{
		{"beacon", 8}, {"probe_req", 4}, {"probe_resp", 5}, {"auth", 11}, {"assoc_req", 0}, {"assoc_resp", 1},
		{"reassoc_req", 2}, {"reassoc_resp", 3}, {"disassoc", 10}, {"deauth", 12},
	} {
		put(k.key, c.kinds[k.kind])
	}
	put("action", c.kinds[13]+c.kinds[14])
	for i := 1; i <= 4; i++ {
		put(fmt.Sprintf("eapol_m%d", i), c.messages[i])
	}
	put("pmkid_m1", c.pmkids)
	put("retry", c.retry)
	put("protected", c.protected)
	put("fcs_bad", c.badFCS)
	put("bssids", len(c.bssids))
	put("ssids", len(c.ssids))
	put("hidden_beacons", c.hidden)
	put("clients", c.stations())
	put("probing_stas", len(c.probing))
	put("wps_bssids", len(c.wps))
	put("sae_bssids", len(c.sae))
	put("owe_bssids", len(c.owe))
	put("psk_bssids", len(c.psk))
	put("eap_bssids", len(c.eap))
	put("eht_bssids", len(c.eht))
	put("rid_frames", c.remoteIDs)
	if c.hasSignal {
		put("sig_min", int(c.signalMin))
		put("sig_max", int(c.signalMax))
	}
}

func (c *etherCounts) put(put func(string, int)) {
	put("arp_req", c.arpRequests)
	put("arp_rep", c.arpReplies)
	put("ipv4", c.ipv4)
	put("ipv6", c.ipv6)
	put("icmp", c.icmp)
	put("icmpv6", c.icmpv6)
	put("tcp", c.tcp)
	put("tcp_syn", c.syn)
	put("tcp_synack", c.synACK)
	put("udp", c.udp)
	put("dns_q", c.dnsQuestions)
	put("dns_r", c.dnsAnswers)
	put("dhcp", c.dhcp)
	put("vlan", c.vlan)
}
