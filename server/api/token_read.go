package api

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/google/uuid"

	"picket/server/store"
	"picket/shared/enrol"
)

// listSites is GET …/sites.
func (a *API) listSites(ctx context.Context, _ *TenantParam) (*output[List[SiteRef]], error) {
	rows, err := a.Reader.Sites(ctx, tenantOf(ctx).ID)
	if err != nil {
		return nil, err
	}
	list := List[SiteRef]{Items: make([]SiteRef, 0, len(rows)), Total: len(rows), AsOf: now()}
	for _, s := range rows {
		list.Items = append(list.Items, SiteRef{Slug: s.Slug, Name: s.Name})
	}
	return reply(list), nil
}

// listTokens is GET …/enrolment-tokens.
func (a *API) listTokens(ctx context.Context, _ *TenantParam) (*output[List[EnrolmentToken]], error) {
	rows, err := a.Reader.Tokens(ctx, tenantOf(ctx).ID)
	if err != nil {
		return nil, err
	}
	list := List[EnrolmentToken]{Items: make([]EnrolmentToken, 0, len(rows)), Total: len(rows), AsOf: now()}
	for _, t := range rows {
		list.Items = append(list.Items, enrolmentToken(t))
	}
	return reply(list), nil
}

func enrolmentToken(t store.Token) EnrolmentToken {
	return EnrolmentToken{
		ID: t.ID, Site: SiteRef{Slug: t.SiteSlug, Name: t.SiteName},
		Uses: t.UsesAllowed, Used: t.Uses, State: t.State,
		CreatedAt: Time{t.CreatedAt}, ExpiresAt: Time{t.ExpiresAt},
	}
}

// createToken is POST …/enrolment-tokens. 404: there is no such site.
func (a *API) createToken(ctx context.Context, in *NewTokenInput) (*output[CreatedEnrolmentToken], error) {
	life := time.Duration(in.Body.ExpiresHours) * time.Hour
	token, row, err := a.Enrolment(ctx, tenantOf(ctx).ID, in.Body.Site, in.Body.Uses, life)
	if err != nil {
		return nil, err
	}
	return reply(CreatedEnrolmentToken{EnrolmentToken: enrolmentToken(row), Token: token}), nil
}

// Enrolment returns what makes enrolment tokens in s, for a cluster whose CA's
// SubjectPublicKeyInfo has the SHA-256 ca.
func Enrolment(s *store.Store, ca [32]byte) func(ctx context.Context, tenant, site string, uses int, life time.Duration) (string, store.Token, error) {
	return func(ctx context.Context, tenant, site string, uses int, life time.Duration) (string, store.Token, error) {
		id, err := uuid.Parse(tenant)
		if err != nil {
			return "", store.Token{}, err
		}
		token := enrol.Token{CA: ca}
		_, _ = rand.Read(token.Secret[:]) // never fails: crypto/rand ends the process instead
		request := store.TokenRequest{SecretHash: token.SecretHash(), Site: site, Uses: uses, Lifetime: life}
		added, _, err := s.AddToken(ctx, id, request)
		if errors.Is(err, store.ErrNotFound) {
			return "", store.Token{}, store.ErrNoSite
		}
		if err != nil {
			return "", store.Token{}, err
		}
		row, err := s.Reader().Token(ctx, tenant, added.String())
		return token.Text(), row, err
	}
}
