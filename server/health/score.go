package health

import "fmt"

// Where a resource begins to hurt: the score is 1 there.
const (
	waitingShare   = 0.5  // of the time that the node wants to run
	delayMS        = 50.0 // of a goroutine that can run
	throttledShare = 0.1
	collectorShare = 0.2  // of the CPU time; the runtime's own target is 0.25 while it collects
	usedShare      = 0.95 // of the memory's limit
	stalledShare   = 0.1
	faultsPerS     = 200.0
	statementMS    = 250.0  // 95 of 100
	longMS         = 2000.0 // a single statement
	poolMS         = 250.0
	commitMS       = 250.0
	lockMS         = 1000.0
	lineMS         = 1000.0
	roundTripMS    = 20.0 // to the database: a report takes some twenty
)

func cpuScore(f Facts) float64 {
	score := f.CPU.Throttled / throttledShare
	if f.CPU.Waiting >= waitingShare/2 || f.CPU.Busy >= 0.9 { // else the delay has another reason
		score = max(score, f.CPU.DelayMS/delayMS)
	}
	if f.CPU.DelayMS >= delayMS/5 || f.CPU.Own >= 0.5 { // a node that hardly runs may wait without harm
		score = max(score, f.CPU.Waiting/waitingShare)
	}
	return score
}

func memoryScore(f Facts) float64 {
	score := max(f.Memory.Collector/collectorShare, f.Memory.Faults/faultsPerS)
	if f.Memory.Limit > 0 {
		if used := float64(f.Memory.Used) / float64(f.Memory.Limit); used >= usedShare {
			score = max(score, 1+(used-usedShare)*20)
		}
	}
	return max(score, f.Memory.Stalled/stalledShare)
}

func workScore(w Work, commit, roundTrip, own float64) float64 {
	less := own + 1.5*roundTrip
	over := func(ms, limit float64) float64 { return max(ms-less, 0) / limit }
	return max(over(w.P95MS, statementMS), over(w.LongMS, longMS), over(w.PoolMS, poolMS), max(commit-own-6*roundTrip, 0)/commitMS)
}

func lockScore(l Locks) float64 {
	if l.Waiting == 0 {
		return 0
	}
	return l.LongMS / lockMS * 3 // certain, where the others are likely
}

func networkScore(f Facts, own float64) float64 {
	score := max(f.Taps.LineMS-own, 0) / lineMS
	return max(score, max(f.Database.RoundTripMS-own, 0)/roundTripMS)
}

func cpuReason(f Facts) string {
	if f.CPU.Throttled >= throttledShare {
		return fmt.Sprintf("The limit of its control group holds the node %s of the time.", percent(f.CPU.Throttled))
	}
	return fmt.Sprintf("The node waits for a processor %s of the time that it wants to run, and what could run waits up to %s; the machine's %d processors are %s busy, %s of it the node's.",
		percent(f.CPU.Waiting), seconds(f.CPU.DelayMS), f.CPU.Count, percent(f.CPU.Busy), percent(f.CPU.Own))
}

func cpuCure(f Facts) string {
	switch {
	case f.CPU.Throttled >= throttledShare:
		return "Raise the node's CPU limit (CPUQuota= of its systemd unit, or the container's limit), or add a node."
	case f.CPU.Own < f.CPU.Busy/2:
		return "Something else on the machine takes the processors: find it with top, and move it or the node. Where the database is on the same machine, move it to one of its own."
	}
	return "Add a node behind the balancer, or give this one more processors."
}

func memoryReason(f Facts) string {
	return fmt.Sprintf("%s of the node's CPU time goes to collecting garbage; %s of %s are used; something waits for memory %s of the time.",
		percent(f.Memory.Collector), octets(f.Memory.Used), octets(f.Memory.Limit), percent(f.Memory.Stalled))
}

func memoryCure(f Facts) string {
	return fmt.Sprintf("Give the node more than %s: raise GOMEMLIMIT or MemoryMax= of its systemd unit, take other programs off the machine, or add a node.", octets(f.Memory.Limit))
}

func workReason(verb string, w Work, commit float64, l Locks) string {
	text := fmt.Sprintf("95 of 100 statements that %s take up to %s, the longest %s; a connection is waited for %s.", verb, seconds(w.P95MS), seconds(w.LongMS), seconds(w.PoolMS))
	if commit > 0 {
		text += fmt.Sprintf(" Writing one row durably takes %s.", seconds(commit))
	}
	if l.Waiting > 0 {
		text += fmt.Sprintf(" %d sessions wait for a lock on %s, for up to %s; %s has it.", l.Waiting, l.Table, seconds(l.LongMS), l.Holder)
	}
	return text
}

func writeCure(f Facts) string {
	if l := f.Database.WriteLocks; l.Waiting > 0 {
		return "End what holds the lock: " + l.Holder + " (SELECT pg_terminate_backend(PROCESS), or close the program). It is often a forgotten transaction in a psql, or a manual VACUUM FULL."
	}
	return "Look at the database server's disk (iostat -x: w_await) and at its WAL: faster disks for pg_wal, more max_wal_size; a synchronous standby that is slow or away holds commits too (pg_stat_replication)."
}

func readCure(f Facts) string {
	switch {
	case f.Database.ReadLocks.Waiting > 0:
		return "End what holds the lock: " + f.Database.ReadLocks.Holder + " (SELECT pg_terminate_backend(PROCESS), or close the program)."
	case f.Read.PoolMS >= poolMS:
		return "Too many questions at a time: shorter time ranges, fewer open consoles; more memory and processors for the database server help most."
	}
	return "Give the database server more memory (shared_buffers, and room for the page cache) or processors; see with pg_stat_activity what runs; run ANALYZE after a restore."
}

func networkReason(f Facts) string {
	if f.Database.RoundTripMS >= roundTripMS && f.Database.RoundTripMS/roundTripMS >= f.Taps.LineMS/lineMS {
		return fmt.Sprintf("The database answers the shortest question after %s; in one data centre that takes less than a millisecond.", seconds(f.Database.RoundTripMS))
	}
	return fmt.Sprintf("Between taps and the node a request takes up to %s more than the node works on it, as %d answers say.", seconds(f.Taps.LineMS), f.Taps.Told)
}

func networkCure(f Facts) string {
	if f.Database.RoundTripMS >= roundTripMS && f.Database.RoundTripMS/roundTripMS >= f.Taps.LineMS/lineMS {
		return "Bring node and database together: same site, same switch. Look at what is in between (VPN, firewall, pooler) with ping and traceroute from the node."
	}
	return "Look at the sites' uplinks and what is before the nodes (balancer, firewall, VPN): loss and queues. Compare sites: if one alone is slow, it is that site's line."
}

// seconds writes milliseconds as people read them.
func seconds(ms float64) string {
	switch {
	case ms < 10:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 1000:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", ms/1000)
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// octets are decimal, as the console's are.
func octets(n int64) string {
	switch {
	case n >= 10e9:
		return fmt.Sprintf("%d GB", n/1e9)
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	}
	return fmt.Sprintf("%d MB", n/1e6)
}
