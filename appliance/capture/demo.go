package capture

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"
)

const (
	// maxPause is the longest silence of a recording that a replay keeps: some
	// files span days.
	maxPause = 10 * time.Second

	// maxLag is how far a replay may fall behind, as on a machine that slept,
	// before it goes on from now instead of catching up.
	maxLag = 10 * time.Second
)

// Demo replays capture files in a loop as if they were live: packets come at the
// pace at which they were recorded, and their times are now. It never ends.
//
// Each pass takes whole seconds, counted from the second in which the recording
// starts, so that recordings of one place and time, each replayed by its own
// Demo, stay together. Silence beyond 10 s is cut to that.
type Demo struct {
	name  string
	paths []string
	next  int   // file to open when the current one ends
	file  *File // nil between files
	empty int   // files in a row that gave no packet

	once bool

	start  time.Time     // of the replay
	base   time.Duration // from start to the begin of the current file's first second
	origin int64         // that second in the file's own time, ns since 1970
	due    time.Duration // from start, of the last packet read
	packet Packet        // read, and not yet due
	held   bool
	err    error // sticky
}

// OpenDemo returns an endless source of the packets of the files, one file after
// another. The first must be readable; later ones are opened when they are due.
func OpenDemo(paths ...string) (*Demo, error) {
	if len(paths) == 0 {
		return nil, errors.New("replay: no file")
	}
	d := &Demo{name: filepath.Base(paths[0]), paths: paths, start: time.Now()}
	if err := d.read(); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// OpenRecording is OpenDemo of one file, which is replayed once: io.EOF follows
// its last packet.
func OpenRecording(path string) (*Demo, error) {
	d, err := OpenDemo(path)
	if err == nil {
		d.once = true
	}
	return d, err
}

// Next returns the next packet when it is due, or ErrIdle after 100 ms. It sleeps
// in between.
func (d *Demo) Next(p *Packet) error {
	if d.err != nil {
		return d.err
	}
	if !d.held {
		if d.err = d.read(); d.err != nil {
			return d.err
		}
	}
	now := time.Now()
	lag := now.Sub(d.start) - d.due
	if lag < 0 {
		time.Sleep(min(-lag, idleTimeout))
		if -lag > idleTimeout {
			return ErrIdle
		}
		now = time.Now()
		lag = now.Sub(d.start) - d.due
	}
	if lag > maxLag {
		d.start = d.start.Add(lag)
		lag = 0
	}
	*p = d.packet
	p.Time = now.Add(-lag).UnixNano()
	d.held = false
	return nil
}

// read reads the next packet of the loop, and sets when it is due.
func (d *Demo) read() error {
	for {
		first := d.file == nil
		if first {
			if d.empty == len(d.paths) {
				return fmt.Errorf("replay %s: no packet in %d files", d.name, d.empty)
			}
			var err error
			if d.file, err = OpenFile(d.paths[d.next]); err != nil {
				return fmt.Errorf("replay: %w", err)
			}
			d.next = (d.next + 1) % len(d.paths)
			d.empty++
		}
		err := d.file.Next(&d.packet)
		if err == nil {
			d.empty = 0
			d.schedule(first)
			d.held = true
			return nil
		}
		if err := d.endFile(err); err != nil {
			return err
		}
	}
}

// schedule moves the packet from the file's time to ours.
func (d *Demo) schedule(first bool) {
	if first {
		d.origin = d.packet.Time - d.packet.Time%int64(time.Second)
		d.due = d.base
	}
	due := d.base + time.Duration(d.packet.Time-d.origin)
	if pause := due - d.due; pause > maxPause {
		d.origin += int64(pause - maxPause)
		due = d.due + maxPause
	}
	d.due = max(d.due, due) // time that runs backwards stands still
}

// endFile closes the file that ended with err: a cut one may be replayed as well.
func (d *Demo) endFile(err error) error {
	if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("replay: %w", err)
	}
	if err := d.file.Close(); err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	d.file = nil
	if d.once {
		return io.EOF
	}
	passed := d.due - d.base
	d.base += (passed + time.Second).Truncate(time.Second)
	d.due = d.base
	return nil
}

// LinkType is that of the packet to come.
func (d *Demo) LinkType() LinkType { return d.packet.LinkType }

// Stats is always zero.
func (d *Demo) Stats() (Stats, error) { return Stats{}, nil }

// Name is the last element of the first path.
func (d *Demo) Name() string { return d.name }

// Close ends the replay.
func (d *Demo) Close() error {
	if d.err == nil {
		d.err = fmt.Errorf("replay %s: closed", d.name)
	}
	if d.file == nil {
		return nil
	}
	err := d.file.Close()
	d.file = nil
	return err
}
