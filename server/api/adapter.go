package api

// TapRadios is a tap's radios in short.
type TapRadios struct {
	Listening int    `json:"listening" doc:"How many listen now"`
	Total     int    `json:"total" doc:"How many the tap told of, with those that are gone since less than a week"`
	Worst     string `json:"worst" enum:"failed,gone,unused,listening,unknown,none" doc:"The worst state among them. unknown: the tap does not report. none: it told of no radio"`
}

// TapAdapter is one radio of a tap: a wiphy.
type TapAdapter struct {
	Name            string         `json:"name" doc:"Of the wiphy; a plug may change it" example:"phy0"`
	MAC             *string        `json:"mac" doc:"Permanent address; null: the kernel tells none"`
	Vendor          *string        `json:"vendor" doc:"Who holds the address's block"`
	Driver          string         `json:"driver" doc:"Of the kernel; empty: not known" example:"mt7921u"`
	Device          string         `json:"device" doc:"Bus and identity; empty: not known" example:"usb 0e8d:7961"`
	State           string         `json:"state" enum:"listening,unused,failed,gone,unknown" doc:"As the tap told last. unused: it cannot or must not be used. failed: it should listen and does not. gone: unplugged"`
	Since           Time           `json:"since" doc:"Of the state: start of the window that told it first"`
	Text            string         `json:"text" doc:"One sentence: what was done, or why it is not used and what would cure that"`
	Capture         *string        `json:"capture" doc:"Name of its capture, the last where it has none now; null: it never had one"`
	Bands           []BandChannels `json:"bands" doc:"Channels on which it may listen here"`
	FramesPerSecond *float64       `json:"framesPerSecond" doc:"In the latest window; null: it does not listen"`
	Drops           *int64         `json:"drops" doc:"Frames dropped by the kernel in the latest window; null: it does not listen"`
	Hops            *int           `json:"hops" doc:"Changes of channel in the latest window; null: it does not listen"`
	FailedHops      *int           `json:"failedHops" doc:"Changes of channel that the kernel refused in the latest window; null: it does not listen"`
}

// BandChannels are channels of a band.
type BandChannels struct {
	Band     string `json:"band" example:"5 GHz"`
	Channels []int  `json:"channels" doc:"Channel numbers in ascending order"`
}

// TapCoverage is where a tap listened in the time range, and for how long.
type TapCoverage struct {
	ReportedSeconds float64          `json:"reportedSeconds" doc:"What the tap's reports cover of the time range: shares are out of it"`
	Listeners       []Listener       `json:"listeners" doc:"The captures that listened to the air or may, by adapter"`
	Channels        []ChannelListens `json:"channels" doc:"By frequency: those that were listened to, and those that an adapter may listen to. What is not here, no radio of the tap can hear"`
	AsOf            Time             `json:"asOf"`
}

// Listener is who listened.
type Listener struct {
	Capture string  `json:"capture" doc:"Name of the capture; empty: the adapter never had one"`
	Adapter *string `json:"adapter" doc:"Name of the adapter; null: none that the tap tells of now"`
}

// ChannelListens is how much a channel was listened to.
type ChannelListens struct {
	Band            string         `json:"band" example:"2.4 GHz"`
	Channel         *int           `json:"channel" doc:"null: the frequency is no channel's centre"`
	FrequencyMHz    int            `json:"frequencyMHz"`
	State           string         `json:"state" enum:"heard,little,blind" doc:"little: listened to less than a two-hundredth of the time, so that most of what is short was missed. blind: not listened to at all. In both, silence means nothing"`
	ListenedSeconds float64        `json:"listenedSeconds" doc:"Of all captures together"`
	SharePercent    *float64       `json:"sharePercent" doc:"Of the time that reports cover; over 100 where several listen; null: no report covers any"`
	Frames          int64          `json:"frames"`
	Drops           int64          `json:"drops" doc:"Frames that the kernel had and the tap never saw, as near as it tells"`
	LastListenedAt  *Time          `json:"lastListenedAt" nullable:"true" doc:"End of the last window in which it was listened to; null: in none"`
	By              []ChannelByOne `json:"by" doc:"In the order of listeners, a listener each"`
}

// ChannelByOne is how much one listener listened to a channel.
type ChannelByOne struct {
	Allowed         bool     `json:"allowed" doc:"Whether the adapter may listen here, as far as it told; true where it did"`
	ListenedSeconds float64  `json:"listenedSeconds"`
	SharePercent    *float64 `json:"sharePercent" doc:"null: no report covers any of the time range"`
	Frames          int64    `json:"frames"`
	Drops           int64    `json:"drops"`
	LastListenedAt  *Time    `json:"lastListenedAt" nullable:"true"`
}
