package api

import "strconv"

// reasonText says what a reason code means (802.11-2020, table 9-49).
func reasonText(code int) string {
	switch code {
	case 1:
		return "unspecified"
	case 2:
		return "authentication no longer valid"
	case 3:
		return "the sender is leaving the network"
	case 4:
		return "inactivity"
	case 5:
		return "the AP cannot handle all its stations"
	case 6:
		return "frame of class 2 from a station that is not authenticated"
	case 7:
		return "frame of class 3 from a station that is not associated"
	case 8:
		return "the station is leaving the BSS"
	case 9:
		return "association without authentication"
	case 10:
		return "power capability not acceptable"
	case 11:
		return "supported channels not acceptable"
	case 12:
		return "BSS transition management"
	case 13:
		return "invalid element"
	case 14:
		return "MIC failure"
	case 15:
		return "4-way handshake timeout"
	case 16:
		return "group key handshake timeout"
	case 17:
		return "handshake element differs from the beacon's"
	case 18:
		return "invalid group cipher"
	case 19:
		return "invalid pairwise cipher"
	case 20:
		return "invalid AKM"
	case 21:
		return "unsupported RSN version"
	case 22:
		return "invalid RSN capabilities"
	case 23:
		return "802.1X authentication failed"
	case 24:
		return "cipher suite refused by policy"
	case 34:
		return "poor channel conditions"
	case 36:
		return "the station is leaving the BSS or resetting"
	case 39:
		return "timeout"
	case 45:
		return "peer key handshake ended"
	case 46:
		return "peer initiated"
	case 47:
		return "access point initiated"
	}
	return "reason " + strconv.Itoa(code)
}

// dnsType names a type of DNS record (IANA, DNS parameters).
func dnsType(n int) string {
	switch n {
	case 1:
		return "A"
	case 2:
		return "NS"
	case 5:
		return "CNAME"
	case 6:
		return "SOA"
	case 12:
		return "PTR"
	case 15:
		return "MX"
	case 16:
		return "TXT"
	case 28:
		return "AAAA"
	case 33:
		return "SRV"
	case 35:
		return "NAPTR"
	case 43:
		return "DS"
	case 46:
		return "RRSIG"
	case 47:
		return "NSEC"
	case 48:
		return "DNSKEY"
	case 64:
		return "SVCB"
	case 65:
		return "HTTPS"
	case 255:
		return "ANY"
	}
	return "TYPE" + strconv.Itoa(n)
}

// linkType names a LINKTYPE_ of tcpdump.org/linktypes.html.
func linkType(n int32) string {
	switch n {
	case 1:
		return "Ethernet"
	case 105:
		return "802.11"
	case 113:
		return "Linux cooked"
	case 119:
		return "Prism"
	case 127:
		return "radiotap"
	case 192:
		return "PPI"
	case 276:
		return "Linux cooked v2"
	}
	return "link type " + strconv.Itoa(int(n))
}
