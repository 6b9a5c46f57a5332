package seal

import (
	"bufio"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// chunk is how many octets of a stream are sealed together.
const chunk = 64 << 10

// A stream is a header like that of a value, sealed and empty, then chunks of which
// each has its number and whether it is the last in its nonce: none can be left out,
// moved, repeated or cut off (the STREAM construction, eprint.iacr.org/2015/189).

// SealStream copies from r to w, sealed with the first key for a purpose.
func (k *Keyring) SealStream(w io.Writer, purpose string, r io.Reader) error {
	header, err := k.Seal(purpose, nil)
	if err != nil {
		return err
	}
	if err := binary.Write(w, binary.BigEndian, uint16(len(header))); err != nil {
		return err
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	in, plain := bufio.NewReaderSize(r, chunk), make([]byte, chunk)
	aead, bound := k.keys[0].aead, append([]byte(purpose+"\x00"), header...)
	for n := uint64(0); ; n++ {
		size, err := io.ReadFull(in, plain)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		_, peek := in.Peek(1)
		last := errors.Is(peek, io.EOF)
		if _, err := w.Write(aead.Seal(nil, streamNonce(aead, header, n, last), plain[:size], bound)); err != nil {
			return err
		}
		if last {
			return nil
		}
		if peek != nil {
			return peek
		}
	}
}

// OpenStream copies from r to w what SealStream sealed. What was written to w is of
// use only when it returns nil.
func (k *Keyring) OpenStream(w io.Writer, purpose string, r io.Reader) error {
	var size uint16
	if err := binary.Read(r, binary.BigEndian, &size); err != nil {
		return ErrDamaged
	}
	header := make([]byte, size)
	if _, err := io.ReadFull(r, header); err != nil {
		return ErrDamaged
	}
	if _, err := k.Open(purpose, header); err != nil {
		return err
	}
	id, _ := KeyID(header)
	aead, bound := k.find(id).aead, append([]byte(purpose+"\x00"), header...)
	in, sealed := bufio.NewReaderSize(r, chunk+aead.Overhead()), make([]byte, chunk+aead.Overhead())
	for n := uint64(0); ; n++ {
		size, err := io.ReadFull(in, sealed)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("%w: it is cut off", ErrDamaged)
		}
		_, peek := in.Peek(1)
		last := errors.Is(peek, io.EOF)
		plain, err := aead.Open(nil, streamNonce(aead, header, n, last), sealed[:size], bound)
		if err != nil {
			return ErrDamaged
		}
		if _, err := w.Write(plain); err != nil {
			return err
		}
		if last {
			return nil
		}
	}
}

// streamNonce is the header's last octets, its tag of random appearance, with number
// and end. A header is of one stream, so that no nonce comes twice.
func streamNonce(aead cipher.AEAD, header []byte, n uint64, last bool) []byte {
	nonce := make([]byte, aead.NonceSize())
	copy(nonce, header[len(header)-4:])
	binary.BigEndian.PutUint64(nonce[4:], n<<1)
	if last {
		nonce[11] |= 1
	}
	return nonce
}
