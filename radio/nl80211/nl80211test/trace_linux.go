package nl80211test

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"syscall"

	"github.com/mdlayher/netlink"

	"picket/radio/nl80211"
)

// maxLine bounds a line of a trace: a netlink message has up to 64 KiB in
// practice, and two digits an octet.
const maxLine = 1 << 20

// A Trace is what was said between a client and a kernel.
type Trace struct {
	Comment string // where it is from; lines
	Steps   []Step
}

// A Step is a request and its answer.
type Step struct {
	Request Request
	Answers []Message
	Refusal *RefusalError // nil: it was not refused
}

// Record writes down what c and its kernel say to each other from now on. The
// trace is complete when no request is on its way.
func Record(c *nl80211.Client) *Trace {
	t := new(Trace)
	c.Observe(func(e nl80211.Exchange) {
		s := Step{Request: Request{Command: e.Command, Flags: netlink.HeaderFlags(e.Flags), Attributes: e.Attributes}}
		for _, a := range e.Answers {
			m := Message{Command: a.Command, Attributes: a.Attributes}
			if a.Interrupted {
				m.Flags = netlink.DumpInterrupted
			}
			s.Answers = append(s.Answers, m)
		}
		if e.Refused != nil {
			s.Refusal = &RefusalError{Errno: e.Refused.Errno, Text: e.Refused.Text, Attribute: e.Refused.Attribute}
		}
		t.Steps = append(t.Steps, s)
	})
	return t
}

// WriteTo writes the trace as text.
func (t *Trace) WriteTo(w io.Writer) (int64, error) {
	var b strings.Builder
	for line := range strings.Lines(t.Comment) {
		b.WriteString("# " + strings.TrimRight(line, "\n") + "\n")
	}
	for _, s := range t.Steps {
		fmt.Fprintf(&b, "\n> %d %04x %s\n", s.Request.Command, uint16(s.Request.Flags), hex.EncodeToString(s.Request.Attributes))
		for _, a := range s.Answers {
			fmt.Fprintf(&b, "< %d %04x %s\n", a.Command, uint16(a.Flags), hex.EncodeToString(a.Attributes))
		}
		if s.Refusal != nil {
			fmt.Fprintf(&b, "! %d %d %s\n", uint(s.Refusal.Errno), s.Refusal.Attribute, s.Refusal.Text)
		}
	}
	n, err := io.WriteString(w, b.String())
	return int64(n), err
}

// ReadTrace reads what WriteTo wrote.
func ReadTrace(r io.Reader) (*Trace, error) {
	t := new(Trace)
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		if err := t.line(lines.Text()); err != nil {
			return nil, fmt.Errorf("trace, line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("trace: %w", err)
	}
	return t, nil
}

func (t *Trace) line(line string) error {
	kind, rest, _ := strings.Cut(line, " ")
	switch kind {
	case "":
		return nil
	case "#":
		t.Comment += rest + "\n"
		return nil
	case ">":
		command, flags, attributes, err := message(rest)
		t.Steps = append(t.Steps, Step{Request: Request{Command: command, Flags: flags, Attributes: attributes}})
		return err
	}
	if len(t.Steps) == 0 {
		return fmt.Errorf("%q before the first request", kind)
	}
	s := &t.Steps[len(t.Steps)-1]
	switch kind {
	case "<":
		command, flags, attributes, err := message(rest)
		s.Answers = append(s.Answers, Message{Command: command, Flags: flags, Attributes: attributes})
		return err
	case "!":
		fields := strings.SplitN(rest, " ", 3)
		if len(fields) < 3 {
			return fmt.Errorf("refusal %q has not three fields", rest)
		}
		errno, err := strconv.ParseUint(fields[0], 10, 12)
		if err != nil {
			return err
		}
		attribute, err := strconv.ParseUint(fields[1], 10, 16)
		if err != nil {
			return err
		}
		s.Refusal = &RefusalError{Errno: syscall.Errno(errno), Attribute: uint16(attribute), Text: fields[2]}
		return nil
	default:
		return fmt.Errorf("%q begins no line", kind)
	}
}

// message reads "COMMAND FLAGS ATTRIBUTES".
func message(s string) (nl80211.Command, netlink.HeaderFlags, []byte, error) {
	fields := strings.SplitN(s, " ", 3)
	if len(fields) < 3 {
		return 0, 0, nil, fmt.Errorf("message %q has not three fields", s)
	}
	command, err := strconv.ParseUint(fields[0], 10, 8)
	if err != nil {
		return 0, 0, nil, err
	}
	flags, err := strconv.ParseUint(fields[1], 16, 16)
	if err != nil {
		return 0, 0, nil, err
	}
	attributes, err := hex.DecodeString(fields[2])
	return nl80211.Command(command), netlink.HeaderFlags(flags), attributes, err
}
