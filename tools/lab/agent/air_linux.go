package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"picket/shared/wlan"
	"picket/tools/lab/air"
	"picket/tools/lab/air/medium"
	"picket/tools/lab/protocol"
)

// onAir is what the agent itself sends, and the medium.
type onAir struct {
	network *network
	radios  *radios
	log     *slog.Logger

	mu     sync.Mutex
	medium *medium.Medium // nil: the kernel's
	stop   context.CancelFunc
	done   chan struct{}
	err    error // why it ended by itself
}

func newOnAir(n *network, r *radios, log *slog.Logger) *onAir {
	return &onAir{network: n, radios: r, log: log}
}

func (o *onAir) register(s *server) {
	s.verbs[protocol.DoMedium] = handle(o.start)
	s.verbs[protocol.DoMediumSet] = handle(o.setLinks)
	s.verbs[protocol.DoMediumStats] = handle(o.stats)
	s.verbs[protocol.DoMediumStop] = handle(o.end)
	s.verbs[protocol.DoForge] = handle(o.forge)
}

func (o *onAir) start(ctx context.Context, a protocol.Medium) (protocol.None, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.medium != nil {
		return protocol.None{}, coded(protocol.Exists, "the medium is at work")
	}
	c := medium.Config{Seed: a.Seed, Min: a.MinDBm, Max: a.MaxDBm, Floor: a.FloorDBm, Jitter: a.JitterDB, Loss: a.Loss}
	if c.Min == 0 && c.Max == 0 {
		c.Min, c.Max = -75, -35
	}
	if c.Floor == 0 {
		c.Floor = -95
	}
	if c.Min > c.Max || c.Jitter < 0 || c.Loss < 0 || c.Loss > 1 {
		return protocol.None{}, coded(protocol.BadAsk, "signals from %v to %v, ± %d dB, loss %v", c.Min, c.Max, c.Jitter, c.Loss)
	}
	all, err := o.radios.all(ctx)
	if err != nil {
		return protocol.None{}, err
	}
	m, err := medium.Open(c)
	if err != nil {
		return protocol.None{}, err
	}
	for _, w := range all {
		var addresses []wlan.MAC
		for _, i := range w.interfaces {
			addresses = append(addresses, i.MAC)
		}
		err = errors.Join(err, m.AddRadio(w.Name, w.MAC, addresses...))
	}
	m.SetLinks(mediumLinks(a.Links))
	for _, ack := range a.AckFor {
		addresses, failed := parseMACs(ack.Addresses)
		if failed == nil {
			failed = m.AnswerFor(ack.Radio, addresses...)
		}
		err = errors.Join(err, failed)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	if err != nil {
		stop() // Run gives the air back at once
		return protocol.None{}, errors.Join(coded(protocol.BadAsk, "%w", err), m.Run(running))
	}
	done := make(chan struct{})
	o.medium, o.stop, o.done, o.err = m, stop, done, nil
	o.radios.onChange(func(name string, address wlan.MAC, gone bool) {
		if gone {
			m.RemoveRadio(name)
		} else if err := m.AddRadio(name, address); err != nil {
			o.log.Warn("radio without medium", "radio", name, "err", err)
		}
	})
	go func() {
		defer close(done)
		err := m.Run(running)
		if err == nil {
			return
		}
		o.log.Error("medium ended", "err", err)
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.medium == m {
			o.err = err
		}
	}()
	return protocol.None{}, nil
}

func mediumLinks(links []protocol.MediumLink) []medium.Link {
	var all []medium.Link
	for _, l := range links {
		all = append(all, medium.Link{From: l.From, To: l.To, Signal: l.SignalDBm, Loss: l.Loss})
	}
	return all
}

func parseMACs(texts []string) ([]wlan.MAC, error) {
	var all []wlan.MAC
	for _, text := range texts {
		m, err := wlan.ParseMAC(text)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// at returns the medium that is at work.
func (o *onAir) at() (*medium.Medium, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.medium == nil {
		return nil, coded(protocol.Absent, "the kernel's own medium is at work")
	}
	return o.medium, o.err
}

func (o *onAir) setLinks(_ context.Context, a protocol.MediumLinks) (protocol.None, error) {
	m, err := o.at()
	if err == nil {
		m.SetLinks(mediumLinks(a.Links))
	}
	return protocol.None{}, err
}

func (o *onAir) stats(context.Context, protocol.None) (protocol.MediumStats, error) {
	m, err := o.at()
	if err != nil {
		return protocol.MediumStats{}, err
	}
	return told(m.Stats()), nil
}

func told(s medium.Stats) protocol.MediumStats {
	return protocol.MediumStats{
		Frames: s.Frames, Delivered: s.Delivered, Unheard: s.Unheard, Lost: s.Lost, Acked: s.Acked,
		Refused: s.Refused, Overruns: s.Overruns, BusyMS: s.Busy.Milliseconds(),
	}
}

func (o *onAir) end(context.Context, protocol.None) (protocol.MediumStats, error) {
	m, err := o.at()
	if m == nil {
		return protocol.MediumStats{}, err
	}
	stats := m.Stats()
	o.reset()
	return told(stats), err
}

// reset gives the air back to the kernel.
func (o *onAir) reset() {
	o.mu.Lock()
	stop, done := o.stop, o.done
	o.medium, o.stop, o.done, o.err = nil, nil, nil, nil
	o.mu.Unlock()
	if stop != nil {
		o.radios.onChange(nil)
		stop()
		<-done
	}
}

// spec is a Forge with its addresses read.
type spec struct {
	protocol.Forge
	bssid   wlan.BSSID
	station wlan.MAC
	mld     wlan.MAC
}

func parseForge(a protocol.Forge) (spec, error) {
	s := spec{Forge: a}
	for _, field := range []struct {
		text string
		into *wlan.MAC
	}{{a.BSSID, &s.bssid}, {a.Station, &s.station}, {a.MLD, &s.mld}} {
		if field.text == "" {
			continue
		}
		m, err := wlan.ParseMAC(field.text)
		if err != nil {
			return s, coded(protocol.BadAsk, "%w", err)
		}
		*field.into = m
	}
	return s, nil
}

func (o *onAir) forge(ctx context.Context, a protocol.Forge) (protocol.Forged, error) {
	s, err := parseForge(a)
	if err != nil {
		return protocol.Forged{}, err
	}
	var socket *air.Socket
	err = o.network.inside(ctx, a.Namespace, func() (err error) {
		if isFlood(a.Kind) {
			socket, err = air.OpenSender(a.Interface)
		} else {
			socket, err = air.Open(a.Interface)
		}
		return err
	})
	if err != nil {
		return protocol.Forged{}, err
	}
	defer socket.Close()
	return s.run(ctx, socket)
}

// isFlood reports whether a kind only sends.
func isFlood(kind string) bool { return kind == "beacons" || kind == "probes" || kind == "deauths" }

// run does what the kind asks for.
func (s spec) run(ctx context.Context, socket *air.Socket) (protocol.Forged, error) {
	span := time.Duration(s.DurationMS) * time.Millisecond
	var (
		sent  air.Sent
		err   error
		extra protocol.Forged
	)
	flood := air.Flood{
		Frequency: s.FrequencyMHz, Count: s.Count, Span: span, Rate: s.Rate, Seed: s.Seed, Distinct: s.Distinct,
		BSSID: s.bssid, Station: s.station, Reason: s.Reason, SSID: s.SSID,
	}
	switch s.Kind {
	case "csa":
		sent, err = air.CSA(ctx, socket, s.bssid, s.ToMHz, s.Count)
	case "m3":
		sent, err = air.ReplayM3(ctx, socket, s.bssid, s.station, s.Count)
	case "pmkid":
		sent, err = air.PMKID(ctx, socket, s.bssid, s.station, s.Seed, s.Count)
	case "karma":
		var lure air.Lure
		lure, err = air.Karma(ctx, socket, s.bssid, s.FrequencyMHz, span)
		sent, extra.Notes = lure.Sent, lure.Names
		for _, m := range lure.Associated {
			extra.Associated = append(extra.Associated, m.String())
		}
	case "eht":
		var beacon air.Beacon
		if beacon, err = s.beacon(); err == nil {
			sent, err = air.Beacons(ctx, socket, beacon, span)
		}
	case "beacons":
		flood.Kind = air.BeaconFlood
		sent, err = flood.Run(ctx, socket)
	case "probes":
		flood.Kind = air.ProbeFlood
		sent, err = flood.Run(ctx, socket)
	case "deauths":
		flood.Kind = air.DeauthFlood
		sent, err = flood.Run(ctx, socket)
	default:
		err = coded(protocol.BadAsk, "%q is nothing that can be forged here", s.Kind)
	}
	extra.Frames, extra.Refused = sent.Frames, sent.Refused
	if sent.Frames > 0 {
		extra.FirstMS, extra.LastMS = sent.First.UnixMilli(), sent.Last.UnixMilli()
		extra.MS = sent.Last.Sub(sent.First).Milliseconds()
	}
	if err != nil {
		err = fmt.Errorf("%s: %w; %d frames were sent", s.Kind, err, sent.Frames)
	}
	return extra, err
}

// beacon is that of a Wi-Fi 7 AP.
func (s spec) beacon() (air.Beacon, error) {
	b := air.Beacon{
		BSSID: s.bssid, SSID: s.SSID, Frequency: s.FrequencyMHz, Secure: true,
		EHT: &air.EHTInfo{Width: s.WidthMHz, MLD: s.mld, Link: s.LinkID},
	}
	for _, l := range s.Links {
		m, err := wlan.ParseMAC(l.BSSID)
		if err != nil {
			return b, coded(protocol.BadAsk, "%w", err)
		}
		b.EHT.Links = append(b.EHT.Links, air.Link{ID: l.ID, BSSID: m, Frequency: l.FrequencyMHz})
	}
	return b, nil
}
