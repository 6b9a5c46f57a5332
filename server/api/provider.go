package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"picket/server/auth"
	"picket/server/store"
)

// Provider signs people in beside us, by OpenID Connect.
type Provider struct {
	ID string `json:"id" format:"uuid"`
	ProviderSettings
	Callback string `json:"callback" doc:"What to register at the provider as redirect URI"`
}

// ProviderSettings are what may be set of a provider.
type ProviderSettings struct {
	Slug              string          `json:"slug" pattern:"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" patternDescription:"lower-case letters, digits and hyphens"`
	Name              string          `json:"name" minLength:"1" maxLength:"100" doc:"On the button of the page for signing in"`
	Issuer            string          `json:"issuer" format:"uri" maxLength:"500" example:"https://id.example.org"`
	ClientID          string          `json:"clientID" minLength:"1" maxLength:"500"`
	ClientSecret      string          `json:"clientSecret,omitempty" maxLength:"1000" format:"password" doc:"Never shown; empty: stays as it is"`
	GroupClaim        string          `json:"groupClaim" maxLength:"100" default:"groups" doc:"Of the ID token"`
	ShowsSecondFactor bool            `json:"showsSecondFactor" doc:"Its sign-ins count as with a second factor; of the installation's providers alone"`
	Enabled           bool            `json:"enabled"`
	Groups            []ProviderGroup `json:"groups" maxItems:"500" doc:"What gives whom which role; who is in none of them does not get in"`
}

// ProviderGroup says what a group at a provider gives.
type ProviderGroup struct {
	Group  string `json:"group" minLength:"1" maxLength:"200"`
	Tenant string `json:"tenant" maxLength:"63" doc:"Slug; empty: the organisation"`
	Role   string `json:"role" enum:"organisation-admin,tenant-admin,operator,analyst,viewer"`
}

type providerInput struct {
	origin
	Body ProviderSettings
}

type putProviderInput struct {
	IDInput
	origin
	Body ProviderSettings
}

func (a *API) registerProviders(h huma.API) {
	for _, of := range []struct{ path, name, what string }{
		{"/organisations/{organisation}", "Organisation", "an organisation"}, {"", "Installation", "the installation"},
	} {
		add(a, h, auth.ReadSettings, http.MethodGet, of.path+"/providers", tagPeople, "list"+of.name+"Providers", "Who signs people in for "+of.what, a.listProviders)
		add(a, h, auth.ChangeSettings, http.MethodPost, of.path+"/providers", tagPeople, "create"+of.name+"Provider", "Let a provider sign people in for "+of.what, a.createProvider)
		add(a, h, auth.ChangeSettings, http.MethodPut, of.path+"/providers/{id}", tagPeople, "change"+of.name+"Provider", "Change a provider of "+of.what, a.putProvider)
		add(a, h, auth.ChangeSettings, http.MethodDelete, of.path+"/providers/{id}", tagPeople, "remove"+of.name+"Provider", "Remove a provider of "+of.what, a.dropProvider)
	}
}

// hostInput is a request whose host matters.
type hostInput struct{ origin }

func (a *API) listProviders(ctx context.Context, in *hostInput) (*output[List[Provider]], error) {
	rows, groups, err := a.Directory.Providers(ctx, scopeOf(ctx).Scope)
	if err != nil {
		return nil, err
	}
	list := List[Provider]{Items: []Provider{}, Total: len(rows), AsOf: now()}
	for _, p := range rows {
		s := ProviderSettings{
			Slug: p.Slug, Name: p.Name, Issuer: p.Issuer, ClientID: p.ClientID, GroupClaim: p.GroupClaim,
			ShowsSecondFactor: p.ShowsSecondFactor, Enabled: p.Enabled, Groups: []ProviderGroup{},
		}
		for _, g := range groups[p.ID] {
			s.Groups = append(s.Groups, ProviderGroup{g.Name, g.Tenant, g.Role})
		}
		list.Items = append(list.Items, Provider{p.ID, s, "https://" + in.host + callbackPath})
	}
	return reply(list), nil
}

func (a *API) createProvider(ctx context.Context, in *providerInput) (*output[Provider], error) {
	if in.Body.ClientSecret == "" {
		return nil, huma.Error422UnprocessableEntity("A provider needs a client secret.")
	}
	return a.keepProvider(ctx, "", in.host, in.Body)
}

func (a *API) putProvider(ctx context.Context, in *putProviderInput) (*output[Provider], error) {
	return a.keepProvider(ctx, in.ID, in.host, in.Body)
}

// keepProvider checks what the form of the request cannot: 403, a role that is more
// than one's own; 422, an issuer that is no https URL.
func (a *API) keepProvider(ctx context.Context, id, host string, s ProviderSettings) (*output[Provider], error) {
	scope := scopeOf(ctx)
	u, err := url.Parse(s.Issuer)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, huma.Error422UnprocessableEntity("The issuer is an https URL without query, as the provider gives it.")
	}
	if s.ShowsSecondFactor && scope.Kind != store.ScopeInstallation {
		return nil, huma.Error422UnprocessableEntity("Only a provider of the installation can stand in for a second factor.")
	}
	groups := []store.ProviderGroup{}
	for _, g := range s.Groups {
		if !scope.may.Contains(auth.Role(g.Role).Permissions()) {
			return nil, huma.Error403Forbidden("The role " + g.Role + " includes more than your own here.")
		}
		if g.Tenant != "" && g.Role == string(auth.RoleOrganisationAdmin) {
			return nil, huma.Error422UnprocessableEntity("This role is one of organisations, not of tenants.")
		}
		groups = append(groups, store.ProviderGroup{Name: g.Group, Tenant: g.Tenant, Role: g.Role})
	}
	p := auth.Provider{
		ID: id, Slug: s.Slug, Name: s.Name, Issuer: s.Issuer, ClientID: s.ClientID, GroupClaim: s.GroupClaim,
		ShowsSecondFactor: s.ShowsSecondFactor, Enabled: s.Enabled,
	}
	if s.ClientSecret != "" {
		p.ClientSecret = []byte(s.ClientSecret)
	}
	id, err = a.Directory.PutProvider(ctx, scope.Scope, p, groups)
	if err != nil {
		return nil, err
	}
	s.ClientSecret = ""
	return reply(Provider{id, s, "https://" + host + callbackPath}), nil
}

func (a *API) dropProvider(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, noMember(a.Directory.DropProvider(ctx, scopeOf(ctx).Scope, in.ID))
}
