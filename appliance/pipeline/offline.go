package pipeline

import (
	"errors"
	"io"

	"picket/appliance/aggregate"
	"picket/appliance/capture"
	"picket/shared/wire/wirepb"
)

// Offline summarises captures one after another. Make it with NewOffline.
type Offline struct {
	assemble assembler
	shard    *aggregate.Shard
	linkType uint16
	end      int64 // of the current window, ns since 1970
	last     int64 // time of the latest frame in it
	Frames   uint64
}

// NewOffline returns a run without frames so far.
func NewOffline(cfg Config) *Offline {
	o := &Offline{assemble: assembler{Config: cfg}, shard: aggregate.NewShard(cfg.Definitions, "")}
	o.shard.Window = aggregate.NewWindow()
	return o
}

// Run reads src to its end and emits a report for each window that has frames.
// shift, in ns, is added to every frame's time. The error is Emit's or the
// source's; frames before a damaged one count, and are emitted.
func (o *Offline) Run(src capture.Source, shift int64) error {
	var p capture.Packet
	for {
		err := src.Next(&p)
		if err != nil {
			o.shard.Window.Deaf(o.last) // nobody listened for longer
			emitErr := o.flush(src.Name())
			if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				err = nil
			}
			return errors.Join(err, emitErr)
		}
		t := max(p.Time+shift, 0)
		// Captures are not always in order; what comes late counts where it comes.
		if t >= o.end || o.shard.Window.Frames == 0 {
			if err := o.flush(src.Name()); err != nil {
				return err
			}
			o.begin(t)
		}
		o.Frames++
		o.last = max(o.last, t)
		o.linkType = uint16(p.LinkType)
		o.shard.Add(uint16(p.LinkType), t, p.Length, p.Data)
	}
}

func (o *Offline) begin(t int64) {
	start := align(t, o.assemble.Window)
	o.end, o.last = start+int64(o.assemble.Window), t
	o.shard.Window.Reset(start, o.assemble.Window)
	o.shard.Window.ListenFrom(t)
}

// flush emits the current window, if anything was in it.
func (o *Offline) flush(name string) error {
	w := o.shard.Window
	if w.Frames == 0 {
		return nil
	}
	w.Close(o.end)
	start, length := w.Start, w.Length
	states := []*wirepb.Capture{state(name, wirepb.Capture_KIND_FILE, o.linkType, w, 0, "")}
	err := o.assemble.emit([]*aggregate.Window{w}, []uint32{1}, states, start, length)
	w.Reset(o.end, o.assemble.Window)
	return err
}
