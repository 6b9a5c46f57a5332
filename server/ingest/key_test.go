package ingest_test

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v2"

	"picket/server/store"
	"picket/shared/enrol"
	"picket/shared/httpsig"
)

// renew asks for a new key; the old one is box's, the new one next's.
func (n *node) renew(app *fiber.App, box, next *tap) int {
	n.t.Helper()
	body, err := json.Marshal(enrol.KeyRequest{
		PublicKey: next.public(), Proof: ed25519.Sign(next.key, enrol.KeyProof(n.ca.ClusterID(), box.public(), next.public())),
	})
	if err != nil {
		n.t.Fatal(err)
	}
	var sent http.Header
	resp, text := n.post(app, box, enrol.KeyPath, "application/json", body, func(r *http.Request) { sent = r.Header.Clone() })
	if resp.StatusCode == http.StatusOK {
		var answer enrol.KeyResponse
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			n.t.Fatal(err)
		}
		if a := n.open(answer.Sealed, box, sent); a.Status != enrol.Renewed || a.NewKeyID != httpsig.KeyID(next.public()) {
			n.t.Errorf("answer %+v", a)
		}
	}
	return resp.StatusCode
}

func TestAnOldKeyEndsWithTheFirstReportUnderTheNewOneOnAllNodes(t *testing.T) {
	n := newNode(t)
	other := n.serve(n.db.Store(t))
	box := n.enrolled()
	for i, app := range []*fiber.App{n.app, other} { // both nodes know the old key by now
		if got := n.report(app, box, uint64(1+i)); got != http.StatusNoContent {
			t.Fatal(got)
		}
	}
	dropped, next := n.newTap(), n.newTap()
	next.boot = box.boot
	if got := n.renew(n.app, box, dropped); got != http.StatusOK {
		t.Fatal(got)
	}
	for range 2 { // the second is as if the answer was lost
		if got := n.renew(other, box, next); got != http.StatusOK {
			t.Fatal(got)
		}
	}
	if got := n.report(n.app, dropped, 3); got != http.StatusUnauthorized {
		t.Errorf("a renewal that another has replaced: %d", got)
	}
	if got := n.report(other, box, 3); got != http.StatusNoContent {
		t.Errorf("the old key, before the new one was used: %d", got)
	}
	if got := n.report(n.app, next, 4); got != http.StatusNoContent {
		t.Fatalf("the new key: %d", got)
	}
	for name, app := range map[string]*fiber.App{"the node that saw the new one": n.app, "the other": other} {
		if got := n.report(app, box, 5); got != http.StatusUnauthorized {
			t.Errorf("the old key at %s: %d, want 401", name, got)
		}
		if got := n.renew(app, box, n.newTap()); got != http.StatusUnauthorized {
			t.Errorf("a renewal by the old key at %s: %d, want 401", name, got)
		}
	}
	if got := n.count("SELECT count(*) FROM report"); got != 4 {
		t.Errorf("%d reports, want 4", got)
	}
	if got := n.report(other, next, 6); got != http.StatusNoContent {
		t.Errorf("the new key at the other node: %d", got)
	}
}

func TestRevocationHoldsAtOnceOnAllNodesAndReadoptionKeepsThePast(t *testing.T) {
	n := newNode(t)
	other := n.serve(n.db.Store(t))
	box := n.newTap()
	token := n.token(1).Text()
	_, enrolled, _ := n.ask(n.app, box, token, nil)
	for i, app := range []*fiber.App{n.app, other} {
		if got := n.report(app, box, uint64(1+i)); got != http.StatusNoContent {
			t.Fatal(got)
		}
	}
	taps, tenant := n.store.Taps(), n.tenant()
	if err := taps.Revoke(t.Context(), tenant, enrolled.TapID); err != nil {
		t.Fatal(err)
	}
	for name, app := range map[string]*fiber.App{"one node": n.app, "another": other} {
		if got := n.report(app, box, 3); got != http.StatusUnauthorized {
			t.Errorf("a report at %s: %d, want 401", name, got)
		}
		if got := n.renew(app, box, n.newTap()); got != http.StatusUnauthorized {
			t.Errorf("a new key at %s: %d, want 401", name, got)
		}
		if resp, _, _ := n.ask(app, box, "", nil); resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("a wish to be adopted at %s: %s, want 401", name, resp.Status)
		}
	}
	// The box was set up anew, with the address that it had.
	again := n.newTap()
	again.boot = [16]byte{9}
	if resp, _, _ := n.ask(other, again, "", nil); resp.StatusCode != http.StatusAccepted {
		t.Fatal(resp.Status)
	}
	code := enrol.Claim(again.public(), n.ca.PublicKeyHash())
	found, err := taps.Find(t.Context(), tenant, code, store.Claimant{})
	if err != nil || found.WasID == nil || *found.WasID != enrolled.TapID || *found.WasName != "new box" || *found.WasSite != "main" {
		t.Fatalf("%+v, %v", found, err)
	}
	elsewhere := n.db.AddTenant(t, "elsewhere").String()
	if found, err := taps.Find(t.Context(), elsewhere, code, store.Claimant{}); err != nil || found.WasID != nil {
		t.Errorf("another tenant learns what it was: %+v, %v", found, err)
	}
	if _, err := taps.Adopt(t.Context(), elsewhere, store.Adoption{Code: code, Site: "main", Replaces: enrolled.TapID}, store.Claimant{}); !errors.Is(err, store.ErrNoTap) {
		t.Errorf("another tenant makes it that tap: %v", err)
	}
	id, err := taps.Adopt(t.Context(), tenant, store.Adoption{Code: code, Site: "main", Name: "lobby", Replaces: enrolled.TapID}, store.Claimant{})
	if err != nil || id.String() != enrolled.TapID {
		t.Fatalf("tap %s, %v, want %s", id, err, enrolled.TapID)
	}
	if got := n.report(n.app, again, 1); got != http.StatusNoContent {
		t.Errorf("a report of the box anew: %d", got)
	}
	if got := n.report(other, box, 4); got != http.StatusUnauthorized {
		t.Errorf("the key of before: %d, want 401", got)
	}
	if got := n.count("SELECT count(DISTINCT tap_id) FROM report"); got != 1 {
		t.Errorf("reports of %d taps, want of one", got)
	}
}
