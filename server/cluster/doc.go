// Package cluster is what makes a node one of several: membership, and work that is
// to be done once for all.
//
// # Membership
//
// Nodes that share a database are a cluster. Each is a row there, and a member while
// its lease lasts; it renews every RenewEvery for LeaseFor, both in the database's own
// time, so that no two clocks are compared. The row's incarnation is the process: one
// whose row carries another incarnation is the copy of a node's data directory that
// came second, or came first and was overtaken, and takes an identity of its own.
//
//	            Join                Drain                Leave
//	(nothing) ───────▶ serving ──────────────▶ draining ───────▶ left
//	                      │                        │
//	                      └─ lease over ─▶ lost ◀──┘
//
// A node that cannot reach the database goes on trying; it is lost to others
// meanwhile, serves nothing that needs the database, and is a member again with its
// next renewal. Nothing is taken from a lost node, because a node owns nothing: its
// disk is a cache, background work is in the queue, and reports are the taps' until
// they are committed. So nobody has to agree on who lives: leases are for people.
//
// # Draining
//
// A node drains when it is told to stop (SIGTERM) or somebody asks it to by its row.
// It says so on /readyz and in its row, takes no more background work, serves on for
// as long as a load balancer needs to see that, finishes the requests that it has, and
// leaves. One that has no other beside it waits for nobody.
//
// # Work
//
// A Job is done once for the cluster each time it is due, by whichever node takes it
// from the queue (server/store). It may be begun twice where a node dies or is paused,
// and must do no harm then.
package cluster
