package console

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// ErrNotBuilt is returned where there is no console to serve.
var ErrNotBuilt = errors.New("the console is not built into this program: run make build, or start with -dev to go without it")

// noncePlaceholder in index.html becomes a random value for each answer.
const noncePlaceholder = "__CSP_NONCE__"

// file is one file of the console and its compressed forms, nil where absent.
type file struct {
	kind          string // Content-Type
	plain, br, gz []byte
	immutable     bool
}

// Handler serves the console. It is immutable once made.
type Handler struct {
	files map[string]file // by path without leading slash
	index []byte
	nonce bool // index has the placeholder
}

// New reads the console from built, and is ErrNotBuilt where it has no index.html.
func New(built fs.FS) (*Handler, error) {
	index, err := fs.ReadFile(built, "index.html")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	h := &Handler{files: map[string]file{}, index: index, nonce: bytes.Contains(index, []byte(noncePlaceholder))}
	err = fs.WalkDir(built, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch path.Ext(name) {
		case ".br", ".gz", ".gitkeep", ".map":
			return nil
		}
		if name == "index.html" {
			return nil
		}
		f := file{kind: contentType(name), immutable: strings.HasPrefix(name, "assets/")}
		if f.plain, err = fs.ReadFile(built, name); err != nil {
			return err
		}
		f.br, _ = fs.ReadFile(built, name+".br") // may be absent
		f.gz, _ = fs.ReadFile(built, name+".gz")
		h.files[name] = f
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	return h, nil
}

// contentType does not ask the machine: its tables differ.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	case ".json":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".wasm":
		return "application/wasm"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

// Serve answers GET and HEAD for every path that nothing else has. 404: a file
// that is not there.
func (h *Handler) Serve(c *fiber.Ctx) error {
	if c.Method() != http.MethodGet && c.Method() != http.MethodHead {
		return fiber.ErrNotFound
	}
	name := strings.TrimPrefix(c.Path(), "/")
	if f, ok := h.files[name]; ok {
		return h.send(c, f)
	}
	// A path of a page may have a dot in it (an address, a host's name), a
	// missing asset must not look like a page.
	if strings.HasPrefix(name, "assets/") {
		return fiber.ErrNotFound
	}
	return h.sendIndex(c)
}

func (h *Handler) send(c *fiber.Ctx, f file) error {
	c.Set(fiber.HeaderContentType, f.kind)
	c.Set(fiber.HeaderContentSecurityPolicy, policy(""))
	c.Set(fiber.HeaderCacheControl, "no-cache")
	if f.immutable {
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	}
	if f.br != nil || f.gz != nil {
		c.Vary(fiber.HeaderAcceptEncoding)
	}
	switch {
	case f.br != nil && accepts(c, "br"):
		c.Set(fiber.HeaderContentEncoding, "br")
		return c.Send(f.br)
	case f.gz != nil && accepts(c, "gzip"):
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(f.gz)
	}
	return c.Send(f.plain)
}

// accepts reports whether the client takes an encoding: named, and not with q=0.
func accepts(c *fiber.Ctx, encoding string) bool {
	for part := range strings.SplitSeq(c.Get(fiber.HeaderAcceptEncoding), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			weight := strings.ReplaceAll(q, " ", "")
			return weight != "q=0" && weight != "q=0.0"
		}
	}
	return false
}

func (h *Handler) sendIndex(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	if !h.nonce {
		c.Set(fiber.HeaderContentSecurityPolicy, policy(""))
		return c.Send(h.index)
	}
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the process instead
	nonce := base64.StdEncoding.EncodeToString(b[:])
	c.Set(fiber.HeaderContentSecurityPolicy, policy(nonce))
	return c.Send(bytes.ReplaceAll(h.index, []byte(noncePlaceholder), []byte(nonce)))
}

// policy is the content security policy of a page.
func policy(nonce string) string {
	style := "'self'"
	if nonce != "" {
		style += " 'nonce-" + nonce + "'"
	}
	return "default-src 'none'; script-src 'self'; style-src " + style + "; style-src-attr 'unsafe-inline'; " +
		"img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}
