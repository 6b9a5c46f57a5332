package health

import "time"

// Facts are what a node measured of itself over Seconds. Zero values mean that it
// was not measured or that there was nothing. It is stored as JSON and read by nodes
// of other releases: fields are added, never changed.
type Facts struct {
	Version string  `json:"version"`
	Seconds float64 `json:"seconds"`

	CPU      CPU      `json:"cpu"`
	Memory   Memory   `json:"memory"`
	Disk     Disk     `json:"disk"`
	Write    Work     `json:"write"` // statements that store
	Read     Work     `json:"read"`  // statements that answer people
	Database Database `json:"database"`
	Reports  Requests `json:"reports"`
	API      Requests `json:"api"`
	Taps     Taps     `json:"taps"`
	Queue    Queue    `json:"queue"`
}

// CPU is what the node had of the processors. Shares are 0 to 1.
type CPU struct {
	Count     int     `json:"count"`     // processors that it may use
	Busy      float64 `json:"busy"`      // of the machine's processors, by everybody
	Own       float64 `json:"own"`       // of the machine's processors, by the node
	Waiting   float64 `json:"waiting"`   // of the time that it wanted to run: it waited for a processor
	Throttled float64 `json:"throttled"` // of the time: its control group's limit held it
	DelayMS   float64 `json:"delayMS"`   // 99 of 100 goroutines ran within this after they could
}

// Memory is what the node had of memory. Octets and shares 0 to 1.
type Memory struct {
	Limit     int64   `json:"limit"`     // of the machine, the control group or GOMEMLIMIT, whatever is least
	Used      int64   `json:"used"`      // against Limit
	Resident  int64   `json:"resident"`  // of the process
	Collector float64 `json:"collector"` // of the node's CPU time: garbage collection
	Stalled   float64 `json:"stalled"`   // of the time: something waited for memory
	Faults    float64 `json:"faults"`    // pages read back from disk, a second
}

// Disk is the file system of the data directory, in octets.
type Disk struct {
	Total int64 `json:"total"`
	Free  int64 `json:"free"`
}

// Work is what statements took, in milliseconds.
type Work struct {
	Count    int     `json:"count"`
	P95MS    float64 `json:"p95MS"`
	LongMS   float64 `json:"longMS"`   // the longest, those that run still included
	PoolMS   float64 `json:"poolMS"`   // mean wait for a connection
	Failures int     `json:"failures"` // statements that ended with an error of the server or the way to it
}

// Database is what the node asked the database.
type Database struct {
	Away        bool    `json:"away"`        // it did not answer
	RoundTripMS float64 `json:"roundTripMS"` // the shortest of some
	CommitMS    float64 `json:"commitMS"`    // writing a row, durable
	WriteLocks  Locks   `json:"writeLocks"`  // who stores and waits for a lock
	ReadLocks   Locks   `json:"readLocks"`   // who reads and waits for a lock
}

// Locks are waits for locks in the database.
type Locks struct {
	Waiting int     `json:"waiting"` // sessions
	LongMS  float64 `json:"longMS"`  // the longest
	Table   string  `json:"table"`   // of it
	Holder  string  `json:"holder"`  // who has the lock: "process 4711 (psql)"
}

// Requests are those that the node answered, in milliseconds.
type Requests struct {
	Count  int     `json:"count"`
	P95MS  float64 `json:"p95MS"`
	LongMS float64 `json:"longMS"` // the longest, those that wait still included
	Failed int     `json:"failed"` // answered with 5xx
	Busy   int     `json:"busy"`   // answered with 429
}

// Taps is what taps told of delivering.
type Taps struct {
	Told     int     `json:"told"`
	LineMS   float64 `json:"lineMS"` // 95 of 100 had a line no slower, the node's part left out
	Timeouts int     `json:"timeouts"`
	Closed   int     `json:"closed"`
	Refused  int     `json:"refused"`
}

// Queue is that of reports which wait to be stored.
type Queue struct {
	Length int `json:"length"`
	Most   int `json:"most"`
}

// NodeFacts are a node's latest.
type NodeFacts struct {
	ID         string
	Node       string
	MeasuredAt time.Time
	Age        time.Duration // by the database's clock
	Facts      Facts
}

// Fresh reports whether the facts are of now.
func (n NodeFacts) Fresh() bool { return n.Age < 45*time.Second }
