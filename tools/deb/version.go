package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// described is what git describe --tags --always prints: a tag, and how many commits
// came after it with the last one's hash; or a hash alone where there is no tag.
var described = regexp.MustCompile(`^(?:v?([0-9]+\.[0-9]+\.[0-9]+)(?:-([0-9A-Za-z.]+))?(?:-([0-9]+)-g([0-9a-f]+))?|([0-9a-f]{7,40}))$`)

// debianVersion turns the version of a build into Debian's, by which newer builds
// sort behind older ones (deb-version(7)): a candidate before its release, commits
// after a release behind it, and what has no release before all releases, by date.
func debianVersion(version string, date time.Time) string {
	clean, dirty := strings.CutSuffix(version, "-dirty") // files were changed
	m := described.FindStringSubmatch(clean)
	if m == nil {
		return "0~devel" + date.UTC().Format("20060102150405")
	}
	release, candidate, commits, hash, bare := m[1], m[2], m[3], m[4], m[5]
	v := release
	switch {
	case bare != "":
		v = "0~git" + date.UTC().Format("20060102150405") + "." + bare
	case commits != "":
		if candidate != "" {
			v += "~" + candidate
		}
		v += "+" + commits + ".g" + hash
	case candidate != "":
		v += "~" + candidate
	}
	if dirty {
		v += "+dirty"
	}
	return v
}

// sourceDate is the time that everything in a package carries: SOURCE_DATE_EPOCH or,
// without it, the last commit's.
func sourceDate(ctx context.Context) (time.Time, error) {
	text, from := os.Getenv("SOURCE_DATE_EPOCH"), "SOURCE_DATE_EPOCH"
	if text == "" {
		out, err := exec.CommandContext(ctx, "git", "log", "-1", "--format=%ct").Output()
		if err != nil {
			return time.Time{}, fmt.Errorf("time of the last commit: %w; set SOURCE_DATE_EPOCH outside of a clone", err)
		}
		text, from = strings.TrimSpace(string(out)), "git log"
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds < 0 {
		return time.Time{}, fmt.Errorf("%s: %q is no number of seconds since 1970", from, text)
	}
	return time.Unix(seconds, 0).UTC(), nil
}
