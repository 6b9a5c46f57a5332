package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// write makes the package at path.
func (p pack) write(ctx context.Context, path string) (err error) {
	files, err := p.files()
	if err != nil {
		return err
	}
	stage, err := os.MkdirTemp("", "picket-deb-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
	for _, f := range files {
		if err := f.lay(stage); err != nil {
			return err
		}
	}
	if err := p.settle(stage); err != nil {
		return err
	}
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	// xz, which dpkg of every supported release reads; one thread, because how many
	// there are shows in the result.
	cmd := exec.CommandContext(ctx, "dpkg-deb", "--root-owner-group", "-Zxz", "-z"+strconv.Itoa(p.level), "--build", stage, path)
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH="+strconv.FormatInt(p.date.Unix(), 10), "DPKG_DEB_THREADS_MAX=1")
	out, err := cmd.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return errors.New("dpkg-deb is not installed (Debian and Ubuntu have it; elsewhere the package is called dpkg)")
	}
	if err != nil {
		return fmt.Errorf("dpkg-deb: %w\n%s", err, out)
	}
	return nil
}

// lay writes the file below stage.
func (f file) lay(stage string) error {
	path := filepath.Join(stage, f.path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, f.content, f.mode); err != nil {
		return err
	}
	return os.Chmod(path, f.mode) // whatever the umask took away
}

// settle gives folders their mode, and everything the package's time.
func (p pack) settle(stage string) error {
	return filepath.WalkDir(stage, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if err := os.Chmod(path, 0o755); err != nil {
				return err
			}
		}
		return os.Chtimes(path, p.date, p.date)
	})
}
