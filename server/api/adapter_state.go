package api

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"picket/server/store"
)

// States of an adapter.
const (
	listening = "listening"
	unused    = "unused"
	failed    = "failed"
	gone      = "gone"
	unknown   = "unknown"
)

// adapterWords in the order of store.AdapterState.
var adapterWords = [...]string{unknown, listening, unused, failed, gone}

// adapterState says what an adapter does now, in a word and a sentence. What the
// tap told of it counts for less than that its capture does not run.
func adapterState(t store.Tap, a store.Adapter) (state, why string) {
	if int(a.State) < len(adapterWords) && a.State > 0 {
		state = adapterWords[a.State]
	} else {
		state = unknown
	}
	why = text([]byte(a.Text))
	if state != listening || a.Capture == "" {
		return state, why
	}
	i := slices.Index(t.CaptureName, a.Capture)
	switch {
	case i < 0:
		return failed, fmt.Sprintf("It should listen as %s, which is not among the tap's captures.", text([]byte(a.Capture)))
	case get(t.CaptureError, i) != "":
		return failed, fmt.Sprintf("Its capture %s does not run: %s.", text([]byte(a.Capture)), sentence(get(t.CaptureError, i)))
	}
	return state, why
}

// sentence is what a tap said, without its full stop.
func sentence(s string) string { return strings.TrimSuffix(text([]byte(s)), ".") }

// adapterRank orders states, worst first.
func adapterRank(state string) int {
	return slices.Index([]string{failed, gone, unknown, unused, listening}, state)
}

// lost reports whether an adapter is missed: it should be heard from and is not. One
// that was not used before it went is not missed.
func lost(state string, a store.Adapter) bool {
	switch state {
	case failed, unknown:
		return true
	case gone:
		return a.PreviousState == nil || *a.PreviousState != store.AdapterUnused
	}
	return false
}

// radioWhy says what is wrong with a tap's radios and what to do; empty: nothing.
func radioWhy(t store.Tap) string {
	for _, worst := range []string{failed, gone, unknown} {
		for _, a := range t.Adapters {
			state, why := adapterState(t, a)
			if state != worst || !lost(state, a) {
				continue
			}
			name := text([]byte(a.Name))
			switch state {
			case failed:
				return fmt.Sprintf("Adapter %s does not listen. %s", name, why)
			case gone:
				return fmt.Sprintf("Adapter %s is gone. %s Plug it in again; a week after it went it is forgotten.", name, why)
			}
			return fmt.Sprintf("Adapter %s is in a state that this node does not know: the tap is newer than the node. %s", name, why)
		}
	}
	for i, name := range t.CaptureName {
		refused := int(get(t.CaptureFailed, i))
		if all := refused + int(get(t.CaptureHops, i)); refused >= minRefused && refused*10 >= all {
			return fmt.Sprintf("The kernel refused %d of %d changes of channel of %s, so it listens to less than it should. Another program may use the adapter.",
				refused, all, text([]byte(name)))
		}
	}
	return ""
}

// minRefused is how many refused changes of channel in a window are more than a
// channel that radar closed.
const minRefused = 5

// runs reports whether capture i of a tap hears something: it runs, and if it is an
// adapter's, that listens.
func runs(t store.Tap, i int) bool {
	if get(t.CaptureError, i) != "" {
		return false
	}
	of := 0
	for _, a := range t.Adapters {
		if a.Capture != t.CaptureName[i] {
			continue
		}
		if state, _ := adapterState(t, a); state == listening {
			return true
		}
		of++
	}
	return of == 0
}

// radios puts a tap's radios in short.
func radios(t store.Tap) TapRadios {
	out := TapRadios{Total: len(t.Adapters), Worst: "none"}
	if len(t.Adapters) == 0 {
		return out
	}
	if state, _ := tapState(t); state == silent || state == never {
		out.Worst = unknown
		return out
	}
	states := make([]string, 0, len(t.Adapters))
	for _, a := range t.Adapters {
		state, _ := adapterState(t, a)
		if state == listening {
			out.Listening++
		}
		states = append(states, state)
	}
	out.Worst = slices.MinFunc(states, func(x, y string) int { return cmp.Compare(adapterRank(x), adapterRank(y)) })
	return out
}
