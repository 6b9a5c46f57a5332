package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"picket/server/embedded"
	"picket/server/store"
	"picket/server/testdb"
	"picket/shared/enrol"
)

// TestNobodyPointsANodeAtItsOwnCluster: sign-in by a provider is what dials where a
// person says. Private ranges are allowed here, and yet neither the database (all of
// the addresses that the node is given), nor another node, nor what the operator
// forbids is dialled; an address beside them is.
func TestNobodyPointsANodeAtItsOwnCluster(t *testing.T) {
	db := testdb.New(t)
	conf, err := pgx.ParseConfig(db.URL(embedded.Superuser))
	if err != nil {
		t.Fatal(err)
	}
	bin := programs(t)
	// The socket answers; the second host is where the database is after a failure.
	database := fmt.Sprintf("host=%s,10.77.0.5 port=%d,%d user=%s dbname=%s", conf.Host, conf.Port, conf.Port, conf.User, db.Name)
	node := startNode(t, bin, dataDir(t), "-database", database, "-outbound-private", "10.77.0.0/16", "-outbound-never", "10.77.0.8, nobody.invalid")
	const peerSQL = `
INSERT INTO node (id, incarnation, name, version, urls, started_at, renewed_at, lease_until)
VALUES (gen_random_uuid(), gen_random_uuid(), 'other', '1.2.3', '{https://10.77.0.7:8443}', now(), now(), now() + interval '1 hour')`
	if _, err := db.Conn(t, store.RoleOwner).Exec(t.Context(), peerSQL); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(filepath.Join(bin, "nodectl"), "-database", database, "token").Output()
	if err != nil {
		t.Fatal(err)
	}
	token, err := enrol.ParseToken(string(out))
	if err != nil {
		t.Fatal(err)
	}
	c := pinned(t, token, node.ready.URL)
	_, secret, _ := strings.Cut(*node.ready.FirstLogin, "#token=")
	login := fmt.Sprintf(`{"token":%q,"name":"operator","password":"correct horse battery"}`, secret)
	if got, text := call(t, c, "POST", node.ready.URL+"/api/v1/session/first-login", login); got != 204 {
		t.Fatalf("first login: %d %s", got, text)
	}
	targets := map[string]struct{ host, why string }{
		"database": {"10.77.0.5:5432", "the cluster's own"},
		"peer":     {"10.77.0.7:8443", "the cluster's own"},
		"named":    {"10.77.0.8", "the cluster's own"},
		"mapped":   {"[::ffff:10.77.0.5]:5432", "the cluster's own"},
		"private":  {"10.78.0.5", "private"},
		"loopback": {"127.0.0.1:" + node.ready.URL[strings.LastIndexByte(node.ready.URL, ':')+1:], "loopback"},
		"metadata": {"169.254.169.254", "metadata"},
		"beside":   {"10.77.0.6:9", ""},
	}
	for slug, target := range targets {
		body := fmt.Sprintf(`{"slug":%q,"name":%q,"issuer":"https://%s/","clientID":"picket","clientSecret":"none","groupClaim":"groups","showsSecondFactor":false,"enabled":true,"groups":[]}`,
			slug, slug, target.host)
		if got, text := call(t, c, "POST", node.ready.URL+"/api/v1/providers", body); got != 201 && got != 200 {
			t.Fatalf("%s: %d %s", slug, got, text)
		}
		if got, text := call(t, c, "POST", node.ready.URL+"/api/v1/session/oidc", fmt.Sprintf(`{"provider":%q}`, slug)); got != 401 {
			t.Errorf("%s: %d %s", slug, got, text)
		}
	}
	node.stop() // its log is complete then
	for slug, target := range targets {
		line := ""
		for l := range strings.Lines(node.log.String()) {
			if strings.Contains(l, "sign-in by a provider did not succeed") && strings.Contains(l, ": "+slug+": Get") {
				line = l
			}
		}
		if line == "" || strings.Contains(line, "address refused") != (target.why != "") || !strings.Contains(line, target.why) {
			t.Errorf("%s: %q, want it refused as %q", slug, line, target.why)
		}
	}
}
