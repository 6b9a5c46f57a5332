package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"picket/server/auth"
	"picket/server/store"
)

// Role is a set of permissions.
type Role struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Permissions []string `json:"permissions"`
}

// Roles are all roles, and all permissions that there are.
type Roles struct {
	Roles       []Role   `json:"roles"`
	Permissions []string `json:"permissions"`
}

// Member is somebody with a role here.
type Member struct {
	UserID       string `json:"userID" format:"uuid"`
	Name         string `json:"name"`
	Role         string `json:"role"`
	ByProvider   bool   `json:"byProvider" doc:"The role comes from a group at a provider"`
	SecondFactor bool   `json:"secondFactor"`
	Disabled     bool   `json:"disabled"`
	LastLoginAt  *Time  `json:"lastLoginAt" nullable:"true"`
	Since        Time   `json:"since"`
}

// MemberRole is what a member becomes.
type MemberRole struct {
	Role string `json:"role" enum:"organisation-admin,tenant-admin,operator,analyst,viewer"`
}

// Invitation is a one-time link that was not used yet.
type Invitation struct {
	ID        string `json:"id" format:"uuid"`
	Role      string `json:"role"`
	ForUser   string `json:"forUser" doc:"Who sets a new password with it; empty: somebody new"`
	Note      string `json:"note"`
	CreatedBy string `json:"createdBy"`
	CreatedAt Time   `json:"createdAt"`
	ExpiresAt Time   `json:"expiresAt"`
}

// NewInvitation asks for one.
type NewInvitation struct {
	Role string `json:"role" enum:"admin,organisation-admin,tenant-admin,operator,analyst,viewer"`
	Note string `json:"note,omitempty" maxLength:"200" doc:"For whom"`
	Days int    `json:"days,omitempty" minimum:"1" maximum:"30" default:"7"`
}

// CreatedInvitation is a new one with its secret.
type CreatedInvitation struct {
	Invitation
	Token string `json:"token" doc:"The link is https://this console/invitation#token; shown this once"`
}

// UserAccount is a user as administrators of the installation see it.
type UserAccount struct {
	User
	HasPassword  bool  `json:"hasPassword"`
	SecondFactor bool  `json:"secondFactor"`
	Disabled     bool  `json:"disabled"`
	CreatedAt    Time  `json:"createdAt"`
	LastLoginAt  *Time `json:"lastLoginAt" nullable:"true"`
	Sessions     int   `json:"sessions"`
}

// UserChange is what administrators change of a user.
type UserChange struct {
	Role     string `json:"role" enum:"admin,member"`
	Disabled bool   `json:"disabled"`
}

// MemberInput names a member.
type MemberInput struct {
	User string `path:"user" format:"uuid" doc:"Id of the user"`
}

type putMemberInput struct {
	MemberInput
	Body MemberRole
}

type invitationIDInput struct {
	Invitation string `path:"invitation" format:"uuid"`
}

type putUserInput struct {
	MemberInput
	Body UserChange
}

func (a *API) registerPeople(h huma.API) {
	add(a, h, auth.Self, http.MethodGet, "/roles", tagPeople, "listRoles", "Roles and their permissions", a.listRoles)
	for _, of := range []struct{ path, name, what string }{
		{"/organisations/{organisation}", "Organisation", "an organisation"}, {"/tenants/{tenant}", "Tenant", "a tenant"}, {"", "Installation", "the installation"},
	} {
		if of.path != "" {
			add(a, h, auth.ReadPeople, http.MethodGet, of.path+"/members", tagPeople, "list"+of.name+"Members", "Members of "+of.what, a.listMembers)
			add(a, h, auth.ChangePeople, http.MethodPut, of.path+"/members/{user}", tagPeople, "change"+of.name+"Member", "Give a member of "+of.what+" another role", a.putMember)
			add(a, h, auth.ChangePeople, http.MethodDelete, of.path+"/members/{user}", tagPeople, "remove"+of.name+"Member", "Remove a member of "+of.what, a.dropMember)
		}
		add(a, h, auth.ReadPeople, http.MethodGet, of.path+"/invitations", tagPeople, "list"+of.name+"Invitations", "Invitations to "+of.what, a.listInvitations)
		add(a, h, auth.ChangePeople, http.MethodPost, of.path+"/invitations", tagPeople, "invite"+of.name, "Invite somebody to "+of.what, a.invite)
		add(a, h, auth.ChangePeople, http.MethodDelete, of.path+"/invitations/{invitation}", tagPeople, "uninvite"+of.name, "Remove an invitation to "+of.what, a.uninvite)
	}
	add(a, h, auth.ReadPeople, http.MethodGet, "/users", tagPeople, "listUsers", "All users", a.listUsers)
	add(a, h, auth.ChangePeople, http.MethodPut, "/users/{user}", tagPeople, "changeUser", "Disable a user, or make one an administrator", a.putUser)
	add(a, h, auth.ChangePeople, http.MethodPost, "/users/{user}/reset", tagPeople, "resetUser", "Make a link for a new password", a.resetUser)
	add(a, h, auth.ChangePeople, http.MethodDelete, "/users/{user}/second-factor", tagPeople, "removeUserSecondFactor", "Remove a user's second factor", a.dropUserFactor)
	add(a, h, auth.ChangePeople, http.MethodDelete, "/users/{user}/sessions", tagPeople, "endUserSessions", "End all sessions of a user", a.endUserSessions)
}

func (a *API) listRoles(context.Context, *struct{}) (*output[Roles], error) {
	body := Roles{Roles: []Role{}, Permissions: names(auth.RoleAdministrator.Permissions())}
	for _, r := range append([]auth.Role{auth.RoleAdministrator}, auth.MemberRoles()...) {
		body.Roles = append(body.Roles, Role{Name: string(r), Description: r.Describe(), Permissions: names(r.Permissions())})
	}
	return reply(body), nil
}

func (a *API) listMembers(ctx context.Context, _ *struct{}) (*output[List[Member]], error) {
	rows, err := a.Directory.Members(ctx, scopeOf(ctx).Scope)
	if err != nil {
		return nil, err
	}
	list := List[Member]{Items: []Member{}, Total: len(rows), AsOf: now()}
	for _, m := range rows {
		list.Items = append(list.Items, Member{
			UserID: m.UserID, Name: m.Name, Role: m.Role, ByProvider: m.ByProvider, SecondFactor: m.SecondFactor, Disabled: m.DisabledAt != nil,
			LastLoginAt: timeOrNull(m.LastLoginAt), Since: Time{m.Since},
		})
	}
	return reply(list), nil
}

func timeOrNull(t *time.Time) *Time {
	if t == nil {
		return nil
	}
	return &Time{*t}
}

// mayGive reports whether who asks may give or take a role here: nobody gives what
// they do not have.
func mayGive(ctx context.Context, role string) error {
	s := scopeOf(ctx)
	if role == string(auth.RoleOrganisationAdmin) && s.Kind != store.ScopeOrganisation {
		return huma.Error422UnprocessableEntity("This role is one of organisations, not of tenants.")
	}
	if role == string(auth.RoleAdministrator) != (s.Kind == store.ScopeInstallation) {
		return huma.Error422UnprocessableEntity("Only the installation has administrators, and it has no other role.")
	}
	if !s.may.Contains(auth.Role(role).Permissions()) {
		return huma.Error403Forbidden("The role " + role + " includes more than your own here.")
	}
	return nil
}

// putMember is PUT …/members/{user}. 403: the role, before or after, is more than
// one's own. 404: no such member: people become members by invitations.
func (a *API) putMember(ctx context.Context, in *putMemberInput) (*struct{}, error) {
	if err := mayGive(ctx, in.Body.Role); err != nil {
		return nil, err
	}
	err := a.Directory.ChangeMember(ctx, scopeOf(ctx).Scope, in.User, in.Body.Role, func(before string) error { return mayGive(ctx, before) })
	return nil, noMember(err)
}

// dropMember is DELETE …/members/{user}. 404: no such member.
func (a *API) dropMember(ctx context.Context, in *MemberInput) (*struct{}, error) {
	err := a.Directory.DropMember(ctx, scopeOf(ctx).Scope, in.User, func(before string) error { return mayGive(ctx, before) })
	return nil, noMember(err)
}

func noMember(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return huma.Error404NotFound("There is no such member.")
	}
	return err
}

func (a *API) listInvitations(ctx context.Context, _ *struct{}) (*output[List[Invitation]], error) {
	rows, err := a.Directory.Invitations(ctx, scopeOf(ctx).Scope)
	if err != nil {
		return nil, err
	}
	list := List[Invitation]{Items: []Invitation{}, Total: len(rows), AsOf: now()}
	for _, i := range rows {
		list.Items = append(list.Items, invitation(i))
	}
	return reply(list), nil
}

func invitation(i store.Invitation) Invitation {
	return Invitation{
		ID: i.ID, Role: i.Role, ForUser: i.ForUser, Note: i.Note, CreatedBy: i.CreatedBy, CreatedAt: Time{i.CreatedAt}, ExpiresAt: Time{i.ExpiresAt},
	}
}

// invite is POST …/invitations. 403: the role is more than one's own.
func (a *API) invite(ctx context.Context, in *body[NewInvitation]) (*output[CreatedInvitation], error) {
	if err := mayGive(ctx, in.Body.Role); err != nil {
		return nil, err
	}
	life := time.Duration(in.Body.Days) * 24 * time.Hour
	if life == 0 {
		life = auth.InvitationLife
	}
	return a.makeLink(ctx, scopeOf(ctx).Scope, store.NewInvitation{Role: in.Body.Role, Note: in.Body.Note, Life: life})
}

func (a *API) makeLink(ctx context.Context, scope store.Scope, n store.NewInvitation) (*output[CreatedInvitation], error) {
	token, hash := auth.NewLink()
	n.Hash = hash
	made, err := a.Directory.Invite(ctx, scope, n)
	if err != nil {
		return nil, err
	}
	return reply(CreatedInvitation{invitation(made), token}), nil
}

// uninvite is DELETE …/invitations/{invitation}. 404: no such invitation.
func (a *API) uninvite(ctx context.Context, in *invitationIDInput) (*struct{}, error) {
	err := a.Directory.Uninvite(ctx, scopeOf(ctx).Scope, in.Invitation)
	if errors.Is(err, store.ErrNotFound) {
		return nil, huma.Error404NotFound("There is no such invitation; it may have been used.")
	}
	return nil, err
}

func (a *API) listUsers(ctx context.Context, _ *struct{}) (*output[List[UserAccount]], error) {
	rows, err := a.Directory.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	list := List[UserAccount]{Items: []UserAccount{}, Total: len(rows), AsOf: now()}
	for _, u := range rows {
		list.Items = append(list.Items, UserAccount{
			User: User{ID: u.ID, Name: u.Name, Role: u.Role}, HasPassword: u.HasPassword, SecondFactor: u.SecondFactor,
			Disabled: u.DisabledAt != nil, CreatedAt: Time{u.CreatedAt}, LastLoginAt: timeOrNull(u.LastLoginAt), Sessions: u.Sessions,
		})
	}
	return reply(list), nil
}

// putUser is PUT /users/{user}. 409: nobody else administers the installation.
func (a *API) putUser(ctx context.Context, in *putUserInput) (*struct{}, error) {
	return nil, noMember(a.Directory.ChangeAccount(ctx, in.User, in.Body.Role, in.Body.Disabled))
}

// resetUser is POST /users/{user}/reset. The link before ends.
func (a *API) resetUser(ctx context.Context, in *MemberInput) (*output[CreatedInvitation], error) {
	made, err := a.makeLink(ctx, scopeOf(ctx).Scope, store.NewInvitation{Role: string(auth.RoleMember), User: in.User, Life: auth.ResetLife})
	return made, noMember(err)
}

func (a *API) dropUserFactor(ctx context.Context, in *MemberInput) (*struct{}, error) {
	return nil, noMember(a.Directory.RemoveSecondFactor(ctx, in.User))
}

func (a *API) endUserSessions(ctx context.Context, in *MemberInput) (*struct{}, error) {
	return nil, noMember(a.Directory.EndSessions(ctx, in.User))
}
