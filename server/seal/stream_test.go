package seal

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"
	"time"
)

func TestStreamsOpenWholeOrNotAtAll(t *testing.T) {
	k := ring(t, NewKey(time.Now()))
	for _, size := range []int{0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk} {
		plain := make([]byte, size)
		for i := range plain {
			plain[i] = byte(rand.IntN(256))
		}
		var sealed, opened bytes.Buffer
		if err := k.SealStream(&sealed, "x", bytes.NewReader(plain)); err != nil {
			t.Fatal(err)
		}
		if err := k.OpenStream(&opened, "x", bytes.NewReader(sealed.Bytes())); err != nil || !bytes.Equal(opened.Bytes(), plain) {
			t.Fatalf("%d octets: %v", size, err)
		}
		if err := k.OpenStream(&bytes.Buffer{}, "y", bytes.NewReader(sealed.Bytes())); err == nil {
			t.Error("opens for another purpose")
		}
		whole := sealed.Bytes()
		for _, cut := range []int{0, 1, 20, len(whole) / 2, len(whole) - 1, max(len(whole)-chunk-16, 0)} {
			if cut == len(whole) {
				continue
			}
			if err := k.OpenStream(&bytes.Buffer{}, "x", bytes.NewReader(whole[:cut])); !errors.Is(err, ErrDamaged) {
				t.Errorf("%d octets, cut at %d of %d: %v", size, cut, len(whole), err)
			}
		}
		bent := bytes.Clone(whole)
		bent[len(bent)-1] ^= 1
		if err := k.OpenStream(&bytes.Buffer{}, "x", bytes.NewReader(bent)); !errors.Is(err, ErrDamaged) {
			t.Errorf("a changed octet: %v", err)
		}
	}
}
