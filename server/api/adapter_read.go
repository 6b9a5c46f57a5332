package api

import (
	"context"
	"slices"
	"time"

	"picket/server/store"
	"picket/shared/wlan"
)

// adapters describes a tap's radios. What only one that listens has is null for the
// others, and for all where the tap does not report.
func (a *API) adapters(t store.Tap) []TapAdapter {
	out := make([]TapAdapter, 0, len(t.Adapters))
	tapNow, _ := tapState(t)
	for _, r := range t.Adapters {
		o := TapAdapter{
			Name: text([]byte(r.Name)), MAC: r.MAC, Driver: text([]byte(r.Driver)), Device: text([]byte(r.Device)),
			Since: Time{r.Since}, Bands: bandChannels(r.FrequenciesMHz),
		}
		o.State, o.Text = adapterState(t, r)
		if r.MAC != nil {
			o.Vendor = a.vendor(*r.MAC)
		}
		if r.Capture != "" {
			o.Capture = pointer(text([]byte(r.Capture)))
		}
		i := slices.Index(t.CaptureName, r.Capture)
		if o.State == listening && i >= 0 && t.LengthMS != nil && tapNow != silent {
			o.FramesPerSecond, o.Drops = perSecond(get(t.CaptureFrames, i), *t.LengthMS), pointer(get(t.CaptureDrops, i))
			o.Hops, o.FailedHops = pointer(int(get(t.CaptureHops, i))), pointer(int(get(t.CaptureFailed, i)))
		}
		out = append(out, o)
	}
	return out
}

// bandChannels sorts frequencies into the channels of the bands; those that are no
// channel's centre are left out.
func bandChannels(frequencies []int32) []BandChannels {
	out := []BandChannels{}
	for _, band := range []wlan.Band{wlan.Band2GHz, wlan.Band5GHz, wlan.Band6GHz} {
		channels := []int{}
		for _, f := range frequencies {
			if c, ok := wlan.MHz(f).Channel(); ok && c.Band == band {
				channels = append(channels, int(c.Number))
			}
		}
		if len(channels) > 0 {
			slices.Sort(channels)
			out = append(out, BandChannels{Band: band.String(), Channels: slices.Compact(channels)})
		}
	}
	return out
}

// littleShare is the share of the time below which a channel was listened to too
// little: what lasts a minute is then heard for less than 0.3 s, and most that is
// shorter not at all.
const littleShare = 1.0 / 200

// getTapCoverage is GET …/taps/{tap}/coverage.
func (a *API) getTapCoverage(ctx context.Context, in *TapParams) (*output[TapCoverage], error) {
	c, err := a.Reader.TapCoverage(ctx, tenantOf(ctx).ID, in.Tap, in.span())
	if err != nil {
		return nil, err
	}
	return reply(tapCoverage(c)), nil
}

// tapCoverage puts together what captures listened to and what adapters may.
func tapCoverage(c store.TapCoverage) TapCoverage {
	listeners := coverageListeners(c)
	out := TapCoverage{ReportedSeconds: float64(c.ReportedMS) / 1000, Listeners: []Listener{}, Channels: []ChannelListens{}, AsOf: now()}
	frequencies := map[int]bool{}
	for _, l := range listeners {
		o := Listener{Capture: text([]byte(l.capture))}
		if l.adapter != nil {
			o.Adapter = pointer(text([]byte(l.adapter.Name)))
			for _, f := range l.adapter.FrequenciesMHz {
				frequencies[int(f)] = true
			}
		}
		out.Listeners = append(out.Listeners, o)
	}
	heard := map[int]map[string]store.CaptureChannel{}
	for _, row := range c.Channels {
		if row.FrequencyMHz == 0 {
			continue
		}
		if heard[row.FrequencyMHz] == nil {
			heard[row.FrequencyMHz] = map[string]store.CaptureChannel{}
		}
		heard[row.FrequencyMHz][row.Capture] = row
		frequencies[row.FrequencyMHz] = true
	}
	for f := range frequencies {
		if f > 0 {
			out.Channels = append(out.Channels, channelListens(f, listeners, heard[f], c.ReportedMS))
		}
	}
	slices.SortFunc(out.Channels, func(x, y ChannelListens) int { return x.FrequencyMHz - y.FrequencyMHz })
	return out
}

// listener is a capture of an adapter; either may be missing.
type listener struct {
	capture string
	adapter *store.Adapter
}

// coverageListeners are the adapters that are there, then those that are gone or
// were never told of and listened in the time range.
func coverageListeners(c store.TapCoverage) []listener {
	var out []listener
	taken := map[string]bool{}
	for i := range c.Adapters {
		a := &c.Adapters[i]
		if a.State == store.AdapterGone || a.State == store.AdapterUnused && a.Capture == "" {
			continue
		}
		out = append(out, listener{a.Capture, a})
		taken[a.Capture] = true
	}
	for _, row := range c.Channels {
		if taken[row.Capture] || row.FrequencyMHz == 0 {
			continue
		}
		taken[row.Capture] = true
		l := listener{capture: row.Capture}
		for i := range c.Adapters {
			if a := &c.Adapters[i]; a.State == store.AdapterGone && a.Capture == row.Capture {
				// It may listen nowhere any more.
				l.adapter = &store.Adapter{Name: a.Name}
			}
		}
		out = append(out, l)
	}
	return out
}

func channelListens(f int, listeners []listener, heard map[string]store.CaptureChannel, reportedMS int64) ChannelListens {
	band, channel, _ := where(&f)
	o := ChannelListens{Band: band, Channel: channel, FrequencyMHz: f, By: make([]ChannelByOne, 0, len(listeners))}
	var last time.Time
	var listenedMS int64
	for _, l := range listeners {
		row, listened := heard[l.capture]
		one := ChannelByOne{
			Allowed:         listened || l.adapter != nil && slices.Contains(l.adapter.FrequenciesMHz, int32(f)),
			ListenedSeconds: float64(row.ListenedMS) / 1000, SharePercent: share(row.ListenedMS, reportedMS),
			Frames: row.Frames, Drops: row.Drops, LastListenedAt: at(row.LastListenedAt),
		}
		o.By = append(o.By, one)
		o.Frames, o.Drops, listenedMS = o.Frames+row.Frames, o.Drops+row.Drops, listenedMS+row.ListenedMS
		if row.LastListenedAt.After(last) {
			last = row.LastListenedAt
		}
	}
	o.ListenedSeconds, o.SharePercent, o.LastListenedAt = float64(listenedMS)/1000, share(listenedMS, reportedMS), at(last)
	switch {
	case listenedMS == 0 && o.Frames == 0:
		o.State = "blind"
	case float64(listenedMS) < littleShare*float64(reportedMS):
		o.State = "little"
	default:
		o.State = "heard"
	}
	return o
}

// share returns a share of time in percent, to hundredths; nil of no time.
func share(part, all int64) *float64 {
	if all <= 0 {
		return nil
	}
	return pointer(float64(part*10_000/all) / 100)
}
