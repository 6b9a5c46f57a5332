package enrol

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
)

// codeAlphabet is Crockford's base 32: no I, L, O and U, which people mistake.
const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Codes have this many characters of five bits each: 60 bits.
const codeLength = 12

// A ClaimCode is what a box without a token shows, and a person types into the
// console of the cluster that is to have it: 12 characters, without dashes. It is
// no secret. It binds the box's key to the CA that the box has seen, so that a box
// which reached somebody else's node shows a code that no node of ours knows.
//
// A box makes its key after it has seen the CA. Whoever stands in between has thus
// to choose a CA before there is a code to meet; with both keys to vary, two codes
// would be made alike with 2^30 attempts, and so it takes 2^60.
type ClaimCode string

// ErrClaimCode marks a text that is no claim code.
var ErrClaimCode = errors.New("not a claim code: it has 12 letters and digits, as in 7GQ2-M0XR-94TC")

// Claim returns the code of a box at the cluster whose CA's SubjectPublicKeyInfo
// has the SHA-256 ca: the first 60 bits of the SHA-256 over a name for this use,
// the box's key and ca.
func Claim(box ed25519.PublicKey, ca [32]byte) ClaimCode {
	h := sha256.New()
	h.Write([]byte("picket claim 1\x00"))
	h.Write(box)
	h.Write(ca[:])
	sum := h.Sum(nil)
	var code [codeLength]byte
	for i := range code {
		bit := 5 * i
		pair := uint(sum[bit/8])<<8 | uint(sum[bit/8+1])
		code[i] = codeAlphabet[pair>>(11-bit%8)&31]
	}
	return ClaimCode(code[:])
}

// ParseClaimCode reads a code as people type it: in groups or not, in either case,
// with O for 0 and I or L for 1.
func ParseClaimCode(text string) (ClaimCode, error) {
	if len(text) > 64 {
		return "", ErrClaimCode
	}
	code := make([]byte, 0, codeLength)
	for _, r := range text {
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		switch r {
		case ' ', '-', '\t', '\r', '\n', '\u2010', '\u2011', '\u2013', '\u00a0':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if r > 0x7e || strings.IndexByte(codeAlphabet, byte(r)) < 0 || len(code) == codeLength {
			return "", ErrClaimCode
		}
		code = append(code, byte(r))
	}
	if len(code) != codeLength {
		return "", fmt.Errorf("%w; this has %d", ErrClaimCode, len(code))
	}
	return ClaimCode(code), nil
}

// String returns the code in groups of four, as it is shown.
func (c ClaimCode) String() string {
	if len(c) != codeLength {
		return string(c)
	}
	return string(c[:4] + "-" + c[4:8] + "-" + c[8:])
}
