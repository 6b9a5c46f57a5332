package ingest_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"picket/server/store"
	"picket/shared/enrol"
	"picket/shared/httpsig"
)

func TestABoxWithoutATokenIsUnseenUntilItsCodeIsTyped(t *testing.T) {
	n := newNode(t)
	other := n.serve(n.db.Store(t))
	box := n.newTap()
	for _, app := range []*fiber.App{n.app, other, n.app} {
		if resp, a, _ := n.ask(app, box, "", nil); resp.StatusCode != http.StatusAccepted || a.Status != enrol.Pending || a.TapID != "" || resp.Header.Get("Retry-After") == "" {
			t.Fatalf("%s: %+v", resp.Status, a)
		}
	}
	if got := n.count("SELECT count(*) FROM pending_box"); got != 1 {
		t.Errorf("%d boxes wait, want 1", got)
	}
	taps, tenant := n.store.Taps(), n.tenant()
	if boxes, _, err := taps.Pending(t.Context(), tenant); err != nil || len(boxes) != 0 {
		t.Errorf("a tenant sees %d boxes without having typed anything, %v", len(boxes), err)
	}
	if got := n.report(n.app, box, 1); got != http.StatusUnauthorized {
		t.Errorf("a report of a box that waits: %d, want 401", got)
	}
	code := enrol.Claim(box.public(), n.ca.PublicKeyHash())
	by := store.Claimant{User: "u", Address: "192.0.2.1"}
	wrong, _ := enrol.ParseClaimCode("0000-0000-0000")
	if _, err := taps.Find(t.Context(), tenant, wrong, by); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("another code: %v", err)
	}
	found, err := taps.Find(t.Context(), tenant, code, by)
	if err != nil || found.Name != "new box" || found.Arch != "arm64" || found.WasID != nil {
		t.Fatalf("%+v, %v", found, err)
	}
	id, err := taps.Adopt(t.Context(), tenant, store.Adoption{Code: code, Site: "main", Name: "lobby"}, by)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := taps.Adopt(t.Context(), tenant, store.Adoption{Code: code, Site: "main"}, by); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("adopted twice: %v", err)
	}
	for _, app := range []*fiber.App{other, n.app} { // the second is as if the first answer was lost
		if resp, a, _ := n.ask(app, box, "", nil); resp.StatusCode != http.StatusCreated || a.Status != enrol.Enrolled || a.TapID != id.String() {
			t.Errorf("%s: %+v", resp.Status, a)
		}
	}
	if got := n.report(other, box, 1); got != http.StatusNoContent {
		t.Errorf("a report of the adopted box: %d", got)
	}
	if got := n.count("SELECT count(*) FROM pending_box"); got != 0 {
		t.Errorf("%d boxes wait still", got)
	}
	if got := n.count("SELECT count(*) FROM audit_log WHERE verb = 'adopt' AND object_name = 'lobby'"); got != 1 {
		t.Errorf("%d lines of the audit log tell of it", got)
	}
}

func TestGuessesAreLimitedByPersonAndByAddressOnAllNodes(t *testing.T) {
	n := newNode(t)
	nodes := []*store.Taps{n.store.Taps(), n.db.Store(t).Taps()}
	tenant := n.tenant()
	guess := func(i int, by store.Claimant) error {
		var key [32]byte
		key[0], key[1] = byte(i), byte(i>>8)
		_, err := nodes[i%2].Find(t.Context(), tenant, enrol.Claim(key[:], n.ca.PublicKeyHash()), by)
		return err
	}
	for i := range 10 {
		if err := guess(i, store.Claimant{User: "a", Address: "192.0.2.1"}); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("guess %d: %v", i, err)
		}
	}
	for i := range 2 {
		if err := guess(i, store.Claimant{User: "a", Address: "192.0.2.2"}); !errors.Is(err, store.ErrTooMany) {
			t.Errorf("an eleventh guess at node %d, from elsewhere: %v", i, err)
		}
	}
	box := n.newTap()
	if resp, _, _ := n.ask(n.app, box, "", nil); resp.StatusCode != http.StatusAccepted {
		t.Fatal(resp.Status)
	}
	right := enrol.Claim(box.public(), n.ca.PublicKeyHash())
	if _, err := nodes[0].Find(t.Context(), tenant, right, store.Claimant{User: "a"}); !errors.Is(err, store.ErrTooMany) {
		t.Errorf("the right code after too many: %v", err)
	}
	for i := range 40 { // who types what is there is not stopped
		if _, err := nodes[i%2].Find(t.Context(), tenant, right, store.Claimant{User: "b", Address: "192.0.2.3"}); err != nil {
			t.Fatalf("the right code, time %d: %v", i, err)
		}
	}
	limited := 0
	for i := range 31 { // people enough, one address
		if err := guess(i, store.Claimant{User: string(rune('A' + i)), Address: "192.0.2.4"}); errors.Is(err, store.ErrTooMany) {
			limited++
		}
	}
	if limited != 1 {
		t.Errorf("%d of 31 guesses from one address were stopped, want the last", limited)
	}
}

func TestACrowdPushesOutItsOwnAndIsCounted(t *testing.T) {
	n := newNode(t)
	announce := func(i int) store.Enrolment {
		var key [32]byte
		key[0], key[1], key[2] = byte(i), byte(i>>8), 1
		box := n.newTap()
		now := time.Now()
		header, err := httpsig.Signer{Key: box.key, Cluster: n.ca.ClusterID()}.Sign(http.MethodPost, enrol.Path, "", nil, now)
		if err != nil {
			t.Fatal(err)
		}
		nonce, err := httpsig.Nonce(header)
		if err != nil {
			t.Fatal(err)
		}
		return store.Enrolment{
			Signed: store.Signed{KeyID: httpsig.KeyID(key[:]), Nonce: nonce, Created: now, Expires: now.Add(time.Minute)},
			Code:   enrol.Claim(key[:], n.ca.PublicKeyHash()), PublicKey: key[:], Name: "crowd",
		}
	}
	box := n.newTap()
	if resp, _, _ := n.ask(n.app, box, "", nil); resp.StatusCode != http.StatusAccepted {
		t.Fatal(resp.Status)
	}
	for i := range 1003 {
		if _, err := n.store.Enrol(t.Context(), announce(i)); err != nil {
			t.Fatal(err)
		}
		if i%400 == 399 { // the box that is there asks again meanwhile
			if resp, _, _ := n.ask(n.app, box, "", nil); resp.StatusCode != http.StatusAccepted {
				t.Fatal(resp.Status)
			}
		}
	}
	if got := n.count("SELECT count(*) FROM pending_box"); got != 1000 {
		t.Errorf("%d boxes wait, want 1000", got)
	}
	taps := n.store.Taps()
	if _, dropped, err := taps.Pending(t.Context(), n.tenant()); err != nil || dropped != 4 {
		t.Errorf("%d dropped, %v, want 4", dropped, err)
	}
	if _, err := taps.Find(t.Context(), n.tenant(), enrol.Claim(box.public(), n.ca.PublicKeyHash()), store.Claimant{}); err != nil {
		t.Errorf("the box that is there: %v", err)
	}
	conn := n.db.Conn(t, store.RoleOwner)
	if _, err := conn.Exec(t.Context(), "UPDATE pending_box SET last_heard_at = now() - interval '25 hours' WHERE name = 'crowd'"); err != nil {
		t.Fatal(err)
	}
	if err := n.store.PrunePendingBoxes(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := n.count("SELECT count(*) FROM pending_box"); got != 1 {
		t.Errorf("%d boxes wait after a day, want 1", got)
	}
}
