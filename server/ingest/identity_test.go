package ingest_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"picket/server/ingest"
	"picket/server/store"
	"picket/shared/enrol"
	"picket/shared/httpsig"
)

func (tp *tap) public() ed25519.PublicKey {
	public, _ := tp.key.Public().(ed25519.PublicKey)
	return public
}

// ask enrols at one of several nodes, with a token or, "", without.
func (n *node) ask(app *fiber.App, tp *tap, token string, change func(*http.Request)) (*http.Response, enrol.Answer, http.Header) {
	n.t.Helper()
	body, err := json.Marshal(enrol.Request{Token: token, PublicKey: tp.public(), Name: "new box", MAC: "00:00:5e:00:53:77", Version: "1.0.0", Arch: "arm64"})
	if err != nil {
		n.t.Fatal(err)
	}
	var sent http.Header
	resp, text := n.post(app, tp, enrol.Path, "application/json", body, func(r *http.Request) {
		if change != nil {
			change(r)
		}
		sent = r.Header.Clone()
	})
	var answer enrol.Response
	if resp.StatusCode != http.StatusCreated && resp.StatusCode != http.StatusAccepted {
		return resp, enrol.Answer{}, sent
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		n.t.Fatal(err)
	}
	return resp, n.open(answer.Sealed, tp, sent), sent
}

// open opens what the cluster sealed for a tap's request.
func (n *node) open(sealed string, tp *tap, sent http.Header) enrol.Answer {
	n.t.Helper()
	nonce, err := httpsig.Nonce(sent)
	if err != nil {
		n.t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(n.ca.CertificatePEM()))
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		n.t.Fatal(err)
	}
	key, _ := cert.PublicKey.(*ecdsa.PublicKey)
	a, err := enrol.Open(sealed, n.ca.ClusterID(), key, httpsig.KeyID(tp.public()), nonce)
	if err != nil {
		n.t.Fatalf("answer: %v", err)
	}
	return a
}

func (n *node) tenant() string {
	n.t.Helper()
	tenant, err := n.store.TenantBySlug(n.t.Context(), "default")
	if err != nil {
		n.t.Fatal(err)
	}
	return tenant.ID.String()
}

func (n *node) report(app *fiber.App, tp *tap, sequence uint64) int {
	n.t.Helper()
	resp, _ := n.post(app, tp, "/v1/reports", ingest.ContentType, n.encode(tp.spec(sequence)), nil)
	return resp.StatusCode
}

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
