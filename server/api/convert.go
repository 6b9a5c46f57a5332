package api

import (
	"math"
	"slices"
	"time"

	"picket/server/store"
	"picket/shared/wlan"
)

// vendor returns who holds an address's block; nil: nobody.
func (a *API) vendor(address string) *string {
	name := a.Vendors.Vendor(mac(address))
	if name == "" {
		return nil
	}
	return &name
}

func private(address string) bool { return mac(address).LocallyAdministered() }

// where returns band, channel and frequency of what is heard at f; 0 or nil: unknown.
func where(f *int) (band string, channel, frequency *int) {
	if f == nil || *f <= 0 || *f > math.MaxUint16 {
		return wlan.BandUnknown.String(), nil, nil
	}
	mhz := wlan.MHz(*f)
	if c, ok := mhz.Channel(); ok {
		n := int(c.Number)
		channel = &n
	}
	return mhz.Band().String(), channel, f
}

// tapRefs names taps; those of other sites than asked for are left out.
func tapRefs(ids []string, names store.Names) []TapRef {
	refs := make([]TapRef, 0, len(ids))
	for _, id := range ids {
		if t, ok := names[id]; ok {
			refs = append(refs, TapRef{ID: t.ID, Name: t.Name})
		}
	}
	return refs
}

// siteSlugs returns the sites of taps, each once.
func siteSlugs(ids []string, names store.Names) []string {
	slugs := []string{}
	for _, id := range ids {
		if t, ok := names[id]; ok && !slices.Contains(slugs, t.SiteSlug) {
			slugs = append(slugs, t.SiteSlug)
		}
	}
	slices.Sort(slugs)
	return slugs
}

func tapRef(id string, names store.Names) TapRef { return TapRef{ID: id, Name: names[id].Name} }

func now() Time { return Time{time.Now()} }

func pointer[T any](v T) *T { return &v }

// float returns a number for a field that may be null.
func float[T int16 | int | int64](v *T) *float64 {
	if v == nil {
		return nil
	}
	return pointer(float64(*v))
}

// round keeps tenths: more digits than a measurement has say nothing.
func round(v float64) float64 { return math.Round(v*10) / 10 }

func rounded(v *float64) *float64 {
	if v == nil {
		return nil
	}
	return pointer(round(*v))
}

// perSecond returns a rate; nil without a time.
func perSecond(n int64, ms int) *float64 {
	if ms <= 0 {
		return nil
	}
	return pointer(round(float64(n) * 1000 / float64(ms)))
}
