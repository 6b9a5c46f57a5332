package image

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A rootWriter merges packages into one tar stream, in which each path is once.
type rootWriter struct {
	out  *tar.Writer
	seen map[string]bool
}

// made is the time of files that are of no package.
func made() time.Time { return time.Unix(0, 0) }

// addDeb adds the data of a package.
func (w *rootWriter) addDeb(ctx context.Context, deb string) error {
	return readDeb(ctx, deb, func(h *tar.Header, r io.Reader) error {
		name := merged(h.Name)
		if name == "" || unwantedPath(name, h.Typeflag == tar.TypeDir) || w.seen[name] {
			return nil // of two packages with one file the first wins: a directory, or a diverted program
		}
		entry := *h
		entry.Name, entry.PAXRecords, entry.Format = name, nil, tar.FormatPAX
		entry.AccessTime, entry.ChangeTime = time.Time{}, time.Time{}
		if h.Typeflag == tar.TypeLink {
			entry.Linkname = merged(h.Linkname)
		}
		if h.Typeflag == tar.TypeDir {
			entry.Name += "/"
		}
		return w.add(&entry, r)
	})
}

func (w *rootWriter) add(h *tar.Header, r io.Reader) error {
	w.seen[strings.TrimSuffix(h.Name, "/")] = true
	if err := w.out.WriteHeader(h); err != nil {
		return fmt.Errorf("%s: %w", h.Name, err)
	}
	if _, err := io.Copy(w.out, r); err != nil {
		return fmt.Errorf("%s: %w", h.Name, err)
	}
	return nil
}

// file adds a file of ours, with the folders above it.
func (w *rootWriter) file(name string, mode int64, content []byte) error {
	if err := w.folders(path.Dir(name)); err != nil {
		return err
	}
	return w.add(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(content)), ModTime: made()}, bytes.NewReader(content))
}

// link adds a symbolic link of ours where nothing is.
func (w *rootWriter) link(name, target string) error {
	if w.seen[name] {
		return nil
	}
	return w.add(&tar.Header{Typeflag: tar.TypeSymlink, Name: name, Linkname: target, Mode: 0o777, ModTime: made()}, strings.NewReader(""))
}

// folders adds a folder of ours and those above it, where there are none.
func (w *rootWriter) folders(name string) error {
	if name == "." || w.seen[name] {
		return nil
	}
	if err := w.folders(path.Dir(name)); err != nil {
		return err
	}
	return w.add(&tar.Header{Typeflag: tar.TypeDir, Name: name + "/", Mode: 0o755, ModTime: made()}, strings.NewReader(""))
}

// tree adds the files below a folder of the host.
func (w *rootWriter) tree(dir string) error {
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return w.file(filepath.ToSlash(name), 0o644, b)
	})
}

// merged returns a package's path in a root whose /bin, /sbin and /lib are links
// into /usr, "" for the root itself.
func merged(name string) string {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	first, _, _ := strings.Cut(name, "/")
	if slices.Contains(mergedFolders(), first) && first != name {
		return "usr/" + name
	}
	return name
}

// mergedFolders are links of the root into usr.
func mergedFolders() []string { return []string{"bin", "sbin", "lib", "lib64"} }

func unwantedPath(name string, folder bool) bool {
	if folder {
		name += "/"
	}
	return slices.ContainsFunc(unwanted(), func(u string) bool { return strings.HasPrefix(name, u) })
}

// writeRoot writes the whole root as tar: links, packages, files of ours, and the
// tree of modules, which is asked for last.
func writeRoot(ctx context.Context, out io.Writer, debs []string, modules func() (string, error)) error {
	w := &rootWriter{out: tar.NewWriter(out), seen: make(map[string]bool)}
	if err := w.folders("usr"); err != nil {
		return err
	}
	for _, name := range mergedFolders() {
		if err := errors.Join(w.folders("usr/"+name), w.link(name, "usr/"+name)); err != nil {
			return err
		}
	}
	for _, deb := range debs {
		if err := w.addDeb(ctx, deb); err != nil {
			return err
		}
	}
	for _, name := range rootFolders() {
		if err := w.folders(name); err != nil {
			return err
		}
	}
	for _, f := range rootFiles() {
		if err := w.file(f.name, 0o644, []byte(f.text)); err != nil {
			return err
		}
	}
	for _, name := range applets() {
		if w.seen["usr/sbin/"+name] {
			continue
		}
		if err := w.link("usr/bin/"+name, "busybox"); err != nil {
			return err
		}
	}
	for _, l := range alternatives() {
		if err := w.link(l.name, l.target); err != nil {
			return err
		}
	}
	dir, err := modules()
	if err != nil {
		return err
	}
	if err := w.tree(dir); err != nil {
		return err
	}
	return w.out.Close()
}

// makeRoot has sqfstar make the root's image.
func makeRoot(ctx context.Context, file string, debs []string, modules func() (string, error)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// lz4 is the fastest to make, and to read under emulation; the size matters less.
	cmd := exec.CommandContext(ctx, "sqfstar", "-comp", "lz4", "-mkfs-time", "0", "-all-time", "0", "-root-mode", "0755", "-root-uid", "0", "-root-gid", "0", "-quiet", "-no-progress", file)
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return err
	}
	err = writeRoot(ctx, in, debs, modules)
	if err != nil && !errors.Is(err, syscall.EPIPE) {
		cancel() // half a root is none
		_, _ = in.Close(), cmd.Wait()
		return err
	}
	_ = in.Close() // its reader says what went wrong
	if wait := cmd.Wait(); wait != nil {
		return fmt.Errorf("sqfstar: %w: %s", wait, strings.TrimSpace(said.String()))
	}
	return err
}
