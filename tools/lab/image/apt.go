package image

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// mirrorEnv names a mirror of Debian's archive where the machine's own apt has
// none, as on another distribution. Its "-security" neighbour is the security
// archive.
const mirrorEnv = "PICKET_DEBIAN_MIRROR"

// keyring holds the keys that sign Debian's archives (package
// debian-archive-keyring).
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

// mirrors returns the address of each archive's root, without a final slash.
func mirrors(ctx context.Context) (map[string]string, error) {
	if m := strings.TrimRight(os.Getenv(mirrorEnv), "/"); m != "" {
		return map[string]string{mainArchive: m, securityArchive: m + "-security"}, nil
	}
	out, err := exec.CommandContext(ctx, "apt-get", "indextargets", "--format", "$(REPO_URI)|$(LABEL)", "Created-By: Packages").Output()
	if err != nil {
		return nil, fmt.Errorf("no Debian mirror: this machine has no apt to ask (%w); name one in %s", err, mirrorEnv)
	}
	found := mirrorsIn(out)
	if found[mainArchive] == "" {
		return nil, fmt.Errorf("no Debian mirror: this machine's apt uses none; name one in %s", mirrorEnv)
	}
	return found, nil
}

// mirrorsIn picks the archives out of apt's list of indices. A label is known only
// once apt has been updated; before, the address tells.
func mirrorsIn(list []byte) map[string]string {
	found := make(map[string]string)
	for line := range strings.Lines(string(list)) {
		address, label, _ := strings.Cut(strings.TrimSpace(line), "|")
		u, err := url.Parse(strings.TrimRight(address, "/"))
		if err != nil || u.Scheme != "http" && u.Scheme != "https" {
			continue
		}
		archive := ""
		switch {
		case label == "Debian" || strings.HasSuffix(u.Path, "/"+mainArchive):
			archive = mainArchive
		case label == "Debian-Security" || strings.HasSuffix(u.Path, "/"+securityArchive):
			archive = securityArchive
		}
		if archive != "" && found[archive] == "" {
			found[archive] = u.String()
		}
	}
	if found[mainArchive] != "" && found[securityArchive] == "" {
		found[securityArchive] = found[mainArchive] + "-security"
	}
	return found
}

// An apt is Debian's resolver with a configuration of its own in a folder.
type apt struct {
	dir     string
	options []string
}

// newApt prepares a resolver below dir and brings its indices up to date.
func newApt(ctx context.Context, dir string) (*apt, error) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return nil, errors.New("moving the lock needs apt-get, which checks the archive's signatures: run it on Debian or Ubuntu")
	}
	if _, err := os.Stat(keyring); err != nil {
		return nil, fmt.Errorf("%w: install the package debian-archive-keyring", err)
	}
	at, err := mirrors(ctx)
	if err != nil {
		return nil, err
	}
	for _, folder := range []string{"lists/partial", "cache/archives/partial"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			return nil, err
		}
	}
	var sources, status strings.Builder
	for _, s := range suites() {
		fmt.Fprintf(&sources, "deb [arch=%s signed-by=%s] %s %s main\n", Architecture, keyring, at[s.archive], s.name)
	}
	for _, name := range leftOut() {
		fmt.Fprintf(&status, "Package: %s\nStatus: install ok installed\nArchitecture: %s\nMulti-Arch: allowed\nVersion: 99:0\nMaintainer: none\nDescription: left out\n\n", name, Architecture)
	}
	a := &apt{dir: dir}
	for name, text := range map[string]string{"sources.list": sources.String(), "status": status.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	for _, o := range []string{
		"Dir::Etc::sourcelist=" + filepath.Join(dir, "sources.list"), "Dir::Etc::sourceparts=/dev/null",
		"Dir::Etc::preferences=/dev/null", "Dir::Etc::preferencesparts=/dev/null",
		"Dir::State::lists=" + filepath.Join(dir, "lists"), "Dir::State::status=" + filepath.Join(dir, "status"),
		"Dir::State::extended_states=/dev/null", "Dir::Cache=" + filepath.Join(dir, "cache"),
		"APT::Architecture=" + Architecture, "APT::Architectures::=" + Architecture, "APT::Install-Recommends=false",
		"Acquire::Languages=none", "Acquire::GzipIndexes=false", "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
		"Debug::NoLocking=true", "APT::Sandbox::User=root",
	} {
		a.options = append(a.options, "-o", o)
	}
	if _, err := a.run(ctx, "apt-get", "update", "-qq", "--error-on=any"); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *apt) run(ctx context.Context, program string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, program, slices.Concat(a.options, args)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w: %s", program, args[0], err, strings.TrimSpace(stderr.String()))
	}
	return out, nil
}

// Resolve makes a lock of the newest packages that the machine's mirror has. dir
// keeps the indices.
func Resolve(ctx context.Context, dir string) (Lock, error) {
	a, err := newApt(ctx, dir)
	if err != nil {
		return nil, err
	}
	chosen, err := a.choose(ctx, append([]string{"install"}, tools()...)...)
	if err != nil {
		return nil, err
	}
	kernel, err := a.choose(ctx, "install", "-t", kernelSuite, kernelPackage)
	if err != nil {
		return nil, err
	}
	for name, version := range kernel {
		if (Package{Name: name}).kernel() && name != "linux-base-"+Architecture && name != "linux-modules-"+Architecture {
			chosen[name] = version
		}
	}
	known, err := a.known(ctx)
	if err != nil {
		return nil, err
	}
	var lock Lock
	for name, version := range chosen {
		p, ok := known[name+" "+version]
		if !ok {
			return nil, fmt.Errorf("%s %s is in no index", name, version)
		}
		lock = append(lock, p)
	}
	slices.SortFunc(lock, func(a, b Package) int { return cmp.Compare(a.Name, b.Name) })
	return lock, nil
}

// choose returns the versions that apt would install, by package.
func (a *apt) choose(ctx context.Context, args ...string) (map[string]string, error) {
	out, err := a.run(ctx, "apt-get", append([]string{"-s", "-y"}, args...)...)
	if err != nil {
		return nil, err
	}
	chosen := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		// Inst hostapd (2:2.10-24 Debian:13.2/stable [amd64])
		fields := strings.Fields(line)
		if len(fields) > 2 && fields[0] == "Inst" {
			version := strings.TrimPrefix(fields[2], "(")
			chosen[strings.TrimSuffix(fields[1], ":"+Architecture)] = version
		}
	}
	return chosen, nil
}

// known reads all indices: packages by "name version".
func (a *apt) known(ctx context.Context) (map[string]Package, error) {
	out, err := a.run(ctx, "apt-get", "indextargets", "--format", "$(FILENAME)|$(CODENAME)", "Created-By: Packages")
	if err != nil {
		return nil, err
	}
	all := make(map[string]Package)
	for line := range strings.Lines(string(out)) {
		file, name, _ := strings.Cut(strings.TrimSpace(line), "|")
		i := slices.IndexFunc(suites(), func(s suite) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("an index of the suite %q, which was not asked for", name)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := readIndex(b, suites()[i], all); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return all, nil
}

// readIndex adds a Packages file to all. A package that two suites hold stays
// with the first.
func readIndex(b []byte, from suite, all map[string]Package) error {
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(make([]byte, 64<<10), 4<<20)
	p := Package{Suite: from.name, Archive: from.archive}
	add := func() {
		key := p.Name + " " + p.Version
		if _, there := all[key]; p.Name != "" && !there {
			all[key] = p
		}
		p = Package{Suite: from.name, Archive: from.archive}
	}
	for lines.Scan() {
		if lines.Text() == "" {
			add()
			continue
		}
		key, value, _ := strings.Cut(lines.Text(), ": ")
		switch key {
		case "Package":
			p.Name = value
		case "Version":
			p.Version = value
		case "Filename":
			p.Path = value
		case "SHA256":
			p.SHA256 = value
		case "Size":
			size, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return fmt.Errorf("size of %s: %w", p.Name, err)
			}
			p.Size = size
		}
	}
	add()
	return lines.Err()
}

// newest returns the newest version of a package, "" when it is in no suite.
func newest(ctx context.Context, dir, name string) string {
	a, err := newApt(ctx, dir)
	if err != nil {
		return ""
	}
	out, err := a.run(ctx, "apt-cache", "madison", name)
	if err != nil {
		return ""
	}
	fields := strings.Split(string(out), "|")
	if len(fields) < 2 {
		return ""
	}
	return strings.TrimSpace(fields[1])
}
