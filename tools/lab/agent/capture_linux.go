package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"picket/appliance/capture"
	"picket/tools/lab/protocol"
)

const (
	defaultCapture = 256 << 20 // octets of a file
	ringOctets     = 16 << 20  // a second of the busiest air that the guest can make
	statsEvery     = time.Second
)

// A recording writes what an interface hears into a pcap file.
type recording struct {
	stop context.CancelFunc
	done chan struct{}

	mu     sync.Mutex
	counts protocol.Captured
}

// captures are those at work, by name.
type captures struct {
	log *slog.Logger

	mu     sync.Mutex
	byName map[string]*recording
}

func newCaptures(log *slog.Logger) *captures {
	return &captures{log: log, byName: make(map[string]*recording)}
}

func (c *captures) register(s *server) {
	s.verbs[protocol.DoCapture] = handle(c.start)
	s.verbs[protocol.DoCaptureStop] = handle(c.stop)
	s.verbs[protocol.DoCaptures] = handle(c.counts)
}

func (c *captures) start(ctx context.Context, a protocol.Capture) (protocol.None, error) {
	if a.Name == "" {
		return protocol.None{}, coded(protocol.BadAsk, "a capture needs a name")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byName[a.Name] != nil {
		return protocol.None{}, coded(protocol.Exists, "there is a capture %s", a.Name)
	}
	var ring *capture.Ring
	err := (&network{}).inside(ctx, a.Namespace, func() (err error) {
		ring, err = capture.OpenInterface(a.Interface, capture.LiveOptions{RingOctets: ringOctets, SnapLength: a.SnapLen})
		return err
	})
	if err != nil {
		return protocol.None{}, err
	}
	file, err := create(a.Path)
	if err != nil {
		ring.Close()
		return protocol.None{}, err
	}
	limit := a.MaxBytes
	if limit <= 0 {
		limit = defaultCapture
	}
	// The capture outlives the request that began it.
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	r := &recording{stop: stop, done: make(chan struct{})}
	c.byName[a.Name] = r
	go func() {
		defer close(r.done)
		err := errors.Join(r.run(running, ring, file, limit), file.Close(), ring.Close())
		if err != nil {
			c.log.Warn("capture ended", "capture", a.Name, "err", err)
			r.mu.Lock()
			r.counts.Error = err.Error()
			r.mu.Unlock()
		}
	}()
	return protocol.None{}, nil
}

// run writes until ctx is done, and then what the ring still holds.
func (r *recording) run(ctx context.Context, ring *capture.Ring, file *os.File, limit int64) error {
	out := bufio.NewWriterSize(file, 1<<20)
	if _, err := out.Write(pcapHeader(ring.LinkType())); err != nil {
		return err
	}
	var (
		counts = protocol.Captured{Bytes: pcapHeaderLen}
		p      capture.Packet
		header [pcapRecordLen]byte
		looked time.Time
	)
	publish := func() error {
		stats, err := ring.Stats()
		counts.Dropped += stats.Drops
		r.mu.Lock()
		r.counts = counts
		r.mu.Unlock()
		return err
	}
	var stopped int64 // what comes later is not wanted, however busy the air
	for idle := 0; ; {
		err := ring.Next(&p)
		if stopped == 0 && ctx.Err() != nil {
			stopped = time.Now().UnixNano()
		}
		switch {
		case err == nil && stopped != 0 && p.Time > stopped:
			return errors.Join(publish(), out.Flush())
		case errors.Is(err, capture.ErrIdle):
			idle++
			// Twice: a block that is not full comes up to 50 ms late.
			if stopped != 0 && idle >= 2 {
				return errors.Join(publish(), out.Flush())
			}
		case err != nil:
			return errors.Join(err, publish(), out.Flush())
		default:
			idle = 0
			size := int64(pcapRecordLen + len(p.Data))
			if counts.Bytes+size > limit {
				counts.Skipped++
				break
			}
			binary.LittleEndian.PutUint32(header[0:], uint32(p.Time/1e9))
			binary.LittleEndian.PutUint32(header[4:], uint32(p.Time%1e9/1e3))
			binary.LittleEndian.PutUint32(header[8:], uint32(len(p.Data)))
			binary.LittleEndian.PutUint32(header[12:], uint32(p.Length))
			if _, err := out.Write(header[:]); err != nil {
				return err
			}
			if _, err := out.Write(p.Data); err != nil {
				return err
			}
			counts.Frames++
			counts.Bytes += size
			counts.LastMS = p.Time / 1e6
			if counts.FirstMS == 0 {
				counts.FirstMS = counts.LastMS
			}
		}
		if now := time.Now(); now.Sub(looked) >= statsEvery || idle > 0 {
			looked = now
			if err := publish(); err != nil {
				return err
			}
		}
	}
}

const (
	pcapHeaderLen = 24
	pcapRecordLen = 16
)

// pcapHeader is that of a classic capture file with microseconds
// (draft-ietf-opsawg-pcap, section 4).
func pcapHeader(l capture.LinkType) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = binary.LittleEndian.AppendUint32(b, capture.MaxPacket)
	return binary.LittleEndian.AppendUint32(b, uint32(l))
}

func (c *captures) find(name string) (*recording, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r := c.byName[name]; r != nil {
		return r, nil
	}
	return nil, coded(protocol.Absent, "there is no capture %s", name)
}

func (r *recording) sofar() protocol.Captured {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counts
}

func (c *captures) counts(_ context.Context, a protocol.Named) (protocol.Captured, error) {
	r, err := c.find(a.Name)
	if err != nil {
		return protocol.Captured{}, err
	}
	return r.sofar(), nil
}

func (c *captures) stop(ctx context.Context, a protocol.Named) (protocol.Captured, error) {
	r, err := c.find(a.Name)
	if err != nil {
		return protocol.Captured{}, err
	}
	r.stop()
	select {
	case <-r.done:
	case <-ctx.Done():
		return protocol.Captured{}, fmt.Errorf("capture %s: %w", a.Name, ctx.Err())
	}
	c.mu.Lock()
	delete(c.byName, a.Name)
	c.mu.Unlock()
	return r.sofar(), nil
}

// reset ends all captures.
func (c *captures) reset() []string {
	c.mu.Lock()
	var names []string
	for name := range c.byName {
		names = append(names, name)
	}
	c.mu.Unlock()
	slices.Sort(names)
	for _, name := range names {
		_, _ = c.stop(context.Background(), protocol.Named{Name: name})
	}
	return names
}
