package main

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"picket/appliance/config"
	"picket/appliance/demo"
	"picket/shared/wire/wirepb"
)

// TestMain lets the test binary be tapd itself, so that it can be killed.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_AS_TAPD") != "" {
		os.Args[0] = "tapd"
		main()
		return
	}
	os.Exit(m.Run())
}

// tapd starts the program.
func tapd(t *testing.T, node *testNode, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	node.drain()
	var log bytes.Buffer
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "TEST_AS_TAPD=1")
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // mostly ended already
		if t.Failed() {
			t.Logf("tapd %v: %s", args, log.String())
		}
	})
	return cmd, &log
}

func recording(t *testing.T) string {
	t.Helper()
	paths, err := demo.WriteTo(t.TempDir(), demo.Radio()[0])
	if err != nil {
		t.Fatal(err)
	}
	return paths[0]
}

// checkSequences wants the reports of each boot to be there from 1 without gaps.
func checkSequences(t *testing.T, boots map[string]map[uint64]*wirepb.Report) (reports, frames uint64) {
	t.Helper()
	for boot, all := range boots {
		for i := uint64(1); i <= uint64(len(all)); i++ {
			r := all[i]
			if r == nil {
				t.Errorf("boot %x: report %d of %d is missing", boot, i, len(all))
				continue
			}
			reports++
			for _, c := range r.Health.Captures {
				frames += c.Frames
			}
		}
	}
	return reports, frames
}

func TestTapEnrolsReportsAndEndsInOrder(t *testing.T) {
	node, state := newTestNode(t), t.TempDir()
	args := []string{"-node", node.server.URL, "-token", node.token.Text(), "-state", state, "-demo", recording(t), "-name", "office"}
	cmd, _ := tapd(t, node, args...)
	node.await(3)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("tapd ended with %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(state, "spool", "*.seg")); len(left) > 0 {
		t.Errorf("the last window was not delivered: %v", left)
	}
	reports, frames := checkSequences(t, node.boots())
	for _, all := range node.boots() {
		r := all[2]
		if !r.Header.Demonstration || r.Header.SoftwareVersion != "devel" || r.Health.ProcessMemoryBytes == 0 || r.Health.Captures[0].Name != "office-radio-2g.pcap" {
			t.Errorf("header %v, health %v", r.Header, r.Health)
		}
		if last := all[uint64(len(all))].Header; last.WindowLengthMs > 1000 {
			t.Errorf("last window %v", last)
		}
	}
	if frames == 0 {
		t.Error("no frames")
	}

	// Now it needs no token, and finds its node by itself.
	cmd, _ = tapd(t, node, "-state", state, "-demo", recording(t))
	node.await(2)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("tapd ended with %v", err)
	}
	if len(node.boots()) != 2 {
		t.Errorf("%d boots, want 2", len(node.boots()))
	}
	t.Logf("%d reports, %d frames before the restart", reports, frames)
}

func TestReportsOfAnOutageArriveLater(t *testing.T) {
	node, state := newTestNode(t), t.TempDir()
	cmd, _ := tapd(t, node, "-node", node.server.URL, "-token", node.token.Text(), "-state", state, "-demo", recording(t))
	node.await(1)
	node.setAway(true)
	time.Sleep(2500 * time.Millisecond) // windows pass: this is what is tested
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("tapd ended with %v", err)
	}
	node.setAway(false)
	cmd, _ = tapd(t, node, "-state", state, "-demo", recording(t))
	node.await(5)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("tapd ended with %v", err)
	}
	if len(node.boots()) != 2 {
		t.Errorf("%d boots, want 2", len(node.boots()))
	}
	checkSequences(t, node.boots())
}

// A killed tap loses at most its open window: what the boot reported has no gaps,
// and reaches up to the last whole second before the kill.
func TestAKilledTapLosesItsOpenWindowOnly(t *testing.T) {
	node, state, file := newTestNode(t), t.TempDir(), recording(t)
	const kills = 4
	ended := map[int]time.Time{}
	for i := range kills {
		cmd, _ := tapd(t, node, "-node", node.server.URL, "-token", node.token.Text(), "-state", state, "-demo", file)
		node.await(1)
		time.Sleep(rand.N(2 * time.Second)) // a random moment: this is what is tested
		node.setAway(i%2 == 1)
		ended[i] = time.Now()
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // killed
		node.setAway(false)
	}
	cmd, _ := tapd(t, node, "-state", state, "-demo", file)
	node.await(6)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("tapd ended with %v", err)
	}
	boots := node.boots()
	if len(boots) != kills+1 {
		t.Errorf("%d boots, want %d", len(boots), kills+1)
	}
	checkSequences(t, boots)
	for _, at := range ended {
		covered := false
		for _, all := range boots {
			last := all[uint64(len(all))].Header
			end := time.UnixMicro(last.WindowStartUs).Add(time.Duration(last.WindowLengthMs) * time.Millisecond)
			if gap := at.Sub(end); gap >= -100*time.Millisecond && gap < 1300*time.Millisecond {
				covered = true
			}
		}
		if !covered {
			t.Errorf("no boot reports up to the window before its kill at %v", at)
		}
	}
}

func TestWithoutPermission(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root, to give up being root")
	}
	var out bytes.Buffer
	cmd := exec.Command("/proc/self/exe", "-capture", "lo", "-state", "/nonexistent")
	cmd.Env, cmd.Stdout, cmd.Stderr = []string{"TEST_AS_TAPD=1"}, &out, &out
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if err := cmd.Run(); err == nil || !strings.Contains(out.String(), "CAP_NET_RAW") || !strings.Contains(out.String(), "setcap cap_net_raw,cap_net_admin+ep") {
		t.Errorf("%v: %s", err, out.String())
	}
}

func TestEthernetInterfaces(t *testing.T) {
	sys := fstest.MapFS{}
	add := func(name, flags, kind string, more ...string) {
		sys["class/net/"+name+"/flags"] = &fstest.MapFile{Data: []byte(flags + "\n")}
		sys["class/net/"+name+"/type"] = &fstest.MapFile{Data: []byte(kind + "\n")}
		for _, m := range more {
			sys["class/net/"+name+"/"+m] = &fstest.MapFile{Data: []byte("DRIVER=e1000e\nX=y\n")}
		}
	}
	add("lo", "0x9", "772")
	add("veth0", "0x1003", "1")
	add("docker0", "0x1003", "1", "bridge/bridge_id")
	add("tap0", "0x1003", "1", "tun_flags")
	if got := strings.Join(ethernetInterfaces(sys), " "); got != "veth0" {
		t.Errorf("in a container: %q", got)
	}
	add("eth1", "0x1003", "1", "device/uevent")
	add("eth0", "0x1003", "1", "device/uevent")
	add("eth2", "0x1002", "1", "device/uevent") // down
	add("wlan0", "0x1003", "1", "device/uevent", "phy80211/name")
	add("mon0", "0x1003", "803", "device/uevent")
	if got := strings.Join(ethernetInterfaces(sys), " "); got != "eth0 eth1" {
		t.Errorf("on a machine: %q", got)
	}
	if interfaceKind(sys, "mon0") != wirepb.Capture_KIND_RADIO || interfaceKind(sys, "eth0") != wirepb.Capture_KIND_ETHERNET || interfaceKind(sys, "wlx1mon") != wirepb.Capture_KIND_RADIO {
		t.Error("kinds of interfaces are wrong")
	}
	if got := driver(sys, "eth0"); got != "e1000e" || driver(sys, "lo") != "" {
		t.Errorf("driver %q", got)
	}
}

func TestInputs(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	own := &ownTraffic{log: log}
	file := recording(t)
	all, isRecording, err := inputs(config.Config{Captures: []string{file}}, fstest.MapFS{}, own, 0, log)
	if err != nil || !isRecording || len(all) != 1 || all[0].Kind != wirepb.Capture_KIND_FILE {
		t.Fatalf("%+v, %v, %v", all, isRecording, err)
	}
	source, err := all[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	source.Close()
	if _, err := all[0].Open(); err == nil || !strings.Contains(err.Error(), "ended") {
		t.Errorf("opened twice: %v", err)
	}
	if all, isRecording, err = inputs(config.Config{Captures: []string{"-"}}, fstest.MapFS{}, own, 0, log); err != nil || isRecording || len(all) != 1 {
		t.Errorf("%+v, %v, %v", all, isRecording, err)
	}
	for name, captures := range map[string][]string{"mixture": {"eth0", file}, "missing file": {"./none.pcap"}, "nothing up": nil} {
		if _, _, err := inputs(config.Config{Captures: captures}, fstest.MapFS{}, own, 0, log); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestOwnTraffic(t *testing.T) {
	own := &ownTraffic{log: slog.New(slog.DiscardHandler), nodes: []string{"https://127.0.0.1:8443"}}
	if own.filter() != nil {
		t.Error("a node on this machine is left out")
	}
	own.nodes = append(own.nodes, "https://192.0.2.1", "https://[2001:db8::1]:8443")
	if len(own.filter()) == 0 {
		t.Error("a node elsewhere is not left out")
	}
}

func TestRunRefuses(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	for name, args := range map[string][]string{
		"not enrolled":    {"-demo", recording(t), "-state", t.TempDir()},
		"bad flag":        {"-nosuch"},
		"token, no node":  {"-demo", recording(t), "-state", t.TempDir(), "-token", newTestNode(t).token.Text()},
		"missing capture": {"-capture", "/nonexistent/a.pcap"},
	} {
		if err := run(context.Background(), args, log); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
