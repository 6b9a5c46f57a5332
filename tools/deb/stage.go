package main

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// pack is one package.
type pack struct {
	root     string // the project's top folder
	programs string // folder of tapd and picket
	licences []byte
	version  string // Debian's
	arch     string
	date     time.Time
	level    int // of compression, 0 to 9
}

func (p pack) fileName() string { return fmt.Sprintf("picket-tap_%s_%s.deb", p.version, p.arch) }

// file is something that is installed.
type file struct {
	path    string
	mode    fs.FileMode
	content []byte
}

// doc is where Debian wants copyright and changelog (policy 12.5, 12.7).
const doc = "usr/share/doc/picket-tap/"

// files returns what the package installs, and what dpkg is told (DEBIAN/).
func (p pack) files() ([]file, error) {
	var all []file
	for _, f := range []struct {
		from, to string
		mode     fs.FileMode
		gzip     bool
	}{
		{"packaging/tap.conf", "etc/picket/tap.conf", 0o640, false}, // it will hold a token
		{"packaging/picket-tap.service", "usr/lib/systemd/system/picket-tap.service", 0o644, false},
		{"packaging/deb/configured", "usr/lib/picket-tap/configured", 0o755, false},
		{"packaging/deb/copyright", doc + "copyright", 0o644, false},
		{"packaging/deb/lintian-overrides", "usr/share/lintian/overrides/picket-tap", 0o644, false},
		{"packaging/tapd.8", "usr/share/man/man8/tapd.8.gz", 0o644, true},
		{"packaging/picket.1", "usr/share/man/man1/picket.1.gz", 0o644, true},
		{"CHANGELOG.md", doc + "CHANGELOG.md", 0o644, false},
		{"NOTICE", doc + "NOTICE", 0o644, false},
		{"docs/tap.md", doc + "README.md", 0o644, false},
		{"packaging/deb/postinst", "DEBIAN/postinst", 0o755, false},
		{"packaging/deb/prerm", "DEBIAN/prerm", 0o755, false},
		{"packaging/deb/postrm", "DEBIAN/postrm", 0o755, false},
	} {
		b, err := os.ReadFile(filepath.Join(p.root, f.from))
		if err != nil {
			return nil, err
		}
		if f.gzip {
			b = compressed(b)
		}
		all = append(all, file{f.to, f.mode, b})
	}
	for _, name := range []string{"tapd", "picket"} {
		b, err := os.ReadFile(filepath.Join(p.programs, name))
		if err != nil {
			return nil, err
		}
		all = append(all, file{"usr/bin/" + name, 0o755, b})
	}
	all = append(all,
		file{doc + "changelog.gz", 0o644, compressed([]byte(p.changelog()))},
		file{doc + "third-party-licences.gz", 0o644, compressed(p.licences)},
	)
	control, err := p.control(all)
	if err != nil {
		return nil, err
	}
	return append(all, control,
		file{"DEBIAN/conffiles", 0o644, []byte("/etc/picket/tap.conf\n")},
		file{"DEBIAN/md5sums", 0o644, checksums(all)},
	), nil
}

// changelog has one entry (policy 4.4): the project's own CHANGELOG.md tells of changes.
func (p pack) changelog() string {
	return fmt.Sprintf("picket-tap (%s) unstable; urgency=medium\n\n  * Built from the project's sources; see CHANGELOG.md in this folder.\n\n -- Picket maintainers <picket@example.org>  %s\n",
		p.version, p.date.Format(time.RFC1123Z))
}

// control adds to what people write what only the build knows.
func (p pack) control(installed []file) (file, error) {
	b, err := os.ReadFile(filepath.Join(p.root, "packaging/deb/control"))
	if err != nil {
		return file{}, err
	}
	octets := 0
	for _, f := range installed {
		octets += len(f.content)
	}
	first, rest, _ := strings.Cut(string(b), "\n")
	text := fmt.Sprintf("%s\nVersion: %s\nArchitecture: %s\nInstalled-Size: %d\n%s", first, p.version, p.arch, (octets+1023)/1024, rest)
	return file{"DEBIAN/control", 0o644, []byte(text)}, nil
}

// checksums are those by which dpkg --verify and debsums find what was changed
// (deb-md5sums(5)); conffiles are meant to be.
func checksums(all []file) []byte {
	var b bytes.Buffer
	for _, f := range all {
		if !strings.HasPrefix(f.path, "DEBIAN/") && !strings.HasPrefix(f.path, "etc/") {
			sum := md5.Sum(f.content)
			fmt.Fprintf(&b, "%s  %s\n", hex.EncodeToString(sum[:]), f.path)
		}
	}
	return b.Bytes()
}

// compressed is what gzip -9n makes: without a name or a time.
func compressed(b []byte) []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is one
	_, _ = w.Write(b)                                       // to memory
	_ = w.Close()
	return out.Bytes()
}
