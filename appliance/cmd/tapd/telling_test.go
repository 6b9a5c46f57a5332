package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"picket/appliance/config"
	"picket/shared/desired"
	"picket/shared/wire/wirepb"
)

// reportAt is one of a window of 10 s.
func reportAt(start time.Time) *wirepb.Report {
	return &wirepb.Report{
		Header: &wirepb.Header{WindowStartUs: start.UnixMicro(), WindowLengthMs: 10_000}, Health: new(wirepb.Health),
	}
}

func TestRadiosAreToldWhenTheyChangeAndEveryTenMinutes(t *testing.T) {
	var tell telling
	start := time.Unix(1_700_000_000, 0)
	var told []string
	window := func(n int) {
		r := reportAt(start.Add(time.Duration(n) * 10 * time.Second))
		if tell.fill(r); r.Health.Radio == nil {
			return
		}
		var names []string
		for _, a := range r.Health.Radio.Adapters {
			names = append(names, a.Name+"="+a.State.String()[len("STATE_"):])
		}
		told = append(told, fmt.Sprintf("%d: %s", n, strings.Join(names, " ")))
	}
	adapter := func(name string, state wirepb.Adapter_State) *wirepb.Adapter {
		return &wirepb.Adapter{Name: name, State: state, Text: strings.Repeat("é", 300)}
	}
	radios := func(all ...*wirepb.Adapter) { tell.now(&wirepb.Radio{Country: "DE", Adapters: all}) }
	window(0)
	radios(adapter("phy0", wirepb.Adapter_STATE_LISTENING))
	window(1)
	radios(adapter("phy0", wirepb.Adapter_STATE_LISTENING))
	window(2)
	radios(adapter("phy0", wirepb.Adapter_STATE_LISTENING), adapter("phy1", wirepb.Adapter_STATE_GONE))
	for n := 3; n < 65; n++ {
		window(n)
	}
	want := "1: phy0=LISTENING, 3: phy0=LISTENING phy1=GONE, 63: phy0=LISTENING"
	if got := strings.Join(told, ", "); got != want {
		t.Errorf("told %s\nwant %s", got, want)
	}
}

func TestEventsAreToldOnceInTheirWindow(t *testing.T) {
	var tell telling
	start := time.Unix(1_700_000_000, 0)
	const gone, claimed = wirepb.Event_KIND_ADAPTER_GONE, wirepb.Event_KIND_ADAPTER_CLAIMED
	tell.happened(start.Add(12*time.Second), claimed, "phy1", "back")
	tell.happened(start.Add(4*time.Second), gone, "phy1", strings.Repeat("x", 600))
	tell.happened(start.Add(-time.Second), gone, "phy0", "late")
	first, second, third := reportAt(start), reportAt(start.Add(10*time.Second)), reportAt(start.Add(20*time.Second))
	for _, r := range []*wirepb.Report{first, second, third} {
		tell.fill(r)
	}
	if e := first.Health.Events; len(e) != 2 || e[0].Subject != "phy0" || e[0].AtMs != 0 || e[1].AtMs != 4000 || len(e[1].Text) != 512 {
		t.Errorf("first window: %v", e)
	}
	if e := second.Health.Events; len(e) != 1 || e[0].Kind != claimed || e[0].AtMs != 2000 {
		t.Errorf("second window: %v", e)
	}
	if len(third.Health.Events) != 0 {
		t.Errorf("third window: %v", third.Health.Events)
	}
	for range 300 {
		tell.happened(start, gone, "phy0", "")
	}
	r := reportAt(start)
	if tell.fill(r); len(r.Health.Events) != 256 || r.Health.Refused[0].Rows != 44 {
		t.Errorf("%d events, refused %v", len(r.Health.Events), r.Health.Refused)
	}
}

func TestWhatIsNotFollowedIsSaid(t *testing.T) {
	d := desired.Document{Revision: 7, WindowMS: 5000, Unknown: []string{`"image"`}}
	for _, c := range []struct {
		cfg  config.Config
		want string
	}{
		{config.Config{Radios: []string{"all"}}, `Follows revision 7 of what the centre wants; but this version does not know "image".`},
		{config.Config{Window: 20 * time.Second}, `Follows revision 7 of what the centre wants; but windows stay 20s, as -window says, and no radio is used, as -radio says, and this version does not know "image".`},
	} {
		if got := followed(c.cfg, d); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
