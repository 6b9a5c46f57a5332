package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Lifetimes of links and tokens, and how many tokens a user may have.
const (
	InvitationLife  = 7 * 24 * time.Hour
	ResetLife       = 24 * time.Hour
	MaxAPITokenLife = 366 * 24 * time.Hour
	MaxAPITokens    = 50
)

// tokenMark begins every API token, so that scanners of code know one.
const tokenMark = "picket_"

// APIToken is a token as its owner sees it.
type APIToken struct {
	ID          string
	Name        string
	Prefix      string // first characters, to know it by
	Permissions []string
	Tenant      string // slug of the one in which it holds; empty: wherever its owner may
	CreatedAt   time.Time
	ExpiresAt   time.Time
	LastUsedAt  *time.Time
}

// accounts is what the service keeps of people beside their sign-in.
type accounts interface {
	HasPassword(ctx context.Context, user string) (bool, error)
	SetPassword(ctx context.Context, user, hash, keep string) error
	Sessions(ctx context.Context, user string, idle time.Duration) ([]OpenSession, error)
	EndSession(ctx context.Context, user, id string) error
	EndOtherSessions(ctx context.Context, user, keep string) error
	APITokens(ctx context.Context, user string) ([]APIToken, error)
	AddAPIToken(ctx context.Context, user string, t APIToken, hash [32]byte, life time.Duration, factor bool) (APIToken, error)
	DropAPIToken(ctx context.Context, user, id string) error
	TokenSession(ctx context.Context, hash [32]byte) (*Session, error)
	Invitation(ctx context.Context, token [32]byte) (name string, reset bool, err error)
	AcceptInvitation(ctx context.Context, token [32]byte, name, passwordHash string) (User, error)
	JoinByInvitation(ctx context.Context, token [32]byte, user User) error
}

// confirmPassword asks whoever is signed in for the password, where there is one.
func (s *Service) confirmPassword(ctx context.Context, user User, password string) error {
	has, err := s.users.HasPassword(ctx, user.ID)
	if err != nil || !has {
		return err
	}
	_, hash, err := s.users.PasswordHash(ctx, user.Name)
	if errors.Is(err, ErrNotFound) {
		return ErrWrongPassword
	}
	if err != nil {
		return err
	}
	return s.limited(ctx, user, func() error {
		right, err := s.hasher.check(ctx, password, hash)
		if err == nil && !right {
			err = ErrWrongPassword
		}
		return err
	})
}

// ChangePassword gives a user another password, for whoever shows the present one,
// and ends the user's other sessions. Error: ErrWrongPassword, ErrUnfit.
func (s *Service) ChangePassword(ctx context.Context, user User, session, present, next string) error {
	if err := fit(user.Name, next); err != nil {
		return err
	}
	if err := s.confirmPassword(ctx, user, present); err != nil {
		return err
	}
	encoded, err := s.hasher.hash(ctx, next)
	if err != nil {
		return err
	}
	return s.users.SetPassword(ctx, user.ID, encoded, session)
}

// Sessions returns a user's sessions, last used first.
func (s *Service) Sessions(ctx context.Context, user User) ([]OpenSession, error) {
	return s.users.Sessions(ctx, user.ID, SessionIdle)
}

// EndSession ends one of a user's sessions, or returns ErrNotFound.
func (s *Service) EndSession(ctx context.Context, user User, id string) error {
	return s.users.EndSession(ctx, user.ID, id)
}

// EndOtherSessions ends all of a user's sessions but the one with the id keep.
func (s *Service) EndOtherSessions(ctx context.Context, user User, keep string) error {
	return s.users.EndOtherSessions(ctx, user.ID, keep)
}

// HasPassword reports whether a user has a password; one whom a provider made has not.
func (s *Service) HasPassword(ctx context.Context, user User) (bool, error) {
	return s.users.HasPassword(ctx, user.ID)
}

// Factor returns what a user's second factor is like; ErrNotFound: there is none.
func (s *Service) Factor(ctx context.Context, user User) (Factor, error) {
	f, err := s.users.Factor(ctx, user.ID)
	f.Secret = nil
	if err == nil && !f.Confirmed {
		err = ErrNotFound
	}
	return f, err
}

// APITokens returns a user's tokens, newest first.
func (s *Service) APITokens(ctx context.Context, user User) ([]APIToken, error) {
	return s.users.APITokens(ctx, user.ID)
}

// NewAPIToken makes a token for the holder of a session and returns its text, which
// is shown once. It can never do more than its owner. Error: ErrUnfit, ErrTooMany.
func (s *Service) NewAPIToken(ctx context.Context, of *Session, t APIToken, life time.Duration) (string, APIToken, error) {
	if life <= 0 || life > MaxAPITokenLife {
		return "", APIToken{}, fmt.Errorf("%w: a token lasts for up to 366 days", ErrUnfit)
	}
	if t.Name = strings.TrimSpace(t.Name); t.Name == "" {
		return "", APIToken{}, fmt.Errorf("%w: the name is empty", ErrUnfit)
	}
	asked := Set{}
	for _, p := range t.Permissions {
		if !Permission(p).Known() {
			return "", APIToken{}, fmt.Errorf("%w: there is no permission %q", ErrUnfit, p)
		}
		asked = asked.With(Permission(p))
	}
	if t.Tenant != "" {
		if _, ok := of.Tenant(t.Tenant); !ok {
			return "", APIToken{}, fmt.Errorf("%w: there is no tenant %q", ErrUnfit, t.Tenant)
		}
	}
	t.Permissions = nil
	for _, p := range asked.List() {
		t.Permissions = append(t.Permissions, string(p))
	}
	if len(t.Permissions) == 0 {
		return "", APIToken{}, fmt.Errorf("%w: a token needs a permission", ErrUnfit)
	}
	secret, _ := newToken()
	text := tokenMark + secret
	t.Prefix = text[:len(tokenMark)+6]
	made, err := s.users.AddAPIToken(ctx, of.User.ID, t, sha256.Sum256([]byte(text)), life, of.SecondFactor)
	return text, made, err
}

// DropAPIToken ends a token of a user, or returns ErrNotFound.
func (s *Service) DropAPIToken(ctx context.Context, user User, id string) error {
	return s.users.DropAPIToken(ctx, user.ID, id)
}

// TokenSession returns who holds an API token, or ErrNoSession.
func (s *Service) TokenSession(ctx context.Context, text string) (*Session, error) {
	rest, ok := strings.CutPrefix(text, tokenMark)
	if _, form := parseToken(rest); !ok || !form {
		return nil, ErrNoSession
	}
	session, err := s.users.TokenSession(ctx, sha256.Sum256([]byte(text)))
	if errors.Is(err, ErrNotFound) {
		return nil, ErrNoSession
	}
	return session, err
}

// NewLink returns the token of a one-time link, and the hash to keep.
func NewLink() (token string, hash [32]byte) { return newToken() }

// AcceptInvitation uses a one-time link up: for somebody new it makes the account,
// and signs it in; for somebody who is there it sets the password, and returns "",
// since a second factor may still have to be shown. Error: ErrInvitation, ErrUnfit,
// ErrNameTaken, ErrTooManyAttempts.
func (s *Service) AcceptInvitation(ctx context.Context, token string, a Attempt) (session, name string, err error) {
	key := []string{addressKey(a.Address)}
	failures, err := s.users.LoginFailures(ctx, key, AttemptWindow)
	if err != nil {
		return "", "", err
	}
	if failures[0] >= MaxFailuresAddress {
		return "", "", ErrTooManyAttempts
	}
	hash, form := parseToken(token)
	reset := false
	if form {
		name, reset, err = s.users.Invitation(ctx, hash)
	}
	if !form || errors.Is(err, ErrNotFound) {
		return "", "", s.failed(ctx, key, ErrInvitation)
	}
	if err != nil {
		return "", "", err
	}
	if !reset {
		name = strings.TrimSpace(a.Name)
	}
	if err := fit(name, a.Password); err != nil {
		return "", "", err
	}
	encoded, err := s.hasher.hash(ctx, a.Password)
	if err != nil {
		return "", "", err
	}
	ctx = WithActor(ctx, Actor{Kind: ActorUser, Name: name, Address: a.Address})
	user, err := s.users.AcceptInvitation(ctx, hash, name, encoded)
	if errors.Is(err, ErrNotFound) {
		return "", "", ErrInvitation
	}
	if err != nil || reset {
		return "", name, err
	}
	session, err = s.begin(ctx, user, Start{Method: "password", Address: a.Address, Agent: a.Agent})
	return session, name, err
}

// Join makes a user who is signed in a member by a one-time link. Error:
// ErrInvitation.
func (s *Service) Join(ctx context.Context, user User, token string) error {
	return s.limited(ctx, user, func() error {
		hash, form := parseToken(token)
		if !form {
			return ErrInvitation
		}
		err := s.users.JoinByInvitation(ctx, hash, user)
		if errors.Is(err, ErrNotFound) {
			return ErrInvitation
		}
		return err
	})
}
