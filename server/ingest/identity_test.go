package ingest_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"picket/server/ingest"
	"picket/shared/enrol"
	"picket/shared/httpsig"
)

func (tp *tap) public() ed25519.PublicKey {
	public, _ := tp.key.Public().(ed25519.PublicKey)
	return public
}

// ask enrols at one of several nodes, with a token or, "", without.
func (n *node) ask(app *fiber.App, tp *tap, token string, change func(*http.Request)) (*http.Response, enrol.Answer, http.Header) {
	n.t.Helper()
	body, err := json.Marshal(enrol.Request{Token: token, PublicKey: tp.public(), Name: "new box", MAC: "00:00:5e:00:53:77", Version: "1.0.0", Arch: "arm64"})
	if err != nil {
		n.t.Fatal(err)
	}
	var sent http.Header
	resp, text := n.post(app, tp, enrol.Path, "application/json", body, func(r *http.Request) {
		if change != nil {
			change(r)
		}
		sent = r.Header.Clone()
	})
	var answer enrol.Response
	if resp.StatusCode != http.StatusCreated && resp.StatusCode != http.StatusAccepted {
		return resp, enrol.Answer{}, sent
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		n.t.Fatal(err)
	}
	return resp, n.open(answer.Sealed, tp, sent), sent
}

// open opens what the cluster sealed for a tap's request.
func (n *node) open(sealed string, tp *tap, sent http.Header) enrol.Answer {
	n.t.Helper()
	nonce, err := httpsig.Nonce(sent)
	if err != nil {
		n.t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(n.ca.CertificatePEM()))
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		n.t.Fatal(err)
	}
	key, _ := cert.PublicKey.(*ecdsa.PublicKey)
	a, err := enrol.Open(sealed, n.ca.ClusterID(), key, httpsig.KeyID(tp.public()), nonce)
	if err != nil {
		n.t.Fatalf("answer: %v", err)
	}
	return a
}

func (n *node) tenant() string {
	n.t.Helper()
	tenant, err := n.store.TenantBySlug(n.t.Context(), "default")
	if err != nil {
		n.t.Fatal(err)
	}
	return tenant.ID.String()
}

func (n *node) report(app *fiber.App, tp *tap, sequence uint64) int {
	n.t.Helper()
	resp, _ := n.post(app, tp, "/v1/reports", ingest.ContentType, n.encode(tp.spec(sequence)), nil)
	return resp.StatusCode
}
