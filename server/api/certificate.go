package api

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"picket/server/auth"
	"picket/server/ca"
	"picket/server/seal"
	"picket/server/store"
)

// Certificates are what an API needs for uploaded certificates.
type Certificates struct {
	Store *store.Store
	Keys  *seal.Keyring // nil: none can be uploaded
	URLs  []string      // under which browsers reach the nodes
}

// Certificate is one that somebody uploaded for the console.
type Certificate struct {
	ID          string   `json:"id" format:"uuid"`
	Names       []string `json:"names" doc:"Host names and addresses that it is good for"`
	Issuer      string   `json:"issuer"`
	Fingerprint string   `json:"fingerprint" doc:"SHA-256 of the certificate in hexadecimal"`
	NotBefore   Time     `json:"notBefore"`
	NotAfter    Time     `json:"notAfter"`
	AddedAt     Time     `json:"addedAt"`
	AddedBy     string   `json:"addedBy"`
}

// CertificateList is what is uploaded.
type CertificateList struct {
	Items     []Certificate `json:"items" doc:"Added last first. A browser gets the first that is good for the name it asks for; else, and taps always, the cluster's own"`
	CanUpload bool          `json:"canUpload" doc:"false: the nodes have no key to seal private keys with (noded -secret-keys)"`
}

// CertificateUpload is a certificate with its key.
type CertificateUpload struct {
	Chain string `json:"chain" minLength:"1" doc:"PEM: the console's certificate first, each followed by its issuer's"`
	Key   string `json:"key" minLength:"1" doc:"PEM of the private key, without a password. It is sealed before it is stored, and never shown again"`
}

// CertificateCheck is what a certificate is found to be.
type CertificateCheck struct {
	Names       []string `json:"names"`
	Issuer      string   `json:"issuer"`
	Fingerprint string   `json:"fingerprint"`
	NotBefore   Time     `json:"notBefore"`
	NotAfter    Time     `json:"notAfter"`
	Trusted     *string  `json:"trusted" doc:"null: the node's own list of authorities leads to it; else why not, which is no fault of an authority of your own"`
	Uncovered   []string `json:"uncovered" doc:"Names under which browsers reach the nodes and that the certificate lacks: the cluster's own is served there"`
}

// CertificateInput is the request of createCertificate and testCertificate.
type CertificateInput struct{ Body CertificateUpload }

// CertificateParam names a certificate.
type CertificateParam struct {
	Certificate string `path:"certificate" format:"uuid"`
}

// CreatedCertificate is the answer of createCertificate.
type CreatedCertificate struct {
	ID string `json:"id" format:"uuid"`
	CertificateCheck
}

func (a *API) registerCertificates(h huma.API) {
	const path = "/certificates"
	add(a, h, auth.ReadCluster, http.MethodGet, path, tagCluster, "listCertificates", "Certificates that were uploaded for the console", a.listCertificates)
	add(a, h, auth.ChangeCluster, http.MethodPost, path, tagCluster, "createCertificate", "Upload a certificate; nodes serve it within two seconds", a.createCertificate)
	add(a, h, auth.ChangeCluster, http.MethodPost, path+"/test", tagCluster, "testCertificate", "Check a certificate without keeping it", a.testCertificate)
	add(a, h, auth.ChangeCluster, http.MethodDelete, path+"/{certificate}", tagCluster, "deleteCertificate", "Serve a certificate no more", a.deleteCertificate)
}

// listCertificates is GET /certificates.
func (a *API) listCertificates(ctx context.Context, _ *struct{}) (*output[CertificateList], error) {
	list, err := a.Certificates.Store.Certificates(ctx)
	if err != nil {
		return nil, err
	}
	out := CertificateList{Items: make([]Certificate, 0, len(list)), CanUpload: a.Certificates.Keys.CanSeal()}
	for _, c := range list {
		out.Items = append(out.Items, Certificate{
			ID: c.ID.String(), Names: c.Names, Issuer: c.Issuer, Fingerprint: hex.EncodeToString(c.Fingerprint),
			NotBefore: Time{c.NotBefore}, NotAfter: Time{c.NotAfter}, AddedAt: Time{c.AddedAt}, AddedBy: c.AddedBy,
		})
	}
	return reply(out), nil
}

// testCertificate is POST /certificates/test. 422: what is wrong, and what to do.
func (a *API) testCertificate(_ context.Context, in *CertificateInput) (*output[CertificateCheck], error) {
	u, err := ca.ParseUploaded([]byte(in.Body.Chain), []byte(in.Body.Key), time.Now())
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	return reply(a.checked(u)), nil
}

// createCertificate is POST /certificates. 409: it is there already, there are
// too many, or nodes have no key to seal with. 422: what is wrong with it.
func (a *API) createCertificate(ctx context.Context, in *CertificateInput) (*output[CreatedCertificate], error) {
	u, err := ca.ParseUploaded([]byte(in.Body.Chain), []byte(in.Body.Key), time.Now())
	if err != nil {
		return nil, huma.Error422UnprocessableEntity(err.Error())
	}
	id, err := AddCertificate(ctx, a.Certificates.Store, a.Certificates.Keys, u, changer(ctx))
	switch {
	case errors.Is(err, seal.ErrNoKey):
		return nil, huma.Error409Conflict("The nodes have no key to seal the private key with. Make one with nodectl new-secret-key, and start every node with -secret-keys FILE.")
	case errors.Is(err, store.ErrConflict):
		return nil, huma.Error409Conflict("This certificate is there already, or there are too many.")
	case err != nil:
		return nil, err
	}
	return reply(CreatedCertificate{ID: id.String(), CertificateCheck: a.checked(u)}), nil
}

// deleteCertificate is DELETE /certificates/{certificate}. 404: there is none.
func (a *API) deleteCertificate(ctx context.Context, in *CertificateParam) (*struct{}, error) {
	id, err := uuid.Parse(in.Certificate)
	if err == nil {
		err = a.Certificates.Store.RemoveCertificate(ctx, id)
	} else {
		err = store.ErrNotFound
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil, huma.Error404NotFound("There is no such certificate; it may have been removed.")
	}
	return nil, err
}

// checked describes a certificate.
func (a *API) checked(u *ca.Uploaded) CertificateCheck {
	out := CertificateCheck{
		Names: u.Names, Issuer: u.Issuer, Fingerprint: hex.EncodeToString(u.Fingerprint[:]),
		NotBefore: Time{u.NotBefore}, NotAfter: Time{u.NotAfter}, Uncovered: []string{},
	}
	if u.Trusted != "" {
		out.Trusted = &u.Trusted
	}
	for _, text := range a.Certificates.URLs {
		if p, err := url.Parse(text); err == nil && !u.Covers(p.Hostname()) {
			out.Uncovered = append(out.Uncovered, p.Hostname())
		}
	}
	return out
}

// AddCertificate seals and keeps a certificate, and returns its id. The error wraps
// seal.ErrNoKey or store.ErrConflict.
func AddCertificate(ctx context.Context, s *store.Store, keys *seal.Keyring, u *ca.Uploaded, by string) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.UUID{}, err
	}
	key, err := u.KeyPEM()
	if err != nil {
		return uuid.UUID{}, err
	}
	sealed, err := keys.Seal(ca.SealPurpose(id.String()), key)
	if err != nil {
		return uuid.UUID{}, err
	}
	return id, s.AddCertificate(ctx, store.SealedCertificate{SealedKey: sealed, Certificate: store.Certificate{
		ID: id, Chain: u.ChainPEM(), Names: u.Names, Issuer: u.Issuer, Fingerprint: u.Fingerprint[:],
		NotBefore: u.NotBefore, NotAfter: u.NotAfter, AddedBy: by,
	}})
}
