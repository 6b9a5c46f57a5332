package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"picket/server/auth"
)

// Account is what somebody who is signed in can change of themselves.
type Account struct {
	User          User `json:"user"`
	HasPassword   bool `json:"hasPassword" doc:"false: a provider signs in"`
	SecondFactor  bool `json:"secondFactor" doc:"Is in force"`
	RecoveryCodes int  `json:"recoveryCodes" doc:"That are left"`
}

// NewPassword changes one's password.
type NewPassword struct {
	Present string `json:"present" maxLength:"1000" format:"password"`
	New     string `json:"new" minLength:"12" maxLength:"1000" format:"password"`
}

// Confirmation is one's password.
type Confirmation struct {
	Password string `json:"password" maxLength:"1000" format:"password" doc:"Empty for somebody without one"`
}

// Code is one of the second factor.
type Code struct {
	Code string `json:"code" minLength:"6" maxLength:"40" doc:"That the authenticator app shows, or a recovery code"`
}

// FactorSetup is a second factor that is not in force yet; shown this once.
type FactorSetup struct {
	Secret string   `json:"secret" doc:"Base32, for typing"`
	URI    string   `json:"uri" doc:"For an authenticator app"`
	QR     []string `json:"qr" doc:"Rows of the picture of uri: 1 is dark"`
}

// RecoveryCodes replace the second factor, once each; shown this once.
type RecoveryCodes struct {
	Codes []string `json:"codes"`
}

// OpenSession is one of one's sessions.
type OpenSession struct {
	ID           string `json:"id" format:"uuid"`
	Current      bool   `json:"current" doc:"This is it"`
	Method       string `json:"method" enum:"password,oidc"`
	SecondFactor bool   `json:"secondFactor"`
	Address      string `json:"address"`
	Browser      string `json:"browser" doc:"As it named itself"`
	CreatedAt    Time   `json:"createdAt"`
	LastUsedAt   Time   `json:"lastUsedAt" doc:"To five minutes"`
	ExpiresAt    Time   `json:"expiresAt"`
}

// APIToken lets a program do what its owner may, within its permissions.
type APIToken struct {
	ID          string   `json:"id" format:"uuid"`
	Name        string   `json:"name"`
	Prefix      string   `json:"prefix" doc:"First characters, to know it by"`
	Permissions []string `json:"permissions"`
	Tenant      string   `json:"tenant" doc:"In which alone it holds; empty: wherever its owner may"`
	CreatedAt   Time     `json:"createdAt"`
	ExpiresAt   Time     `json:"expiresAt"`
	LastUsedAt  *Time    `json:"lastUsedAt" nullable:"true" doc:"To five minutes; null: never"`
}

// NewAPIToken asks for a token.
type NewAPIToken struct {
	Name        string   `json:"name" minLength:"1" maxLength:"100"`
	Permissions []string `json:"permissions" minItems:"1" maxItems:"64"`
	Tenant      string   `json:"tenant,omitempty" maxLength:"63" doc:"Slug; empty: wherever its owner may"`
	Days        int      `json:"days" minimum:"1" maximum:"366" default:"90"`
}

// CreatedAPIToken is a new token with its text.
type CreatedAPIToken struct {
	APIToken
	Token string `json:"token" doc:"For the header Authorization: Bearer; shown this once"`
}

// InvitationToken is that of a one-time link.
type InvitationToken struct {
	Token string `json:"token" minLength:"1" maxLength:"200"`
}

type body[T any] struct{ Body T }

// codeInput is a code with the session's cookie.
type codeInput struct {
	Cookie string `cookie:"picket_session" hidden:"true"`
	Body   Code
}

// IDInput names something by its id.
type IDInput struct {
	ID string `path:"id" format:"uuid"`
}

func (a *API) registerAccount(h huma.API) {
	const factor = "/account/second-factor"
	add(a, h, auth.Own, http.MethodGet, "/account", tagAccount, "getAccount", "One's own account", a.getAccount)
	add(a, h, auth.Own, http.MethodPut, "/account/password", tagAccount, "changePassword", "Change the password, and end the other sessions", a.changePassword)
	add(a, h, auth.Own, http.MethodPost, factor, tagAccount, "beginSecondFactor", "Begin to set up a second factor", a.beginFactor)
	add(a, h, auth.Own, http.MethodPut, factor, tagAccount, "confirmSecondFactor", "Put the second factor into force", a.confirmFactor)
	add(a, h, auth.Own, http.MethodDelete, factor, tagAccount, "removeSecondFactor", "Remove the second factor", a.dropFactor)
	add(a, h, auth.Own, http.MethodPost, factor+"/show", tagAccount, "showSecondFactor", "Show the second factor in this session", a.showFactor)
	add(a, h, auth.Own, http.MethodPost, factor+"/recovery-codes", tagAccount, "newRecoveryCodes", "Replace the recovery codes", a.newRecoveryCodes)
	add(a, h, auth.Own, http.MethodGet, "/account/sessions", tagAccount, "listSessions", "One's sessions, last used first", a.listSessions)
	add(a, h, auth.Own, http.MethodDelete, "/account/sessions", tagAccount, "endOtherSessions", "End all one's sessions but this", a.endOtherSessions)
	add(a, h, auth.Own, http.MethodDelete, "/account/sessions/{id}", tagAccount, "endSession", "End one of one's sessions", a.endSession)
	add(a, h, auth.Own, http.MethodGet, "/account/tokens", tagAccount, "listAPITokens", "One's API tokens, newest first", a.listAPITokens)
	add(a, h, auth.Own, http.MethodPost, "/account/tokens", tagAccount, "createAPIToken", "Make an API token", a.createAPIToken)
	add(a, h, auth.Own, http.MethodDelete, "/account/tokens/{id}", tagAccount, "removeAPIToken", "End an API token", a.dropAPIToken)
	add(a, h, auth.Own, http.MethodPost, "/account/memberships", tagAccount, "joinByInvitation", "Become a member by a one-time link", a.joinByInvitation)
}

func userOf(ctx context.Context) auth.User { return sessionOf(ctx).User }

func (a *API) getAccount(ctx context.Context, _ *struct{}) (*output[Account], error) {
	user := userOf(ctx)
	has, err := a.Auth.HasPassword(ctx, user)
	if err != nil {
		return nil, err
	}
	f, err := a.Auth.Factor(ctx, user)
	if err != nil && !errors.Is(err, auth.ErrNotFound) {
		return nil, err
	}
	return reply(Account{
		User: User{ID: user.ID, Name: user.Name, Role: string(user.Role)}, HasPassword: has, SecondFactor: err == nil, RecoveryCodes: f.RecoveryCodes,
	}), nil
}

// changePassword is PUT /account/password. 422: the present one is wrong, or the new
// one will not do. 429: too many attempts.
func (a *API) changePassword(ctx context.Context, in *body[NewPassword]) (*struct{}, error) {
	return nil, a.Auth.ChangePassword(ctx, userOf(ctx), sessionOf(ctx).ID, in.Body.Present, in.Body.New)
}

// beginFactor is POST /account/second-factor. 409: one is in force. 422: the
// password is wrong.
func (a *API) beginFactor(ctx context.Context, in *body[Confirmation]) (*output[FactorSetup], error) {
	f, err := a.Auth.BeginFactor(ctx, userOf(ctx), in.Body.Password)
	if err != nil {
		return nil, err
	}
	return reply(FactorSetup{f.Secret, f.URI, f.QR}), nil
}

// confirmFactor is PUT /account/second-factor. 409: none is being set up. 422: the
// code is wrong.
func (a *API) confirmFactor(ctx context.Context, in *codeInput) (*output[RecoveryCodes], error) {
	codes, err := a.Auth.ConfirmFactor(ctx, userOf(ctx), in.Cookie, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return reply(RecoveryCodes{codes}), nil
}

// dropFactor is DELETE /account/second-factor. 404: there is none. 422: the code is
// wrong.
func (a *API) dropFactor(ctx context.Context, in *body[Code]) (*struct{}, error) {
	return nil, a.Auth.DropFactor(ctx, userOf(ctx), in.Body.Code)
}

// showFactor is POST /account/second-factor/show. 404: there is none. 422: the code
// is wrong.
func (a *API) showFactor(ctx context.Context, in *body[Code]) (*struct{}, error) {
	return nil, a.Auth.ShowFactor(ctx, userOf(ctx), sessionOf(ctx).ID, in.Body.Code)
}

// newRecoveryCodes is POST /account/second-factor/recovery-codes. 404: there is no
// second factor. 422: the code is wrong.
func (a *API) newRecoveryCodes(ctx context.Context, in *body[Code]) (*output[RecoveryCodes], error) {
	codes, err := a.Auth.NewRecoveryCodes(ctx, userOf(ctx), in.Body.Code)
	if err != nil {
		return nil, err
	}
	return reply(RecoveryCodes{codes}), nil
}

func (a *API) listSessions(ctx context.Context, _ *struct{}) (*output[List[OpenSession]], error) {
	rows, err := a.Auth.Sessions(ctx, userOf(ctx))
	if err != nil {
		return nil, err
	}
	list := List[OpenSession]{Items: []OpenSession{}, Total: len(rows), AsOf: now()}
	for _, s := range rows {
		list.Items = append(list.Items, OpenSession{
			ID: s.ID, Current: s.ID == sessionOf(ctx).ID, Method: s.Method, SecondFactor: s.SecondFactor, Address: s.Address, Browser: s.Agent,
			CreatedAt: Time{s.CreatedAt}, LastUsedAt: Time{s.LastUsedAt}, ExpiresAt: Time{s.ExpiresAt},
		})
	}
	return reply(list), nil
}

func (a *API) endOtherSessions(ctx context.Context, _ *struct{}) (*struct{}, error) {
	return nil, a.Auth.EndOtherSessions(ctx, userOf(ctx), sessionOf(ctx).ID)
}

// endSession is DELETE /account/sessions/{id}. 404: there is no such session of one's.
func (a *API) endSession(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, a.Auth.EndSession(ctx, userOf(ctx), in.ID)
}

func (a *API) listAPITokens(ctx context.Context, _ *struct{}) (*output[List[APIToken]], error) {
	rows, err := a.Auth.APITokens(ctx, userOf(ctx))
	if err != nil {
		return nil, err
	}
	list := List[APIToken]{Items: []APIToken{}, Total: len(rows), AsOf: now()}
	for _, t := range rows {
		list.Items = append(list.Items, apiToken(t))
	}
	return reply(list), nil
}

func apiToken(t auth.APIToken) APIToken {
	token := APIToken{
		ID: t.ID, Name: t.Name, Prefix: t.Prefix, Permissions: t.Permissions, Tenant: t.Tenant, CreatedAt: Time{t.CreatedAt}, ExpiresAt: Time{t.ExpiresAt},
	}
	if t.LastUsedAt != nil {
		token.LastUsedAt = &Time{*t.LastUsedAt}
	}
	return token
}

// createAPIToken is POST /account/tokens. 409: there are 50. 422: no such permission
// or tenant.
func (a *API) createAPIToken(ctx context.Context, in *body[NewAPIToken]) (*output[CreatedAPIToken], error) {
	asked := auth.APIToken{Name: in.Body.Name, Permissions: in.Body.Permissions, Tenant: in.Body.Tenant}
	text, made, err := a.Auth.NewAPIToken(ctx, sessionOf(ctx), asked, time.Duration(in.Body.Days)*24*time.Hour)
	if err != nil {
		return nil, err
	}
	return reply(CreatedAPIToken{apiToken(made), text}), nil
}

// dropAPIToken is DELETE /account/tokens/{id}. 404: there is no such token of one's.
func (a *API) dropAPIToken(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, a.Auth.DropAPIToken(ctx, userOf(ctx), in.ID)
}

// joinByInvitation is POST /account/memberships. 401: the link is of no use.
func (a *API) joinByInvitation(ctx context.Context, in *body[InvitationToken]) (*struct{}, error) {
	return nil, a.Auth.Join(ctx, userOf(ctx), in.Body.Token)
}
