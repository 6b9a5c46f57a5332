package main

import (
	"math/rand/v2"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"picket/shared/wire"
	"picket/shared/wire/wirepb"
)

func made(t *testing.T, tap int, at time.Time) *wirepb.Report {
	t.Helper()
	o := offices{seed: 1, bsss: 60, stations: 90, churn: 0.02}
	r := o.report(tap, at, rand.New(rand.NewPCG(uint64(tap), uint64(at.Unix()))))
	r.Header = &wirepb.Header{BootId: make([]byte, 16), Sequence: 1, WindowStartUs: at.UnixMicro(), WindowLengthMs: 10_000}
	return r
}

func mac(r *wirepb.Report, index uint32) [6]byte {
	if index == 0 {
		return [6]byte{}
	}
	return [6]byte(r.Dictionary.Macs[6*index-6 : 6*index])
}

// associations are the stations of a report and with whom they are.
func associations(r *wirepb.Report) map[[6]byte][6]byte {
	m := make(map[[6]byte][6]byte)
	for i, s := range r.Stations.Station {
		m[mac(r, s)] = mac(r, r.Stations.Bssid[i])
	}
	return m
}

func TestTapsOfASiteAgreeAndOthersHearOthers(t *testing.T) {
	at := time.Unix(1_790_000_000, 0)
	one, neighbour, far := associations(made(t, 0, at)), associations(made(t, 1, at)), associations(made(t, 4, at))
	if len(one) != 90 {
		t.Fatalf("%d stations", len(one))
	}
	both := 0
	for station, bssid := range one {
		if with, ok := neighbour[station]; ok {
			if both++; with != bssid {
				t.Errorf("station %x is with %x, and with %x by the neighbour", station, bssid, with)
			}
		}
		if _, ok := far[station]; ok {
			t.Errorf("station %x is at two sites", station)
		}
	}
	if both < 45 {
		t.Errorf("neighbours share %d stations of 90", both)
	}
}

func TestTwoPercentOfEntitiesAreNewInAnHour(t *testing.T) {
	at := time.Unix(1_790_000_000, 0)
	stayed, all := 0, 0
	for tap := 0; tap < 200; tap += tapsPerSite {
		before, after := associations(made(t, tap, at)), associations(made(t, tap, at.Add(time.Hour)))
		for station := range before {
			all++
			if _, ok := after[station]; ok {
				stayed++
			}
		}
	}
	if gone := float64(all-stayed) / float64(all); gone < 0.015 || gone > 0.025 {
		t.Errorf("%.1f %% of stations were replaced in an hour, want 2", 100*gone)
	}
}

func TestMadeReportsAreWhole(t *testing.T) {
	at := time.Unix(1_790_000_000, 0)
	press, err := newPress(offices{seed: 1, bsss: 60, stations: 90, churn: 0.02}, 10*time.Second, 3)
	if err != nil {
		t.Fatal(err)
	}
	var sh sheet
	rng := rand.New(rand.NewPCG(1, 2))
	var last *wirepb.Report
	for i := range uint64(7) {
		s := stamp{boot: [16]byte{9}, sequence: i + 1, start: at.Add(time.Duration(i) * 10 * time.Second), definitions: i == 0}
		body, err := press.print(5, s, &sh, rng)
		if err != nil {
			t.Fatal(err)
		}
		r, err := wire.Decode(body)
		if err != nil {
			t.Fatalf("report %d: %v", i+1, err)
		}
		h := r.Header
		if h.Sequence != i+1 || h.BootId[0] != 9 || h.WindowStartUs != s.start.UnixMicro() || h.WindowLengthMs != 10_000 {
			t.Errorf("report %d has header %v", i+1, h)
		}
		if len(r.Bss.Bssid) != 60 || len(r.Stations.Station) != 90 || (r.Definitions != nil) != (i == 0) {
			t.Errorf("report %d: %d BSSs, %d stations", i+1, len(r.Bss.Bssid), len(r.Stations.Station))
		}
		if i == 6 && proto.Equal(r.Bss, last.Bss) {
			t.Error("tables never change")
		}
		if i == 3 {
			last = r
		}
	}
}
