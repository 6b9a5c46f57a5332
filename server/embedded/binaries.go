package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// MinMajor is the oldest PostgreSQL that the schema runs on.
const MinMajor = 15

// ErrNoBinaries is returned where no PostgreSQL of at least MinMajor is installed.
var ErrNoBinaries = errors.New("no PostgreSQL 15 or newer is installed (Debian and Ubuntu: apt-get install postgresql)")

// Binaries is an installed PostgreSQL.
type Binaries struct {
	Dir   string // with initdb and postgres in it
	Major int
}

func (b Binaries) path(program string) string { return filepath.Join(b.Dir, program) }

// FindBinaries returns the PostgreSQLs that are installed, newest first: those in
// Debian's and Red Hat's places, and the one in PATH.
func FindBinaries(ctx context.Context) ([]Binaries, error) {
	var dirs []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin"} {
		found, _ := filepath.Glob(pattern) // errs only on a malformed pattern
		dirs = append(dirs, found...)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	var all []Binaries
	for _, dir := range dirs {
		b, err := inspect(ctx, dir)
		if err == nil && b.Major >= MinMajor && !slices.Contains(all, b) {
			all = append(all, b)
		}
	}
	if len(all) == 0 {
		return nil, ErrNoBinaries
	}
	slices.SortStableFunc(all, func(a, b Binaries) int { return b.Major - a.Major })
	return all, nil
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

func inspect(ctx context.Context, dir string) (Binaries, error) {
	b := Binaries{Dir: dir}
	if _, err := os.Stat(b.path("initdb")); err != nil {
		return b, err
	}
	out, err := exec.CommandContext(ctx, b.path("postgres"), "--version").Output()
	if err != nil {
		return b, fmt.Errorf("%s --version: %w", b.path("postgres"), err)
	}
	m := versionPattern.FindSubmatch(out)
	if m == nil {
		return b, fmt.Errorf("%s --version: %q has no version", b.path("postgres"), out)
	}
	b.Major, err = strconv.Atoi(string(m[1]))
	return b, err
}

// A VersionError says that the data was made by a major version of PostgreSQL
// that is not installed. No data is touched.
type VersionError struct {
	Dir       string
	DataMajor int
	Installed []Binaries
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("%s was made by PostgreSQL %d, and only %s is installed; another major version cannot open it. "+
		"Nothing is lost: install %d beside it, `apt-get install postgresql-%d` on Debian and Ubuntu, and start again",
		e.Dir, e.DataMajor, e.majors(), e.DataMajor, e.DataMajor)
}

func (e *VersionError) majors() string {
	var s []string
	for _, b := range e.Installed {
		s = append(s, strconv.Itoa(b.Major))
	}
	return strings.Join(s, ", ")
}

// choose returns the binaries for the cluster in dir: the newest for a new one,
// those of its own major version for an existing one.
func choose(dir string, installed []Binaries) (b Binaries, exists bool, err error) {
	raw, err := os.ReadFile(filepath.Join(dir, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return installed[0], false, nil
	}
	if err != nil {
		return Binaries{}, false, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		return Binaries{}, true, fmt.Errorf("%s: %w", filepath.Join(dir, "PG_VERSION"), err)
	}
	for _, b := range installed {
		if b.Major == major {
			return b, true, nil
		}
	}
	return Binaries{}, true, &VersionError{Dir: dir, DataMajor: major, Installed: installed}
}
