package api

// Tap is an enrolled tap and its latest report.
type Tap struct {
	ID              string       `json:"id" format:"uuid"`
	Name            string       `json:"name"`
	Site            SiteRef      `json:"site"`
	State           string       `json:"state" enum:"online,degraded,silent,never" doc:"online: reports and captures. degraded: reports, but something is wrong. silent: no report for a while. never: enrolled, never reported"`
	Why             string       `json:"why" doc:"The state's reason and what to do next, as a sentence; empty when online"`
	LastReportAt    *Time        `json:"lastReportAt" nullable:"true" doc:"End of the latest window reported"`
	EnrolledAt      Time         `json:"enrolledAt"`
	Version         string       `json:"version" doc:"Of the tap's software"`
	Arch            string       `json:"arch" example:"amd64"`
	Demonstration   bool         `json:"demonstration" doc:"It replays a recording"`
	FramesPerSecond *float64     `json:"framesPerSecond" doc:"In the latest window; null: never reported"`
	KernelDrops     int64        `json:"kernelDrops" doc:"Frames that the kernel had and the tap never saw, in the time range"`
	Captures        []TapCapture `json:"captures" doc:"As of the latest report"`
	Radios          TapRadios    `json:"radios" doc:"As the tap told last"`
	CPUPercent      *float64     `json:"cpuPercent" doc:"Of all cores of the machine"`
	MemoryBytes     *int64       `json:"memoryBytes" doc:"Resident, of the tap's process"`
	TemperatureC    *float64     `json:"temperatureC" doc:"Hottest sensor; null: no sensor"`
	SpoolReports    *int64       `json:"spoolReports" doc:"Reports waiting on the tap"`
	ReportsDropped  int64        `json:"reportsDropped" doc:"Reports given up by the tap since it started"`
}

// TapCapture is one source of frames of a tap.
type TapCapture struct {
	Name            string  `json:"name" doc:"Interface or file"`
	Kind            string  `json:"kind" enum:"ethernet,radio,file"`
	LinkType        string  `json:"linkType" example:"radiotap"`
	FramesPerSecond float64 `json:"framesPerSecond"`
	Drops           int64   `json:"drops" doc:"Frames dropped by the kernel in the latest window"`
	Hops            int     `json:"hops" doc:"Changes of channel in the latest window"`
	FailedHops      int     `json:"failedHops" doc:"Changes of channel that the kernel refused in the latest window"`
	Error           string  `json:"error" doc:"Why it does not run; empty: it runs"`
}

// TapDetail is a tap with its history.
type TapDetail struct {
	Tap
	FirstReportAt *Time        `json:"firstReportAt" nullable:"true"`
	UptimeSeconds *int64       `json:"uptimeSeconds" doc:"Of the tap's process, at the latest report"`
	Boots         int          `json:"boots" doc:"Starts of the tap's process in the time range"`
	Gaps          []Gap        `json:"gaps" doc:"Spans of the time range that no report covers, oldest first, at most 200"`
	Adapters      []TapAdapter `json:"adapters" doc:"All radios of the box, also those that are not used, by name"`
	AdaptersAt    *Time        `json:"adaptersAt" nullable:"true" doc:"Start of the window that told of the adapters last; null: none did"`
	Country       *string      `json:"country" doc:"Regulatory domain that the adapters follow: ISO 3166-1, or 00 for the world's; null: not told" example:"DE"`
}

// Gap is a span that no report covers.
type Gap struct {
	From   Time   `json:"from"`
	To     Time   `json:"to"`
	Reason string `json:"reason" doc:"As far as it is known"`
}

// TapHealth is a tap's own health over time, in columns of equal length. null
// where no report covers the step: a gap, never a zero.
type TapHealth struct {
	StepSeconds  int        `json:"stepSeconds"`
	At           []Time     `json:"at" doc:"Start of each step"`
	Frames       []*int64   `json:"frames" doc:"Per step"`
	Drops        []*int64   `json:"drops" doc:"Frames dropped by the kernel, per step"`
	CPUPercent   []*float64 `json:"cpuPercent" doc:"Mean of the step, of all cores; null also where the time range is longer than 7 days"`
	MemoryBytes  []*int64   `json:"memoryBytes" doc:"Highest of the step"`
	TemperatureC []*float64 `json:"temperatureC" doc:"Highest of the step; null also without a sensor"`
	SpoolReports []*int64   `json:"spoolReports" doc:"Highest of the step"`
}

// TapChannel is what a tap heard on a channel in the time range.
type TapChannel struct {
	Band            string   `json:"band" example:"2.4 GHz"`
	Channel         *int     `json:"channel" doc:"null: the frequency is no channel's centre"`
	FrequencyMHz    int      `json:"frequencyMHz" doc:"0: the capture does not say"`
	ListenedSeconds float64  `json:"listenedSeconds"`
	Frames          int64    `json:"frames"`
	Bytes           int64    `json:"bytes"`
	AirtimePercent  *float64 `json:"airtimePercent" doc:"Share of the time listened that frames filled, as far as their rates are known; null: not listened"`
	SignalMeanDBm   *float64 `json:"signalMeanDBm"`
	NoiseDBm        *float64 `json:"noiseDBm" doc:"null: the driver reports none"`
}
