package spool

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// openSegment opens a spool whose only segment is b.
func openSegment(t *testing.T, dir string, b []byte) *Spool {
	t.Helper()
	if err := os.WriteFile(segmentPath(dir, 1), b, 0o600); err != nil {
		t.Fatal(err)
	}
	return openTest(t, dir, MinBytes)
}

func TestPowerCutAtEveryOctet(t *testing.T) {
	const reports, body = 4, 50
	whole := segmentOf(reports, body)
	dir := t.TempDir()
	for n := range len(whole) + 1 {
		s := openSegment(t, dir, whole[:n])
		if got := drain(t, s); len(got) > 0 || n >= recordHeader+body {
			wantSequence(t, got, 1, n/(recordHeader+body))
		}
		if want := int64(n % (recordHeader + body)); s.Damaged() != want {
			t.Errorf("cut at %d: %d octets damaged, want %d", n, s.Damaged(), want)
		}
		closeTest(t, s)
	}
}

// A file system may have made the file long enough and not written its end.
func TestZeroesAtTheEnd(t *testing.T) {
	whole := segmentOf(4, 50)
	dir := t.TempDir()
	for n := range whole {
		b := slices.Clone(whole)
		clear(b[n:])
		s := openSegment(t, dir, b)
		got := drain(t, s)
		if len(got) < n/86 || len(got) > n/86+1 { // the last octets of a body may be zero anyway
			t.Errorf("zeroes from %d: reports %v", n, got)
		}
		closeTest(t, s)
	}
}

func TestOneBadOctetCostsOneReport(t *testing.T) {
	const reports = 4
	whole := segmentOf(reports, 50)
	dir := t.TempDir()
	for n := range whole {
		b := slices.Clone(whole)
		b[n] ^= 0x55
		s := openSegment(t, dir, b)
		want := []int{1, 2, 3, 4}
		lost := n / 86
		want = slices.Delete(want, lost, lost+1)
		if got := drain(t, s); !slices.Equal(got, want) {
			t.Errorf("octet %d: reports %v, want %v", n, got, want)
		}
		closeTest(t, s)
	}
}

func TestDamagedCursorCostsNothing(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir, MinBytes)
	for i := 1; i <= 5; i++ {
		appendTest(t, s, i, 50)
	}
	for range 2 {
		r, _ := s.Next()
		if err := s.Ack(r.ID); err != nil {
			t.Fatal(err)
		}
	}
	closeTest(t, s)
	whole, err := os.ReadFile(filepath.Join(dir, cursorName))
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) + 1 {
		again := copyDir(t, dir)
		if err := os.WriteFile(filepath.Join(again, cursorName), whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		s := openTest(t, again, MinBytes)
		got := drain(t, s)
		if n == len(whole) {
			wantSequence(t, got, 3, 5)
		} else {
			wantSequence(t, got, 1, 5) // sent again: the node knows their ids
		}
		closeTest(t, s)
	}
}

// TestRandomCrashes drives a spool and a model of it at random, with kills and
// power cuts in between. Whatever happens, a report that was synced is delivered
// unless it was dropped and counted, no report changes, and the order holds.
func TestRandomCrashes(t *testing.T) {
	reports, missing, dropped, cuts := 0, 0, 0, 0
	for seed := range uint64(20) {
		m := &model{t: t, dir: t.TempDir(), random: rand.New(rand.NewPCG(seed, 1)), delivered: map[int]bool{}, atRisk: map[int]bool{}}
		m.s = openTest(t, m.dir, MinBytes)
		for range 400 {
			m.step()
		}
		m.deliver(1 << 30)
		for m.s.Len() > 0 { // where an acknowledgement was lost
			m.deliver(1 << 30)
		}
		a, b := m.check()
		reports, missing, dropped, cuts = reports+m.appended, missing+a, dropped+b, cuts+m.cuts
		closeTest(t, m.s)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d reports, %d power cuts: %d not delivered, %d dropped and counted", reports, cuts, missing, dropped)
}

type model struct {
	t      *testing.T
	dir    string
	s      *Spool
	random *rand.Rand

	appended  int          // sequences 1 to this were appended
	synced    int          // 1 to this were on disk when last synced
	delivered map[int]bool // to the node, at least once
	atRisk    map[int]bool // not synced when the power was cut
	dropped   int          // counted by all spools before this one
	cuts      int
}

func (m *model) step() {
	switch n := m.random.IntN(100); {
	case n < 60:
		m.appended++
		appendTest(m.t, m.s, m.appended, m.random.IntN(60_000))
	case n < 85:
		m.deliver(m.random.IntN(8))
	case n < 93:
		if err := m.s.Sync(); err != nil {
			m.t.Fatal(err)
		}
		m.synced = m.appended
	case n < 97:
		m.kill()
	default:
		m.powerCut()
	}
}

// deliver sends up to n reports; an acknowledgement may be lost on the way.
func (m *model) deliver(n int) {
	last := 0
	for range n {
		r, err := m.s.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			m.t.Fatal(err)
		}
		sequence := int(r.ID.Sequence)
		if sequence <= last {
			m.t.Fatalf("report %d after %d", sequence, last)
		}
		if string(r.Body) != string(testBody(sequence, len(r.Body))) {
			m.t.Fatalf("report %d changed", sequence)
		}
		last = sequence
		m.delivered[sequence] = true
		if m.random.IntN(10) == 0 {
			return // stored, but the tap does not know
		}
		if err := m.s.Ack(r.ID); err != nil {
			m.t.Fatal(err)
		}
	}
}

// kill ends the process: the kernel keeps what it was given.
func (m *model) kill() {
	m.abandon()
	m.s = openTest(m.t, m.dir, MinBytes)
}

// abandon frees what the kernel would free.
func (m *model) abandon() {
	m.dropped += int(m.s.Dropped())
	for _, g := range m.s.segments {
		if g.file != nil {
			g.file.Close()
		}
	}
	if m.s.reader != nil {
		m.s.reader.Close()
	}
	m.s.lock.Close()
}

// powerCut ends the process and takes from the disk what was not synced: the
// end of dirty segments from a random octet on, now and then with noise behind
// it, and the cursor, which is never synced.
func (m *model) powerCut() {
	m.cuts++
	m.abandon()
	for _, g := range m.s.segments {
		if !g.dirty || g.size == 0 {
			continue
		}
		synced := m.syncedSize(g.path)
		if err := os.Truncate(g.path, synced+m.random.Int64N(g.size-synced+1)); err != nil {
			m.t.Fatal(err)
		}
		if m.random.IntN(2) == 0 {
			m.noise(g.path)
		}
	}
	if m.random.IntN(2) == 0 {
		os.Remove(filepath.Join(m.dir, cursorName))
	}
	for n := m.synced + 1; n <= m.appended; n++ {
		m.atRisk[n] = true
	}
	m.s = openTest(m.t, m.dir, MinBytes)
}

// syncedSize is where the first report that was not synced starts in a segment.
func (m *model) syncedSize(path string) int64 {
	b, err := os.ReadFile(path)
	if err != nil {
		m.t.Fatal(err)
	}
	entries, _ := scan(b)
	for _, e := range entries {
		if int(e.id.Sequence) > m.synced {
			return e.start
		}
	}
	return int64(len(b))
}

func (m *model) noise(path string) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		m.t.Fatal(err)
	}
	b := make([]byte, m.random.IntN(5000))
	for i := range b {
		b[i] = byte(m.random.Uint32())
	}
	f.Write(b)
	f.Close()
}

// check wants every report delivered, or excused.
func (m *model) check() (missing, dropped int) {
	dropped = m.dropped + int(m.s.Dropped())
	for n := 1; n <= m.appended; n++ {
		if !m.delivered[n] && !m.atRisk[n] {
			missing++
		}
	}
	if missing > dropped {
		m.t.Errorf("%d of %d reports are neither delivered nor dropped (%d) nor taken by one of %d power cuts", missing, m.appended, dropped, m.cuts)
	}
	return missing, dropped
}
