package seal

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"
)

// Environment is the variable that holds a keyring where no file is given.
const Environment = "PICKET_SECRET_KEYS"

// Errors that callers act on.
var (
	// ErrNoKey says that a value is sealed with a key that the keyring lacks, or that
	// there is no key to seal with.
	ErrNoKey = errors.New("seal: no key")

	// ErrDamaged says that a value is not what was sealed for its purpose.
	ErrDamaged = errors.New("seal: not what was sealed")
)

const (
	magic   = "PkS1"
	keySize = 32
	maxKeys = 16
	maxFile = 16 << 10
)

var idForm = regexp.MustCompile(`^[A-Za-z0-9._-]{1,32}$`)

// A Keyring seals with its first key and opens with all of them. A nil Keyring
// has none. It is immutable.
type Keyring struct {
	keys []key
}

type key struct {
	id   string
	aead cipher.AEAD
}

// NewKey returns a line for a keyring: an id that tells the day, and a random key.
func NewKey(now time.Time) string {
	var secret [keySize]byte
	var suffix [3]byte
	_, _ = rand.Read(secret[:]) // never fails: crypto/rand ends the process instead
	_, _ = rand.Read(suffix[:])
	return fmt.Sprintf("%s-%x %s", now.UTC().Format("20060102"), suffix, base64.StdEncoding.EncodeToString(secret[:]))
}

// Load reads the keyring of file or, where file is empty, of the environment. It
// is nil where neither has one.
func Load(file string) (*Keyring, error) {
	if file == "" {
		text := os.Getenv(Environment)
		if text == "" {
			return nil, nil //nolint:nilnil // no keyring is a keyring
		}
		k, err := Parse(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", Environment, err)
		}
		return k, nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	if info.Mode().IsRegular() && info.Mode().Perm()&0o007 != 0 {
		return nil, fmt.Errorf("seal: everybody may read %s: chmod 600 it", file)
	}
	if info.Size() > maxFile {
		return nil, fmt.Errorf("seal: %s has %d octets, at most %d are read", file, info.Size(), maxFile)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	k, err := Parse(string(b))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return k, nil
}

// Parse reads a keyring: a key a line or, for the environment, between commas, as
// an id and 32 octets in base64. Empty lines and those that begin with # are passed
// over. The error never has a part of a key.
func Parse(text string) (*Keyring, error) {
	k := &Keyring{}
	scan := bufio.NewScanner(strings.NewReader(strings.ReplaceAll(text, ",", "\n")))
	for line := 1; scan.Scan(); line++ {
		fields := strings.Fields(scan.Text())
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		if len(fields) != 2 || !idForm.MatchString(fields[0]) {
			return nil, fmt.Errorf("seal: key %d is not an id of letters, digits, dots and dashes, a space, and a key", line)
		}
		secret, err := base64.StdEncoding.DecodeString(fields[1])
		if err != nil || len(secret) != keySize {
			return nil, fmt.Errorf("seal: key %q is not %d octets in base64", fields[0], keySize)
		}
		if k.find(fields[0]) != nil {
			return nil, fmt.Errorf("seal: there are two keys %q", fields[0])
		}
		if len(k.keys) == maxKeys {
			return nil, fmt.Errorf("seal: there are more than %d keys", maxKeys)
		}
		block, err := aes.NewCipher(secret)
		if err != nil {
			return nil, fmt.Errorf("seal: %w", err)
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, fmt.Errorf("seal: %w", err)
		}
		k.keys = append(k.keys, key{fields[0], aead})
	}
	if err := scan.Err(); err != nil {
		return nil, errors.New("seal: a line is too long")
	}
	if len(k.keys) == 0 {
		return nil, errors.New("seal: there is no key; nodectl new-secret-key makes one")
	}
	return k, nil
}

func (k *Keyring) find(id string) *key {
	if k == nil {
		return nil
	}
	for i := range k.keys {
		if k.keys[i].id == id {
			return &k.keys[i]
		}
	}
	return nil
}

// CanSeal reports whether there is a key.
func (k *Keyring) CanSeal() bool { return k != nil && len(k.keys) > 0 }

// Seal returns plain sealed for a purpose. The error is ErrNoKey where there is no key.
func (k *Keyring) Seal(purpose string, plain []byte) ([]byte, error) {
	if !k.CanSeal() {
		return nil, ErrNoKey
	}
	first := k.keys[0]
	out := append([]byte(magic), byte(len(first.id)))
	out = append(out, first.id...)
	nonce := make([]byte, first.aead.NonceSize())
	_, _ = rand.Read(nonce)
	out = append(out, nonce...)
	return first.aead.Seal(out, nonce, plain, []byte(purpose)), nil
}

// Open returns what was sealed for purpose. The error wraps ErrNoKey, naming the
// key that is missing, or ErrDamaged.
func (k *Keyring) Open(purpose string, sealed []byte) ([]byte, error) {
	id, rest, ok := split(sealed)
	if !ok {
		return nil, ErrDamaged
	}
	with := k.find(id)
	if with == nil {
		return nil, fmt.Errorf("%w: it is sealed with key %q", ErrNoKey, id)
	}
	n := with.aead.NonceSize()
	if len(rest) < n {
		return nil, ErrDamaged
	}
	plain, err := with.aead.Open(nil, rest[:n], rest[n:], []byte(purpose))
	if err != nil {
		return nil, fmt.Errorf("%w for this purpose, or with another key of the id %q", ErrDamaged, id)
	}
	return plain, nil
}

// KeyID returns the id of the key with which a value is sealed, and false where it
// is not sealed.
func KeyID(value []byte) (string, bool) {
	id, _, ok := split(value)
	return id, ok
}

// Stale reports whether value should be sealed anew: it is in clear, or sealed
// with another key than the first.
func (k *Keyring) Stale(value []byte) bool {
	id, _, ok := split(value)
	return k.CanSeal() && (!ok || id != k.keys[0].id)
}

func split(sealed []byte) (id string, rest []byte, ok bool) {
	b, ok := bytes.CutPrefix(sealed, []byte(magic))
	if !ok || len(b) == 0 || len(b) < 1+int(b[0]) {
		return "", nil, false
	}
	n := int(b[0])
	if id = string(b[1 : 1+n]); !idForm.MatchString(id) {
		return "", nil, false
	}
	return id, b[1+n:], true
}

// Active returns the id of the key that seals; empty: there is none.
func (k *Keyring) Active() string {
	if !k.CanSeal() {
		return ""
	}
	return k.keys[0].id
}
