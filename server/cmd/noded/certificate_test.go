package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"picket/server/embedded"
	"picket/server/store"
	"picket/server/testdb"
	"picket/shared/enrol"
)

// selfSigned is a certificate of no authority that the node or the test knows.
func selfSigned(t *testing.T, name string) (chain, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
}

// shown returns the certificate that a node shows to a client.
func shown(t *testing.T, url, name string, protocols ...string) []byte {
	t.Helper()
	conn, err := tls.Dial("tcp", strings.TrimPrefix(url, "https://"), &tls.Config{InsecureSkipVerify: true, ServerName: name, NextProtos: protocols})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: conn.ConnectionState().PeerCertificates[0].Raw})
}

// TestCertificateIsServedByEveryNode: uploaded at one node, served by the other
// within two seconds, never to taps; its key and the CA's are sealed.
func TestCertificateIsServedByEveryNode(t *testing.T) {
	bin, db := programs(t), testdb.New(t)
	shared := db.URL(embedded.Superuser)
	keys := filepath.Join(t.TempDir(), "keys")
	line, err := exec.CommandContext(t.Context(), filepath.Join(bin, "nodectl"), "new-secret-key").Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(keys, line, 0o600); err != nil {
		t.Fatal(err)
	}
	a := startNode(t, bin, dataDir(t), "-database", shared, "-secret-keys", keys)
	b := startNode(t, bin, dataDir(t), "-database", shared, "-secret-keys", keys)
	out, err := exec.CommandContext(t.Context(), filepath.Join(bin, "nodectl"), "-database", shared, "token").Output()
	if err != nil {
		t.Fatal(err)
	}
	token, err := enrol.ParseToken(string(out))
	if err != nil {
		t.Fatal(err)
	}
	_, secret, _ := strings.Cut(*b.ready.FirstLogin, "#token=")
	c := pinned(t, token, a.ready.URL)
	login := fmt.Sprintf(`{"token":%q,"name":"operator","password":"correct horse battery"}`, secret)
	if got, text := call(t, c, "POST", a.ready.URL+"/api/v1/session/first-login", login); got != 204 {
		t.Fatalf("first login: %d %s", got, text)
	}

	const name = "console.example.org"
	chain, key := selfSigned(t, name)
	body, err := json.Marshal(map[string]string{"chain": string(chain), "key": string(key)})
	if err != nil {
		t.Fatal(err)
	}
	if got, text := call(t, c, "POST", a.ready.URL+"/api/v1/certificates/test", string(body)); got != 200 || !strings.Contains(text, name) || !strings.Contains(text, `"uncovered":["127.0.0.1"]`) {
		t.Errorf("test: %d %s", got, text)
	}
	if bytes.Equal(shown(t, a.ready.URL, name), chain) {
		t.Error("a certificate that was only tested is served")
	}
	got, text := call(t, c, "POST", a.ready.URL+"/api/v1/certificates", string(body))
	var made struct{ ID string }
	if err := json.Unmarshal([]byte(text), &made); err != nil || got/100 != 2 {
		t.Fatalf("upload: %d %s", got, text)
	}
	if got, text := call(t, c, "POST", a.ready.URL+"/api/v1/certificates", string(body)); got != 409 {
		t.Errorf("upload again: %d %s", got, text)
	}
	added := time.Now()
	await(t, "certificate on both nodes", func() bool {
		return bytes.Equal(shown(t, a.ready.URL, name), chain) && bytes.Equal(shown(t, b.ready.URL, name), chain)
	})
	t.Logf("served by both nodes after %v", time.Since(added).Round(time.Millisecond))
	for what, got := range map[string][]byte{
		"a tap":                       shown(t, b.ready.URL, name, enrol.TapProtocol, "http/1.1"),
		"who asks for another name":   shown(t, b.ready.URL, "other.example.org"),
		"who asks for the address":    shown(t, b.ready.URL, ""),
		"a browser, by another name ": shown(t, b.ready.URL, "localhost", "h2", "http/1.1"),
	} {
		if bytes.Equal(got, chain) {
			t.Errorf("%s is shown the uploaded certificate", what)
		}
	}

	// Nothing secret is in the database.
	conn := db.Conn(t, store.RoleOwner)
	var sealed, caKey []byte
	if err := conn.QueryRow(t.Context(), "SELECT sealed_key, ca_key FROM certificate, cluster").Scan(&sealed, &caKey); err != nil {
		t.Fatal(err)
	}
	if block, _ := pem.Decode(key); bytes.Contains(sealed, block.Bytes) || bytes.Contains(sealed, []byte("PRIVATE")) || !bytes.HasPrefix(caKey, []byte("PkS1")) {
		t.Error("a key is in clear")
	}
	if _, err := db.Conn(t, store.RoleAPI).Exec(t.Context(), "SELECT sealed_key FROM certificate"); err == nil {
		t.Error("the interface's role may read sealed keys")
	}
	var changes int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM audit_log WHERE object_kind = 'certificate' AND actor_name = 'operator' AND after::text NOT LIKE '%PRIVATE%'").Scan(&changes); err != nil || changes != 1 {
		t.Errorf("%d rows in the audit log, %v", changes, err)
	}

	// Rotation, while nodes run: a new key first, everything sealed anew, the old key gone.
	second, err := exec.CommandContext(t.Context(), filepath.Join(bin, "nodectl"), "new-secret-key").Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(keys, append(second, line...), 0o600); err != nil {
		t.Fatal(err)
	}
	b.stop()
	b = startNode(t, bin, dataDir(t), "-database", shared, "-secret-keys", keys)
	if out, err := exec.CommandContext(t.Context(), filepath.Join(bin, "nodectl"), "-database", shared, "secrets", "-secret-keys", keys, "-reseal").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	} else if id, _, _ := strings.Cut(string(second), " "); strings.Count(string(out), id) != 2 {
		t.Errorf("not everything is sealed with %s:\n%s", id, out)
	}
	if err := os.WriteFile(keys, second, 0o600); err != nil {
		t.Fatal(err)
	}
	b.stop()
	b = startNode(t, bin, dataDir(t), "-database", shared, "-secret-keys", keys)
	if !bytes.Equal(shown(t, b.ready.URL, name), chain) {
		t.Error("not served after the rotation")
	}
	if got, text := call(t, c, "DELETE", b.ready.URL+"/api/v1/certificates/"+made.ID, ""); got != 204 {
		t.Errorf("remove: %d %s", got, text)
	}
	await(t, "removal", func() bool { return !bytes.Equal(shown(t, b.ready.URL, name), chain) })
	a.stop()
	b.stop()
}

// nodectlOn runs nodectl on a database that is given.
func nodectlOn(t *testing.T, bin, database string, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), filepath.Join(bin, "nodectl"), append([]string{"-database", database}, args...)...).Output()
	return string(out), err
}
