package spool

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"

	"picket/shared/task"
)

const (
	syncInterval = 60 * time.Second // at most this old is what a power cut takes
	syncOctets   = 1 << 20          // or this much, if it is sooner
)

// Append adds a report. It is safe from a crash of the process when Append
// returns, and from a power cut after the next sync. To make room, Append drops
// the oldest reports; an error means that this one is lost.
func (s *Spool) Append(id ReportID, body []byte) error {
	if len(body) > maxBody {
		return fmt.Errorf("spool: report of %d octets, at most %d", len(body), maxBody)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.record = appendRecord(s.record[:0], id, body)
	size := int64(len(s.record))
	for s.octets > 0 && s.octets+size > s.max {
		s.giveUp()
	}
	err := s.write(s.record)
	for isFull(err) && s.octets > 0 {
		s.giveUp()
		err = s.write(s.record)
	}
	if err != nil {
		s.dropped++
		return fmt.Errorf("spool: append report: %w", err)
	}
	if cap(s.record) > 256<<10 {
		s.record = nil // one large report need not hold memory for ever
	}
	s.wake(s.ready)
	if s.unsynced >= syncOctets {
		s.wake(s.full)
	}
	return nil
}

// write appends to the newest segment, or to a new one.
func (s *Spool) write(record []byte) error {
	g := s.open()
	if g == nil || g.size > 0 && g.size+int64(len(record)) > segmentOctets {
		next, err := createSegment(s.dir, s.number+1)
		if err != nil {
			return err
		}
		s.number++
		s.segments = append(s.segments, next)
		s.newNames = true
		g = next
	}
	at := g.size
	if err := g.append(record); err != nil {
		return err
	}
	size := int64(len(record))
	s.octets += size
	s.unsynced += size
	if s.segments[0] == g && s.reader != nil {
		r, _ := parseRecord(record)
		s.head = append(s.head, entry{r.ID, at, g.size})
	}
	return nil
}

// open returns the segment to append to, or nil.
func (s *Spool) open() *segment {
	if len(s.segments) == 0 {
		return nil
	}
	if g := s.segments[len(s.segments)-1]; g.file != nil {
		return g
	}
	return nil
}

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// Sync waits until everything appended before is on disk.
func (s *Spool) Sync() error {
	s.syncing.Lock()
	defer s.syncing.Unlock()

	s.mu.Lock()
	var dirty []*segment
	for _, g := range s.segments {
		if g.dirty && g.size > 0 {
			g.dirty = false
			dirty = append(dirty, g)
		}
	}
	names := s.newNames && len(dirty) > 0
	if names {
		s.newNames = false
	}
	s.unsynced = 0
	cursor, save := s.acked, s.unsaved && len(s.head) > 0
	s.unsaved = s.unsaved && !save
	s.mu.Unlock()

	var errs []error // reading and appending go on meanwhile
	for _, g := range dirty {
		if err := g.sync(&s.mu); err != nil {
			errs = append(errs, err)
		}
	}
	if names {
		errs = append(errs, syncDir(s.dir))
	}
	if save {
		errs = append(errs, writeCursor(s.dir, cursor))
	}
	s.closeWhole()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("spool: sync: %w", err)
	}
	return nil
}

// sync writes a segment to disk, without holding mu while it waits.
func (g *segment) sync(mu sync.Locker) error {
	mu.Lock()
	file := g.file
	mu.Unlock()
	if file == nil {
		return nil // removed meanwhile
	}
	err := file.Sync()
	mu.Lock()
	defer mu.Unlock()
	if err == nil || g.gone {
		return nil
	}
	g.dirty = true
	return err
}

// closeWhole closes the segments that are on disk and will not grow.
func (s *Spool) closeWhole() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, g := range s.segments {
		if g.file != nil && !g.dirty && i < len(s.segments)-1 {
			_ = g.file.Close() // synced: nothing left to fail
			g.file = nil
		}
	}
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Task returns the task that writes appended reports to disk, every 60 s and when
// 1 MiB waits. An error of the disk does not end it, it is logged: a tap that
// cannot write can still send.
func (s *Spool) Task(log *slog.Logger) task.Task {
	return task.Func("spool", func(ctx context.Context) error {
		ticker := time.NewTicker(syncInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
			case <-s.full:
			}
			if err := s.Sync(); err != nil {
				log.Error("reports are not safe from a power cut", "err", err)
			}
		}
	})
}

// Close writes everything to disk and closes the spool. No other method may be
// called after it.
func (s *Spool) Close() error {
	errs := []error{s.Sync()}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.segments {
		if g.file != nil {
			errs = append(errs, g.file.Close())
		}
		if g.size == 0 {
			errs = append(errs, os.Remove(g.path))
		}
	}
	if s.reader != nil {
		errs = append(errs, s.reader.Close())
	}
	return errors.Join(append(errs, s.lock.Close())...)
}
