package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/embedded"
	"picket/server/store"
	"picket/server/testdb"
	"picket/shared/enrol"
)

// The history with which the release before is filled.
const (
	historyHours = 6
	historyStep  = time.Minute
	liveHours    = 3 // before now: where the reports of the upgrade begin, late ones in closed buckets
)

// TestUpgradeWhileThePreviousReleaseServes fills a database by the release before,
// migrates it under that release's reports and reads, runs both releases' nodes on it
// with taps of both, and goes on with this one's alone. What each node acknowledged is
// there once, the rollups are right, and both consoles show what was there before.
func TestUpgradeWhileThePreviousReleaseServes(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes minutes: not in the fast part")
	}
	u := newUpgrade(t)
	u.fill()
	u.wantHistory(u.before)

	// The migration, under reports, reads and a backup's lock.
	live := u.report(u.old, "live", u.tokens(u.old, 4), u.before)
	u.afterListen = freeAddress(t)
	oldTap := u.tap(u.old, "old-at-old", u.before)
	live.await(20)
	u.migrate()
	live.await(20)
	u.wantHistory(u.before)
	live.end()

	// Both releases.
	after := startNode(t, u.new, dataDir(t), "-database", u.url, "-name", "new", "-drain", "0s", "-listen", u.afterListen)
	mixedOld := u.report(u.old, "mixed", u.tokens(u.new, 4), u.before, after)
	mixedNew := u.report(u.new, "mixed-new", u.tokens(u.new, 4), u.before, after)
	taps := []*killedTap{oldTap, u.tap(u.old, "old-at-new", after), u.tap(u.new, "new-at-old", u.before), u.tap(u.new, "new-at-new", after)}
	mixedOld.await(100)
	mixedNew.await(100)
	u.wantHistory(u.before)
	u.wantHistory(after)

	// A node of the release before that dies comes again on the newer schema.
	u.kill(u.before)
	mixedOld.await(20)
	u.before = startNode(t, u.old, u.beforeData, "-database", u.url, "-listen", u.beforeListen)
	u.awaitRollUps(mixedOld, mixedNew)
	u.wantHistory(u.before)
	u.wantHistory(after)

	// The release before ends; its taps go on.
	u.before.stop()
	mixedOld.await(50)
	mixedNew.await(50)
	mixedOld.end()
	mixedNew.end()
	for _, tap := range taps {
		u.awaitNewest(tap)
		tap.stop()
	}
	u.checkAcknowledged()
	u.checkRollUps()
	u.wantOldHistory(after)
	u.wantHistory(after)
	after.stop()
}

// upgrade is a database and the programs of two releases.
type upgrade struct {
	t             *testing.T
	old, new, url string // directories of programs; the database
	conn          *pgx.Conn
	pool          sync.Mutex // of conn

	before       *process // a node of the release before
	beforeData   string
	beforeListen string
	afterListen  string // of this release's node
	client       *http.Client
	state        string // of reporters
	base         time.Time
	slow         time.Duration // the longest wait for an acknowledgement while the schema changed

	mu    sync.Mutex
	acks  []acknowledged
	heard map[string]counted // by tap
}

type acknowledged struct {
	Tap, Boot, Node string
	Sequence        int64
	MS              int64
}

// counted is what each report of a tap counts; see testdata/reporter.
type counted struct {
	Name, BSSID                        string
	First, BSS, Station, Channel, Host int64
}

func newUpgrade(t *testing.T) *upgrade {
	u := &upgrade{t: t, new: programs(t), old: previousPrograms(t), state: t.TempDir(), heard: map[string]counted{}}
	build := exec.Command("go", "build", "-o", u.new+"/", "../../../appliance/cmd/tapd", "./testdata/reporter")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	db := testdb.New(t)
	admin := db.Conn(t, embedded.Superuser)
	for _, sql := range []string{
		"CREATE ROLE upgraded LOGIN", "CREATE DATABASE upgraded OWNER upgraded", "GRANT picket_owner, picket_ingest, picket_api TO upgraded",
		"GRANT CREATE, TEMPORARY ON DATABASE upgraded TO picket_owner", "GRANT TEMPORARY ON DATABASE upgraded TO picket_ingest",
	} {
		if _, err := admin.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	t.Cleanup(func() {
		for _, sql := range []string{"DROP DATABASE upgraded WITH (FORCE)", "DROP ROLE upgraded"} {
			if _, err := admin.Exec(context.Background(), sql); err != nil { // t.Context is done
				t.Errorf("%s: %v", sql, err)
			}
		}
	})
	u.url = strings.Replace(db.URL("upgraded"), "dbname="+db.Name, "dbname=upgraded", 1)
	return u
}

// fill starts the release before and has it store some hours of several taps.
func (u *upgrade) fill() {
	t := u.t
	u.beforeData, u.beforeListen = dataDir(t), freeAddress(t)
	u.before = startNode(t, u.old, u.beforeData, "-database", u.url, "-listen", u.beforeListen)
	u.conn = u.connect()
	token, err := enrol.ParseToken(u.tokens(u.old, 1)[0])
	if err != nil {
		t.Fatal(err)
	}
	u.client = pinned(t, token, u.before.ready.URL)
	_, secret, _ := strings.Cut(*u.before.ready.FirstLogin, "#token=")
	login := fmt.Sprintf(`{"token":%q,"name":"operator","password":"correct horse battery"}`, secret)
	if got, text := call(t, u.client, "POST", u.before.ready.URL+"/api/v1/session/first-login", login); got != 204 {
		t.Fatalf("first login: %d %s", got, text)
	}
	u.base = time.Now().UTC().Truncate(time.Hour).Add(-historyHours * time.Hour)
	r := u.reporter(u.old, "history", u.tokens(u.old, 4), u.base, historyStep, historyHours*int(time.Hour/historyStep), 0, u.before)
	r.wait()
	await(t, "rollup by the release before", func() bool {
		return u.count(`SELECT count(*) FROM tap_10m WHERE dirty_since IS NOT NULL AND bucket <= now() - interval '11 minutes'`) == 0
	})
	u.age()
	if n := u.count(`SELECT count(*) FROM bss_window`); n != len(u.acks) || n == 0 {
		t.Fatalf("the release before stored %d windows of %d that it acknowledged", n, len(u.acks))
	}
}

// tokens are enrolment tokens for one tap each, made by bin's nodectl.
func (u *upgrade) tokens(bin string, n int) []string {
	u.t.Helper()
	var list []string
	for range n {
		out, err := exec.Command(filepath.Join(bin, "nodectl"), "-database", u.url, "token").CombinedOutput()
		if err != nil {
			u.t.Fatalf("token: %v: %s", err, out)
		}
		list = append(list, strings.TrimSpace(string(out)))
	}
	return list
}

// reporting is a reporter that runs.
type reporting struct {
	u     *upgrade
	cmd   *exec.Cmd
	stdin io.Closer
	out   io.Closer
	log   lockedBuffer
	read  sync.WaitGroup

	mu   sync.Mutex
	acks int
}

// report starts four taps of bin's release that report, late, until they are ended.
func (u *upgrade) report(bin, name string, tokens []string, nodes ...*process) *reporting {
	start := time.Now().UTC().Truncate(time.Minute).Add(-liveHours * time.Hour)
	return u.reporter(bin, name, tokens, start, 10*time.Second, 0, 100*time.Millisecond, nodes...)
}

func (u *upgrade) reporter(bin, name string, tokens []string, from time.Time, step time.Duration, windows int, pace time.Duration, nodes ...*process) *reporting {
	u.t.Helper()
	urls := make([]string, len(nodes))
	for i, n := range nodes {
		urls[i] = n.ready.URL
	}
	u.mu.Lock()
	seed := len(u.heard) + 1 // nobody hears what others do
	u.mu.Unlock()
	pipe, write := io.Pipe()
	r := &reporting{u: u, out: write}
	r.cmd = exec.Command(filepath.Join(bin, "reporter"), "-state", u.state, "-prefix", name, "-tokens", strings.Join(tokens, ","), "-nodes", strings.Join(urls, ","),
		"-seed", fmt.Sprint(seed), "-from", from.Format(time.RFC3339), "-step", step.String(), "-windows", fmt.Sprint(windows), "-pace", pace.String())
	r.cmd.Stderr = &r.log
	var err error
	if r.stdin, err = r.cmd.StdinPipe(); err != nil {
		u.t.Fatal(err)
	}
	r.cmd.Stdout = write
	if err := r.cmd.Start(); err != nil {
		u.t.Fatal(err)
	}
	r.read.Go(func() { r.follow(pipe) })
	u.t.Cleanup(func() {
		_ = r.cmd.Process.Kill() // has ended already where all went well
		_ = write.Close()
	})
	return r
}

// follow notes what the reporter prints.
func (r *reporting) follow(pipe io.Reader) {
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		var line struct {
			acknowledged
			counted
		}
		if json.Unmarshal(lines.Bytes(), &line) != nil || line.Tap == "" {
			continue
		}
		r.u.mu.Lock()
		if line.Name != "" {
			r.u.heard[line.Tap] = line.counted
		} else {
			r.u.acks = append(r.u.acks, line.acknowledged)
			r.u.slow = max(r.u.slow, time.Duration(line.MS)*time.Millisecond)
		}
		r.u.mu.Unlock()
		r.mu.Lock()
		if line.Name == "" {
			r.acks++
		}
		r.mu.Unlock()
	}
}

// await waits for n more acknowledgements.
func (r *reporting) await(n int) {
	r.u.t.Helper()
	count := func() int {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.acks
	}
	want := count() + n
	defer func() {
		if r.u.t.Failed() {
			r.u.t.Logf("reporter: %s", r.log.b.String())
		}
	}()
	await(r.u.t, fmt.Sprintf("%d reports that are acknowledged", n), func() bool { return count() >= want })
}

func (r *reporting) end() {
	r.u.t.Helper()
	_ = r.stdin.Close()
	r.wait()
}

// wait waits for the reporter's end and for all that it printed.
func (r *reporting) wait() {
	r.u.t.Helper()
	err := r.cmd.Wait()
	_ = r.out.Close()
	r.read.Wait()
	if err != nil {
		r.u.t.Fatalf("reporter: %v\n%s", err, r.log.b.String())
	}
}

// tap starts a real tap of bin's release that enrols at node and knows the others.
func (u *upgrade) tap(bin, name string, node *process) *killedTap {
	u.t.Helper()
	maker := u.new
	if node == u.before {
		maker = u.old
	}
	k := &killedTap{t: u.t, bin: bin, args: []string{
		"-node", node.ready.URL, "-node", "https://" + u.beforeListen, "-node", "https://" + u.afterListen, "-token", u.tokens(maker, 1)[0], "-state", u.t.TempDir(), "-window", "1s", "-name", name,
		"-demo", demoFile("office-wire.pcap.gz"), "-demo", demoFile("office-radio-2g.pcap.gz"),
	}}
	k.start()
	await(u.t, "first report of "+name, func() bool {
		return u.count(`SELECT count(*) FROM report AS r JOIN tap AS t ON t.id = r.tap_id WHERE t.name = $1`, name) > 0
	})
	return k
}

func (u *upgrade) kill(p *process) {
	u.t.Helper()
	_ = p.cmd.Process.Kill() // SIGKILL
	_ = p.cmd.Wait()         // says that it was killed
}

func (u *upgrade) connect() *pgx.Conn {
	u.t.Helper()
	conf, err := pgx.ParseConfig(u.url)
	if err != nil {
		u.t.Fatal(err)
	}
	conf.RuntimeParams["search_path"], conf.RuntimeParams["timezone"], conf.RuntimeParams["role"] = "picket", "UTC", store.RoleOwner
	conn, err := pgx.ConnectConfig(u.t.Context(), conf)
	if err != nil {
		u.t.Fatal(err)
	}
	u.t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func (u *upgrade) count(sql string, args ...any) (n int) {
	u.t.Helper()
	u.pool.Lock()
	defer u.pool.Unlock()
	if err := u.conn.QueryRow(u.t.Context(), sql, args...).Scan(&n); err != nil {
		u.t.Fatalf("%s: %v", sql, err)
	}
	return n
}
