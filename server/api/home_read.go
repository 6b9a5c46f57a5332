package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"picket/server/store"
	"picket/shared/wlan"
)

// maxRecent bounds what is new on the first page.
const maxRecent = 20

// getHome is GET …/home.
func (a *API) getHome(ctx context.Context, in *RangeParams) (*output[Home], error) {
	h, names, err := a.Reader.Home(ctx, tenantOf(ctx).ID, in.span(), maxRecent)
	if err != nil {
		return nil, err
	}
	out := Home{
		AsOf:       now(),
		Networks:   h.Counts.Networks,
		BSSCount:   h.Counts.BSSIDs,
		Clients:    h.Counts.Stations,
		Hosts:      h.Counts.Hosts,
		Sites:      make([]HomeSite, 0, len(h.Sites)),
		Recent:     recent(h, names),
		BlindSpots: []BlindSpot{},
	}
	for _, s := range h.Sites {
		p := place{site: s, coverage: h.Coverage}
		for _, t := range h.Taps {
			if t.SiteSlug == s.Slug {
				p.taps = append(p.taps, t)
			}
		}
		for _, c := range h.Channels {
			if names[c.Tap].SiteSlug == s.Slug {
				p.heard = append(p.heard, wlan.MHz(c.FrequencyMHz))
			}
		}
		site := p.describe(in.from, in.to)
		out.Taps.Total += site.Taps.Total
		out.Taps.Capturing += site.Taps.Capturing
		out.Sites = append(out.Sites, site)
		out.BlindSpots = append(out.BlindSpots, p.blindSpots(site)...)
	}
	for _, t := range h.Taps {
		if state, _ := tapState(t); state == silent {
			out.Taps.Silent++
		}
	}
	slices.SortStableFunc(out.Sites, func(x, y HomeSite) int {
		return cmp.Compare(verdictRank(x.State), verdictRank(y.State))
	})
	return reply(out), nil
}

func verdictRank(state string) int {
	return slices.Index([]string{"no_data", "attention", "pending", "quiet"}, state)
}

// recent puts together what is new, newest first.
func recent(h store.Home, names store.Names) []RecentItem {
	items := []RecentItem{}
	for _, r := range h.Recent {
		item := RecentItem{At: Time{r.At}, Kind: r.Kind, Subject: r.Subject, SubjectID: r.Subject, Site: names[r.Tap].SiteSlug}
		switch r.Kind {
		case "bss_new":
			item.SubjectKind = "bss"
			if len(r.SSID) > 0 {
				item.Subject = text(r.SSID)
			}
		case "client_new":
			item.SubjectKind = "client"
		case "host_new":
			item.SubjectKind = "host"
		}
		items = append(items, item)
	}
	about := func(t store.Tap, kind string, at time.Time) RecentItem {
		return RecentItem{At: Time{at}, Kind: kind, Subject: t.Name, SubjectKind: "tap", SubjectID: t.ID, Site: t.SiteSlug}
	}
	for _, t := range h.Taps {
		if t.EnrolledAt.After(h.From) && t.EnrolledAt.Before(h.To) {
			items = append(items, about(t, "tap_new", t.EnrolledAt))
		}
		if state, _ := tapState(t); state == silent && t.LastWindowEnd != nil && t.LastWindowEnd.After(h.From) {
			items = append(items, about(t, "tap_silent", *t.LastWindowEnd))
		}
		for _, g := range h.Gaps {
			if g.Tap == t.ID {
				items = append(items, about(t, "gap", g.From))
			}
		}
	}
	slices.SortStableFunc(items, func(x, y RecentItem) int { return y.At.Compare(x.At.Time) })
	return items[:min(len(items), maxRecent)]
}
