package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"picket/server/auth"
	"picket/server/store"
)

// Organisation owns tenants.
type Organisation struct {
	ID                  string `json:"id" format:"uuid"`
	Name                string `json:"name"`
	RequireSecondFactor bool   `json:"requireSecondFactor" doc:"In all its tenants"`
	Tenants             int    `json:"tenants"`
}

// PlacePolicy is the name and the policy of a tenant or an organisation.
type PlacePolicy struct {
	Name                string `json:"name" minLength:"1" maxLength:"200"`
	RequireSecondFactor bool   `json:"requireSecondFactor"`
}

// PlaceName names what is made or renamed.
type PlaceName struct {
	Name string `json:"name" minLength:"1" maxLength:"200"`
}

// NewPlace names a tenant or a site that is made.
type NewPlace struct {
	Slug string `json:"slug" pattern:"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$" patternDescription:"lower-case letters, digits and hyphens" doc:"In URLs; it stays"`
	Name string `json:"name" minLength:"1" maxLength:"200"`
}

// OwnedTenant is a tenant as its organisation administers it.
type OwnedTenant struct {
	ID                  string `json:"id" format:"uuid"`
	Slug                string `json:"slug"`
	Name                string `json:"name"`
	RequireSecondFactor bool   `json:"requireSecondFactor"`
	Sites               int    `json:"sites"`
}

// Floor is a floor of a site.
type Floor struct {
	ID    string `json:"id" format:"uuid"`
	Name  string `json:"name"`
	Level int    `json:"level" doc:"0: at the street"`
}

// NewFloor is what a floor is or becomes.
type NewFloor struct {
	Name  string `json:"name" minLength:"1" maxLength:"100"`
	Level int    `json:"level" minimum:"-20" maximum:"200"`
}

type ownedTenantInput struct {
	Owned string `path:"owned" maxLength:"63" doc:"Slug of the organisation's tenant"`
}

// SiteInput names a site below a tenant that is in the context.
type SiteInput struct {
	Site string `path:"site" maxLength:"63" doc:"Slug of the site"`
}

type putSiteInput struct {
	SiteInput
	Body PlaceName
}

type addFloorInput struct {
	SiteInput
	Body NewFloor
}

// FloorInput names a floor.
type FloorInput struct {
	SiteInput
	Floor string `path:"floor" format:"uuid"`
}

type putFloorInput struct {
	FloorInput
	Body NewFloor
}

func (a *API) registerPlaces(h huma.API) {
	const organisation, tenant = "/organisations/{organisation}", "/tenants/{tenant}"
	add(a, h, auth.Self, http.MethodGet, "/organisations", tagPlaces, "listOrganisations", "Organisations that one administers", a.listOrganisations)
	add(a, h, auth.ChangeOrganisations, http.MethodPost, "/organisations", tagPlaces, "createOrganisation", "Make an organisation", a.createOrganisation)
	add(a, h, auth.ChangeSettings, http.MethodPut, organisation, tagPlaces, "changeOrganisation", "Set an organisation's name and policy", a.putOrganisation)
	add(a, h, auth.ChangeOrganisations, http.MethodDelete, organisation, tagPlaces, "removeOrganisation", "Remove an organisation that has no tenants", a.dropOrganisation)
	add(a, h, auth.ReadTenants, http.MethodGet, organisation+"/tenants", tagPlaces, "listTenants", "Tenants of an organisation", a.listTenants)
	add(a, h, auth.ChangeTenants, http.MethodPost, organisation+"/tenants", tagPlaces, "createTenant", "Make a tenant, with a site", a.createTenant)
	add(a, h, auth.ChangeTenants, http.MethodDelete, organisation+"/tenants/{owned}", tagPlaces, "removeTenant", "Remove a tenant that has had no taps", a.dropTenant)
	add(a, h, auth.ReadSettings, http.MethodGet, tenant+"/policy", tagPlaces, "getTenantPolicy", "A tenant's name and policy", a.getPolicy)
	add(a, h, auth.ChangeSettings, http.MethodPut, tenant+"/policy", tagPlaces, "changeTenantPolicy", "Set a tenant's name and policy", a.putPolicy)
	add(a, h, auth.ChangePlaces, http.MethodPost, tenant+"/sites", tagPlaces, "createSite", "Make a site", a.createSite)
	add(a, h, auth.ChangePlaces, http.MethodPut, tenant+"/sites/{site}", tagPlaces, "changeSite", "Rename a site", a.putSite)
	add(a, h, auth.ChangePlaces, http.MethodDelete, tenant+"/sites/{site}", tagPlaces, "removeSite", "Remove a site that has had no taps", a.dropSite)
	add(a, h, auth.ReadPlaces, http.MethodGet, tenant+"/sites/{site}/floors", tagPlaces, "listFloors", "Floors of a site, highest first", a.listFloors)
	add(a, h, auth.ChangePlaces, http.MethodPost, tenant+"/sites/{site}/floors", tagPlaces, "createFloor", "Make a floor", a.createFloor)
	add(a, h, auth.ChangePlaces, http.MethodPut, tenant+"/sites/{site}/floors/{floor}", tagPlaces, "changeFloor", "Change a floor", a.putFloor)
	add(a, h, auth.ChangePlaces, http.MethodDelete, tenant+"/sites/{site}/floors/{floor}", tagPlaces, "removeFloor", "Remove a floor", a.dropFloor)
}

// listOrganisations is GET /organisations: of a member of none, an empty list.
func (a *API) listOrganisations(ctx context.Context, _ *struct{}) (*output[List[Organisation]], error) {
	rows, err := a.Directory.Organisations(ctx)
	if err != nil {
		return nil, err
	}
	list := List[Organisation]{Items: []Organisation{}, AsOf: now()}
	for _, o := range rows {
		if _, status, _ := administers(sessionOf(ctx), o.ID, auth.ReadTenants); status == http.StatusOK {
			list.Items = append(list.Items, Organisation{o.ID, o.Name, o.RequireSecondFactor, o.Tenants})
		}
	}
	list.Total = len(list.Items)
	return reply(list), nil
}

func (a *API) createOrganisation(ctx context.Context, in *body[PlaceName]) (*output[Organisation], error) {
	id, err := a.Directory.AddOrganisation(ctx, in.Body.Name)
	if err != nil {
		return nil, err
	}
	return reply(Organisation{ID: id, Name: in.Body.Name}), nil
}

func (a *API) putOrganisation(ctx context.Context, in *body[PlacePolicy]) (*struct{}, error) {
	return nil, a.Directory.ChangeOrganisation(ctx, scopeOf(ctx).ID, in.Body.Name, in.Body.RequireSecondFactor)
}

// dropOrganisation is DELETE /organisations/{organisation}. 409: it has tenants.
func (a *API) dropOrganisation(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, a.Directory.DropOrganisation(ctx, scopeOf(ctx).ID)
}

func (a *API) listTenants(ctx context.Context, _ *struct{}) (*output[List[OwnedTenant]], error) {
	rows, err := a.Directory.OwnedTenants(ctx, scopeOf(ctx).ID)
	if err != nil {
		return nil, err
	}
	list := List[OwnedTenant]{Items: []OwnedTenant{}, Total: len(rows), AsOf: now()}
	for _, t := range rows {
		list.Items = append(list.Items, OwnedTenant(t))
	}
	return reply(list), nil
}

// createTenant is POST …/tenants. 409: the slug is taken, here or elsewhere.
func (a *API) createTenant(ctx context.Context, in *body[NewPlace]) (*output[OwnedTenant], error) {
	id, err := a.Directory.AddTenant(ctx, scopeOf(ctx).ID, in.Body.Slug, in.Body.Name)
	if err != nil {
		return nil, err
	}
	return reply(OwnedTenant{ID: id, Slug: in.Body.Slug, Name: in.Body.Name, Sites: 1}), nil
}

// dropTenant is DELETE …/tenants/{owned}. 409: taps belong to it, revoked ones too.
func (a *API) dropTenant(ctx context.Context, in *ownedTenantInput) (*struct{}, error) {
	err := a.Directory.DropTenant(ctx, scopeOf(ctx).ID, in.Owned)
	if errors.Is(err, store.ErrNotFound) {
		return nil, huma.Error404NotFound("The organisation has no such tenant.")
	}
	return nil, err
}

func (a *API) getPolicy(ctx context.Context, _ *struct{}) (*output[PlacePolicy], error) {
	t, err := a.Directory.TenantPolicy(ctx, scopeOf(ctx).ID)
	if err != nil {
		return nil, err
	}
	return reply(PlacePolicy{t.Name, t.RequireSecondFactor}), nil
}

func (a *API) putPolicy(ctx context.Context, in *body[PlacePolicy]) (*struct{}, error) {
	return nil, a.Directory.ChangeTenant(ctx, scopeOf(ctx).ID, in.Body.Name, in.Body.RequireSecondFactor)
}

// createSite is POST …/sites. 409: the slug is taken.
func (a *API) createSite(ctx context.Context, in *body[NewPlace]) (*output[SiteRef], error) {
	if err := a.Directory.AddSite(ctx, scopeOf(ctx).ID, in.Body.Slug, in.Body.Name); err != nil {
		return nil, err
	}
	return reply(SiteRef{in.Body.Slug, in.Body.Name}), nil
}

func (a *API) putSite(ctx context.Context, in *putSiteInput) (*struct{}, error) {
	return nil, a.Directory.ChangeSite(ctx, scopeOf(ctx).ID, in.Site, in.Body.Name)
}

// dropSite is DELETE …/sites/{site}. 409: taps, tokens or settings belong to it.
func (a *API) dropSite(ctx context.Context, in *SiteInput) (*struct{}, error) {
	return nil, a.Directory.DropSite(ctx, scopeOf(ctx).ID, in.Site)
}

func (a *API) listFloors(ctx context.Context, in *SiteInput) (*output[List[Floor]], error) {
	rows, err := a.Directory.Floors(ctx, scopeOf(ctx).ID, in.Site)
	if err != nil {
		return nil, err
	}
	list := List[Floor]{Items: []Floor{}, Total: len(rows), AsOf: now()}
	for _, f := range rows {
		list.Items = append(list.Items, Floor(f))
	}
	return reply(list), nil
}

func (a *API) createFloor(ctx context.Context, in *addFloorInput) (*output[Floor], error) {
	f, err := a.Directory.AddFloor(ctx, scopeOf(ctx).ID, in.Site, in.Body.Name, in.Body.Level)
	if err != nil {
		return nil, err
	}
	return reply(Floor(f)), nil
}

func (a *API) putFloor(ctx context.Context, in *putFloorInput) (*struct{}, error) {
	f := store.Floor{ID: in.Floor, Name: in.Body.Name, Level: in.Body.Level}
	return nil, noFloor(a.Directory.ChangeFloor(ctx, scopeOf(ctx).ID, in.Site, f))
}

func (a *API) dropFloor(ctx context.Context, in *FloorInput) (*struct{}, error) {
	return nil, noFloor(a.Directory.DropFloor(ctx, scopeOf(ctx).ID, in.Site, in.Floor))
}

func noFloor(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return huma.Error404NotFound("There is no such floor at this site.")
	}
	return err
}
