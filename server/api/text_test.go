package api

import "testing"

func TestText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"as it is", "Office 5G", "Office 5G"},
		{"other scripts", "Büro ☕", "Büro ☕"},
		{"a backslash alone", `a\b`, `a\b`},
		{"a control", "a\nb", `a\x0ab`},
		{"a backslash beside a control differs from an escape", "\\x0a\n", `\\x0a\x0a`},
		{"no UTF-8", "a\xff\xfeb", `a\xff\xfeb`},
		{"NUL", "\x00\x00", `\x00\x00`},
		{"reversed direction", "a\u202eb", `a\xe2\x80\xaeb`},
	}
	for _, tt := range tests {
		if got := text([]byte(tt.in)); got != tt.want {
			t.Errorf("%s: text(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
	if textOrNull(nil) != nil {
		t.Error("a hidden SSID is not null")
	}
}
