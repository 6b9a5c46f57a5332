package protocol

// A Command is a program with its arguments and surroundings.
type Command struct {
	Argv      []string `json:"argv"` // the program is looked up in PATH when it holds no slash
	Namespace string   `json:"namespace,omitempty"`
	Dir       string   `json:"dir,omitempty"`
	Env       []string `json:"env,omitempty"`       // "NAME=value", in addition to PATH and HOME
	User      string   `json:"user,omitempty"`      // "UID:GID"; "": root
	Ambient   []string `json:"ambient,omitempty"`   // capabilities kept by User: "net_raw", "net_admin"
	MaxOutput int      `json:"maxOutput,omitempty"` // octets kept of each stream; 0: 256 KiB, at most 1 MiB
}

// Exec runs a command to its end. Its time limit is the request's.
type Exec struct {
	Command
	Stdin []byte `json:"stdin,omitempty"`
}

// Exited tells how a process ended. Of an output longer than MaxOutput the first
// quarter and the end are kept, with a line between that says how much is missing.
type Exited struct {
	ExitCode int    `json:"exitCode"`         // -1 when a signal ended it
	Signal   string `json:"signal,omitempty"` // "SIGKILL"
	TimedOut bool   `json:"timedOut,omitempty"`
	MS       int64  `json:"ms"` // how long it ran
	Stdout   string `json:"stdout,omitempty"`
	Stderr   string `json:"stderr,omitempty"` // of a background process "": both are in Stdout, as they came
}

// Start begins a process that outlives its request. Name is free for a new one
// once the old one has ended.
type Start struct {
	Name string `json:"name"`
	Command
	Log string `json:"log,omitempty"` // a file that gets the whole output too, at most 64 MiB of it
}

// Started tells of a new process.
type Started struct {
	PID int `json:"pid"`
}

// Stop ends a background process: Signal ("": SIGTERM), and SIGKILL when it is
// still there after GraceMS (0: 3 s). Stopping one that has ended tells how.
type Stop struct {
	Name    string `json:"name"`
	Signal  string `json:"signal,omitempty"`
	GraceMS int64  `json:"graceMS,omitempty"`
}

// Signal goes to a background process's group: "SIGHUP", "SIGSTOP", …
type Signal struct {
	Name   string `json:"name"`
	Signal string `json:"signal"`
}

// Await waits until a line of a background process's output, from octet From on,
// contains Text, or matches Regexp, or contains one of Fail, which is an error. An
// error too when the process ends first. Time limit: the request's.
type Await struct {
	Name   string   `json:"name"`
	Text   string   `json:"text,omitempty"`
	Regexp string   `json:"regexp,omitempty"` // Go's syntax, on one line
	Fail   []string `json:"fail,omitempty"`
	From   int64    `json:"from,omitempty"`
}

// Awaited is the line found.
type Awaited struct {
	Line  string   `json:"line"`
	Match []string `json:"match,omitempty"` // the regexp's groups
	Next  int64    `json:"next"`            // From for what comes after this line
	MS    int64    `json:"ms"`              // since the process was started, when the line was found
}

// Output reads a background process's output from octet From.
type Output struct {
	Name string `json:"name"`
	From int64  `json:"from,omitempty"`
}

// OutputText is a piece of output. First is above From when it was no longer kept.
type OutputText struct {
	First int64   `json:"first"`
	Next  int64   `json:"next"`
	Text  string  `json:"text"`
	Ended *Exited `json:"ended,omitempty"` // without output
}

// Processes are the background processes by name.
type Processes struct {
	Processes []Process `json:"processes"`
}

// Process is a background process.
type Process struct {
	Name  string   `json:"name"`
	PID   int      `json:"pid"`
	Argv  []string `json:"argv"`
	Ended *Exited  `json:"ended,omitempty"` // without output
}
