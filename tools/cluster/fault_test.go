package cluster

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// A campaign breaks a cluster and mends it.
type campaign struct {
	network  *network
	database *database
	nodes    *nodes
	random   *rand.Rand
	counts   map[string]int
}

// A fault does harm and undoes it; between the two some seconds pass.
type fault struct {
	name string
	do   func(c *campaign) (mend func())
}

// faults are the kinds of them. What they do is drawn anew each time.
func faults() []fault {
	return []fault{
		{"kill a node", func(c *campaign) func() { return c.killNode(c.anyNode()) }},
		{"kill the balancer's target", func(c *campaign) func() { return c.killNode(c.nodes.target()) }},
		{"lose a node's disk", func(c *campaign) func() {
			m := c.anyNode()
			mend := c.killNode(m)
			if err := os.RemoveAll(filepath.Join(m.dir, "data")); err != nil {
				c.network.t.Fatal(err)
			}
			return mend
		}},
		{"kill the primary's machine", func(c *campaign) func() {
			m := c.primary()
			m.killAll(c.network.t)
			return func() { c.database.start(m) }
		}},
		{"kill the primary's postgres", func(c *campaign) func() {
			killPostgres(c.network.t, c.primary())
			return func() {} // Patroni does it
		}},
		{"cut the primary off", func(c *campaign) func() { return c.cut(c.primary()) }},
		{"cut a standby off", func(c *campaign) func() {
			leads := c.primary()
			for {
				if m := c.database.members[c.random.IntN(3)]; m != leads {
					return c.cut(m)
				}
			}
		}},
		{"cut a node off", func(c *campaign) func() { return c.cut(c.anyNode()) }},
		{"part a node from the primary", func(c *campaign) func() {
			node, db := c.anyNode(), c.primary()
			c.network.part(node, db)
			return func() { c.network.reunite(node, db) }
		}},
		{"part the primary from a standby", func(c *campaign) func() {
			leads := c.primary()
			for {
				if m := c.database.members[c.random.IntN(3)]; m != leads {
					c.network.part(leads, m)
					return func() { c.network.reunite(leads, m) }
				}
			}
		}},
	}
}

// sample is what the short campaign takes: the kinds that differ most.
func sample() []fault {
	var chosen []fault
	for _, f := range faults() {
		switch f.name {
		case "kill the balancer's target", "lose a node's disk", "kill the primary's machine", "cut the primary off", "part a node from the primary":
			chosen = append(chosen, f)
		}
	}
	return chosen
}

func (c *campaign) anyNode() *machine { return c.nodes.machines[c.random.IntN(len(c.nodes.machines))] }

// primary waits for one: the fault before may have taken it.
func (c *campaign) primary() (m *machine) {
	await(c.network.t, "primary", 90*time.Second, func() bool {
		m = c.database.primary()
		return m != nil
	})
	return m
}

func (c *campaign) killNode(m *machine) func() {
	m.kill("noded")
	return func() { c.nodes.start(m) }
}

func (c *campaign) cut(m *machine) func() {
	c.network.cut(m)
	return func() { c.network.join(m) }
}

// strike does a fault, lets it last for a while, mends it, and waits until the
// cluster is whole again.
func (c *campaign) strike(f fault) {
	t := c.network.t
	t.Helper()
	begun := time.Now()
	mend := f.do(c)
	c.counts[f.name]++
	c.pause(2*time.Second, 12*time.Second)
	mend()
	await(t, "whole cluster after: "+f.name, 2*time.Minute, c.whole)
	t.Logf("%s: whole again after %v", f.name, time.Since(begun).Round(100*time.Millisecond))
}

// pause lets a random time pass: when harm comes is what the campaign is about.
func (c *campaign) pause(least, most time.Duration) {
	time.Sleep(least + time.Duration(c.random.Int64N(int64(most-least))))
}

// whole reports whether every member of the database and every node works.
func (c *campaign) whole() bool {
	if c.database.primary() == nil || c.database.running() != len(c.database.members) || !c.database.synchronous() {
		return false
	}
	for _, m := range c.nodes.machines {
		if !c.nodes.ready(m) {
			return false
		}
	}
	return true
}
