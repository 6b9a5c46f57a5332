package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"picket/server/store"
	"picket/shared/desired"
	"picket/shared/wlan"
)

func radioShow(ctx context.Context, t *tool, args []string) error {
	f := t.flags("radio show", "show what is wanted of a tap and where it comes from, or what is set for a site")
	o := targetFlags(f, true)
	if err := parse(f, args); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	return t.with(ctx, func(s *store.Store) error {
		if err := o.find(ctx, s); err != nil {
			return err
		}
		return o.show(ctx, t, s)
	})
}

func (o *target) show(ctx context.Context, t *tool, s *store.Store) error {
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SETTING\tVALUE\tFROM")
	if o.tapID == "" {
		of, err := o.readSite(ctx, s)
		if err != nil {
			return err
		}
		printSettings(w, of.Settings, desired.Settings{})
		return w.Flush()
	}
	of, err := s.Desired().Tap(ctx, o.tenantID, o.tapID)
	if err != nil {
		return err
	}
	printSettings(w, of.Site.Settings, of.Tap.Settings)
	for _, l := range of.Locks {
		if l.Until.After(time.Now()) {
			fmt.Fprintf(w, "lock %s\t%s%s%s, until %s\t%s\n", l.ID, channelText(l.Frequency), prefixed(", for ", l.BSSID), prefixed(", adapter ", l.Adapter),
				l.Until.UTC().Format(time.RFC3339), l.CreatedBy)
		}
	}
	follows := "no revision yet"
	if of.Followed != nil {
		follows = fmt.Sprintf("revision %d", *of.Followed)
	}
	fmt.Fprintf(w, "revision\t%d, of %s; the tap follows %s\t\n", of.Revision, of.IssuedAt.UTC().Format(time.RFC3339), follows)
	return w.Flush()
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// printSettings prints a line a setting.
func printSettings(w *tabwriter.Writer, site, tap desired.Settings) {
	s := tap.Over(site)
	line := func(name, value string, ofSite, ofTap bool) {
		from := "nobody"
		switch {
		case ofTap:
			from = "tap"
		case ofSite:
			from = "site"
		default:
			value = "the tap decides"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", name, value, from)
	}
	use := "yes"
	if s.Use != nil && !*s.Use {
		use = "no"
	}
	line("use", use, site.Use != nil, tap.Use != nil)
	country := "none"
	if s.Country != nil && *s.Country != "" {
		country = *s.Country
	}
	line("country", country, site.Country != nil, tap.Country != nil)
	line("own", channelsText(s.Own), site.Own != nil, tap.Own != nil)
	line("only", channelsText(s.Only), site.Only != nil, tap.Only != nil)
	line("exclude", channelsText(s.Exclude), site.Exclude != nil, tap.Exclude != nil)
	share := ""
	if s.Share != nil {
		share = fmt.Sprintf("%d/%d", s.Share.Index+1, s.Share.Of)
	}
	line("share", share, site.Share != nil, tap.Share != nil)
	line("revisit", milliseconds(s.Revisit), site.Revisit != nil, tap.Revisit != nil)
	line("window", milliseconds(s.WindowMS), site.WindowMS != nil, tap.WindowMS != nil)
}

func milliseconds(ms *int) string {
	if ms == nil {
		return ""
	}
	return (time.Duration(*ms) * time.Millisecond).String()
}

// channelsText lists channels as parseChannels reads them.
func channelsText(list []wlan.MHz) string {
	if len(list) == 0 {
		return none
	}
	var texts []string
	for _, f := range list {
		c, _ := f.Channel()
		text := strconv.Itoa(int(c.Number))
		if c.Band == wlan.Band6GHz {
			text = "6:" + text
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ",")
}
