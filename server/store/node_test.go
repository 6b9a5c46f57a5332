package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"picket/server/cluster"
	"picket/server/store"
	"picket/server/testdb"
)

func identity(name string) cluster.Identity {
	return cluster.Identity{ID: uuid.New(), Incarnation: uuid.New(), Name: name, Version: "1.2.3", URLs: []string{"https://192.0.2.1:8443"}}
}

func states(t *testing.T, s *store.Store) map[string]string {
	t.Helper()
	nodes, _, _, err := s.Reader().Nodes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, n := range nodes {
		got[n.Name] = n.State
	}
	return got
}

func TestNodesJoinDrainLeaveAndAreLost(t *testing.T) {
	db := testdb.New(t)
	s, owner := db.Store(t), db.Conn(t, store.RoleOwner)
	a, b := identity("a"), identity("b")
	if o, err := s.JoinNode(t.Context(), a); err != nil || o.Others != 0 || o.Drain {
		t.Fatalf("a joins: %+v %v", o, err)
	}
	if o, err := s.JoinNode(t.Context(), b); err != nil || o.Others != 1 {
		t.Fatalf("b joins: %+v %v", o, err)
	}
	status := cluster.Status{ClockOffset: -1500 * time.Microsecond, ReportsStored: 7, ReportsPerSecond: 2.5, Streams: 3,
		Load: cluster.Load{CPUs: 2, OneMinute: 0.5, Memory: 1 << 20}, Work: cluster.WorkCounts{Running: 1, Done: 4, Failed: 1}}
	if o, err := s.RenewNode(t.Context(), a, status); err != nil || o.Others != 1 || o.Drain {
		t.Fatalf("a renews: %+v %v", o, err)
	}
	nodes, _, now, err := s.Reader().Nodes(t.Context())
	if err != nil || len(nodes) != 2 {
		t.Fatalf("nodes %+v %v", nodes, err)
	}
	n := nodes[0]
	if left := n.LeaseUntil.Sub(now); n.ClockMS != -1.5 || n.ReportsPerSecond != 2.5 || n.Streams != 3 || n.CPUs != 2 || n.JobsDone != 4 ||
		n.State != store.NodeServing || left <= 0 || left > cluster.LeaseFor {
		t.Errorf("node %+v, lease for %v more", n, left)
	}

	// Somebody asks a to drain; it hears of it with its next renewal.
	if err := s.Reader().DrainNode(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	if o, err := s.RenewNode(t.Context(), a, status); err != nil || !o.Drain {
		t.Errorf("a renews: %+v %v", o, err)
	}
	status.Draining = true
	if _, err := s.RenewNode(t.Context(), a, status); err != nil {
		t.Fatal(err)
	}
	if o, err := s.RenewNode(t.Context(), b, cluster.Status{}); err != nil || o.Others != 0 {
		t.Errorf("b beside one that drains: %+v %v", o, err)
	}
	if err := s.LeaveNode(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if err := s.Reader().DrainNode(t.Context(), a.ID); !errors.Is(err, store.ErrNotServing) {
		t.Errorf("drain of one that left: %v", err)
	}
	if err := s.Reader().ForgetNode(t.Context(), b.ID); !errors.Is(err, store.ErrConflict) {
		t.Errorf("forget of one that serves: %v", err)
	}
	if _, err := owner.Exec(t.Context(), `UPDATE node SET lease_until = now() - interval '1 s' WHERE name = 'b'`); err != nil {
		t.Fatal(err)
	}
	if got := states(t, s); got["a"] != store.NodeLeft || got["b"] != store.NodeLost {
		t.Errorf("states %v", got)
	}
	if o, err := s.RenewNode(t.Context(), b, cluster.Status{}); err != nil || o.Others != 0 {
		t.Errorf("b is back: %+v %v", o, err)
	}
	if got := states(t, s); got["b"] != store.NodeServing {
		t.Errorf("states %v", got)
	}

	// a starts again: the wish that it drained does not hold for the new process.
	a.Incarnation = uuid.New()
	if o, err := s.JoinNode(t.Context(), a); err != nil || o.Drain {
		t.Errorf("a is back: %+v %v", o, err)
	}
	if err := s.LeaveNode(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if err := s.Reader().ForgetNode(t.Context(), a.ID); err != nil {
		t.Error(err)
	}
	if err := s.Reader().ForgetNode(t.Context(), a.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("forget twice: %v", err)
	}
}

// TestANodeThatLostItsDiskReplacesItsOldRow, and a copied data directory makes two nodes.
func TestANodeThatLostItsDiskReplacesItsOldRow(t *testing.T) {
	db := testdb.New(t)
	s, owner := db.Store(t), db.Conn(t, store.RoleOwner)
	first := identity("a")
	if _, err := s.JoinNode(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	second := identity("a")
	if _, err := s.JoinNode(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	count := func() (n int) {
		if err := owner.QueryRow(t.Context(), `SELECT count(*) FROM node`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := count(); n != 2 {
		t.Errorf("%d rows while the first may live, want 2", n)
	}
	if _, err := owner.Exec(t.Context(), `UPDATE node SET lease_until = now() WHERE id = $1`, first.ID); err != nil {
		t.Fatal(err)
	}
	third := identity("a")
	if _, err := s.JoinNode(t.Context(), third); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 2 {
		t.Errorf("%d rows when the first's lease is over, want those of the second and the third", n)
	}
	copied := third
	copied.Incarnation = uuid.New()
	if _, err := s.JoinNode(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RenewNode(t.Context(), third, cluster.Status{}); !errors.Is(err, cluster.ErrReplaced) {
		t.Errorf("the overtaken one renews: %v", err)
	}
	// A row that somebody removed is made again.
	if _, err := owner.Exec(t.Context(), `DELETE FROM node WHERE id = $1`, second.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RenewNode(t.Context(), second, cluster.Status{}); err != nil {
		t.Error(err)
	}
}

// TestNotificationsReachWhoListens, with ids alone, and a lost connection is told.
func TestNotificationsReachWhoListens(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	ctx, cancel := context.WithCancel(t.Context())
	begun, heard, ended := make(chan struct{}), make(chan string, 10), make(chan error, 1)
	go func() {
		ended <- s.Listen(ctx, func() { close(begun) }, func(channel, id string) { heard <- channel + " " + id })
	}()
	<-begun
	if err := s.Notify(t.Context(), store.ChannelTenant, []string{"x", "y"}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for range 2 {
		select {
		case h := <-heard:
			got = append(got, h)
		case <-time.After(10 * time.Second):
			t.Fatal("nothing is heard")
		}
	}
	if want := []string{"picket_tenant x", "picket_tenant y"}; !slices.Equal(got, want) {
		t.Errorf("heard %v", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("told to end: %v", err)
	}

	begun = make(chan struct{})
	go func() { ended <- s.Listen(t.Context(), func() { close(begun) }, func(string, string) {}) }()
	<-begun
	admin := db.Conn(t, store.RoleOwner)
	if _, err := admin.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("a lost connection is not told")
	}
}
