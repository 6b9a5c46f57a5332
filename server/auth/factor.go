package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// One-time codes (RFC 6238): what every authenticator app does, SHA-1 included,
// which HMAC makes good enough.
const (
	factorPeriod  = 30 // seconds
	factorSkew    = 1  // steps before and after
	secretOctets  = 20
	recoveryCodes = 10
	recoveryBits  = 80
)

// Factor is a user's second factor.
type Factor struct {
	Secret        []byte
	Confirmed     bool
	LastStep      int64     // codes of it and before are used up
	Now           time.Time // of the database
	RecoveryCodes int       // that are left
}

// NewFactor is a second factor that is being set up.
type NewFactor struct {
	Secret string   // base32, for typing
	URI    string   // otpauth://, as the picture has it
	QR     []string // rows of the picture, "1" where it is dark
}

// factors is what the service keeps of second factors.
type factors interface {
	Factor(ctx context.Context, user string) (Factor, error)
	BeginFactor(ctx context.Context, user string, secret []byte) error
	UseStep(ctx context.Context, user string, step int64) (bool, error)
	ConfirmFactor(ctx context.Context, user string, codes [][32]byte, session [32]byte) error
	SetRecoveryCodes(ctx context.Context, user string, codes [][32]byte) error
	UseRecoveryCode(ctx context.Context, user string, code [32]byte) (bool, error)
	DropFactor(ctx context.Context, user string) error
	ShowFactor(ctx context.Context, user, session string) error
}

// checkFactor reports whether a second factor was shown; a user who has none shows
// none. Error: ErrNeedsCode, ErrWrongCode.
func (s *Service) checkFactor(ctx context.Context, user, code string) (shown bool, err error) {
	f, err := s.users.Factor(ctx, user)
	if errors.Is(err, ErrNotFound) || err == nil && !f.Confirmed {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if strings.TrimSpace(code) == "" {
		return false, ErrNeedsCode
	}
	return true, s.useCode(ctx, user, f, code, true)
}

// useCode uses a code up; recovery says whether one of recovery will do.
func (s *Service) useCode(ctx context.Context, user string, f Factor, code string, recovery bool) error {
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, strings.ToUpper(code))
	if len(code) > 6 && recovery {
		used, err := s.users.UseRecoveryCode(ctx, user, sha256.Sum256([]byte(code)))
		if err == nil && !used {
			err = ErrWrongCode
		}
		return err
	}
	step, ok := matchStep(f, code)
	if !ok {
		return ErrWrongCode
	}
	fresh, err := s.users.UseStep(ctx, user, step)
	if err == nil && !fresh {
		err = ErrWrongCode // used already, here or on another node
	}
	return err
}

// matchStep returns the step of which code is, newer than the last that was used.
func matchStep(f Factor, code string) (int64, bool) {
	now := f.Now.Unix() / factorPeriod
	found := int64(0)
	for step := now - factorSkew; step <= now+factorSkew; step++ {
		want, err := hotp.GenerateCodeCustom(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(f.Secret), uint64(step), //nolint:gosec // after 1970
			hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && step > f.LastStep {
			found = step
		}
	}
	return found, found != 0
}

// BeginFactor begins to set up a second factor for whoever shows the password; users
// without one, whom a provider signs in, need none. Error: ErrWrongPassword,
// ErrTooManyAttempts, ErrConflict where one is in force.
func (s *Service) BeginFactor(ctx context.Context, user User, password string) (NewFactor, error) {
	if err := s.confirmPassword(ctx, user, password); err != nil {
		return NewFactor{}, err
	}
	secret := make([]byte, secretOctets)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the process instead
	if err := s.users.BeginFactor(ctx, user.ID, secret); err != nil {
		return NewFactor{}, err
	}
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(secret)
	uri := url.URL{
		Scheme: "otpauth", Host: "totp", Path: "/Picket:" + user.Name,
		RawQuery: url.Values{"secret": {text}, "issuer": {"Picket"}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}.Encode(),
	}
	picture, err := picture(uri.String())
	return NewFactor{Secret: text, URI: uri.String(), QR: picture}, err
}

// picture returns the rows of a QR code.
func picture(text string) ([]string, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, err
	}
	size := code.Bounds()
	rows := make([]string, 0, size.Dy())
	for y := size.Min.Y; y < size.Max.Y; y++ {
		var row strings.Builder
		for x := size.Min.X; x < size.Max.X; x++ {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				row.WriteByte('1')
			} else {
				row.WriteByte('0')
			}
		}
		rows = append(rows, row.String())
	}
	return rows, nil
}

// ConfirmFactor puts the second factor into force for whoever shows a code of it, and
// returns the recovery codes, which are shown once. The session has shown it then.
func (s *Service) ConfirmFactor(ctx context.Context, user User, session, code string) ([]string, error) {
	f, err := s.users.Factor(ctx, user.ID)
	if errors.Is(err, ErrNotFound) || err == nil && f.Confirmed {
		return nil, ErrConflict
	}
	if err != nil {
		return nil, err
	}
	if err := s.limited(ctx, user, func() error { return s.useCode(ctx, user.ID, f, code, false) }); err != nil {
		return nil, err
	}
	hash, _ := parseToken(session)
	texts, hashes := newRecoveryCodes()
	return texts, s.users.ConfirmFactor(ctx, user.ID, hashes, hash)
}

// ShowFactor notes that a session has shown the second factor, for whoever signed in
// without.
func (s *Service) ShowFactor(ctx context.Context, user User, session, code string) error {
	err := s.limited(ctx, user, func() error {
		shown, err := s.checkFactor(ctx, user.ID, code)
		if err == nil && !shown {
			err = ErrNotFound
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.users.ShowFactor(ctx, user.ID, session)
}

// NewRecoveryCodes replaces the recovery codes for whoever shows a code.
func (s *Service) NewRecoveryCodes(ctx context.Context, user User, code string) ([]string, error) {
	err := s.limited(ctx, user, func() error {
		shown, err := s.checkFactor(ctx, user.ID, code)
		if err == nil && !shown {
			err = ErrNotFound
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	texts, hashes := newRecoveryCodes()
	return texts, s.users.SetRecoveryCodes(ctx, user.ID, hashes)
}

// DropFactor ends the second factor for whoever shows a code, or a recovery code.
func (s *Service) DropFactor(ctx context.Context, user User, code string) error {
	err := s.limited(ctx, user, func() error {
		shown, err := s.checkFactor(ctx, user.ID, code)
		if err == nil && !shown {
			err = ErrNotFound
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.users.DropFactor(ctx, user.ID)
}

// limited counts what fails with a code or a password of somebody who is signed in:
// a session that was left open is no way to guess either.
func (s *Service) limited(ctx context.Context, user User, f func() error) error {
	key := []string{attemptKey("user", user.ID)}
	failures, err := s.users.LoginFailures(ctx, key, AttemptWindow)
	if err != nil {
		return err
	}
	if failures[0] >= MaxFailuresName {
		return ErrTooManyAttempts
	}
	err = f()
	if errors.Is(err, ErrWrongCode) || errors.Is(err, ErrWrongPassword) {
		return s.failed(ctx, key, err)
	}
	return err
}

// newRecoveryCodes returns codes as people keep them, and their hashes.
func newRecoveryCodes() (texts []string, hashes [][32]byte) {
	for range recoveryCodes {
		var b [recoveryBits / 8]byte
		_, _ = rand.Read(b[:])
		text := base32.StdEncoding.EncodeToString(b[:]) // 16 characters
		hashes = append(hashes, sha256.Sum256([]byte(text)))
		texts = append(texts, text[:4]+"-"+text[4:8]+"-"+text[8:12]+"-"+text[12:])
	}
	return texts, hashes
}
