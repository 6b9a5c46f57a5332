package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"picket/server/auth"
	"picket/server/store"
)

// needsCode is the type of the problem whose cure is the code of a second factor.
const needsCode = "urn:picket:second-factor"

// retrySeconds is after what time a client may ask again when the database is away.
const retrySeconds = 5

// problem answers with a problem document (RFC 9457).
func problem(c *fiber.Ctx, status int, detail string) error {
	return c.Status(status).JSON(&huma.ErrorModel{
		Title:  http.StatusText(status),
		Status: status,
		Detail: detail,
	}, "application/problem+json")
}

// refuse answers for an error outside of an operation.
func (a *API) refuse(c *fiber.Ctx, err error) error {
	translated := a.translate(c.Method()+" "+c.Route().Path, err)
	var status huma.StatusError
	if !errors.As(translated, &status) {
		return translated
	}
	if status.GetStatus() == http.StatusServiceUnavailable {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(retrySeconds))
	}
	return problem(c, status.GetStatus(), status.Error())
}

// translate turns an error into an answer that a person can act on, and logs
// what an operator has to know. operation has no address in it.
func (a *API) translate(operation string, err error) error {
	var status huma.StatusError
	switch {
	case errors.As(err, &status):
		return err
	case errors.Is(err, auth.ErrNeedsCode):
		return &huma.ErrorModel{
			Type: needsCode, Title: http.StatusText(http.StatusUnauthorized), Status: http.StatusUnauthorized,
			Detail: "Enter the code that your authenticator app shows, or a recovery code.",
		}
	case errors.Is(err, auth.ErrWrongCode):
		return huma.Error422UnprocessableEntity("The code is wrong, or was used already. Wait for the next one.")
	case errors.Is(err, auth.ErrWrongPassword):
		return huma.Error422UnprocessableEntity("The password is wrong.")
	case errors.Is(err, auth.ErrInvitation):
		return huma.Error401Unauthorized("This link is unknown, used or expired. Ask whoever sent it for a new one.")
	case errors.Is(err, auth.ErrNameTaken):
		return huma.Error409Conflict("Somebody has this name already. Choose another.")
	case errors.Is(err, auth.ErrTooMany):
		return huma.Error409Conflict("There are as many as there may be. Remove one first.")
	case errors.Is(err, auth.ErrNoAccess):
		return huma.Error403Forbidden("You are known to the provider, but none of your groups gives a role here. Ask whoever administers it.")
	case errors.Is(err, auth.ErrProvider):
		a.Log.Warn("sign-in by a provider did not succeed", "operation", operation, "err", err)
		return huma.Error401Unauthorized("The provider did not sign you in. Try again; the node's log says more.")
	case errors.Is(err, auth.ErrConflict), errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrInUse):
		return huma.Error409Conflict("That exists already.")
	case errors.Is(err, store.ErrInUse):
		return huma.Error409Conflict("It is in use: something still belongs to it, or nobody else can do what it does.")
	case errors.Is(err, store.ErrBadTarget):
		return huma.Error422UnprocessableEntity("A group names a tenant that is not here, or none where one is needed.")
	case errors.Is(err, auth.ErrNotFound):
		return huma.Error404NotFound("There is no such thing; it may have been removed.")
	case errors.Is(err, store.ErrNoSite):
		return huma.Error404NotFound("There is no site with this slug.")
	case errors.Is(err, store.ErrNotFound):
		return huma.Error404NotFound("It was not heard in the time range, or does not exist. A longer time range may show it.")
	case errors.Is(err, auth.ErrWrongLogin):
		return huma.Error401Unauthorized("Name or password is wrong.")
	case errors.Is(err, auth.ErrFirstLogin):
		return huma.Error401Unauthorized("This link is unknown, used or expired. Restart the node, or run nodectl first-login, to get a new one.")
	case errors.Is(err, auth.ErrTooManyAttempts):
		return retry(huma.Error429TooManyRequests("Too many failed attempts. Wait 15 minutes and try again."), int(auth.AttemptWindow.Seconds()))
	case errors.Is(err, auth.ErrUnfit):
		return huma.Error422UnprocessableEntity(err.Error())
	case errors.Is(err, context.DeadlineExceeded), store.IsTimeout(err):
		a.Log.Warn("request ran out of time", "operation", operation, "err", err)
		return retry(huma.Error503ServiceUnavailable("The answer took too long. Try a shorter time range, or try again later."), retrySeconds)
	case store.IsUnavailable(err):
		a.Log.Warn("database not available", "operation", operation, "err", err)
		return retry(huma.Error503ServiceUnavailable("The database cannot be reached at the moment. Nothing is lost: taps keep their reports. Try again soon."), retrySeconds)
	}
	a.Log.Error("request failed", "operation", operation, "err", err)
	return huma.Error500InternalServerError("Something went wrong in the node. Its log says what.")
}

func retry(err error, seconds int) error {
	return huma.ErrorWithHeaders(err, http.Header{fiber.HeaderRetryAfter: {strconv.Itoa(seconds)}})
}
