package protocol

// Hello says who answers.
type Hello struct {
	Version  int      `json:"version"` // Version
	Kernel   string   `json:"kernel"`  // release, as uname -r
	Init     bool     `json:"init"`    // the agent is process 1
	CPUs     int      `json:"cpus"`
	MemoryMB int      `json:"memoryMB"`
	UptimeMS int64    `json:"uptimeMS"`
	Verbs    []string `json:"verbs"` // what this agent can do
}

// Cancel ends a request that is at work.
type Cancel struct {
	ID uint64 `json:"id"`
}

// Stats is the machine's state.
type Stats struct {
	UptimeMS    int64      `json:"uptimeMS"`
	MemoryMB    int        `json:"memoryMB"`
	AvailableMB int        `json:"availableMB"`
	Load        [3]float64 `json:"load"`
	BusyMS      int64      `json:"busyMS"` // of all CPUs together, since boot
	Processes   int        `json:"processes"`
	Requests    int        `json:"requests"` // at work, this one not counted
	Goroutines  int        `json:"goroutines"`
}

// Clock is a time for the guest's clock.
type Clock struct {
	UnixNano int64 `json:"unixNano"`
}

// Mount mounts a file system; its target is made when it is absent.
type Mount struct {
	Source  string `json:"source"`
	Target  string `json:"target"`
	Type    string `json:"type"`
	Options string `json:"options,omitempty"`
}

// Modules are loaded in order.
type Modules struct {
	Modules []Module `json:"modules"`
}

// A Module is a kernel module and its parameters ("radios=0").
type Module struct {
	Name       string   `json:"name"`
	Parameters []string `json:"parameters,omitempty"`
}

// Sysctl writes a value: Key as in /proc/sys with dots or slashes.
type Sysctl struct {
	Namespace string `json:"namespace,omitempty"`
	Key       string `json:"key"`
	Value     string `json:"value"`
}

// Reset tells what was cleared away: processes, captures, the medium, radios,
// namespaces, in that order. Files are the host's to remove.
type Reset struct {
	Processes  []string `json:"processes,omitempty"`
	Captures   []string `json:"captures,omitempty"`
	Radios     []string `json:"radios,omitempty"`
	Namespaces []string `json:"namespaces,omitempty"`
}
