package wlan

// pmfNames in the order of PMF's values.
var pmfNames = [...]string{PMFOff: "off", PMFCapable: "capable", PMFRequired: "required"}

// String names the state: "off", "capable", "required".
func (p PMF) String() string { return pmfNames[min(p, PMFRequired)] }

// featureNames in the order of the bits of Features.
var featureNames = [...]string{
	"HT", "VHT", "HE", "EHT", "Multi-link", "WPS", "WPS configured", "Fast transition", "Neighbor report",
	"Multiple BSSID", "Interworking", "Channel switch", "Quiet", "BSS transition", "Hotspot 2.0", "Mesh",
	"Remote ID", "OWE transition", "QoS", "IBSS", "SAE hash-to-element", "Non-transmitted BSSID",
}

// Names returns the names of the features in f, none of them as an empty slice.
// Bits of a later version have no name here and are left out.
func (f Features) Names() []string {
	names := []string{}
	for i, name := range featureNames {
		if f>>i&1 != 0 {
			names = append(names, name)
		}
	}
	return names
}
