package desired

import (
	"time"

	"picket/shared/wlan"
)

// Bounds of settings.
const (
	MaxList      = 128 // frequencies of a list; all bands together have 109 channels of 20 MHz
	MaxLocks     = 16
	MaxLock      = 24 * time.Hour // how long a lock may last
	MaxShare     = 64             // taps that share the work
	MinRevisitMS = 1_000
	MaxRevisitMS = 600_000
	MinWindowMS  = 5_000
	MaxWindowMS  = 60_000
	MaxAdapter   = 64          // octets of an adapter's name
	MaxRevision  = 1<<53 - 1   // what every reader of JSON can hold
	MaxEncoded   = 64 << 10    // octets of a document, signed or not
	lockSlack    = time.Minute // by which clocks of node and tap may differ
)

// A Document is everything that the centre wants of one tap. A setting that is
// absent (nil, zero or empty) is the tap's to decide.
type Document struct {
	Cluster  string    `json:"cluster"`             // id: 64 hexadecimal digits
	Tap      string    `json:"tap"`                 // UUID
	Revision uint64    `json:"revision"`            // 1 to MaxRevision; it grows with every change
	IssuedAt time.Time `json:"issued_at"`           // when the revision was made, cluster time
	WindowMS int       `json:"window_ms,omitempty"` // length of a report's window: a part of a minute, MinWindowMS to MaxWindowMS
	Radio    Radio     `json:"radio,omitzero"`

	// Unknown names what the document holds and this software does not know,
	// at most a few. It is not part of the document.
	Unknown []string `json:"-"`
}

// Radio is what the centre wants of a tap's radios. Frequencies are centres of
// 20 MHz channels, ascending, each once.
//
// A lock beats everything; Exclude beats Only and Own.
type Radio struct {
	Use       *bool      `json:"use,omitempty"`         // false: leave all radios alone
	Country   string     `json:"country,omitempty"`     // ISO 3166-1 alpha-2, or "00": the hint for the regulatory domain
	Own       []wlan.MHz `json:"own_mhz,omitempty"`     // channels of our own networks: listened to first
	Only      []wlan.MHz `json:"only_mhz,omitempty"`    // listen on no others
	Exclude   []wlan.MHz `json:"exclude_mhz,omitempty"` // never listen on these
	Locks     []Lock     `json:"locks,omitempty"`
	Share     Share      `json:"share,omitzero"`
	RevisitMS int        `json:"revisit_ms,omitempty"` // longest time between two visits of a channel: MinRevisitMS to MaxRevisitMS
}

// A Lock keeps an adapter on a channel for a time.
type Lock struct {
	Frequency wlan.MHz  `json:"frequency_mhz"`
	BSSID     string    `json:"bssid,omitempty"`   // for whose sake: lower case with colons
	Adapter   string    `json:"adapter,omitempty"` // name of the wiphy; empty: whichever the tap chooses
	Until     time.Time `json:"until"`
}

// A Share divides the channels among the taps of a place: this one is Index of
// Of, counted from 0. Of 0 or 1 is all of the work.
type Share struct {
	Index int `json:"index"`
	Of    int `json:"of"`
}

// Active returns the locks that hold at now. One that lasts longer than a lock
// may does not: the clock is wrong, and a tap must not stay on one channel for
// that.
func (r Radio) Active(now time.Time) []Lock {
	var active []Lock
	for _, l := range r.Locks {
		if left := l.Until.Sub(now); left > 0 && left <= MaxLock+lockSlack {
			active = append(active, l)
		}
	}
	return active
}
