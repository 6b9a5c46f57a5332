package api

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"picket/server/auth"
	"picket/server/oui"
	"picket/server/store"
)

// Config is what the interface is made of.
type Config struct {
	Log     *slog.Logger
	Auth    *auth.Service
	Reader  *store.Reader
	Desired *store.Desired
	Taps    *store.Taps

	// Directory administers places and people, and reads the audit log.
	Directory *store.Directory

	Changes *Hub // of what the event stream tells
	Vendors *oui.Registry

	// Enrolment makes an enrolment token for a site and returns its text.
	Enrolment func(ctx context.Context, tenant, site string, uses int, life time.Duration) (string, store.Token, error)

	Version      string           // of the node
	NodeID       func() uuid.UUID // of the node; nil: not known
	Certificates Certificates
	Health       HealthSource
}

// API is the interface, once mounted.
type API struct {
	Config
	spec    []byte       // the OpenAPI document
	streams atomic.Int64 // event streams being served
}

// Mount adds everything under /api/v1 to app.
func Mount(app *fiber.App, config Config) (*API, error) {
	a := &API{Config: config}
	app.Use("/api/v1", a.guard)
	h := humafiber.New(app, humaConfig(config.Version))
	a.register(h)
	spec, err := finish(h.OpenAPI())
	if err != nil {
		return nil, err
	}
	a.spec = spec
	app.Get("/api/v1/openapi.json", a.getSpec)
	app.Get("/api/v1/events", a.getEvents)
	app.Use("/api/v1", func(c *fiber.Ctx) error {
		return problem(c, http.StatusNotFound, "There is no such operation. /api/v1/openapi.json lists those that there are.")
	})
	return a, nil
}

func (a *API) getSpec(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "application/json")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Send(a.spec)
}

// Tags group operations in the document.
const (
	tagSession = "Session"
	tagPlaces  = "Places"
	tagTaps    = "Taps"
	tagAir     = "Air"
	tagWire    = "Wire"
	tagEvents  = "Events"
	tagCluster = "Cluster"
	tagAccount = "Account"
	tagPeople  = "People"
	tagAudit   = "Audit"
)

func (a *API) register(h huma.API) {
	h.UseMiddleware(a.authorise(h))

	add(a, h, auth.Public, http.MethodPost, "/session", tagSession, "login", "Sign in", a.login)
	add(a, h, auth.Public, http.MethodPost, "/session/first-login", tagSession, "firstLogin", "Make the first administrator and sign in", a.firstLogin)
	a.registerSignIn(h)
	a.registerAccount(h)
	a.registerPlaces(h)
	a.registerPeople(h)
	a.registerProviders(h)
	a.registerAudit(h)
	add(a, h, auth.Self, http.MethodGet, "/session", tagSession, "getSession", "Who is signed in", a.getSession)
	add(a, h, auth.Self, http.MethodDelete, "/session", tagSession, "logout", "Sign out", a.logout)

	add(a, h, auth.ReadTaps, http.MethodGet, "/tenants/{tenant}/home", tagPlaces, "getHome", "What is there and what cannot be seen", a.getHome)
	add(a, h, auth.ReadPlaces, http.MethodGet, "/tenants/{tenant}/sites", tagPlaces, "listSites", "Sites", a.listSites)
	a.registerEnrolment(h)

	add(a, h, auth.ReadTaps, http.MethodGet, "/tenants/{tenant}/taps", tagTaps, "listTaps", "Taps, worst first", a.listTaps)
	add(a, h, auth.ReadTaps, http.MethodGet, "/tenants/{tenant}/taps/{tap}", tagTaps, "getTap", "A tap with its gaps", a.getTap)
	add(a, h, auth.ReadTaps, http.MethodGet, "/tenants/{tenant}/taps/{tap}/health", tagTaps, "getTapHealth", "A tap's health over time", a.getTapHealth)
	add(a, h, auth.ReadTaps, http.MethodGet, "/tenants/{tenant}/taps/{tap}/channels", tagTaps, "listTapChannels", "What a tap heard on each channel", a.listTapChannels)
	a.registerDesired(h)
	a.registerNodes(h)
	a.registerCertificates(h)
	add(a, h, auth.ReadHealth, http.MethodGet, "/tenants/{tenant}/health", tagCluster, "getHealth", "What is wrong, why, and what to do", a.getHealth)
	add(a, h, auth.ReadTaps, http.MethodGet, "/tenants/{tenant}/taps/{tap}/coverage", tagTaps, "getTapCoverage", "Where a tap listened, and where it is blind", a.getTapCoverage)
	add(a, h, auth.ReadTaps, http.MethodGet, "/tenants/{tenant}/taps/{tap}/events", tagTaps, "listTapEvents", "What happened to a tap, newest first", a.listTapEvents)
	add(a, h, auth.ReadTaps, http.MethodGet, "/tenants/{tenant}/events", tagTaps, "listEvents", "What happened to the taps, newest first", a.listEvents)

	add(a, h, auth.ReadAir, http.MethodGet, "/tenants/{tenant}/bss", tagAir, "listBSS", "BSSs heard, last heard first", a.listBSS)
	add(a, h, auth.ReadAir, http.MethodGet, "/tenants/{tenant}/bss/{bssid}", tagAir, "getBSS", "Everything about a BSSID", a.getBSS)
	add(a, h, auth.ReadAir, http.MethodGet, "/tenants/{tenant}/bss/{bssid}/signal", tagAir, "getBSSSignal", "A BSSID's signal over time, by tap", a.getBSSSignal)
	add(a, h, auth.ReadAir, http.MethodGet, "/tenants/{tenant}/bss/{bssid}/clients", tagAir, "listBSSClients", "Clients heard in a BSS", a.listBSSClients)
	add(a, h, auth.ReadAir, http.MethodGet, "/tenants/{tenant}/clients", tagAir, "listClients", "Clients heard, last heard first", a.listClients)
	add(a, h, auth.ReadAir, http.MethodGet, "/tenants/{tenant}/clients/{mac}", tagAir, "getClient", "Everything about a client", a.getClient)

	add(a, h, auth.ReadWire, http.MethodGet, "/tenants/{tenant}/hosts", tagWire, "listHosts", "Hosts heard, last heard first", a.listHosts)
	add(a, h, auth.ReadWire, http.MethodGet, "/tenants/{tenant}/hosts/{mac}", tagWire, "getHost", "Everything about a host", a.getHost)
}

// add registers an operation that needs a permission. Errors are translated in one
// place, and the permission is asked for in one place: authorise.
func add[I, O any](a *API, h huma.API, permission auth.Permission, method, path, tag, id, summary string, handler func(context.Context, *I) (*O, error)) {
	op := huma.Operation{
		OperationID:  id,
		Method:       method,
		Path:         "/api/v1" + path,
		Summary:      summary,
		Tags:         []string{tag},
		MaxBodyBytes: maxBody,
		Security:     signedIn,
		Errors:       []int{http.StatusUnauthorized, http.StatusServiceUnavailable},
		Extensions:   map[string]any{permissionExtension: permission},
	}
	switch {
	case permission == auth.Public:
		op.Security = []map[string][]string{}
		op.Errors = append(op.Errors, http.StatusTooManyRequests)
	case permission != auth.Self:
		op.Errors = append(op.Errors, http.StatusForbidden)
	}
	if path != "/session" {
		op.Errors = append(op.Errors, http.StatusNotFound)
	}
	switch id {
	case "createEnrolmentToken", "lockChannel", "createAPIToken", "createOrganisation", "createTenant", "createSite", "createFloor",
		"inviteTenant", "inviteOrganisation", "inviteInstallation", "resetUser", "createOrganisationProvider", "createInstallationProvider":
		op.DefaultStatus = http.StatusCreated
	}
	huma.Register(h, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, a.translate(id, err)
		}
		return out, nil
	})
}
