package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"picket/server/store"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
)

// ContentType is that of a report.
const ContentType = wire.MediaType

// postReport is POST /v1/reports. 204: committed, the tap may delete its copy. 413,
// 415, 422: the report will never be accepted. 401: it may be once the tap is
// enrolled or its clock right. 429, 503: later, not before Retry-After. Each but the
// plain 204 has its word in wire.ReasonHeader.
func (h *Handler) postReport(c *fiber.Ctx) error {
	r := request{c: c}
	length := c.Request().Header.ContentLength()
	switch {
	case c.Get(fiber.HeaderContentType) != wire.MediaType || c.Get(fiber.HeaderContentEncoding) != "":
		return h.refuse(r, wire.ReasonType, fiber.StatusUnsupportedMediaType, "a report has type "+wire.MediaType+" and no content encoding")
	case length > wire.MaxEncoded:
		return h.refuse(r, wire.ReasonSize, fiber.StatusRequestEntityTooLarge, fmt.Sprintf("a report has at most %d octets, this one %d", wire.MaxEncoded, length))
	}
	if h.batcher.Full() {
		// Before the signature and the decoding: where taps come again and again, what
		// is spent on refusing them is what storing lacks.
		return h.postpone(r, wire.ReasonBusy, h.batcher.Wait(), "the database lags behind the reports")
	}
	if length > smallBody {
		if !h.arriving.TryAcquire(int64(length)) {
			return h.postpone(r, wire.ReasonBusy, 0, "too many large reports at a time")
		}
		defer h.arriving.Release(int64(length))
	}
	body := c.Request().Body() // now it is read, if it is larger than what came with the head
	var err error
	if r.keyID, r.tap, err = h.authenticate(c); err != nil {
		return h.answerStranger(r, err)
	}
	h.metrics.bytes.Add(float64(len(body)))
	if wait := h.perTap.take(r.tap.TapID, time.Now()); wait > 0 {
		return h.postpone(r, wire.ReasonTapRate, wait, "this tap sends more reports than it may")
	}
	if wait := h.perTenant.take(r.tap.TenantID, time.Now()); wait > 0 {
		return h.postpone(r, wire.ReasonTenantRate, wait, "the taps of this tenant send more reports than they may")
	}
	weight := weightOf(len(body))
	if !h.memory.TryAcquire(weight) {
		return h.postpone(r, wire.ReasonBusy, 0, "too many reports at a time")
	}
	defer h.memory.Release(weight)
	return h.storeReport(r, body)
}

// storeReport answers an admitted request.
func (h *Handler) storeReport(r request, body []byte) error {
	ctx := r.c.UserContext()
	report, err := h.decode(ctx, body)
	if err != nil {
		return h.answerUndecoded(r, err)
	}
	now, err := h.clock.Now(ctx)
	if err != nil {
		return h.postpone(r, wire.ReasonDatabase, 0, "the database does not answer")
	}
	if reason, text := checkWindow(report.GetHeader(), now); reason != "" {
		return h.refuse(r, reason, fiber.StatusUnprocessableEntity, text)
	}
	in := store.Incoming{TenantID: r.tap.TenantID, TapID: r.tap.TapID, KeyNumber: r.tap.KeyNumber, Report: report}
	outcome, err := h.batcher.Add(ctx, in, len(body))
	if err == nil && outcome.Status == store.Stored && h.opt.Stored != nil {
		h.opt.Stored(r.tap.TenantID)
	}
	return h.answerReport(r, outcome, err)
}

// A request is one to store a report; tap is known once its signature held.
type request struct {
	c     *fiber.Ctx
	keyID string
	tap   store.TapIdentity
}

// tapID names the tap in logs, "" while nobody has proved to be one.
func (r request) tapID() string {
	if r.tap.TapID == uuid.Nil {
		return ""
	}
	return r.tap.TapID.String()
}

// smallBody is how many octets a body may have without being counted while it
// arrives: connections are bounded. So who keeps large bodies half sent keeps out
// large reports alone.
const smallBody = 32 << 10

// weightOf estimates what a request holds until it is answered: its body and what
// that decodes to, eightfold as a rule.
func weightOf(body int) int64 {
	return int64(body) + min(max(8*int64(body), 64<<10), wire.MaxDecoded)
}

// decode decodes body with no more decoders at a time than there are processors.
func (h *Handler) decode(ctx context.Context, body []byte) (*wirepb.Report, error) {
	select {
	case h.decoders <- struct{}{}:
		defer func() { <-h.decoders }()
	case <-ctx.Done():
		return nil, ErrBusy
	}
	return wire.Decode(body)
}

func (h *Handler) answerUndecoded(r request, err error) error {
	switch {
	case errors.Is(err, wire.ErrTooLarge):
		return h.refuse(r, wire.ReasonBomb, fiber.StatusRequestEntityTooLarge, err.Error())
	case errors.Is(err, ErrBusy):
		return h.postpone(r, wire.ReasonBusy, 0, "too many reports at a time")
	default:
		return h.refuse(r, wire.ReasonMalformed, fiber.StatusUnprocessableEntity, err.Error())
	}
}

// checkWindow says what is wrong with the time of a report, if anything, as a word
// and as a sentence. now is the database's.
func checkWindow(header *wirepb.Header, now time.Time) (reason, text string) {
	start := time.UnixMicro(header.GetWindowStartUs())
	end := start.Add(time.Duration(header.GetWindowLengthMs()) * time.Millisecond)
	switch {
	case now.Sub(start) > store.MaxLate:
		return wire.ReasonOld, fmt.Sprintf("the window began %v ago, at most %v are taken", now.Sub(start).Round(time.Second), store.MaxLate)
	case end.Sub(now) > store.MaxAhead:
		return wire.ReasonFuture, fmt.Sprintf("the window ends %v ahead of the cluster's clock, at most %v are taken", end.Sub(now).Round(time.Second), store.MaxAhead)
	}
	return "", ""
}

func (h *Handler) answerReport(r request, o store.Outcome, err error) error {
	switch {
	case store.IsDataError(err):
		return h.refuse(r, wire.ReasonData, fiber.StatusUnprocessableEntity, "the database cannot hold this report")
	case errors.Is(err, ErrTenantBusy):
		return h.postpone(r, wire.ReasonTenantRate, h.batcher.Wait(), err.Error())
	case errors.Is(err, ErrBusy):
		return h.postpone(r, wire.ReasonBusy, h.batcher.Wait(), "the database lags behind the reports")
	case err != nil:
		return h.postpone(r, wire.ReasonDatabase, h.batcher.Wait(), "not stored, try again")
	case o.Status == store.Revoked:
		h.taps.forget(r.keyID)
		return h.refuse(r, wire.ReasonRevoked, fiber.StatusUnauthorized, errRevoked.Error())
	case o.Status == store.Duplicate:
		r.c.Set(wire.ReasonHeader, wire.ReasonDuplicate)
		h.metrics.reports.WithLabelValues(wire.ReasonDuplicate).Inc()
	default:
		h.metrics.reports.WithLabelValues("stored").Inc()
	}
	if o.NotRegistered > 0 {
		h.metrics.unregistered.Add(float64(o.NotRegistered))
		h.refusals.note(slog.LevelWarn, "entities", r.tapID(), "more new entities in this hour, or in this tenant, than the registries take; "+
			"the report is stored", time.Now())
	}
	nameRevision(r.c, o.DesiredRevision)
	if want := wants(o); want != "" {
		r.c.Set(WantHeader, want)
	}
	if d := spread(h.perTap.heard(), time.Duration(h.opt.WindowMS)*time.Millisecond); d > 0 {
		r.c.Set(wire.SpreadHeader, strconv.FormatInt(d.Milliseconds(), 10))
	}
	return r.c.SendStatus(fiber.StatusNoContent)
}

// refuse counts, logs and says a refusal that waiting does not cure.
func (h *Handler) refuse(r request, reason string, status int, text string) error {
	h.metrics.reports.WithLabelValues(reason).Inc()
	h.refusals.note(slog.LevelWarn, reason, r.tapID(), text, time.Now())
	r.c.Set(wire.ReasonHeader, reason)
	return say(r.c, status, text)
}

// postpone counts and says that a report is to come again, not before some time has
// passed.
func (h *Handler) postpone(r request, reason string, wait time.Duration, text string) error {
	status := fiber.StatusServiceUnavailable
	if reason == wire.ReasonTapRate || reason == wire.ReasonTenantRate {
		status = fiber.StatusTooManyRequests
	}
	h.metrics.reports.WithLabelValues(reason).Inc()
	who := ""
	if reason == wire.ReasonTapRate { // else all of the node's taps
		who = r.tapID()
	}
	h.refusals.note(slog.LevelInfo, reason, who, text, time.Now())
	r.c.Set(wire.ReasonHeader, reason)
	r.c.Set(fiber.HeaderRetryAfter, strconv.Itoa(retryAfter(wait)))
	return say(r.c, status, text)
}

// retryAfter is after how many seconds to come again, at the least after wait. They
// vary, so that taps do not come back all at once.
func retryAfter(wait time.Duration) int {
	seconds := int((wait + time.Second - 1) / time.Second)
	return max(seconds, 2) + rand.IntN(max(seconds, 8))
}
