package main

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// pack is one package.
type pack struct {
	product

	root     string // the project's top folder
	bin      string // folder of its programs
	licences []byte
	version  string // Debian's
	arch     string
	date     time.Time
	level    int // of compression, 0 to 9
}

func (p pack) fileName() string { return fmt.Sprintf("%s_%s_%s.deb", p.name, p.version, p.arch) }

// file is something that is installed.
type file struct {
	path    string
	mode    fs.FileMode
	content []byte
}

// controlPath is where dpkg reads what a package is.
const controlPath = "DEBIAN/control"

// files returns what the package installs, and what dpkg is told (DEBIAN/).
func (p pack) files() ([]file, error) {
	var all []file
	var written []byte // of control, by people
	for _, f := range p.sources {
		b, err := os.ReadFile(filepath.Join(p.root, f.from))
		if err != nil {
			return nil, err
		}
		if f.gzip {
			b = compressed(b)
		}
		if f.to == controlPath {
			written = b
			continue
		}
		all = append(all, file{f.to, f.mode, b})
	}
	for _, command := range p.programs {
		name := path.Base(command)
		b, err := os.ReadFile(filepath.Join(p.bin, name))
		if err != nil {
			return nil, err
		}
		all = append(all, file{"usr/bin/" + name, 0o755, b})
	}
	all = append(all,
		file{p.doc() + "changelog.gz", 0o644, compressed([]byte(p.changelog()))},
		file{p.doc() + "third-party-licences.gz", 0o644, compressed(p.licences)},
	)
	return append(all, p.control(written, all),
		file{"DEBIAN/conffiles", 0o644, []byte("/" + p.conffile + "\n")},
		file{"DEBIAN/md5sums", 0o644, checksums(all)},
	), nil
}

// changelog has one entry (policy 4.4): the project's own CHANGELOG.md tells of changes.
func (p pack) changelog() string {
	return fmt.Sprintf("%s (%s) unstable; urgency=medium\n\n  * Built from the project's sources; see CHANGELOG.md in this folder.\n\n -- Picket maintainers <picket@example.org>  %s\n",
		p.name, p.version, p.date.Format(time.RFC1123Z))
}

// control adds to what people write what only the build knows.
func (p pack) control(written []byte, installed []file) file {
	octets := 0
	for _, f := range installed {
		octets += len(f.content)
	}
	first, rest, _ := strings.Cut(string(written), "\n")
	text := fmt.Sprintf("%s\nVersion: %s\nArchitecture: %s\nInstalled-Size: %d\n%s", first, p.version, p.arch, (octets+1023)/1024, rest)
	return file{controlPath, 0o644, []byte(text)}
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
