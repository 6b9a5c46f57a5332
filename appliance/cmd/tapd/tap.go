package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"picket/appliance/aggregate"
	"picket/appliance/config"
	"picket/appliance/desired"
	"picket/appliance/health"
	"picket/appliance/identity"
	"picket/appliance/pipeline"
	"picket/appliance/report"
	"picket/appliance/spool"
	wanted "picket/shared/desired"
	"picket/shared/task"
	"picket/shared/wire"
	"picket/shared/wire/wirepb"
)

const (
	defaultWindow = 10 * time.Second
	lastAttempt   = 3 * time.Second // to deliver, when the process ends
)

// tap is what a running process consists of.
type tap struct {
	log         *slog.Logger
	spool       *spool.Spool
	sender      *report.Sender
	definitions *aggregate.Definitions
	health      *health.Reader
	pipeline    pipeline.Config
	tell        telling
	desired     *desired.Follower // nil: a recording obeys nobody
	renewal     *identity.Renewal
	live        *pipeline.Live
	enrolled    time.Duration // length of windows as the cluster said at enrolment
	radios      *radios       // nil: none are to be used
	lost        uint64        // reports that could not even be spooled
}

func newTap(cfg config.Config, id *identity.Identity, inputs []pipeline.Input, ring int, demonstration bool, log *slog.Logger) (*tap, error) {
	s, err := spool.Open(filepath.Join(cfg.State, "spool"), cfg.Spool)
	if err != nil {
		return nil, err
	}
	t := &tap{log: log, spool: s, definitions: aggregate.NewDefinitions(), health: health.NewReader()}
	t.enrolled = id.Window
	t.pipeline = pipeline.Config{
		Window: id.Window, Version: version, Demonstration: demonstration,
		Definitions: t.definitions, Health: t.describe, Emit: t.emit,
	}
	if cfg.Window != 0 {
		t.pipeline.Window = cfg.Window
	}
	_, _ = rand.Read(t.pipeline.Boot[:]) // never fails: crypto/rand ends the process instead
	deliver := report.Config{
		Queue: s, URLs: nodeURLs(cfg, id), Client: report.NewClient(id.TLSConfig()), Signer: id.Signer(), Log: log, Want: t.want,
	}
	if !demonstration {
		t.desired = desired.New(desired.Config{
			Dir: cfg.State, URLs: deliver.URLs, Client: deliver.Client, Identity: id, Log: log,
			Changed: func(d wanted.Document) { t.obey(cfg, d, true) },
		})
		deliver.Desired = t.desired.Newer
		if d, ok := t.desired.Current(); ok && d.WindowMS != 0 && cfg.Window == 0 {
			t.pipeline.Window = time.Duration(d.WindowMS) * time.Millisecond
		}
	}
	t.sender = report.New(deliver)
	t.renewal = &identity.Renewal{Identity: id, URLs: deliver.URLs, Client: deliver.Client, Log: log}
	t.live = pipeline.NewLive(t.pipeline, inputs, log)
	if len(cfg.Radios) > 0 {
		t.radios = newRadios(cfg, t.live, ring, &t.tell, log)
	}
	if t.desired != nil {
		if d, ok := t.desired.Current(); ok {
			t.obey(cfg, d, false)
		}
	}
	return t, nil
}

// obey does what the centre wants; news says that it has just said so.
func (t *tap) obey(cfg config.Config, d wanted.Document, news bool) {
	if news {
		t.tell.happened(time.Now(), wirepb.Event_KIND_DESIRED_CHANGED, "", followed(cfg, d))
		length := time.Duration(d.WindowMS) * time.Millisecond
		if length == 0 {
			length = t.enrolled // the centre no longer says
		}
		if cfg.Window == 0 {
			t.live.SetWindow(length)
		}
	}
	if t.radios != nil {
		t.radios.obey(d.Radio, cfg.Country)
	}
}

// followed is the sentence for people about what of the centre's wishes is followed.
func followed(cfg config.Config, d wanted.Document) string {
	text := fmt.Sprintf("Follows revision %d of what the centre wants", d.Revision)
	var but []string
	if cfg.Window != 0 && d.WindowMS != 0 {
		but = append(but, fmt.Sprintf("windows stay %v, as -window says", cfg.Window))
	}
	if len(cfg.Radios) == 0 {
		but = append(but, "no radio is used, as -radio says")
	}
	if len(d.Unknown) > 0 {
		but = append(but, "this version does not know "+strings.Join(d.Unknown, ", "))
	}
	if len(but) > 0 {
		text += "; but " + strings.Join(but, ", and ")
	}
	return text + "."
}

// run captures and delivers until a signal, and then ends in order.
func (t *tap) run(ctx context.Context, sources int) error {
	if left := t.spool.Len(); left > 0 || t.spool.Damaged() > 0 {
		t.log.Info("reports from before are still to be sent", "reports", left, "damaged_octets", t.spool.Damaged())
	}
	t.log.Info("capturing", "version", version, "sources", sources, "window", t.pipeline.Window.String())
	tasks := []task.Task{task.Signals(), t.live, t.spool.Task(t.log), t.sender, t.renewal}
	if t.desired != nil {
		tasks = append(tasks, t.desired)
	}
	if t.radios != nil {
		tasks = append(tasks, t.radios.tasks()...)
	}
	err := task.Run(ctx, t.log, tasks...)

	// The last window is in the spool by now.
	syncErr := t.spool.Sync()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastAttempt)
	defer cancel()
	if err := t.sender.Flush(last); err != nil {
		t.log.Info("reports wait for the next start", "reports", t.spool.Len(), "err", err)
	}
	if t.radios != nil {
		err = errors.Join(err, t.radios.tuner.close())
	}
	return errors.Join(err, syncErr, t.spool.Close())
}

// describe fills in how box and spool are.
func (t *tap) describe(h *wirepb.Health) {
	t.health.Fill(h)
	h.SpoolReports = uint32(t.spool.Len())
	h.SpoolBytes = uint64(t.spool.Bytes())
}

// emit spools a report. What cannot be spooled is lost and counted, because a
// tap that stops for a full disk hears nothing at all.
func (t *tap) emit(r *wirepb.Report) error {
	r.Header.ReportsDropped = t.spool.Dropped() + t.sender.Refused() + t.lost
	if t.desired != nil {
		d, _ := t.desired.Current()
		r.Header.DesiredRevision = d.Revision
	}
	t.tell.fill(r)
	id := spool.ReportID{Boot: t.pipeline.Boot, Sequence: r.Header.Sequence}
	body, err := wire.Encode(r)
	if err != nil {
		t.lost++
		t.log.Error("report lost: it cannot be encoded", "sequence", id.Sequence, "err", err)
		return nil
	}
	if err := t.spool.Append(id, body); err != nil {
		t.log.Error("report lost: it cannot be spooled", "sequence", id.Sequence, "err", fmt.Errorf("%d octets: %w", len(body), err))
	}
	return nil
}

// want sends definitions again that a node lacks. It may ask for those of a boot
// that is over: they are gone.
func (t *tap) want(boot [16]byte, elements, fingerprints []uint32) {
	if boot == t.pipeline.Boot {
		t.definitions.Want(elements, fingerprints)
	}
}
