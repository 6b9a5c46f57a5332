package doctor

// Status says how well something is.
type Status string

// The statuses.
const (
	Fine    Status = "fine"
	Warning Status = "warning" // it works, and could be better
	Broken  Status = "broken"  // it does not work
)

// Report is what the doctor found.
type Report struct {
	Ready   bool    `json:"ready"`   // something can listen here, and nothing stops the tap
	Summary string  `json:"summary"` // one sentence
	Radios  []Radio `json:"radios"`
	Wired   []Wired `json:"wired"`
	Tap     Tap     `json:"tap"`
	Checks  []Check `json:"checks"` // of the machine
}

// Radio is a Wi-Fi adapter.
type Radio struct {
	Name       string      `json:"name"`   // of the wiphy
	MAC        string      `json:"mac"`    // permanent address
	Driver     string      `json:"driver"` // empty: not known
	Device     string      `json:"device"` // bus and identity
	Status     Status      `json:"status"`
	Text       string      `json:"text"`           // what the tap would do with it, or why it would not
	Cure       string      `json:"cure,omitempty"` // what would help
	Note       string      `json:"note,omitempty"` // what is known of its driver
	Sources    []string    `json:"sources,omitempty"`
	Monitor    bool        `json:"monitor"` // it has monitor mode
	Country    string      `json:"country"` // of its regulatory domain
	Bands      []Band      `json:"bands"`
	Interfaces []Interface `json:"interfaces"`
}

// Band is what a radio can do in one frequency band.
type Band struct {
	Band     string `json:"band"`     // "2.4 GHz"
	Channels string `json:"channels"` // allowed to listen on: "1-13"; empty: none
	Allowed  int    `json:"allowed"`
	Known    int    `json:"known"` // of the adapter, allowed or not
	Radar    string `json:"radar,omitempty"`
}

// Interface is one of a radio's interfaces.
type Interface struct {
	Name string   `json:"name"`
	Type string   `json:"type"`
	Up   bool     `json:"up"`
	By   []string `json:"by,omitempty"` // programs that hold it
}

// Wired is an interface for a cable.
type Wired struct {
	Name    string `json:"name"`
	MAC     string `json:"mac"`
	Driver  string `json:"driver"`
	Carrier bool   `json:"carrier"`
	Uplink  bool   `json:"uplink"` // the box's way to the network
	Status  Status `json:"status"`
	Text    string `json:"text"`
	Cure    string `json:"cure,omitempty"`
}

// Check is one thing of the machine that the tap needs.
type Check struct {
	Name   string `json:"name"`
	Status Status `json:"status"`
	Text   string `json:"text"`
	Cure   string `json:"cure,omitempty"`
}
