package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const killWindow = time.Second

// TestSoakKill kills tap, node and database at random moments, while a tap reports,
// and then counts: every report that a tap appended is stored once, in unbroken
// sequences; a killed tap has lost no more than its open window; and the console
// shows the gaps.
func TestSoakKill(t *testing.T) {
	rounds, seed := 6, uint64(1)
	if os.Getenv("PICKET_SOAK") == "full" {
		rounds, seed = 100, uint64(time.Now().UnixNano())
	}
	random := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d, %d kills", seed, rounds)

	bin, data := programs(t), dataDir(t)
	build := exec.Command("go", "build", "-o", bin+"/", "../../../appliance/cmd/tapd")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	listen := freeAddress(t)
	node := startNode(t, bin, data, "-listen", listen)
	tap := &killedTap{t: t, bin: bin, args: []string{
		"-node", node.ready.URL, "-token", nodectl(t, bin, data, "token", "-site", "main", "-uses", "1", "-expires", "24h"),
		"-state", t.TempDir(), "-window", killWindow.String(), "-name", "victim",
		"-demo", demoFile("office-wire.pcap.gz"), "-demo", demoFile("office-radio-2g.pcap.gz"),
	}}
	tap.start()
	db := openDatabase(t, data)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("database: %v; node: %s", db.last, node.log.String())
		}
	})
	await(t, "first report", func() bool { return db.count("SELECT count(*) FROM report") > 0 })

	kills := map[string]int{}
	for range rounds {
		pause(random, 3*time.Second)
		victim := []string{"tap", "node", "database"}[random.IntN(3)]
		kills[victim]++
		switch victim {
		case "tap":
			tap.kill()
			pause(random, 2*time.Second)
			tap.start()
		case "node":
			_ = node.cmd.Process.Kill() // SIGKILL
			_ = node.cmd.Wait()         // says that it was killed
			pause(random, 2*time.Second)
			node = startNode(t, bin, data, "-listen", listen)
		case "database":
			killDatabaseIfUp(data)
		}
	}
	await(t, "delivery of all reports", func() bool {
		return db.count("SELECT count(*) FROM report WHERE spool_reports = 0 AND window_start > now() - interval '4 s'") > 0
	})
	tap.stop()
	db.check(tap)
	if kills["tap"] > 0 && db.count("SELECT count(*) FROM tap_gap") == 0 {
		t.Error("a tap was killed, and the console shows no gap")
	}
	t.Logf("figure: kills %v; %d reports of %d boots stored once, none missing; worst loss of a killed tap %v of a %v window",
		kills, db.count("SELECT count(*) FROM report"), db.count("SELECT count(DISTINCT boot_id) FROM report"), tap.worst.Round(10*time.Millisecond), killWindow)
	node.stop()
}

// pause waits for a random time: the moment of a kill is what the test is about.
func pause(random *rand.Rand, most time.Duration) {
	time.Sleep(time.Duration(random.Int64N(int64(most))))
}

func demoFile(name string) string { return filepath.Join("..", "..", "..", "appliance", "demo", name) }

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// killedTap is a tapd that dies and comes again.
type killedTap struct {
	t    *testing.T
	bin  string
	args []string
	cmd  *exec.Cmd
	log  lockedBuffer

	deaths []death
	worst  time.Duration // between the end of the last stored window and a death
}

// death is when a tap that had run for a while was killed.
type death struct{ started, at time.Time }

type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (k *killedTap) start() {
	k.t.Helper()
	k.cmd = exec.Command(filepath.Join(k.bin, "tapd"), k.args...)
	k.cmd.Stderr = &k.log
	if err := k.cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	cmd := k.cmd
	k.t.Cleanup(func() {
		_ = cmd.Process.Kill() // has ended already where all went well
		if k.t.Failed() {
			k.log.mu.Lock()
			defer k.log.mu.Unlock()
			k.t.Log(k.log.b.String())
		}
	})
	k.deaths = append(k.deaths, death{started: time.Now()})
}

func (k *killedTap) kill() {
	_ = k.cmd.Process.Kill() // SIGKILL
	_ = k.cmd.Wait()         // says that it was killed
	k.deaths[len(k.deaths)-1].at = time.Now()
}

func (k *killedTap) stop() {
	k.t.Helper()
	if err := k.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		k.t.Fatal(err)
	}
	if err := k.cmd.Wait(); err != nil {
		k.t.Errorf("tapd ended with %v", err)
	}
	k.deaths[len(k.deaths)-1].at = time.Now()
}

func killDatabaseIfUp(data string) {
	b, err := os.ReadFile(filepath.Join(data, "postgres", "postmaster.pid"))
	if err != nil {
		return // it is just starting again
	}
	var pid int
	if _, err := fmt.Sscan(string(b), &pid); err == nil && pid > 1 {
		_ = syscall.Kill(pid, syscall.SIGKILL) // may have died by itself
	}
}

// storedReports asks the node's private database, which comes and goes.
type storedReports struct {
	t    *testing.T
	url  string
	last error // of count, for whoever waits in vain
}

func openDatabase(t *testing.T, data string) *storedReports {
	t.Helper()
	for _, dir := range []string{filepath.Join(data, "postgres.run")} {
		if _, err := os.Stat(dir); err == nil {
			return &storedReports{t: t, url: "host=" + dir + " dbname=picket user=picket_owner search_path=picket"}
		}
	}
	t.Fatal("the database's socket is not where it should be")
	return nil
}

func (d *storedReports) count(sql string) int {
	ctx, cancel := context.WithTimeout(d.t.Context(), 10*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, d.url)
	if err != nil {
		d.last = err
		return 0 // killed a moment ago
	}
	defer conn.Close(ctx)
	n := 0
	d.last = conn.QueryRow(ctx, sql).Scan(&n) // 0 when it was killed meanwhile
	return n
}

// check counts what was stored, boot by boot.
func (d *storedReports) check(tap *killedTap) {
	t := d.t
	t.Helper()
	conn, err := pgx.Connect(t.Context(), d.url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), `
SELECT boot_id::text, count(*), count(DISTINCT sequence), min(sequence), max(sequence), min(window_start),
  max(window_start + length_ms * interval '1 ms')
FROM report
GROUP BY boot_id
ORDER BY min(window_start)`)
	if err != nil {
		t.Fatal(err)
	}
	type boot struct {
		id                     string
		n, distinct, low, high int
		first, end             time.Time
	}
	var boots []boot
	for rows.Next() {
		var b boot
		if err := rows.Scan(&b.id, &b.n, &b.distinct, &b.low, &b.high, &b.first, &b.end); err != nil {
			t.Fatal(err)
		}
		boots = append(boots, b)
		if b.low != 1 || b.n != b.distinct || b.n != b.high {
			t.Errorf("boot %s: %d reports, %d of them different, from %d to %d: missing or stored twice", b.id, b.n, b.distinct, b.low, b.high)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, death := range tap.deaths {
		if death.at.Sub(death.started) < 3*killWindow {
			continue // had hardly begun
		}
		var end time.Time
		for _, b := range boots {
			if b.first.After(death.started.Add(-killWindow)) && b.first.Before(death.at) {
				end = b.end
			}
		}
		loss := death.at.Sub(end)
		tap.worst = max(tap.worst, loss)
		// The open window, and the time that its processing takes on a busy machine.
		if loss > killWindow+2*time.Second {
			t.Errorf("a tap that died at %s lost %v, more than its open window of %v", death.at.Format(time.TimeOnly), loss, killWindow)
		}
	}
	for _, family := range []string{"bss", "channel", "host", "flow"} {
		if n := d.count(fmt.Sprintf(`SELECT count(*) - count(DISTINCT (tap_id, boot_id, sequence)) FROM %s_window`, family)); n != 0 {
			t.Errorf("%d rows of %s are there twice", n, family)
		}
	}
}
