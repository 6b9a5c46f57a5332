package wiretest

import "picket/shared/wire/wirepb"

// radio fills what a tap with radios of its own adds; adapters, events and failures only
// in the first: in steady state there are none.
func (g *generator) radio(r *wirepb.Report, first bool) {
	r.Header.DesiredRevision = 3
	r.Channels.Drops = fill(len(r.Channels.Capture), func(int) uint32 {
		if g.IntN(8) > 0 {
			return 0
		}
		return 1 + g.Uint32N(15)
	})
	for _, c := range r.Health.Captures {
		if c.Kind == wirepb.Capture_KIND_RADIO {
			c.Hops = 60 + g.Uint32N(20)
			if first {
				c.FailedHops = 2
			}
		}
	}
	if !first {
		return
	}
	r.Health.Events = []*wirepb.Event{{
		AtMs: 4_200, Kind: wirepb.Event_KIND_ADAPTER_GONE, Subject: "phy1", Text: "phy1 was unplugged.",
	}}
	r.Health.Radio = &wirepb.Radio{Country: "DE", Adapters: []*wirepb.Adapter{
		{
			Name: "phy0", Mac: g.octets(6), Driver: "mt7921u", Device: "usb 0e8d:7961", State: wirepb.Adapter_STATE_LISTENING,
			Text: "Listens as mon0; wlan0 was taken down.", Capture: "mon0", FrequenciesMhz: frequencies,
		},
		{
			Name: "phy1", Mac: g.octets(6), Driver: "rtl8xxxu", Device: "usb 0bda:8179", State: wirepb.Adapter_STATE_GONE,
			Text: "phy1 was unplugged.",
		},
		{
			Name: "phy2", Driver: "brcmfmac", State: wirepb.Adapter_STATE_UNUSED,
			Text: "The driver has no monitor mode; plug in an adapter that has one.",
		},
	}}
}
