package main

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"picket/server/cluster"
	"picket/server/store"
	"picket/shared/task"
)

// jobs is what is done once for the cluster.
func jobs(s *store.Store) []cluster.Job {
	return []cluster.Job{
		{Kind: "roll_up", Every: 30 * time.Second, Run: s.RollUp},
		{Kind: "make_partitions", Every: time.Hour, Run: s.EnsurePartitions},
		{Kind: "retain", Every: time.Hour, Run: s.Retain},
		{Kind: "repair_rollups", Every: time.Hour, Run: s.RepairRollups},
		{Kind: "prune_nodes", Every: time.Hour, Run: s.PruneNodes},
		{Kind: "prune_nonces", Every: time.Minute, Run: s.PruneNonces},
		{Kind: "count_registries", Every: 10 * time.Minute, Run: s.CountRegistries},
		{Kind: "seal_secrets", Every: 10 * time.Minute, Run: s.SealSecrets},
		{Kind: "prune_pending_boxes", Every: 10 * time.Minute, Run: s.PrunePendingBoxes},
	}
}

// join makes the node's membership and what works the queue; both must be run.
func (n *node) join(c config, s *store.Store) error {
	identify := func(renew bool) (cluster.Identity, error) {
		return cluster.Identify(c.data, c.name, version, n.urls, renew)
	}
	who, err := identify(false)
	if err != nil {
		return err
	}
	measure := func() cluster.Status {
		return cluster.Status{Load: cluster.ReadLoad(), ReportsStored: n.stored.Load(), Streams: n.hub.Streams(), Work: n.queue.Counts()}
	}
	n.member = cluster.NewMember(s, who, measure, func() (cluster.Identity, error) { return identify(true) }, n.log)
	n.queue = s.NewQueue(jobs(s), func() uuid.UUID { return n.member.Identity().ID })
	return nil
}

// clusterTasks are those that a node has because it is one of several. The membership
// itself is run by the node: it outlives the others.
func (n *node) clusterTasks(s *store.Store) []task.Task {
	return []task.Task{
		n.queue,
		n.waker,
		n.measuring(s),
		&cluster.Listener{Listen: s.Listen, Hearing: n.hearing, Wake: n.wake, Log: n.log},
		task.Func("wish to drain", func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				return nil
			case <-n.member.Asked():
				n.log.Info("somebody asked this node to drain")
				return task.ErrStop
			}
		}),
	}
}

// hearing is told when notifications are heard, from when what came before must be
// looked for.
func (n *node) hearing(hears bool) {
	n.hub.Hearing(hears)
	if hears {
		n.member.Wake()
	}
}

// wake passes on what a notification tells.
func (n *node) wake(channel, id string) {
	switch {
	case channel == store.ChannelTenant:
		n.hub.Wake(id)
	case channel == store.ChannelNode && id == n.member.Identity().ID.String():
		n.member.Wake()
	}
}

// sendAway lets who has a connection to a node that drains make the next one to
// another.
func (n *node) sendAway(c *fiber.Ctx) error {
	if n.member.Draining() {
		c.Context().SetConnectionClose()
	}
	return c.Next()
}
