package api

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"picket/server/store"
	"picket/shared/enrol"
	"picket/shared/httpsig"
)

// waiting makes a box that waits, without a token or with one of a tenant.
func (n *node) waiting(token *[32]byte) enrol.ClaimCode {
	n.t.Helper()
	public, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		n.t.Fatal(err)
	}
	var nonce [16]byte
	_, _ = rand.Read(nonce[:])
	code := enrol.Claim(public, [32]byte{1})
	if _, err := n.store.Enrol(n.t.Context(), store.Enrolment{
		Signed: store.Signed{
			KeyID: httpsig.KeyID(public), Nonce: base64.StdEncoding.EncodeToString(nonce[:]), Created: time.Now(), Expires: time.Now().Add(time.Minute),
		},
		Token: token, Code: code, PublicKey: public, Name: "box", Version: "1", Arch: "arm64", Address: "192.0.2.9",
	}); err != nil {
		n.t.Fatal(err)
	}
	return code
}

func TestABoxIsAdoptedByItsWholeCode(t *testing.T) {
	n := newNode(t).signIn()
	const boxes = "/api/v1/tenants/default/pending-boxes"
	code := n.waiting(nil)
	if list := fetch[PendingBoxes](n, "pending-boxes"); len(list.Items) != 0 {
		t.Errorf("%d boxes are seen without a code", len(list.Items))
	}
	body := map[string]string{"code": code.String()}
	for name, tc := range map[string]struct {
		code string
		want int
	}{
		"a part of it":   {code.String()[:9], 422},
		"no code":        {"U", 422},
		"another's code": {"0000-0000-0000", 404},
		"all but one":    {string(code[:11]) + map[bool]string{true: "1", false: "0"}[code[11] == '0'], 404},
	} {
		resp := n.do("POST", boxes+"/search", map[string]string{"code": tc.code})
		if text := problemOf(t, resp); resp.StatusCode != tc.want {
			t.Errorf("%s: %d %s, want %d", name, resp.StatusCode, text, tc.want)
		}
	}
	resp := n.do("POST", boxes+"/search", map[string]string{"code": strings.ToLower(string(code))})
	if found := decode[PendingBox](t, resp); resp.StatusCode != http.StatusOK || found.Code != code.String() || found.Address != "192.0.2.9" || found.Site != nil {
		t.Fatalf("%d %+v", resp.StatusCode, found)
	}
	body["site"] = "nowhere"
	if resp := n.do("POST", boxes+"/adoption", body); resp.StatusCode != http.StatusNotFound {
		t.Errorf("to a site that is not there: %d", resp.StatusCode)
	}
	body["site"], body["name"] = "main", "lobby"
	resp = n.do("POST", boxes+"/adoption", body)
	adopted := decode[AdoptedBox](t, resp)
	if resp.StatusCode != http.StatusOK {
		t.Fatal(resp.StatusCode)
	}
	tap := "/api/v1/tenants/default/taps/" + adopted.TapID
	if got := fetch[TapDetail](n, "taps/"+adopted.TapID); got.Name != "lobby" || got.Site.Slug != "main" {
		t.Errorf("%+v", got.Tap)
	}
	if resp := n.do("PATCH", tap, map[string]string{"name": "entrance"}); resp.StatusCode != http.StatusNoContent {
		t.Errorf("rename: %d", resp.StatusCode)
	}
	if resp := n.do("PATCH", tap, map[string]string{"site": "nowhere"}); resp.StatusCode != http.StatusNotFound {
		t.Errorf("move to a site that is not there: %d", resp.StatusCode)
	}
	if resp := n.do("PATCH", tap, map[string]string{"name": ""}); resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an empty name: %d", resp.StatusCode)
	}
	for range 2 {
		if resp := n.do("POST", tap+"/revocation", nil); resp.StatusCode != http.StatusNoContent {
			t.Errorf("revoke: %d", resp.StatusCode)
		}
	}
	conn := n.db.Conn(t, store.RoleOwner)
	var verbs string
	const auditSQL = `SELECT string_agg(verb, ' ' ORDER BY at, id) FROM audit_log WHERE object_kind = 'tap' AND actor_kind = 'user'`
	if err := conn.QueryRow(t.Context(), auditSQL).Scan(&verbs); err != nil || verbs != "adopt change revoke" {
		t.Errorf("the audit log tells %q, %v", verbs, err)
	}
}

func TestGuessingCodesIsStopped(t *testing.T) {
	n := newNode(t).signIn()
	for i := range 12 {
		resp := n.do("POST", "/api/v1/tenants/default/pending-boxes/search", map[string]string{"code": "0000-0000-0000"})
		if want := map[bool]int{true: 404, false: 429}[i < 10]; resp.StatusCode != want {
			t.Errorf("guess %d: %d, want %d", i+1, resp.StatusCode, want)
		}
	}
}

func TestBoxesOfATokenAreListedAndLetInTogether(t *testing.T) {
	n := newNode(t).signIn()
	resp := n.do("POST", "/api/v1/tenants/default/enrolment-tokens", NewEnrolmentToken{Site: "main", Uses: 5, ExpiresHours: 1})
	made := decode[CreatedEnrolmentToken](t, resp)
	token, err := enrol.ParseToken(made.Token)
	if err != nil {
		t.Fatal(err)
	}
	hash := token.SecretHash()
	first := n.waiting(&hash)
	n.waiting(&hash)
	list := fetch[PendingBoxes](n, "pending-boxes")
	if len(list.Items) != 2 || list.Items[0].Site.Slug != "main" || *list.Items[0].TokenID != made.ID {
		t.Fatalf("%+v", list)
	}
	if resp := n.do("DELETE", "/api/v1/tenants/default/pending-boxes/"+first.String(), nil); resp.StatusCode != http.StatusNoContent {
		t.Errorf("reject: %d", resp.StatusCode)
	}
	path := "/api/v1/tenants/default/enrolment-tokens/" + made.ID
	resp = n.do("POST", path+"/adoption", nil)
	if got := decode[AdoptedBoxes](t, resp); resp.StatusCode != http.StatusOK || got.Boxes != 1 {
		t.Errorf("let in together: %d %+v", resp.StatusCode, got)
	}
	if resp := n.do("POST", path+"/adoption", nil); resp.StatusCode != http.StatusNotFound {
		t.Errorf("again: %d", resp.StatusCode)
	}
	if resp := n.do("DELETE", path, nil); resp.StatusCode != http.StatusNoContent {
		t.Errorf("revoke the token: %d", resp.StatusCode)
	}
	if tokens := fetch[List[EnrolmentToken]](n, "enrolment-tokens"); tokens.Items[0].State != "revoked" || tokens.Items[0].Used != 2 {
		t.Errorf("%+v", tokens.Items[0])
	}
}
