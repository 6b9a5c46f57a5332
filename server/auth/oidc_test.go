package auth

import (
	"reflect"
	"strings"
	"testing"
)

func TestGroupsAreReadInEveryFormAndBounded(t *testing.T) {
	many := make([]any, 2*maxGroups)
	for i := range many {
		many[i] = "g"
	}
	tests := []struct {
		name  string
		claim any
		want  []string
	}{
		{"none", nil, []string{}},
		{"a list", []any{"a", "b"}, []string{"a", "b"}},
		{"a name", "a", []string{"a"}},
		{"bad: numbers and nothing", []any{1.0, "", nil, "a"}, []string{"a"}},
		{"bad: a long name", []any{strings.Repeat("x", 201)}, []string{}},
		{"bad: an object", map[string]any{"a": true}, []string{}},
	}
	for _, tt := range tests {
		if got := groupsOf(tt.claim); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := groupsOf(many); len(got) != maxGroups {
		t.Errorf("%d groups, want %d", len(got), maxGroups)
	}
}

func TestWhereToReturnIsAPathOfTheConsole(t *testing.T) {
	for path, want := range map[string]string{
		"/taps?from=-24h": "/taps?from=-24h", "": "/", "//evil.example/": "/", "https://evil.example/": "/", "/\\evil.example": "/",
		"taps": "/", "javascript:alert(1)": "/", "/a\nb": "/", "/" + strings.Repeat("x", 3000): "/",
	} {
		if got := safePath(path); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}

func TestNamesFromAProvider(t *testing.T) {
	tests := []struct {
		name   string
		claims map[string]any
		want   string
	}{
		{"the user's name", map[string]any{"preferred_username": "ann", "email": "ann@example.org"}, "ann"},
		{"the address", map[string]any{"preferred_username": " ", "email": "ann@example.org"}, "ann@example.org"},
		{"bad: control characters", map[string]any{"preferred_username": "a\x00n\nn"}, "ann"},
		{"bad: too long", map[string]any{"name": strings.Repeat("ä", 100)}, strings.Repeat("ä", MaxName)},
	}
	for _, tt := range tests {
		if got := nameOf(tt.claims, "s"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := nameOf(map[string]any{"name": 7}, "s"); !strings.HasPrefix(got, "user ") {
		t.Errorf("no name: %q", got)
	}
}

func TestRolesAreNested(t *testing.T) {
	roles := append([]Role{RoleAdministrator}, MemberRoles()...)
	for i := 1; i < len(roles); i++ {
		above, below := roles[i-1].Permissions(), roles[i].Permissions()
		if !above.Contains(below) || below.Contains(above) || len(below.List()) == 0 || roles[i].Describe() == "" {
			t.Errorf("%s has %v, %s below it %v", roles[i-1], above.List(), roles[i], below.List())
		}
	}
	if got := Role("nobody").Permissions().List(); len(got) != 0 {
		t.Errorf("an unknown role may %v", got)
	}
	if got := NewSet("read:everything", Public, Self, Own).List(); len(got) != 0 {
		t.Errorf("a set of %v", got)
	}
}
