package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"picket/shared/build/realpart"
)

// office is how long the demonstration may take to be seen in the API: the node
// and its database start, and a window of ten seconds closes.
const office = 2 * time.Minute

// TestNewcomerSeesTheOffice does what README tells: start, follow the first-login
// link, see networks, clients and hosts, press Ctrl-C, start again.
func TestNewcomerSeesTheOffice(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a node with its database: not in the fast part")
	}
	bin := programs(t)
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // PostgreSQL runs as another user when this is root
		t.Fatal(err)
	}
	data := filepath.Join(dir, "picket")
	listen := freeAddress(t)

	first := startRun(t, bin, data, listen)
	defer first.kill()
	link := first.await(t, regexp.MustCompile(`https://\S+/first-login\S+`))
	c := newClient(t, "https://"+listen)
	c.do(t, http.MethodPost, "/session/first-login", map[string]string{"token": tokenOf(t, link), "name": "admin", "password": "correct horse battery"}, nil)
	seen := c.awaitOffice(t)
	first.interrupt(t)
	for _, line := range []string{"demo-tap stopped", "node stopped", "database stopped"} {
		if !strings.Contains(first.said(), line) {
			t.Errorf("%q was not said:\n%s", line, first.said())
		}
	}
	nothingRuns(t, data)

	second := startRun(t, bin, data, listen)
	defer second.kill()
	second.await(t, regexp.MustCompile(`Picket is running`))
	if strings.Contains(second.said(), "first-login") {
		t.Errorf("a used first-login link is offered again:\n%s", second.said())
	}
	c = newClient(t, "https://"+listen)
	c.do(t, http.MethodPost, "/session", map[string]string{"name": "admin", "password": "correct horse battery"}, nil)
	again := c.count(t, "hosts")
	if again.Total < seen {
		t.Errorf("%d hosts after a restart, %d before", again.Total, seen)
	}
	if taps := c.count(t, "taps"); taps.Total != 1 {
		t.Errorf("%d taps after a restart, want the same one", taps.Total)
	}
	second.interrupt(t)
	nothingRuns(t, data)
}

// programs builds what make run starts, and this program, into a folder.
func programs(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat("../../server/console/web/dist/index.html"); err != nil {
		realpart.Skip(t, "the console is not built; make build builds it")
	}
	if servers, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres"); len(servers) == 0 {
		realpart.Program(t, "postgres")
	}
	bin := t.TempDir()
	out, err := exec.Command("go", "build", "-o", bin+"/", "../../server/cmd/noded", "../../server/cmd/nodectl", "../../appliance/cmd/tapd", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return bin
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// A running is this program, started as make run does.
type running struct {
	cmd   *exec.Cmd
	out   safeBuffer
	ended chan error
}

func startRun(t *testing.T, bin, data, listen string) *running {
	t.Helper()
	r := &running{cmd: exec.Command(filepath.Join(bin, "run"), "-bin", bin, "-data", data, "-listen", listen, "-live=false", "-demo", "always"), ended: make(chan error, 1)}
	r.cmd.Stdout, r.cmd.Stderr = &r.out, &r.out
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.ended <- r.cmd.Wait() }()
	return r
}

func (r *running) said() string { return r.out.String() }

// await returns the first of what is said that matches.
func (r *running) await(t *testing.T, what *regexp.Regexp) string {
	t.Helper()
	for deadline := time.Now().Add(office); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if found := what.FindString(r.said()); found != "" {
			return found
		}
		select {
		case err := <-r.ended:
			t.Fatalf("ended: %v\n%s", err, r.said())
		default:
		}
	}
	t.Fatalf("no %v in:\n%s", what, r.said())
	return ""
}

// interrupt sends what Ctrl-C sends, and waits for the end.
func (r *running) interrupt(t *testing.T) {
	t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-r.ended:
		if err != nil {
			t.Errorf("ended with %v\n%s", err, r.said())
		}
	case <-time.After(time.Minute):
		t.Fatalf("did not end:\n%s", r.said())
	}
}

// kill is for a test that fails: its programs end with this one's group at the
// latest when their pipes break, and the database with the node.
func (r *running) kill() {
	if r.cmd.ProcessState == nil {
		_ = r.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-r.ended:
		case <-time.After(time.Minute):
			_ = r.cmd.Process.Kill()
		}
	}
}

// nothingRuns fails the test when a process names the folder on its command line.
func nothingRuns(t *testing.T, folder string) {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if b, err := os.ReadFile(path); err == nil && bytes.Contains(b, []byte(folder)) {
			t.Errorf("still runs: %s", bytes.ReplaceAll(b, []byte{0}, []byte{' '}))
		}
	}
}

func tokenOf(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	if token := u.Query().Get("token"); token != "" {
		return token
	}
	return strings.TrimPrefix(u.Fragment, "token=")
}

// A client is a browser, as far as the API sees it.
type client struct {
	base string
	http *http.Client
}

func newClient(t *testing.T, base string) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // as a person who accepts the warning
	t.Cleanup(transport.CloseIdleConnections)
	return &client{base, &http.Client{Jar: jar, Transport: transport, Timeout: 30 * time.Second}}
}

// do asks the API and decodes the answer into reply, unless that is nil.
func (c *client) do(t *testing.T, method, path string, body, reply any) {
	t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, c.base+"/api/v1"+path, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Picket", "1")
	r.Header.Set("Origin", c.base)
	answer, err := c.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if b, err = io.ReadAll(bufio.NewReader(answer.Body)); err != nil || answer.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s %v\n%s", method, path, answer.Status, err, b)
	}
	if reply != nil {
		if err := json.Unmarshal(b, reply); err != nil {
			t.Fatalf("%s: %v\n%s", path, err, b)
		}
	}
}

// A list is what the lists of the API have in common.
type list struct {
	Total int `json:"total"`
	Items []struct {
		SSID          string `json:"ssid"`
		Demonstration bool   `json:"demonstration"`
	} `json:"items"`
}

func (c *client) count(t *testing.T, what string) list {
	t.Helper()
	var l list
	c.do(t, http.MethodGet, "/tenants/default/"+what, nil, &l)
	return l
}

// awaitOffice waits until the demonstration's networks, clients and hosts are
// listed, all marked as such, and returns the number of hosts.
func (c *client) awaitOffice(t *testing.T) int {
	t.Helper()
	var state string
	for deadline := time.Now().Add(office); time.Now().Before(deadline); time.Sleep(time.Second) {
		networks, clients, hosts := c.count(t, "bss"), c.count(t, "clients"), c.count(t, "hosts")
		state = fmt.Sprintf("%d BSSs, %d clients, %d hosts", networks.Total, clients.Total, hosts.Total)
		if networks.Total < 9 || clients.Total < 5 || hosts.Total < 12 {
			continue
		}
		names := make(map[string]bool)
		for _, l := range []list{networks, clients, hosts} {
			for _, item := range l.Items {
				names[item.SSID] = true
				if !item.Demonstration {
					t.Fatalf("something is listed that is not marked as a demonstration: %+v", item)
				}
			}
		}
		if names["Corp-PSK"] && names["Corp-AX5"] {
			t.Log(state)
			return hosts.Total
		}
	}
	t.Fatalf("the office is not seen: %s", state)
	return 0
}
