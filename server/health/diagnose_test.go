package health

import (
	"testing"
	"time"
)

// well is a node that is well: nothing of it is short.
func well() Facts {
	return Facts{
		Seconds: 30,
		CPU:     CPU{Count: 2, Busy: 0.4, Own: 0.2, Waiting: 0.05, DelayMS: 0.5},
		Memory:  Memory{Limit: 4 << 30, Used: 1 << 30, Collector: 0.03},
		Write:   Work{Count: 1000, P95MS: 12, LongMS: 60}, Read: Work{Count: 500, P95MS: 20, LongMS: 100},
		Database: Database{RoundTripMS: 0.2, CommitMS: 6}, Reports: Requests{Count: 3000, P95MS: 120, LongMS: 400},
		API: Requests{Count: 100, P95MS: 60, LongMS: 200}, Taps: Taps{Told: 3000, LineMS: 40}, Queue: Queue{Length: 10, Most: 1024},
	}
}

func TestDiagnosisNamesTheCauseAndNotItsShadows(t *testing.T) {
	tests := []struct {
		name    string
		change  func(*Facts)
		symptom Symptom
		want    Resource
	}{
		{"OK: nobody notices", func(f *Facts) { f.CPU.Waiting = 0.9; f.CPU.DelayMS = 400 }, "", ""},
		{"without processors everything looks slow", func(f *Facts) {
			f.CPU.Waiting, f.CPU.DelayMS, f.CPU.Busy = 0.95, 400, 1
			f.Write.P95MS, f.Read.P95MS, f.Read.LongMS, f.Database.RoundTripMS, f.Database.CommitMS, f.Taps.LineMS = 900, 800, 3000, 90, 700, 1500
			f.API.P95MS = 3000
		}, SlowInterface, NodeCPU},
		{"a limit of the control group", func(f *Facts) { f.CPU.Throttled = 0.6; f.CPU.DelayMS = 60; f.API.P95MS = 2000 }, SlowInterface, NodeCPU},
		{"the collector takes the processors", func(f *Facts) {
			f.Memory.Collector, f.CPU.Busy, f.CPU.Waiting, f.CPU.DelayMS = 0.5, 1, 0.7, 90
			f.API.P95MS = 2500
		}, SlowInterface, NodeMemory},
		{"a control group that is full", func(f *Facts) { f.Memory.Used = f.Memory.Limit; f.Memory.Faults = 2000; f.API.LongMS = 9000 }, SlowInterface, NodeMemory},
		{"a disk that is slow to sync", func(f *Facts) {
			f.Database.CommitMS, f.Write.P95MS, f.Write.LongMS = 1500, 1400, 6000
			f.Reports.LongMS = 12_000
		}, TapTimeouts, DatabaseWrite},
		{"a lock, on a busy machine", func(f *Facts) {
			f.CPU.Waiting, f.CPU.DelayMS, f.CPU.Busy = 0.8, 90, 1
			f.Database.WriteLocks = Locks{Waiting: 2, LongMS: 9000, Table: "report", Holder: "process 1 (psql)"}
			f.Reports.LongMS = 9000
		}, TapTimeouts, DatabaseWrite},
		{"the same, when the node gives up", func(f *Facts) {
			f.Database.WriteLocks = Locks{Waiting: 2, LongMS: 9000, Table: "report", Holder: "process 1 (psql)"}
			f.Reports.Failed = 12
		}, FailedAnswers, DatabaseWrite},
		{"questions that take long", func(f *Facts) { f.Read.P95MS, f.Read.LongMS = 4000, 9000; f.API.P95MS = 4100 }, SlowInterface, DatabaseRead},
		{"all connections taken", func(f *Facts) { f.Read.PoolMS = 2500; f.API.P95MS = 2600 }, SlowInterface, DatabaseRead},
		{"a slow line to the taps", func(f *Facts) { f.Taps.LineMS = 8000; f.Taps.Timeouts = 40 }, TapTimeouts, Network},
		{"a slow way to the database", func(f *Facts) {
			f.Database.RoundTripMS, f.Write.P95MS, f.Read.P95MS, f.Database.CommitMS = 200, 230, 230, 400
			f.API.P95MS = 1800
		}, SlowInterface, Network},
		{"nothing that was measured", func(f *Facts) { f.Taps.Closed = 5 }, FailedAnswers, Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := well()
			tt.change(&f)
			got := Diagnose("node", f)
			if tt.symptom == "" {
				if len(got) > 0 {
					t.Errorf("%+v, want nothing", got)
				}
				return
			}
			for _, d := range got {
				if d.Symptom == tt.symptom {
					if d.Resource != tt.want || d.Reason == "" || d.Cure == "" || d.Evidence == "" {
						t.Errorf("first %+v, want %s; all %+v", d, tt.want, got)
					}
					return
				}
			}
			t.Errorf("no %s: %+v", tt.symptom, got)
		})
	}
}

func TestIndicatorsSayReasonAndCure(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	full := well()
	full.Queue.Length, full.Disk, full.Database.CommitMS = 1000, Disk{Total: 100 << 30, Free: 3 << 30}, 3000
	away := well()
	away.Database.Away = true
	find := func(list []Indicator, kind Kind) Indicator {
		for _, i := range list {
			if i.Kind == kind {
				return i
			}
		}
		return Indicator{}
	}
	node := func(f Facts) []Indicator {
		return NodeIndicators([]Member{{Name: "a", State: "serving", Facts: &NodeFacts{Facts: f}}})
	}
	tests := []struct {
		name string
		got  Indicator
		want State
	}{
		{"a tap that reports", find(TapIndicators([]Tap{{Name: "t", Reported: true, Frames: 100}}), TapOffline), Good},
		{"a tap that never did", find(TapIndicators([]Tap{{Name: "t"}}), TapOffline), Warning},
		{"a silent tap", find(TapIndicators([]Tap{{Name: "t", Reported: true, Late: true, Silent: 5 * time.Minute}}), TapOffline), Warning},
		{"a tap that is gone", find(TapIndicators([]Tap{{Name: "t", Reported: true, Late: true, Silent: 5 * time.Hour}}), TapOffline), Critical},
		{"some drops", find(TapIndicators([]Tap{{Name: "t", Reported: true, Frames: 990, Drops: 10}}), Drops), Warning},
		{"many drops", find(TapIndicators([]Tap{{Name: "t", Reported: true, Frames: 90, Drops: 10}}), Drops), Critical},
		{"reports that are lost", find(TapIndicators([]Tap{{Name: "t", Reported: true, ReportsDropped: 3}}), Drops), Critical},
		{"a tap's clock", find(TapIndicators([]Tap{{Name: "t", Reported: true, Ahead: 5 * time.Second}}), Clock), Warning},
		{"a node's clock", find(NodeIndicators([]Member{{Name: "a", State: "serving", ClockMS: -90_000}}), Clock), Critical},
		{"a lost node", find(NodeIndicators([]Member{{Name: "a", State: "lost", Gone: time.Minute}}), Node), Critical},
		{"a node that serves", find(node(well()), Node), Good},
		{"a node that tells nothing", find(NodeIndicators([]Member{{Name: "a", State: "serving"}}), DatabaseLag), NotKnown},
		{"a database that is quick", find(node(well()), DatabaseLag), Good},
		{"a database that is slow", find(node(full), DatabaseLag), Critical},
		{"no database", find(node(away), DatabaseLag), Critical},
		{"a full queue", find(node(full), QueueKind), Critical},
		{"a full disk", find(node(full), DiskKind), Critical},
		{"partitions", PartitionIndicator(nil), Good},
		{"no partition", PartitionIndicator([]string{"report_20260102"}), Warning},
		{"a certificate", find(CertificateIndicators([]Cert{{Name: "c", NotAfter: now.AddDate(1, 0, 0)}}, now), Certificate), Good},
		{"a certificate that ends this month", find(CertificateIndicators([]Cert{{Name: "c", NotAfter: now.AddDate(0, 0, 20)}}, now), Certificate), Warning},
		{"a certificate that ended", find(CertificateIndicators([]Cert{{Name: "c", NotAfter: now.AddDate(0, 0, -1)}}, now), Certificate), Critical},
		{"jobs", find(JobIndicators([]Background{{Kind: "roll_up"}}), Job), Good},
		{"a job that fails", find(JobIndicators([]Background{{Kind: "roll_up", Error: "no space"}}), Job), Warning},
	}
	for _, tt := range tests {
		if tt.got.State != tt.want || tt.got.Reason == "" || (tt.got.Cure == "") != (tt.want == Good) {
			t.Errorf("%s: %+v, want %s with reason and cure", tt.name, tt.got, tt.want)
		}
	}
	if w := Worst([]Indicator{{State: Good}, {State: NotKnown}}); w != NotKnown {
		t.Errorf("unknown is %s", w)
	}
}
