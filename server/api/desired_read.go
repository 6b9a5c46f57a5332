package api

import (
	"context"
	"time"

	"picket/server/store"
	"picket/shared/desired"
	"picket/shared/wlan"
)

// getSiteSettings is GET …/sites/{site}/settings.
func (a *API) getSiteSettings(ctx context.Context, in *SiteParam) (*output[SiteSettings], error) {
	s, err := a.Desired.Site(ctx, tenantOf(ctx).ID, in.Site)
	if err != nil {
		return nil, err
	}
	return reply(SiteSettings{SettingsLayer: settingsLayer(s.Layer), Site: SiteRef{Slug: s.Slug, Name: s.Name}, Taps: s.Taps}), nil
}

// getTapSettings is GET …/taps/{tap}/settings.
func (a *API) getTapSettings(ctx context.Context, in *TapParam) (*output[TapSettings], error) {
	t, err := a.Desired.Tap(ctx, tenantOf(ctx).ID, in.Tap)
	if err != nil {
		return nil, noTap(err)
	}
	site, own := t.Site.Settings, t.Tap.Settings
	out := TapSettings{
		Site:   SiteRef{Slug: t.SiteSlug, Name: t.SiteName},
		OfSite: settingsLayer(t.Site), OfTap: settingsLayer(t.Tap), Effective: settings(own.Over(site)),
		Sources: SettingSources{
			WindowMS:   source(site.WindowMS != nil, own.WindowMS != nil),
			Use:        source(site.Use != nil, own.Use != nil),
			Country:    source(site.Country != nil, own.Country != nil),
			OwnMHz:     source(site.Own != nil, own.Own != nil),
			OnlyMHz:    source(site.Only != nil, own.Only != nil),
			ExcludeMHz: source(site.Exclude != nil, own.Exclude != nil),
			Share:      source(site.Share != nil, own.Share != nil),
			RevisitMS:  source(site.Revisit != nil, own.Revisit != nil),
		},
		Locks: []ChannelLock{}, Revision: int64(t.Revision), RevisionAt: Time{t.IssuedAt}, FollowedRevision: t.Followed,
		Followed: t.Followed != nil && *t.Followed == int64(t.Revision),
	}
	for _, l := range t.Locks {
		if l.Until.After(time.Now()) {
			out.Locks = append(out.Locks, channelLock(l))
		}
	}
	return reply(out), nil
}

func source(site, tap bool) string {
	switch {
	case tap:
		return "tap"
	case site:
		return "site"
	}
	return "none"
}

func settingsLayer(l store.Layer) SettingsLayer {
	out := SettingsLayer{Settings: settings(l.Settings), ChangedAt: at(l.ChangedAt)}
	if l.ChangedBy != "" {
		out.ChangedBy = &l.ChangedBy
	}
	return out
}

func settings(s desired.Settings) Settings {
	out := Settings{WindowMS: s.WindowMS, Radio: RadioSettings{
		Use: s.Use, Country: s.Country, OwnMHz: numbers(s.Own), OnlyMHz: numbers(s.Only), ExcludeMHz: numbers(s.Exclude), RevisitMS: s.Revisit,
	}}
	if s.Share != nil {
		out.Radio.ShareIndex, out.Radio.ShareOf = &s.Share.Index, &s.Share.Of
	}
	return out
}

// numbers converts a list; nil stays nil.
func numbers(list []wlan.MHz) []int {
	if list == nil {
		return nil
	}
	out := make([]int, len(list))
	for i, f := range list {
		out[i] = int(f)
	}
	return out
}

func channelLock(l store.ChannelLock) ChannelLock {
	f := int(l.Frequency)
	band, channel, _ := where(&f)
	out := ChannelLock{
		ID: l.ID, FrequencyMHz: f, Band: band, Channel: channel, EndsAt: Time{l.Until}, CreatedBy: l.CreatedBy, CreatedAt: Time{l.CreatedAt},
	}
	if l.BSSID != "" {
		out.BSSID = &l.BSSID
	}
	if l.Adapter != "" {
		out.Adapter = &l.Adapter
	}
	return out
}
