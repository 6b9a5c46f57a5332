package api

// Home is the first page: what is there, and what cannot be seen.
type Home struct {
	AsOf       Time         `json:"asOf"`
	Taps       TapCounts    `json:"taps"`
	Networks   int          `json:"networks" doc:"Distinct SSIDs heard in the time range"`
	BSSCount   int          `json:"bssCount" doc:"Distinct BSSIDs heard in the time range"`
	Clients    int          `json:"clients" doc:"Stations heard in the time range"`
	Hosts      int          `json:"hosts" doc:"Ethernet hosts heard in the time range"`
	Sites      []HomeSite   `json:"sites" doc:"Worst first"`
	Recent     []RecentItem `json:"recent" doc:"What is new in the time range, newest first, at most 20"`
	BlindSpots []BlindSpot  `json:"blindSpots" doc:"What nobody listens to, so that silence there means nothing"`
}

// TapCounts counts taps by what they do now.
type TapCounts struct {
	Total     int `json:"total"`
	Capturing int `json:"capturing" doc:"Reported lately, with at least one running capture"`
	Silent    int `json:"silent" doc:"Reported once, but not lately"`
}

// HomeSite is a site with its verdict and what the verdict rests on.
type HomeSite struct {
	Slug          string         `json:"slug"`
	Name          string         `json:"name"`
	State         string         `json:"state" enum:"quiet,attention,no_data,pending" doc:"quiet: all taps listen. attention: something needs a person. no_data: no tap reports now. pending: no tap has reported yet"`
	Why           string         `json:"why" doc:"The verdict's reason, as a sentence"`
	Taps          SiteTaps       `json:"taps"`
	Coverage      []BandCoverage `json:"coverage" doc:"Channels that some tap listened to in the last hour of the time range"`
	Wire          bool           `json:"wire" doc:"Whether some tap listens to Ethernet here"`
	Frames        int64          `json:"frames" doc:"Frames counted in the time range"`
	History       []HistorySlot  `json:"history" doc:"The time range in 24 equal parts, oldest first"`
	Demonstration bool           `json:"demonstration" doc:"What is shown comes from a recording"`
}

// SiteTaps counts the taps of a site.
type SiteTaps struct {
	Capturing int `json:"capturing"`
	Total     int `json:"total"`
}

// BandCoverage is what was listened to in a band.
type BandCoverage struct {
	Band          string `json:"band" enum:"2.4 GHz,5 GHz,6 GHz"`
	ChannelsHeard []int  `json:"channelsHeard" doc:"Channel numbers in ascending order"`
}

// HistorySlot says how much of a part of the time range was listened to.
type HistorySlot struct {
	At    Time   `json:"at" doc:"Start of the part"`
	State string `json:"state" enum:"heard,partial,none" doc:"heard: reports cover at least nine tenths. partial: some. none: no report covers it"`
}

// RecentItem is something new. What happened reads: kind, subject, site.
type RecentItem struct {
	At          Time   `json:"at"`
	Kind        string `json:"kind" enum:"bss_new,client_new,host_new,tap_new,tap_silent,gap"`
	Subject     string `json:"subject" doc:"What to show: an SSID, an address, a tap's name"`
	SubjectKind string `json:"subjectKind" enum:"bss,client,host,tap" doc:"Which page subjectId belongs to"`
	SubjectID   string `json:"subjectId" doc:"Address, or id of the tap"`
	Site        string `json:"site" doc:"Slug of the site"`
}

// BlindSpot is something that nobody listens to.
type BlindSpot struct {
	Site  string `json:"site" doc:"Slug of the site"`
	What  string `json:"what" doc:"What is not seen"`
	Why   string `json:"why" doc:"The cause, and what to do next"`
	Since *Time  `json:"since" nullable:"true" doc:"null: since ever"`
}
