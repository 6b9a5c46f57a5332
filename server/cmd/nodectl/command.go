package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"picket/server/auth"
	"picket/server/ca"
	"picket/server/database"
	"picket/server/store"
	"picket/shared/enrol"
)

// token makes an enrolment token and prints it alone on a line.
func token(ctx context.Context, t *tool, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "list":
			return tokenList(ctx, t, args[1:])
		case "revoke":
			return tokenRevoke(ctx, t, args[1:])
		}
	}
	f := t.flags("token", "make an enrolment token, with which taps join a site; token list and token revoke look after them. Boxes with a token for several wait until they are let in: nodectl tap")
	tenant := f.String("tenant", "default", "the tenant's `slug`")
	site := f.String("site", "main", "the site's `slug`")
	uses := f.Int("uses", 1, "how many taps may enrol with it, 1 to 1000")
	expires := f.Duration("expires", 24*time.Hour, "how long it lasts, such as 30m or 24h")
	if err := parse(f, args); err != nil {
		return err
	}
	if *uses < 1 || *uses > 1000 {
		return fmt.Errorf("-uses: %d is not between 1 and 1000", *uses)
	}
	if *expires < time.Minute || *expires > 30*24*time.Hour {
		return fmt.Errorf("-expires: %v is not between 1m and 720h", *expires)
	}
	return t.with(ctx, func(s *store.Store) error {
		owner, err := s.TenantBySlug(ctx, *tenant)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("-tenant: there is no tenant %q", *tenant)
		}
		if err != nil {
			return err
		}
		kept, err := clusterAuthority(ctx, s)
		if err != nil {
			return err
		}
		hash, err := ca.PublicKeyHashOf(kept.Certificate) // the key may be sealed, and is not needed
		if err != nil {
			return err
		}
		made := enrol.Token{CA: hash}
		_, _ = rand.Read(made.Secret[:]) // never fails: crypto/rand ends the process instead
		request := store.TokenRequest{SecretHash: made.SecretHash(), Site: *site, Uses: *uses, Lifetime: *expires}
		if _, _, err = s.AddToken(withActor(ctx, "nodectl"), owner.ID, request); errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("-site: tenant %q has no site %q", *tenant, *site)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, made.Text())
		return err
	})
}

// firstLogin prints a new link for the first administrator.
func firstLogin(ctx context.Context, t *tool, args []string) error {
	f := t.flags("first-login", "make a new link for the first administrator; the one before ends")
	node := f.String("url", "", "`URL` of the node's console; empty: as the node on -data had it last")
	if err := parse(f, args); err != nil {
		return err
	}
	if *node == "" {
		b, err := os.ReadFile(filepath.Join(t.data, "url"))
		if err != nil {
			return errors.New("-url: where the console is cannot be told from -data, so it is needed")
		}
		*node = strings.TrimSpace(string(b))
	}
	return t.with(ctx, func(s *store.Store) error {
		first, err := auth.NewFirstLogin(ctx, s.Users())
		if err != nil {
			return err
		}
		if first == "" {
			return errors.New("there is an administrator already; the link is for the first one alone")
		}
		_, err = fmt.Fprintf(t.out, "%s/first-login#token=%s\n", strings.TrimRight(*node, "/"), first)
		return err
	})
}

// migrate brings the schema to this release.
func migrate(ctx context.Context, t *tool, args []string) error {
	f := t.flags("migrate", "bring the database's schema to this release; a node does so itself when it starts")
	if err := parse(f, args); err != nil {
		return err
	}
	return t.withDatabase(ctx, func(d *database.Database) error {
		if err := store.Migrate(ctx, d.Config); err != nil {
			return err
		}
		s, err := store.Open(ctx, d.Config)
		if err != nil {
			return err
		}
		defer s.Close()
		if err := s.EnsureDefaults(ctx); err != nil {
			return err
		}
		_, err = fmt.Fprintln(t.out, "the schema is that of nodectl", version)
		return err
	})
}

// taps lists the taps of a tenant.
func taps(ctx context.Context, t *tool, args []string) error {
	f := t.flags("taps", "list the taps")
	tenant := f.String("tenant", "default", "the tenant's `slug`")
	if err := parse(f, args); err != nil {
		return err
	}
	return t.with(ctx, func(s *store.Store) error {
		owner, err := s.TenantBySlug(ctx, *tenant)
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("-tenant: there is no tenant %q", *tenant)
		}
		if err != nil {
			return err
		}
		now := time.Now()
		list, err := s.Reader().Taps(ctx, owner.ID.String(), store.Span{From: now.Add(-24 * time.Hour), To: now})
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "NAME\tSITE\tLAST REPORT\tVERSION\tID")
		for _, tap := range list {
			last := "never"
			if tap.LastReportAt != nil {
				last = tap.LastReportAt.UTC().Format(time.RFC3339)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", tap.Name, tap.SiteSlug, last, tap.Version, tap.ID)
		}
		return w.Flush()
	})
}
