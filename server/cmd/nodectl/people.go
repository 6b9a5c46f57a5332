package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"picket/server/auth"
	"picket/server/store"
)

const peopleUsage = `nodectl people: organisations, tenants, sites, floors, users

  nodectl people list
  nodectl people add-organisation -name NAME
  nodectl people add-tenant       -organisation ID -slug SLUG -name NAME
  nodectl people remove-tenant    -organisation ID -slug SLUG
  nodectl people add-site         -tenant SLUG -slug SLUG -name NAME
  nodectl people rename-site      -tenant SLUG -slug SLUG -name NAME
  nodectl people remove-site      -tenant SLUG -slug SLUG
  nodectl people add-floor        -tenant SLUG -slug SITE -name NAME -level N
  nodectl people invite           -tenant SLUG -role ROLE -note NOTE
  nodectl people reset            -user ID
  nodectl people disable          -user ID
  nodectl people remove-factor    -user ID

list prints the ids. invite and reset print the token of a one-time link,
https://the console/invitation#token=TOKEN.

`

// placeFlags are the options of all subcommands.
type placeFlags struct {
	organisation, tenant, slug, name, role, note, user string

	level int
}

// people is nodectl people.
func people(ctx context.Context, t *tool, args []string) error {
	if len(args) == 0 || slices.Contains([]string{"-help", "--help", "-h", "help"}, args[0]) {
		fmt.Fprint(t.errOut, peopleUsage)
		return flag.ErrHelp
	}
	act, ok := peopleActs()[args[0]]
	if !ok {
		return fmt.Errorf("%q is nothing that nodectl people does; nodectl people -help lists that", args[0])
	}
	f := t.flags("people "+args[0], "administer places and people")
	var p placeFlags
	f.StringVar(&p.organisation, "organisation", "", "`id` of the organisation")
	f.StringVar(&p.tenant, "tenant", "default", "`slug` of the tenant")
	f.StringVar(&p.slug, "slug", "", "`slug` of what is made or changed")
	f.StringVar(&p.name, "name", "", "its `name`")
	f.StringVar(&p.role, "role", string(auth.RoleViewer), "the `role` of who is invited")
	f.StringVar(&p.note, "note", "", "for `whom` an invitation is")
	f.StringVar(&p.user, "user", "", "`id` of the user")
	f.IntVar(&p.level, "level", 0, "of a floor: 0 is at the street")
	if err := parse(f, args[1:]); err != nil {
		return err
	}
	if err := p.check(args[0]); err != nil {
		return err
	}
	return t.with(ctx, func(s *store.Store) error { return p.plain(args[0], act(withActor(ctx, "nodectl"), t, s, p)) })
}

type peopleAct func(ctx context.Context, t *tool, s *store.Store, p placeFlags) error

func peopleActs() map[string]peopleAct {
	// inTenant runs f on the tenant of -tenant.
	inTenant := func(f func(ctx context.Context, d *store.Directory, tenant string, p placeFlags) error) peopleAct {
		return func(ctx context.Context, _ *tool, s *store.Store, p placeFlags) error {
			tenant, err := p.owner(ctx, s)
			if err != nil {
				return err
			}
			return f(ctx, s.Directory(), tenant.ID.String(), p)
		}
	}
	return map[string]peopleAct{
		"list": listPeople,
		"add-organisation": func(ctx context.Context, t *tool, s *store.Store, p placeFlags) error {
			id, err := s.Directory().AddOrganisation(ctx, p.name)
			return t.say(id, err)
		},
		"add-tenant": func(ctx context.Context, t *tool, s *store.Store, p placeFlags) error {
			id, err := s.Directory().AddTenant(ctx, p.organisation, p.slug, p.name)
			return t.say(id, err)
		},
		"remove-tenant": func(ctx context.Context, _ *tool, s *store.Store, p placeFlags) error {
			return s.Directory().DropTenant(ctx, p.organisation, p.slug)
		},
		"add-site": inTenant(func(ctx context.Context, d *store.Directory, tenant string, p placeFlags) error {
			return d.AddSite(ctx, tenant, p.slug, p.name)
		}),
		"rename-site": inTenant(func(ctx context.Context, d *store.Directory, tenant string, p placeFlags) error {
			return d.ChangeSite(ctx, tenant, p.slug, p.name)
		}),
		"remove-site": inTenant(func(ctx context.Context, d *store.Directory, tenant string, p placeFlags) error {
			return d.DropSite(ctx, tenant, p.slug)
		}),
		"add-floor": inTenant(func(ctx context.Context, d *store.Directory, tenant string, p placeFlags) error {
			_, err := d.AddFloor(ctx, tenant, p.slug, p.name, p.level)
			return err
		}),
		"invite":  inviteMember,
		"reset":   resetPassword,
		"disable": func(ctx context.Context, _ *tool, s *store.Store, p placeFlags) error { return disable(ctx, s, p.user) },
		"remove-factor": func(ctx context.Context, _ *tool, s *store.Store, p placeFlags) error {
			return s.Directory().RemoveSecondFactor(ctx, p.user)
		},
	}
}

// owner returns the tenant of -tenant.
func (p placeFlags) owner(ctx context.Context, s *store.Store) (store.Tenant, error) {
	tenant, err := s.TenantBySlug(ctx, p.tenant)
	if errors.Is(err, store.ErrNotFound) {
		err = errNoTenant
	}
	return tenant, err
}

// say prints what was made.
func (t *tool) say(what string, err error) error {
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out, what)
	return err
}

func inviteMember(ctx context.Context, t *tool, s *store.Store, p placeFlags) error {
	role := auth.Role(p.role)
	if role == auth.RoleOrganisationAdmin || !slices.Contains(auth.MemberRoles(), role) {
		return fmt.Errorf("-role: %q is no role of a tenant: tenant-admin, operator, analyst, viewer", p.role)
	}
	tenant, err := p.owner(ctx, s)
	if err != nil {
		return err
	}
	token, hash := auth.NewLink()
	scope := store.Scope{ID: tenant.ID.String(), Kind: store.ScopeTenant}
	_, err = s.Directory().Invite(ctx, scope, store.NewInvitation{Role: p.role, Note: p.note, Hash: hash, Life: auth.InvitationLife})
	return t.say(token, err)
}

func resetPassword(ctx context.Context, t *tool, s *store.Store, p placeFlags) error {
	token, hash := auth.NewLink()
	scope := store.Scope{ID: store.Installation.String(), Kind: store.ScopeInstallation}
	n := store.NewInvitation{Role: string(auth.RoleMember), User: p.user, Hash: hash, Life: auth.ResetLife}
	_, err := s.Directory().Invite(ctx, scope, n)
	return t.say(token, err)
}

func disable(ctx context.Context, s *store.Store, user string) error {
	all, err := s.Directory().Accounts(ctx)
	if err != nil {
		return err
	}
	for _, a := range all {
		if a.ID == user {
			return s.Directory().ChangeAccount(ctx, user, a.Role, true)
		}
	}
	return store.ErrNotFound
}

func listPeople(ctx context.Context, t *tool, s *store.Store, _ placeFlags) error {
	d := s.Directory()
	organisations, err := d.Organisations(ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for _, o := range organisations {
		fmt.Fprintf(w, "organisation\t%s\t\t%s\n", o.Name, o.ID)
		tenants, err := d.OwnedTenants(ctx, o.ID)
		if err != nil {
			return err
		}
		for _, tenant := range tenants {
			fmt.Fprintf(w, "tenant\t%s\t%s\t%s\n", tenant.Name, tenant.Slug, tenant.ID)
		}
	}
	users, err := d.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, u := range users {
		last := "never"
		if u.LastLoginAt != nil {
			last = u.LastLoginAt.UTC().Format(time.RFC3339)
		}
		fmt.Fprintf(w, "user\t%s\t%s, signed in %s\t%s\n", u.Name, u.Role, last, u.ID)
	}
	return w.Flush()
}
