package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"picket/server/store"
	"picket/shared/desired"
)

// Words that stand for no value of a setting's own.
const (
	inherit = "inherit" // says nothing: what the site says, or the tap's own
	none    = "none"    // an empty list, against what the site says
)

// radioSettings is what the options of nodectl radio set say.
type radioSettings struct {
	use, country, own, only, exclude, share, revisit, window string
}

func (r *radioSettings) flags(f *flag.FlagSet) {
	f.StringVar(&r.use, "use", "", "whether radios are used: `yes`, no or inherit")
	f.StringVar(&r.country, "country", "", "where the tap is, ISO 3166-1: `DE`, 00, none or inherit")
	f.StringVar(&r.own, "own", "", "`channels` of your own networks, listened to first: 1,6,36, none or inherit")
	f.StringVar(&r.only, "only", "", "`channels` to listen on, and no others; none, inherit")
	f.StringVar(&r.exclude, "exclude", "", "`channels` never to listen on; none, inherit")
	f.StringVar(&r.share, "share", "", "which `share` of the channels is this tap's: 1/3 is the first of three; inherit")
	f.StringVar(&r.revisit, "revisit", "", "longest `time` between two visits of a channel, 1s to 10m; inherit")
	f.StringVar(&r.window, "window", "", "length of a report's window: a part of a minute from `5s` to 1m; inherit")
}

// apply changes in s what the options say, and leaves the rest.
func (r *radioSettings) apply(s *desired.Settings) error {
	for _, set := range []struct {
		name, text string
		change     func(string) error
		unset      func()
	}{
		{"use", r.use, func(text string) (err error) { s.Use, err = parseYes(text); return err }, func() { s.Use = nil }},
		{"country", r.country, func(text string) error { s.Country = countryOf(text); return nil }, func() { s.Country = nil }},
		{"own", r.own, func(text string) (err error) { s.Own, err = parseChannels(text); return err }, func() { s.Own = nil }},
		{"only", r.only, func(text string) (err error) { s.Only, err = parseChannels(text); return err }, func() { s.Only = nil }},
		{"exclude", r.exclude, func(text string) (err error) { s.Exclude, err = parseChannels(text); return err }, func() { s.Exclude = nil }},
		{"share", r.share, func(text string) (err error) { s.Share, err = parseShare(text); return err }, func() { s.Share = nil }},
		{"revisit", r.revisit, func(text string) (err error) { s.Revisit, err = parseMilliseconds(text); return err }, func() { s.Revisit = nil }},
		{"window", r.window, func(text string) (err error) { s.WindowMS, err = parseMilliseconds(text); return err }, func() { s.WindowMS = nil }},
	} {
		switch set.text {
		case "":
		case inherit:
			set.unset()
		default:
			if err := set.change(set.text); err != nil {
				return fmt.Errorf("-%s: %w", set.name, err)
			}
		}
	}
	s.Normalise()
	return s.Validate()
}

func radioSet(ctx context.Context, t *tool, args []string) error {
	f := t.flags("radio set", "set what is wanted of a tap, or of all taps of a site; what is not named stays")
	o := targetFlags(f, true)
	var r radioSettings
	r.flags(f)
	if err := parse(f, args); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	if r == (radioSettings{}) {
		return errors.New("nothing to set; nodectl radio set -help lists the settings")
	}
	if err := r.apply(&desired.Settings{}); err != nil { // before a database is started for it
		return err
	}
	return t.with(ctx, func(s *store.Store) error {
		if err := o.find(ctx, s); err != nil {
			return err
		}
		return plainly(o.set(ctx, t, s, r))
	})
}

func (o *target) set(ctx context.Context, t *tool, s *store.Store, r radioSettings) error {
	d := s.Desired()
	if o.tapID == "" {
		of, err := o.readSite(ctx, s)
		if err != nil {
			return err
		}
		if err := r.apply(&of.Settings); err != nil {
			return err
		}
		if err := d.PutSite(ctx, o.tenantID, *o.site, of.Settings, changedBy); err != nil {
			return err
		}
		return o.show(ctx, t, s)
	}
	of, err := d.Tap(ctx, o.tenantID, o.tapID)
	if err != nil {
		return err
	}
	if err := r.apply(&of.Tap.Settings); err != nil {
		return err
	}
	if err := d.PutTap(ctx, o.tenantID, o.tapID, of.Tap.Settings, changedBy); err != nil {
		return err
	}
	return o.show(ctx, t, s)
}

func (o *target) readSite(ctx context.Context, s *store.Store) (store.SiteDesired, error) {
	of, err := s.Desired().Site(ctx, o.tenantID, *o.site)
	if errors.Is(err, store.ErrNotFound) {
		return of, fmt.Errorf("-site: tenant %q has no site %q", *o.tenant, *o.site)
	}
	return of, err
}
