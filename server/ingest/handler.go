package ingest

import (
	"context"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/semaphore"

	"picket/server/store"
	"picket/shared/desired"
	"picket/shared/enrol"
	"picket/shared/httpsig"
)

// requestLimit is how long a tap's request may take: a tap gives up after a
// minute.
const requestLimit = 40 * time.Second

// memory bounds what reports in flight may hold together, in octets. A report is
// counted with what it may decode to (weightOf) until it is answered. arrivals
// bounds the large bodies of requests that nobody has looked at yet.
const (
	memory   = 256 << 20
	arrivals = 64 << 20
)

// Options say whose node this is.
type Options struct {
	Cluster       string   // 64 hexadecimal digits
	CACertificate string   // PEM
	WindowMS      int      // told to taps
	NodeURLs      []string // told to taps, in the order in which to try them

	// SealDesired signs what the centre wants of a tap, for the cluster. nil: taps
	// are not told.
	SealDesired func(desired.Document) (string, error)

	// SealAnswer signs what a box is answered that enrols or changes its key, for the
	// cluster.
	SealAnswer func(enrol.Answer) (string, error)

	// Stored is called for each report that was stored and new, with its tenant. It
	// must not block. nil: nobody wants to know.
	Stored func(tenant uuid.UUID)

	Limits Limits // zero: DefaultLimits

	Log        *slog.Logger
	Registerer prometheus.Registerer // nil: metrics are kept and not shown
}

// Handler serves what taps call.
type Handler struct {
	opt     Options
	store   *store.Store
	batcher *Batcher
	taps    *tapCache
	clock   *store.Clock
	metrics *metrics

	refusals  *refusals
	perTap    *limiters[uuid.UUID]
	perTenant *limiters[uuid.UUID]
	wrong     *limiters[string] // requests that were refused, by network

	arriving  *semaphore.Weighted
	memory    *semaphore.Weighted
	decoders  chan struct{}
	enrolling chan struct{}
	strangers *crowd // boxes without a token
	telling   chan struct{}
}

// New returns the handler of a node; its Batcher must run.
func New(s *store.Store, opt Options) *Handler {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Limits == (Limits{}) {
		opt.Limits = DefaultLimits()
	}
	h := &Handler{
		opt: opt, store: s, taps: newTapCache(s), clock: s.ClusterClock(), strangers: newCrowd(),
		refusals:  newRefusals(opt.Log),
		perTap:    newLimiters[uuid.UUID](opt.Limits.TapRate, opt.Limits.TapBurst),
		perTenant: newLimiters[uuid.UUID](opt.Limits.TenantRate, opt.Limits.TenantBurst),
		wrong:     newNetworkLimiters(wrongRequests, wrongRequestsBurst),
		arriving:  semaphore.NewWeighted(arrivals),
		memory:    semaphore.NewWeighted(memory),
		decoders:  make(chan struct{}, runtime.GOMAXPROCS(0)),
		enrolling: make(chan struct{}, 4),
		telling:   make(chan struct{}, maxDesired),
	}
	h.metrics = newMetrics(opt.Registerer, func() float64 { return float64(len(h.batcher.queue)) })
	h.batcher = newBatcher(s, opt.Log, h.metrics)
	return h
}

// Batcher returns the task that stores what the handler accepts.
func (h *Handler) Batcher() *Batcher { return h.batcher }

// Register adds the routes. The app's BodyLimit must be wire.MaxEncoded or a
// little more; the handler's own limits are lower where they can be.
func (h *Handler) Register(r fiber.Router) {
	r.Post("/v1/reports", h.withDeadline(h.postReport))
	r.Post(enrol.Path, h.withDeadline(h.postEnrol))
	r.Post(enrol.KeyPath, h.withDeadline(h.postKey))
	r.Get(enrol.ClusterPath, h.getCluster)
	if h.opt.SealDesired != nil {
		r.Get(desired.Path, h.withDeadline(h.getDesired))
	}
}

func (h *Handler) withDeadline(next fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), requestLimit)
		defer cancel()
		c.SetUserContext(ctx)
		return next(c)
	}
}

// signed returns the request as its signature covers it. Its Body is valid until
// the handler returns.
func signed(c *fiber.Ctx) httpsig.Request {
	uri := c.Request().URI()
	return httpsig.Request{
		Method:   c.Method(),
		Path:     string(uri.PathOriginal()),
		RawQuery: string(uri.QueryString()),
		Body:     c.Request().Body(), // not c.Body(), which would decompress
		// A copy: fasthttp writes the next request over it, and the key's id is kept as a
		// key of the cache of taps, where it would become another tap's.
		Header: func(name string) string { return strings.Clone(c.Get(name)) },
	}
}

// say ends a request with a status and a plain sentence for the tap's log.
func say(c *fiber.Ctx, status int, text string) error {
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	return c.Status(status).SendString(text + "\n")
}

// later ends a request with 503. The seconds vary, so that taps do not come back
// all at once.
func later(c *fiber.Ctx, text string) error {
	c.Set(fiber.HeaderRetryAfter, strconv.Itoa(3+rand.IntN(8)))
	return say(c, fiber.StatusServiceUnavailable, text)
}

// ca returns the SHA-256 of the public key of the cluster's CA, which the cluster's
// id spells.
func (h *Handler) ca() (sum [32]byte) {
	_, _ = hex.Decode(sum[:], []byte(h.opt.Cluster[:min(len(h.opt.Cluster), 2*len(sum))])) // 64 hexadecimal digits
	return sum
}
