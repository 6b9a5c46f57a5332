package api

import (
	"context"
	"net"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"picket/server/auth"
)

// Login is what a person signs in with.
type Login struct {
	Name     string `json:"name" minLength:"1" maxLength:"100"`
	Password string `json:"password" minLength:"1" maxLength:"1000" format:"password"`
	Code     string `json:"code,omitempty" maxLength:"40" doc:"Of the second factor, or a recovery code: asked for by a problem of the type urn:picket:second-factor"`
}

// FirstLogin makes the first administrator.
type FirstLogin struct {
	Token    string `json:"token" minLength:"1" maxLength:"200" doc:"From the link that the node prints when it starts"`
	Name     string `json:"name" minLength:"1" maxLength:"64" doc:"What to sign in with from now on"`
	Password string `json:"password" minLength:"12" maxLength:"1000" format:"password"`
}

// Session is who is signed in.
type Session struct {
	User          User            `json:"user"`
	Permissions   []string        `json:"permissions" doc:"In the installation"`
	Organisations []SessionPlace  `json:"organisations" doc:"Which the user administers"`
	Tenants       []SessionTenant `json:"tenants" doc:"Of which the user is a member"`
	SecondFactor  bool            `json:"secondFactor" doc:"Was shown in this session"`
	Version       string          `json:"version" doc:"Of the node"`
}

// User is a person.
type User struct {
	ID   string `json:"id" format:"uuid"`
	Name string `json:"name"`
	Role string `json:"role" enum:"admin,member" doc:"admin: administrator of the installation"`
}

// SessionPlace is an organisation with what the user may do in it.
type SessionPlace struct {
	ID                string   `json:"id" format:"uuid"`
	Name              string   `json:"name"`
	Permissions       []string `json:"permissions"`
	NeedsSecondFactor bool     `json:"needsSecondFactor" doc:"And this session has not shown one: nothing is allowed until it has"`
}

// SessionTenant is a tenant with what the user may do in it.
type SessionTenant struct {
	Slug              string   `json:"slug"`
	Name              string   `json:"name"`
	Permissions       []string `json:"permissions"`
	NeedsSecondFactor bool     `json:"needsSecondFactor" doc:"And this session has not shown one: nothing is allowed until it has"`
}

// LoginInput is the request of login.
type LoginInput struct {
	Body Login
	origin
}

// FirstLoginInput is the request of firstLogin.
type FirstLoginInput struct {
	Body FirstLogin
	origin
}

// LogoutInput is the request of logout.
type LogoutInput struct {
	Cookie string `cookie:"picket_session" hidden:"true"`
}

// origin is who asks, for the limits of attempts.
type origin struct{ address, agent, host string }

// Resolve implements huma.Resolver.
func (o *origin) Resolve(ctx huma.Context) []error {
	host, _, err := net.SplitHostPort(ctx.RemoteAddr())
	if err != nil {
		host = ctx.RemoteAddr()
	}
	o.address = host
	o.agent, o.host = strings.Clone(ctx.Header("User-Agent")), strings.Clone(ctx.Host())
	return nil
}

// SessionOutput answers with a cookie alone.
type SessionOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

// login signs in. 401: name or password is wrong, or a code is needed. 429: too many failures, wait.
func (a *API) login(ctx context.Context, in *LoginInput) (*SessionOutput, error) {
	token, err := a.Auth.Login(ctx, auth.Attempt{
		Name: in.Body.Name, Password: in.Body.Password, Code: in.Body.Code, Address: in.address, Agent: in.agent,
	})
	if err != nil {
		return nil, err
	}
	return &SessionOutput{SetCookie: sessionCookie(token)}, nil
}

// firstLogin makes the first administrator and signs it in. 401: the link is
// used or expired, only a new one helps.
func (a *API) firstLogin(ctx context.Context, in *FirstLoginInput) (*SessionOutput, error) {
	token, err := a.Auth.FirstLogin(ctx, in.Body.Token, in.Body.Name, in.Body.Password, in.address)
	if err != nil {
		return nil, err
	}
	return &SessionOutput{SetCookie: sessionCookie(token)}, nil
}

// logout ends the session on every node.
func (a *API) logout(ctx context.Context, in *LogoutInput) (*SessionOutput, error) {
	if err := a.Auth.Logout(ctx, in.Cookie); err != nil {
		return nil, err
	}
	gone := sessionCookie("")
	gone.MaxAge = -1
	return &SessionOutput{SetCookie: gone}, nil
}

// getSession says who is signed in.
func (a *API) getSession(ctx context.Context, _ *struct{}) (*output[Session], error) {
	s := sessionOf(ctx)
	body := Session{
		User:        User{ID: s.User.ID, Name: s.User.Name, Role: string(s.User.Role)},
		Permissions: names(s.Installation), Organisations: []SessionPlace{}, Tenants: []SessionTenant{},
		SecondFactor: s.SecondFactor, Version: a.Version,
	}
	for _, o := range s.Organisations {
		body.Organisations = append(body.Organisations, SessionPlace{o.ID, o.Name, names(o.Permissions), o.NeedsFactor})
	}
	for _, t := range s.Tenants {
		body.Tenants = append(body.Tenants, SessionTenant{t.Slug, t.Name, names(t.Permissions), t.NeedsFactor})
	}
	return reply(body), nil
}

// names lists what is in a set.
func names(set auth.Set) []string {
	list := []string{}
	for _, p := range set.List() {
		list = append(list, string(p))
	}
	return list
}

// sessionCookie outlives no browser session: the database knows when it ends.
func sessionCookie(token string) http.Cookie {
	return http.Cookie{
		Name:     SessionCookie,
		Value:    token,
		Path:     "/",
		Secure:   true,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
}
