package embedded

import (
	"bufio"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// maxTail is how many lines are kept to explain why the server ended.
const maxTail = 12

// maxLine bounds a line of the log, in octets.
const maxLine = 4096

// serverLog passes PostgreSQL's lines on to the node's log.
type serverLog struct {
	log *slog.Logger

	mu   sync.Mutex
	tail []string
}

// copy reads lines until r ends. What is beyond maxLine of a line is left out.
func (l *serverLog) copy(r io.Reader) {
	lines := bufio.NewReaderSize(r, maxLine)
	for cut := false; ; {
		text, more, err := lines.ReadLine()
		if err != nil {
			return
		}
		if !cut {
			l.line(string(text))
		}
		cut = more
	}
}

func (l *serverLog) line(text string) {
	l.mu.Lock()
	if len(l.tail) == maxTail {
		l.tail = l.tail[1:]
	}
	l.tail = append(l.tail, text)
	l.mu.Unlock()
	switch {
	case strings.Contains(text, "the database system is "): // starting up, shutting down: not yet a fault
		l.log.Debug("postgres", "line", text)
	case strings.Contains(text, "PANIC: "), strings.Contains(text, "FATAL: "):
		l.log.Warn("postgres", "line", text)
	case strings.Contains(text, "WARNING: "), strings.Contains(text, "ERROR: "):
		l.log.Info("postgres", "line", text)
	default:
		l.log.Debug("postgres", "line", text)
	}
}

// reason returns the line that best says why the server ended.
func (l *serverLog) reason() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := len(l.tail) - 1; i >= 0; i-- {
		if strings.Contains(l.tail[i], "FATAL: ") || strings.Contains(l.tail[i], "PANIC: ") || strings.Contains(l.tail[i], "HINT: ") {
			return l.tail[i]
		}
	}
	if len(l.tail) == 0 {
		return "it said nothing"
	}
	return l.tail[len(l.tail)-1]
}
