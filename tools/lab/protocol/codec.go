package protocol

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
)

// ErrLongLine is a line of more than MaxLine octets. The reader has skipped it.
var ErrLongLine = fmt.Errorf("a line of more than %d octets", MaxLine)

// A Reader takes messages off a stream. It is not safe for concurrent use.
type Reader struct {
	in   *bufio.Reader
	line []byte
}

// NewReader returns a reader of r.
func NewReader(r io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, 64<<10)}
}

// Next decodes the next line that is not empty into message. An error that is
// ErrLongLine or wraps a *LineError is of that line alone; any other ends the
// stream. The memory kept is that of the longest line so far.
func (r *Reader) Next(message any) error {
	for {
		line, err := r.next()
		if err != nil {
			return err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if err := json.Unmarshal(line, message); err != nil {
			return &LineError{Start: string(line[:min(len(line), 80)]), Err: err}
		}
		return nil
	}
}

// next returns a line, valid until the call after.
func (r *Reader) next() ([]byte, error) {
	r.line = r.line[:0]
	long := false
	for {
		part, err := r.in.ReadSlice('\n')
		if !long && len(r.line)+len(part) > MaxLine {
			long = true
			r.line = nil // do not keep what a stranger made large
		}
		if !long {
			r.line = append(r.line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(r.line) > 0:
			return nil, io.ErrUnexpectedEOF // half a message is none
		case err != nil:
			return nil, err
		case long:
			return nil, ErrLongLine
		default:
			return r.line, nil
		}
	}
}

// A LineError is a line that is no message.
type LineError struct {
	Start string // of the line
	Err   error
}

func (e *LineError) Error() string { return fmt.Sprintf("no message: %q: %v", e.Start, e.Err) }

func (e *LineError) Unwrap() error { return e.Err }

// A Writer puts messages on a stream, each in one Write. It is safe for
// concurrent use.
type Writer struct {
	out io.Writer

	mu     sync.Mutex
	buffer bytes.Buffer
}

// NewWriter returns a writer to w.
func NewWriter(w io.Writer) *Writer { return &Writer{out: w} }

// Write sends one message. ErrLongLine is of a message that is too long: nothing
// was sent.
func (w *Writer) Write(message any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buffer.Reset()
	encoder := json.NewEncoder(&w.buffer) // ends in a newline, and has none inside
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(message); err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	if w.buffer.Len() > MaxLine {
		w.buffer = bytes.Buffer{}
		return ErrLongLine
	}
	_, err := w.out.Write(w.buffer.Bytes())
	return err
}

// sync sends an empty line: what a host before us left half written ends there.
func (w *Writer) sync() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.out.Write([]byte{'\n'})
	return err
}
