package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"
	"golang.org/x/sync/errgroup"
)

// A Cache holds what is downloaded and built, in folders that outlive a clone.
type Cache struct{ Dir string }

// DefaultCache is ${XDG_CACHE_HOME:-~/.cache}/picket.
func DefaultCache() (Cache, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return Cache{}, fmt.Errorf("a cache for packages: %w", err)
	}
	return Cache{filepath.Join(dir, "picket")}, nil
}

// AptDir is where Resolve keeps indices.
func (c Cache) AptDir() string { return filepath.Join(c.Dir, "apt") }

func (c Cache) deb(p Package) string { return filepath.Join(c.Dir, "debs", p.File()) }

// atOnce is how many packages are downloaded side by side.
const atOnce = 4

// Fetch makes sure that the cache holds every package of the lock, with the right
// octets, and returns how many were downloaded. say is told what is under way.
func (c Cache) Fetch(ctx context.Context, lock Lock, say func(string)) (int, error) {
	if err := os.MkdirAll(filepath.Join(c.Dir, "debs"), 0o755); err != nil {
		return 0, err
	}
	var missing Lock
	var size int64
	for _, p := range lock {
		if err := verify(c.deb(p), p); err != nil {
			missing = append(missing, p)
			size += p.Size
		}
	}
	if len(missing) == 0 {
		return 0, nil
	}
	at, err := mirrors(ctx)
	if err != nil {
		return 0, err
	}
	say(fmt.Sprintf("downloading %d packages, %d MB", len(missing), (size+1<<19)>>20))
	group, fetching := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, p := range missing {
		group.Go(func() error { return c.download(fetching, at[p.Archive]+"/"+p.Path, p) })
	}
	err = group.Wait()
	var gone *GoneError
	if errors.As(err, &gone) {
		gone.Newest = newest(ctx, c.AptDir(), gone.Package.Name)
	}
	return len(missing), err
}

// A GoneError is a locked package that the mirror no longer has.
type GoneError struct {
	Package Package
	Newest  string // "" when unknown
}

func (e *GoneError) Error() string {
	text := fmt.Sprintf("%s %s is no longer on the mirror", e.Package.Name, e.Package.Version)
	if e.Newest != "" {
		text += "; the newest is " + e.Newest
	}
	return text + ": picket lab lock moves the lock"
}

// download fetches one package, three times at most.
func (c Cache) download(ctx context.Context, address string, p Package) error {
	var err error
	for try := range 3 {
		if try > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Duration(try) * time.Second):
			}
		}
		var gone *GoneError
		if err = c.downloadOnce(ctx, address, p); err == nil || errors.As(err, &gone) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (c Cache) downloadOnce(ctx context.Context, address string, p Package) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("download %s: %w", p.Name, err)
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusGone:
		return &GoneError{Package: p}
	default:
		return fmt.Errorf("download %s: %s", p.Name, answer.Status)
	}
	file, err := renameio.NewPendingFile(c.deb(p), renameio.WithPermissions(0o644))
	if err != nil {
		return err
	}
	defer file.Cleanup() //nolint:errcheck // of no use once replaced
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(file, hash), io.LimitReader(answer.Body, p.Size+1))
	if err != nil {
		return fmt.Errorf("download %s: %w", p.Name, err)
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); n != p.Size || sum != p.SHA256 {
		return fmt.Errorf("download %s: %d octets with SHA-256 %s, the lock says %d with %s", p.Name, n, sum, p.Size, p.SHA256)
	}
	return file.CloseAtomicallyReplace()
}

// verify reads the file at path and compares it with what the lock says.
func verify(path string, p Package) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, f)
	if err != nil {
		return err
	}
	if sum := hex.EncodeToString(hash.Sum(nil)); n != p.Size || sum != p.SHA256 {
		return fmt.Errorf("%s: SHA-256 %s, the lock says %s", path, sum, p.SHA256)
	}
	return nil
}
