package cluster

import (
	"context"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestSoakClusterFaults breaks a cluster at random while taps report: 5 faults, or 50
// with PICKET_SOAK=full. Every report must be acknowledged in the end and stored once,
// and what is done once for the cluster must have been done once.
func TestSoakClusterFaults(t *testing.T) {
	if !inside(t) {
		return
	}
	seed, strikes := uint64(1), sample()
	full := os.Getenv("PICKET_SOAK") == "full"
	if full {
		seed = uint64(time.Now().UnixNano()) >> 1
	}
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // repeatable, not secret
	if full {
		strikes = nil
		for kinds := faults(); len(strikes) < 50; {
			strikes = append(strikes, kinds[random.IntN(len(kinds))])
		}
	}
	random.Shuffle(len(strikes), func(i, j int) { strikes[i], strikes[j] = strikes[j], strikes[i] })
	t.Logf("seed %d, %d faults", seed, len(strikes))

	c, load := newCampaign(t, random, func() time.Duration {
		if full {
			return time.Duration(len(strikes)) * 22 * time.Second
		}
		return 100 * time.Second
	}(), seed)
	for _, f := range strikes {
		c.pause(time.Second, 4*time.Second)
		c.strike(f)
	}
	v := load.wait(time.Hour)
	v.check(t)
	c.checkOnce()
	t.Logf("figure: %d faults (%v), %d of %d reports acknowledged (%d sent again), missing %d, doubled %d; the longest waited %.1f s",
		len(strikes), c.counts, v.Acknowledged, v.Due, v.Again, v.Verify.Missing, v.Verify.Doubled, v.Max/1000)
}

// TestSoakClusterRollingRestart stops and starts each node in turn under load: no
// report is lost, and no node is cut off from what it was doing.
func TestSoakClusterRollingRestart(t *testing.T) {
	if !inside(t) {
		return
	}
	rounds, length := 1, 45*time.Second
	if os.Getenv("PICKET_SOAK") == "full" {
		rounds, length = 5, 4*time.Minute
	}
	c, load := newCampaign(t, rand.New(rand.NewPCG(1, 0)), length, 7) //nolint:gosec // repeatable, not secret
	for range rounds {
		for _, m := range c.nodes.machines {
			m.terminate(t, "noded", 40*time.Second)
			c.nodes.start(m)
			c.nodes.await(m, time.Minute)
		}
	}
	v := load.wait(10 * time.Minute)
	v.check(t)
	c.checkOnce()
	t.Logf("figure: %d rolling restarts of three nodes, %d of %d reports acknowledged (%d sent again), missing %d, doubled %d, p99 %.0f ms, the longest waited %.1f s",
		rounds, v.Acknowledged, v.Due, v.Again, v.Verify.Missing, v.Verify.Doubled, v.P99, v.Max/1000)
}

func newCampaign(t *testing.T, random *rand.Rand, length time.Duration, seed uint64) (*campaign, *fleet) {
	t.Helper()
	dir := workDir(t)
	n := newNetwork(t, dir)
	c := &campaign{network: n, random: random, counts: map[string]int{}}
	bin := programs(t, dir)
	c.database = startDatabase(t, n)
	t.Cleanup(func() {
		if t.Failed() {
			c.database.logs()
		}
	})
	c.database.prepare()
	url := c.database.url("picket", nodePassword, "picket")
	c.nodes = startNodes(t, n, bin, url)
	load := startFleet(t, n, bin, url, seed, length)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("fleet: %s", tail(load.process.log, 2000))
		}
	})
	await(t, "first report", time.Minute, func() bool { return c.count(`SELECT count(*) FROM report`) > 0 })
	return c, load
}

// count asks the database, which comes and goes; 0 where it does not answer.
func (c *campaign) count(sql string) (n int) {
	ctx, cancel := context.WithTimeout(c.network.t.Context(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.database.url("postgres", superPassword, "picket")+"&search_path=picket")
	if err != nil {
		return 0
	}
	defer conn.Close(ctx)
	if conn.QueryRow(ctx, sql).Scan(&n) != nil {
		return 0
	}
	return n
}

// checkOnce looks at the work that is done once for the cluster: no due time was
// worked twice to its end, and nothing failed to be worked.
func (c *campaign) checkOnce() {
	t := c.network.t
	t.Helper()
	if n := c.count(`SELECT count(*) - count(DISTINCT unique_key) FROM river_job WHERE state = 'completed'`); n != 0 {
		t.Errorf("%d due times were worked twice", n)
	}
	if n := c.count(`SELECT count(*) FROM river_job WHERE state = 'completed'`); n == 0 {
		t.Error("no background job was worked: nothing is shown")
	}
	if n := c.count(`SELECT count(*) FROM node WHERE left_at IS NULL AND lease_until > now()`); n != len(c.nodes.machines) {
		t.Errorf("%d nodes are members, want %d", n, len(c.nodes.machines))
	}
}
