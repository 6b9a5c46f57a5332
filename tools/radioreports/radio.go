package main

import (
	"time"

	"picket/shared/wire/wirepb"
	"picket/shared/wire/wiretest"
)

const failure = "It delivers nothing and was claimed again 3 times. Plug it into another port, or put a powered hub between."

// office is what a tap in a small office hears, with nothing of its radios.
func office(sequence uint64, start time.Time) *wirepb.Report {
	r := wiretest.Office{
		BSSs: 24, Stations: 30, Hosts: 12, Seed: 7, Sequence: sequence, StartUS: start.UnixMicro(), First: sequence == 1, Radio: true,
	}.Report()
	r.Health.Captures[0].Error = ""
	r.Health.Refused = nil
	return r
}

// The channels of a radio that has the bands up to 6 GHz, as far as it listens there.
func channels(six bool) []uint32 {
	var list []uint32
	for c := uint32(1); c <= 13; c++ {
		list = append(list, 2407+5*c)
	}
	for _, span := range [][2]uint32{{36, 64}, {100, 144}, {149, 165}} {
		for c := span[0]; c <= span[1]; c += 4 {
			list = append(list, 5000+5*c)
		}
	}
	if six {
		for c := uint32(5); c <= 229; c += 16 { // preferred scanning channels
			list = append(list, 5950+5*c)
		}
	}
	return list
}

func radio(failed bool) *wirepb.Radio {
	second := &wirepb.Adapter{
		Name: "phy1", Mac: []byte{0x00, 0x00, 0x5e, 0x00, 0x53, 0x21}, Driver: "mt76x2u", Device: "usb 0e8d:7612", State: wirepb.Adapter_STATE_LISTENING,
		Text: "It listens as phy1mon.", Capture: "phy1mon", FrequenciesMhz: channels(false),
	}
	if failed {
		second.State, second.Text, second.Capture = wirepb.Adapter_STATE_FAILED, failure, ""
	}
	return &wirepb.Radio{Country: "DE", Adapters: []*wirepb.Adapter{
		{
			Name: "phy0", Mac: []byte{0x00, 0x00, 0x5e, 0x00, 0x53, 0x20}, Driver: "mt7921u", Device: "usb 0e8d:7961", State: wirepb.Adapter_STATE_LISTENING,
			Text: "It listens as phy0mon; wlan0 was taken down for it.", Capture: "phy0mon", FrequenciesMhz: channels(true),
		},
		second,
		{
			Name: "phy2", Driver: "brcmfmac", Device: "sdio 02d0:a9a6", State: wirepb.Adapter_STATE_UNUSED,
			Text: "The driver has no monitor mode; plug in an adapter that has one.", FrequenciesMhz: channels(false),
		},
	}}
}

// listen fills in who listened where in window n: the first radio stays on our own
// channels, the second sweeps the others, but not all of them.
func listen(r *wirepb.Report, n int, failed bool) {
	first := r.Health.Captures[0]
	first.Name, first.Hops, first.FailedHops = "phy0mon", 22, uint32(n%7/6)
	second := &wirepb.Capture{Name: "phy1mon", Kind: wirepb.Capture_KIND_RADIO, LinkType: 127, Frames: 2_400, Bytes: 310_000, Hops: 60}
	if failed {
		second.Frames, second.Bytes, second.Hops, second.Error = 0, 0, 0, "network is down"
	}
	r.Health.Captures = append(r.Health.Captures, second)
	t := new(wirepb.ChannelTable)
	add := func(capture, frequency, ms uint32) {
		frames := ms * (3 + frequency/5%9) / 10
		t.Capture, t.FrequencyMhz, t.ListenedMs = append(t.Capture, capture), append(t.FrequencyMhz, frequency), append(t.ListenedMs, ms)
		t.Frames, t.Bytes = append(t.Frames, frames), append(t.Bytes, uint64(frames)*210)
		t.AirtimeUs = append(t.AirtimeUs, uint64(ms)*(20+uint64(frequency)/5%50)*10)
		drops := uint32(0)
		if frequency == 2437 {
			drops = frames / 30
		}
		t.Drops = append(t.Drops, drops)
	}
	for _, f := range []uint32{2412, 2437, 2462, 5180, 5260} {
		add(1, f, 1900)
	}
	if !failed {
		sweep := channels(false)
		for i := range 12 {
			f := sweep[(12*n+i)%len(sweep)]
			if f < 5580 || f > 5640 { // 116 to 128 are never reached
				add(2, f, 780)
			}
		}
	}
	r.Channels = t
}
