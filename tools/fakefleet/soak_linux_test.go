package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"picket/server/embedded"
	"picket/shared/build/realpart"
)

// soakRun says how large a run is.
type soakRun struct {
	taps    int
	length  time.Duration
	learn   time.Duration // in which every tap reports once, before anything is measured
	warm    time.Duration // of the beginning, not in latencies
	fresh   int
	figures bool // judge processor time and memory as well
}

// What a node with its database must reach (docs/figures.md).
const (
	mostP99      = 500.0 // ms
	mostNode     = 400.0 // µs of processor time a report
	mostDatabase = 600.0
	mostGrowth   = 1.05 // of the node's memory after the second minute
)

// TestSoakIngest has a node, its private PostgreSQL with fsync and synchronous
// commits, and a fleet of taps on one machine: with PICKET_SOAK=full 10,000 taps
// that report every 10 s for 10 minutes, else a tenth of them for less than one.
// Every acknowledged report must be stored once, whatever else is measured.
func TestSoakIngest(t *testing.T) {
	run := soakRun{taps: 1000, learn: 10 * time.Second, length: 35 * time.Second, warm: 5 * time.Second, fresh: 2}
	if os.Getenv("PICKET_SOAK") == "full" {
		run = soakRun{taps: 10_000, learn: time.Minute, length: 10 * time.Minute, warm: 30 * time.Second, fresh: 6, figures: true}
	}
	if text := os.Getenv("PICKET_FLEET"); text != "" { // TAPS,DURATION: to look at a run of another size
		taps, length, _ := strings.Cut(text, ",")
		var err1, err2 error
		run.taps, err1 = strconv.Atoi(taps)
		run.length, err2 = time.ParseDuration(length)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
	}
	n := startNode(t)
	seed := strconv.Itoa(run.taps)
	base := []string{"-node", n.url, "-data", n.data, "-taps", strconv.Itoa(run.taps), "-seed", seed, "-fresh", strconv.Itoa(run.fresh), "-json"}

	m := new(meter)
	s := n.fleet(t, func() { m.begin(t, n) }, append(base, "-learn", run.learn.String(), "-for", run.length.String(), "-warm", run.warm.String(),
		"-lose", "500", "-drain", "5m", "-most-pause", "10s", "-verify")...)
	m.end(t, n)
	node, database := m.perReport(s.Scheduled)
	t.Logf("%+v", s)
	t.Logf("figure: %d taps, %.0f reports/s for %.0f s: p50 %.0f ms, p95 %.0f ms, p99 %.0f ms, longest %.0f ms; missing %d, doubled %d of %d; "+
		"node %.0f µs, PostgreSQL %.0f µs, fleet %.0f µs of processor time a report; node's memory %d MB, %+.1f %% after minute 2; load %s",
		s.Taps, s.PerSecond, s.Seconds, s.P50, s.P95, s.P99, s.Max, s.Verify.Missing, s.Verify.Doubled, s.Verify.Checked,
		node, database, s.CPUPerReport, m.lastMemory()>>20, 100*(m.growth()-1), load())
	if s.P99 > mostP99 {
		t.Errorf("p99 is %.0f ms, at most %.0f wanted", s.P99, mostP99)
	}
	if !run.figures {
		return
	}
	if node > mostNode || database > mostDatabase {
		t.Errorf("a report takes %.0f µs of the node and %.0f µs of PostgreSQL, at most %.0f and %.0f wanted", node, database, mostNode, mostDatabase)
	}
	if g := m.growth(); g > mostGrowth {
		t.Errorf("the node's memory grew to %.3f of what it was after two minutes", g)
	}
}

// A meter reads what node and database use while a fleet runs.
type meter struct {
	node, database time.Duration
	stop           chan struct{}
	ended          sync.WaitGroup

	mu     sync.Mutex
	memory []int64 // each second
}

func (m *meter) begin(t *testing.T, n *nodeProcess) {
	t.Helper()
	m.node, m.database = cpuOf(t, n.pid()), cpuOfServer(t, n.postmaster(t))
	m.stop = make(chan struct{})
	m.ended.Go(func() {
		each := time.NewTicker(time.Second)
		defer each.Stop()
		for {
			select {
			case <-m.stop:
				return
			case <-each.C:
				m.mu.Lock()
				m.memory = append(m.memory, memoryOf(n.pid()))
				m.mu.Unlock()
			}
		}
	})
}

func (m *meter) end(t *testing.T, n *nodeProcess) {
	t.Helper()
	close(m.stop)
	m.ended.Wait()
	m.node, m.database = cpuOf(t, n.pid())-m.node, cpuOfServer(t, n.postmaster(t))-m.database
}

func (m *meter) perReport(reports uint64) (node, database float64) {
	return float64(m.node.Microseconds()) / float64(max(reports, 1)), float64(m.database.Microseconds()) / float64(max(reports, 1))
}

// mean of the memory from second a to b: a collector's saw teeth are no growth.
func (m *meter) mean(a, b int) float64 {
	sum := 0.0
	for _, v := range m.memory[a:b] {
		sum += float64(v)
	}
	return sum / float64(b-a)
}

// growth is the last minute's memory over that of the third minute; 1 for runs
// shorter than five.
func (m *meter) growth() float64 {
	n := len(m.memory)
	if n < 300 {
		return 1
	}
	return m.mean(n-60, n) / m.mean(120, 180)
}

func (m *meter) lastMemory() int64 {
	if len(m.memory) == 0 {
		return 0
	}
	return m.memory[len(m.memory)-1]
}

// A nodeProcess is a noded that runs.
type nodeProcess struct {
	bin, data, url string
	cmd            *exec.Cmd
}

func (n *nodeProcess) pid() int { return n.cmd.Process.Pid }

// postmaster is the first process of the node's PostgreSQL.
func (n *nodeProcess) postmaster(t *testing.T) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(n.data, "postgres", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := bytes.Cut(b, []byte("\n"))
	pid, err := strconv.Atoi(string(first))
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

// startNode builds noded and fakefleet and starts a node with a database of its own.
func startNode(t *testing.T) *nodeProcess {
	t.Helper()
	if _, err := embedded.FindBinaries(t.Context()); errors.Is(err, embedded.ErrNoBinaries) {
		realpart.Skip(t, err.Error())
	}
	dir, err := os.MkdirTemp("", "picket-fleet-") // which the database's user can reach too
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	n := &nodeProcess{bin: filepath.Join(dir, "bin"), data: filepath.Join(dir, "data")}
	build := exec.Command("go", "build", "-o", n.bin+"/", ".", "../../server/cmd/noded")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	n.cmd = exec.Command(filepath.Join(n.bin, "noded"), "serve", "-data", n.data, "-listen", "127.0.0.1:0", "-dev")
	log, err := os.Create(filepath.Join(dir, "node.log"))
	if err != nil {
		t.Fatal(err)
	}
	n.cmd.Stderr = log
	out, err := n.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := n.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.end(t, log.Name()) })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	var ready struct{ URL string }
	if err := errors.Join(err, json.Unmarshal(line, &ready)); err != nil {
		t.Fatalf("ready line %q: %v", line, err)
	}
	n.url = ready.URL
	return n
}

// end stops the node in good order; a test that failed shows the end of its log.
func (n *nodeProcess) end(t *testing.T, log string) {
	_ = n.cmd.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(time.Minute, func() { _ = n.cmd.Process.Kill() })
	defer kill.Stop()
	if err := n.cmd.Wait(); err != nil {
		t.Errorf("node ended with %v", err)
	}
	if b, err := os.ReadFile(log); err == nil && t.Failed() {
		t.Logf("end of the node's log:\n%s", b[max(0, len(b)-4000):])
	}
}

// fleet runs fakefleet to its end and returns its summary. begun is called when its
// schedule begins.
func (n *nodeProcess) fleet(t *testing.T, begun func(), args ...string) summary {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), filepath.Join(n.bin, "fakefleet"), args...)
	var out bytes.Buffer
	cmd.Stdout = &out
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var tail []string
	for lines := bufio.NewScanner(said); lines.Scan(); {
		if strings.Contains(lines.Text(), scheduleBegins) && begun != nil {
			begun()
		}
		tail = append(tail, lines.Text())
	}
	err = cmd.Wait()
	var s summary
	if jsonErr := json.Unmarshal(out.Bytes(), &s); err != nil || jsonErr != nil {
		t.Fatalf("fakefleet %s: %v, %v\n%s\n%s", strings.Join(args, " "), err, jsonErr, strings.Join(tail, "\n"), out.String())
	}
	if s.Verify == nil || s.Verify.Checked != s.Acknowledged {
		t.Fatalf("not all of %d acknowledged reports were read back: %+v", s.Acknowledged, s.Verify)
	}
	if testing.Verbose() {
		fmt.Println(strings.Join(tail, "\n"))
	}
	return s
}
