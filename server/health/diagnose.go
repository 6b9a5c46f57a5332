package health

import (
	"fmt"
	"slices"
)

// Symptom is what an operator notices.
type Symptom string

// Symptoms.
const (
	TapTimeouts   Symptom = "tap_timeouts"   // taps' requests run into time-outs
	FailedAnswers Symptom = "failed_answers" // connections closed, or answers 5xx
	SlowInterface Symptom = "slow_interface"
)

// Resource is what can be short.
type Resource string

// Resources.
const (
	NodeCPU       Resource = "node_cpu"
	NodeMemory    Resource = "node_memory"
	DatabaseWrite Resource = "database_write"
	DatabaseRead  Resource = "database_read"
	Network       Resource = "network"
	Unknown       Resource = "unknown" // a symptom that no measure explains
)

// A Diagnosis is a symptom of a node with what is short.
type Diagnosis struct {
	Node     string
	Symptom  Symptom
	Resource Resource
	Evidence string // of the symptom
	Reason   string // what was measured of the resource
	Cure     string
	Score    float64 // how far over the point where it hurts; the largest first
}

// Where symptoms begin.
const (
	slowReportMS   = 5_000 // a tap waits 60 s in all; a usual answer takes 100 ms
	slowRequestMS  = 1_000 // of the interface, 95 of 100
	stuckRequestMS = 4_000 // of the interface, a single one
)

// Symptoms returns the symptoms that a node's facts show, with their evidence.
func Symptoms(f Facts) map[Symptom]string {
	out := map[Symptom]string{}
	switch {
	case f.Taps.Timeouts > 0:
		out[TapTimeouts] = fmt.Sprintf("Taps told of %d attempts without an answer in time.", f.Taps.Timeouts)
	case f.Reports.LongMS >= slowReportMS:
		out[TapTimeouts] = fmt.Sprintf("A tap waits or waited %s for its report's answer.", seconds(f.Reports.LongMS))
	case f.Taps.LineMS >= slowReportMS:
		out[TapTimeouts] = fmt.Sprintf("Taps wait up to %s more than the node takes.", seconds(f.Taps.LineMS))
	}
	switch {
	case f.Reports.Failed+f.API.Failed > 0:
		out[FailedAnswers] = fmt.Sprintf("%d of %d requests were answered with an error of the server.", f.Reports.Failed+f.API.Failed, f.Reports.Count+f.API.Count)
	case f.Taps.Closed+f.Taps.Refused > 0:
		out[FailedAnswers] = fmt.Sprintf("Taps told of %d connections that broke and %d refusals.", f.Taps.Closed, f.Taps.Refused)
	}
	if f.API.P95MS >= slowRequestMS && f.API.Count > 0 || f.API.LongMS >= stuckRequestMS {
		out[SlowInterface] = fmt.Sprintf("A request of the console waits or waited %s.", seconds(f.API.LongMS))
		if f.API.Count > 0 {
			out[SlowInterface] = fmt.Sprintf("95 of 100 requests of the console are answered within %s, the longest took %s.", seconds(f.API.P95MS), seconds(f.API.LongMS))
		}
	}
	return out
}

// Diagnose returns what a node's symptoms come from, for each symptom the strongest
// cause first; nothing where there is no symptom.
func Diagnose(node string, f Facts) []Diagnosis {
	var out []Diagnosis
	shortages := Shortages(f)
	symptoms := Symptoms(f)
	for _, symptom := range []Symptom{TapTimeouts, FailedAnswers, SlowInterface} {
		evidence, ok := symptoms[symptom]
		if !ok {
			continue
		}
		found := false
		for _, s := range shortages {
			if symptom == SlowInterface && s.Resource == DatabaseWrite || symptom == TapTimeouts && s.Resource == DatabaseRead {
				continue // nobody waits for it there
			}
			found = true
			out = append(out, Diagnosis{Node: node, Symptom: symptom, Resource: s.Resource, Evidence: evidence, Reason: s.Reason, Cure: s.Cure, Score: s.Score})
		}
		if !found {
			out = append(out, Diagnosis{
				Node: node, Symptom: symptom, Resource: Unknown, Evidence: evidence, Reason: "Neither CPU, memory, database nor network was measured to be short.",
				Cure: "Look at the node's log of the same minute; if it lasts, compare the metrics of this node with the others'.",
			})
		}
	}
	return out
}

// A Shortage is a resource that is short.
type Shortage struct {
	Resource     Resource
	Score        float64 // 1 and more
	Reason, Cure string
}

// Shortages returns what a node is short of, worst first, whether anybody notices
// it or not.
func Shortages(f Facts) []Shortage {
	memory, cpu := memoryScore(f), cpuScore(f)
	if memory >= 1 && f.Memory.Collector >= collectorShare && f.CPU.Throttled < throttledShare {
		cpu = min(cpu, memory/2) // it is the collector that has the CPU
	}
	own := 0.0 // what the node adds to whatever it measures, in milliseconds
	if cpu >= 1 || memory >= 1 {
		own = 4 * f.CPU.DelayMS
	}
	line := networkScore(f, own)
	write := workScore(f.Write, f.Database.CommitMS, f.Database.RoundTripMS, own)
	read := workScore(f.Read, 0, f.Database.RoundTripMS, own)
	if cpu >= 1 || memory >= 1 {
		write, read, line = min(write, max(cpu, memory)*0.9), min(read, max(cpu, memory)*0.9), min(line, max(cpu, memory)*0.9)
	}
	write = max(write, lockScore(f.Database.WriteLocks))
	read = max(read, lockScore(f.Database.ReadLocks))
	var out []Shortage
	for _, s := range []Shortage{
		{NodeMemory, memory, memoryReason(f), memoryCure(f)},
		{NodeCPU, cpu, cpuReason(f), cpuCure(f)},
		{DatabaseWrite, write, workReason("store", f.Write, f.Database.CommitMS, f.Database.WriteLocks), writeCure(f)},
		{DatabaseRead, read, workReason("read", f.Read, 0, f.Database.ReadLocks), readCure(f)},
		{Network, line, networkReason(f), networkCure(f)},
	} {
		if s.Score >= 1 {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b Shortage) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return out
}
