package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"picket/server/auth"
)

// Limits of a request.
const (
	maxBody  = 16 << 10 // octets; the largest body is a first login
	deadline = 20 * time.Second
)

// SessionCookie holds the token of a session.
const SessionCookie = "picket_session"

// csrfHeader must stand in requests that change something. A page of another
// origin cannot send it without a preflight, which nobody answers.
const csrfHeader = "X-Picket"

// sessionKey finds the session in a request's context.
type sessionKey struct{}

// sessionOf returns who asks. It is only called behind guard.
func sessionOf(ctx context.Context) *auth.Session {
	s, _ := ctx.Value(sessionKey{}).(*auth.Session)
	return s
}

// open reports whether strangers may use an operation. This is the whole list.
func open(method, path string) bool {
	switch path {
	case "/api/v1/session", "/api/v1/session/first-login":
		return method == http.MethodPost
	case "/api/v1/openapi.json":
		return method == http.MethodGet || method == http.MethodHead
	}
	return false
}

// guard stands before everything under /api/v1.
func (a *API) guard(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	if c.Request().Header.ContentLength() > maxBody { // which limitBody saw to be there
		return problem(c, http.StatusRequestEntityTooLarge, "The body is larger than 16 kB.")
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), deadline)
	defer cancel()
	c.SetUserContext(ctx)

	if !safe(c.Method()) && !sameOrigin(c) {
		return problem(c, http.StatusForbidden, "Requests that change something need the header X-Picket: 1 and, if they have an Origin, this console's own.")
	}
	if open(c.Method(), c.Path()) {
		return c.Next()
	}
	session, err := a.Auth.Session(ctx, c.Cookies(SessionCookie))
	if errors.Is(err, auth.ErrNoSession) {
		return problem(c, http.StatusUnauthorized, notSignedIn)
	}
	if err != nil {
		return a.refuse(c, err)
	}
	actor := auth.Actor{Kind: auth.ActorUser, ID: session.User.ID, Name: session.User.Name, Address: c.IP()}
	c.SetUserContext(context.WithValue(auth.WithActor(ctx, actor), sessionKey{}, session))
	return c.Next()
}

func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

func sameOrigin(c *fiber.Ctx) bool {
	if c.Get(csrfHeader) != "1" {
		return false
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" {
		return true // no browser
	}
	u, err := url.Parse(origin)
	// The scheme is not compared: behind a load balancer that ends TLS, ours is
	// another. The Host is what the browser was told to ask.
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, string(c.Request().Host()))
}

// authorise lets go on who has an operation's permission, where its path says, and
// puts the tenant of the path into the context. It is the one place that decides.
func (a *API) authorise(h huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		op := ctx.Operation()
		permission, _ := op.Extensions[permissionExtension].(auth.Permission)
		if permission == auth.Public {
			next(ctx)
			return
		}
		session := sessionOf(ctx.Context())
		if session == nil {
			_ = huma.WriteErr(h, ctx, http.StatusUnauthorized, notSignedIn)
			return
		}
		if permission == auth.Self {
			next(ctx)
			return
		}
		if strings.HasPrefix(op.Path, tenantPrefix) {
			tenant, status, detail := allowed(session, ctx.Param("tenant"), permission)
			if status != http.StatusOK {
				_ = huma.WriteErr(h, ctx, status, detail)
				return
			}
			next(huma.WithValue(ctx, tenantKey{}, tenant))
			return
		}
		if session.User.Role != auth.RoleAdministrator { // an operation on the installation
			_ = huma.WriteErr(h, ctx, http.StatusForbidden, forbidden(permission))
			return
		}
		next(ctx)
	}
}

// allowed finds a tenant of the session in which it has a permission. The status is
// 200, or that of the problem: 404 says nothing about a tenant that one is no member of.
func allowed(s *auth.Session, slug string, p auth.Permission) (auth.Tenant, int, string) {
	tenant, ok := s.Tenant(slug)
	switch {
	case !ok:
		return auth.Tenant{}, http.StatusNotFound, noTenant
	case !tenant.Permissions.Has(p):
		return auth.Tenant{}, http.StatusForbidden, forbidden(p)
	}
	return tenant, http.StatusOK, ""
}

func forbidden(p auth.Permission) string {
	return "Your role here does not include " + string(p) + ". Whoever administers the tenant can change that."
}

const (
	tenantPrefix = "/api/v1/tenants/{tenant}/"
	noTenant     = "There is no such tenant, or you are no member of it."
	notSignedIn  = "You are not signed in, or your session has ended. Sign in again."
)

// tenantKey finds the tenant in a request's context.
type tenantKey struct{}

// tenantOf returns the tenant that is asked for, of which the session is a
// member. It is only called behind authorise.
func tenantOf(ctx context.Context) auth.Tenant {
	t, _ := ctx.Value(tenantKey{}).(auth.Tenant)
	return t
}
