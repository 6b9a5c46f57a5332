package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"picket/server/cluster"
	"picket/server/store"
)

func TestNodesAreShownDrainedAndForgotten(t *testing.T) {
	n := newNode(t)
	if resp := n.do("GET", "/api/v1/nodes", nil); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger: %d", resp.StatusCode)
	}
	n.signIn()
	join := func(name, version string) cluster.Identity {
		who := cluster.Identity{ID: uuid.New(), Incarnation: uuid.New(), Name: name, Version: version, URLs: []string{"https://192.0.2.1:8443"}}
		if _, err := n.store.JoinNode(t.Context(), who); err != nil {
			t.Fatal(err)
		}
		return who
	}
	a, b := join("a", "1.0.0"), join("b", "1.1.0")
	got := decode[Cluster](t, n.do("GET", "/api/v1/nodes", nil))
	if len(got.Nodes) != 2 || got.Nodes[0].Name != "a" || got.Nodes[0].State != store.NodeServing || !got.Nodes[0].VersionDiffers || got.AsOf.IsZero() {
		t.Errorf("cluster %+v", got)
	}
	path := "/api/v1/nodes/" + a.ID.String()
	if resp := n.do("DELETE", path, nil); resp.StatusCode != http.StatusConflict || !strings.Contains(problemOf(t, resp), "Drain") {
		t.Errorf("forget one that runs: %d", resp.StatusCode)
	}
	if resp := n.do("POST", path+"/drain", nil); resp.StatusCode != http.StatusNoContent {
		t.Fatalf("drain: %d %s", resp.StatusCode, problemOf(t, resp))
	}
	orders, err := n.store.RenewNode(t.Context(), a, cluster.Status{Draining: true})
	if err != nil || !orders.Drain {
		t.Errorf("the node is told %+v, %v", orders, err)
	}
	got = decode[Cluster](t, n.do("GET", "/api/v1/nodes", nil))
	if by := got.Nodes[0].DrainAskedBy; got.Nodes[0].State != store.NodeDraining || by == nil || *by != testName || got.Nodes[1].VersionDiffers {
		t.Errorf("nodes %+v", got.Nodes)
	}
	if err := n.store.LeaveNode(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if resp := n.do("POST", path+"/drain", nil); resp.StatusCode != http.StatusConflict {
		t.Errorf("drain one that left: %d", resp.StatusCode)
	}
	if resp := n.do("DELETE", path, nil); resp.StatusCode != http.StatusNoContent {
		t.Errorf("forget: %d", resp.StatusCode)
	}
	if resp := n.do("DELETE", path, nil); resp.StatusCode != http.StatusNotFound {
		t.Errorf("forget twice: %d", resp.StatusCode)
	}
	if got = decode[Cluster](t, n.do("GET", "/api/v1/nodes", nil)); len(got.Nodes) != 1 || got.Nodes[0].ID != b.ID.String() {
		t.Errorf("nodes %+v", got.Nodes)
	}
	var entries int
	if err := n.db.Conn(t, store.RoleOwner).QueryRow(t.Context(), `SELECT count(*) FROM audit_log WHERE object_kind = 'node' AND actor_name = $1`, testName).Scan(&entries); err != nil || entries != 2 {
		t.Errorf("%d entries of the audit log, want drain and forget (%v)", entries, err)
	}
}
