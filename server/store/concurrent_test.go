package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"syscall"
	"testing"
	"time"

	"picket/server/store"
	"picket/server/testdb"
)

// Two nodes store overlapping reports of the same taps, which hear the same
// networks, in orders of their own: no deadlock, and each report once.
func TestTwoNodesStoreAtOnceWithoutWaitingInACircle(t *testing.T) {
	db := testdb.New(t)
	nodes := []*store.Store{db.Store(t), db.Store(t)}
	const taps, rounds = 6, 12
	var all []store.Incoming
	for i := range taps {
		tap := db.Tap(t, nodes[0], fmt.Sprint("tap ", i))
		for sequence := range uint64(rounds) {
			s := spec(sequence + 1)
			s.Boot, s.Seed = [16]byte{byte(i)}, 1
			all = append(all, incoming(t, tap, s))
		}
	}
	counts := make([]int, 4)
	var wg sync.WaitGroup
	for w := range counts { // two writers a node
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(w), 7))
			order := rng.Perm(len(all))
			for len(order) > 0 {
				n := min(1+rng.IntN(9), len(order))
				var batch []store.Incoming
				for _, i := range order[:n] {
					batch = append(batch, all[i])
				}
				order = order[n:]
				out, err := nodes[w%2].AddReports(t.Context(), batch)
				if err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
				for _, o := range out {
					if o.Status == store.Stored {
						counts[w]++
					}
				}
			}
		})
	}
	wg.Wait()
	total := 0
	for _, n := range counts {
		total += n
	}
	if total != len(all) {
		t.Errorf("%d reports said to be stored, want %d", total, len(all))
	}
	conn := db.Conn(t, store.RoleOwner)
	for _, sql := range []string{"SELECT count(*) FROM report", "SELECT count(*) FROM air_raw", "SELECT sum(reports) FROM tap_10m", "SELECT sum(reports) FROM tap_boot"} {
		if got := scan[int](t, conn, sql); got != len(all) {
			t.Errorf("%s: %d, want %d", sql, got, len(all))
		}
	}
}

// The server is killed again and again while reports are stored; a report that was
// not acknowledged is sent again, as a tap does.
func TestAKilledDatabaseStoresEachReportOnce(t *testing.T) {
	db := testdb.New(t)
	s := db.Store(t)
	tap := db.Tap(t, s, "one")
	const reports, kills = 60, 4
	server := db.Server()
	acknowledged, failures := 0, 0
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for sequence := uint64(1); sequence <= reports; {
		in := []store.Incoming{incoming(t, tap, spec(sequence))}
		if sequence%(reports/kills) == 0 && failures < int(sequence)/(reports/kills) {
			go func() { // somewhere within the transaction
				time.Sleep(time.Duration(rand.IntN(4000)) * time.Microsecond)
				if pid := server.PID(); pid != 0 {
					_ = syscall.Kill(pid, syscall.SIGKILL)
				}
			}()
			time.Sleep(time.Millisecond)
			failures++
		}
		limited, stop := context.WithTimeout(ctx, 10*time.Second)
		out, err := s.AddReports(limited, in)
		stop()
		if ctx.Err() != nil {
			t.Fatal("the database does not come back: ", err)
		}
		if err != nil {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		if out[0].Status != store.Stored && out[0].Status != store.Duplicate {
			t.Fatalf("status %d", out[0].Status)
		}
		acknowledged++
		sequence++
	}
	conn := db.Conn(t, store.RoleOwner)
	for _, sql := range []string{
		"SELECT count(*) FROM report", "SELECT count(DISTINCT sequence) FROM report", "SELECT count(*) FROM air_raw",
		"SELECT count(*) FROM wire_raw", "SELECT sum(reports) FROM tap_10m", "SELECT reports FROM tap_boot",
	} {
		if got := scan[int](t, conn, sql); got != acknowledged {
			t.Errorf("%s: %d, want %d", sql, got, acknowledged)
		}
	}
	if failures != kills {
		t.Errorf("killed %d times, want %d", failures, kills)
	}
}
