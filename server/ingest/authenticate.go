package ingest

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"picket/server/store"
	"picket/shared/httpsig"
	"picket/shared/wire"
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

// answerStranger answers a request to store a report that authenticate refused.
func (h *Handler) answerStranger(r request, err error) error {
	reason, text := whyStranger(err)
	if text == "" {
		return h.postpone(r, wire.ReasonDatabase, 0, "the database does not answer")
	}
	return h.refuse(r, reason, fiber.StatusUnauthorized, text)
}

// whyStranger says why authenticate refused a request, as a word and as a
// sentence. Both are empty where it could not judge: the database did not answer.
func whyStranger(err error) (reason, text string) {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return wire.ReasonUnknown, "no tap of this cluster has this key"
	case errors.Is(err, errRevoked):
		return wire.ReasonRevoked, err.Error()
	case errors.Is(err, httpsig.ErrClock):
		return wire.ReasonClock, err.Error()
	case errors.Is(err, httpsig.ErrCluster):
		return wire.ReasonCluster, err.Error()
	case errors.Is(err, httpsig.ErrMalformed), errors.Is(err, httpsig.ErrDigest), errors.Is(err, httpsig.ErrSignature):
		return wire.ReasonSignature, err.Error()
	}
	return "", ""
}
