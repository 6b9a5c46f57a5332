package cluster

import (
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
	"text/template"
	"time"

	"github.com/jackc/pgx/v5"
)

// Passwords are of this test's network, which nobody reaches.
const (
	superPassword = "super-of-the-test"
	replPassword  = "repl-of-the-test"
	nodePassword  = "node-of-the-test"
)

// database is three members of Patroni with an etcd each.
type database struct {
	t       *testing.T
	members []*machine
}

// patroniConfig keeps what is acknowledged: strict synchronous mode, and fsync as
// PostgreSQL has it. The times are the shortest that Patroni takes.
var patroniConfig = template.Must(template.New("patroni").Parse(`
scope: picket
name: {{.Name}}
log: {level: INFO}
restapi: {listen: "{{.IP}}:8008", connect_address: "{{.IP}}:8008"}
etcd3: {hosts: [{{.Etcds}}]}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 3
    retry_timeout: 5
    synchronous_mode: true
    synchronous_mode_strict: true
    maximum_lag_on_failover: 0
    postgresql:
      use_pg_rewind: true
      parameters:
        wal_level: replica
        hot_standby: "on"
        wal_log_hints: "on"
        max_wal_senders: 10
        max_connections: 150
        wal_keep_size: 128MB
  initdb: [{encoding: UTF8}, {locale: C}, data-checksums]
postgresql:
  listen: "{{.IP}}:5432"
  connect_address: "{{.IP}}:5432"
  bin_dir: {{.Bin}}
  data_dir: {{.Dir}}/data
  pgpass: {{.Dir}}/pgpass
  pg_hba:
    - local all all trust
    - host replication replicator 192.0.2.0/24 scram-sha-256
    - host all all 192.0.2.0/24 scram-sha-256
  authentication:
    superuser: {username: postgres, password: {{.Super}}}
    replication: {username: replicator, password: {{.Repl}}}
    rewind: {username: postgres, password: {{.Super}}}
  parameters:
    unix_socket_directories: {{.Dir}}
    shared_buffers: 64MB
    wal_sender_timeout: 10s
    tcp_keepalives_idle: 5
    tcp_keepalives_interval: 2
    tcp_keepalives_count: 3
    tcp_user_timeout: 10000
`))

func startDatabase(t *testing.T, n *network) *database {
	t.Helper()
	d := &database{t: t}
	for i := range 3 {
		d.members = append(d.members, n.add(fmt.Sprintf("db%d", i+1), 21+i))
	}
	bin := postgresBin(t)
	var etcds []string
	for _, m := range d.members {
		etcds = append(etcds, fmt.Sprintf("%q", m.ip+":2379"))
	}
	for _, m := range d.members {
		f, err := os.Create(filepath.Join(m.dir, "patroni.yml"))
		if err != nil {
			t.Fatal(err)
		}
		err = patroniConfig.Execute(f, map[string]string{
			"Name": m.name, "IP": m.ip, "Dir": m.dir, "Bin": bin, "Etcds": strings.Join(etcds, ", "),
			"Super": superPassword, "Repl": replPassword,
		})
		if err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		command1(t, "chown -R postgres:postgres "+m.dir)
	}
	for _, m := range d.members {
		d.start(m)
	}
	await(t, "primary with two standbys", 90*time.Second, func() bool { return d.primary() != nil && d.running() == 3 && d.synchronous() })
	return d
}

// start is the member's machine coming up.
func (d *database) start(m *machine) {
	var peers []string
	for _, p := range d.members {
		peers = append(peers, p.name+"=http://"+p.ip+":2380")
	}
	m.start(d.t, "etcd", "postgres", "etcd", "--name", m.name, "--data-dir", m.dir+"/etcd",
		"--listen-peer-urls", "http://"+m.ip+":2380", "--initial-advertise-peer-urls", "http://"+m.ip+":2380",
		"--listen-client-urls", "http://"+m.ip+":2379", "--advertise-client-urls", "http://"+m.ip+":2379",
		"--initial-cluster", strings.Join(peers, ","), "--initial-cluster-state", "new", "--logger", "zap")
	m.start(d.t, "patroni", "postgres", "patroni", m.dir+"/patroni.yml")
}

// member is what Patroni's REST interface says of one.
type member struct {
	State, Role string
	SyncStandby bool `json:"sync_standby"`
}

func (d *database) ask(m *machine) (member, bool) {
	ctx, cancel := context.WithTimeout(d.t.Context(), time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+m.ip+":8008/patroni", nil)
	if err != nil {
		d.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return member{}, false
	}
	defer answer.Body.Close()
	var got member
	return got, json.NewDecoder(answer.Body).Decode(&got) == nil
}

// primary returns the member that leads, nil where none does.
func (d *database) primary() *machine {
	for _, m := range d.members {
		ctx, cancel := context.WithTimeout(d.t.Context(), time.Second)
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+m.ip+":8008/primary", nil)
		if err != nil {
			d.t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		cancel()
		if err != nil {
			continue
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return m
		}
	}
	return nil
}

// running counts the members whose PostgreSQL runs.
func (d *database) running() int {
	n := 0
	for _, m := range d.members {
		if got, ok := d.ask(m); ok && got.State == "running" {
			n++
		}
	}
	return n
}

// synchronous reports whether a standby confirms commits.
func (d *database) synchronous() bool {
	for _, m := range d.members {
		if got, ok := d.ask(m); ok && got.SyncStandby {
			return true
		}
	}
	return false
}

// url is for a login, on whichever member leads.
func (d *database) url(user, password, name string) string {
	var hosts []string
	for _, m := range d.members {
		hosts = append(hosts, m.ip+":5432")
	}
	return "postgres://" + user + ":" + password + "@" + strings.Join(hosts, ",") + "/" + name +
		"?target_session_attrs=read-write&connect_timeout=3"
}

// prepare makes the database of the nodes as docs/growing.md says.
func (d *database) prepare() {
	d.t.Helper()
	d.exec("postgres", "CREATE ROLE picket LOGIN CREATEROLE PASSWORD '"+nodePassword+"'", "CREATE DATABASE picket OWNER picket")
	// A standby that has not replayed that answers that there is no such database, and
	// no other is asked then.
	for _, m := range d.members {
		await(d.t, "database on "+m.name, time.Minute, func() bool {
			conn, err := pgx.Connect(d.t.Context(), "postgres://picket:"+nodePassword+"@"+m.ip+"/picket?connect_timeout=3")
			if err != nil {
				return false
			}
			_ = conn.Close(d.t.Context())
			return true
		})
	}
}

func (d *database) exec(name string, commands ...string) {
	d.t.Helper()
	conn, err := pgx.Connect(d.t.Context(), d.url("postgres", superPassword, name))
	if err != nil {
		d.t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(d.t.Context()))
	for _, sql := range commands {
		if _, err := conn.Exec(d.t.Context(), sql); err != nil {
			d.t.Fatalf("%s: %v", sql, err)
		}
	}
}

// postgresBin is where the server's programs are.
func postgresBin(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		t.Fatal("no PostgreSQL server is installed; tools/setup test installs it")
	}
	return filepath.Dir(found[len(found)-1])
}

// logs shows what the members said last.
func (d *database) logs() {
	for _, m := range d.members {
		for _, name := range []string{"patroni", "etcd"} {
			d.t.Logf("%s %s: %s", m.name, name, tail(filepath.Join(m.dir, name+".log"), 3000))
		}
	}
	out, _ := exec.Command("patronictl", "-c", d.members[0].dir+"/patroni.yml", "list").CombinedOutput()
	d.t.Logf("%s", out)
}

// killPostgres kills the server's processes and leaves Patroni alone.
func killPostgres(t *testing.T, m *machine) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(m.dir, "data", "postmaster.pid"))
	if err != nil {
		t.Logf("%s: postgres is not running: %v", m.name, err)
		return
	}
	var pid int
	// The first line is as seen from the process namespace that we share with it.
	if _, err := fmt.Sscan(string(b), &pid); err == nil && pid > 1 {
		_ = syscall.Kill(pid, syscall.SIGKILL) // may have died by itself
	}
}
