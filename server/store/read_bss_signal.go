package store

import (
	"bytes"
	"cmp"
	"context"
	"net"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/store/pack"
	"picket/server/store/rollup"
)

// maxLanes bounds the taps of a signal chart: those that hear the BSSID best.
const maxLanes = 12

// usualWindow is how long windows are, unless set otherwise.
const usualWindow = 10 * time.Second

// SignalChart is the signal of a BSSID over time.
type SignalChart struct {
	Grid  Grid
	Lanes []SignalLane
}

// SignalLane is what one tap heard.
type SignalLane struct {
	Tap     TapName
	Covered []bool // of each step, whether reports cover some of it
	Steps   []SignalStep
	Bins    []SignalBin
}

// SignalStep is a step in which a tap heard a BSSID.
type SignalStep struct {
	Tap     string
	Step    int
	Frames  int64
	MinDBm  *int // nil, like the others: heard without a power
	MaxDBm  *int
	MeanDBm *float64
}

// SignalBin counts the frames of a step with a power from -2b-1 to -2b dBm.
type SignalBin struct {
	Tap    string
	Step   int
	Bin    int
	Frames int64
}

const signalTapsSQL = `
SELECT tap_id::text
FROM bss_sighting
WHERE tenant_id = @tenant::uuid
  AND tap_id = ANY(@taps::text[]::uuid[])
  AND bssid = @bssid::macaddr
  AND last_heard_at >= @from::timestamptz - @sighting_lag::interval
  AND first_heard_at < @to
GROUP BY tap_id
ORDER BY max(signal_mean_dbm) DESC NULLS LAST, tap_id
LIMIT @limit`

// BSSSignal returns the signal of a BSSID over time: from the windows themselves
// where the range is short, with bins; else from the coarsest rollup that is as fine
// as the steps, without. It is ErrNotFound where no tap heard it.
func (r *Reader) BSSSignal(ctx context.Context, tenant, bssid string, span Span) (chart SignalChart, err error) {
	err = r.read(ctx, tenant, span, "signal of BSS", func(v *view) error {
		taps, err := v.signalTaps(ctx, bssid)
		if err != nil {
			return err
		}
		g := span.grid(0)
		raw := false
		if !g.rolled() {
			if raw, err = v.opens(ctx, detailReading, span.From, span.To, taps); err != nil {
				return err
			}
		}
		if !raw {
			g = span.grid(bucket)
		}
		chart.Grid = g
		covers, err := v.coverage(ctx, taps)
		if err != nil {
			return err
		}
		lanes := make(map[string]*SignalLane, len(taps))
		chart.Lanes = make([]SignalLane, len(taps))
		for i, id := range taps {
			chart.Lanes[i] = SignalLane{Tap: v.taps[id], Covered: covers[id].steps(g)}
			lanes[id] = &chart.Lanes[i]
		}
		if raw {
			if err := v.signalBins(ctx, bssid, taps, g, lanes); err != nil {
				return err
			}
		}
		return v.signalSteps(ctx, bssid, taps, g, raw, lanes)
	})
	return chart, err
}

// signalSteps adds the steps to the lanes, in the order of time.
func (v *view) signalSteps(ctx context.Context, bssid string, taps []string, g Grid, raw bool, lanes map[string]*SignalLane) error {
	q := question{
		family: rollup.BSS, from: g.From, to: earlier(g.To(), later(v.span.To, g.From)), slot: g.Step, step: g.Step, grid: g.From, slots: g.Len,
		where: "bssid", addresses: []string{bssid}, taps: taps, bounds: detailReading,
		values: []string{"frames", "signal_count", "signal_sum_dbm", "signal_min_dbm", "signal_max_dbm"},
	}
	if raw {
		q.slot = 0
	}
	answer, err := v.ask(ctx, q)
	if err != nil {
		return err
	}
	f := rollup.Families()[rollup.BSS]
	at := func(row *rollup.Row, name string) int64 { return row[f.Value(name)] }
	for k, row := range answer {
		s := SignalStep{Tap: k.tap, Step: k.slot, Frames: at(row, "frames")}
		if count := at(row, "signal_count"); count > 0 {
			least, most := int(at(row, "signal_min_dbm")), int(at(row, "signal_max_dbm"))
			mean := float64(at(row, "signal_sum_dbm")) / float64(count)
			s.MinDBm, s.MaxDBm, s.MeanDBm = &least, &most, &mean
		}
		lanes[k.tap].Steps = append(lanes[k.tap].Steps, s)
	}
	for _, l := range lanes {
		slices.SortFunc(l.Steps, func(a, b SignalStep) int { return cmp.Compare(a.Step, b.Step) })
	}
	return nil
}

// signalBins adds the bins to the lanes, in the order of time and power.
func (v *view) signalBins(ctx context.Context, bssid string, taps []string, g Grid, lanes map[string]*SignalLane) error {
	mac, err := net.ParseMAC(bssid)
	if err != nil {
		return ErrNotFound
	}
	type key struct {
		tap       string
		step, bin int
	}
	counts := make(map[key]int64)
	p := piece{"raw", g.From, earlier(g.To(), later(v.span.To, g.From))}
	err = v.eachWindow(ctx, pack.Air, taps, p, detailReading, func(w heardWindow) {
		t, macs := w.report.GetBss(), w.report.GetDictionary().GetMacs()
		s, before := t.GetSignals(), 0
		for i, index := range t.GetBssid() {
			n := int(s.GetBinCount()[i])
			if bytes.Equal(macs[6*(index-1):6*index], mac) {
				for k, frames := range s.GetBins()[before : before+n] {
					counts[key{w.tap.String(), int(w.start.Sub(g.From) / g.Step), int(s.GetBinFirst()[i]) + k}] += int64(frames)
				}
			}
			before += n
		}
	})
	if err != nil {
		return err
	}
	for k, n := range counts {
		if n > 0 {
			lanes[k.tap].Bins = append(lanes[k.tap].Bins, SignalBin{Tap: k.tap, Step: k.step, Bin: k.bin, Frames: n})
		}
	}
	for _, l := range lanes {
		slices.SortFunc(l.Bins, func(a, b SignalBin) int { return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Bin, b.Bin)) })
	}
	return nil
}

func (v *view) signalTaps(ctx context.Context, bssid string) ([]string, error) {
	args := v.bssArgs(bssid)
	args["limit"] = maxLanes
	rows, err := v.Query(ctx, signalTapsSQL, args)
	if err != nil {
		return nil, err
	}
	taps, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err == nil && len(taps) == 0 {
		return nil, ErrNotFound
	}
	return taps, err
}
