package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	oidcLoginLife = 10 * time.Minute
	oidcTimeout   = 10 * time.Second // of all requests to a provider for one sign-in
	discoveryLife = time.Hour        // of what a provider says of itself
	maxGroups     = 500
	maxReturnTo   = 2000
)

// installation is the scope of what is no organisation's.
const installation = "00000000-0000-0000-0000-000000000000"

// Provider signs people in beside us, by OpenID Connect.
type Provider struct {
	ID                string // UUID
	Scope             string // UUID of an organisation, or all zeros
	Slug              string
	Name              string
	Issuer            string // https URL
	ClientID          string
	ClientSecret      []byte
	GroupClaim        string // of the ID token
	ShowsSecondFactor bool   // its sign-ins count as with one; of the installation's alone
	Enabled           bool
}

// OIDCLogin is a sign-in that is under way at a provider.
type OIDCLogin struct {
	State      [32]byte // SHA-256
	Browser    [32]byte // SHA-256 of the cookie of the browser that began
	ProviderID string
	Nonce      string
	Verifier   string // of PKCE
	ReturnTo   string // path of the console
}

// providers is what the service keeps of them.
type providers interface {
	Providers(ctx context.Context, slug string) ([]Provider, error)
	BeginOIDC(ctx context.Context, l OIDCLogin, life time.Duration) error
	EndOIDC(ctx context.Context, state, browser [32]byte) (OIDCLogin, string, error)
	OIDCUser(ctx context.Context, p Provider, subject, name, password string, groups []string) (User, error)
}

// relyingParty asks providers, and remembers for a while what they say of themselves.
type relyingParty struct {
	client *http.Client

	mu    sync.Mutex
	known map[string]discovered // by issuer; as many as there are providers
}

type discovered struct {
	provider *oidc.Provider
	until    time.Time
}

func newRelyingParty(client *http.Client) *relyingParty {
	if client == nil {
		client = http.DefaultClient
	}
	return &relyingParty{client: client, known: map[string]discovered{}}
}

func (r *relyingParty) provider(ctx context.Context, issuer string) (*oidc.Provider, error) {
	r.mu.Lock()
	d, ok := r.known[issuer]
	r.mu.Unlock()
	if ok && time.Now().Before(d.until) {
		return d.provider, nil
	}
	// Keys are asked for later too: what is kept must not end with this request.
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), &http.Client{
		Transport: r.client.Transport, CheckRedirect: r.client.CheckRedirect, Timeout: oidcTimeout,
	}), issuer)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known[issuer] = discovered{p, time.Now().Add(discoveryLife)}
	return p, nil
}

// SignInProviders returns those by which people may sign in, without secrets.
func (s *Service) SignInProviders(ctx context.Context) ([]Provider, error) {
	all, err := s.users.Providers(ctx, "")
	list := []Provider{}
	for _, p := range all {
		if p.Enabled {
			list = append(list, Provider{Slug: p.Slug, Name: p.Name})
		}
	}
	return list, err
}

func (s *Service) enabled(ctx context.Context, slug string) (Provider, error) {
	if slug == "" {
		return Provider{}, ErrNotFound
	}
	found, err := s.users.Providers(ctx, slug)
	if err != nil {
		return Provider{}, err
	}
	if len(found) == 0 || !found[0].Enabled {
		return Provider{}, ErrNotFound
	}
	return found[0], nil
}

// oauth says how to speak to a provider; callback is the console's page to which it
// sends the browser back.
func (s *Service) oauth(ctx context.Context, p Provider, callback string) (*oauth2.Config, *oidc.Provider, error) {
	d, err := s.oidc.provider(ctx, p.Issuer)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %s: %w", ErrProvider, p.Name, err)
	}
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: string(p.ClientSecret), Endpoint: d.Endpoint(), RedirectURL: callback,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email", "groups"},
	}, d, nil
}

// BeginOIDC begins a sign-in at a provider and returns where the browser goes, and a
// token that it keeps in a cookie: state alone could be planted in somebody else's
// browser. Error: ErrNotFound, ErrProvider.
func (s *Service) BeginOIDC(ctx context.Context, slug, callback, returnTo string) (location, browser string, err error) {
	p, err := s.enabled(ctx, slug)
	if err != nil {
		return "", "", err
	}
	ctx, cancel := context.WithTimeout(ctx, oidcTimeout)
	defer cancel()
	config, _, err := s.oauth(ctx, p, callback)
	if err != nil {
		return "", "", err
	}
	state, stateHash := newToken()
	browser, browserHash := newToken()
	nonce, _ := newToken()
	l := OIDCLogin{
		State: stateHash, Browser: browserHash, ProviderID: p.ID, Nonce: nonce, Verifier: oauth2.GenerateVerifier(), ReturnTo: safePath(returnTo),
	}
	if err := s.users.BeginOIDC(ctx, l, oidcLoginLife); err != nil {
		return "", "", err
	}
	return config.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(l.Verifier)), browser, nil
}

// EndOIDC ends a sign-in that the browser began, with what the provider gave it, and
// returns the token of a new session and the page to show. Error: ErrProvider,
// ErrNoAccess.
func (s *Service) EndOIDC(ctx context.Context, state, code, browser, callback string, start Start) (session, returnTo string, err error) {
	stateHash, ok := parseToken(state)
	browserHash, ok2 := parseToken(browser)
	if !ok || !ok2 {
		return "", "", fmt.Errorf("%w: it was not begun in this browser", ErrProvider)
	}
	l, slug, err := s.users.EndOIDC(ctx, stateHash, browserHash)
	if errors.Is(err, ErrNotFound) {
		return "", "", fmt.Errorf("%w: it was not begun in this browser, or too long ago", ErrProvider)
	}
	if err != nil {
		return "", "", err
	}
	p, err := s.enabled(ctx, slug)
	if err != nil {
		return "", "", err
	}
	asking, cancel := context.WithTimeout(ctx, oidcTimeout)
	defer cancel()
	who, err := s.claims(asking, p, l, code, callback)
	if err != nil {
		return "", "", err
	}
	ctx = WithActor(ctx, Actor{Kind: ActorUser, Name: who.name, Address: start.Address})
	user, err := s.users.OIDCUser(ctx, p, who.subject, who.name, s.hasher.dummy, who.groups)
	if errors.Is(err, ErrNotFound) {
		return "", "", ErrNoAccess
	}
	if err != nil {
		return "", "", err
	}
	start.Method, start.SecondFactor = "oidc", p.ShowsSecondFactor && p.Scope == installation
	session, err = s.begin(ctx, user, start)
	return session, l.ReturnTo, err
}

// identity is what a provider says of whom it signed in.
type identity struct {
	subject, name string
	groups        []string
}

// claims exchanges the code and checks the ID token: signature, issuer, audience and
// time by go-oidc, the nonce here.
func (s *Service) claims(ctx context.Context, p Provider, l OIDCLogin, code, callback string) (identity, error) {
	config, d, err := s.oauth(ctx, p, callback)
	if err != nil {
		return identity{}, err
	}
	ctx = oidc.ClientContext(ctx, s.oidc.client)
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(l.Verifier))
	if err != nil {
		return identity{}, fmt.Errorf("%w: exchange the code: %w", ErrProvider, err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := d.Verifier(&oidc.Config{ClientID: p.ClientID}).Verify(ctx, raw)
	if err != nil {
		return identity{}, fmt.Errorf("%w: check the ID token: %w", ErrProvider, err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(l.Nonce)) != 1 {
		return identity{}, fmt.Errorf("%w: the ID token is not for this sign-in", ErrProvider)
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(token.AccessToken); err != nil {
			return identity{}, fmt.Errorf("%w: %w", ErrProvider, err)
		}
	}
	var all map[string]any
	if err := id.Claims(&all); err != nil {
		return identity{}, fmt.Errorf("%w: read the ID token: %w", ErrProvider, err)
	}
	if id.Subject == "" || len(id.Subject) > 255 {
		return identity{}, fmt.Errorf("%w: the ID token names nobody", ErrProvider)
	}
	return identity{subject: id.Subject, name: nameOf(all, id.Subject), groups: groupsOf(all[p.GroupClaim])}, nil
}

// nameOf returns what to call somebody: at most MaxName characters that can be shown.
func nameOf(claims map[string]any, subject string) string {
	for _, key := range []string{"preferred_username", "email", "name"} {
		text, _ := claims[key].(string)
		text = strings.TrimSpace(strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f || r == utf8.RuneError {
				return -1
			}
			return r
		}, text))
		if text != "" {
			r := []rune(text)
			return string(r[:min(len(r), MaxName)])
		}
	}
	sum := sha256.Sum256([]byte(subject))
	return "user " + base64.RawURLEncoding.EncodeToString(sum[:6])
}

// groupsOf reads a claim that is a name or a list of names.
func groupsOf(claim any) []string {
	groups := []string{}
	list, ok := claim.([]any)
	if !ok {
		list = []any{claim}
	}
	for _, item := range list[:min(len(list), maxGroups)] {
		if name, ok := item.(string); ok && name != "" && len(name) <= 200 {
			groups = append(groups, name)
		}
	}
	return groups
}

// safePath returns p where it is a path of this console, and / otherwise.
func safePath(p string) string {
	u, err := url.Parse(p)
	if err != nil || u.Scheme != "" || u.Host != "" || len(p) > maxReturnTo || !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") ||
		strings.ContainsAny(p, "\\\r\n\t") {
		return "/"
	}
	return p
}
