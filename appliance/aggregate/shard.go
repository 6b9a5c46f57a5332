package aggregate

import (
	"picket/appliance/dissect/dhcp"
	"picket/appliance/dissect/dns"
	"picket/appliance/dissect/dot11"
	"picket/appliance/dissect/ether"
	"picket/appliance/dissect/link"
	"picket/appliance/dissect/radiotap"
)

// Shard adds the frames of one capture to Window. It is used by one goroutine.
type Shard struct {
	// Window is the current one; the owner sets it, takes it away when its time is
	// over, and sets the next.
	Window *Window

	announcements announcements
	ignoreFCSFlag bool

	// Scratch space, so that dissecting a frame allocates nothing.
	header   radiotap.Header
	frame    dot11.Frame
	remoteID dot11.RemoteID
	profiles dot11.NonTransmitted
	profile  dot11.Profile
	inner    announcement
	packet   ether.Packet
	message  dns.Message
	lease    dhcp.Message
}

// NewShard returns a shard that defines fingerprints in defs. driver is the name
// of the capture's kernel driver, "" when there is none: some drivers' headers
// need a second look (quirks.go).
func NewShard(defs *Definitions, driver string) *Shard {
	_, lies := fcsFlagLies[driver]
	return &Shard{announcements: newAnnouncements(defs), ignoreFCSFlag: lies}
}

// Add adds one frame of the given link type that came at t (UTC, ns since 1970)
// with length octets, of which data was captured. It keeps no reference to data.
func (s *Shard) Add(linkType uint16, t int64, length int, data []byte) {
	w := s.Window
	w.Frames++
	w.Bytes += uint64(length)
	kind, frame, err := link.Decode(linkType, data, length, &s.header)
	if err != nil {
		w.Malformed++
		return
	}
	switch kind {
	case link.Dot11:
		// The length on the air is without the driver's header.
		s.dot11(w, t, length-s.header.Len, frame)
	case link.Ether:
		s.ether(w, t, length, frame)
	default:
		w.Unsupported++
	}
}
