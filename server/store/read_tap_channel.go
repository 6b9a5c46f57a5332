package store

import (
	"cmp"
	"context"
	"slices"

	"picket/server/store/rollup"
)

// TapChannel is what a tap heard on a frequency in the time range.
type TapChannel struct {
	FrequencyMHz  int
	ListenedMS    int64
	Frames        int64
	Bytes         int64
	AirtimeUS     int64
	SignalMeanDBm *float64
	NoiseDBm      *float64
}

// TapChannels returns what a tap heard by frequency, or ErrNotFound.
func (r *Reader) TapChannels(ctx context.Context, tenant, tap string, span Span) (channels []TapChannel, err error) {
	err = r.read(ctx, tenant, span, "channels of tap", func(v *view) error {
		if _, ok := v.taps[tap]; !ok {
			return ErrNotFound
		}
		channels, err = v.tapChannels(ctx, tap)
		return err
	})
	return channels, err
}

func (v *view) tapChannels(ctx context.Context, tap string) ([]TapChannel, error) {
	answer, err := v.ask(ctx, question{
		family: rollup.Channel, from: v.span.From, to: v.span.To, slot: v.span.figureSlot(), taps: []string{tap}, bounds: detailReading,
		by: []string{"frequency_mhz"},
		values: []string{
			"listened_ms", "frames", "bytes", "airtime_us", "signal_count", "signal_sum_dbm", "noise_count", "noise_sum_dbm",
		},
	})
	if err != nil {
		return nil, err
	}
	f := rollup.Families()[rollup.Channel]
	var list []TapChannel
	for at, row := range answer {
		of := func(name string) int64 { return row[f.Value(name)] }
		c := TapChannel{
			FrequencyMHz: int(at.key.MHz), ListenedMS: of("listened_ms"), Frames: of("frames"), Bytes: of("bytes"), AirtimeUS: of("airtime_us"),
		}
		if n := of("signal_count"); n > 0 {
			mean := float64(of("signal_sum_dbm")) / float64(n)
			c.SignalMeanDBm = &mean
		}
		if n := of("noise_count"); n > 0 {
			mean := float64(of("noise_sum_dbm")) / float64(n)
			c.NoiseDBm = &mean
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b TapChannel) int { return cmp.Compare(a.FrequencyMHz, b.FrequencyMHz) })
	return list, nil
}
