package httpsig

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// maxHeader bounds Signature-Input and Signature, in octets. Ours take 260.
const maxHeader = 2048

// An input is one member of Signature-Input (RFC 9421, 4.1).
type input struct {
	components []string
	params     []param
	raw        string // the value as received, which is the value signed
}

// A param is a parameter of a signature: an integer or a string.
type param struct {
	name     string
	text     string // of a string, unquoted
	number   int64  // of an integer
	isNumber bool
}

// A scanner walks a structured field (RFC 8941) of which it accepts the
// canonical form alone.
type scanner struct {
	s   string
	pos int
}

// findInput returns the member called name of a Signature-Input field. A second
// member of any one name makes the field malformed: RFC 8941 lets the last win,
// which lets two readers see different signatures.
func findInput(field, name string) (input, error) {
	var found input
	err := eachMember(field, func(key string, sc *scanner) error {
		start := sc.pos
		in, err := sc.innerList()
		if err != nil {
			return err
		}
		if key == name {
			in.raw = sc.s[start:sc.pos]
			found = in
		}
		return nil
	})
	if err != nil {
		return input{}, fmt.Errorf("%w: signature-input: %w", ErrMalformed, err)
	}
	if found.raw == "" {
		return input{}, fmt.Errorf("%w: signature-input has no %q", ErrMalformed, name)
	}
	return found, nil
}

// findSignature returns the octets of the member called name of a Signature field.
func findSignature(field, name string) ([]byte, error) {
	var found []byte
	err := eachMember(field, func(key string, sc *scanner) error {
		b, err := sc.octets()
		if err == nil && key == name {
			found = b
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%w: signature: %w", ErrMalformed, err)
	}
	if found == nil {
		return nil, fmt.Errorf("%w: signature has no %q", ErrMalformed, name)
	}
	return found, nil
}

// eachMember calls value for each member of a dictionary, at its value.
func eachMember(field string, value func(key string, sc *scanner) error) error {
	if len(field) > maxHeader {
		return fmt.Errorf("%d octets are more than %d", len(field), maxHeader)
	}
	sc := &scanner{s: field}
	var seen []string
	for {
		key, err := sc.key()
		if err != nil {
			return err
		}
		for _, k := range seen {
			if k == key {
				return fmt.Errorf("two members %q", key)
			}
		}
		seen = append(seen, key)
		if !sc.take('=') {
			return sc.unexpected()
		}
		if err := value(key, sc); err != nil {
			return err
		}
		if sc.pos == len(sc.s) {
			return nil
		}
		if !sc.take(',') {
			return sc.unexpected()
		}
		sc.take(' ') // proxies join field lines with or without it
	}
}

// innerList reads ("a" "b");name=value;… (RFC 8941, 3.1.1).
func (sc *scanner) innerList() (input, error) {
	var in input
	if !sc.take('(') {
		return in, sc.unexpected()
	}
	for !sc.take(')') {
		if len(in.components) > 0 && !sc.take(' ') {
			return in, sc.unexpected()
		}
		s, err := sc.str()
		if err != nil {
			return in, err
		}
		in.components = append(in.components, s)
	}
	for sc.take(';') {
		p, err := sc.param()
		if err != nil {
			return in, err
		}
		for _, q := range in.params {
			if q.name == p.name {
				return in, fmt.Errorf("two parameters %q", p.name)
			}
		}
		in.params = append(in.params, p)
	}
	return in, nil
}

func (sc *scanner) param() (param, error) {
	name, err := sc.key()
	if err != nil {
		return param{}, err
	}
	if !sc.take('=') {
		return param{}, sc.unexpected()
	}
	if sc.peek() == '"' {
		text, err := sc.str()
		return param{name: name, text: text}, err
	}
	start := sc.pos
	for isDigit(sc.peek()) {
		sc.pos++
	}
	digits := sc.s[start:sc.pos]
	if digits == "" || len(digits) > 15 || len(digits) > 1 && digits[0] == '0' { // RFC 8941, 3.3.1
		return param{}, sc.unexpected()
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return param{name: name, number: n, isNumber: true}, err
}

// key reads a name: a lower-case letter or *, then those, digits and _ - . (RFC 8941, 3.1.2).
func (sc *scanner) key() (string, error) {
	start := sc.pos
	if c := sc.peek(); !isLower(c) && c != '*' {
		return "", sc.unexpected()
	}
	for c := sc.peek(); isLower(c) || isDigit(c) || c == '_' || c == '-' || c == '.' || c == '*'; c = sc.peek() {
		sc.pos++
	}
	return sc.s[start:sc.pos], nil
}

// str reads a quoted string without escapes: nothing of ours needs one.
func (sc *scanner) str() (string, error) {
	if !sc.take('"') {
		return "", sc.unexpected()
	}
	start := sc.pos
	for c := sc.peek(); c >= 0x20 && c <= 0x7e && c != '"' && c != '\\'; c = sc.peek() {
		sc.pos++
	}
	text := sc.s[start:sc.pos]
	if !sc.take('"') {
		return "", sc.unexpected()
	}
	return text, nil
}

// octets reads :base64: (RFC 8941, 3.3.5).
func (sc *scanner) octets() ([]byte, error) {
	if !sc.take(':') {
		return nil, sc.unexpected()
	}
	text, _, ok := strings.Cut(sc.s[sc.pos:], ":")
	if !ok {
		return nil, sc.unexpected()
	}
	sc.pos += len(text) + 1
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if err == nil && strings.ContainsAny(text, "\r\n") { // which DecodeString skips
		err = fmt.Errorf("line break in base64")
	}
	return b, err
}

// peek returns the next octet, or 0 at the end.
func (sc *scanner) peek() byte {
	if sc.pos == len(sc.s) {
		return 0
	}
	return sc.s[sc.pos]
}

func (sc *scanner) take(c byte) bool {
	if sc.pos < len(sc.s) && sc.s[sc.pos] == c {
		sc.pos++
		return true
	}
	return false
}

func (sc *scanner) unexpected() error {
	if sc.pos == len(sc.s) {
		return fmt.Errorf("ends early, at octet %d", sc.pos)
	}
	return fmt.Errorf("unexpected %q at octet %d", sc.s[sc.pos], sc.pos)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isLower(c byte) bool { return c >= 'a' && c <= 'z' }
