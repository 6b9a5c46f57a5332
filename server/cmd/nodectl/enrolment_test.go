package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"picket/server/ca"
	"picket/server/embedded"
	"picket/server/store"
	"picket/server/testdb"
	"picket/shared/enrol"
	"picket/shared/httpsig"
)

// desk is where a person types commands of nodectl.
type desk struct {
	t         *testing.T
	db        *testdb.DB
	store     *store.Store
	authority *ca.CA
}

// newDesk is a database that a node has started on once.
func newDesk(t *testing.T) *desk {
	t.Helper()
	db := testdb.New(t)
	d := &desk{t: t, db: db, store: db.Store(t)}
	var err error
	if d.authority, err = ca.New(time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.store.EnsureClusterCA(t.Context(), func() (store.ClusterCA, error) {
		key, err := d.authority.KeyDER()
		return store.ClusterCA{Certificate: d.authority.CertificateDER(), Key: key}, err
	}); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) try(command string) (string, error) {
	d.t.Helper()
	var out, errs bytes.Buffer
	err := run(d.t.Context(), append([]string{"-database", d.db.URL(embedded.Superuser)}, strings.Fields(command)...), &out, &errs)
	return out.String(), err
}

// do types a command that must succeed.
func (d *desk) do(command string) string {
	d.t.Helper()
	out, err := d.try(command)
	if err != nil {
		d.t.Fatalf("nodectl %s: %v", command, err)
	}
	return out
}

// refused types a command whose error must say something, and which prints nothing.
func (d *desk) refused(command, says string) {
	d.t.Helper()
	out, err := d.try(command)
	if err == nil || !strings.Contains(err.Error(), says) || out != "" {
		d.t.Errorf("nodectl %s: %v, want one that says %q; printed %q", command, err, says, out)
	}
	if err != nil && regexp.MustCompile(`SQLSTATE|pgx|ERROR:`).MatchString(err.Error()) {
		d.t.Errorf("nodectl %s speaks of the database's insides: %v", command, err)
	}
}

// box asks to enrol as a tap does, with a token or, "", without, and returns its code.
func (d *desk) box(name, token string) enrol.ClaimCode {
	d.t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		d.t.Fatal(err)
	}
	now := time.Now()
	header, err := httpsig.Signer{Key: key, Cluster: d.authority.ClusterID()}.Sign("POST", enrol.Path, "", nil, now)
	if err != nil {
		d.t.Fatal(err)
	}
	nonce, err := httpsig.Nonce(header)
	if err != nil {
		d.t.Fatal(err)
	}
	e := store.Enrolment{
		Signed: store.Signed{KeyID: httpsig.KeyID(public), Nonce: nonce, Created: now, Expires: now.Add(time.Minute)},
		Code:   enrol.Claim(public, d.authority.PublicKeyHash()), PublicKey: public, Name: name, Address: "192.0.2.7",
	}
	if token != "" {
		parsed, err := enrol.ParseToken(token)
		if err != nil {
			d.t.Fatal(err)
		}
		hash := parsed.SecretHash()
		e.Token = &hash
	}
	if _, err := d.store.Enrol(d.t.Context(), e); err != nil {
		d.t.Fatal(err)
	}
	return e.Code
}

// steady replaces what differs from run to run.
func steady(text string, codes ...enrol.ClaimCode) string {
	for i, c := range codes {
		text = strings.ReplaceAll(text, c.String(), fmt.Sprintf("CODE-%d        ", i+1)[:len(c.String())])
	}
	text = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`).ReplaceAllString(text, "ID")
	return regexp.MustCompile(`20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ`).ReplaceAllString(text, "TIME")
}

func expectText(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s prints\n%s\nwant\n%s", what, got, want)
	}
}

func TestTokensAreMadeListedAndEnded(t *testing.T) {
	d := newDesk(t)
	one := d.do("token")
	if token, err := enrol.ParseToken(strings.TrimSpace(one)); err != nil || strings.Count(one, "\n") != 1 || token.CA != d.authority.PublicKeyHash() {
		t.Errorf("nodectl token prints %q, %v: not one line with a token of the cluster", one, err)
	}
	several := strings.TrimSpace(d.do("token -uses 20 -expires 1h"))
	d.box("used up", strings.TrimSpace(one))
	d.box("waits", several)
	expectText(t, "token list", steady(d.do("token list")), ""+
		"SITE  USED     STATE  EXPIRES               ID\n"+
		"main  1 of 20  valid  TIME  ID\n"+
		"main  1 of 1   used   TIME  ID\n")
	id := strings.Fields(strings.Split(d.do("token list"), "\n")[1])
	if said := d.do("token revoke -id " + id[len(id)-1]); said != "" {
		t.Errorf("revoke says %q", said)
	}
	if list := d.do("token list"); !strings.Contains(strings.Split(list, "\n")[1], "revoked") {
		t.Errorf("after revoke\n%s", list)
	}
	d.refused("token -site north", `has no site "north"`)
	d.refused("token -tenant nobody", `no tenant "nobody"`)
	d.refused("token list -tenant nobody", `no tenant "nobody"`)
	d.refused("token revoke -id nonsense", `no token "nonsense"`)
	d.refused("token revoke", `no token ""`)
	d.refused("token -uses 1001", "not between 1 and 1000")
	d.refused("token later", `"later" is no option`)
}

func TestBoxesAreLetInAndTapsLookedAfter(t *testing.T) {
	d := newDesk(t)
	d.do("people add-site -slug north -name North")
	expectText(t, "tap pending", d.do("tap pending"), "CODE  NAME  SITE  FROM  SINCE  TOKEN\n")
	token := strings.TrimSpace(d.do("token -uses 3"))
	a, b, c := d.box("a", token), d.box("b", token), d.box("c", token)
	unseen := d.box("stranger", "")
	list := d.do("tap pending")
	expectText(t, "tap pending", steady(list, a, b, c), ""+
		"CODE            NAME  SITE  FROM       SINCE                 TOKEN\n"+
		"CODE-1          a     main  192.0.2.7  TIME  ID\n"+
		"CODE-2          b     main  192.0.2.7  TIME  ID\n"+
		"CODE-3          c     main  192.0.2.7  TIME  ID\n")
	if strings.Contains(list, unseen.String()) {
		t.Error("a box without a token is shown to everybody")
	}
	if said := d.do("tap reject -code " + c.String()); said != "" {
		t.Errorf("reject says %q", said)
	}
	fields := strings.Fields(strings.Split(list, "\n")[1])
	expectText(t, "adopt -all-of", d.do("tap adopt -all-of "+fields[len(fields)-1]), "let in 2 boxes\n")
	// Typed as a person reads it: in small letters, with O for 0, without dashes.
	id := strings.TrimSpace(d.do("tap adopt -site north -name lobby -code " + strings.ReplaceAll(strings.ToLower(unseen.String()), "-", "")))
	expectText(t, "tap list", steady(d.do("tap list")), ""+
		"NAME   SITE   LAST REPORT  VERSION  ID\n"+
		"a      main   never                 ID\n"+
		"b      main   never                 ID\n"+
		"lobby  north  never                 ID\n")
	expectText(t, "taps", d.do("taps"), d.do("tap list"))

	d.do("tap rename -tap " + id + " -name reception")
	d.do("tap move -tap " + id + " -site main")
	if list := d.do("tap list"); !regexp.MustCompile(`(?m)^reception +main .*` + id + `$`).MatchString(list) {
		t.Errorf("after rename and move\n%s", list)
	}
	d.do("tap revoke -tap " + id)
	again := d.box("lobby again", "")
	expectText(t, "adopt -replaces", d.do("tap adopt -code "+again.String()+" -site main -replaces "+id), id+"\n")

	d.refused("tap adopt -code "+unseen.String()+" -site main", "no box that waits shows this code")
	d.refused("tap adopt -code 0000-0000 -site main", "-code")
	d.refused("tap adopt -site main", "-code")
	d.refused("tap adopt -all-of nonsense", "no box waits by this token")
	waits := d.box("waits", "")
	d.refused("tap adopt -code "+waits.String()+" -site nowhere", `no site "nowhere"`)
	d.refused("tap adopt -code "+waits.String()+" -site main -replaces nonsense", `no tap "nonsense"`)
	d.refused("tap reject -code "+waits.String(), "no box waits here with this code") // it is nobody's
	d.refused("tap rename -tap "+id, "not between 1 and 64")
	d.refused("tap rename -tap nonsense -name x", `no tap "nonsense"`)
	d.refused("tap move -tap "+id+" -site nowhere", `no site "nowhere"`)
	d.refused("tap revoke", `no tap ""`)
	d.refused("tap pending -tenant nobody", `no tenant "nobody"`)
	d.refused("tap eat", `"eat" is no command for taps`)
	if help := d.do("tap"); !strings.Contains(help, "nodectl tap adopt -code CODE -site SITE") {
		t.Errorf("nodectl tap says %q", help)
	}
}
