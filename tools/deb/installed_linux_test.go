package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"picket/server/embedded"
	"picket/shared/build/realpart"
)

// insideEnv marks the test's own second run, in a network of its own.
const insideEnv = "PICKET_DEB_TEST_INSIDE"

// patience is how long a node with its database, and then a window of 10 s, may
// take on a busy machine.
const patience = 3 * time.Minute

// TestInstalledTapIsHeardWithTheServicesRightsAlone extracts the package and starts
// what it holds as the unit does: as another user, with the unit's capabilities
// and no others, told of a node and a token alone. A real node then knows what was
// sent on the wire.
func TestInstalledTapIsHeardWithTheServicesRightsAlone(t *testing.T) {
	if os.Getenv(insideEnv) != "" {
		inside(t)
		return
	}
	p := packed(t)
	if os.Geteuid() != 0 {
		realpart.Skip(t, "a network namespace of its own needs root")
	}
	if _, err := embedded.FindBinaries(t.Context()); errors.Is(err, embedded.ErrNoBinaries) {
		realpart.Skip(t, err.Error())
	}
	for _, program := range []string{"ip", "setpriv"} {
		realpart.Program(t, program)
	}
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil { // other users start programs below
		t.Fatal(err)
	}
	output(t, "dpkg-deb", "--extract", write(t, p), filepath.Join(dir, "root"))
	build := exec.CommandContext(t.Context(), "go", "build", "-o", dir+"/", "./server/cmd/noded", "./server/cmd/nodectl")
	build.Dir = top
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	again.Env = append(os.Environ(), insideEnv+"="+dir)
	again.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	out, err := again.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS")) {
		t.Fatalf("inside: %v\n%s", err, out)
	}
}

func inside(t *testing.T) {
	dir := os.Getenv(insideEnv)
	// /sys shows the interfaces of the namespace in which it was mounted.
	if err := errors.Join(unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""), unix.Mount("sysfs", "/sys", "sysfs", 0, "")); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"link set lo up", "link add va address 00:00:5e:00:53:0a type veth peer name vb address 00:00:5e:00:53:0b", "link set va up", "link set vb up"} {
		output(t, "ip", strings.Fields(args)...)
	}
	node := startNode(t, dir)
	token := strings.TrimSpace(output(t, filepath.Join(dir, "nodectl"), "-data", filepath.Join(dir, "node"), "token", "-site", "main"))
	tap := startTap(t, dir, fmt.Sprintf("node = %s\ntoken = %s\n", node.URL, token))
	tap.checkRights(t)

	admin := node.logIn(t)
	send := arpSender(t, "va")
	for deadline := time.Now().Add(patience); ; time.Sleep(500 * time.Millisecond) {
		send()
		var taps, hosts struct {
			Items []struct {
				MAC      string `json:"mac"`
				Captures []struct{ Name, Kind, Error string }
			} `json:"items"`
		}
		admin.get(t, "/tenants/default/taps", &taps)
		admin.get(t, "/tenants/default/hosts", &hosts)
		heard := false
		for _, h := range hosts.Items {
			heard = heard || h.MAC == "00:00:5e:00:53:0a"
		}
		if heard && len(taps.Items) == 1 && len(taps.Items[0].Captures) == 2 {
			for _, c := range taps.Items[0].Captures {
				if c.Kind != "ethernet" || c.Error != "" {
					t.Errorf("capture %+v", c)
				}
			}
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing was heard: taps %+v, hosts %+v", taps, hosts)
		}
	}
	tap.stop(t)
}

// A running program writes its log to a file, which a failed test shows.
type running struct {
	cmd *exec.Cmd
	log string
}

func start(t *testing.T, log string, cmd *exec.Cmd) *running {
	t.Helper()
	f, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd.Stderr = f
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := &running{cmd, log}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Signal(syscall.SIGTERM)
			_ = cmd.Wait()
		}
		if b, err := os.ReadFile(log); t.Failed() && err == nil {
			t.Logf("%s:\n%s", filepath.Base(log), b)
		}
	})
	return r
}

func (r *running) stop(t *testing.T) {
	t.Helper()
	if err := errors.Join(r.cmd.Process.Signal(syscall.SIGTERM), r.cmd.Wait()); err != nil {
		t.Errorf("%s ended with %v", filepath.Base(r.log), err)
	}
}

// startTap does what systemd does for the unit: hands over the configuration, makes
// the state's folder, drops all rights but the unit's.
func startTap(t *testing.T, dir, conf string) *running {
	t.Helper()
	const nobody = 65534
	state, credentials := filepath.Join(dir, "state"), filepath.Join(dir, "credentials")
	for _, folder := range []string{state, credentials} {
		if err := errors.Join(os.Mkdir(folder, 0o700), os.Chown(folder, nobody, nobody)); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(credentials, "tap.conf")
	if err := errors.Join(os.WriteFile(file, []byte(conf), 0o400), os.Chown(file, nobody, nobody)); err != nil {
		t.Fatal(err)
	}
	only := "-all"
	for _, capability := range capabilities(t, dir) {
		only += ",+" + capability
	}
	id := strconv.Itoa(nobody)
	return start(t, filepath.Join(dir, "tapd.log"), exec.Command("setpriv", "--reuid="+id, "--regid="+id, "--clear-groups", "--no-new-privs",
		"--inh-caps="+only, "--ambient-caps="+only, "--bounding-set="+only, filepath.Join(dir, "root/usr/bin/tapd"), "-config", file, "-state", state))
}

// capabilities are those of the packaged unit, in setpriv's words: net_raw.
func capabilities(t *testing.T, dir string) []string {
	t.Helper()
	unit, err := os.ReadFile(filepath.Join(dir, "root/usr/lib/systemd/system/picket-tap.service"))
	if err != nil {
		t.Fatal(err)
	}
	lists := map[string]string{}
	for line := range strings.Lines(string(unit)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && strings.HasSuffix(key, "apabilities") || key == "CapabilityBoundingSet" {
			lists[key] = value
		}
	}
	if lists["AmbientCapabilities"] != "CAP_NET_RAW CAP_NET_ADMIN" || lists["CapabilityBoundingSet"] != lists["AmbientCapabilities"] {
		t.Fatalf("the unit's capabilities: %v", lists)
	}
	return strings.Fields(strings.ToLower(strings.ReplaceAll(lists["AmbientCapabilities"], "CAP_", "")))
}

// checkRights waits until tapd runs in place of setpriv, and wants it to have no
// more than it may.
func (r *running) checkRights(t *testing.T) {
	t.Helper()
	const raw, admin = 13, 12 // capability.h: CAP_NET_RAW, CAP_NET_ADMIN
	want := map[string]string{"Uid": "65534", "CapEff": fmt.Sprintf("%016x", 1<<raw|1<<admin), "NoNewPrivs": "1"}
	want["CapBnd"] = want["CapEff"]
	got := map[string]string{}
	for deadline := time.Now().Add(patience); got["Name"] != "tapd"; time.Sleep(10 * time.Millisecond) {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.cmd.Process.Pid))
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("tapd does not run: %v", err)
		}
		for line := range strings.Lines(string(b)) {
			if fields := strings.Fields(line); len(fields) > 1 {
				got[strings.TrimSuffix(fields[0], ":")] = fields[1]
			}
		}
	}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %s, want %s", key, got[key], value)
		}
	}
}

// arpSender returns what sends a host's announcement of itself on an interface.
func arpSender(t *testing.T, name string) func() {
	t.Helper()
	socket, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(socket) })
	request, err := unix.NewIfreq(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlIfreq(socket, unix.SIOCGIFINDEX, request); err != nil {
		t.Fatal(err)
	}
	to := &unix.SockaddrLinklayer{Ifindex: int(request.Uint32())}
	host, ip := []byte{0, 0, 0x5e, 0, 0x53, 0x0a}, []byte{192, 0, 2, 10}
	frame := append(bytes.Repeat([]byte{0xff}, 6), host...)
	frame = append(frame, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1) // ARP: Ethernet, IPv4, a request (RFC 826)
	frame = append(append(frame, host...), ip...)
	frame = append(append(frame, 0, 0, 0, 0, 0, 0), ip...)
	frame = append(frame, make([]byte, 60-len(frame))...)
	return func() {
		if err := unix.Sendto(socket, frame, 0, to); err != nil {
			t.Fatal(err)
		}
	}
}

// node is a noded that is ready.
type node struct {
	URL        string `json:"url"`
	FirstLogin string `json:"first_login"`
}

func startNode(t *testing.T, dir string) node {
	t.Helper()
	cmd := exec.Command(filepath.Join(dir, "noded"), "serve", "-data", filepath.Join(dir, "node"), "-listen", "127.0.0.1:0", "-dev")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	start(t, filepath.Join(dir, "noded.log"), cmd)
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var n node
	if err != nil || json.Unmarshal(line, &n) != nil {
		t.Fatalf("ready line %q, %v", line, err)
	}
	return n
}

// admin is a person's session.
type admin struct {
	base string
	http http.Client
}

func (n node) logIn(t *testing.T) *admin {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // as a person who accepts the warning
	t.Cleanup(transport.CloseIdleConnections)
	a := &admin{n.URL + "/api/v1", http.Client{Jar: jar, Transport: transport, Timeout: 30 * time.Second}}
	_, token, _ := strings.Cut(n.FirstLogin, "#token=")
	body := fmt.Sprintf(`{"token":%q,"name":"operator","password":"correct horse battery"}`, token)
	a.do(t, http.MethodPost, "/session/first-login", body)
	return a
}

func (a *admin) get(t *testing.T, path string, reply any) {
	t.Helper()
	if b := a.do(t, http.MethodGet, path, ""); json.Unmarshal(b, reply) != nil {
		t.Fatalf("%s: %s", path, b)
	}
}

func (a *admin) do(t *testing.T, method, path, body string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, a.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Picket", "1")
	answer, err := a.http.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode/100 != 2 {
		t.Fatalf("%s %s: %s, %v: %s", method, path, answer.Status, err, b)
	}
	return b
}
