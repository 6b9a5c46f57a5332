package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"picket/server/auth"
	"picket/server/store"
	"picket/shared/desired"
	"picket/shared/wlan"
)

// registerDesired adds what reads and changes what the centre wants of taps.
func (a *API) registerDesired(h huma.API) {
	const site, tap = "/tenants/{tenant}/sites/{site}/settings", "/tenants/{tenant}/taps/{tap}/settings"
	add(a, h, auth.ReadTaps, http.MethodGet, site, tagTaps, "getSiteSettings", "What is wanted of the taps of a site", a.getSiteSettings)
	add(a, h, auth.ChangeTaps, http.MethodPut, site, tagTaps, "putSiteSettings", "Replace what is wanted of the taps of a site", a.putSiteSettings)
	add(a, h, auth.ReadTaps, http.MethodGet, tap, tagTaps, "getTapSettings", "What is wanted of a tap, and why", a.getTapSettings)
	add(a, h, auth.ChangeTaps, http.MethodPut, tap, tagTaps, "putTapSettings", "Replace what is wanted of a tap in particular", a.putTapSettings)
	const locks = "/tenants/{tenant}/taps/{tap}/locks"
	add(a, h, auth.ChangeTaps, http.MethodPost, locks, tagTaps, "lockChannel", "Keep a tap on a channel for a time", a.lockChannel)
	add(a, h, auth.ChangeTaps, http.MethodDelete, locks+"/{lock}", tagTaps, "unlockChannel", "Let a tap leave a channel", a.unlockChannel)
}

// changer returns the name of who asks, as rows keep it.
func changer(ctx context.Context) string { return auth.ActorOf(ctx).Name }

// putSiteSettings is PUT …/sites/{site}/settings. 404: no
// such site. 422: a setting is wrong, which the problem names.
func (a *API) putSiteSettings(ctx context.Context, in *PutSiteSettingsInput) (*output[SiteSettings], error) {
	by := changer(ctx)
	settings, err := in.Body.layer()
	if err == nil {
		err = a.Desired.PutSite(ctx, tenantOf(ctx).ID, in.Site, settings, by)
	}
	if err != nil {
		return nil, wrongSetting(err)
	}
	return a.getSiteSettings(ctx, &in.SiteParam)
}

// putTapSettings is PUT …/taps/{tap}/settings. 404: no such
// tap. 422: a setting is wrong, which the problem names.
func (a *API) putTapSettings(ctx context.Context, in *PutTapSettingsInput) (*output[TapSettings], error) {
	by := changer(ctx)
	settings, err := in.Body.layer()
	if err == nil {
		err = a.Desired.PutTap(ctx, tenantOf(ctx).ID, in.Tap, settings, by)
	}
	if err != nil {
		return nil, noTap(wrongSetting(err))
	}
	return a.getTapSettings(ctx, &in.TapParam)
}

// lockChannel is POST …/taps/{tap}/locks. 404: no such tap.
// 422: no such channel, or too many locks.
func (a *API) lockChannel(ctx context.Context, in *LockInput) (*output[ChannelLock], error) {
	by := changer(ctx)
	f, err := frequency(desired.FieldLocks, in.Body.FrequencyMHz)
	if err != nil {
		return nil, wrongSetting(err)
	}
	lock := desired.Lock{Frequency: f}
	if in.Body.BSSID != nil {
		lock.BSSID = strings.ToLower(*in.Body.BSSID)
	}
	if in.Body.Adapter != nil {
		lock.Adapter = *in.Body.Adapter
	}
	made, err := a.Desired.Lock(ctx, tenantOf(ctx).ID, in.Tap, lock, time.Duration(in.Body.Minutes)*time.Minute, by)
	if err != nil {
		return nil, noTap(wrongSetting(err))
	}
	return reply(channelLock(made)), nil
}

// unlockChannel is DELETE …/taps/{tap}/locks/{lock}. 404: no
// such lock, or it has ended.
func (a *API) unlockChannel(ctx context.Context, in *UnlockInput) (*struct{}, error) {
	err := a.Desired.Unlock(ctx, tenantOf(ctx).ID, in.Tap, in.Lock)
	if errors.Is(err, store.ErrNotFound) {
		return nil, huma.Error404NotFound("There is no such lock; it may have ended or been removed.")
	}
	return nil, err
}

// layer converts what is asked for. The error is a *desired.Error.
func (s *Settings) layer() (l desired.Settings, err error) {
	r := s.Radio
	l = desired.Settings{WindowMS: s.WindowMS, Use: r.Use, Country: r.Country, Revisit: r.RevisitMS}
	for _, list := range []struct {
		field string
		from  []int
		to    *[]wlan.MHz
	}{
		{desired.FieldOwn, r.OwnMHz, &l.Own}, {desired.FieldOnly, r.OnlyMHz, &l.Only}, {desired.FieldExclude, r.ExcludeMHz, &l.Exclude},
	} {
		if list.from == nil {
			continue
		}
		*list.to = make([]wlan.MHz, 0, len(list.from))
		for _, n := range list.from {
			f, err := frequency(list.field, n)
			if err != nil {
				return desired.Settings{}, err
			}
			*list.to = append(*list.to, f)
		}
	}
	switch {
	case r.ShareIndex != nil && r.ShareOf != nil:
		l.Share = &desired.Share{Index: *r.ShareIndex, Of: *r.ShareOf}
	case r.ShareIndex != nil || r.ShareOf != nil:
		return desired.Settings{}, &desired.Error{Field: desired.FieldShare, Problem: "the index and the number of taps go together"}
	}
	return l, nil
}

func frequency(field string, n int) (wlan.MHz, error) {
	f := wlan.MHz(max(0, min(n, 0xffff)))
	return f, desired.CheckFrequency(field, f)
}

// wrongSetting makes a 422 of a *desired.Error that names the field of the request.
func wrongSetting(err error) error {
	var wrong *desired.Error
	if !errors.As(err, &wrong) {
		return err
	}
	location := map[string]string{
		desired.FieldWindow: "body.windowMS", desired.FieldCountry: "body.radio.country", desired.FieldOwn: "body.radio.ownMHz",
		desired.FieldOnly: "body.radio.onlyMHz", desired.FieldExclude: "body.radio.excludeMHz", desired.FieldShare: "body.radio.shareOf",
		desired.FieldRevisit: "body.radio.revisitMS", desired.FieldLocks: "body.frequencyMHz",
	}[wrong.Field]
	if location == "" {
		location = "body"
	}
	return huma.Error422UnprocessableEntity("A setting is wrong: "+wrong.Problem+".", &huma.ErrorDetail{Location: location, Message: wrong.Problem})
}

// noTap says of a tap that is not there that it is not.
func noTap(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return huma.Error404NotFound("There is no tap with this id.")
	}
	return err
}
