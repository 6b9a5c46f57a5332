package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/embedded"
	"picket/server/testdb"
	"picket/shared/enrol"
)

// balancerAddress is where haproxy connects from: loopback has many addresses, and
// clients have others.
const balancerAddress = "127.0.0.10"

// way is one by which taps reach a node of the cluster.
type way struct {
	name   string
	url    string
	listen string // of the node itself
	node   *process
}

// balanced is a cluster of three nodes, each reached in another way.
type balanced struct {
	bin      string
	database string // URL
	cluster  string
	token    enrol.Token
	roots    string // file: whom a tap's machine trusts
	ways     []way
}

// startBalanced starts the cluster: one node without anything before it, one behind
// haproxy.cfg, which passes TCP on and says for whom by the PROXY protocol, and one
// behind haproxy-tls.cfg, which ends TLS with a certificate of another authority.
func startBalanced(t *testing.T, db *testdb.DB) *balanced {
	t.Helper()
	b := &balanced{bin: programs(t), database: db.URL(embedded.Superuser)}
	buildTap(t, b.bin)
	start := func(name, listen string, args ...string) *process {
		return startNode(t, b.bin, dataDir(t), append([]string{"-database", b.database, "-drain", "0s", "-name", name, "-listen", listen}, args...)...)
	}
	listen := freeAddress(t)
	direct := start("direct", listen)
	b.ways = append(b.ways, way{"direct", direct.ready.URL, listen, direct})
	var err error
	if b.token, err = enrol.ParseToken(b.nodectl(t, "token")); err != nil {
		t.Fatal(err)
	}
	b.cluster = b.token.Cluster()

	front := freeAddress(t)
	listen = freeAddress(t)
	node := start("tcp", listen, "-url", "https://"+front, "-trusted-proxies", balancerAddress, "-client-address", "proxy-protocol")
	startHAProxy(t, "haproxy.cfg", front, listen, map[string]string{
		"bind :8443":            "bind " + front,
		"check-ssl verify none": "check-ssl verify none send-proxy-v2 check-send-proxy source " + balancerAddress,
	})
	b.ways = append(b.ways, way{"tcp", "https://" + front, listen, node})

	front, listen = freeAddress(t), freeAddress(t)
	dir := t.TempDir()
	authority := filepath.Join(dir, "authority.pem")
	if err := os.WriteFile(authority, []byte(b.nodectl(t, "certificate", "-authority")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	b.roots = writePublicCertificate(t, dir)
	node = start("tls", listen, "-url", "https://"+front+",https://picket.example.org", "-trusted-proxies", balancerAddress)
	startHAProxy(t, "haproxy-tls.cfg", front, listen, map[string]string{
		"bind :443 ssl crt /etc/haproxy/picket.pem": "bind " + front + " ssl crt " + filepath.Join(dir, "picket.pem"),
		"ca-file /etc/haproxy/picket-authority.pem": "ca-file " + authority,
		"default-server check":                      "default-server source " + balancerAddress + " check",
	})
	b.ways = append(b.ways, way{"tls", "https://" + front, listen, node})
	return b
}

func (b *balanced) nodectl(t *testing.T, args ...string) string {
	t.Helper()
	return nodectl(t, b.bin, "", append([]string{"-database", b.database}, args...)...)
}

// TestTapsThroughBalancers: in each way a tap gets in by its claim code and another by a
// token for several, both report, and renew their keys; and nothing but what a tap signed
// is taken from anybody on the way.
func TestTapsThroughBalancers(t *testing.T) {
	db := testdb.New(t)
	b := startBalanced(t, db)
	t.Run("ways", func(t *testing.T) { // ends when all have
		for _, w := range b.ways {
			t.Run(w.name+"/claim", func(t *testing.T) { t.Parallel(); b.claimed(t, w, db.Conn(t, embedded.Superuser)) })
			t.Run(w.name+"/token", func(t *testing.T) { t.Parallel(); b.byToken(t, w, db.Conn(t, embedded.Superuser)) })
			t.Run(w.name+"/forgeries", func(t *testing.T) { t.Parallel(); b.forgeries(t, w) })
		}
	})
	if t.Failed() {
		return
	}
	for _, w := range b.ways {
		w.node.stop()
	}
}

// claimed is the life of a tap without a token, from its claim code to its second key.
func (b *balanced) claimed(t *testing.T, w way, conn *pgx.Conn) {
	box := b.newBox(t, w, "claimed-"+w.name)
	box.start()
	code := ""
	await(t, "claim code", func() bool {
		text, err := box.showCode()
		code = text
		return err == nil
	})
	count := func(sql string, args ...any) int { return countRows(t, conn, sql, args...) }
	plain := strings.ReplaceAll(code, "-", "")
	await(t, "box that waits", func() bool { return count("SELECT count(*) FROM pending_box WHERE claim_code = $1", plain) == 1 })
	if n := count("SELECT count(*) FROM pending_box WHERE claim_code = $1 AND address = '127.0.0.1'", plain); n != 1 {
		t.Error("the box that waits is said to ask from another address than it does")
	}
	if list := b.nodectl(t, "tap", "pending"); strings.Contains(list, code) {
		t.Errorf("a box without a token is shown before its code was typed:\n%s", list)
	}
	id := b.nodectl(t, "tap", "adopt", "-code", code, "-site", "main", "-name", "lobby "+w.name)
	reports := func() int { return count("SELECT count(*) FROM report WHERE tap_id = $1", id) }
	await(t, "two reports", func() bool { return reports() >= 2 })
	if text, err := box.showCode(); err != nil || !strings.Contains(text, "enrolled") {
		t.Errorf("-show-code of an enrolled tap: %q, %v", text, err)
	}

	// Two thirds of the key's life are over.
	box.stop()
	old := box.key()
	long := time.Now().Add(-61 * 24 * time.Hour)
	if err := os.Chtimes(filepath.Join(box.state, "tap.key"), long, long); err != nil {
		t.Fatal(err)
	}
	before := reports()
	box.start()
	await(t, "new key", func() bool { return !box.key().Equal(old) })
	await(t, "reports under the new key", func() bool { return reports() >= before+2 })
	await(t, "end of the old key", func() bool {
		status, _ := b.send(t, w, old, "/v1/reports", reportBody(t, 1), nil)
		return status == http.StatusUnauthorized
	})
	box.stop()
	if n := count("SELECT count(*) FROM tap_key WHERE tap_id = $1", id); n != 1 {
		t.Errorf("the tap has %d keys, want the new one alone", n)
	}
	if next := box.key(); next.Equal(old) {
		t.Error("the tap has its old key")
	} else if status, text := b.send(t, w, next, "/v1/reports", reportBody(t, 2), nil); status != http.StatusNoContent {
		t.Errorf("a report under the new key: %d %s", status, text)
	}
}

// byToken is the way in by a token for several.
func (b *balanced) byToken(t *testing.T, w way, conn *pgx.Conn) {
	token := b.nodectl(t, "token", "-uses", "2")
	box := b.newBox(t, w, "token-"+w.name, "-token", token)
	box.start()
	var code string
	await(t, "claim code of a box with a token", func() bool {
		text, err := box.showCode()
		code = text
		return err == nil
	})
	line := ""
	for _, l := range strings.Split(b.nodectl(t, "tap", "pending"), "\n") {
		if strings.HasPrefix(l, code) {
			line = l
		}
	}
	fields := strings.Fields(line)
	if len(fields) != 6 || fields[1] != "token-"+w.name || fields[2] != "main" || fields[3] != "127.0.0.1" {
		t.Fatalf("nodectl tap pending shows %q of %s", line, code)
	}
	if got := b.nodectl(t, "tap", "adopt", "-all-of", fields[5]); got != "let in 1 box" {
		t.Errorf("adopted: %q", got)
	}
	await(t, "reports", func() bool {
		return countRows(t, conn, "SELECT count(*) FROM report r JOIN tap t ON t.id = r.tap_id WHERE t.name = $1", "token-"+w.name) >= 2
	})
	box.stop()
}

// TestAddressesThroughBalancers: limits of attempts and the audit log are of who is
// there, whatever a client says of itself.
func TestAddressesThroughBalancers(t *testing.T) {
	db := testdb.New(t)
	b := startBalanced(t, db)
	conn := db.Conn(t, embedded.Superuser)
	for i, w := range b.ways {
		guesser, other := fmt.Sprintf("127.0.%d.77", i+1), fmt.Sprintf("127.0.%d.78", i+1)
		guess := func(from string, n int) int {
			status, _ := b.call(t, w, from, "/api/v1/session/first-login", `{"token":"guessed","name":"operator","password":"correct horse battery"}`, map[string]string{
				"X-Forwarded-For": fmt.Sprintf("203.0.113.%d", n), "Forwarded": fmt.Sprintf("for=203.0.113.%d", n), "X-Real-Ip": "203.0.113.1",
			})
			return status
		}
		for n := range 30 {
			if got := guess(guesser, n); got != http.StatusUnauthorized {
				t.Fatalf("%s: guess %d: %d, want 401", w.name, n, got)
			}
		}
		if got := guess(guesser, 99); got != http.StatusTooManyRequests {
			t.Errorf("%s: a guess too many, under another address of its own making: %d, want 429", w.name, got)
		}
		if got := guess(other, 1); got != http.StatusUnauthorized {
			t.Errorf("%s: who has not guessed yet: %d, want 401", w.name, got)
		}
		enrol := func(from string, n int) int {
			status, _ := b.call(t, w, from, "/v1/enrol", "nonsense", map[string]string{"X-Forwarded-For": fmt.Sprintf("203.0.113.%d", n)})
			return status
		}
		refused := 0
		for enrol(guesser, refused) == http.StatusUnprocessableEntity {
			if refused++; refused > 100 {
				t.Fatalf("%s: nonsense is listened to for ever", w.name)
			}
		}
		if got := enrol(other, 1); refused < 30 || got != http.StatusUnprocessableEntity {
			t.Errorf("%s: after %d refusals another address gets %d, want 422", w.name, refused, got)
		}
	}
	_, secret, _ := strings.Cut(*b.ways[len(b.ways)-1].node.ready.FirstLogin, "#token=")
	first := fmt.Sprintf(`{"token":%q,"name":"operator","password":"correct horse battery"}`, secret)
	if got, _ := b.call(t, b.ways[2], "127.0.9.1", "/api/v1/session/first-login", first, nil); got != http.StatusNoContent {
		t.Fatalf("first login: %d", got)
	}
	for i, w := range b.ways {
		from, lies := fmt.Sprintf("127.0.9.%d", i+2), map[string]string{"X-Forwarded-For": "203.0.113.1"}
		got, cookie := b.call(t, w, from, "/api/v1/session", `{"name":"operator","password":"correct horse battery"}`, lies)
		if got != http.StatusNoContent {
			t.Errorf("%s: login: %d", w.name, got)
		}
		lies["Cookie"] = cookie
		if got, _ := b.call(t, w, from, "/api/v1/tenants/default/enrolment-tokens", `{"site":"main","uses":1,"expiresHours":1}`, lies); got != http.StatusCreated {
			t.Errorf("%s: new token: %d", w.name, got)
		}
		if n := countRows(t, conn, "SELECT count(*) FROM audit_log WHERE address = $1 AND verb = 'create'", from); n != 1 {
			t.Errorf("%s: %d lines of the audit log tell of %s, want 1", w.name, n, from)
		}
	}
	if n := countRows(t, conn, "SELECT count(*) FROM audit_log WHERE address IN ($1, '203.0.113.1', '127.0.0.1')", balancerAddress); n != 0 {
		t.Errorf("%d lines of the audit log name the balancer, or what a client said", n)
	}
	// A stranger's header of the PROXY protocol is TLS that is broken; so is a balancer's
	// connection without one, or with one of version 1.
	for name, tt := range map[string]struct {
		from, header string
		ok           bool
	}{
		"the balancer": {balancerAddress, proxyHeader, true}, "a stranger": {"127.0.0.99", proxyHeader, false}, "a stranger without": {"127.0.0.99", "", true},
		"the balancer without": {balancerAddress, "", false}, "the balancer, version 1": {balancerAddress, "PROXY TCP4 203.0.113.1 192.0.2.1 4711 8443\r\n", false},
	} {
		if err := handshakeAfter(t, b.ways[1].listen, tt.from, tt.header); (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
