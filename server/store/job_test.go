package store_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"picket/server/cluster"
	"picket/server/store"
	"picket/server/testdb"
)

// TestJobsAreDoneOnceForTheCluster: three nodes have the same work, and each due time
// is worked by one of them; a node that stops lets the others go on.
func TestJobsAreDoneOnceForTheCluster(t *testing.T) {
	db := testdb.New(t)
	var runs [3]atomic.Int64
	var together, most atomic.Int64
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var ended [3]chan error
	var stop [3]context.CancelFunc
	var queues [3]*store.Queue
	for i := range 3 {
		s, id := db.Store(t), uuid.New()
		work := cluster.Job{Kind: "count", Every: time.Second, Run: func(context.Context) error {
			runs[i].Add(1)
			most.Store(max(most.Load(), together.Add(1)))
			together.Add(-1)
			return nil
		}}
		queues[i] = s.NewQueue([]cluster.Job{work}, func() uuid.UUID { return id })
		node, stopNode := context.WithCancel(ctx)
		stop[i], ended[i] = stopNode, make(chan error, 1)
		go func() { ended[i] <- queues[i].Run(node) }()
	}
	conn := db.Conn(t, store.RoleOwner)
	done := func() (n int) {
		if err := conn.QueryRow(t.Context(), `SELECT count(*) FROM river_job WHERE state = 'completed'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	until := func(what string, ok func() bool) {
		t.Helper()
		for limit := time.Now().Add(time.Minute); !ok(); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(limit) {
				t.Fatalf("no %s in a minute", what)
			}
		}
	}
	until("five runs", func() bool { return done() >= 5 })
	// Whoever led goes with the first or is not disturbed; the rest must go on.
	stop[0]()
	if err := <-ended[0]; err != nil {
		t.Error(err)
	}
	before := done()
	until("five runs after a node stopped", func() bool { return done() >= before+5 })
	stop[1]()
	stop[2]()
	for _, e := range ended[1:] {
		if err := <-e; err != nil {
			t.Error(err)
		}
	}
	var worked, noted int64
	var periods int64
	for i := range runs {
		worked += runs[i].Load()
		if c := queues[i].Counts(); c.Done != runs[i].Load() || c.Running != 0 || c.Failed != 0 {
			t.Errorf("node %d counts %+v of %d runs", i, c, runs[i].Load())
		}
	}
	if err := conn.QueryRow(t.Context(), `SELECT runs FROM background_job WHERE kind = 'count'`).Scan(&noted); err != nil {
		t.Fatal(err)
	}
	if err := conn.QueryRow(t.Context(), `SELECT count(DISTINCT date_trunc('second', scheduled_at)) FROM river_job`).Scan(&periods); err != nil {
		t.Fatal(err)
	}
	if jobs := int64(done()); worked != noted || worked != jobs || jobs != periods {
		t.Errorf("%d runs, %d noted, %d jobs for %d due times: each must be one", worked, noted, jobs, periods)
	}
}

// TestAFailedJobIsNotedAndTriedWhenItIsDueAgain.
func TestAFailedJobIsNotedAndTriedWhenItIsDueAgain(t *testing.T) {
	db := testdb.New(t)
	s, id := db.Store(t), uuid.New()
	var tries atomic.Int64
	q := s.NewQueue([]cluster.Job{{Kind: "fail_once", Every: time.Second, Run: func(context.Context) error {
		if tries.Add(1) == 1 {
			return context.DeadlineExceeded
		}
		return nil
	}}}, func() uuid.UUID { return id })
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- q.Run(ctx) }()
	for limit := time.Now().Add(time.Minute); q.Counts().Done == 0 && time.Now().Before(limit); {
		time.Sleep(50 * time.Millisecond)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	_, jobs, _, err := s.Reader().Nodes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(jobs) != 1 || jobs[0].Failures != 1 || jobs[0].Runs < 1 || jobs[0].Error != "" || jobs[0].EndedAt == nil || jobs[0].Late {
		t.Errorf("jobs %+v", jobs)
	}
}
