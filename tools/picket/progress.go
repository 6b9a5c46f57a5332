package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// progress shows a bar on a terminal once work takes longer than a moment, and
// nothing elsewhere.
type progress struct {
	out     io.Writer // nil: not a terminal
	started time.Time
	drawn   time.Time
}

func newProgress(out io.Writer) *progress {
	p := &progress{started: time.Now()}
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			p.out = out
		}
	}
	return p
}

// show draws what of's read and size say, at most ten times a second.
func (p *progress) show(name string, of func() (read, size int64)) {
	if p.out == nil {
		return
	}
	now := time.Now()
	if now.Sub(p.started) < 500*time.Millisecond || now.Sub(p.drawn) < 100*time.Millisecond {
		return
	}
	p.drawn = now
	read, size := of()
	if size <= 0 {
		fmt.Fprintf(p.out, "\r\x1b[K%s  %d MB", name, read>>20)
		return
	}
	const width = 30
	full := int(min(read, size) * width / size)
	fmt.Fprintf(p.out, "\r\x1b[K%s  [%s%s] %d %%", name, strings.Repeat("=", full), strings.Repeat(" ", width-full), min(read, size)*100/size)
}

// done takes the bar away.
func (p *progress) done() {
	if p.out != nil && !p.drawn.IsZero() {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.drawn = time.Time{}
	}
}
