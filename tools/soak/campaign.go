package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A campaign is one command that runs for long.
type campaign struct {
	name    string
	command []string
	env     []string
	shares  bool // may run beside others: it looks for faults and gives no timing
}

// discover returns the campaigns that the source has, fuzz targets first, and
// an error that names packages whose campaigns are unknown.
func discover(ctx context.Context, o options) ([]campaign, error) {
	out, err := exec.CommandContext(ctx, "go", "test", "-list", "^(Fuzz|TestSoak)", "./...").Output()
	if err != nil {
		broken := brokenLine.FindAllString(string(out), -1)
		err = fmt.Errorf("list the campaigns: %w: %s", err, strings.Join(broken, "; "))
	}
	var fuzz, soak []campaign
	for _, t := range parseList(out) {
		if !strings.HasPrefix(t.name, "Fuzz") {
			soak = append(soak, campaign{
				name:    t.folder + "." + t.name,
				command: []string{"go", "test", "-run", "^" + t.name + "$", "-count", "1", "-v", "-timeout", "24h", t.path},
				env:     []string{"PICKET_SOAK=full"},
			})
			continue
		}
		c := campaign{
			name:    t.folder + "." + t.name,
			shares:  true,
			command: []string{"go", "test", "-run", "^$", "-parallel", strconv.Itoa(max(1, runtime.NumCPU()/o.atOnce)), "-fuzz", "^" + t.name + "$", "-fuzztime", o.fuzz.String(), "-fuzzminimizetime", "100x", "-timeout", "24h", t.path},
		}
		if !o.sample {
			c.env = []string{"PICKET_FUZZ_SEEDS=corpus"}
		}
		fuzz = append(fuzz, c)
	}
	all := fuzz
	if !o.sample {
		all = append(all, soak...)
		all = append(all, campaign{name: "benchmarks", command: []string{"go", "run", "./tools/bench"}})
	}
	chosen := all[:0]
	for _, c := range all {
		if o.only.MatchString(c.name) {
			chosen = append(chosen, c)
		}
	}
	return chosen, err
}

// A test is one that `go test -list` names.
type test struct{ name, path, folder string }

// parseList reads the output of `go test -list`: the names of a package's tests,
// then a line with its path.
func parseList(out []byte) []test {
	var tests []test
	var names []string
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) == 1:
			names = append(names, fields[0])
		case len(fields) > 1 && fields[0] == "ok":
			_, folder, _ := strings.Cut(fields[1], "/")
			for _, name := range names {
				tests = append(tests, test{name, fields[1], folder})
			}
			names = nil
		}
	}
	return tests
}

// run runs the campaign and writes what it says into a log of its name.
func (c campaign) run(ctx context.Context, logs string) result {
	start := time.Now()
	path := filepath.Join(logs, strings.ReplaceAll(c.name, "/", "_")+".log")
	log, err := os.Create(path)
	if err != nil {
		return result{Figure: err.Error(), Failed: true, At: start}
	}
	defer log.Close()
	cmd := exec.CommandContext(ctx, c.command[0], c.command[1:]...)
	cmd.Env = append(os.Environ(), c.env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) } // a fuzzer keeps what it found
	cmd.WaitDelay = 30 * time.Second
	err = cmd.Run()
	out, readErr := os.ReadFile(path)
	if readErr != nil {
		return result{Figure: readErr.Error(), Failed: true, At: start}
	}
	if c.shares && onlyEnded(out) {
		err = nil
	}
	r := result{Figure: figureOf(out), Failed: err != nil, Seconds: int(time.Since(start).Seconds()), At: start.UTC()}
	if err != nil {
		r.Figure = fmt.Sprintf("%v: %s", err, r.Figure)
	}
	return r
}

var (
	figureLine  = regexp.MustCompile(`figure: (.*)`)
	fuzzLine    = regexp.MustCompile(`fuzz: elapsed: (.*)`)
	brokenLine  = regexp.MustCompile(`(?m)^FAIL\t.*`)
	endedLines  = regexp.MustCompile(`(?m)^--- FAIL: Fuzz\w+ \([0-9.]+s\)\n    context deadline exceeded\nFAIL$`)
	closingLine = regexp.MustCompile(`(?m)^(?:ok|FAIL|---).*`)
)

// onlyEnded reports whether a fuzzer failed by nothing but the end of its time. Go's
// coordinator compares the errors of two contexts at the moment when the one has ended
// and the other, which is derived from it, has not yet (internal/fuzz/fuzz.go,
// CoordinateFuzzing); on a busy machine it then says so as a failure. One that found
// something names the input that it wrote.
func onlyEnded(out []byte) bool {
	return endedLines.Match(out) && !bytes.Contains(out, []byte("Failing input"))
}

// figureOf returns what a campaign's output says of itself: all of its figures,
// or the fuzzer's last count, or the first closing line.
func figureOf(out []byte) string {
	if all := figureLine.FindAllSubmatch(out, -1); len(all) > 0 {
		var figures []string
		for _, f := range all {
			figures = append(figures, strings.TrimSpace(string(f[1])))
		}
		return strings.Join(figures, "; ")
	}
	if all := fuzzLine.FindAllSubmatch(out, -1); len(all) > 0 {
		return string(all[len(all)-1][1])
	}
	return string(closingLine.Find(out))
}
