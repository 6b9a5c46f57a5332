package image

import (
	"bufio"
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Package is one Debian package as the lock names it.
type Package struct {
	Name    string
	Version string
	Suite   string
	Archive string // "debian" or "debian-security"
	Size    int64  // octets
	SHA256  string // in hexadecimal
	Path    string // below the archive's root
}

// File is the package's name in the cache: it holds the version, and no colon.
func (p Package) File() string { return path.Base(p.Path) }

// kernel reports whether the package is a part of the kernel.
func (p Package) kernel() bool {
	return slices.ContainsFunc(kernelPrefixes(), func(prefix string) bool { return strings.HasPrefix(p.Name, prefix) })
}

// A Lock is all packages, sorted by name.
type Lock []Package

const lockHeading = `# The Debian packages that the laboratory's guest is made of. "picket lab lock" writes
# this file; "picket lab build" takes exactly these, and refuses any other octets.
#
# name version suite archive size sha256 path
`

// ParseLock reads a lock. Its error names the line.
func ParseLock(r io.Reader) (Lock, error) {
	var lock Lock
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		p, err := parsePackage(strings.Fields(line))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		lock = append(lock, p)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(lock) == 0 {
		return nil, errors.New("no packages")
	}
	return lock, nil
}

func parsePackage(fields []string) (Package, error) {
	if len(fields) != 7 {
		return Package{}, fmt.Errorf("%d fields, not 7", len(fields))
	}
	p := Package{Name: fields[0], Version: fields[1], Suite: fields[2], Archive: fields[3], SHA256: fields[5], Path: fields[6]}
	size, err := strconv.ParseInt(fields[4], 10, 64)
	if err != nil || size <= 0 || size > maxPackage {
		return Package{}, fmt.Errorf("size: %q is not between 1 and %d", fields[4], maxPackage)
	}
	p.Size = size
	if sum, err := hex.DecodeString(p.SHA256); err != nil || len(sum) != 32 {
		return Package{}, fmt.Errorf("sha256: %q is not 64 hexadecimal digits", p.SHA256)
	}
	if p.Archive != mainArchive && p.Archive != securityArchive {
		return Package{}, fmt.Errorf("archive: %q is neither %s nor %s", p.Archive, mainArchive, securityArchive)
	}
	if !packagePath.MatchString(p.Path) || path.Clean(p.Path) != p.Path {
		return Package{}, fmt.Errorf("path: %q is not of a package below pool/", p.Path)
	}
	return p, nil
}

// packagePath has the characters that names and versions of packages may have
// (Debian Policy 5.6.7 and 5.6.12): the path becomes a file's name and an address.
var packagePath = regexp.MustCompile(`^pool/[A-Za-z0-9.+~:_/-]+\.deb$`)

// maxPackage bounds a package: Debian's kernel modules are 107 MB.
const maxPackage = 1 << 30

// Write writes the lock as ParseLock reads it.
func (l Lock) Write(w io.Writer) error {
	sorted := slices.SortedFunc(slices.Values(l), func(a, b Package) int { return cmp.Compare(a.Name, b.Name) })
	var b strings.Builder
	b.WriteString(lockHeading)
	for _, p := range sorted {
		fmt.Fprintf(&b, "%s %s %s %s %d %s %s\n", p.Name, p.Version, p.Suite, p.Archive, p.Size, p.SHA256, p.Path)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// A Move is a package whose version differs between two locks. Old or new is ""
// where there is none.
type Move struct{ Name, Old, New string }

// Moves tells what differs between l and newer, by name.
func (l Lock) Moves(newer Lock) []Move {
	moves := make(map[string]Move)
	for _, p := range l {
		moves[p.Name] = Move{Name: p.Name, Old: p.Version}
	}
	for _, p := range newer {
		m := moves[p.Name]
		m.Name, m.New = p.Name, p.Version
		moves[p.Name] = m
	}
	var all []Move
	for _, m := range moves {
		if m.Old != m.New {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b Move) int { return cmp.Compare(a.Name, b.Name) })
	return all
}
