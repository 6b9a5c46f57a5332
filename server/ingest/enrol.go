package ingest

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"picket/server/peer"
	"picket/server/store"
	"picket/shared/enrol"
	"picket/shared/httpsig"
	"picket/shared/wlan"
)

// maxEnrol bounds the body of POST /v1/enrol.
const maxEnrol = 4 << 10

// postEnrol is POST /v1/enrol. 201: enrolled, now or before by the same key. 202:
// the box waits for a person, it asks again after Retry-After. 401: the token is not
// valid, or the signature is not of the key. 409: the same request came before. 413,
// 422: malformed. 429, 503: later.
func (h *Handler) postEnrol(c *fiber.Ctx) error {
	if c.Request().Header.ContentLength() > maxEnrol {
		return h.refuseEnrol(c, fiber.StatusRequestEntityTooLarge, "a request to enrol has at most 4 KiB")
	}
	if wait := h.wrong.spent(peer.Network(c.IP()), time.Now()); wait > 0 {
		return h.tooManyWrong(c, wait, h.refuseEnrol)
	}
	select { // strangers may call this: only few at a time reach the database
	case h.enrolling <- struct{}{}:
		defer func() { <-h.enrolling }()
	default:
		c.Set(fiber.HeaderRetryAfter, "2")
		return h.refuseEnrol(c, fiber.StatusTooManyRequests, "too many taps enrol at a time")
	}
	e, err := h.readEnrolment(c)
	if err != nil {
		return h.answerEnrol(c, e, uuid.Nil, err)
	}
	id, err := h.store.Enrol(c.UserContext(), e)
	return h.answerEnrol(c, e, id, err)
}

// malformed says why a request cannot be one to enrol.
type malformed string

func (m malformed) Error() string { return string(m) }

var (
	errOtherCluster = errors.New("the token is of another cluster")
	errCrowd        = errors.New("too many boxes ask at a time")
)

// readEnrolment checks all of a request that needs no database.
func (h *Handler) readEnrolment(c *fiber.Ctx) (e store.Enrolment, err error) {
	var req enrol.Request
	if err := json.Unmarshal(c.Request().Body(), &req); err != nil {
		return e, malformed("the body is not the JSON of a request to enrol")
	}
	if len(req.PublicKey) != ed25519.PublicKeySize {
		return e, malformed("public_key is not 32 octets")
	}
	if len(req.Version) > 64 || len(req.Arch) > 16 {
		return e, malformed("version or arch is too long")
	}
	e = store.Enrolment{
		PublicKey: req.PublicKey, Code: enrol.Claim(req.PublicKey, h.ca()),
		Name: printable(req.Name), Version: printableOr(req.Version, ""), Arch: printableOr(req.Arch, ""), Address: c.IP(),
	}
	if req.MAC != "" {
		mac, err := wlan.ParseMAC(req.MAC)
		if err != nil {
			return e, malformed("mac: " + err.Error())
		}
		e.MAC = &mac
	}
	if err := h.readToken(req.Token, peer.Network(c.IP()), &e); err != nil {
		return e, err
	}
	now, err := h.clock.Now(c.UserContext())
	if err != nil {
		return e, err
	}
	p, err := httpsig.Parse(signed(c), h.opt.Cluster, now)
	if err != nil {
		return e, err
	}
	e.Signed = store.SignedBy(p)
	return e, p.Verify(req.PublicKey)
}

// readToken reads the token of a request, if it has one.
func (h *Handler) readToken(text, network string, e *store.Enrolment) error {
	if text == "" {
		if !h.strangers.admit(e.PublicKey, network, time.Now()) {
			return errCrowd
		}
		return nil
	}
	token, err := enrol.ParseToken(text)
	if err != nil {
		return malformed(err.Error())
	}
	if token.Cluster() != h.opt.Cluster {
		return errOtherCluster
	}
	hash := token.SecretHash()
	e.Token = &hash
	return nil
}

// answerEnrol answers a request to enrol; id is uuid.Nil for a box that waits.
func (h *Handler) answerEnrol(c *fiber.Ctx, e store.Enrolment, id uuid.UUID, err error) error {
	var wrong malformed
	switch {
	case err == nil:
		return h.answerEnrolled(c, e, id)
	case errors.As(err, &wrong):
		return h.refuseEnrol(c, fiber.StatusUnprocessableEntity, wrong.Error())
	case errors.Is(err, errCrowd):
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(5+rand.IntN(10)))
		return h.refuseEnrol(c, fiber.StatusTooManyRequests, err.Error())
	case errors.Is(err, store.ErrToken) && e.Token == nil:
		return h.refuseEnrol(c, fiber.StatusUnauthorized, "this key was revoked; remove the tap's state to make a new one")
	case errors.Is(err, store.ErrToken):
		return h.refuseEnrol(c, fiber.StatusUnauthorized, "the token is unknown, expired or used up")
	case errors.Is(err, store.ErrReplayed):
		return h.refuseEnrol(c, fiber.StatusConflict, store.ErrReplayed.Error())
	case errors.Is(err, errOtherCluster):
		return h.refuseEnrol(c, fiber.StatusUnauthorized, err.Error())
	}
	if _, text := whyStranger(err); text != "" {
		return h.refuseEnrol(c, fiber.StatusUnauthorized, text)
	}
	h.opt.Log.Warn("tap not enrolled", "err", err)
	h.metrics.enrolments.WithLabelValues("busy").Inc()
	return later(c, "the database does not answer")
}

func (h *Handler) answerEnrolled(c *fiber.Ctx, e store.Enrolment, id uuid.UUID) error {
	answer := enrol.Answer{Status: enrol.Pending, Cluster: h.opt.Cluster, KeyID: e.KeyID, Nonce: e.Nonce}
	out := enrol.Response{Cluster: h.opt.Cluster, CACertificate: h.opt.CACertificate}
	status := fiber.StatusAccepted
	if id == uuid.Nil {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(8+rand.IntN(5)))
		h.metrics.enrolments.WithLabelValues("pending").Inc()
	} else {
		answer.Status, answer.TapID, answer.WindowMS, answer.NodeURLs = enrol.Enrolled, id.String(), h.opt.WindowMS, h.opt.NodeURLs
		out.TapID, out.WindowMS, out.NodeURLs = answer.TapID, answer.WindowMS, answer.NodeURLs
		status = fiber.StatusCreated
		h.taps.forget(e.KeyID)
		h.metrics.enrolments.WithLabelValues("enrolled").Inc()
		h.opt.Log.Info("tap enrolled", "tap_id", answer.TapID)
	}
	var err error
	if out.Sealed, err = h.opt.SealAnswer(answer); err != nil {
		return err
	}
	return c.Status(status).JSON(out)
}

// getCluster is GET /v1/cluster: whose node this is, for boxes without a token.
func (h *Handler) getCluster(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(enrol.Cluster{Cluster: h.opt.Cluster, CACertificate: h.opt.CACertificate})
}

// printable makes a name of what a tap calls itself: 1 to 64 characters.
func printable(s string) string { return printableOr(s, "tap") }

// printableOr returns at most 64 printable characters of s, or other.
func printableOr(s, other string) string {
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
		return other
	}
	return s
}

func (h *Handler) refuseEnrol(c *fiber.Ctx, status int, text string) error {
	h.metrics.enrolments.WithLabelValues("refused").Inc()
	h.noteWrong(c, status)
	return say(c, status, text)
}

// noteWrong counts a refusal that asking again does not change against the network
// that asked.
func (h *Handler) noteWrong(c *fiber.Ctx, status int) {
	if status != fiber.StatusTooManyRequests {
		h.wrong.take(peer.Network(c.IP()), time.Now())
	}
}

// tooManyWrong answers whose network has made so many requests that were refused that it
// has to wait.
func (h *Handler) tooManyWrong(c *fiber.Ctx, wait time.Duration, refuse func(*fiber.Ctx, int, string) error) error {
	c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(wait/time.Second)+1))
	return refuse(c, fiber.StatusTooManyRequests, "too many requests from this address were refused")
}
