package api

import (
	"picket/server/store"
	"picket/shared/wlan"
)

// security returns a BSS's protection as people name it and how much it is
// worth; levels are those of the interface.
func security(b store.BSS) (name, pmf, level string) {
	if b.SecurityAKMs == nil || b.SecurityPairwise == nil || b.SecurityGroup == nil || b.SecurityPMF == nil || b.SecurityPrivacy == nil {
		return "Unknown", "off", "unknown"
	}
	s := wlan.Security{
		AKMs:     wlan.AKMs(*b.SecurityAKMs),
		Pairwise: wlan.Ciphers(*b.SecurityPairwise),
		Group:    wlan.Ciphers(*b.SecurityGroup),
		PMF:      wlan.PMF(*b.SecurityPMF),
		Privacy:  *b.SecurityPrivacy,
	}
	return s.String(), s.PMF.String(), securityLevel(s)
}

// securityLevel judges the weakest way in that a BSS offers. WEP and TKIP are
// broken, and WPA1 allows TKIP; PSK is as good as its passphrase; without PMF
// anybody can disconnect clients.
func securityLevel(s wlan.Security) string {
	switch {
	case s.AKMs == 0 && !s.Privacy:
		return "open"
	case s.AKMs == 0,
		s.AKMs.Has(wlan.AKMWPA1PSK), s.AKMs.Has(wlan.AKMWPA18021X),
		s.Pairwise.Has(wlan.CipherTKIP), s.Pairwise.Has(wlan.CipherWEP40), s.Pairwise.Has(wlan.CipherWEP104),
		s.Group.Has(wlan.CipherTKIP), s.Group.Has(wlan.CipherWEP40), s.Group.Has(wlan.CipherWEP104):
		return "weak"
	case s.PMF != wlan.PMFRequired, s.AKMs.Has(wlan.AKMOWE):
		return "ok"
	case any1(s.AKMs, wlan.AKMPSK, wlan.AKMFTPSK, wlan.AKMPSKSHA256, wlan.AKMFTPSKSHA384, wlan.AKMPSKSHA384, wlan.AKMOther):
		return "ok"
	}
	return "strong"
}

func any1(a wlan.AKMs, suites ...uint) bool {
	for _, suite := range suites {
		if a.Has(suite) {
			return true
		}
	}
	return false
}

// features names what a BSS announces; nil is a BSS of which nothing is known.
func features(bits *int64) []string {
	if bits == nil {
		return []string{}
	}
	return wlan.Features(*bits).Names()
}
