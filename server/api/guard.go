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
	"picket/server/store"
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
	case "/api/v1/session", "/api/v1/session/first-login", "/api/v1/session/invitation", "/api/v1/session/oidc":
		return method == http.MethodPost
	case "/api/v1/session/providers":
		return method == http.MethodGet
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

	bearer, byToken := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	// No page of another origin makes a browser send a token: it needs no header.
	if !safe(c.Method()) && !byToken && !sameOrigin(c) {
		return problem(c, http.StatusForbidden, "Requests that change something need the header X-Picket: 1 and, if they have an Origin, this console's own.")
	}
	if open(c.Method(), c.Path()) {
		return c.Next()
	}
	var session *auth.Session
	var err error
	if byToken { // then the cookie is not looked at
		session, err = a.Auth.TokenSession(ctx, bearer)
	} else {
		session, err = a.Auth.Session(ctx, c.Cookies(SessionCookie))
	}
	if errors.Is(err, auth.ErrNoSession) {
		return problem(c, http.StatusUnauthorized, notSignedIn)
	}
	if err != nil {
		return a.refuse(c, err)
	}
	actor := auth.Actor{Kind: auth.ActorUser, ID: session.User.ID, Name: session.User.Name, Address: c.IP()}
	if session.Token != nil {
		actor = auth.Actor{Kind: auth.ActorToken, ID: session.User.ID, Name: session.User.Name + " (" + session.Token.Name + ")", Address: c.IP()}
	}
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
		if permission == auth.Own {
			if session.Token != nil {
				_ = huma.WriteErr(h, ctx, http.StatusForbidden, "An API token may not do this. Sign in.")
				return
			}
			next(ctx)
			return
		}
		var status int
		var detail string
		switch {
		case strings.HasPrefix(op.Path, tenantPrefix):
			var tenant auth.Tenant
			if tenant, status, detail = allowed(session, ctx.Param("tenant"), permission); status == http.StatusOK {
				ctx = huma.WithValue(ctx, tenantKey{}, tenant)
				ctx = huma.WithValue(ctx, scopeKey{}, scope{store.Scope{ID: tenant.ID, Kind: store.ScopeTenant}, tenant.Permissions})
			}
		case strings.HasPrefix(op.Path, organisationPrefix):
			var organisation auth.Organisation
			if organisation, status, detail = administers(session, ctx.Param("organisation"), permission); status == http.StatusOK {
				of := store.Scope{ID: organisation.ID, Kind: store.ScopeOrganisation}
				ctx = huma.WithValue(ctx, scopeKey{}, scope{of, organisation.Permissions})
			}
		case session.Installation.Has(permission):
			status = http.StatusOK
			of := store.Scope{ID: store.Installation.String(), Kind: store.ScopeInstallation}
			ctx = huma.WithValue(ctx, scopeKey{}, scope{of, session.Installation})
		default:
			status, detail = http.StatusForbidden, forbidden(permission)
		}
		if status != http.StatusOK {
			_ = huma.WriteErr(h, ctx, status, detail)
			return
		}
		next(ctx)
	}
}

// scope is that of a request, and what who asks may do in it.
type scope struct {
	store.Scope

	may auth.Set
}

// scopeKey finds the scope in a request's context.
type scopeKey struct{}

// scopeOf returns the scope in which an operation is asked for. It is only called
// behind authorise.
func scopeOf(ctx context.Context) scope {
	s, _ := ctx.Value(scopeKey{}).(scope)
	return s
}

// administers finds an organisation of the session in which it has a permission.
func administers(s *auth.Session, id string, p auth.Permission) (auth.Organisation, int, string) {
	for _, o := range s.Organisations {
		switch {
		case o.ID != id:
		case !o.Permissions.Has(p):
			return auth.Organisation{}, http.StatusForbidden, forbidden(p)
		case o.NeedsFactor:
			return auth.Organisation{}, http.StatusForbidden, needsFactor
		default:
			return o, http.StatusOK, ""
		}
	}
	return auth.Organisation{}, http.StatusNotFound, "There is no such organisation, or you do not administer it."
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
	case tenant.NeedsFactor:
		return auth.Tenant{}, http.StatusForbidden, needsFactor
	}
	return tenant, http.StatusOK, ""
}

func forbidden(p auth.Permission) string {
	return "Your role here does not include " + string(p) + ". Whoever administers the tenant can change that."
}

const (
	tenantPrefix       = "/api/v1/tenants/{tenant}/"
	organisationPrefix = "/api/v1/organisations/{organisation}"
	needsFactor        = "A second factor is asked for here, and this session has not shown one. Set one up, or show it, under My account."
	noTenant           = "There is no such tenant, or you are no member of it."
	notSignedIn        = "You are not signed in, or your session has ended. Sign in again."
)

// tenantKey finds the tenant in a request's context.
type tenantKey struct{}

// tenantOf returns the tenant that is asked for, of which the session is a
// member. It is only called behind authorise.
func tenantOf(ctx context.Context) auth.Tenant {
	t, _ := ctx.Value(tenantKey{}).(auth.Tenant)
	return t
}
