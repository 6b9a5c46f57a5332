package ingest

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"picket/server/peer"
	"picket/server/store"
	"picket/shared/enrol"
	"picket/shared/httpsig"
)

// postKey is POST /v1/key, by which a tap changes its key (enrol.KeyRequest). 200:
// the new key is taken, and the old one until a request under the new one is
// acknowledged. 401: signature, clock, or a tap or key that is unknown or revoked.
// 409: the new key is somebody's already, or the same request came before. 413, 422:
// malformed, or the new key's proof does not fit. 429, 503: later.
func (h *Handler) postKey(c *fiber.Ctx) error {
	if c.Request().Header.ContentLength() > maxEnrol {
		return h.refuseKey(c, fiber.StatusRequestEntityTooLarge, "a request for a new key has at most 4 KiB")
	}
	if wait := h.wrong.spent(peer.Network(c.IP()), time.Now()); wait > 0 {
		return h.tooManyWrong(c, wait, h.refuseKey)
	}
	select {
	case h.enrolling <- struct{}{}:
		defer func() { <-h.enrolling }()
	default:
		c.Set(fiber.HeaderRetryAfter, "2")
		return h.refuseKey(c, fiber.StatusTooManyRequests, "too many taps change their key at a time")
	}
	p, tap, err := h.signer(c)
	if err == nil && tap.Revoked {
		err = errRevoked
	}
	if err != nil {
		return h.answerKey(c, p, err)
	}
	var req enrol.KeyRequest
	if err := json.Unmarshal(c.Request().Body(), &req); err != nil || len(req.PublicKey) != ed25519.PublicKeySize {
		return h.refuseKey(c, fiber.StatusUnprocessableEntity, "the body is not the JSON of a request for a new key")
	}
	if !ed25519.Verify(req.PublicKey, enrol.KeyProof(h.opt.Cluster, tap.PublicKey, req.PublicKey), req.Proof) {
		return h.refuseKey(c, fiber.StatusUnprocessableEntity, "the new key's proof does not fit")
	}
	newID := httpsig.KeyID(req.PublicKey)
	if err := h.store.RenewKey(c.UserContext(), store.SignedBy(p), tap, newID, req.PublicKey); err != nil {
		return h.answerKey(c, p, err)
	}
	h.taps.forget(newID)
	sealed, err := h.opt.SealAnswer(enrol.Answer{
		Status: enrol.Renewed, Cluster: h.opt.Cluster, KeyID: p.KeyID, Nonce: p.Nonce, TapID: tap.TapID.String(), NewKeyID: newID,
	})
	if err != nil {
		return err
	}
	h.metrics.keys.WithLabelValues("renewed").Inc()
	h.opt.Log.Info("tap has a new key", "tap_id", tap.TapID.String())
	return c.JSON(enrol.KeyResponse{Sealed: sealed})
}

// answerKey answers a request for a new key that err stopped.
func (h *Handler) answerKey(c *fiber.Ctx, p *httpsig.Parsed, err error) error {
	switch {
	case errors.Is(err, store.ErrReplayed):
		return h.refuseKey(c, fiber.StatusConflict, store.ErrReplayed.Error())
	case errors.Is(err, store.ErrConflict):
		return h.refuseKey(c, fiber.StatusConflict, "the new key is in use already")
	case errors.Is(err, store.ErrOldKey):
		h.taps.forget(p.KeyID)
		return h.refuseKey(c, fiber.StatusUnauthorized, store.ErrOldKey.Error())
	}
	if _, text := whyStranger(err); text != "" {
		return h.refuseKey(c, fiber.StatusUnauthorized, text)
	}
	h.opt.Log.Warn("key not renewed", "err", err)
	h.metrics.keys.WithLabelValues("busy").Inc()
	return later(c, "the database does not answer")
}

func (h *Handler) refuseKey(c *fiber.Ctx, status int, text string) error {
	h.metrics.keys.WithLabelValues("refused").Inc()
	h.noteWrong(c, status)
	return say(c, status, text)
}
