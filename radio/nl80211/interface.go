package nl80211

import (
	"strconv"
	"strings"

	"picket/shared/wlan"
)

// An InterfaceType is what a virtual interface does (enum nl80211_iftype,
// nl80211.h v6.12).
type InterfaceType uint32

// The interface types.
const (
	TypeUnspecified InterfaceType = iota
	TypeAdHoc
	TypeStation
	TypeAP
	TypeAPVLAN
	TypeWDS
	TypeMonitor
	TypeMeshPoint
	TypeP2PClient
	TypeP2PGO
	TypeP2PDevice
	TypeOCB
	TypeNAN
)

// String names the type as iw does.
func (t InterfaceType) String() string {
	switch t {
	case TypeUnspecified:
		return "unspecified"
	case TypeAdHoc:
		return "IBSS"
	case TypeStation:
		return "managed"
	case TypeAP:
		return "AP"
	case TypeAPVLAN:
		return "AP/VLAN"
	case TypeWDS:
		return "WDS"
	case TypeMonitor:
		return "monitor"
	case TypeMeshPoint:
		return "mesh point"
	case TypeP2PClient:
		return "P2P client"
	case TypeP2PGO:
		return "P2P GO"
	case TypeP2PDevice:
		return "P2P device"
	case TypeOCB:
		return "OCB"
	case TypeNAN:
		return "NAN"
	default:
		return "type " + strconv.FormatUint(uint64(t), 10)
	}
}

// A TypeSet is a set of interface types: bit n is type n.
type TypeSet uint32

// TypesOf returns the set of the given types.
func TypesOf(types ...InterfaceType) TypeSet {
	var s TypeSet
	for _, t := range types {
		s.add(t)
	}
	return s
}

// Has reports whether t is in the set.
func (s TypeSet) Has(t InterfaceType) bool { return t < 32 && s>>t&1 != 0 }

// String lists the types: "managed, AP, monitor".
func (s TypeSet) String() string {
	var names []string
	for t := range InterfaceType(32) {
		if s.Has(t) {
			names = append(names, t.String())
		}
	}
	return strings.Join(names, ", ")
}

// add adds t; types beyond the set's 32 are of a kernel that this package does
// not know, and dropped.
func (s *TypeSet) add(t InterfaceType) {
	if t < 32 {
		*s |= 1 << t
	}
}

// MonitorFlags say what else a monitor interface delivers: bit n is flag n of
// enum nl80211_mntr_flags (nl80211.h v6.12). The zero value leaves it to the
// kernel, which for mac80211 means control frames and frames of every BSS.
type MonitorFlags uint32

// The monitor flags. Cooked frames are left out: the kernel deprecates them, and
// they are seen only when nothing else wanted them.
const (
	MonitorFCSFail  MonitorFlags = 1 << 1 // frames with a bad FCS
	MonitorPLCPFail MonitorFlags = 1 << 2 // frames with a bad PLCP
	MonitorControl  MonitorFlags = 1 << 3 // control frames
	MonitorOtherBSS MonitorFlags = 1 << 4 // disable BSSID filtering
	MonitorActive   MonitorFlags = 1 << 6 // acknowledge what is sent to its address; not for a receiver
)

// An Interface is a virtual interface of a wiphy.
type Interface struct {
	// Index is the ifindex, 0 for one without a network device (P2P device,
	// NAN).
	Index uint32
	Name  string

	// WDev identifies the interface among all of the machine, also where there
	// is no network device.
	WDev  uint64
	Wiphy uint32 // the index of its wiphy
	Type  InterfaceType
	MAC   wlan.MAC

	// SSID is that of the access point it is, or is connected to; "" for none.
	SSID string

	// Channel is what it is tuned to; Channel.Frequency is 0 where the driver
	// does not say or nothing is tuned. A monitor interface answers only while
	// it is up.
	Channel ChannelDefinition

	// Links are the links of a multi-link interface, whose own Channel is zero.
	Links []Link

	// UsesFourAddresses marks a station or VLAN that is part of a bridge.
	UsesFourAddresses bool
}

// A Link is one link of a multi-link interface (802.11be).
type Link struct {
	ID      uint8
	MAC     wlan.MAC
	Channel ChannelDefinition
}

// InUse reports whether the interface serves a network of somebody: it is
// connected, or an access point, or part of a mesh.
func (i Interface) InUse() bool {
	switch i.Type {
	case TypeMonitor, TypeP2PDevice:
		return false
	default:
		return i.SSID != "" || i.Channel.Frequency != 0 || len(i.Links) > 0
	}
}
