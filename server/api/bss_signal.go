package api

import (
	"context"

	"picket/server/store"
)

// getBSSSignal is GET …/bss/{bssid}/signal. 404: no tap heard it in the time range.
func (a *API) getBSSSignal(ctx context.Context, in *BSSIDParams) (*output[BSSSignal], error) {
	chart, err := a.Reader.BSSSignal(ctx, tenantOf(ctx).ID, mac(in.BSSID).String(), in.span())
	if err != nil {
		return nil, err
	}
	out := BSSSignal{StepSeconds: int(chart.Grid.Step.Seconds()), Taps: make([]SignalLane, 0, len(chart.Lanes))}
	for _, lane := range chart.Lanes {
		out.Taps = append(out.Taps, signalLane(chart.Grid, lane))
	}
	return reply(out), nil
}

func signalLane(g store.Grid, lane store.SignalLane) SignalLane {
	out := SignalLane{
		ID: lane.Tap.ID, Name: lane.Tap.Name,
		At: stepTimes(g), Listened: lane.Covered,
		Min: make([]*int, g.Len), Mean: make([]*float64, g.Len), Max: make([]*int, g.Len),
		Frames: make([]*int64, g.Len), Histogram: make([][]SignalBin, g.Len),
	}
	for i := range g.Len {
		out.Histogram[i] = []SignalBin{}
		if lane.Covered[i] {
			out.Frames[i] = pointer(int64(0)) // listened, and none came
		}
	}
	for _, s := range lane.Steps {
		if s.Step < 0 || s.Step >= g.Len {
			continue
		}
		out.Listened[s.Step] = true
		out.Min[s.Step], out.Max[s.Step], out.Mean[s.Step] = s.MinDBm, s.MaxDBm, rounded(s.MeanDBm)
		out.Frames[s.Step] = pointer(s.Frames)
	}
	for _, b := range lane.Bins {
		if b.Step >= 0 && b.Step < g.Len {
			out.Histogram[b.Step] = append(out.Histogram[b.Step], SignalBin{int64(b.Bin), b.Frames})
		}
	}
	return out
}

func stepTimes(g store.Grid) []Time {
	times := make([]Time, g.Len)
	for i := range times {
		times[i] = Time{g.At(i)}
	}
	return times
}
