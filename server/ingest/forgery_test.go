package ingest_test

import (
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"picket/server/store"
	"picket/shared/enrol"
	"picket/shared/httpsig"
)

func TestARequestThatChangesSomethingIsTakenOnceByAllNodes(t *testing.T) {
	n := newNode(t)
	other := n.serve(n.db.Store(t))
	box := n.newTap()
	resp, _, sent := n.ask(n.app, box, "", nil)
	if resp.StatusCode != http.StatusAccepted {
		t.Fatal(resp.Status)
	}
	for name, app := range map[string]*fiber.App{"the same node": n.app, "another node": other} {
		if resp, _, _ := n.ask(app, box, "", func(r *http.Request) { r.Header = sent.Clone() }); resp.StatusCode != http.StatusConflict {
			t.Errorf("replayed at %s: %s, want 409", name, resp.Status)
		}
	}
	if resp, _, _ := n.ask(other, box, "", nil); resp.StatusCode != http.StatusAccepted {
		t.Errorf("asked anew: %s", resp.Status)
	}
	conn := n.db.Conn(t, store.RoleOwner)
	if _, err := conn.Exec(t.Context(), "UPDATE request_nonce SET expires_at = now() - interval '2 minutes' WHERE nonce = (SELECT min(nonce) FROM request_nonce)"); err != nil {
		t.Fatal(err)
	}
	if err := n.store.PruneNonces(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := n.count("SELECT count(*) FROM request_nonce"); got != 1 {
		t.Errorf("%d nonces, want the one that holds", got)
	}
}

func TestForgeriesOfChangesAreRefused(t *testing.T) {
	n := newNode(t)
	box := n.enrolled()
	next := n.newTap()
	sign := func(at time.Time, cluster string, body []byte) http.Header {
		h, err := httpsig.Signer{Key: box.key, Cluster: cluster}.Sign(http.MethodPost, enrol.KeyPath, "", body, at)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	body := func(key ed25519.PublicKey, proof []byte) []byte {
		b, err := json.Marshal(enrol.KeyRequest{PublicKey: key, Proof: proof})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	proof := ed25519.Sign(next.key, enrol.KeyProof(n.ca.ClusterID(), box.public(), next.public()))
	good := body(next.public(), proof)
	stranger := n.newTap()
	for name, tc := range map[string]struct {
		by   *tap
		body []byte
		at   time.Duration
		want int
	}{
		"an unknown key signs":                 {by: stranger, body: good, want: 401},
		"the new key signs for itself":         {by: next, body: good, want: 401},
		"proof by another key":                 {by: box, body: body(next.public(), ed25519.Sign(stranger.key, enrol.KeyProof(n.ca.ClusterID(), box.public(), next.public()))), want: 422},
		"proof for another tap's key":          {by: box, body: body(next.public(), ed25519.Sign(next.key, enrol.KeyProof(n.ca.ClusterID(), stranger.public(), next.public()))), want: 422},
		"no proof":                             {by: box, body: body(next.public(), nil), want: 422},
		"a key of another length":              {by: box, body: body(next.public()[:31], proof), want: 422},
		"no JSON":                              {by: box, body: []byte("{"), want: 422},
		"its own key again":                    {by: box, body: body(box.public(), ed25519.Sign(box.key, enrol.KeyProof(n.ca.ClusterID(), box.public(), box.public()))), want: 409},
		"signed too early, by the database":    {by: box, body: good, at: 62 * time.Second, want: 401},
		"signed too long ago, by the database": {by: box, body: good, at: -302 * time.Second, want: 401},
	} {
		resp, text := n.post(n.app, tc.by, enrol.KeyPath, "application/json", tc.body, func(r *http.Request) {
			if tc.at != 0 {
				for k, v := range sign(time.Now().Add(tc.at), n.ca.ClusterID(), tc.body) {
					r.Header[k] = v
				}
			}
		})
		if resp.StatusCode != tc.want {
			t.Errorf("%s: %s %q, want %d", name, resp.Status, text, tc.want)
		}
	}
	if resp, _ := n.post(n.app, box, enrol.KeyPath, "application/json", good, func(r *http.Request) {
		for k, v := range sign(time.Now(), strings.Repeat("0", 64), good) {
			r.Header[k] = v
		}
	}); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("for another cluster: %s", resp.Status)
	}
	if got := n.count("SELECT count(*) FROM tap_key"); got != 1 {
		t.Errorf("%d keys, want the one", got)
	}
}
