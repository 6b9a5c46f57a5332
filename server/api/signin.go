package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"picket/server/auth"
)

// browserCookie binds a sign-in at a provider to the browser that began it.
const browserCookie = "picket_signin"

// callbackPath is the console's page to which a provider sends the browser back.
const callbackPath = "/login/provider"

// InvitationAnswer is what somebody answers to a one-time link.
type InvitationAnswer struct {
	Token    string `json:"token" minLength:"1" maxLength:"200" doc:"From the link"`
	Name     string `json:"name,omitempty" maxLength:"64" doc:"What to sign in with from now on; not looked at where the link is for a new password"`
	Password string `json:"password" minLength:"12" maxLength:"1000" format:"password"`
}

// InvitationAccepted says what became of it.
type InvitationAccepted struct {
	Name     string `json:"name" doc:"What to sign in with"`
	SignedIn bool   `json:"signedIn" doc:"false: sign in with the new password"`
}

// InvitationOutput answers an invitation, and may sign in.
type InvitationOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      InvitationAccepted
}

// InvitationInput is the request of acceptInvitation.
type InvitationInput struct {
	Body InvitationAnswer
	origin
}

// SignInProvider is somebody who signs people in beside us.
type SignInProvider struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
}

// ProviderSignIn begins a sign-in at a provider, or ends one with what the provider
// gave the browser.
type ProviderSignIn struct {
	Provider string `json:"provider,omitempty" maxLength:"63" doc:"To begin: slug of the provider"`
	ReturnTo string `json:"returnTo,omitempty" maxLength:"2000" doc:"To begin: page of the console to show in the end"`
	State    string `json:"state,omitempty" maxLength:"200" doc:"To end: as the provider sent it"`
	Code     string `json:"code,omitempty" maxLength:"4000" doc:"To end: as the provider sent it"`
}

// ProviderStep is where the browser goes next.
type ProviderStep struct {
	Location string `json:"location" doc:"A URL of the provider, or a path of the console"`
	SignedIn bool   `json:"signedIn"`
}

// ProviderInput is the request of signInByProvider.
type ProviderInput struct {
	Browser string `cookie:"picket_signin" hidden:"true"`
	Body    ProviderSignIn
	origin
}

// ProviderOutput sets a cookie of either kind.
type ProviderOutput struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      ProviderStep
}

func (a *API) registerSignIn(h huma.API) {
	add(a, h, auth.Public, http.MethodPost, "/session/invitation", tagSession, "acceptInvitation", "Answer a one-time link: a new account, or a new password", a.acceptInvitation)
	add(a, h, auth.Public, http.MethodGet, "/session/providers", tagSession, "listSignInProviders", "Who signs people in beside this console", a.listSignInProviders)
	add(a, h, auth.Public, http.MethodPost, "/session/oidc", tagSession, "signInByProvider", "Begin or end a sign-in at a provider (OpenID Connect)", a.signInByProvider)
}

// acceptInvitation is POST /session/invitation. 401: the link is used or expired.
// 409: the name is taken. 422: the password will not do.
func (a *API) acceptInvitation(ctx context.Context, in *InvitationInput) (*InvitationOutput, error) {
	attempt := auth.Attempt{Name: in.Body.Name, Password: in.Body.Password, Address: in.address, Agent: in.agent}
	session, name, err := a.Auth.AcceptInvitation(ctx, in.Body.Token, attempt)
	if err != nil {
		return nil, err
	}
	out := &InvitationOutput{Body: InvitationAccepted{Name: name, SignedIn: session != ""}}
	if session != "" {
		out.SetCookie = []http.Cookie{sessionCookie(session)}
	}
	return out, nil
}

// listSignInProviders is GET /session/providers.
func (a *API) listSignInProviders(ctx context.Context, _ *struct{}) (*output[List[SignInProvider]], error) {
	providers, err := a.Auth.SignInProviders(ctx)
	if err != nil {
		return nil, err
	}
	list := List[SignInProvider]{Items: []SignInProvider{}, Total: len(providers), AsOf: now()}
	for _, p := range providers {
		list.Items = append(list.Items, SignInProvider{p.Slug, p.Name})
	}
	return reply(list), nil
}

// signInByProvider is POST /session/oidc. 401: the provider did not sign in, or not
// this browser. 403: it did, but nothing is granted here. 404: no such provider.
func (a *API) signInByProvider(ctx context.Context, in *ProviderInput) (*ProviderOutput, error) {
	callback := "https://" + in.host + callbackPath
	cookie := sessionCookie("")
	cookie.Name, cookie.Path = browserCookie, "/api/v1/session/oidc"
	if in.Body.State == "" {
		location, browser, err := a.Auth.BeginOIDC(ctx, strings.Clone(in.Body.Provider), callback, in.Body.ReturnTo)
		if err != nil {
			return nil, err
		}
		cookie.Value = browser
		return &ProviderOutput{SetCookie: []http.Cookie{cookie}, Body: ProviderStep{Location: location}}, nil
	}
	start := auth.Start{Address: in.address, Agent: in.agent}
	session, location, err := a.Auth.EndOIDC(ctx, in.Body.State, in.Body.Code, in.Browser, callback, start)
	if err != nil {
		return nil, err
	}
	// The browser's cookie is used up; a second Set-Cookie would be joined to the first.
	return &ProviderOutput{SetCookie: []http.Cookie{sessionCookie(session)}, Body: ProviderStep{Location: location, SignedIn: true}}, nil
}
