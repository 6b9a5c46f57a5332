package main

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/shared/build/realpart"
)

func buildTap(t *testing.T, bin string) {
	t.Helper()
	build := exec.Command("go", "build", "-o", bin+"/", "../../../appliance/cmd/tapd")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
}

// startHAProxy runs an example of server/deploy with one node, after changes; each must
// be of something that stands there.
func startHAProxy(t *testing.T, example, front, node string, changes map[string]string) {
	t.Helper()
	program := realpart.Program(t, "haproxy", "/usr/sbin/haproxy")
	b, err := os.ReadFile(filepath.Join("..", "..", "deploy", example))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	changes["maxconn 20000"] = "maxconn 200" // the machine may not allow the files
	for from, to := range changes {
		if strings.Count(text, from) != 1 {
			t.Fatalf("%s does not have %q once", example, from)
		}
		text = strings.Replace(text, from, to, 1)
	}
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "  server node") {
			kept = append(kept, line)
		}
	}
	file := filepath.Join(t.TempDir(), example)
	if err := os.WriteFile(file, []byte(strings.Join(kept, "")+"  server node1 "+node+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "-c", "-f", file).CombinedOutput(); err != nil || strings.Contains(string(out), "WARNING") {
		t.Fatalf("haproxy -c: %v\n%s", err, out)
	}
	cmd := exec.Command(program, "-db", "-f", file)
	var log lockedBuffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // says that it was killed
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // has not ended where all went well
		<-ended
		if t.Failed() {
			log.mu.Lock()
			defer log.mu.Unlock()
			t.Logf("haproxy: %s", log.b.String())
		}
	})
	c := clientFrom("127.0.0.1")
	await(t, "node behind "+example, func() bool {
		select {
		case <-ended:
			t.Fatal("haproxy has ended")
		default:
		}
		answer, err := c.Get("https://" + front + "/readyz")
		if err != nil {
			return false
		}
		answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
}

// writePublicCertificate makes a certificate for loopback, of an authority that is not
// the cluster's: picket.pem, with its key, in dir. It returns the file of the authority.
func writePublicCertificate(t *testing.T, dir string) string {
	t.Helper()
	issue := func(template, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		if parent == nil {
			parent, parentKey = template, key
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return cert, key
	}
	authority, authorityKey := issue(&x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a public authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, nil)
	leaf, key := issue(&x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "balancer"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, authority, authorityKey)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	block := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	roots := filepath.Join(dir, "roots.pem")
	for name, text := range map[string]string{
		roots:                            block("CERTIFICATE", authority.Raw),
		filepath.Join(dir, "picket.pem"): block("CERTIFICATE", leaf.Raw) + block("PRIVATE KEY", secret),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return roots
}

// clientFrom returns a client that connects from an address of loopback. Who answers is
// looked at by the taps.
func clientFrom(address string) *http.Client {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		DialContext: dialer.DialContext, DisableKeepAlives: true, ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // see above
	}}
}

// box is a tapd before a way.
type box struct {
	t     *testing.T
	bin   string
	roots string
	state string
	args  []string
	cmd   *exec.Cmd
	log   lockedBuffer
}

func (b *balanced) newBox(t *testing.T, w way, name string, args ...string) *box {
	x := &box{t: t, bin: b.bin, roots: b.roots, state: t.TempDir()}
	x.args = append([]string{"-node", w.url, "-state", x.state, "-name", name, "-window", "1s", "-demo", demoFile("office-wire.pcap.gz")}, args...)
	return x
}

func (b *box) run(args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(b.bin, "tapd"), args...)
	cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+b.roots)
	return cmd
}

func (b *box) start() {
	b.t.Helper()
	b.cmd = b.run(b.args...)
	b.cmd.Stderr = &b.log
	if err := b.cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	cmd := b.cmd
	b.t.Cleanup(func() {
		_ = cmd.Process.Kill() // has ended already where all went well
		if b.t.Failed() {
			b.log.mu.Lock()
			defer b.log.mu.Unlock()
			b.t.Log(b.log.b.String())
		}
	})
}

func (b *box) stop() {
	b.t.Helper()
	if err := b.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		b.t.Fatal(err)
	}
	if err := b.cmd.Wait(); err != nil {
		b.t.Errorf("tapd ended with %v", err)
	}
}

// showCode is what tapd -show-code says.
func (b *box) showCode() (string, error) {
	out, err := b.run("-show-code", "-state", b.state).Output()
	return strings.TrimSpace(string(out)), err
}

// key reads the box's key, as nobody else may.
func (b *box) key() ed25519.PrivateKey {
	b.t.Helper()
	text, err := os.ReadFile(filepath.Join(b.state, "tap.key"))
	if err != nil {
		b.t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		b.t.Fatalf("tap.key is no PEM: %q", text)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		b.t.Fatal(err)
	}
	return key.(ed25519.PrivateKey)
}

func countRows(t *testing.T, conn *pgx.Conn, sql string, args ...any) (n int) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
