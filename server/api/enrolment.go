package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"picket/server/auth"
	"picket/server/store"
	"picket/shared/desired"
	"picket/shared/enrol"
)

// registerEnrolment adds what lets boxes in and changes who taps are.
func (a *API) registerEnrolment(h huma.API) {
	const tokens, boxes = "/tenants/{tenant}/enrolment-tokens", "/tenants/{tenant}/pending-boxes"
	add(a, h, auth.ReadEnrolment, http.MethodGet, tokens, tagPlaces, "listEnrolmentTokens", "Enrolment tokens, without their secrets", a.listTokens)
	add(a, h, auth.ChangeEnrolment, http.MethodPost, tokens, tagPlaces, "createEnrolmentToken", "Make an enrolment token", a.createToken)
	add(a, h, auth.ChangeEnrolment, http.MethodDelete, tokens+"/{token}", tagPlaces, "revokeEnrolmentToken", "End an enrolment token", a.revokeToken)
	add(a, h, auth.ChangeEnrolment, http.MethodPost, tokens+"/{token}/adoption", tagPlaces, "adoptBoxesOfToken", "Let in all boxes that wait by a token", a.adoptBoxesOfToken)
	add(a, h, auth.ReadEnrolment, http.MethodGet, boxes, tagPlaces, "listPendingBoxes", "Boxes that wait to be let in, by tokens for several", a.listPendingBoxes)
	add(a, h, auth.ChangeEnrolment, http.MethodPost, boxes+"/search", tagPlaces, "findPendingBox", "The box that shows a claim code", a.findPendingBox)
	add(a, h, auth.ChangeEnrolment, http.MethodPost, boxes+"/adoption", tagPlaces, "adoptBox", "Let in the box that shows a claim code", a.adoptBox)
	add(a, h, auth.ChangeEnrolment, http.MethodDelete, boxes+"/{code}", tagPlaces, "rejectPendingBox", "Forget a box that waits by a token", a.rejectPendingBox)
	const tap = "/tenants/{tenant}/taps/{tap}"
	add(a, h, auth.ChangeTaps, http.MethodPatch, tap, tagTaps, "changeTap", "Rename a tap, or move it to another site", a.changeTap)
	add(a, h, auth.ChangeTaps, http.MethodPost, tap+"/revocation", tagTaps, "revokeTap", "End a tap's right to report", a.revokeTap)
}

// PendingBox is a box that asks to be a tap.
type PendingBox struct {
	Code         string     `json:"code" example:"7GQ2-M0XR-94TC" doc:"Claim code, as the box shows it"`
	Name         string     `json:"name" doc:"As the box calls itself"`
	MAC          *string    `json:"mac" nullable:"true" doc:"As the box says"`
	Version      string     `json:"version"`
	Arch         string     `json:"arch" example:"arm64"`
	Address      string     `json:"address" doc:"From which it asked last; empty: not known"`
	FirstHeardAt Time       `json:"firstHeardAt"`
	LastHeardAt  Time       `json:"lastHeardAt"`
	Site         *SiteRef   `json:"site" doc:"Of its token; null: it came without one"`
	TokenID      *string    `json:"tokenId" nullable:"true" format:"uuid"`
	Was          *FormerTap `json:"was" doc:"A tap that had the same address and reports no more: the box may be that tap anew; null: there is none"`
}

// FormerTap is a tap that a box may be anew.
type FormerTap struct {
	ID   string `json:"id" format:"uuid"`
	Name string `json:"name"`
	Site string `json:"site" doc:"Slug"`
}

// PendingBoxes are the boxes that wait for a tenant.
type PendingBoxes struct {
	List[PendingBox]
	Dropped int64 `json:"dropped" doc:"How many boxes without a token had to give way, ever, because more than 1,000 waited"`
}

// CodeInput is the request of findPendingBox.
type CodeInput struct {
	TenantParam
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"64" doc:"Whole, in groups or not"`
	}
}

// AdoptInput is the request of adoptBox.
type AdoptInput struct {
	TenantParam
	Body struct {
		Code     string  `json:"code" minLength:"1" maxLength:"64" doc:"Whole, in groups or not"`
		Site     string  `json:"site,omitempty" maxLength:"63" doc:"Slug; empty: that of its token"`
		Name     string  `json:"name,omitempty" maxLength:"64" doc:"Empty: as the box calls itself"`
		Replaces *string `json:"replaces,omitempty" format:"uuid" doc:"Tap that the box is from now on, with its past; its keys end"`
	}
}

// AdoptedBox is the answer.
type AdoptedBox struct {
	TapID string `json:"tapId" format:"uuid"`
}

// AdoptedBoxes is the answer of adoptBoxesOfToken.
type AdoptedBoxes struct {
	Boxes int `json:"boxes"`
}

// TokenParam names an enrolment token.
type TokenParam struct {
	TenantParam
	Token string `path:"token" format:"uuid"`
}

// BoxParam names a box that waits.
type BoxParam struct {
	TenantParam
	Code string `path:"code" maxLength:"64" doc:"Claim code"`
}

// ChangeTapInput is the request of changeTap.
type ChangeTapInput struct {
	TapParam
	Body struct {
		Name *string `json:"name,omitempty" minLength:"1" maxLength:"64"`
		Site *string `json:"site,omitempty" minLength:"1" maxLength:"63" doc:"Slug. What the tap heard goes with it"`
	}
}

// claimant is who types a code, as the limits on it know people.
func claimant(ctx context.Context) store.Claimant {
	who := auth.ActorOf(ctx)
	return store.Claimant{User: who.ID, Address: who.Address}
}

// listPendingBoxes is GET …/pending-boxes.
func (a *API) listPendingBoxes(ctx context.Context, _ *TenantParam) (*output[PendingBoxes], error) {
	rows, dropped, err := a.Taps.Pending(ctx, tenantOf(ctx).ID)
	if err != nil {
		return nil, err
	}
	list := PendingBoxes{List: List[PendingBox]{Items: make([]PendingBox, 0, len(rows)), Total: len(rows), AsOf: now()}, Dropped: dropped}
	for _, b := range rows {
		list.Items = append(list.Items, pendingBox(b))
	}
	return reply(list), nil
}

func pendingBox(b store.PendingBox) PendingBox {
	out := PendingBox{
		Code: enrol.ClaimCode(b.Code).String(), Name: b.Name, Version: b.Version, Arch: b.Arch, Address: b.Address,
		FirstHeardAt: Time{b.FirstHeardAt}, LastHeardAt: Time{b.LastHeardAt}, TokenID: b.TokenID,
	}
	if b.MAC != nil {
		out.MAC = pointer(b.MAC.String())
	}
	if b.SiteSlug != nil && b.SiteName != nil {
		out.Site = &SiteRef{Slug: *b.SiteSlug, Name: *b.SiteName}
	}
	if b.WasID != nil && b.WasName != nil && b.WasSite != nil {
		out.Was = &FormerTap{ID: *b.WasID, Name: *b.WasName, Site: *b.WasSite}
	}
	return out
}

// findPendingBox is POST …/pending-boxes/search. 404: no box that waits shows this
// code. 422: it is no code. 429: too many were tried that are no box's.
func (a *API) findPendingBox(ctx context.Context, in *CodeInput) (*output[PendingBox], error) {
	code, err := enrol.ParseClaimCode(in.Body.Code)
	if err != nil {
		return nil, wrongCode()
	}
	b, err := a.Taps.Find(ctx, tenantOf(ctx).ID, code, claimant(ctx))
	if err != nil {
		return nil, noBox(err)
	}
	return reply(pendingBox(b)), nil
}

// adoptBox is POST …/pending-boxes/adoption. 404: no box that waits shows this code,
// or there is no such site or tap. 422: it is no code. 429: as findPendingBox.
func (a *API) adoptBox(ctx context.Context, in *AdoptInput) (*output[AdoptedBox], error) {
	code, err := enrol.ParseClaimCode(in.Body.Code)
	if err != nil {
		return nil, wrongCode()
	}
	adoption := store.Adoption{Code: code, Site: in.Body.Site, Name: in.Body.Name}
	if in.Body.Replaces != nil {
		adoption.Replaces = *in.Body.Replaces
	}
	tap, err := a.Taps.Adopt(ctx, tenantOf(ctx).ID, adoption, claimant(ctx))
	if err != nil {
		return nil, noBox(wrongSetting(err))
	}
	return reply(AdoptedBox{TapID: tap.String()}), nil
}

func wrongCode() error {
	return huma.Error422UnprocessableEntity("This is no claim code: it has 12 letters and digits, in three groups of four.",
		&huma.ErrorDetail{Location: "body.code", Message: "no claim code"})
}

// noBox says what an error of adopting means.
func noBox(err error) error {
	switch {
	case errors.Is(err, store.ErrTooMany):
		return huma.Error429TooManyRequests("Too many codes were tried that no box shows. Wait a quarter of an hour, and compare the code letter by letter.")
	case errors.Is(err, store.ErrConflict):
		return huma.Error409Conflict("Two boxes show this code, which chance does not do: somebody may be imitating one. Let neither in; set the box up anew, and it shows another.")
	case errors.Is(err, store.ErrNoTap):
		return huma.Error404NotFound("There is no tap with this id to replace.")
	case errors.Is(err, store.ErrNotFound):
		return huma.Error404NotFound("No box that waits shows this code. Compare it letter by letter; if it is right, the box has reached another cluster, or has been let in.")
	}
	return err
}

// adoptBoxesOfToken is POST …/enrolment-tokens/{token}/adoption. 404: none waits.
func (a *API) adoptBoxesOfToken(ctx context.Context, in *TokenParam) (*output[AdoptedBoxes], error) {
	boxes, err := a.Taps.AdoptAll(ctx, tenantOf(ctx).ID, in.Token)
	if errors.Is(err, store.ErrNotFound) {
		return nil, huma.Error404NotFound("No box waits by this token.")
	}
	if err != nil {
		return nil, err
	}
	return reply(AdoptedBoxes{Boxes: boxes}), nil
}

// rejectPendingBox is DELETE …/pending-boxes/{code}. 404: no box that this tenant
// sees shows it.
func (a *API) rejectPendingBox(ctx context.Context, in *BoxParam) (*struct{}, error) {
	code, err := enrol.ParseClaimCode(in.Code)
	if err != nil {
		return nil, noBox(store.ErrNotFound)
	}
	if err := a.Taps.Reject(ctx, tenantOf(ctx).ID, code); err != nil {
		return nil, noBox(err)
	}
	return nil, nil //nolint:nilnil // 204
}

// revokeToken is DELETE …/enrolment-tokens/{token}. Who enrolled with it stays.
func (a *API) revokeToken(ctx context.Context, in *TokenParam) (*struct{}, error) {
	err := a.Taps.RevokeToken(ctx, tenantOf(ctx).ID, in.Token)
	if errors.Is(err, store.ErrNotFound) {
		return nil, huma.Error404NotFound("There is no enrolment token with this id.")
	}
	return nil, err
}

// changeTap is PATCH …/taps/{tap}. 404: no such tap or site. 422: what is set for the
// tap does not go together with what is set for the site.
func (a *API) changeTap(ctx context.Context, in *ChangeTapInput) (*struct{}, error) {
	err := a.Taps.Change(ctx, tenantOf(ctx).ID, in.Tap, store.TapChange{Name: in.Body.Name, Site: in.Body.Site})
	var wrong *desired.Error
	if errors.As(err, &wrong) {
		return nil, huma.Error422UnprocessableEntity("The tap cannot move there: "+wrong.Problem+".",
			&huma.ErrorDetail{Location: "body.site", Message: wrong.Problem})
	}
	return nil, noTap(err)
}

// revokeTap is POST …/taps/{tap}/revocation. The tap's reports are refused from then
// on, by every node; what it heard stays. It comes back only by being adopted.
func (a *API) revokeTap(ctx context.Context, in *TapParam) (*struct{}, error) {
	return nil, noTap(a.Taps.Revoke(ctx, tenantOf(ctx).ID, in.Tap))
}
