package api

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// text returns what a transmitter sent as text: as it is where it is printable
// UTF-8, and otherwise with its other octets as \xNN. A backslash of its own is
// doubled then, so that two different names never look alike.
func text(b []byte) string {
	if printable(b) {
		return string(b)
	}
	const digits = "0123456789abcdef"
	var s strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n <= 1, !shown(r):
			for _, o := range b[:n] {
				s.WriteString(`\x`)
				s.WriteByte(digits[o>>4])
				s.WriteByte(digits[o&15])
			}
		case r == '\\':
			s.WriteString(`\\`)
		default:
			s.WriteRune(r)
		}
		b = b[n:]
	}
	return s.String()
}

func printable(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	for _, r := range string(b) {
		if !shown(r) {
			return false
		}
	}
	return true
}

// shown excludes controls and what changes the direction of text around it.
func shown(r rune) bool { return unicode.IsPrint(r) && !unicode.Is(unicode.Bidi_Control, r) }

// textOrNull is text, and nil for nothing: a hidden SSID is not the empty one.
func textOrNull(b []byte) *string {
	if len(b) == 0 {
		return nil
	}
	s := text(b)
	return &s
}

func texts(list [][]byte) []string {
	s := make([]string, 0, len(list))
	for _, b := range list {
		s = append(s, text(b))
	}
	return s
}
