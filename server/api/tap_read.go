package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"picket/server/store"
)

// listTaps is GET …/taps.
func (a *API) listTaps(ctx context.Context, in *ListParams) (*output[List[Tap]], error) {
	rows, err := a.Reader.Taps(ctx, tenantOf(ctx).ID, in.span())
	if err != nil {
		return nil, err
	}
	list := List[Tap]{Items: make([]Tap, 0, len(rows)), Total: len(rows), AsOf: now()}
	for _, t := range rows {
		list.Items = append(list.Items, tap(t))
	}
	slices.SortStableFunc(list.Items, func(x, y Tap) int { return cmp.Compare(stateRank(x.State), stateRank(y.State)) })
	list.Items = list.Items[:min(len(list.Items), in.Limit)]
	return reply(list), nil
}

// stateRank orders taps, worst first.
func stateRank(state string) int {
	return slices.Index([]string{silent, degraded, never, online}, state)
}

// getTap is GET …/taps/{tap}.
func (a *API) getTap(ctx context.Context, in *TapParams) (*output[TapDetail], error) {
	h, err := a.Reader.Tap(ctx, tenantOf(ctx).ID, in.Tap, in.span())
	if err != nil {
		return nil, err
	}
	out := TapDetail{
		Tap:           tap(h.Tap),
		UptimeSeconds: h.UptimeS,
		Boots:         h.Boots,
		Gaps:          []Gap{},
		Adapters:      a.adapters(h.Tap),
		Country:       h.RadioCountry,
	}
	if h.RadioToldAt != nil {
		out.AdaptersAt = at(*h.RadioToldAt)
	}
	if h.FirstReportAt != nil {
		out.FirstReportAt = at(*h.FirstReportAt)
	}
	for _, g := range h.Gaps {
		out.Gaps = append(out.Gaps, Gap{From: Time{g.From}, To: Time{g.To}, Reason: gapReason(g.Reason)})
	}
	if open, ok := openGap(h.Tap, in.to); ok {
		out.Gaps = append(out.Gaps, open)
	}
	out.Gaps = out.Gaps[max(0, len(out.Gaps)-maxGaps):]
	return reply(out), nil
}

const maxGaps = 200

// openGap is the one that a silent tap leaves, up to the end of the time range.
func openGap(t store.Tap, to time.Time) (Gap, bool) {
	if state, _ := tapState(t); state != silent || t.LastWindowEnd == nil || !t.LastWindowEnd.Before(to) {
		return Gap{}, false
	}
	return Gap{From: Time{*t.LastWindowEnd}, To: Time{to}, Reason: "No report has arrived since; the tap sends what it kept when it is back."}, true
}

func gapReason(reason string) string {
	switch reason {
	case "restarted":
		return "The tap's program restarted."
	case "dropped":
		return "The tap could not keep all its reports until a node took them."
	case "silent":
		return "The tap stood still, or its clock was set."
	}
	return reason
}

// getTapHealth is GET …/taps/{tap}/health.
func (a *API) getTapHealth(ctx context.Context, in *TapParams) (*output[TapHealth], error) {
	h, err := a.Reader.TapHealth(ctx, tenantOf(ctx).ID, in.Tap, in.span())
	if err != nil {
		return nil, err
	}
	n := h.Grid.Len
	out := TapHealth{
		StepSeconds: int(h.Grid.Step.Seconds()), At: stepTimes(h.Grid),
		Frames: make([]*int64, n), Drops: make([]*int64, n), CPUPercent: make([]*float64, n),
		MemoryBytes: make([]*int64, n), TemperatureC: make([]*float64, n), SpoolReports: make([]*int64, n),
	}
	for _, s := range h.Steps {
		i := s.Step
		if i < 0 || i >= n {
			continue
		}
		out.Frames[i], out.Drops[i] = pointer(s.Frames), pointer(s.KernelDrops)
		out.MemoryBytes[i], out.SpoolReports[i] = pointer(s.MemoryMax), pointer(s.SpoolMax)
		if s.CPUPermille != nil {
			out.CPUPercent[i] = pointer(round(*s.CPUPermille / 10))
		}
		out.TemperatureC[i] = celsius(s.TemperatureMC)
	}
	return reply(out), nil
}

// listTapChannels is GET …/taps/{tap}/channels.
func (a *API) listTapChannels(ctx context.Context, in *TapParams) (*output[List[TapChannel]], error) {
	rows, err := a.Reader.TapChannels(ctx, tenantOf(ctx).ID, in.Tap, in.span())
	if err != nil {
		return nil, err
	}
	list := List[TapChannel]{Items: make([]TapChannel, 0, len(rows)), Total: len(rows), AsOf: now()}
	for _, c := range rows {
		band, channel, _ := where(&c.FrequencyMHz)
		o := TapChannel{
			Band: band, Channel: channel, FrequencyMHz: c.FrequencyMHz,
			ListenedSeconds: float64(c.ListenedMS) / 1000, Frames: c.Frames, Bytes: c.Bytes,
			SignalMeanDBm: rounded(c.SignalMeanDBm), NoiseDBm: rounded(c.NoiseDBm),
		}
		if c.ListenedMS > 0 {
			o.AirtimePercent = pointer(round(min(100, float64(c.AirtimeUS)/float64(c.ListenedMS)/10)))
		}
		list.Items = append(list.Items, o)
	}
	return reply(list), nil
}

func celsius(milli *int) *float64 {
	if milli == nil {
		return nil
	}
	return pointer(round(float64(*milli) / 1000))
}

func tap(t store.Tap) Tap {
	out := Tap{
		ID: t.ID, Name: t.Name, Site: SiteRef{Slug: t.SiteSlug, Name: t.SiteName},
		EnrolledAt: Time{t.EnrolledAt}, Version: t.Version, Arch: t.Arch, Demonstration: t.Demonstration,
		KernelDrops: t.KernelDrops, ReportsDropped: t.ReportsDropped,
		MemoryBytes: t.ProcessMemory, TemperatureC: celsius(t.TemperatureMC), SpoolReports: t.SpoolReports,
		Captures: captures(t), Radios: radios(t),
	}
	out.State, out.Why = tapState(t)
	if t.LastWindowEnd != nil {
		out.LastReportAt = at(*t.LastWindowEnd)
	}
	if t.WindowFrames != nil && t.LengthMS != nil {
		out.FramesPerSecond = perSecond(*t.WindowFrames, *t.LengthMS)
	}
	if len(t.CPUPermille) > 0 {
		sum := 0
		for _, core := range t.CPUPermille {
			sum += core
		}
		out.CPUPercent = pointer(round(float64(sum) / float64(len(t.CPUPermille)) / 10))
	}
	return out
}

// captureKinds in the order of wire's Capture.Kind.
var captureKinds = [...]string{"file", "ethernet", "radio", "file"}

func captures(t store.Tap) []TapCapture {
	out := make([]TapCapture, 0, len(t.CaptureName))
	for i, name := range t.CaptureName {
		c := TapCapture{
			Name:     text([]byte(name)),
			Kind:     captureKinds[get(t.CaptureKind, i)&3],
			LinkType: linkType(get(t.CaptureLinkType, i)),
			Drops:    get(t.CaptureDrops, i),
			Error:    get(t.CaptureError, i),
			Hops:     int(get(t.CaptureHops, i)), FailedHops: int(get(t.CaptureFailed, i)),
		}
		if t.LengthMS != nil && *t.LengthMS > 0 {
			c.FramesPerSecond = *perSecond(get(t.CaptureFrames, i), *t.LengthMS)
		}
		out = append(out, c)
	}
	return out
}

// get returns s[i], and zero where the column is absent: it is all zero then.
func get[T any](s []T, i int) T {
	if i < len(s) {
		return s[i]
	}
	var zero T
	return zero
}
