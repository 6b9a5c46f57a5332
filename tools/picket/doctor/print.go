package doctor

import (
	"fmt"
	"io"
	"strings"
)

// width is that of a terminal that nobody made wider.
const width = 80

// Print writes the report for people.
func (r Report) Print(w io.Writer) error {
	p := &printer{w: w}
	p.wrap("", r.Summary)
	p.line("")
	p.line("RADIOS")
	for _, radio := range r.Radios {
		p.radio(radio)
	}
	if len(r.Radios) == 0 {
		p.line("  none")
	}
	p.line("")
	p.line("WIRED INTERFACES")
	for _, i := range r.Wired {
		p.line("  " + join(i.Name, i.MAC, prefixed("driver ", i.Driver)))
		p.finding(i.Status, i.Text, i.Cure)
	}
	if len(r.Wired) == 0 {
		p.line("  none")
	}
	p.line("")
	p.line("THIS MACHINE")
	for _, c := range r.Checks {
		p.line("  " + c.Name)
		p.finding(c.Status, c.Text, c.Cure)
	}
	return p.err
}

// printer remembers the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(s string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, strings.TrimRight(s, " "))
	}
}

func (p *printer) radio(r Radio) {
	p.line("  " + join(r.Name, r.MAC, r.Device, prefixed("driver ", r.Driver)))
	p.finding(r.Status, r.Text, r.Cure)
	if r.Monitor {
		p.wrap("         ", "monitor mode: yes")
	} else {
		p.wrap("         ", "monitor mode: no")
	}
	for _, b := range r.Bands {
		text := b.Band + ": "
		if b.Channels == "" {
			p.wrap("         ", text+fmt.Sprintf("none of its %d channels may be listened on in %s", b.Known, country(r.Country)))
			continue
		}
		text += "channels " + b.Channels
		if b.Allowed < b.Known {
			text += fmt.Sprintf(" (%d of %d)", b.Allowed, b.Known)
		}
		if b.Radar != "" {
			text += "; radar may be on " + b.Radar
		}
		p.wrap("         ", text)
	}
	if !hasBand(r, "6 GHz") {
		p.wrap("         ", "6 GHz: the adapter has none")
	}
	p.wrap("         ", "country: "+country(r.Country))
	for _, i := range r.Interfaces {
		state := "down"
		if i.Up {
			state = "up"
		}
		text := fmt.Sprintf("interface %s: %s, %s", i.Name, i.Type, state)
		if len(i.By) > 0 {
			text += ", held by " + strings.Join(i.By, " and ")
		}
		p.wrap("         ", text)
	}
	if r.Note != "" {
		p.wrap("         ", "note: "+r.Note)
	}
}

func hasBand(r Radio, name string) bool {
	for _, b := range r.Bands {
		if b.Band == name {
			return true
		}
	}
	return false
}

func country(code string) string {
	switch code {
	case "", "00":
		return "not known (the kernel's world domain)"
	case "98", "99":
		return "of the adapter's own making (" + code + ")"
	default:
		return code
	}
}

// finding is what is said of a thing, and what would cure it.
func (p *printer) finding(status Status, text, cure string) {
	mark := map[Status]string{Fine: "[ok] ", Warning: "[!]  ", Broken: "[NO] "}[status]
	p.hang("    "+mark, "         ", text)
	if cure != "" {
		p.hang("         To do: ", "         ", cure)
	}
}

func (p *printer) wrap(indent, text string) { p.hang(indent, indent+"  ", text) }

// hang writes text over as many lines as it takes.
func (p *printer) hang(first, others, text string) {
	line, prefix := first, first
	for _, word := range strings.Fields(text) {
		if line != prefix && len(line)+1+len(word) > width {
			p.line(line)
			line, prefix = others, others
		}
		if line != prefix {
			line += " "
		}
		line += word
	}
	p.line(line)
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

// join puts a comma between what is there.
func join(parts ...string) string {
	var there []string
	for _, p := range parts {
		if p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, ", ")
}
