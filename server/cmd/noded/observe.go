package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"picket/server/store"
)

// observe counts and logs requests. The log has the route's pattern, never its
// path or query: those carry addresses and tokens.
func observe(log *slog.Logger, reg prometheus.Registerer) fiber.Handler {
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "picket_http_request_seconds", Help: "Time to answer requests, by route.",
		Buckets: []float64{0.005, 0.02, 0.1, 0.5, 2, 10},
	}, []string{"method", "route", "status"})
	reg.MustRegister(seconds)
	return func(c *fiber.Ctx) error {
		start := time.Now()
		if err := c.Next(); err != nil {
			// Here, not after us, so that the answer's status is known.
			if err := c.App().ErrorHandler(c, err); err != nil {
				return err
			}
		}
		route, status, took := c.Route().Path, c.Response().StatusCode(), time.Since(start)
		method := c.Route().Method // one of a few; what the client sent may be anything
		seconds.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
		level := slog.LevelDebug
		if status >= 500 && status != http.StatusServiceUnavailable {
			level = slog.LevelWarn
		}
		log.Log(c.Context(), level, "request", "method", method, "route", route, "status", status,
			"took_ms", took.Milliseconds(), "bytes", len(c.Request().Body()), "client", c.IP())
		return nil
	}
}

// health adds /healthz, which says that the process lives, and /readyz, which
// says whether it can do its work and means to go on.
func health(app *fiber.App, s *store.Store, draining func() bool) {
	app.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok\n") })
	app.Get("/readyz", func(c *fiber.Ctx) error {
		if draining() {
			return c.Status(http.StatusServiceUnavailable).JSON(fiber.Map{"ready": false, "why": "the node is about to stop"})
		}
		ctx, cancel := context.WithTimeout(c.UserContext(), 3*time.Second)
		defer cancel()
		if err := s.Ping(ctx); err != nil {
			c.Set(fiber.HeaderRetryAfter, "5")
			why := "the database does not have this release's schema, or refuses this node"
			if store.IsUnavailable(err) || errors.Is(err, context.DeadlineExceeded) {
				why = "the database cannot be reached"
			}
			return c.Status(http.StatusServiceUnavailable).JSON(fiber.Map{"ready": false, "why": why})
		}
		return c.JSON(fiber.Map{"ready": true})
	})
}

// metricsOnMain adds /metrics for who has the token; without a token there is none.
func metricsOnMain(app *fiber.App, token string, registry *prometheus.Registry) {
	show := adaptor.HTTPHandler(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	want := sha256.Sum256([]byte(token))
	app.Get("/metrics", func(c *fiber.Ctx) error {
		given, bearer := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
		hash := sha256.Sum256([]byte(given))
		switch {
		case token == "":
			return fiber.ErrNotFound
		case !bearer || subtle.ConstantTimeCompare(hash[:], want[:]) != 1:
			c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
			return fiber.ErrUnauthorized
		}
		return show(c)
	})
}

// metricsServer shows metrics on loopback. It is a task.
type metricsServer struct {
	listen net.Listener
	server *http.Server
}

func newMetricsServer(address string, registry *prometheus.Registry) (*metricsServer, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return &metricsServer{l, &http.Server{Handler: mux, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second}}, nil
}

func (m *metricsServer) String() string { return "metrics" }

// Run serves until ctx is done.
func (m *metricsServer) Run(ctx context.Context) error {
	served := make(chan error, 1)
	go func() { served <- m.server.Serve(m.listen) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	_ = m.server.Close() // nothing is lost
	<-served
	return nil
}

func (m *metricsServer) close() { _ = m.listen.Close() }
