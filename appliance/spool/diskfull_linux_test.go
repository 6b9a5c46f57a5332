package spool

import (
	"testing"

	"golang.org/x/sys/unix"
)

// A disk smaller than the bound: the oldest reports go, the newest stay.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=3m"); err != nil {
		t.Skipf("no small disk to fill (needs root): %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	s := openTest(t, dir, MinBytes)
	const reports = 800
	for i := 1; i <= reports; i++ {
		appendTest(t, s, i, 10_000)
		if i%50 == 0 {
			if err := s.Sync(); err != nil {
				t.Error(err)
			}
		}
	}
	if s.Dropped() == 0 || int(s.Dropped())+s.Len() != reports {
		t.Errorf("%d dropped, %d left", s.Dropped(), s.Len())
	}
	wantSequence(t, drain(t, s), int(s.Dropped())+1, reports)

	if err := s.Append(testID(1), make([]byte, maxBody)); err != nil {
		t.Error(err) // fits into an empty disk
	}
	closeTest(t, s)
}

// A disk that something else has filled: a report is lost and counted, and the
// spool goes on when there is room again.
func TestDiskFilledByOthers(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("no small disk to fill (needs root): %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	s := openTest(t, dir, MinBytes)
	if err := s.Append(testID(1), make([]byte, 300_000)); !isFull(err) {
		t.Errorf("error %v, want a full disk", err)
	}
	if s.Dropped() != 1 || s.Len() != 0 {
		t.Errorf("%d dropped, %d left", s.Dropped(), s.Len())
	}
	appendTest(t, s, 2, 1000)
	wantSequence(t, drain(t, s), 2, 2)
	closeTest(t, s)
}
