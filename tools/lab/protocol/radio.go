package protocol

import "picket/shared/wlan"

// Regulatory is a country ("DE", or "00" for the world).
type Regulatory struct {
	Country string `json:"country"`
}

// Radio is a simulated radio. It has 2.4, 5 and 6 GHz, HT to HE, and, unless
// NoInterface, one managed interface that is named Interface.
type Radio struct {
	Name        string `json:"name"`                  // of the wiphy
	Address     string `json:"address,omitempty"`     // permanent; "": the kernel's choice, 02:00:00:00:NN:00
	Channels    int    `json:"channels,omitempty"`    // at the same time; 0: 1. More than 1 uses channel contexts
	MLO         bool   `json:"mlo,omitempty"`         // multi-link; such a radio has no wireless extensions
	Strict      bool   `json:"strict,omitempty"`      // listens only to its own regulatory domain
	NoInterface bool   `json:"noInterface,omitempty"` // as an adapter whose interfaces were deleted
	Interface   string `json:"interface,omitempty"`   // "": as the kernel names it (wlanN)
	Namespace   string `json:"namespace,omitempty"`   // where wiphy and interface go; made when it is absent
}

// Radios are the wiphys of all namespaces.
type Radios struct {
	Radios []RadioInfo `json:"radios"`
}

// RadioInfo is a wiphy as it is.
type RadioInfo struct {
	Name       string           `json:"name"`
	Index      uint32           `json:"index"`
	Namespace  string           `json:"namespace,omitempty"`
	Interfaces []RadioInterface `json:"interfaces,omitempty"`
}

// RadioInterface is an interface of a wiphy.
type RadioInterface struct {
	Name         string   `json:"name"`
	Index        uint32   `json:"index"`
	Address      string   `json:"address,omitempty"`
	Type         string   `json:"type"`
	FrequencyMHz wlan.MHz `json:"frequencyMHz,omitempty"`
	SSID         string   `json:"ssid,omitempty"`
}

// Move moves the wiphy Name with its interfaces from where it is to Namespace.
type Move struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"` // "": the agent's own
}

// NewInterface makes an interface on a wiphy, up.
type NewInterface struct {
	Namespace string `json:"namespace,omitempty"`
	Wiphy     string `json:"wiphy"`
	Interface string `json:"interface"`
	Type      string `json:"type"` // "monitor", "managed"
}

// SetType turns an interface into another type. It is up afterwards.
type SetType struct {
	Namespace string `json:"namespace,omitempty"`
	Interface string `json:"interface"`
	Type      string `json:"type"`
}

// Tune moves a monitor interface to a frequency.
type Tune struct {
	Namespace    string   `json:"namespace,omitempty"`
	Interface    string   `json:"interface"`
	FrequencyMHz wlan.MHz `json:"frequencyMHz"`
	WidthMHz     int      `json:"widthMHz,omitempty"`  // 0: 20 without HT
	CentreMHz    wlan.MHz `json:"centreMHz,omitempty"` // with a width above 20
}
