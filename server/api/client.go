package api

// Client is a station as heard in the time range.
type Client struct {
	MAC            string   `json:"mac"`
	Vendor         *string  `json:"vendor" doc:"null: unknown, or a private address"`
	Randomised     bool     `json:"randomised" doc:"Locally administered: likely to change, and nobody's identity"`
	BSSID          *string  `json:"bssid" doc:"Where it was heard last; null: only probing"`
	SSID           *string  `json:"ssid" doc:"Of that BSS, where it is known"`
	Probes         []string `json:"probes" doc:"SSIDs that it asked for by name, at most 20"`
	Band           string   `json:"band" enum:"2.4 GHz,5 GHz,6 GHz,60 GHz,900 MHz,unknown"`
	Channel        *int     `json:"channel"`
	SignalDBm      *float64 `json:"signalDBm" doc:"Of the tap that heard it best lately: the mean of its window"`
	FramesSent     int64    `json:"framesSent" doc:"In the time range, like all counts"`
	FramesReceived int64    `json:"framesReceived"`
	BytesSent      int64    `json:"bytesSent"`
	BytesReceived  int64    `json:"bytesReceived"`
	FirstHeardAt   Time     `json:"firstHeardAt" doc:"Ever"`
	LastHeardAt    Time     `json:"lastHeardAt"`
	Taps           []TapRef `json:"taps"`
	Sites          []string `json:"sites"`
	Demonstration  bool     `json:"demonstration"`
}

// ClientDetail is a station with what it did in the time range.
type ClientDetail struct {
	Client
	Associations []Association `json:"associations" doc:"BSSs in which it was heard, last heard first"`
	Probes       []Probe       `json:"probes" doc:"SSIDs that it asked for by name, last asked first"`
	Disconnects  []Disconnect  `json:"disconnects" doc:"Sent by it or to it in the last 24 hours of the time range, newest first, at most 200"`
}

// Association is a BSS in which a station was heard.
type Association struct {
	BSSID        string  `json:"bssid"`
	SSID         *string `json:"ssid"`
	FirstHeardAt Time    `json:"firstHeardAt" doc:"In the time range"`
	LastHeardAt  Time    `json:"lastHeardAt"`
	Frames       int64   `json:"frames" doc:"Sent and received"`
}

// Probe is an SSID that a station asked for.
type Probe struct {
	SSID        string `json:"ssid"`
	Requests    int64  `json:"requests"`
	LastHeardAt Time   `json:"lastHeardAt"`
}
