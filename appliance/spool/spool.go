package spool

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// DefaultBytes bounds a spool unless told otherwise: a day of a busy office, by
// far, and a quarter of a /perm of 1 GiB.
const DefaultBytes = 256 << 20

// MinBytes is the smallest bound of a spool: some segments, and a large report.
const MinBytes = 4 << 20

// Spool is a queue of reports on disk. Its methods may be used by several
// goroutines; Next and Ack by one, the sender.
type Spool struct {
	dir  string
	max  int64
	lock *os.File

	ready chan struct{} // there may be a report
	full  chan struct{} // 1 MiB waits for the disk

	syncing sync.Mutex // held while files are written to disk, before mu

	mu       sync.Mutex
	segments []*segment // oldest first; the last may be open for appending
	number   uint64     // of the newest segment ever
	head     []entry    // of segments[0], not acknowledged
	reader   *os.File   // segments[0]; nil: not loaded
	acked    ReportID   // last acknowledged
	unsaved  bool       // acked is not in the cursor file
	unsynced int64      // octets appended since the last sync
	newNames bool       // files were created since the last sync
	octets   int64      // of all segments
	dropped  uint64
	damaged  int64
	record   []byte // scratch
}

// Open opens the spool in dir, which it makes. maxBytes, at least MinBytes, bounds
// what it keeps there. Only one process may have it open.
func Open(dir string, maxBytes int64) (*Spool, error) {
	if maxBytes < MinBytes {
		return nil, fmt.Errorf("open spool: %d octets are fewer than %d", maxBytes, MinBytes)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	s := &Spool{dir: dir, max: maxBytes, lock: lock, ready: make(chan struct{}, 1), full: make(chan struct{}, 1)}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, fmt.Errorf("open spool %s: in use by another process: %w", dir, errors.Join(err, lock.Close()))
	}
	if err := s.recover(); err != nil {
		return nil, fmt.Errorf("open spool %s: %w", dir, errors.Join(err, lock.Close()))
	}
	return s, nil
}

// recover takes stock of the segments that are there. None is appended to again.
func (s *Spool) recover() error {
	numbers, err := listSegments(s.dir)
	if err != nil {
		return err
	}
	for _, number := range numbers {
		g := &segment{number: number, path: segmentPath(s.dir, number)}
		s.number = number
		b, size, err := readSegment(g.path)
		if err != nil {
			s.damaged += size // left alone: whoever looks after the disk may want it
			continue
		}
		entries, damaged := scan(b)
		s.damaged += damaged
		if len(entries) == 0 {
			if err := g.remove(); err != nil {
				return err
			}
			continue
		}
		g.size, g.reports = int64(len(b)), len(entries)
		s.segments = append(s.segments, g)
		s.octets += g.size
	}
	if len(s.segments) == 0 {
		return nil
	}
	s.wake(s.ready)
	if err := s.load(); err != nil {
		return err
	}
	s.acked = readCursor(s.dir)
	for i, e := range s.head {
		if e.id == s.acked {
			s.head = s.head[i+1:]
			s.segments[0].reports = len(s.head)
			break
		}
	}
	return nil
}

// readSegment reads a segment whole; size is that of the file also when it
// cannot be read, or is too large to be one of ours.
func readSegment(path string) (b []byte, size int64, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if info.Size() > maxSegment {
		return nil, info.Size(), fmt.Errorf("%s: %d octets are too many", path, info.Size())
	}
	b, err = os.ReadFile(path)
	return b, info.Size(), err
}

// load opens segments[0] for reading and finds its records.
func (s *Spool) load() error {
	g := s.segments[0]
	b, _, err := readSegment(g.path)
	if err != nil {
		return err
	}
	if s.reader, err = os.Open(g.path); err != nil {
		return err
	}
	s.head, _ = scan(b)
	if lost := g.reports - len(s.head); lost > 0 {
		s.dropped += uint64(lost)
	}
	g.reports = len(s.head)
	return nil
}

// Next returns the oldest report that is not acknowledged, and io.EOF when there
// is none. It returns the same until Ack, unless the spool had to drop it.
func (s *Spool) Next() (Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.segments) > 0 {
		if s.reader == nil {
			switch err := s.load(); {
			case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.EIO):
				s.giveUp()
				continue
			case err != nil:
				return Record{}, fmt.Errorf("spool: %w", err)
			}
		}
		if len(s.head) == 0 {
			if s.segments[0].file != nil && s.segments[0].size == 0 {
				break
			}
			if err := s.clear(); err != nil {
				return Record{}, fmt.Errorf("spool: %w", err)
			}
			continue
		}
		e := s.head[0]
		b := make([]byte, e.end-e.start)
		if _, err := s.reader.ReadAt(b, e.start); err == nil {
			if r, size := parseRecord(b); size > 0 {
				return r, nil
			}
		}
		s.damaged += e.end - e.start // the disk lost it since it was written
		s.dropped++
		s.pop()
	}
	return Record{}, io.EOF
}

// Ack removes the report, which a node has stored or refused for good. It does
// nothing when the spool dropped the report meanwhile.
func (s *Spool) Ack(id ReportID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.head) == 0 || s.head[0].id != id {
		return nil
	}
	s.pop()
	s.acked, s.unsaved = id, true
	if len(s.head) == 0 {
		if err := s.clear(); err != nil {
			return fmt.Errorf("spool: %w", err)
		}
	}
	return nil
}

func (s *Spool) pop() {
	s.head = s.head[1:]
	s.segments[0].reports--
}

// clear removes the oldest segment, all of which is acknowledged. That which is
// appended to is emptied instead, in the hope that its octets never reached the disk.
func (s *Spool) clear() error {
	g := s.segments[0]
	if g.file != nil && len(s.segments) == 1 {
		if err := g.file.Truncate(0); err != nil {
			return err
		}
		s.octets -= g.size
		g.size, s.head, s.unsynced, g.dirty = 0, nil, 0, false
		return nil
	}
	return s.remove()
}

// remove deletes the oldest segment.
func (s *Spool) remove() error {
	g := s.segments[0]
	s.segments[0] = nil
	s.segments = s.segments[1:]
	s.octets -= g.size
	s.head = nil
	err := g.remove()
	if s.reader != nil {
		err = errors.Join(err, s.reader.Close())
		s.reader = nil
	}
	return err
}

// giveUp counts and removes the oldest segment because it cannot be kept.
func (s *Spool) giveUp() {
	s.dropped += uint64(s.segments[0].reports)
	_ = s.remove() // it is out of the list; on disk, the next start tries again
}

// Ready receives when there may be a report: after Append, and after Open with
// reports left from before.
func (s *Spool) Ready() <-chan struct{} { return s.ready }

func (s *Spool) wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // one is enough
	}
}

// Len returns how many reports are not acknowledged.
func (s *Spool) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, g := range s.segments {
		n += g.reports
	}
	return n
}

// Bytes returns how many octets the spool takes on disk.
func (s *Spool) Bytes() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.octets
}

// Dropped returns how many reports were given up since Open, because of the
// bound, a full disk or a disk that lost them.
func (s *Spool) Dropped() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dropped
}

// Damaged returns how many octets were found on disk that belong to no report,
// as after a power cut.
func (s *Spool) Damaged() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.damaged
}
