package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"picket/server/auth"
	"picket/server/store"
)

// registerNodes adds what shows and changes the cluster's nodes.
func (a *API) registerNodes(h huma.API) {
	add(a, h, auth.ReadCluster, http.MethodGet, "/nodes", tagCluster, "getCluster", "Nodes of the cluster, and what they do for all", a.getCluster)
	add(a, h, auth.ChangeCluster, http.MethodPost, "/nodes/{node}/drain", tagCluster, "drainNode", "Let a node stop in good order", a.drainNode)
	add(a, h, auth.ChangeCluster, http.MethodDelete, "/nodes/{node}", tagCluster, "forgetNode", "Remove a node that is gone", a.forgetNode)
}

// getCluster is GET /nodes.
func (a *API) getCluster(ctx context.Context, _ *struct{}) (*output[Cluster], error) {
	nodes, jobs, now, err := a.Reader.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	out := Cluster{Nodes: []Node{}, Jobs: []BackgroundJob{}, AsOf: Time{now}}
	versions := map[string]bool{}
	for _, n := range nodes {
		if n.State == store.NodeServing {
			versions[n.Version] = true
		}
	}
	self := ""
	if a.NodeID != nil {
		self = a.NodeID().String()
	}
	for _, n := range nodes {
		node := Node{
			ID: n.ID.String(), Name: n.Name, State: n.State, Version: n.Version, URLs: n.URLs, StartedAt: Time{n.StartedAt}, RenewedAt: Time{n.RenewedAt},
			LeaseEndsAt: Time{n.LeaseUntil}, DrainAskedBy: n.DrainAskedBy, ClockMS: n.ClockMS, ClockErrorMS: n.ClockErrorMS, CPUs: n.CPUs, Load1m: n.Load1m,
			MemoryBytes: n.MemoryBytes, MachineMemoryBytes: n.MachineMemoryBytes, MachineFreeBytes: n.MachineAvailableBytes,
			ReportsPerSecond: n.ReportsPerSecond, ReportsStored: n.ReportsStored, Streams: n.Streams,
			JobsRunning: n.JobsRunning, JobsDone: n.JobsDone, JobsFailed: n.JobsFailed,
			VersionDiffers: n.State == store.NodeServing && len(versions) > 1, Self: n.ID.String() == self,
		}
		if n.LeftAt != nil {
			node.LeftAt = &Time{*n.LeftAt}
		}
		out.Nodes = append(out.Nodes, node)
	}
	for _, j := range jobs {
		out.Jobs = append(out.Jobs, backgroundJob(j))
	}
	return reply(out), nil
}

func backgroundJob(j store.BackgroundJob) BackgroundJob {
	job := BackgroundJob{
		Kind: j.Kind, EverySeconds: j.EverySeconds, StartedAt: Time{j.StartedAt}, Node: j.Node, Runs: j.Runs, Failures: j.Failures, Error: j.Error, State: "ok",
	}
	if j.EndedAt != nil {
		job.EndedAt = &Time{*j.EndedAt}
	}
	switch {
	case j.Late:
		job.State = "late"
	case j.EndedAt == nil:
		job.State = "running"
	case j.Error != "":
		job.State = "failed"
	}
	return job
}

// drainNode is POST /nodes/{node}/drain. 404: no such node. 409: it does not run.
func (a *API) drainNode(ctx context.Context, in *NodeParam) (*struct{}, error) {
	id, err := uuid.Parse(in.Node)
	if err == nil {
		err = a.Reader.DrainNode(ctx, id)
	}
	if errors.Is(err, store.ErrNotServing) {
		return nil, huma.Error409Conflict("This node does not run. Forget it, if it is not to come back.")
	}
	return nil, noNode(err)
}

// forgetNode is DELETE /nodes/{node}. 404: no such node. 409: it runs.
func (a *API) forgetNode(ctx context.Context, in *NodeParam) (*struct{}, error) {
	id, err := uuid.Parse(in.Node)
	if err == nil {
		err = a.Reader.ForgetNode(ctx, id)
	}
	if errors.Is(err, store.ErrConflict) {
		return nil, huma.Error409Conflict("This node runs, and would be back at once. Drain it first.")
	}
	return nil, noNode(err)
}

func noNode(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return huma.Error404NotFound("There is no such node. Perhaps somebody has removed it.")
	}
	return err
}
