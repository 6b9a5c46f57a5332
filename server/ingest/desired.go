package ingest

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"picket/server/store"
	"picket/shared/desired"
)

// maxDesired is how many taps may be told at a time what is wanted of them: they
// share the database's connections with reports.
const maxDesired = 4

// getDesired is GET /v1/desired. 200: the tap's document, signed with the key of
// the cluster. 304: what the tap follows is the newest. 401: signature, clock, or a
// tap that is unknown or revoked. 413: with a body, which it has none. 503: later.
func (h *Handler) getDesired(c *fiber.Ctx) error {
	if c.Request().Header.ContentLength() > 0 {
		h.metrics.desired.WithLabelValues("refused").Inc()
		return say(c, fiber.StatusRequestEntityTooLarge, "a request for desired state has no body")
	}
	keyID, tap, err := h.authenticate(c)
	if err != nil {
		_, text := whyStranger(err)
		if text == "" {
			return h.desiredLater(c)
		}
		h.metrics.desired.WithLabelValues("refused").Inc()
		return say(c, fiber.StatusUnauthorized, text)
	}
	select {
	case h.telling <- struct{}{}:
		defer func() { <-h.telling }()
	case <-c.UserContext().Done():
		return h.desiredLater(c)
	}
	d, revoked, err := h.store.DesiredDocument(c.UserContext(), tap.TenantID, tap.TapID)
	switch {
	case err == nil && !revoked:
	case err == nil || errors.Is(err, store.ErrNotFound):
		h.taps.forget(keyID)
		h.metrics.desired.WithLabelValues("refused").Inc()
		return say(c, fiber.StatusUnauthorized, errRevoked.Error())
	default:
		return h.desiredLater(c)
	}
	c.Set(fiber.HeaderETag, desired.Tag(d.Revision))
	c.Set(fiber.HeaderCacheControl, "no-store")
	if desired.Matches(c.Get(fiber.HeaderIfNoneMatch), d.Revision) {
		h.metrics.desired.WithLabelValues("unchanged").Inc()
		return c.SendStatus(fiber.StatusNotModified)
	}
	text, err := h.opt.SealDesired(d)
	if err != nil {
		h.opt.Log.Error("desired state cannot be sealed", "tap_id", tap.TapID.String(), "err", err)
		return h.desiredLater(c)
	}
	h.metrics.desired.WithLabelValues("sent").Inc()
	c.Set(fiber.HeaderContentType, desired.ContentType)
	return c.SendString(text)
}

func (h *Handler) desiredLater(c *fiber.Ctx) error {
	h.metrics.desired.WithLabelValues("busy").Inc()
	return later(c, "the database does not answer")
}

// nameRevision tells a tap, with the answer to a report, which revision of what is
// wanted of it there is.
func nameRevision(c *fiber.Ctx, revision uint64) {
	if revision > 0 {
		c.Set(desired.Header, strconv.FormatUint(revision, 10))
	}
}
