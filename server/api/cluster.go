package api

// Node is a member of the cluster, or one that was until lately.
type Node struct {
	ID                 string   `json:"id" format:"uuid"`
	Name               string   `json:"name"`
	State              string   `json:"state" enum:"serving,draining,left,lost" doc:"draining: is to stop and takes no new work; left: stopped in good order; lost: its lease ended without a word"`
	Version            string   `json:"version"`
	URLs               []string `json:"urls" doc:"Under which it says it is reached, best first"`
	StartedAt          Time     `json:"startedAt"`
	RenewedAt          Time     `json:"renewedAt" doc:"When it renewed its lease last, in the database's time"`
	LeaseEndsAt        Time     `json:"leaseEndsAt"`
	LeftAt             *Time    `json:"leftAt" nullable:"true"`
	DrainAskedBy       *string  `json:"drainAskedBy" nullable:"true" doc:"Who asked it to stop; null: nobody"`
	ClockMS            float64  `json:"clockMS" doc:"Its clock minus the database's"`
	ClockErrorMS       float64  `json:"clockErrorMS" doc:"At most this far from the truth"`
	CPUs               int      `json:"cpus"`
	Load1m             float64  `json:"load1m" doc:"Processes that run or want to, on average over a minute"`
	MemoryBytes        int64    `json:"memoryBytes" doc:"Of the process"`
	MachineMemoryBytes int64    `json:"machineMemoryBytes"`
	MachineFreeBytes   int64    `json:"machineFreeBytes" doc:"That can be had without swapping"`
	ReportsPerSecond   float64  `json:"reportsPerSecond" doc:"Stored lately"`
	ReportsStored      int64    `json:"reportsStored" doc:"Since it started"`
	Streams            int      `json:"streams" doc:"Browsers that it tells of changes"`
	JobsRunning        int      `json:"jobsRunning"`
	JobsDone           int64    `json:"jobsDone" doc:"Since it started"`
	JobsFailed         int64    `json:"jobsFailed"`
	VersionDiffers     bool     `json:"versionDiffers" doc:"Another node that serves has another version, as during an upgrade"`
	Self               bool     `json:"self" doc:"It answered this"`
}

// BackgroundJob is work that is done once for the cluster.
type BackgroundJob struct {
	Kind         string `json:"kind"`
	EverySeconds int    `json:"everySeconds" doc:"How often it is due"`
	StartedAt    Time   `json:"startedAt" doc:"Of the newest run"`
	EndedAt      *Time  `json:"endedAt" nullable:"true" doc:"null: it runs, or its node died"`
	Node         string `json:"node" doc:"Name of the node that ran it; empty: forgotten since"`
	Runs         int64  `json:"runs"`
	Failures     int64  `json:"failures"`
	Error        string `json:"error" doc:"Of the newest run; empty: it went well"`
	State        string `json:"state" enum:"ok,running,failed,late" doc:"late: not begun for three times as long as it should have been"`
}

// Cluster is the nodes that share a database, and what they do for all.
type Cluster struct {
	Nodes []Node          `json:"nodes"`
	Jobs  []BackgroundJob `json:"jobs"`
	AsOf  Time            `json:"asOf" doc:"The database's time"`
}

// NodeParam is the node in a path.
type NodeParam struct {
	Node string `path:"node" format:"uuid" doc:"Id of the node"`
}
