package main

import (
	"picket/radio/monitor"
	"picket/shared/wire/wirepb"
	"picket/shared/wlan"
)

// radioOf puts adapters into the form of a report.
func radioOf(all []monitor.Adapter) *wirepb.Radio {
	r := new(wirepb.Radio)
	for _, a := range all {
		x := &wirepb.Adapter{
			Name: a.Name, Driver: a.Driver, Device: a.Device, State: adapterState(a.State), Text: a.Text, Capture: a.Interface,
		}
		if a.MAC != (wlan.MAC{}) {
			x.Mac = a.MAC[:]
		}
		for _, f := range a.Frequencies {
			x.FrequenciesMhz = append(x.FrequenciesMhz, uint32(f))
		}
		if len(a.Country) == 2 {
			r.Country = a.Country
		}
		r.Adapters = append(r.Adapters, x)
	}
	return r
}

func adapterState(s monitor.State) wirepb.Adapter_State {
	switch s {
	case monitor.Listening:
		return wirepb.Adapter_STATE_LISTENING
	case monitor.Unused:
		return wirepb.Adapter_STATE_UNUSED
	case monitor.Failed:
		return wirepb.Adapter_STATE_FAILED
	case monitor.Gone:
		return wirepb.Adapter_STATE_GONE
	default:
		return wirepb.Adapter_STATE_UNSPECIFIED
	}
}

// event hands on what happened to an adapter.
func (r *radios) event(e monitor.Event) {
	r.log.Info("radio changed", "what", e.Kind.String(), "wiphy", e.Subject, "text", e.Text)
	r.tell.happened(e.Time, eventKind(e.Kind), e.Subject, e.Text)
}

func eventKind(k monitor.EventKind) wirepb.Event_Kind {
	switch k {
	case monitor.Appeared:
		return wirepb.Event_KIND_ADAPTER_APPEARED
	case monitor.Unplugged:
		return wirepb.Event_KIND_ADAPTER_GONE
	case monitor.Claimed:
		return wirepb.Event_KIND_ADAPTER_CLAIMED
	case monitor.Released:
		return wirepb.Event_KIND_ADAPTER_RELEASED
	case monitor.Failure:
		return wirepb.Event_KIND_ADAPTER_FAILED
	case monitor.Silent:
		return wirepb.Event_KIND_ADAPTER_SILENT
	case monitor.RegulatoryChanged:
		return wirepb.Event_KIND_REGULATORY_CHANGED
	default:
		return wirepb.Event_KIND_UNSPECIFIED
	}
}
