package ingest

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"picket/server/store"
	"picket/shared/httpsig"
)

// authenticate returns the tap that signed the request.
func (h *Handler) authenticate(c *fiber.Ctx) (keyID string, tap store.TapIdentity, err error) {
	p, tap, err := h.signer(c)
	if p != nil {
		keyID = p.KeyID
	}
	return keyID, tap, err
}

// signer returns the signature of the request and the tap whose key made it. The
// signature's time is judged by the cluster's clock.
func (h *Handler) signer(c *fiber.Ctx) (p *httpsig.Parsed, tap store.TapIdentity, err error) {
	now, err := h.clock.Now(c.UserContext())
	if err != nil {
		return nil, tap, err
	}
	if p, err = httpsig.Parse(signed(c), h.opt.Cluster, now); err != nil {
		return nil, tap, err
	}
	if tap, err = h.taps.get(c.UserContext(), p.KeyID); err != nil {
		return p, tap, err
	}
	if err := p.Verify(tap.PublicKey); err != nil {
		return p, tap, err
	}
	if tap.Revoked {
		return p, tap, errRevoked
	}
	return p, tap, nil
}

var errRevoked = errors.New("this tap was revoked")

// answerStranger answers a request that authenticate refused.
func (h *Handler) answerStranger(c *fiber.Ctx, err error) error {
	result, text := whyStranger(err)
	if text == "" {
		h.metrics.reports.WithLabelValues("busy").Inc()
		return later(c, "the database does not answer")
	}
	return h.refuse(c, result, fiber.StatusUnauthorized, text)
}

// whyStranger says why authenticate refused a request, as a label and as a
// sentence. Both are empty where it could not judge: the database did not answer.
func whyStranger(err error) (result, text string) {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "unknown", "no tap of this cluster has this key"
	case errors.Is(err, errRevoked):
		return "revoked", err.Error()
	case errors.Is(err, httpsig.ErrMalformed), errors.Is(err, httpsig.ErrDigest), errors.Is(err, httpsig.ErrCluster),
		errors.Is(err, httpsig.ErrClock), errors.Is(err, httpsig.ErrSignature):
		return "signature", err.Error()
	}
	return "", ""
}
