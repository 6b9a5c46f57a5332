package wlan

import "strings"

// AKMs is a set of authentication and key management suites of the OUI
// 00-0F-AC: bit n is suite type n (802.11-2020, table 9-151). WPA1's suites have
// bits of their own, since they are another protocol with the same numbers.
type AKMs uint64

// Suite types by name, and the two of WPA1 (OUI 00-50-F2).
const (
	AKM8021X        = 1
	AKMPSK          = 2
	AKMFT8021X      = 3
	AKMFTPSK        = 4
	AKM8021XSHA256  = 5
	AKMPSKSHA256    = 6
	AKMTDLS         = 7
	AKMSAE          = 8
	AKMFTSAE        = 9
	AKMSuiteB       = 11
	AKMSuiteB192    = 12
	AKMFT8021X384   = 13
	AKMFILSSHA256   = 14
	AKMFILSSHA384   = 15
	AKMFTFILSSHA256 = 16
	AKMFTFILSSHA384 = 17
	AKMOWE          = 18
	AKMFTPSKSHA384  = 19
	AKMPSKSHA384    = 20
	AKMSAEGroup     = 24 // SAE with group-dependent hash (802.11-2024)
	AKMFTSAEGroup   = 25
	AKMOther        = 59 // a vendor's suite, or a number above 55
	AKMWPA18021X    = 60
	AKMWPA1PSK      = 61
)

// Has reports whether suite is in the set.
func (a AKMs) Has(suite uint) bool { return a>>suite&1 != 0 }

// Ciphers is a set of cipher suites of the OUI 00-0F-AC: bit n is suite type n
// (802.11-2020, table 9-149).
type Ciphers uint32

// Cipher suite types.
const (
	CipherGroup   = 0
	CipherWEP40   = 1
	CipherTKIP    = 2
	CipherCCMP    = 4
	CipherWEP104  = 5
	CipherBIPCMAC = 6
	CipherNone    = 7 // group addressed traffic not allowed
	CipherGCMP    = 8
	CipherGCMP256 = 9
	CipherCCMP256 = 10
	CipherBIPGMAC = 11
	CipherOther   = 31
)

// Has reports whether suite is in the set.
func (c Ciphers) Has(suite uint) bool { return c>>suite&1 != 0 }

// PMF says what a BSS asks of protected management frames (802.11-2020,
// 9.4.2.24.4: MFPC, MFPR).
type PMF uint8

// The states of PMF in the RSN capabilities.
const (
	PMFOff PMF = iota
	PMFCapable
	PMFRequired
)

// Security is what a BSS announces about its protection. The zero value is an
// open network.
type Security struct {
	AKMs     AKMs
	Pairwise Ciphers
	Group    Ciphers
	PMF      PMF

	// Privacy is the capability bit; alone, without a suite, it means WEP.
	Privacy bool
}

// String names the security as people do, strongest first: "WPA3-SAE, WPA2-PSK".
func (s Security) String() string {
	if s.AKMs == 0 {
		if s.Privacy {
			return "WEP"
		}
		return "Open"
	}
	var names []string
	add := func(name string, suites ...uint) {
		for _, suite := range suites {
			if s.AKMs.Has(suite) {
				names = append(names, name)
				return
			}
		}
	}
	add("WPA3-Enterprise 192-bit", AKMSuiteB192, AKMFT8021X384)
	add("WPA3-SAE", AKMSAE, AKMFTSAE, AKMSAEGroup, AKMFTSAEGroup)
	add("WPA2-Enterprise", AKM8021X, AKMFT8021X, AKM8021XSHA256, AKMSuiteB)
	add("FILS", AKMFILSSHA256, AKMFILSSHA384, AKMFTFILSSHA256, AKMFTFILSSHA384)
	add("WPA2-PSK", AKMPSK, AKMFTPSK, AKMPSKSHA256, AKMFTPSKSHA384, AKMPSKSHA384)
	add("OWE", AKMOWE)
	add("WPA1-Enterprise", AKMWPA18021X)
	add("WPA1-PSK", AKMWPA1PSK)
	if len(names) == 0 {
		names = append(names, "other suite")
	}
	return strings.Join(names, ", ")
}

// Features is a set of things a BSS announces; bits are never renumbered, since
// they travel in reports.
type Features uint32

// The features, by the element that announces them (802.11-2020, 9.4.2).
const (
	FeatureHT Features = 1 << iota
	FeatureVHT
	FeatureHE
	FeatureEHT
	FeatureMultiLink
	FeatureWPS
	FeatureWPSConfigured
	FeatureMobilityDomain
	FeatureNeighborReport // reduced neighbor report
	FeatureMultipleBSSID
	FeatureInterworking
	FeatureChannelSwitch // CSA or ECSA present
	FeatureQuiet
	FeatureBSSTransition
	FeatureHotspot20
	FeatureMesh
	FeatureRemoteID // ASTM F3411
	FeatureOWETransition
	FeatureQoS
	FeatureIBSS
	FeatureSAEHashToElement
	FeatureNonTransmitted // heard only inside another BSS's multiple BSSID element
)
