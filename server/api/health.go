package api

import (
	"context"
	"encoding/json"
	"time"

	"picket/server/health"
	"picket/server/store"
)

// HealthSource is what an API needs to say how things are.
type HealthSource struct {
	Store     *store.Store
	Local     func() health.Facts // of this node
	Authority time.Time           // when the cluster's CA ends
}

// Health is what is wrong, why, and what to do.
type Health struct {
	AsOf       Time          `json:"asOf"`
	State      string        `json:"state" enum:"critical,warning,unknown,good" doc:"The worst of all indicators"`
	Indicators []HealthSign  `json:"indicators" doc:"Worst first"`
	Diagnoses  []Diagnosis   `json:"diagnoses" doc:"Symptoms of the last half minute with what is short, the strongest cause first; empty: no symptom"`
	Nodes      []NodeMeasure `json:"nodes" doc:"What the nodes measured lately"`
}

// HealthSign is one thing that is good or bad.
type HealthSign struct {
	Kind    string `json:"kind" enum:"tap_offline,drops,clock,node,database_lag,partition,certificate,queue,disk,job"`
	State   string `json:"state" enum:"critical,warning,unknown,good"`
	Subject string `json:"subject" doc:"Name of the tap, node, certificate or job; empty: the installation"`
	TapID   string `json:"tapID" doc:"Empty: it is about no tap"`
	Reason  string `json:"reason"`
	Cure    string `json:"cure" doc:"What to do; empty where it is good"`
}

// Diagnosis is a symptom with what is short.
type Diagnosis struct {
	Node     string  `json:"node"`
	Symptom  string  `json:"symptom" enum:"tap_timeouts,failed_answers,slow_interface"`
	Resource string  `json:"resource" enum:"node_cpu,node_memory,database_write,database_read,network,unknown"`
	Evidence string  `json:"evidence" doc:"Of the symptom"`
	Reason   string  `json:"reason" doc:"What was measured of the resource"`
	Cure     string  `json:"cure"`
	Score    float64 `json:"score" doc:"How many times over the point where it hurts"`
}

// NodeMeasure is what a node measured of itself in the last half minute.
type NodeMeasure struct {
	Node           string  `json:"node"`
	MeasuredAt     Time    `json:"measuredAt"`
	Fresh          bool    `json:"fresh" doc:"false: it has told nothing for 45 seconds"`
	CPUBusy        float64 `json:"cpuBusy" doc:"Share of the machine's processors, 0 to 1"`
	CPUWaiting     float64 `json:"cpuWaiting" doc:"Share of the time that the node wanted to run and waited"`
	MemoryUsed     int64   `json:"memoryUsedBytes"`
	MemoryLimit    int64   `json:"memoryLimitBytes" doc:"0: not known"`
	WriteP95MS     float64 `json:"writeP95MS" doc:"95 of 100 statements that store took no longer"`
	ReadP95MS      float64 `json:"readP95MS" doc:"95 of 100 statements that read took no longer"`
	CommitMS       float64 `json:"commitMS" doc:"Of a small durable write"`
	DatabaseTripMS float64 `json:"databaseRoundTripMS"`
	LineP95MS      float64 `json:"lineP95MS" doc:"95 of 100 taps' requests took no longer on the way; 0: no tap told"`
	ReportsP95MS   float64 `json:"reportsP95MS"`
	InterfaceP95MS float64 `json:"interfaceP95MS"`
	FailedAnswers  int     `json:"failedAnswers" doc:"Requests answered with 5xx"`
	QueueLength    int     `json:"queueLength"`
	DiskFree       int64   `json:"diskFreeBytes"`
	DiskTotal      int64   `json:"diskTotalBytes"`
}

// goneAfter is when what a node measured is not worth showing any more.
const goneAfter = 10 * time.Minute

// getHealth is GET …/health. What the database cannot tell in time is left out and
// said to be unknown: a node that is in trouble must still say which.
func (a *API) getHealth(ctx context.Context, _ *TenantParam) (*output[Health], error) {
	out := Health{AsOf: now(), Indicators: []HealthSign{}, Diagnoses: []Diagnosis{}, Nodes: []NodeMeasure{}}
	var signs []health.Indicator
	limited, cancel := context.WithTimeout(ctx, deadline/2)
	defer cancel()
	facts, err := a.nodeFacts(limited)
	if err != nil {
		signs = append(signs, health.Indicator{Kind: health.DatabaseLag, State: health.Critical, Reason: "The database does not answer this node in time.", Cure: "See the diagnosis of this node; taps keep their reports meanwhile."})
		facts = []health.NodeFacts{{Node: "this node", MeasuredAt: time.Now(), Facts: a.Health.Local()}}
	} else {
		signs = append(signs, a.clusterSigns(limited, facts)...)
		signs = append(signs, a.tapSigns(limited)...)
	}
	for _, n := range facts {
		out.Nodes = append(out.Nodes, nodeMeasure(n))
		if !n.Fresh() {
			continue
		}
		for _, d := range health.Diagnose(n.Node, n.Facts) {
			out.Diagnoses = append(out.Diagnoses, Diagnosis{
				Node: d.Node, Symptom: string(d.Symptom), Resource: string(d.Resource), Evidence: d.Evidence, Reason: d.Reason, Cure: d.Cure, Score: d.Score,
			})
		}
	}
	signs = health.Sort(signs)
	out.State = string(health.Worst(signs))
	for _, s := range signs {
		out.Indicators = append(out.Indicators, HealthSign{Kind: string(s.Kind), State: string(s.State), Subject: s.Subject, TapID: s.ID, Reason: s.Reason, Cure: s.Cure})
	}
	return reply(out), nil
}

func (a *API) nodeFacts(ctx context.Context) ([]health.NodeFacts, error) {
	rows, err := a.Health.Store.NodesHealth(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]health.NodeFacts, 0, len(rows))
	for _, r := range rows {
		n := health.NodeFacts{ID: r.NodeID.String(), Node: r.Name, MeasuredAt: r.MeasuredAt, Age: time.Duration(r.AgeSeconds * float64(time.Second))}
		if n.Age < goneAfter && json.Unmarshal(r.Facts, &n.Facts) == nil {
			out = append(out, n)
		}
	}
	return out, nil
}

// clusterSigns are the indicators of what all tenants share.
func (a *API) clusterSigns(ctx context.Context, facts []health.NodeFacts) []health.Indicator {
	s := a.Health.Store
	var signs []health.Indicator
	unknown := func(kind health.Kind, what string) {
		signs = append(signs, health.Indicator{Kind: kind, State: health.NotKnown, Reason: what + " could not be read.", Cure: "Look at the node's log; try again."})
	}
	if nodes, jobs, at, err := s.Reader().Nodes(ctx); err != nil {
		unknown(health.Node, "The nodes")
		unknown(health.Job, "Background work")
	} else {
		signs = append(signs, health.NodeIndicators(members(nodes, facts, at))...)
		list := make([]health.Background, 0, len(jobs))
		for _, j := range jobs {
			list = append(list, health.Background{Kind: j.Kind, Late: j.Late, Error: j.Error})
		}
		signs = append(signs, health.JobIndicators(list)...)
	}
	if missing, err := s.MissingPartitions(ctx); err != nil {
		unknown(health.Partition, "Partitions")
	} else {
		signs = append(signs, health.PartitionIndicator(missing))
	}
	certs := []health.Cert{{Name: "the cluster's CA", NotAfter: a.Health.Authority, Own: true}}
	if list, err := s.Certificates(ctx); err != nil {
		unknown(health.Certificate, "Certificates")
	} else {
		for _, c := range list {
			certs = append(certs, health.Cert{Name: c.Names[0], NotAfter: c.NotAfter})
		}
		signs = append(signs, health.CertificateIndicators(certs, time.Now())...)
	}
	return signs
}

func members(nodes []store.Node, facts []health.NodeFacts, at time.Time) []health.Member {
	out := make([]health.Member, 0, len(nodes))
	for _, n := range nodes {
		m := health.Member{Name: n.Name, State: n.State, Gone: at.Sub(n.LeaseUntil), ClockMS: n.ClockMS, ErrorMS: n.ClockErrorMS}
		for i := range facts {
			if facts[i].ID == n.ID.String() {
				m.Facts = &facts[i]
			}
		}
		out = append(out, m)
	}
	return out
}

// tapSigns are the indicators of the tenant's taps.
func (a *API) tapSigns(ctx context.Context) []health.Indicator {
	end := time.Now()
	taps, err := a.Reader.Taps(ctx, tenantOf(ctx).ID, store.Span{From: end.Add(-time.Hour), To: end})
	if err != nil {
		return []health.Indicator{{Kind: health.TapOffline, State: health.NotKnown, Reason: "The taps could not be read.", Cure: "Look at the node's log; try again."}}
	}
	list := make([]health.Tap, 0, len(taps))
	for _, t := range taps {
		if t.RevokedAt != nil {
			continue
		}
		state, _ := tapState(t)
		one := health.Tap{
			ID: t.ID, Name: t.Name, Reported: t.LastReportAt != nil, Late: state == silent, Frames: t.Frames, Drops: t.KernelDrops, ReportsDropped: t.ReportsDropped,
		}
		if t.SilentSeconds != nil {
			one.Silent = time.Duration(*t.SilentSeconds * float64(time.Second))
		}
		if t.LastWindowEnd != nil && t.LastReportAt != nil {
			one.Ahead = t.LastWindowEnd.Sub(*t.LastReportAt)
		}
		list = append(list, one)
	}
	return health.TapIndicators(list)
}

func nodeMeasure(n health.NodeFacts) NodeMeasure {
	f := n.Facts
	return NodeMeasure{
		Node: n.Node, MeasuredAt: Time{n.MeasuredAt}, Fresh: n.Fresh(), CPUBusy: f.CPU.Busy, CPUWaiting: f.CPU.Waiting,
		MemoryUsed: f.Memory.Used, MemoryLimit: f.Memory.Limit, WriteP95MS: f.Write.P95MS, ReadP95MS: f.Read.P95MS,
		CommitMS: f.Database.CommitMS, DatabaseTripMS: f.Database.RoundTripMS, LineP95MS: f.Taps.LineMS,
		ReportsP95MS: f.Reports.P95MS, InterfaceP95MS: f.API.P95MS, FailedAnswers: f.Reports.Failed + f.API.Failed,
		QueueLength: f.Queue.Length, DiskFree: f.Disk.Free, DiskTotal: f.Disk.Total,
	}
}
