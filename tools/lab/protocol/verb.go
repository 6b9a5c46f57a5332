package protocol

// What a guest does. Beside each: its Args and Result types; None is neither.
const (
	DoHello    = "hello"    // None → Hello
	DoCancel   = "cancel"   // Cancel → None; None too when that request is answered already
	DoStats    = "stats"    // None → Stats
	DoClock    = "clock"    // Clock → None: sets the guest's clock
	DoMount    = "mount"    // Mount → None
	DoModules  = "modules"  // Modules → None: modprobe, with what they depend on
	DoSysctl   = "sysctl"   // Sysctl → None
	DoPowerOff = "poweroff" // None → None: answered, then everything ends
	DoReset    = "reset"    // None → Reset: a guest as after boot, for the next scenario

	DoExec     = "exec"           // Exec → Exited: waits for its end
	DoStart    = "process.start"  // Start → Started: in the background
	DoStop     = "process.stop"   // Stop → Exited: signal, then SIGKILL, to the whole group
	DoSignal   = "process.signal" // Signal → None
	DoAwait    = "process.await"  // Await → Awaited: until its output holds a text
	DoOutput   = "process.output" // Output → OutputText
	DoProcess  = "process.list"   // None → Processes
	DoExitWait = "process.wait"   // Named → Exited: until it ends by itself

	DoWrite  = "file.write"  // Write → None
	DoRead   = "file.read"   // Read → Chunk
	DoRemove = "file.remove" // Path → None: a folder with all in it; None too when it is absent
	DoStat   = "file.stat"   // Path → FileInfo

	DoNamespaceAdd    = "namespace.add"    // Named → None
	DoNamespaceRemove = "namespace.remove" // Named → None: wiphys in it return to the agent's own
	DoNamespaces      = "namespace.list"   // None → Names
	DoVeth            = "link.veth"        // Veth → None
	DoLink            = "link.set"         // Link → None: up, down, address, MTU, name, namespace, addresses, routes
	DoLinkRemove      = "link.remove"      // Interface → None
	DoLinks           = "link.list"        // Place → Links

	DoRegulatory  = "regulatory.set"   // Regulatory → Regulatory: as it is once applied
	DoRadioAdd    = "radio.add"        // Radio → Added: a new hwsim radio; no module is reloaded
	DoRadioRemove = "radio.remove"     // Named → None: by the name of its wiphy
	DoRadios      = "radio.list"       // None → Radios: of all namespaces
	DoRadioMove   = "radio.move"       // Move → None: a wiphy, into a namespace
	DoInterface   = "interface.add"    // NewInterface → Added: on a wiphy
	DoUninterface = "interface.remove" // Interface → None
	DoType        = "interface.type"   // SetType → None: managed, monitor, …; put down and up again
	DoTune        = "interface.tune"   // Tune → None

	DoCapture     = "capture.start" // Capture → None
	DoCaptureStop = "capture.stop"  // Named → Captured
	DoCaptures    = "capture.stats" // Named → Captured, so far
	DoMedium      = "medium.start"  // Medium → None: the kernel's own medium ends
	DoMediumSet   = "medium.set"    // MediumLinks → None
	DoMediumStats = "medium.stats"  // None → MediumStats
	DoMediumStop  = "medium.stop"   // None → MediumStats: back to the kernel's medium
	DoForge       = "forge"         // Forge → Forged: sends frames made in Go
)

// None is no arguments, or no result: {}.
type None struct{}

// Named names one process, capture, namespace or radio.
type Named struct {
	Name string `json:"name"`
}

// Names is a list of names.
type Names struct {
	Names []string `json:"names"`
}

// Added tells what came to be.
type Added struct {
	Name    string `json:"name"`              // the wiphy's or the interface's
	Index   uint32 `json:"index"`             // of the wiphy, or the ifindex
	Address string `json:"address,omitempty"` // of the radio or interface
}
