package ingest

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"picket/server/store"
	"picket/shared/enrol"
	"picket/shared/httpsig"
	"picket/shared/wlan"
)

// maxEnrol bounds the body of POST /v1/enrol.
const maxEnrol = 4 << 10

// postEnrol is POST /v1/enrol. 201: enrolled, now or before by the same key. 401:
// the token is not valid, or the signature is not of the key. 413, 422: malformed.
// 429, 503: later.
func (h *Handler) postEnrol(c *fiber.Ctx) error {
	if len(c.Request().Body()) > maxEnrol {
		return h.refuseEnrol(c, fiber.StatusRequestEntityTooLarge, "a request to enrol has at most 4 KiB")
	}
	select { // strangers may call this: only few at a time reach the database
	case h.enrolling <- struct{}{}:
		defer func() { <-h.enrolling }()
	default:
		c.Set(fiber.HeaderRetryAfter, "2")
		return h.refuseEnrol(c, fiber.StatusTooManyRequests, "too many taps enrol at a time")
	}
	e, status, text := h.readEnrolment(c)
	if status != 0 {
		return h.refuseEnrol(c, status, text)
	}
	id, err := h.store.Enrol(c.UserContext(), e)
	switch {
	case errors.Is(err, store.ErrToken):
		return h.refuseEnrol(c, fiber.StatusUnauthorized, "the token is unknown, expired or used up")
	case err != nil:
		h.opt.Log.Warn("tap not enrolled", "err", err)
		h.metrics.enrolments.WithLabelValues("busy").Inc()
		return later(c, "the database does not answer")
	}
	h.taps.forget(e.KeyID)
	h.metrics.enrolments.WithLabelValues("enrolled").Inc()
	h.opt.Log.Info("tap enrolled", "tap_id", id.String())
	return c.Status(fiber.StatusCreated).JSON(enrol.Response{
		TapID: id.String(), Cluster: h.opt.Cluster, CACertificate: h.opt.CACertificate, WindowMS: h.opt.WindowMS, NodeURLs: h.opt.NodeURLs,
	})
}

// readEnrolment checks all of a request that needs no database; a status other
// than 0 refuses it.
func (h *Handler) readEnrolment(c *fiber.Ctx) (e store.Enrolment, status int, text string) {
	var req enrol.Request
	if err := json.Unmarshal(c.Request().Body(), &req); err != nil {
		return e, fiber.StatusUnprocessableEntity, "the body is not the JSON of a request to enrol"
	}
	token, err := enrol.ParseToken(req.Token)
	if err != nil {
		return e, fiber.StatusUnprocessableEntity, err.Error()
	}
	if len(req.PublicKey) != ed25519.PublicKeySize {
		return e, fiber.StatusUnprocessableEntity, "public_key is not 32 octets"
	}
	if len(req.Version) > 64 || len(req.Arch) > 16 {
		return e, fiber.StatusUnprocessableEntity, "version or arch is too long"
	}
	e = store.Enrolment{
		SecretHash: token.SecretHash(), PublicKey: req.PublicKey, KeyID: httpsig.KeyID(req.PublicKey),
		Name: printable(req.Name), Version: req.Version, Arch: req.Arch,
	}
	if req.MAC != "" {
		mac, err := wlan.ParseMAC(req.MAC)
		if err != nil {
			return e, fiber.StatusUnprocessableEntity, "mac: " + err.Error()
		}
		e.MAC = &mac
	}
	if !h.sameCluster(token) {
		return e, fiber.StatusUnauthorized, "the token is of another cluster"
	}
	p, err := httpsig.Parse(signed(c), h.opt.Cluster, time.Now())
	if err == nil {
		err = p.Verify(req.PublicKey)
	}
	if err != nil {
		return e, fiber.StatusUnauthorized, err.Error()
	}
	return e, 0, ""
}

// printable makes a name of what a tap calls itself: 1 to 64 characters.
func printable(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s))
	if runes := []rune(s); len(runes) > 64 {
		s = strings.TrimSpace(string(runes[:64]))
	}
	if s == "" {
		return "tap"
	}
	return s
}

func (h *Handler) refuseEnrol(c *fiber.Ctx, status int, text string) error {
	h.metrics.enrolments.WithLabelValues("refused").Inc()
	return say(c, status, text)
}
