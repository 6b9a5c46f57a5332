package api

// BSS is a BSSID with one SSID, as heard in the time range by the taps asked for.
type BSS struct {
	BSSID           string   `json:"bssid" example:"00:00:5e:00:53:01"`
	SSID            *string  `json:"ssid" doc:"null: hidden, or never announced"`
	Vendor          *string  `json:"vendor" doc:"Who the address block is assigned to; null: unknown, or a private address"`
	PrivateAddress  bool     `json:"privateAddress" doc:"Locally administered: no maker stands behind it"`
	Security        string   `json:"security" example:"WPA3-SAE, WPA2-PSK" doc:"\"Unknown\" when no beacon or probe response was heard"`
	PMF             string   `json:"pmf" enum:"off,capable,required" doc:"Protected management frames"`
	SecurityLevel   string   `json:"securityLevel" enum:"open,weak,ok,strong,unknown"`
	Features        []string `json:"features" example:"[\"HE\",\"WPS\"]"`
	Band            string   `json:"band" enum:"2.4 GHz,5 GHz,6 GHz,60 GHz,900 MHz,unknown"`
	Channel         *int     `json:"channel" doc:"Primary channel"`
	FrequencyMHz    *int     `json:"frequencyMHz" doc:"Centre of the primary channel"`
	WidthMHz        *int     `json:"widthMHz"`
	SignalDBm       *float64 `json:"signalDBm" doc:"Of the tap that heard it best lately: the mean of its window"`
	SignalTap       *string  `json:"signalTap" doc:"Name of that tap"`
	Clients         int      `json:"clients" doc:"Stations heard in it in the time range"`
	FramesPerSecond *float64 `json:"framesPerSecond" doc:"In the newest window of that tap"`
	FirstHeardAt    Time     `json:"firstHeardAt" doc:"Ever"`
	LastHeardAt     Time     `json:"lastHeardAt"`
	Taps            []TapRef `json:"taps" doc:"Who hears it"`
	Sites           []string `json:"sites" doc:"Slugs"`
	Demonstration   bool     `json:"demonstration"`
	Spark           BSSSpark `json:"spark"`
}

// BSSSpark is the time range in 24 equal parts, oldest first; null: not heard.
type BSSSpark struct {
	Signal []*float64 `json:"signal" doc:"dBm, mean of the tap that heard it best"`
	Frames []*int64   `json:"frames"`
}

// BSSDetail is everything about a BSSID.
type BSSDetail struct {
	BSSID            string       `json:"bssid"`
	Vendor           *string      `json:"vendor"`
	PrivateAddress   bool         `json:"privateAddress"`
	Variants         []BSS        `json:"variants" doc:"One for each SSID that it announced, last heard first"`
	Fingerprint      Fingerprints `json:"fingerprint" doc:"Of the latest beacon and of the latest probe response: two kinds, never compared with each other"`
	BeaconIntervalTU *int         `json:"beaconIntervalTU"`
	Country          *string      `json:"country" doc:"Two letters, as announced"`
	UptimeSeconds    *int64       `json:"uptimeSeconds" doc:"What its timing synchronisation function says"`
	Channels         []BSSChannel `json:"channels" doc:"On which it was heard in the time range"`
	FirstHeardAt     Time         `json:"firstHeardAt"`
	LastHeardAt      Time         `json:"lastHeardAt"`
	Disconnects      []Disconnect `json:"disconnects" doc:"Of the last 24 hours of the time range, newest first, at most 200"`
	Handshakes       []Handshake  `json:"handshakes" doc:"Of the last 24 hours of the time range, newest first, at most 200"`
	Sites            []string     `json:"sites"`
}

// Fingerprints are those of a BSS, by the kind of frame; null: none heard.
type Fingerprints struct {
	Beacon        *Fingerprint `json:"beacon"`
	ProbeResponse *Fingerprint `json:"probeResponse"`
}

// Fingerprint is what a transmitter's frames of one kind are made of.
type Fingerprint struct {
	Capabilities string    `json:"capabilities" doc:"Capability information field, hexadecimal" example:"0x0411"`
	Elements     []Element `json:"elements" doc:"In the order sent"`
}

// Element is one information element of a fingerprint.
type Element struct {
	ID          int     `json:"id" doc:"802.11-2020, table 9-92"`
	IDExtension *int    `json:"idExtension" doc:"Where id is 255"`
	VendorType  *string `json:"vendorType" doc:"Where id is 221: OUI and type, hexadecimal"`
	Name        string  `json:"name"`
	Class       string  `json:"class" enum:"stable,volatile" doc:"volatile: its content changes by design, only its presence counts"`
	Content     *string `json:"content" doc:"Hexadecimal, first 64 octets; null: volatile"`
	Length      *int    `json:"length" doc:"In octets; null: volatile"`
}

// BSSChannel is what was heard of a BSSID on a channel.
type BSSChannel struct {
	Channel      *int   `json:"channel"`
	Band         string `json:"band"`
	FrequencyMHz int    `json:"frequencyMHz"`
	Frames       int64  `json:"frames"`
	Bytes        int64  `json:"bytes"`
	LastHeardAt  Time   `json:"lastHeardAt"`
}

// Disconnect is a burst of equal deauthentication or disassociation frames.
type Disconnect struct {
	At          Time     `json:"at" doc:"First of the burst"`
	BSSID       string   `json:"bssid"`
	Transmitter string   `json:"transmitter"`
	Receiver    string   `json:"receiver" doc:"ff:ff:ff:ff:ff:ff: all stations"`
	Reason      *int     `json:"reason" doc:"802.11-2020, table 9-49; null: encrypted or cut"`
	ReasonText  string   `json:"reasonText"`
	Kind        string   `json:"kind" enum:"deauthentication,disassociation"`
	Protected   bool     `json:"protected" doc:"Sent by who holds the key"`
	Frames      int64    `json:"frames"`
	SignalDBm   *float64 `json:"signalDBm"`
	Tap         TapRef   `json:"tap"`
}

// Handshake is what a station and a BSS exchanged to connect, in one window.
type Handshake struct {
	At                   Time   `json:"at"`
	BSSID                string `json:"bssid"`
	Station              string `json:"station"`
	AuthRequests         int    `json:"authRequests"`
	AuthSuccesses        int    `json:"authSuccesses"`
	AuthFailures         int    `json:"authFailures"`
	AssociationRequests  int    `json:"associationRequests"`
	AssociationSuccesses int    `json:"associationSuccesses"`
	AssociationFailures  int    `json:"associationFailures"`
	M1                   int    `json:"m1" doc:"EAPOL-Key messages"`
	M2                   int    `json:"m2"`
	M3                   int    `json:"m3"`
	M4                   int    `json:"m4"`
	PMKIDs               int    `json:"pmkids" doc:"First messages that carry a PMKID"`
	Tap                  TapRef `json:"tap"`
}

// BSSSignal is the signal of a BSSID over time, a lane a tap.
type BSSSignal struct {
	StepSeconds int          `json:"stepSeconds"`
	Taps        []SignalLane `json:"taps"`
}

// SignalLane is what one tap heard, in columns of equal length. Where listened
// is false the tap did not report: nothing is known. Where listened is true and
// mean is null, the tap listened and did not hear it with a power.
type SignalLane struct {
	ID        string        `json:"id" format:"uuid"`
	Name      string        `json:"name"`
	At        []Time        `json:"at" doc:"Start of each step"`
	Listened  []bool        `json:"listened"`
	Min       []*int        `json:"min" doc:"dBm"`
	Mean      []*float64    `json:"mean" doc:"dBm"`
	Max       []*int        `json:"max" doc:"dBm"`
	Frames    []*int64      `json:"frames" doc:"Frames of the BSS per step; null where not listened"`
	Histogram [][]SignalBin `json:"histogram" doc:"Of each step; empty where the time range is so long, or the taps are so many, that steps are of 10 minutes and more"`
}

// SignalBin is [bin, frames]: bin b counts powers from -2b-1 to -2b dBm.
type SignalBin [2]int64
