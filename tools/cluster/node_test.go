package cluster

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"text/template"
	"time"
)

// balanced is where taps find the nodes.
const balanced = "https://192.0.2.10:8443"

// nodes are three of noded behind haproxy.
type nodes struct {
	t        *testing.T
	bin      string
	database string // URL
	balancer *machine
	machines []*machine
	client   *http.Client
}

// programs builds what the campaign runs, as it ships.
func programs(t *testing.T, dir string) string {
	t.Helper()
	bin := filepath.Join(dir, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-ldflags", "-X main.version=1.0.0", "-o", bin+"/", "../../server/cmd/noded", "../../server/cmd/nodectl", "../fakefleet")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return bin
}

func startNodes(t *testing.T, n *network, bin, database string) *nodes {
	t.Helper()
	c := &nodes{t: t, bin: bin, database: database, client: &http.Client{
		Timeout: 3 * time.Second,
		// What answers is looked at, not who: taps check that.
		Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}, //nolint:gosec // see above
	}}
	c.balancer = n.add("balancer", 10)
	for i := range 3 {
		c.machines = append(c.machines, n.add(fmt.Sprintf("node%d", i+1), 11+i))
	}
	t.Cleanup(func() {
		if t.Failed() {
			c.logs()
		}
	})
	for _, m := range c.machines {
		c.start(m)
		if m == c.machines[0] {
			c.await(m, time.Minute) // it makes the schema; the others would wait for it
		}
	}
	for _, m := range c.machines {
		c.await(m, time.Minute)
	}
	c.startBalancer()
	return c
}

func (c *nodes) start(m *machine) {
	c.t.Helper()
	m.start(c.t, "noded", "", filepath.Join(c.bin, "noded"), "serve", "-data", filepath.Join(m.dir, "data"), "-listen", m.ip+":8443",
		"-database", c.database, "-url", balanced, "-name", m.name, "-drain", "4s", "-dev")
}

// ready reports whether the node says that it can do its work.
func (c *nodes) ready(m *machine) bool {
	answer, err := c.client.Get("https://" + m.ip + ":8443/readyz")
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

func (c *nodes) await(m *machine, limit time.Duration) {
	c.t.Helper()
	await(c.t, m.name+" that is ready", limit, func() bool { return c.ready(m) })
}

// balancerConfig is server/deploy/haproxy.cfg with the addresses of the test.
var balancerConfig = template.Must(template.New("haproxy").Parse(`
global
  maxconn 4000
  stats socket {{.Dir}}/stats.sock mode 600 level user

defaults
  mode tcp
  timeout connect 3s
  timeout client 90s
  timeout server 90s
  timeout check 3s
  option redispatch
  retries 2

frontend picket
  bind {{.IP}}:8443
  default_backend nodes

backend nodes
  balance leastconn
  option httpchk
  http-check send meth GET uri /readyz ver HTTP/1.1 hdr Host picket
  http-check expect status 200
  default-server check check-ssl verify none inter 1s fall 2 rise 2
{{- range .Nodes}}
  server {{.Name}} {{.IP}}:8443
{{- end}}
`))

func (c *nodes) startBalancer() {
	c.t.Helper()
	path := filepath.Join(c.balancer.dir, "haproxy.cfg")
	f, err := os.Create(path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer f.Close()
	type server struct{ Name, IP string }
	var servers []server
	for _, m := range c.machines {
		servers = append(servers, server{m.name, m.ip})
	}
	if err := balancerConfig.Execute(f, map[string]any{"Dir": c.balancer.dir, "IP": c.balancer.ip, "Nodes": servers}); err != nil {
		c.t.Fatal(err)
	}
	c.balancer.start(c.t, "haproxy", "", "haproxy", "-db", "-f", path)
	await(c.t, "balancer with three nodes", 30*time.Second, func() bool {
		up := 0
		for _, row := range c.stats() {
			if row.status == "UP" {
				up++
			}
		}
		return up == len(c.machines)
	})
}

// server is what haproxy says of a node.
type server struct {
	name     string
	sessions int
	status   string
}

// stats asks haproxy (management guide, 9.1: CSV of "show stat").
func (c *nodes) stats() (servers []server) {
	ctx, cancel := context.WithTimeout(c.t.Context(), 3*time.Second)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "unix", filepath.Join(c.balancer.dir, "stats.sock"))
	if err != nil {
		return nil
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("show stat\n")); err != nil {
		return nil
	}
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		f := strings.Split(lines.Text(), ",")
		if len(f) > 17 && f[0] == "nodes" && f[1] != "BACKEND" {
			sessions, _ := strconv.Atoi(f[4]) // empty: none
			servers = append(servers, server{f[1], sessions, f[17]})
		}
	}
	return servers
}

// target returns the node that has most of the balancer's connections.
func (c *nodes) target() *machine {
	best, most := c.machines[0], -1
	for _, s := range c.stats() {
		for _, m := range c.machines {
			if m.name == s.name && s.sessions > most {
				best, most = m, s.sessions
			}
		}
	}
	return best
}

// logs shows what the nodes said last.
func (c *nodes) logs() {
	for _, m := range c.machines {
		c.t.Logf("%s: %s", m.name, tail(filepath.Join(m.dir, "noded.log"), 4000))
	}
	c.t.Logf("haproxy: %s", tail(filepath.Join(c.balancer.dir, "haproxy.log"), 1000))
}
