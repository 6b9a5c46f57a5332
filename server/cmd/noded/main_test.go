package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"picket/server/embedded"
	"picket/server/testdb"
	"picket/shared/build/realpart"
	"picket/shared/enrol"
)

func TestMain(m *testing.M) {
	os.Exit(testdb.Main(m, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop")))
}

// programs builds noded and nodectl.
func programs(t *testing.T) string {
	t.Helper()
	if _, err := embedded.FindBinaries(t.Context()); errors.Is(err, embedded.ErrNoBinaries) {
		realpart.Skip(t, err.Error())
	}
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", dir+"/", "-ldflags", "-X main.version=1.2.3", ".", "../nodectl")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return dir
}

// dataDir is one that the database's user can reach too.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "picket-noded-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "data")
}

// process is a noded that runs.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	log   bytes.Buffer
	ready ready
}

func startNode(t *testing.T, bin, data string, args ...string) *process {
	t.Helper()
	p := &process{t: t}
	p.cmd = exec.Command(filepath.Join(bin, "noded"), append([]string{"serve", "-data", data, "-listen", "127.0.0.1:0", "-dev"}, args...)...)
	p.cmd.Stderr = &p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() }) // has ended already where all went well
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil || json.Unmarshal(line, &p.ready) != nil {
		_ = p.cmd.Wait()
		t.Fatalf("ready line %q, %v\n%s", line, err, p.log.String())
	}
	return p
}

// stop ends the node as an operator does.
func (p *process) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			p.t.Errorf("noded ended with %v\n%s", err, p.log.String())
		}
	case <-time.After(time.Minute):
		p.t.Fatalf("noded does not stop\n%s", p.log.String())
	}
}

// pinned returns a client that trusts the CA of an enrolment token and no other,
// and keeps cookies.
func pinned(t *testing.T, token enrol.Token, url string) *http.Client {
	t.Helper()
	var found *x509.Certificate
	conn, err := tls.Dial("tcp", strings.TrimPrefix(url, "https://"), &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, c := range conn.ConnectionState().PeerCertificates {
		if sha256.Sum256(c.RawSubjectPublicKeyInfo) == token.CA {
			found = c
		}
	}
	if found == nil {
		t.Fatal("no certificate of the chain is the token's CA")
	}
	roots := x509.NewCertPool()
	roots.AddCert(found)
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, Timeout: 20 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
}

func call(t *testing.T, c *http.Client, method, url string, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Picket", "1")
	resp, err := c.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b)
}

func nodectl(t *testing.T, bin, data string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(bin, "nodectl"), append([]string{"-data", data}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("nodectl %v: %v: %s", args, err, errs.String())
	}
	return strings.TrimSpace(string(out))
}

// TestNode is a node's life: first start, first login, a stop, another start
// that finds everything again, and a database that dies and comes back.
func TestNode(t *testing.T) {
	bin, data := programs(t), dataDir(t)
	p := startNode(t, bin, data, "-metrics", "127.0.0.1:0")
	if p.ready.Version != "1.2.3" || p.ready.FirstLogin == nil {
		t.Fatalf("ready %+v", p.ready)
	}
	token, err := enrol.ParseToken(nodectl(t, bin, data, "token", "-site", "main", "-uses", "2", "-expires", "1h"))
	if err != nil {
		t.Fatal(err)
	}
	c := pinned(t, token, p.ready.URL)
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/metrics": 404, "/api/v1/openapi.json": 200, "/api/v1/session": 401, "/v1/reports": 404} {
		if got, body := call(t, c, "GET", p.ready.URL+path, ""); got != want {
			t.Errorf("GET %s: %d %s, want %d", path, got, body, want)
		}
	}
	link := *p.ready.FirstLogin
	if newer := nodectl(t, bin, data, "first-login"); strings.HasPrefix(newer, p.ready.URL+"/first-login#token=") {
		link = newer // the printed one has ended
	} else {
		t.Errorf("first-login says %q", newer)
	}
	_, secret, _ := strings.Cut(link, "#token=")
	body := fmt.Sprintf(`{"token":%q,"name":"operator","password":"correct horse battery"}`, secret)
	if got, text := call(t, c, "POST", p.ready.URL+"/api/v1/session/first-login", body); got != 204 {
		t.Fatalf("first login: %d %s", got, text)
	}
	if got, text := call(t, c, "GET", p.ready.URL+"/api/v1/tenants/default/home", ""); got != 200 || !strings.Contains(text, `"slug":"main"`) {
		t.Errorf("home: %d %s", got, text)
	}
	p.stop()
	if log := p.log.String(); strings.Contains(log, secret) || strings.Contains(log, "operator") {
		t.Errorf("the log has a secret or a name:\n%s", log)
	}

	// What the tool does without a node.
	if got := nodectl(t, bin, data, "taps"); !strings.HasPrefix(got, "NAME") {
		t.Errorf("taps says %q", got)
	}

	p = startNode(t, bin, data)
	if p.ready.FirstLogin != nil {
		t.Error("a first login is offered although there is an administrator")
	}
	c = pinned(t, token, p.ready.URL) // the same CA
	login := `{"name":"operator","password":"correct horse battery"}`
	if got, text := call(t, c, "POST", p.ready.URL+"/api/v1/session", login); got != 204 {
		t.Fatalf("login after a restart: %d %s", got, text)
	}
	killDatabase(t, data)
	await(t, "recovery", func() bool {
		got, text := call(t, c, "GET", p.ready.URL+"/api/v1/tenants/default/home", "")
		if got != 200 && got != 503 {
			t.Errorf("while the database is away: %d %s", got, text)
		}
		return got == 200
	})
	p.stop()
}

// TestTwoNodesShareADatabase: they are one cluster, with one CA, and a session
// begun on one holds on the other.
func TestTwoNodesShareADatabase(t *testing.T) {
	bin, shared := programs(t), testdb.New(t).URL(embedded.Superuser)
	a := startNode(t, bin, dataDir(t), "-database", shared)
	b := startNode(t, bin, dataDir(t), "-database", shared)
	ctl := exec.CommandContext(t.Context(), filepath.Join(bin, "nodectl"), "-database", shared, "token")
	out, err := ctl.Output()
	if err != nil {
		t.Fatal(err)
	}
	token, err := enrol.ParseToken(string(out))
	if err != nil {
		t.Fatal(err)
	}
	first := b.ready.FirstLogin // the later start ended the link of the earlier one
	_, secret, _ := strings.Cut(*first, "#token=")
	c := pinned(t, token, a.ready.URL)
	body := fmt.Sprintf(`{"token":%q,"name":"operator","password":"correct horse battery"}`, secret)
	if got, text := call(t, c, "POST", a.ready.URL+"/api/v1/session/first-login", body); got != 204 {
		t.Fatalf("first login: %d %s", got, text)
	}
	if got, text := call(t, c, "GET", b.ready.URL+"/api/v1/session", ""); got != 200 || !strings.Contains(text, "operator") {
		t.Errorf("the session on the other node: %d %s", got, text)
	}
	a.stop()
	if got, _ := call(t, c, "GET", b.ready.URL+"/readyz", ""); got != 200 {
		t.Errorf("after the other node stopped: %d", got)
	}
	b.stop()
}

// killDatabase ends the private database as a crash does.
func killDatabase(t *testing.T, data string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(data, "postgres", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(b), &pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for tick := time.NewTicker(50 * time.Millisecond); !done(); {
		select {
		case <-ctx.Done():
			t.Fatalf("no %s in a minute", what)
		case <-tick.C:
		}
	}
}

func TestParse(t *testing.T) {
	tests := []struct{ name, args, want string }{
		{"OK", "-data d", ""},
		{"OK: all of it", "-data d -listen :8443 -url https://a.example,https://b.example:444 -metrics localhost:9464", ""},
		{"bad: no data", "-listen :1", "-data"},
		{"bad: no port", "-data d -listen localhost", "-listen"},
		{"bad: metrics for everybody", "-data d -metrics :9464", "-metrics"},
		{"bad: metrics on another address", "-data d -metrics 192.0.2.1:9464", "-metrics"},
		{"bad: no TLS", "-data d -url http://a.example", "-url"},
		{"bad: a path", "-data d -url https://a.example/x", "-url"},
		{"OK: balancers", "-data d -trusted-proxies 192.0.2.10,2001:db8::/64 -client-address proxy-protocol", ""},
		{"bad: everybody a balancer", "-data d -trusted-proxies 0.0.0.0/0", "-trusted-proxies"},
		{"bad: a means without balancers", "-data d -client-address forwarded", "-trusted-proxies is needed"},
		{"bad: no such means", "-data d -trusted-proxies 192.0.2.10 -client-address x-real-ip", "-client-address"},
		{"bad: a word too much", "-data d now", "now"},
		{"bad: no such option", "-data d -nonsense", "nonsense"},
	}
	for _, tt := range tests {
		_, err := parse(strings.Fields(tt.args), io.Discard)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: %v, want one that names %s", tt.name, err, tt.want)
		}
	}
}
