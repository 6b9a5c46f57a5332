package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// A screen is what a person sees: sentences of this program, and the lines of
// the programs' logs that matter. It is safe for concurrent use.
type screen struct {
	verbose bool // show all log lines, not warnings and errors alone

	mu  sync.Mutex
	out io.Writer
}

// say prints a sentence.
func (s *screen) say(sentence string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = fmt.Fprintln(s.out, sentence)
}

// log prints a line of a program's log in short, when it matters.
func (s *screen) log(name, line string) {
	if text, matters := shorten(line); matters || s.verbose {
		s.say(fmt.Sprintf("%-10s │ %s", name, text))
	}
}

// shorten makes one readable line of a JSON line of log/slog, and reports
// whether it is a warning or an error. Any other line is returned as it is, and
// matters: nobody says such a thing on purpose.
func shorten(line string) (text string, matters bool) {
	var record map[string]any
	if err := json.Unmarshal([]byte(line), &record); err != nil || record["msg"] == nil {
		return line, strings.TrimSpace(line) != ""
	}
	var b strings.Builder
	level, _ := record["level"].(string)
	if matters = level == "WARN" || level == "ERROR"; matters {
		b.WriteString(level + " ")
	}
	fmt.Fprint(&b, record["msg"])
	for _, key := range slices.Sorted(maps.Keys(record)) {
		if key != "time" && key != "level" && key != "msg" {
			fmt.Fprintf(&b, " %s=%v", key, record[key])
		}
	}
	return b.String(), matters
}

// box prints lines in a frame, so that they are found among others.
func (s *screen) box(lines ...string) {
	width := 0
	for _, line := range lines {
		width = max(width, utf8.RuneCountInString(line))
	}
	var b strings.Builder
	b.WriteString("\n┌" + strings.Repeat("─", width+2) + "┐\n")
	for _, line := range lines {
		b.WriteString("│ " + line + strings.Repeat(" ", width-utf8.RuneCountInString(line)) + " │\n")
	}
	b.WriteString("└" + strings.Repeat("─", width+2) + "┘\n")
	s.say(b.String())
}
