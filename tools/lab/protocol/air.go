package protocol

import "picket/shared/wlan"

// Capture records an interface into a pcap file until capture.stop.
type Capture struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace,omitempty"`
	Interface string `json:"interface"`
	Path      string `json:"path"`
	SnapLen   int    `json:"snapLen,omitempty"`  // 0: whole frames
	MaxBytes  int64  `json:"maxBytes,omitempty"` // of the file; 0: 256 MiB. What comes after is counted, not written
}

// Captured are a capture's counts.
type Captured struct {
	Frames  uint64 `json:"frames"`  // written
	Dropped uint64 `json:"dropped"` // by the kernel, for want of room in the ring
	Skipped uint64 `json:"skipped"` // beyond MaxBytes
	Bytes   int64  `json:"bytes"`   // of the file
	FirstMS int64  `json:"firstMS"` // Unix time of the first frame
	LastMS  int64  `json:"lastMS"`
	Error   string `json:"error,omitempty"` // what ended it early
}

// Medium is the air between simulated radios, made in Go: who hears whom, and how
// loud. Radios are named by their wiphys and must exist.
type Medium struct {
	Seed     uint64       `json:"seed"`
	MinDBm   wlan.DBm     `json:"minDBm,omitempty"`   // links not named get one signal each between MinDBm
	MaxDBm   wlan.DBm     `json:"maxDBm,omitempty"`   // and MaxDBm, drawn by Seed; both 0: -75 … -35
	FloorDBm wlan.DBm     `json:"floorDBm,omitempty"` // weaker frames are not delivered; 0: -95
	JitterDB int          `json:"jitterDB,omitempty"` // a frame's signal varies by up to this, either way
	Loss     float64      `json:"loss,omitempty"`     // 0 to 1: frames lost on links not named
	Links    []MediumLink `json:"links,omitempty"`
	AckFor   []AckFor     `json:"ackFor,omitempty"`
}

// A MediumLink is what the radio To hears of the radio From; the other way is the
// same unless it is named too.
type MediumLink struct {
	From      string   `json:"from"`
	To        string   `json:"to"`
	SignalDBm wlan.DBm `json:"signalDBm"`
	Loss      float64  `json:"loss,omitempty"`
}

// AckFor lets a radio answer for addresses that are not its own: an attacker's
// spoofed ones (the kernel's medium never does, and tools then stall).
type AckFor struct {
	Radio     string   `json:"radio"`
	Addresses []string `json:"addresses,omitempty"` // none: any that no radio has
}

// MediumLinks changes links of a medium that runs.
type MediumLinks struct {
	Links []MediumLink `json:"links"`
}

// MediumStats are a medium's counts.
type MediumStats struct {
	Frames    uint64 `json:"frames"`    // sent by radios
	Delivered uint64 `json:"delivered"` // to one receiver each
	Unheard   uint64 `json:"unheard"`   // below the floor
	Lost      uint64 `json:"lost"`      // by Loss
	Acked     uint64 `json:"acked"`
	Overruns  uint64 `json:"overruns"` // times the kernel's queue to us ran over: frames are missing
	Refused   uint64 `json:"refused"`  // deliveries that the kernel refused (a radio that just went)
	BusyMS    int64  `json:"busyMS"`
}

// Forge sends frames on a monitor interface that is up and tuned.
type Forge struct {
	Namespace string `json:"namespace,omitempty"`
	Interface string `json:"interface"`
	Kind      string `json:"kind"` // "csa", "m3", "karma", "pmkid", "eht", "beacons", "probes", "deauths"

	BSSID        string    `json:"bssid,omitempty"`
	Station      string    `json:"station,omitempty"`
	SSID         string    `json:"ssid,omitempty"`
	FrequencyMHz wlan.MHz  `json:"frequencyMHz,omitempty"` // what the frames say of themselves
	ToMHz        wlan.MHz  `json:"toMHz,omitempty"`        // csa: where to
	Count        int       `json:"count,omitempty"`        // frames; floods end at it or at DurationMS, whichever comes first
	Rate         int       `json:"rate,omitempty"`         // frames a second; 0: as fast as it goes
	DurationMS   int64     `json:"durationMS,omitempty"`   // karma, eht and floods: for so long
	Seed         uint64    `json:"seed,omitempty"`         // invented addresses and names
	Distinct     int       `json:"distinct,omitempty"`     // floods: that many senders in turn; 0: a new one each frame
	Reason       uint16    `json:"reason,omitempty"`       // deauths
	Links        []MLDLink `json:"links,omitempty"`        // eht: the other links of the multi-link device
	MLD          string    `json:"mld,omitempty"`          // eht: its address
	LinkID       uint8     `json:"linkID,omitempty"`       // eht: of this beacon within it
	WidthMHz     wlan.MHz  `json:"widthMHz,omitempty"`     // eht
}

// MLDLink is another link of a multi-link device.
type MLDLink struct {
	ID           uint8    `json:"id"`
	BSSID        string   `json:"bssid"`
	FrequencyMHz wlan.MHz `json:"frequencyMHz"`
}

// Forged tells what was sent: Frames is what the kernel accepted, exactly.
type Forged struct {
	Frames     uint64   `json:"frames"`
	Refused    uint64   `json:"refused"` // by the kernel, after which it was tried again or given up
	MS         int64    `json:"ms"`      // from the first to the last
	FirstMS    int64    `json:"firstMS"` // Unix time
	LastMS     int64    `json:"lastMS"`
	Associated []string `json:"associated,omitempty"` // karma: stations that joined
	Notes      []string `json:"notes,omitempty"`
}
