package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"picket/server/store"
	"picket/shared/desired"
	"picket/shared/wlan"
)

const radioUsage = `nodectl radio: what the centre wants of taps' radios

  nodectl radio show   -tap NAME | -site SLUG
  nodectl radio set    -tap NAME | -site SLUG  [settings]
  nodectl radio lock   -tap NAME -channel CHANNEL [-for 30m] [-bssid BSSID] [-adapter NAME]
  nodectl radio unlock -tap NAME -lock ID | -lock all

A channel is a number of 2.4 or 5 GHz (36), a number of 6 GHz (6:37), or a
frequency in MHz (5180). A tap learns of a change with its next report. -help after
each of the four tells more.

Options:

`

// changedBy is who changed settings, as far as the console shows it.
const changedBy = "nodectl"

// radio is nodectl radio.
func radio(ctx context.Context, t *tool, args []string) error {
	usage := func() { fmt.Fprint(t.errOut, radioUsage) }
	if len(args) == 0 || slices.Contains([]string{"-help", "--help", "-h", "help"}, args[0]) {
		usage()
		return flag.ErrHelp
	}
	switch args[0] {
	case "show":
		return radioShow(ctx, t, args[1:])
	case "set":
		return radioSet(ctx, t, args[1:])
	case "lock":
		return radioLock(ctx, t, args[1:])
	case "unlock":
		return radioUnlock(ctx, t, args[1:])
	}
	return fmt.Errorf("%q is none of show, set, lock and unlock; nodectl radio -help tells more", args[0])
}

// target is the tap or site that a command is about.
type target struct {
	tenant, tap, site *string

	tenantID string
	tapID    string // empty: the site
	tapName  string
}

func targetFlags(f *flag.FlagSet, site bool) *target {
	o := &target{tenant: f.String("tenant", "default", "the tenant's `slug`"), tap: f.String("tap", "", "the tap's `name` or id"), site: new(string)}
	if site {
		o.site = f.String("site", "", "`slug` of the site whose taps are meant, instead of one tap")
	}
	return o
}

// check looks at the options alone.
func (o *target) check() error {
	switch {
	case *o.tap == "" && *o.site == "":
		return errors.New("-tap: which one? nodectl taps lists them")
	case *o.tap != "" && *o.site != "":
		return errors.New("-tap and -site exclude each other")
	}
	return nil
}

// find looks tenant and tap up.
func (o *target) find(ctx context.Context, s *store.Store) error {
	owner, err := s.TenantBySlug(ctx, *o.tenant)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("-tenant: there is no tenant %q", *o.tenant)
	}
	if err != nil {
		return err
	}
	o.tenantID = owner.ID.String()
	if *o.tap == "" {
		return nil
	}
	now := time.Now()
	list, err := s.Reader().Taps(ctx, o.tenantID, store.Span{From: now.Add(-time.Hour), To: now})
	if err != nil {
		return err
	}
	id, isID := uuid.Parse(*o.tap)
	list = slices.DeleteFunc(list, func(t store.Tap) bool { return t.Name != *o.tap && (isID != nil || t.ID != id.String()) })
	switch len(list) {
	case 0:
		return fmt.Errorf("-tap: tenant %q has no tap %q; nodectl taps lists them", *o.tenant, *o.tap)
	case 1:
		o.tapID, o.tapName = list[0].ID, list[0].Name
		return nil
	}
	var ids []string
	for _, t := range list {
		ids = append(ids, t.ID)
	}
	return fmt.Errorf("-tap: %d taps have the name %q; give the id of one: %s", len(list), *o.tap, strings.Join(ids, ", "))
}

func radioLock(ctx context.Context, t *tool, args []string) error {
	f := t.flags("radio lock", "keep a tap on a channel for a time")
	o := targetFlags(f, false)
	channel := f.String("channel", "", "the `channel`: 6, 36, 6:37 or 5180")
	length := f.Duration("for", 30*time.Minute, "how long, 1m to 24h; the same lock again begins anew")
	bssid := f.String("bssid", "", "`BSSID` for whose sake")
	adapter := f.String("adapter", "", "`name` of the adapter, such as phy0; empty: the tap chooses")
	if err := parse(f, args); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	if *channel == "" {
		return errors.New("-channel: which one?")
	}
	frequency, err := parseChannel(*channel)
	if err != nil {
		return fmt.Errorf("-channel: %w", err)
	}
	lock := desired.Lock{Frequency: frequency, Adapter: *adapter}
	if *bssid != "" {
		m, err := wlan.ParseMAC(*bssid)
		if err != nil {
			return fmt.Errorf("-bssid: %w", err)
		}
		lock.BSSID = m.String()
	}
	return t.with(ctx, func(s *store.Store) error {
		if err := o.find(ctx, s); err != nil {
			return err
		}
		made, err := s.Desired().Lock(ctx, o.tenantID, o.tapID, lock, *length, changedBy)
		if err != nil {
			return plainly(err)
		}
		_, err = fmt.Fprintf(t.out, "%s stays on %s until %s (lock %s)\n", o.tapName, channelText(made.Frequency), made.Until.UTC().Format(time.RFC3339), made.ID)
		return err
	})
}

func radioUnlock(ctx context.Context, t *tool, args []string) error {
	f := t.flags("radio unlock", "let a tap leave a channel")
	o := targetFlags(f, false)
	id := f.String("lock", "", "`id` of the lock, as nodectl radio show lists it, or all")
	if err := parse(f, args); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	if _, err := uuid.Parse(*id); err != nil && *id != "all" {
		return fmt.Errorf("-lock: %q is neither the id of a lock nor all", *id)
	}
	return t.with(ctx, func(s *store.Store) error {
		if err := o.find(ctx, s); err != nil {
			return err
		}
		of, err := s.Desired().Tap(ctx, o.tenantID, o.tapID)
		if err != nil {
			return err
		}
		n := 0
		for _, l := range of.Locks {
			if *id != "all" && l.ID != *id {
				continue
			}
			if err := s.Desired().Unlock(ctx, o.tenantID, o.tapID, l.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			n++
		}
		if n == 0 && *id != "all" {
			return fmt.Errorf("-lock: tap %q has no lock %s", o.tapName, *id)
		}
		_, err = fmt.Fprintf(t.out, "locks removed: %d\n", n)
		return err
	})
}

// plainly leaves out where a wrong setting was found.
func plainly(err error) error {
	var wrong *desired.Error
	if errors.As(err, &wrong) {
		return wrong
	}
	return err
}
