package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/server/embedded"
	"picket/server/store"
	"picket/server/testdb"
	"picket/shared/delivery"
	"picket/shared/enrol"
	"picket/shared/httpsig"
	"picket/shared/wire"
)

// stage is a database with an observer: a node whose interface is asked what is
// short at another node, which each scene starts and takes something from.
type stage struct {
	t        *testing.T
	bin      string
	db       *testdb.DB
	url      string
	observer *process
	people   *http.Client
	roots    *x509.CertPool
	cluster  string
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, bin: programs(t), db: testdb.New(t)}
	s.url = s.db.URL(embedded.Superuser)
	s.observer = startNode(t, s.bin, dataDir(t), "-database", s.url, "-name", "observer")
	out, err := exec.CommandContext(t.Context(), filepath.Join(s.bin, "nodectl"), "-database", s.url, "token").Output()
	if err != nil {
		t.Fatal(err)
	}
	token, err := enrol.ParseToken(string(out))
	if err != nil {
		t.Fatal(err)
	}
	s.cluster = token.Cluster()
	s.people = pinned(t, token, s.observer.ready.URL)
	_, secret, _ := strings.Cut(*s.observer.ready.FirstLogin, "#token=")
	login := fmt.Sprintf(`{"token":%q,"name":"operator","password":"correct horse battery"}`, secret)
	if got, text := call(t, s.people, "POST", s.observer.ready.URL+"/api/v1/session/first-login", login); got != 204 {
		t.Fatalf("first login: %d %s", got, text)
	}
	var der []byte
	if err := s.db.Conn(t, store.RoleOwner).QueryRow(t.Context(), "SELECT ca_certificate FROM cluster").Scan(&der); err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(cert)
	return s
}

// short starts the node that will lack something; shell is put before its program.
func (s *stage) short(t *testing.T, shell string) *process {
	t.Helper()
	dir := t.TempDir()
	script := "#!/bin/sh\n" + shell + " " + filepath.Join(s.bin, "noded") + ` "$@"` + "\n"
	if err := os.WriteFile(filepath.Join(dir, "noded"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	p := startNode(t, dir, dataDir(t), "-database", s.url, "-name", "short")
	conn := s.db.Conn(s.t, store.RoleOwner) // the stage's, which lasts
	t.Cleanup(func() {
		p.stop()
		if _, err := conn.Exec(context.Background(), "DELETE FROM node_health WHERE name = 'short'"); err != nil {
			t.Error(err)
		}
	})
	return p
}

// taps report to url, each again when it was answered and a moment passed, until
// the scene ends.
func (s *stage) taps(t *testing.T, url string, n int, timeout time.Duration) {
	t.Helper()
	conn := s.db.Conn(t, store.RoleOwner)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	t.Cleanup(func() { cancel(); wg.Wait() })
	for i := range n {
		public, private, err := ed25519.GenerateKey(nil)
		if err != nil {
			t.Fatal(err)
		}
		id := uuid.Must(uuid.NewV7())
		const tapSQL = `INSERT INTO tap (tenant_id, id, site_id, name) SELECT tenant_id, $1, id, $2 FROM site RETURNING tenant_id`
		var tenant uuid.UUID
		if err := conn.QueryRow(t.Context(), tapSQL, id, fmt.Sprint("tap ", i)).Scan(&tenant); err != nil {
			t.Fatal(err)
		}
		const keySQL = `INSERT INTO tap_key (key_id, tenant_id, tap_id, public_key) VALUES ($1, $2, $3, $4)`
		if _, err := conn.Exec(t.Context(), keySQL, httpsig.KeyID(public), tenant, id, []byte(public)); err != nil {
			t.Fatal(err)
		}
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.roots, ServerName: "127.0.0.1"}}
		client := &http.Client{Timeout: timeout, Transport: transport}
		wg.Go(func() {
			defer transport.CloseIdleConnections()
			s.report(ctx, client, url, httpsig.Signer{Key: private, Cluster: s.cluster}, byte(i))
		})
	}
}

func (s *stage) report(ctx context.Context, client *http.Client, url string, signer httpsig.Signer, boot byte) {
	var told delivery.Recorder
	for sequence := uint64(1); ctx.Err() == nil; sequence++ {
		r := testdb.Report(testdb.ReportSpec{
			Boot: [16]byte{boot, 1}, Sequence: sequence, Start: time.Now().Add(-time.Minute).Truncate(time.Second), BSSs: 10, Definitions: sequence == 1,
		})
		body, err := wire.Encode(r)
		if err != nil {
			s.t.Error(err)
			return
		}
		header, err := signer.Sign("POST", "/v1/reports", "", body, time.Now())
		if err != nil {
			s.t.Error(err)
			return
		}
		request, err := http.NewRequestWithContext(ctx, "POST", url+"/v1/reports", bytes.NewReader(body))
		if err != nil {
			s.t.Error(err)
			return
		}
		request.Header = header
		request.Header.Set("Content-Type", "application/vnd.picket.report")
		told.Say(request.Header)
		start := time.Now()
		answer, err := client.Do(request)
		told.Seen(time.Since(start), answer, err)
		if err == nil {
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// people ask the node url for path, n at a time, until the scene ends.
func (s *stage) ask(t *testing.T, url, path string, n int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.roots}, MaxIdleConnsPerHost: n}
	t.Cleanup(func() { cancel(); wg.Wait(); transport.CloseIdleConnections() })
	client := &http.Client{Transport: transport, Jar: s.people.Jar, Timeout: 30 * time.Second}
	for range n {
		wg.Go(func() {
			for ctx.Err() == nil {
				request, err := http.NewRequestWithContext(ctx, "GET", url+path, nil)
				if err != nil {
					s.t.Error(err)
					return
				}
				if answer, err := client.Do(request); err == nil {
					_, _ = io.Copy(io.Discard, answer.Body)
					_ = answer.Body.Close()
				}
			}
		})
	}
}

type told struct{ Node, Symptom, Resource, Evidence, Reason, Cure string }

// expect waits until the observer's interface names resource first for the symptom.
func (s *stage) expect(t *testing.T, symptom, resource string) told {
	t.Helper()
	var last []told
	deadline := time.Now().Add(100 * time.Second)
	for tick := time.NewTicker(time.Second); time.Now().Before(deadline); <-tick.C {
		got, text := call(t, s.people, "GET", s.observer.ready.URL+"/api/v1/tenants/default/health", "")
		var h struct{ Diagnoses []told }
		if got != 200 || json.Unmarshal([]byte(text), &h) != nil {
			continue
		}
		last = h.Diagnoses
		for _, d := range last {
			if d.Node == "short" && d.Symptom == symptom {
				if d.Resource == resource {
					t.Logf("%s: %s: %s %s → %s", symptom, resource, d.Evidence, d.Reason, d.Cure)
					return d
				}
				break // the first is what an operator reads first
			}
		}
	}
	var facts string
	_ = s.db.Conn(t, store.RoleOwner).QueryRow(t.Context(), "SELECT facts::text FROM node_health WHERE name = 'short'").Scan(&facts)
	t.Fatalf("%s is not said to come from %s first; said was\n%+v\nmeasured was\n%s", symptom, resource, last, facts)
	return told{}
}

// TestConsoleNamesWhatIsShort takes each resource from a node in turn, until its
// operator would notice, and reads the interface of another node.
func TestConsoleNamesWhatIsShort(t *testing.T) {
	s := newStage(t)
	defer s.observer.stop()
	const home = "/api/v1/tenants/default/home"

	t.Run("processor", func(t *testing.T) {
		p := s.short(t, "exec nice -n 19")
		s.taps(t, p.ready.URL, 4, 20*time.Second)
		s.ask(t, p.ready.URL, home, 8)
		for range 6 {
			burner := exec.Command("sh", "-c", "while :; do :; done")
			if err := burner.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = burner.Process.Kill(); _ = burner.Wait() })
		}
		if d := s.expect(t, "slow_interface", "node_cpu"); !strings.Contains(d.Cure, "processors") {
			t.Errorf("the cure is %q", d.Cure)
		}
	})
	t.Run("memory", func(t *testing.T) {
		p := s.short(t, "GOMEMLIMIT=14MiB exec")
		s.taps(t, p.ready.URL, 4, 20*time.Second)
		s.ask(t, p.ready.URL, home, 160) // so many that each waits longer than people like
		if d := s.expect(t, "slow_interface", "node_memory"); !strings.Contains(d.Cure, "GOMEMLIMIT") {
			t.Errorf("the cure is %q", d.Cure)
		}
	})
	t.Run("database write", func(t *testing.T) {
		p := s.short(t, "exec")
		s.hold(t, "LOCK TABLE report IN EXCLUSIVE MODE")
		s.taps(t, p.ready.URL, 4, 8*time.Second)
		if d := s.expect(t, "tap_timeouts", "database_write"); !strings.Contains(d.Cure, "forgotten") || !strings.Contains(d.Reason, "lock on report") {
			t.Errorf("the reason is %q, the cure %q", d.Reason, d.Cure)
		}
		s.expect(t, "failed_answers", "database_write")
	})
	t.Run("database read", func(t *testing.T) {
		p := s.short(t, "exec")
		s.taps(t, p.ready.URL, 2, 20*time.Second)
		s.hold(t, "LOCK TABLE enrolment_token IN ACCESS EXCLUSIVE MODE")
		s.ask(t, p.ready.URL, "/api/v1/tenants/default/enrolment-tokens", 2)
		if d := s.expect(t, "slow_interface", "database_read"); !strings.Contains(d.Reason, "forgotten") {
			t.Errorf("who holds the lock is not named: %q", d.Reason)
		}
	})
	t.Run("network", func(t *testing.T) {
		p := s.short(t, "exec")
		s.taps(t, slowLine(t, p.ready.URL, 3*time.Second), 4, 50*time.Second)
		if d := s.expect(t, "tap_timeouts", "network"); !strings.Contains(d.Cure, "uplinks") {
			t.Errorf("the cure is %q", d.Cure)
		}
	})
}

// hold is a transaction that somebody forgot, until the scene ends.
func (s *stage) hold(t *testing.T, lock string) {
	t.Helper()
	conf, err := pgx.ParseConfig(s.url)
	if err != nil {
		t.Fatal(err)
	}
	conf.RuntimeParams["search_path"], conf.RuntimeParams["application_name"] = "picket", "forgotten psql"
	conn, err := pgx.ConnectConfig(t.Context(), conf)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) }) // which rolls back
	if _, err := conn.Exec(t.Context(), "BEGIN"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), lock); err != nil {
		t.Fatal(err)
	}
}

// slowLine is a line to url that delays what passes, each way.
func slowLine(t *testing.T, url string, delay time.Duration) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() { cancel(); _ = listener.Close(); wg.Wait() })
	pass := func(to, from net.Conn) {
		type piece struct {
			due  time.Time
			data []byte
		}
		pieces := make(chan piece, 1024)
		wg.Go(func() {
			defer close(pieces)
			for {
				b := make([]byte, 32<<10)
				n, err := from.Read(b)
				if err != nil {
					return
				}
				pieces <- piece{time.Now().Add(delay), b[:n]}
			}
		})
		wg.Go(func() {
			for p := range pieces {
				select {
				case <-ctx.Done():
				case <-time.After(time.Until(p.due)):
				}
				if _, err := to.Write(p.data); err != nil {
					break
				}
			}
			_ = to.Close()
			for range pieces { //nolint:revive // until the reader ends
			}
		})
	}
	wg.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			node, err := net.Dial("tcp", strings.TrimPrefix(url, "https://"))
			if err != nil {
				_ = client.Close()
				continue
			}
			stop := context.AfterFunc(ctx, func() { _ = client.Close(); _ = node.Close() })
			t.Cleanup(func() { stop() })
			pass(node, client)
			pass(client, node)
		}
	})
	return "https://" + listener.Addr().String()
}
