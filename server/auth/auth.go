package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of names and passwords, in characters.
const (
	MinPassword = 12
	MaxPassword = 1000
	MaxName     = 64
)

// Lifetimes.
const (
	SessionIdle     = 12 * time.Hour
	SessionLifetime = 7 * 24 * time.Hour
	FirstLoginLife  = 24 * time.Hour
)

// Limits of failed attempts to sign in within AttemptWindow.
const (
	AttemptWindow      = 15 * time.Minute
	MaxFailuresName    = 10
	MaxFailuresAddress = 30
)

// Errors that a caller can act on.
var (
	ErrWrongLogin      = errors.New("name or password is wrong")
	ErrTooManyAttempts = errors.New("too many failed attempts")
	ErrNoSession       = errors.New("no session")
	ErrFirstLogin      = errors.New("first-login link is unknown, used or expired")
	ErrUnfit           = errors.New("unfit")
	ErrNotFound        = errors.New("not found")
	ErrConflict        = errors.New("exists already")
	ErrNameTaken       = errors.New("the name is taken")
	ErrTooMany         = errors.New("too many")
	ErrNeedsCode       = errors.New("a code of the second factor is needed")
	ErrWrongCode       = errors.New("the code is wrong or used up")
	ErrWrongPassword   = errors.New("the password is wrong")
	ErrInvitation      = errors.New("invitation is unknown, used or expired")
	ErrProvider        = errors.New("the provider did not sign you in")
	ErrNoAccess        = errors.New("nothing is granted here")
)

// User is a person who may sign in.
type User struct {
	ID   string // UUID
	Name string
	Role Role // RoleAdministrator or RoleMember
}

// Tenant is one that a user is a member of.
type Tenant struct {
	ID             string // UUID
	OrganisationID string // UUID
	Slug           string
	Name           string
	Permissions    Set // of the user in it

	// NeedsFactor is set where the tenant's or its organisation's policy asks for a
	// second factor that the session has not shown: then nothing is allowed.
	NeedsFactor bool
}

// Organisation is one that a user administers.
type Organisation struct {
	ID          string // UUID
	Name        string
	Permissions Set
	NeedsFactor bool // as of a Tenant
}

// Session is a user who is signed in, or who holds an API token.
type Session struct {
	ID            string // UUID; empty: by an API token
	User          User
	SecondFactor  bool // was shown
	Installation  Set
	Organisations []Organisation
	Tenants       []Tenant  // in the order of their slugs
	Token         *TokenUse // nil: by a cookie
}

// TokenUse is the API token by which somebody asks.
type TokenUse struct {
	ID          string
	Name        string
	Permissions Set
}

// Start is how a session begins.
type Start struct {
	Method       string // "password" or "oidc"
	SecondFactor bool   // was shown
	Address      string
	Agent        string // that the browser says it is
}

// OpenSession is a session as its user sees it.
type OpenSession struct {
	ID           string
	Method       string
	SecondFactor bool
	Address      string
	Agent        string
	CreatedAt    time.Time
	LastUsedAt   time.Time
	ExpiresAt    time.Time
}

// Attempt is somebody who wants to sign in.
type Attempt struct {
	Name     string
	Password string
	Code     string // of the second factor, or a recovery code; empty: not asked yet
	Address  string // the client's, for the limit of attempts
	Agent    string
}

// Tenant returns the tenant with the given slug that the user is a member of.
func (s *Session) Tenant(slug string) (Tenant, bool) {
	for _, t := range s.Tenants {
		if t.Slug == slug {
			return t, true
		}
	}
	return Tenant{}, false
}

// users is what the service keeps, in practice in PostgreSQL. All times are
// the database's. Hashes are SHA-256.
type users interface {
	// PasswordHash returns a user and its argon2id string, or ErrNotFound.
	PasswordHash(ctx context.Context, name string) (User, string, error)
	// SetFirstLogin replaces the first-login token and reports whether it did:
	// not where a user exists already.
	SetFirstLogin(ctx context.Context, token [32]byte, life time.Duration) (bool, error)
	// FirstLoginValid reports whether the token may be used now.
	FirstLoginValid(ctx context.Context, token [32]byte) (bool, error)
	// UseFirstLogin uses the token up and makes the first user, or returns
	// ErrNotFound and does nothing.
	UseFirstLogin(ctx context.Context, token [32]byte, name, passwordHash string) (User, error)
	AddSession(ctx context.Context, token [32]byte, user User, start Start, life time.Duration) error
	// Session returns the session and notes its use, or ErrNotFound.
	Session(ctx context.Context, token [32]byte, idle time.Duration) (*Session, error)
	DeleteSession(ctx context.Context, token [32]byte) error
	// LoginFailures counts the failures for each key within the window.
	LoginFailures(ctx context.Context, keys []string, window time.Duration) ([]int, error)
	AddLoginFailure(ctx context.Context, keys []string) error
	ForgetLoginFailures(ctx context.Context, key string) error

	factors
	accounts
	providers
}

// Service signs people in and out. Its methods may be called concurrently.
type Service struct {
	users  users
	hasher *hasher
	oidc   *relyingParty
}

// New returns a service that keeps its users in u and asks providers of OpenID
// Connect by client; nil is http.DefaultClient.
func New(u users, client *http.Client) (*Service, error) {
	s, err := newService(u, defaultParams())
	if err != nil {
		return nil, err
	}
	s.oidc = newRelyingParty(client)
	return s, nil
}

// Login checks a name, a password and, where the user has one, a second factor, and
// returns the token of a new session. The error is ErrNeedsCode where only the code
// is missing: the same attempt with it goes on. Whoever does not know the password
// does not learn whether there is a second factor.
func (s *Service) Login(ctx context.Context, a Attempt) (string, error) {
	a.Name = strings.TrimSpace(a.Name)
	keys := []string{attemptKey("name", strings.ToLower(a.Name)), addressKey(a.Address)}
	failures, err := s.users.LoginFailures(ctx, keys, AttemptWindow)
	if err != nil {
		return "", err
	}
	if failures[0] >= MaxFailuresName || failures[1] >= MaxFailuresAddress {
		return "", ErrTooManyAttempts
	}
	user, hash, err := s.users.PasswordHash(ctx, a.Name)
	switch {
	case errors.Is(err, ErrNotFound):
		hash = s.hasher.dummy // unknown names cost as much as known ones
	case err != nil:
		return "", err
	}
	right, err := s.hasher.check(ctx, a.Password, hash)
	if err != nil {
		return "", err
	}
	if !right || user.ID == "" {
		return "", s.failed(ctx, keys, ErrWrongLogin)
	}
	shown, err := s.checkFactor(ctx, user.ID, a.Code)
	if errors.Is(err, ErrWrongCode) {
		return "", s.failed(ctx, keys, err)
	}
	if err != nil {
		return "", err
	}
	if err := s.users.ForgetLoginFailures(ctx, keys[0]); err != nil {
		return "", err
	}
	return s.begin(ctx, user, Start{Method: "password", SecondFactor: shown, Address: a.Address, Agent: a.Agent})
}

// failed counts a failure and returns why.
func (s *Service) failed(ctx context.Context, keys []string, why error) error {
	if err := s.users.AddLoginFailure(ctx, keys); err != nil {
		return err
	}
	return why
}

// FirstLogin makes the first administrator and signs it in.
func (s *Service) FirstLogin(ctx context.Context, token, name, password, address string) (string, error) {
	name = strings.TrimSpace(name)
	if err := fit(name, password); err != nil {
		return "", err
	}
	key := []string{addressKey(address)}
	failures, err := s.users.LoginFailures(ctx, key, AttemptWindow)
	if err != nil {
		return "", err
	}
	if failures[0] >= MaxFailuresAddress {
		return "", ErrTooManyAttempts
	}
	// Looked at before the password is hashed: a stranger's guesses cost little.
	hash, form := parseToken(token)
	valid := false
	if form {
		if valid, err = s.users.FirstLoginValid(ctx, hash); err != nil {
			return "", err
		}
	}
	if !valid {
		if err := s.users.AddLoginFailure(ctx, key); err != nil {
			return "", err
		}
		return "", ErrFirstLogin
	}
	encoded, err := s.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	user, err := s.users.UseFirstLogin(ctx, hash, name, encoded)
	if errors.Is(err, ErrNotFound) {
		return "", ErrFirstLogin
	}
	if err != nil {
		return "", err
	}
	return s.begin(ctx, user, Start{Method: "password", Address: address})
}

// NewFirstLogin makes a first-login token, which ends the one before, and
// returns "" where a user exists already.
func (s *Service) NewFirstLogin(ctx context.Context) (string, error) {
	return NewFirstLogin(ctx, s.users)
}

// NewFirstLogin is the method of the same name for who needs no service.
func NewFirstLogin(ctx context.Context, u firstLogins) (string, error) {
	token, hash := newToken()
	set, err := u.SetFirstLogin(ctx, hash, FirstLoginLife)
	if err != nil || !set {
		return "", err
	}
	return token, nil
}

type firstLogins interface {
	SetFirstLogin(ctx context.Context, token [32]byte, life time.Duration) (bool, error)
}

// Session returns who holds the token, or ErrNoSession.
func (s *Service) Session(ctx context.Context, token string) (*Session, error) {
	hash, ok := parseToken(token)
	if !ok {
		return nil, ErrNoSession
	}
	session, err := s.users.Session(ctx, hash, SessionIdle)
	if errors.Is(err, ErrNotFound) {
		return nil, ErrNoSession
	}
	return session, err
}

// Logout ends a session; one that does not exist is no error.
func (s *Service) Logout(ctx context.Context, token string) error {
	hash, ok := parseToken(token)
	if !ok {
		return nil
	}
	return s.users.DeleteSession(ctx, hash)
}

func (s *Service) begin(ctx context.Context, user User, start Start) (string, error) {
	token, hash := newToken()
	if err := s.users.AddSession(ctx, hash, user, start, SessionLifetime); err != nil {
		return "", err
	}
	return token, nil
}

// fit reports what is wrong with a new name or password.
func fit(name, password string) error {
	switch n := utf8.RuneCountInString(password); {
	case name == "":
		return fmt.Errorf("%w: the name is empty", ErrUnfit)
	case utf8.RuneCountInString(name) > MaxName:
		return fmt.Errorf("%w: the name is longer than %d characters", ErrUnfit, MaxName)
	case n < MinPassword:
		return fmt.Errorf("%w: the password has %d characters, and needs at least %d", ErrUnfit, n, MinPassword)
	case n > MaxPassword:
		return fmt.Errorf("%w: the password is longer than %d characters", ErrUnfit, MaxPassword)
	case strings.EqualFold(password, name):
		return fmt.Errorf("%w: the password is the name", ErrUnfit)
	case common(password, name):
		return fmt.Errorf("%w: the password is one of those that are tried first", ErrUnfit)
	}
	return nil
}
