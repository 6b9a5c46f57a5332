package scenario

import (
	"time"

	"picket/tools/lab/protocol"
)

// Window is the length of the taps' windows. They are aligned to UTC.
const Window = 5 * time.Second

// A Scenario is one thing that the laboratory plays, from fresh radios to what the
// node must know in the end.
type Scenario struct {
	Name     string        // "deauth-aireplay": lower case, digits and dashes
	Sentence string        // what it shows, for people
	Sample   bool          // part of every test run; the others are part of the long one
	Limit    time.Duration // for everything; 0: 3 minutes

	Files    []File           // written in the guest first
	Radios   []protocol.Radio // added next, in order
	Medium   *protocol.Medium // started then; nil: the kernel's own
	Steps    []Step           // done one after another; the first failure ends the scenario
	Expect   []Expect         // awaited after the last step, all at once
	Captures []Capture        // copied out at the end when recording, with their labels
}

// A File is a file in the guest.
type File struct {
	Path string
	Text string
}

// A Step asks the guest's agent for one thing (Do is a protocol verb and Args its
// argument), or is one of the steps below, or is several steps at once.
type Step struct {
	Say      string // for people; "": Do
	Do       string
	Args     any
	Limit    time.Duration // 0: 30 s
	MayFail  bool          // an error, or an exit status other than 0, is told and ends nothing
	Together []Step        // instead of Do: started in order, done when all are
}

// Steps of the host. Args types are beside them.
const (
	DoTap     = "lab.tap"      // Tap: starts our tap; what Expect.Within counts from
	DoTapStop = "lab.tap.stop" // none: asks it to end and waits
	DoPause   = "lab.pause"    // time.Duration
	DoAttack  = "lab.attack"   // Attack: begins or ends the time that labels call the attack
	DoExpect  = "lab.expect"   // []Expect: awaited now, for Limit
	DoGoTest  = "lab.gotest"   // GoTest: tests of a Go package, run in the guest
)

// A Tap is our tap in the guest. Its namespace gets the only link to the node.
type Tap struct {
	Namespace string   // it exists, and the tap's radios are in it
	Args      []string // in addition to node, token, name and state
}

// Attack is the beginning or the end of an attack.
type Attack struct{ Over bool }

// GoTest runs the tests of a package of this tree, compiled on the host, with
// PICKET_LAB_GUEST=1, in the package's folder (testdata is there).
type GoTest struct {
	Package   string // "./radio/nl80211"
	Run       string // of its tests; "": all
	Namespace string
	Env       []string // "NAME=value"
	Out       []string // files below the package's folder that come out when recording: golden files
}

// An Expect is something that the node must say. Get is a path below the tenant
// ("bss", "bss/02:00:00:00:01:00", "taps/{tap}/events"); the time range is the
// scenario's, and {tap} the tap's id. The answer's List ("": items) is narrowed to
// the entries that have everything in Where, and those are counted, or their field
// Sum is summed up; the result must lie between Min and Max.
//
// A value in Where is compared as JSON; see Range, Contains and Any. Names with a
// dot reach into objects: "tap.name".
type Expect struct {
	Say    string // for people: "the hidden network is named"
	Get    string
	List   string         // "disconnects"; ".": the answer itself is the one entry
	Where  map[string]any // empty: all
	Sum    string         // "": entries are counted
	Min    float64        // with Max 0 and Min 0: at least 1
	Max    float64        // 0: no bound
	None   bool           // instead of Min and Max: none at all
	Within time.Duration  // after the tap's start; 0: until the scenario's limit
}

// Range matches a number between Min and Max.
type Range struct{ Min, Max float64 }

// Contains matches a list that has this element, or a text that has this part.
type Contains string

// Any matches whatever is there and is not null.
type Any struct{}

// A Capture is a recording, by the name of its protocol.Capture, and what is true
// of it: a line of labels.tsv.
type Capture struct {
	Name    string   // of the capture in the guest and, with .pcap, of the file
	Attack  string   // "none", or a word for it: "deauth"
	Tools   []string // Debian packages; their locked versions become the label's tool_version
	Command string   // what was run, for people
	Facts   string   // what anyone who reads the capture must find
	Check   string   // the same for a program, in the language of tools/picket/facts; "": "-"
	Filter  string   // a display filter of tshark that selects the attack's frames; "": "-"
}
