package ingest_test

import (
	"errors"
	"net/http"
	"testing"

	"picket/server/store"
	"picket/shared/enrol"
)

func TestATokenForSeveralLeavesBoxesWaitingForItsTenantAlone(t *testing.T) {
	n := newNode(t)
	token := n.token(2).Text()
	a, b, c := n.newTap(), n.newTap(), n.newTap()
	for _, box := range []*tap{a, b, a} {
		if resp, answer, _ := n.ask(n.app, box, token, nil); resp.StatusCode != http.StatusAccepted || answer.Status != enrol.Pending {
			t.Fatalf("%s: %+v", resp.Status, answer)
		}
	}
	if resp, _, _ := n.ask(n.app, c, token, nil); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a third box by a token for two: %s", resp.Status)
	}
	taps := n.store.Taps()
	elsewhere := n.db.AddTenant(t, "elsewhere").String()
	if boxes, _, err := taps.Pending(t.Context(), elsewhere); err != nil || len(boxes) != 0 {
		t.Errorf("another tenant sees %d boxes, %v", len(boxes), err)
	}
	code := enrol.Claim(a.public(), n.ca.PublicKeyHash())
	if _, err := taps.Adopt(t.Context(), elsewhere, store.Adoption{Code: code, Site: "main"}, store.Claimant{}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another tenant adopts it by its code: %v", err)
	}
	boxes, _, err := taps.Pending(t.Context(), n.tenant())
	if err != nil || len(boxes) != 2 || *boxes[0].SiteSlug != "main" || boxes[0].Code != string(code) {
		t.Fatalf("%+v, %v", boxes, err)
	}
	if err := taps.Reject(t.Context(), elsewhere, code); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another tenant rejects it: %v", err)
	}
	if got, err := taps.AdoptAll(t.Context(), n.tenant(), *boxes[0].TokenID); err != nil || got != 2 {
		t.Fatalf("adopted %d, %v", got, err)
	}
	for _, box := range []*tap{a, b} {
		if resp, answer, _ := n.ask(n.app, box, token, nil); resp.StatusCode != http.StatusCreated || answer.Status != enrol.Enrolled {
			t.Errorf("%s: %+v", resp.Status, answer)
		}
	}
}

func TestARevokedTokenEnrolsNobody(t *testing.T) {
	n := newNode(t)
	token := n.token(1).Text()
	tokens, err := n.store.Reader().Tokens(t.Context(), n.tenant())
	if err != nil || len(tokens) != 1 {
		t.Fatal(tokens, err)
	}
	other := n.db.AddTenant(t, "elsewhere").String()
	if err := n.store.Taps().RevokeToken(t.Context(), other, tokens[0].ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another tenant: %v", err)
	}
	if err := n.store.Taps().RevokeToken(t.Context(), n.tenant(), tokens[0].ID); err != nil {
		t.Fatal(err)
	}
	if resp, _, _ := n.ask(n.app, n.newTap(), token, nil); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("%s, want 401", resp.Status)
	}
	if tokens, err = n.store.Reader().Tokens(t.Context(), n.tenant()); err != nil || tokens[0].State != "revoked" {
		t.Errorf("%+v, %v", tokens, err)
	}
	if got := n.count("SELECT count(*) FROM request_nonce"); got != 0 {
		t.Errorf("%d nonces kept of refused requests", got)
	}
}
