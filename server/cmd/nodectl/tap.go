package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"picket/server/store"
	"picket/shared/enrol"
)

const tapUsage = `nodectl tap: who taps are, and who may become one

  nodectl tap list                       the taps, as nodectl taps
  nodectl tap pending                    boxes that wait by tokens for several
  nodectl tap adopt -code CODE -site SITE [-name NAME] [-replaces ID]
                                         let in the box that shows a claim code
  nodectl tap adopt -all-of TOKEN-ID     let in all boxes that wait by a token
  nodectl tap reject -code CODE          forget a box that waits by a token
  nodectl tap rename -tap ID -name NAME
  nodectl tap move -tap ID -site SITE    what the tap heard goes with it
  nodectl tap revoke -tap ID             its reports are refused from then on

All take -tenant SLUG, which is "default" otherwise.
`

// tapOptions are those of the commands for taps; each uses some.
type tapOptions struct {
	tenant, code, site, name, replaces, token, tap string
}

// tapCommand is nodectl tap.
func tapCommand(ctx context.Context, t *tool, args []string) error {
	verb := "-help"
	if len(args) > 0 {
		verb, args = args[0], args[1:]
	}
	if strings.HasPrefix(verb, "-") {
		_, err := fmt.Fprint(t.out, tapUsage)
		return err
	}
	if verb == "list" {
		return taps(ctx, t, args)
	}
	var o tapOptions
	f := t.flags("tap "+verb, "see nodectl tap")
	f.StringVar(&o.tenant, "tenant", "default", "the tenant's `slug`")
	f.StringVar(&o.code, "code", "", "the claim `code` that the box shows")
	f.StringVar(&o.site, "site", "", "the site's `slug`")
	f.StringVar(&o.name, "name", "", "what people call the tap")
	f.StringVar(&o.replaces, "replaces", "", "`id` of the tap that the box is from now on")
	f.StringVar(&o.token, "all-of", "", "`id` of an enrolment token")
	f.StringVar(&o.tap, "tap", "", "the tap's `id`")
	if err := parse(f, args); err != nil {
		return err
	}
	run, ok := map[string]func(context.Context, *tool, *store.Taps, string, tapOptions) error{
		"pending": tapPending, "adopt": tapAdopt, "reject": tapReject, "rename": tapRename, "move": tapMove, "revoke": tapRevoke,
	}[verb]
	if !ok {
		return fmt.Errorf("%q is no command for taps; nodectl tap lists them", verb)
	}
	return t.inTenant(ctx, o.tenant, func(s *store.Store, tenant string) error {
		return run(withActor(ctx, "nodectl"), t, s.Taps(), tenant, o)
	})
}

// inTenant opens the database for f, with the id of a tenant.
func (t *tool) inTenant(ctx context.Context, slug string, f func(s *store.Store, tenant string) error) error {
	return t.with(ctx, func(s *store.Store) error {
		owner, err := s.TenantBySlug(ctx, slug)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("-tenant: there is no tenant %q", slug)
		}
		if err != nil {
			return err
		}
		return f(s, owner.ID.String())
	})
}

func tapPending(ctx context.Context, t *tool, taps *store.Taps, tenant string, _ tapOptions) error {
	boxes, dropped, err := taps.Pending(ctx, tenant)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CODE\tNAME\tSITE\tFROM\tSINCE\tTOKEN")
	for _, b := range boxes {
		site, token := "", ""
		if b.SiteSlug != nil {
			site = *b.SiteSlug
		}
		if b.TokenID != nil {
			token = *b.TokenID
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", enrol.ClaimCode(b.Code), b.Name, site, b.Address, b.FirstHeardAt.UTC().Format(time.RFC3339), token)
	}
	if dropped > 0 {
		fmt.Fprintf(w, "%d boxes without a token had to give way to others so far.\n", dropped)
	}
	return w.Flush()
}

func tapAdopt(ctx context.Context, t *tool, taps *store.Taps, tenant string, o tapOptions) error {
	if o.token != "" {
		n, err := taps.AdoptAll(ctx, tenant, o.token)
		if errors.Is(err, store.ErrNotFound) {
			return errors.New("-all-of: no box waits by this token")
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(t.out, "let in %s\n", boxes(n))
		return err
	}
	code, err := enrol.ParseClaimCode(o.code)
	if err != nil {
		return fmt.Errorf("-code: %w", err)
	}
	id, err := taps.Adopt(ctx, tenant, store.Adoption{Code: code, Site: o.site, Name: o.name, Replaces: o.replaces}, store.Claimant{})
	switch {
	case errors.Is(err, store.ErrNoSite):
		return fmt.Errorf("-site: there is no site %q", o.site)
	case errors.Is(err, store.ErrNoTap):
		return fmt.Errorf("-replaces: there is no tap %q", o.replaces)
	case errors.Is(err, store.ErrNotFound):
		return errors.New("-code: no box that waits shows this code: compare it letter by letter; if it is right, the box has reached another cluster, or has been let in")
	case err != nil:
		return err
	}
	_, err = fmt.Fprintln(t.out, id)
	return err
}

func tapReject(ctx context.Context, _ *tool, taps *store.Taps, tenant string, o tapOptions) error {
	code, err := enrol.ParseClaimCode(o.code)
	if err != nil {
		return fmt.Errorf("-code: %w", err)
	}
	if err := taps.Reject(ctx, tenant, code); !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return errors.New("-code: no box waits here with this code")
}

func tapRename(ctx context.Context, _ *tool, taps *store.Taps, tenant string, o tapOptions) error {
	if n := len([]rune(o.name)); n < 1 || n > 64 {
		return fmt.Errorf("-name: %d characters are not between 1 and 64", n)
	}
	return unknownTap(o, taps.Change(ctx, tenant, o.tap, store.TapChange{Name: &o.name}))
}

func tapMove(ctx context.Context, _ *tool, taps *store.Taps, tenant string, o tapOptions) error {
	return unknownTap(o, taps.Change(ctx, tenant, o.tap, store.TapChange{Site: &o.site}))
}

func tapRevoke(ctx context.Context, _ *tool, taps *store.Taps, tenant string, o tapOptions) error {
	return unknownTap(o, taps.Revoke(ctx, tenant, o.tap))
}

func unknownTap(o tapOptions, err error) error {
	switch {
	case errors.Is(err, store.ErrNoSite):
		return fmt.Errorf("-site: there is no site %q", o.site)
	case errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("-tap: there is no tap %q; nodectl tap list shows their ids", o.tap)
	}
	return err
}

// tokenList is nodectl token list.
func tokenList(ctx context.Context, t *tool, args []string) error {
	f := t.flags("token list", "list the enrolment tokens, newest first")
	tenant := f.String("tenant", "default", "the tenant's `slug`")
	if err := parse(f, args); err != nil {
		return err
	}
	return t.inTenant(ctx, *tenant, func(s *store.Store, id string) error {
		list, err := s.Reader().Tokens(ctx, id)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "SITE\tUSED\tSTATE\tEXPIRES\tID")
		for _, k := range list {
			fmt.Fprintf(w, "%s\t%d of %d\t%s\t%s\t%s\n", k.SiteSlug, k.Uses, k.UsesAllowed, k.State, k.ExpiresAt.UTC().Format(time.RFC3339), k.ID)
		}
		return w.Flush()
	})
}

// tokenRevoke is nodectl token revoke.
func tokenRevoke(ctx context.Context, t *tool, args []string) error {
	f := t.flags("token revoke", "end an enrolment token; who enrolled with it stays")
	tenant := f.String("tenant", "default", "the tenant's `slug`")
	id := f.String("id", "", "the token's `id`, as nodectl token list shows it")
	if err := parse(f, args); err != nil {
		return err
	}
	return t.inTenant(ctx, *tenant, func(s *store.Store, tenant string) error {
		err := s.Taps().RevokeToken(withActor(ctx, "nodectl"), tenant, *id)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("-id: there is no token %q", *id)
		}
		return err
	})
}

// boxes is a number of boxes as people say it.
func boxes(n int) string {
	if n == 1 {
		return "1 box"
	}
	return fmt.Sprintf("%d boxes", n)
}
