package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"picket/server/store"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
)

// ContentType is that of a report (wire.Encode).
const ContentType = "application/vnd.picket.report"

// postReport is POST /v1/reports. 204: committed, the tap may delete its copy. 413,
// 415, 422: the report will never be accepted. 401: it may be once the tap is
// enrolled or its clock right. 503: later.
func (h *Handler) postReport(c *fiber.Ctx) error {
	body := c.Request().Body()
	switch {
	case c.Get(fiber.HeaderContentType) != ContentType || c.Get(fiber.HeaderContentEncoding) != "":
		return h.refuse(c, "type", fiber.StatusUnsupportedMediaType, "a report has type "+ContentType+" and no content encoding")
	case len(body) > wire.MaxEncoded:
		return h.refuse(c, "size", fiber.StatusRequestEntityTooLarge, fmt.Sprintf("a report has at most %d octets", wire.MaxEncoded))
	}
	weight := weightOf(len(body))
	if !h.memory.TryAcquire(weight) {
		h.metrics.reports.WithLabelValues("busy").Inc()
		return later(c, "too many reports at a time")
	}
	defer h.memory.Release(weight)
	keyID, tap, err := h.authenticate(c)
	if err != nil {
		return h.answerStranger(c, err)
	}
	h.metrics.bytes.Add(float64(len(body)))
	report, err := h.decode(c.UserContext(), body)
	if err != nil {
		return h.answerUndecoded(c, err)
	}
	now, err := h.clock.Now(c.UserContext())
	if err != nil {
		return h.answerStranger(c, err)
	}
	if text := checkWindow(report.GetHeader(), now); text != "" {
		return h.refuse(c, "window", fiber.StatusUnprocessableEntity, text)
	}
	outcome, err := h.batcher.Add(c.UserContext(), store.Incoming{TenantID: tap.TenantID, TapID: tap.TapID, KeyNumber: tap.KeyNumber, Report: report})
	if err == nil && outcome.Status == store.Stored && h.opt.Stored != nil {
		h.opt.Stored(tap.TenantID)
	}
	return h.answerReport(c, keyID, outcome, err)
}

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

func (h *Handler) answerUndecoded(c *fiber.Ctx, err error) error {
	switch {
	case errors.Is(err, wire.ErrTooLarge):
		return h.refuse(c, "size", fiber.StatusRequestEntityTooLarge, err.Error())
	case errors.Is(err, ErrBusy):
		h.metrics.reports.WithLabelValues("busy").Inc()
		return later(c, "too many reports at a time")
	default:
		return h.refuse(c, "malformed", fiber.StatusUnprocessableEntity, err.Error())
	}
}

// checkWindow says what is wrong with the time of a report, if anything.
func checkWindow(header *wirepb.Header, now time.Time) string {
	start := time.UnixMicro(header.GetWindowStartUs())
	end := start.Add(time.Duration(header.GetWindowLengthMs()) * time.Millisecond)
	switch {
	case now.Sub(start) > store.MaxLate:
		return fmt.Sprintf("the window began %v ago, at most %v are taken", now.Sub(start).Round(time.Second), store.MaxLate)
	case end.Sub(now) > store.MaxAhead:
		return fmt.Sprintf("the window ends %v ahead of this clock, at most %v are taken", end.Sub(now).Round(time.Second), store.MaxAhead)
	default:
		return ""
	}
}

func (h *Handler) answerReport(c *fiber.Ctx, keyID string, o store.Outcome, err error) error {
	switch {
	case store.IsDataError(err):
		return h.refuse(c, "data", fiber.StatusUnprocessableEntity, "the database cannot hold this report")
	case err != nil:
		h.metrics.reports.WithLabelValues("busy").Inc()
		return later(c, "not stored, try again")
	case o.Status == store.Revoked:
		h.taps.forget(keyID)
		return h.refuse(c, "revoked", fiber.StatusUnauthorized, errRevoked.Error())
	case o.Status == store.Duplicate:
		h.metrics.reports.WithLabelValues("duplicate").Inc()
	default:
		h.metrics.reports.WithLabelValues("stored").Inc()
	}
	nameRevision(c, o.DesiredRevision)
	if want := wants(o); want != "" {
		c.Set(WantHeader, want)
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// refuse counts and says a refusal. What a tap did wrong is in its own log; here
// it is counted, since anybody could fill this one.
func (h *Handler) refuse(c *fiber.Ctx, result string, status int, text string) error {
	h.metrics.reports.WithLabelValues(result).Inc()
	return say(c, status, text)
}
