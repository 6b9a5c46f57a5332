package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// An Image is what a guest boots, in a folder of the cache.
type Image struct {
	Dir     string
	Release string // of the kernel
}

// Kernel is the kernel's file.
func (i Image) Kernel() string { return filepath.Join(i.Dir, "vmlinuz") }

// Root is the file of the root file system, a squashfs.
func (i Image) Root() string { return filepath.Join(i.Dir, "root.squashfs") }

// programs are what Build runs, with their Debian packages.
func programs() map[string]string {
	return map[string]string{"sqfstar": "squashfs-tools", "depmod": "kmod", "xz": "xz-utils"}
}

// Missing names the packages that this machine lacks for Build.
func Missing() []string {
	var packages []string
	for program, name := range programs() {
		if _, err := lookUp(program); err != nil {
			packages = append(packages, name)
		}
	}
	slices.Sort(packages)
	return packages
}

// lookUp finds a program, in the folders of root's programs too, which are not in
// everybody's PATH.
func lookUp(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/sbin", "/sbin"} {
		path := filepath.Join(dir, program)
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 {
			return path, nil
		}
	}
	return "", err
}

// key names an image by all that it is made of.
func key(lock Lock) string {
	var text strings.Builder
	_ = lock.Write(&text) // a Builder takes all
	fmt.Fprintln(&text, recipeRevision, unwanted(), bootModules(), rootModules(), sometimesModules(), applets(), rootFolders(), rootFiles(), alternatives())
	sum := sha256.Sum256([]byte(text.String()))
	return hex.EncodeToString(sum[:8])
}

// Build returns the image of the lock, made now unless the cache holds it. say is
// told what is under way.
func (c Cache) Build(ctx context.Context, lock Lock, say func(string)) (Image, error) {
	image := Image{Dir: filepath.Join(c.Dir, "lab", key(lock))}
	if err := os.MkdirAll(filepath.Dir(image.Dir), 0o755); err != nil {
		return Image{}, err
	}
	unlock, err := lockFile(ctx, filepath.Join(c.Dir, "lab", "lock"), say)
	if err != nil {
		return Image{}, err
	}
	defer unlock()
	release, err := os.ReadFile(filepath.Join(image.Dir, "release"))
	if err == nil {
		image.Release = strings.TrimSpace(string(release))
		now := time.Now()
		return image, os.Chtimes(image.Dir, now, now) // in use: see prune
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return Image{}, err
	}
	if missing := Missing(); len(missing) > 0 {
		return Image{}, fmt.Errorf("building the guest needs the packages %s: tools/setup test installs them", strings.Join(missing, ", "))
	}
	if _, err := c.Fetch(ctx, lock, say); err != nil {
		return Image{}, err
	}
	image.Release, err = c.build(ctx, lock, image.Dir, say)
	if err != nil {
		return Image{}, err
	}
	return image, c.prune(lock)
}

// build makes the image beside dir and moves it there when it is whole.
func (c Cache) build(ctx context.Context, lock Lock, dir string, say func(string)) (release string, err error) {
	work, err := os.MkdirTemp(filepath.Dir(dir), "making-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	var kernelDebs, debs []string
	for _, p := range lock {
		if p.kernel() {
			kernelDebs = append(kernelDebs, c.deb(p))
		} else {
			debs = append(debs, c.deb(p))
		}
	}
	boot, modules := filepath.Join(work, "boot"), filepath.Join(work, "modules")
	if err := errors.Join(os.Mkdir(boot, 0o755), os.Mkdir(modules, 0o755)); err != nil {
		return "", err
	}
	say("making the kernel's part and the root file system")
	group, making := errgroup.WithContext(ctx)
	unpacked := make(chan struct{})
	group.Go(func() error {
		k, err := readKernel(making, kernelDebs)
		if err != nil {
			return err
		}
		release = k.release
		if err := errors.Join(k.writeBoot(making, boot), k.writeModules(making, modules)); err != nil {
			return err
		}
		close(unpacked)
		return nil
	})
	group.Go(func() error {
		return makeRoot(making, filepath.Join(boot, "root.squashfs"), debs, func() (string, error) {
			select {
			case <-making.Done():
				return "", making.Err()
			case <-unpacked:
				return modules, nil
			}
		})
	})
	if err := group.Wait(); err != nil {
		return "", err
	}
	return release, os.Rename(boot, dir)
}

// kept is how long an image or package that no lock names stays.
const kept = 30 * 24 * time.Hour

// prune removes images and packages that have not been used for long.
func (c Cache) prune(lock Lock) error {
	inUse := make(map[string]bool)
	for _, p := range lock {
		inUse[p.File()] = true
	}
	var failed error
	for _, folder := range []string{"debs", "lab"} {
		entries, err := os.ReadDir(filepath.Join(c.Dir, folder))
		if err != nil {
			return err
		}
		for _, e := range entries {
			info, err := e.Info()
			if err != nil || inUse[e.Name()] || e.Name() == "lock" || time.Since(info.ModTime()) < kept {
				continue
			}
			failed = errors.Join(failed, os.RemoveAll(filepath.Join(c.Dir, folder, e.Name())))
		}
	}
	return failed
}
