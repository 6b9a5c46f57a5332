package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/embedded"
	"picket/server/store"
	"picket/server/testdb"
	"picket/shared/build/realpart"
	"picket/shared/enrol"
)

// startPooler runs pgbouncer in transaction mode before db, with fewer connections to
// the server than two nodes open, so that sessions are shared, and returns its URL.
func startPooler(t *testing.T, db *testdb.DB) string {
	t.Helper()
	program := realpart.Program(t, "pgbouncer", "/usr/sbin/pgbouncer")
	conf, err := pgx.ParseConfig(db.URL(embedded.Superuser))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(dataDir(t))
	listen := freeAddress(t)
	host, port, _ := strings.Cut(listen, ":")
	users := ""
	for _, role := range embedded.Roles() {
		users += fmt.Sprintf("%q \"\"\n", role)
	}
	ini := fmt.Sprintf(`[databases]
* = host=%s port=%d
[pgbouncer]
listen_addr = %s
listen_port = %s
unix_socket_dir =
auth_type = trust
auth_file = %s/users.txt
pool_mode = transaction
default_pool_size = 3
max_client_conn = 300
`, conf.Host, conf.Port, host, port, dir)
	for name, text := range map[string]string{"pgbouncer.ini": ini, "users.txt": users} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(program, filepath.Join(dir, "pgbouncer.ini"))
	if os.Geteuid() == 0 { // pgbouncer does not run as root; the socket is its server's user's
		info, err := os.Stat(conf.Host)
		if err != nil {
			t.Fatal(err)
		}
		owner := info.Sys().(*syscall.Stat_t)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	var log lockedBuffer
	cmd.Stderr, cmd.Stdout = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // says that it was killed
		if t.Failed() {
			log.mu.Lock()
			defer log.mu.Unlock()
			t.Logf("pgbouncer: %s", log.b.String())
		}
	})
	return fmt.Sprintf("postgres://anybody@%s/%s?sslmode=disable", listen, db.Name)
}

// TestTwoNodesBehindAPoolerInTransactionMode: everything but LISTEN and migrations
// goes through pgbouncer: reports, the console, leases and background jobs; and what
// one node stores wakes the event streams of the other.
func TestTwoNodesBehindAPoolerInTransactionMode(t *testing.T) {
	db := testdb.New(t)
	bin, direct, pooled := programs(t), db.URL(embedded.Superuser), startPooler(t, db)
	build := exec.Command("go", "build", "-o", bin+"/", "../../../tools/fakefleet")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	args := []string{"-database", pooled, "-database-direct", direct, "-drain", "1s"}
	a := startNode(t, bin, dataDir(t), append(args, "-name", "a")...)
	b := startNode(t, bin, dataDir(t), append(args, "-name", "b")...)
	text, err := exec.Command(filepath.Join(bin, "nodectl"), "-database", direct, "token").Output()
	if err != nil {
		t.Fatal(err)
	}
	token, err := enrol.ParseToken(string(text))
	if err != nil {
		t.Fatal(err)
	}
	c := pinned(t, token, a.ready.URL)
	_, secret, _ := strings.Cut(*b.ready.FirstLogin, "#token=")
	login := fmt.Sprintf(`{"token":%q,"name":"operator","password":"correct horse battery"}`, secret)
	if got, text := call(t, c, "POST", a.ready.URL+"/api/v1/session/first-login", login); got != 204 {
		t.Fatalf("first login: %d %s", got, text)
	}

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	fleet := exec.CommandContext(ctx, filepath.Join(bin, "fakefleet"), "-node", a.ready.URL, "-database", direct, "-taps", "20", "-tenants", "2",
		"-period", "1s", "-for", "12s", "-bss", "10", "-stations", "10", "-lose", "20", "-verify", "-json", "-quiet")
	out := new(strings.Builder)
	fleet.Stdout, fleet.Stderr = out, out
	if err := fleet.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- fleet.Wait() }()
	conn := db.Conn(t, store.RoleOwner)
	count := func(sql string) (n int) {
		if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	await(t, "first report", func() bool { return count(`SELECT count(*) FROM report`) > 0 })
	changed := changes(t, ctx, c, b.ready.URL+"/api/v1/events?tenant=fleet-01")
	heard := 0
	for done := false; !done; {
		select {
		case <-changed:
			heard++
		case err := <-ended:
			if err != nil {
				t.Errorf("fleet: %v\n%s", err, out)
			}
			done = true
		}
	}
	var summary struct{ Due, Acknowledged int }
	if err := json.Unmarshal([]byte(out.String()), &summary); err != nil || summary.Due == 0 || summary.Acknowledged != summary.Due {
		t.Errorf("fleet %+v, %v\n%s", summary, err, out)
	}
	// Polling alone would tell once in five seconds.
	if heard < 6 {
		t.Errorf("the other node's event stream told of %d changes while a second's reports came twelve times", heard)
	}
	await(t, "background jobs", func() bool { return count(`SELECT count(*) FROM background_job WHERE runs > 0`) >= 3 })
	if n := count(`SELECT count(*) FROM node WHERE lease_until > now() AND left_at IS NULL`); n != 2 {
		t.Errorf("%d nodes are members, want 2", n)
	}
	if n := count(`SELECT count(DISTINCT pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'noded picket_%'`); n > 9 {
		t.Errorf("%d sessions of nodes: something goes past the pooler, which opens 3 for each of 3 roles", n)
	}
	if n := count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'noded listen'`); n != 2 {
		t.Errorf("%d sessions listen, want one a node", n)
	}
	if got, text := call(t, c, "GET", b.ready.URL+"/api/v1/tenants/fleet-01/bss", ""); got != 200 {
		t.Errorf("networks: %d %s", got, text)
	}

	// An operator drains b: it says so, and leaves.
	drain := exec.Command(filepath.Join(bin, "nodectl"), "-database", direct, "node", "drain", "b")
	if text, err := drain.CombinedOutput(); err != nil {
		t.Errorf("drain: %v %s", err, text)
	}
	if err := b.cmd.Wait(); err != nil {
		t.Errorf("a drained node ends with %v", err)
	}
	a.stop()
}

// changes reads an event stream.
func changes(t *testing.T, ctx context.Context, c *http.Client, url string) <-chan struct{} {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("event stream: %d", answer.StatusCode)
	}
	events := make(chan struct{}, 1000)
	go func() {
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if lines.Text() == "event: changed" {
				events <- struct{}{}
			}
		}
	}()
	return events
}
