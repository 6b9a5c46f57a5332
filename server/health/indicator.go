package health

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// State of an indicator.
type State string

// States, worst first.
const (
	Critical State = "critical" // something is lost, or will be soon
	Warning  State = "warning"
	Good     State = "good"
	NotKnown State = "unknown" // it could not be measured: never shown as good
)

// Kind is what an indicator is about.
type Kind string

// Kinds.
const (
	TapOffline  Kind = "tap_offline"
	Drops       Kind = "drops"
	Clock       Kind = "clock"
	Node        Kind = "node"
	DatabaseLag Kind = "database_lag"
	Partition   Kind = "partition"
	Certificate Kind = "certificate"
	QueueKind   Kind = "queue"
	DiskKind    Kind = "disk"
	Job         Kind = "job"
)

// An Indicator is one thing that is good or bad.
type Indicator struct {
	Kind    Kind
	State   State
	Subject string // a tap's, node's or certificate's name; empty: the installation
	ID      string // of a tap; else empty
	Reason  string
	Cure    string // empty where it is good
}

// Where indicators change.
const (
	offlineCritical   = time.Hour
	dropWarning       = 0.001 // of frames
	dropCritical      = 0.05
	clockWarningMS    = 1_000.0
	clockCriticalMS   = 60_000.0 // signatures live for five minutes
	commitWarningMS   = 250.0
	commitCriticalMS  = 2_000.0
	certificateWarn   = 30 * 24 * time.Hour
	certificateUrgent = 7 * 24 * time.Hour
	queueWarning      = 0.5
	queueCritical     = 0.9
	diskWarning       = 0.15 // free
	diskCritical      = 0.05
	diskSpareBytes    = 50 << 30 // free that is enough whatever its share
)

// Tap is what the rules need of a tap.
type Tap struct {
	ID, Name       string
	Reported       bool          // ever
	Silent         time.Duration // since its last report
	Late           bool          // longer than its windows explain
	Frames, Drops  int64         // lately; Drops: of the kernel
	ReportsDropped int64         // by its spool since it started
	Ahead          time.Duration // of its clock before the database's at its last report; negative: behind, or its report was late
	Why            string        // what else ails it, with a cure; empty: nothing
}

// TapIndicators returns the indicators of taps: those that are not good, worst first, or one
// that says that all are.
func TapIndicators(taps []Tap) []Indicator {
	var out []Indicator
	for _, t := range taps {
		out = append(out, tapIndicators(t)...)
	}
	for _, kind := range []Kind{TapOffline, Drops, Clock} {
		if !slices.ContainsFunc(out, func(i Indicator) bool { return i.Kind == kind }) {
			out = append(out, Indicator{Kind: kind, State: Good, Reason: goodTaps(kind, len(taps))})
		}
	}
	return Sort(out)
}

func goodTaps(kind Kind, n int) string {
	switch {
	case n == 0:
		return "There is no tap yet."
	case n == 1 && kind == TapOffline:
		return "The tap reports."
	case n == 1 && kind == Drops:
		return "The tap drops at most a thousandth of what it hears."
	case n == 1:
		return "The tap's clock agrees with the database's."
	case kind == TapOffline:
		return fmt.Sprintf("All of %d taps report.", n)
	case kind == Drops:
		return fmt.Sprintf("None of %d taps drops more than a thousandth of what it hears.", n)
	}
	return fmt.Sprintf("The clocks of %d taps agree with the database's.", n)
}

func tapIndicators(t Tap) []Indicator {
	var out []Indicator
	about := func(kind Kind, state State, reason, cure string) {
		out = append(out, Indicator{Kind: kind, State: state, Subject: t.Name, ID: t.ID, Reason: reason, Cure: cure})
	}
	switch {
	case !t.Reported:
		about(TapOffline, Warning, "It is enrolled and has never sent a report.", "Switch it on, and check that it can reach a node over HTTPS.")
	case t.Late && t.Silent >= offlineCritical:
		about(TapOffline, Critical, "No report for "+ago(t.Silent)+".", "Check its power and its network at the site. What it heard meanwhile is sent when it is back, for a day at least.")
	case t.Late:
		about(TapOffline, Warning, "No report for "+ago(t.Silent)+".", "It may be restarting. If it stays away, check its power and its network.")
	}
	if all := t.Frames + t.Drops; all > 0 && t.Drops > 0 {
		if s := float64(t.Drops) / float64(all); s >= dropWarning {
			about(Drops, level(s, dropWarning, dropCritical), fmt.Sprintf("The kernel dropped %s of %d frames before the tap saw them.", percent1(s), all),
				"Give the box a faster processor or fewer adapters; on the wire, mirror fewer ports.")
		}
	}
	if t.ReportsDropped > 0 {
		about(Drops, Critical, fmt.Sprintf("Its spool was full: %d reports were dropped since it started.", t.ReportsDropped),
			"It could not deliver for long: look at its line and at the nodes. Give it a larger disk to keep more.")
	}
	if ahead := float64(t.Ahead.Milliseconds()); ahead >= clockWarningMS {
		about(Clock, level(ahead, clockWarningMS, clockCriticalMS), "Its clock is "+ago(t.Ahead)+" ahead of the database's.",
			"Let it reach a time server (NTP, UDP 123), or the nodes, from which it takes the time too. Over five minutes its signatures are refused.")
	}
	return out
}

// Member is what the rules need of a node.
type Member struct {
	Name    string
	State   string // serving, draining, left, lost
	Gone    time.Duration
	ClockMS float64 // its clock minus the database's
	ErrorMS float64 // how wrong that may be
	Facts   *NodeFacts
}

// NodeIndicators returns the indicators of the nodes and of what they measured.
func NodeIndicators(nodes []Member) []Indicator {
	var out []Indicator
	for _, n := range nodes {
		out = append(out, nodeIndicators(n)...)
	}
	return Sort(out)
}

func nodeIndicators(n Member) []Indicator {
	about := func(kind Kind, state State, reason, cure string) Indicator {
		if state == Good {
			cure = ""
		}
		return Indicator{Kind: kind, State: state, Subject: n.Name, Reason: reason, Cure: cure}
	}
	switch n.State {
	case "left":
		return nil
	case "lost":
		return []Indicator{about(Node, Critical, "It has not renewed its lease for "+ago(n.Gone)+" and did not say that it stops.",
			"Look at its machine, and at systemctl status picket-noded. The other nodes do its work. If it will not come back, forget it: nodectl node.")}
	}
	out := []Indicator{about(Node, Good, "It is "+n.State+".", "")}
	if off := max(abs(n.ClockMS)-n.ErrorMS, 0); off >= clockWarningMS {
		out = append(out, about(Clock, level(off, clockWarningMS, clockCriticalMS), fmt.Sprintf("Its clock is %s off the database's.", seconds(off)),
			"Synchronise the clocks of nodes and database (chrony). Signatures are checked by the node's."))
	}
	if n.Facts == nil || !n.Facts.Fresh() {
		out = append(out, about(DatabaseLag, NotKnown, "It has not stored what it measures lately.", "Look at its log: it may not reach the database."))
		return out
	}
	f := n.Facts.Facts
	if f.Database.Away {
		out = append(out, about(DatabaseLag, Critical, "The database does not answer this node.", "Look at the database (systemctl status postgresql, patronictl list) and at the way to it. Taps keep their reports meanwhile."))
	} else {
		commit := max(f.Database.CommitMS, f.Write.P95MS)
		out = append(out, about(DatabaseLag, level(commit, commitWarningMS, commitCriticalMS), fmt.Sprintf("Statements that store take up to %s, a durable write %s, the shortest answer %s.",
			seconds(f.Write.P95MS), seconds(f.Database.CommitMS), seconds(f.Database.RoundTripMS)), "See the diagnosis: it names what is short."))
	}
	if f.Queue.Most > 0 {
		full := float64(f.Queue.Length) / float64(f.Queue.Most)
		out = append(out, about(QueueKind, level(full, queueWarning, queueCritical), fmt.Sprintf("%d of %d places for reports that wait to be stored are taken.", f.Queue.Length, f.Queue.Most),
			"The database stores more slowly than taps send: see the diagnosis. Taps are told to wait, and nothing is lost."))
	}
	if f.Disk.Total > 0 {
		free := float64(f.Disk.Free) / float64(f.Disk.Total)
		state := Good
		switch {
		case f.Disk.Free >= diskSpareBytes:
		case free < diskCritical:
			state = Critical
		case free < diskWarning:
			state = Warning
		}
		out = append(out, about(DiskKind, state, fmt.Sprintf("%s of %s are free where its data directory is.", octets(f.Disk.Free), octets(f.Disk.Total)),
			"Shorten retention (nodectl db shows what that frees), or give it a larger disk. A full disk stops a database that is on it."))
	}
	return out
}

// Cert is what the rules need of a certificate.
type Cert struct {
	Name     string
	NotAfter time.Time
	Own      bool // the cluster's CA
}

// CertificateIndicators returns the indicators of certificates at a time.
func CertificateIndicators(certs []Cert, now time.Time) []Indicator {
	var out []Indicator
	for _, c := range certs {
		left := c.NotAfter.Sub(now)
		i := Indicator{Kind: Certificate, Subject: c.Name, State: Good, Reason: "It ends at " + c.NotAfter.UTC().Format(time.DateOnly) + "."}
		if left < certificateWarn {
			i.State, i.Cure = Warning, "Get a new one from its issuer and upload it: nodectl certificate -add, or POST /api/v1/certificates."
			if c.Own {
				i.Cure = "The cluster's CA must be renewed before: taps pinned it. Write to the maintainers."
			}
		}
		switch {
		case left <= 0:
			i.State, i.Reason = Critical, "It ended at "+c.NotAfter.UTC().Format(time.DateOnly)+": browsers get the cluster's own in its place."
		case left < certificateUrgent:
			i.State = Critical
		}
		out = append(out, i)
	}
	return Sort(out)
}

// PartitionIndicator tells of tomorrow's partitions that are missing.
func PartitionIndicator(missing []string) Indicator {
	if len(missing) == 0 {
		return Indicator{Kind: Partition, State: Good, Reason: "The partitions of today and tomorrow are there."}
	}
	return Indicator{
		Kind: Partition, State: Warning, Reason: fmt.Sprintf("%d partitions for tomorrow are missing: %s.", len(missing), few(missing)),
		Cure: "They are made every hour and when a report needs one. If this lasts, see the job make_partitions: it tells why it fails.",
	}
}

// Background is what the rules need of background work.
type Background struct {
	Kind  string
	Late  bool
	Error string
}

// JobIndicators returns the indicators of background work.
func JobIndicators(jobs []Background) []Indicator {
	var out []Indicator
	for _, j := range jobs {
		switch {
		case j.Error != "":
			out = append(out, Indicator{Kind: Job, State: Warning, Subject: j.Kind, Reason: "Its last run failed: " + j.Error + ".", Cure: "It is tried again. If it goes on failing, the node's log says more."})
		case j.Late:
			out = append(out, Indicator{Kind: Job, State: Warning, Subject: j.Kind, Reason: "It has not run for three times as long as it should.", Cure: "Some node must run: see the nodes. If they do, look at their logs for the queue."})
		}
	}
	if len(out) == 0 {
		out = append(out, Indicator{Kind: Job, State: Good, Reason: fmt.Sprintf("All of %d kinds of background work ran in time.", len(jobs))})
	}
	return out
}

// Worst returns the worst state among indicators; unknown is worse than good.
func Worst(list []Indicator) State {
	worst := Good
	for _, i := range list {
		if rank(i.State) < rank(worst) {
			worst = i.State
		}
	}
	return worst
}

func rank(s State) int { return slices.Index([]State{Critical, Warning, NotKnown, Good}, s) }

// Sort orders indicators worst first, and returns them.
func Sort(list []Indicator) []Indicator {
	slices.SortStableFunc(list, func(a, b Indicator) int { return rank(a.State) - rank(b.State) })
	return list
}

func level(v, warning, critical float64) State {
	switch {
	case v >= critical:
		return Critical
	case v >= warning:
		return Warning
	}
	return Good
}

func abs(v float64) float64 { return max(v, -v) }

func percent1(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

// few names at most four of a list.
func few(list []string) string {
	if len(list) <= 4 {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:4], ", ") + fmt.Sprintf(" and %d more", len(list)-4)
}

// ago writes a duration as people read it.
func ago(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
