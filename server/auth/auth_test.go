package auth

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
)

func TestTokensAreTheirHolders(t *testing.T) {
	token, hash := newToken()
	if got, ok := parseToken(token); !ok || got != hash || len(token) != 43 {
		t.Errorf("token %q of %d characters: %v", token, len(token), ok)
	}
	for _, bad := range []string{"", "x", token[:42], token + "A", token + "=", token[:42] + "\n", strings.Repeat("A", 44), " " + token} {
		if _, ok := parseToken(bad); ok {
			t.Errorf("parseToken takes %q", bad)
		}
	}
}

func TestFit(t *testing.T) {
	tests := []struct {
		name, user, password string
		fits                 bool
	}{
		{"OK", "operator", "twelve chars", true},
		{"OK: counts characters, not octets", "operator", "zwölf Zeiche", true},
		{"bad: 11 characters", "operator", "eleven char", false},
		{"bad: 6 characters of two octets each", "operator", "öööööö", false},
		{"bad: no name", "", "twelve chars", false},
		{"bad: a long name", strings.Repeat("n", 65), "twelve chars", false},
		{"bad: a long password", "operator", strings.Repeat("p", 1001), false},
	}
	for _, tt := range tests {
		if err := fit(tt.user, tt.password); (err == nil) != tt.fits || err != nil && !errors.Is(err, ErrUnfit) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestFewPasswordsAtATime: strangers cannot make the node use more memory than
// that of a few.
func TestFewPasswordsAtATime(t *testing.T) {
	s, err := newService(nil, &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	for range concurrentHashes {
		if err := s.hasher.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := s.hasher.check(ctx, "password", s.hasher.dummy); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("one more: %v, want to wait for its deadline", err)
	}
	s.hasher.leave()
	if right, err := s.hasher.check(t.Context(), "password", s.hasher.dummy); err != nil || right {
		t.Errorf("after one has left: %v, %v", right, err)
	}
}

func TestAttemptsFromAnIPv6NetworkCountTogether(t *testing.T) {
	if addressKey("2001:db8:0:1::1") != addressKey("2001:db8:0:1:ffff::2") {
		t.Error("who has a network has as many attempts as it has addresses")
	}
	if addressKey("2001:db8:0:1::1") == addressKey("2001:db8:0:2::1") || addressKey("192.0.2.1") == addressKey("192.0.2.2") {
		t.Error("two places share their attempts")
	}
}
