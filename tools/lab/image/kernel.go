package image

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// A kernel is what the kernel's packages hold.
type kernel struct {
	release string            // as uname -r
	image   []byte            // vmlinuz
	files   map[string][]byte // modules and their lists, below usr/lib/modules/RELEASE
}

// readKernel reads the kernel's packages.
func readKernel(ctx context.Context, debs []string) (*kernel, error) {
	k := &kernel{files: make(map[string][]byte)}
	for _, deb := range debs {
		err := readDeb(ctx, deb, func(h *tar.Header, r io.Reader) error {
			below, ok := strings.CutPrefix(merged(h.Name), "usr/lib/modules/")
			if !ok || h.Typeflag != tar.TypeReg {
				return nil
			}
			release, name, _ := strings.Cut(below, "/")
			wanted := name == "vmlinuz" || strings.HasPrefix(name, "modules.") || strings.Contains(name, ".ko")
			if !wanted {
				return nil
			}
			k.release = release
			b, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			if name == "vmlinuz" {
				k.image = b
			} else {
				k.files[name] = b
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if k.image == nil || len(k.files) == 0 {
		return nil, errors.New("the kernel's packages hold no kernel: vmlinuz or modules are missing")
	}
	return k, nil
}

// choose returns the modules of those names with what they depend on. sometimes
// are names of which some may be unknown.
func (k *kernel) choose(ctx context.Context, names, sometimes []string) (*moduleSet, error) {
	s := &moduleSet{
		files: make(map[string]string), builtin: make(map[string]bool), chosen: make(map[string][]byte),
		read: func(file string) ([]byte, error) { return decompressed(ctx, file, k.files[file]) },
	}
	for file := range k.files {
		if strings.Contains(file, ".ko") {
			s.files[moduleName(file)] = file
		}
	}
	for line := range strings.Lines(string(k.files["modules.builtin"])) {
		s.builtin[moduleName(strings.TrimSpace(line))] = true
	}
	for _, name := range names {
		if err := s.choose(name); err != nil {
			return nil, err
		}
	}
	for _, name := range sometimes {
		if err := s.choose(name); err != nil && !errors.Is(err, errNoModule) {
			return nil, err
		}
	}
	return s, nil
}

func decompressed(ctx context.Context, name string, b []byte) ([]byte, error) {
	if path.Ext(name) == ".ko" {
		return b, nil
	}
	plain, finish, err := decompress(ctx, name, bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(plain)
	return out, errors.Join(err, finish(err == nil))
}

// writeBoot writes kernel and the modules of the first file system into dir.
func (k *kernel) writeBoot(ctx context.Context, dir string) error {
	s, err := k.choose(ctx, bootModules(), nil)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, modulesFolder), 0o755); err != nil {
		return err
	}
	var order strings.Builder
	for _, file := range s.order {
		fmt.Fprintln(&order, path.Base(file))
		if err := os.WriteFile(filepath.Join(dir, modulesFolder, path.Base(file)), s.chosen[file], 0o644); err != nil {
			return err
		}
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, modulesFolder, modulesOrder), []byte(order.String()), 0o644),
		os.WriteFile(filepath.Join(dir, "vmlinuz"), k.image, 0o644),
		os.WriteFile(filepath.Join(dir, "release"), []byte(k.release+"\n"), 0o644),
	)
}

// writeModules writes the modules of the root below dir, with depmod's index.
func (k *kernel) writeModules(ctx context.Context, dir string) error {
	s, err := k.choose(ctx, rootModules(), sometimesModules())
	if err != nil {
		return err
	}
	base := filepath.Join(dir, "usr/lib/modules", k.release)
	write := func(name string, b []byte) error {
		file := filepath.Join(base, name)
		return errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, b, 0o644))
	}
	for file, content := range s.chosen {
		if err := write(file, content); err != nil {
			return err
		}
	}
	for _, list := range []string{"modules.builtin", "modules.builtin.modinfo", "modules.order"} {
		if err := write(list, k.files[list]); err != nil {
			return err
		}
	}
	// depmod looks below lib, as a root has it.
	if err := os.Symlink("usr/lib", filepath.Join(dir, "lib")); err != nil {
		return err
	}
	depmod, err := lookUp("depmod")
	if err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, depmod, "-b", dir, k.release).CombinedOutput(); err != nil {
		return fmt.Errorf("depmod: %w: %s", err, bytes.TrimSpace(out))
	}
	return os.Remove(filepath.Join(dir, "lib"))
}
