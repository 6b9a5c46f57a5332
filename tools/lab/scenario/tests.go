package scenario

import (
	"time"

	"picket/tools/lab/protocol"
)

// tests are packages' own tests, run where there are radios.
func tests() []Scenario {
	return []Scenario{
		{
			Name:     "test-nl80211",
			Sentence: "radio/nl80211's own tests against the kernel's simulated radios",
			Sample:   true,
			Radios:   []protocol.Radio{{Name: "plain"}, {Name: "wide", Channels: 2}, {Name: "links", MLO: true}, {Name: "bare", NoInterface: true}},
			Steps: []Step{{Say: "tests", Do: DoGoTest, Limit: 2 * time.Minute, Args: GoTest{
				Package: "./radio/nl80211", Run: "Guest",
				Env: []string{"PICKET_LAB_RECORD=hwsim.trace"}, Out: []string{"hwsim.trace"},
			}}},
		},
		{
			Name:     "test-monitor",
			Sentence: "radio/monitor's own tests: radios are claimed, lost, found again and put back",
			Sample:   true,
			Radios:   []protocol.Radio{{Name: "one"}, {Name: "two"}, {Name: "three"}},
			Steps:    []Step{{Say: "tests", Do: DoGoTest, Args: GoTest{Package: "./radio/monitor", Run: "Guest"}, Limit: 2 * time.Minute}},
		},
	}
}
