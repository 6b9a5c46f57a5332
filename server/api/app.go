package api

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	recovery "github.com/gofiber/fiber/v2/middleware/recover"
)

// Limits of a connection. A report is the largest body (wire.MaxEncoded).
const (
	bodyLimit    = 2<<20 + 4<<10 // octets
	readTimeout  = 30 * time.Second
	idleTimeout  = 75 * time.Second
	maxAppWrite  = 60 * time.Second // an event stream sets its own, write by write
	headerBuffer = 16 << 10         // octets of a request line and headers

	// maxConnections bounds what connections hold, some 60 KiB each with TLS. One
	// more is answered 503 and closed.
	maxConnections = 32_768
)

// NewApp returns the Fiber application on which a node mounts everything that it
// serves: limits, a last resort for errors and panics, and the headers that every
// answer has.
func NewApp(log *slog.Logger) *fiber.App {
	app := fiber.New(fiber.Config{
		AppName:               "Picket",
		DisableStartupMessage: true,
		BodyLimit:             bodyLimit,
		ReadTimeout:           readTimeout,
		WriteTimeout:          maxAppWrite,
		IdleTimeout:           idleTimeout,
		ReadBufferSize:        headerBuffer,
		StreamRequestBody:     true, // see limitBody

		// Nobody's word is taken here about host, scheme and client: X-Forwarded-Host would
		// choose where a sign-in at a provider comes back. Who is believed about clients is
		// decided before (noded's -trusted-proxies).
		EnableTrustedProxyCheck: true,

		// Forms are nobody's here; they would be read into files before any limit.
		DisablePreParseMultipartForm: true,

		Concurrency:  maxConnections,
		UnescapePath: true, // addresses in paths come with %3A
		Immutable:    false,
		ErrorHandler: errorHandler(log),
	})
	app.Use(headers, limitBody)
	app.Use(recovery.New(recovery.Config{EnableStackTrace: true, StackTraceHandler: func(c *fiber.Ctx, e any) {
		log.Error("request panicked", "method", c.Method(), "route", c.Route().Path, "panic", e)
	}}))
	return app
}

// headers are those of every answer; the console sets a policy of its own.
func headers(c *fiber.Ctx) error {
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderXFrameOptions, "DENY")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set(fiber.HeaderPermissionsPolicy, "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	return c.Next()
}

// errorHandler answers what no handler did.
func errorHandler(log *slog.Logger) fiber.ErrorHandler {
	return func(c *fiber.Ctx, err error) error {
		var e *fiber.Error
		if !errors.As(err, &e) {
			log.Error("request failed", "method", c.Method(), "route", c.Route().Path, "err", err)
			return problem(c, http.StatusInternalServerError, "Something went wrong in the node. Its log says what.")
		}
		if e.Code < 500 && !strings.HasPrefix(c.Path(), "/api/") {
			return c.Status(e.Code).SendString(http.StatusText(e.Code))
		}
		return problem(c, e.Code, e.Message)
	}
}
