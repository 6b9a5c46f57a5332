package spool

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func testID(n int) ReportID {
	return ReportID{Boot: [16]byte{0: 0xb0, 15: 0x07}, Sequence: uint64(n)}
}

// testBody is of size octets and tells n.
func testBody(n, size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(n*31 + i*7 + i>>8)
	}
	return b
}

func openTest(t testing.TB, dir string, maxBytes int64) *Spool {
	t.Helper()
	s, err := Open(dir, maxBytes)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeTest(t testing.TB, s *Spool) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func appendTest(t testing.TB, s *Spool, n, size int) {
	t.Helper()
	if err := s.Append(testID(n), testBody(n, size)); err != nil {
		t.Fatal(err)
	}
}

// drain takes and acknowledges everything, checks each body, and returns the sequences.
func drain(t testing.TB, s *Spool) []int {
	t.Helper()
	var got []int
	for {
		r, err := s.Next()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		n := int(r.ID.Sequence)
		if r.ID != testID(n) || !bytes.Equal(r.Body, testBody(n, len(r.Body))) {
			t.Fatalf("report %v is not as appended", r.ID)
		}
		got = append(got, n)
		if err := s.Ack(r.ID); err != nil {
			t.Fatal(err)
		}
	}
}

func wantSequence(t testing.TB, got []int, from, to int) {
	t.Helper()
	if len(got) != to-from+1 {
		t.Fatalf("%d reports %v, want %d to %d", len(got), got, from, to)
	}
	for i, n := range got {
		if n != from+i {
			t.Fatalf("reports %v, want %d to %d", got, from, to)
		}
	}
}

func TestReportsComeBackInOrderAndOnce(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir, MinBytes)
	for i := 1; i <= 300; i++ {
		appendTest(t, s, i, i*37%9000)
	}
	if s.Len() != 300 || s.Dropped() != 0 {
		t.Errorf("%d reports, %d dropped", s.Len(), s.Dropped())
	}
	a, _ := s.Next()
	b, _ := s.Next()
	if a.ID != testID(1) || b.ID != a.ID {
		t.Errorf("Next gave %v, then %v, without Ack", a.ID, b.ID)
	}
	wantSequence(t, drain(t, s), 1, 300)
	if s.Len() != 0 || s.Bytes() != 0 {
		t.Errorf("%d reports in %d octets after all were acknowledged", s.Len(), s.Bytes())
	}
	appendTest(t, s, 301, 100)
	wantSequence(t, drain(t, s), 301, 301)
	closeTest(t, s)
	if files, _ := os.ReadDir(dir); len(files) > 2 {
		t.Errorf("left behind: %v", files)
	}
}

func TestReportsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir, MinBytes)
	for i := 1; i <= 400; i++ {
		appendTest(t, s, i, 8000) // 3 segments
	}
	for range 10 {
		r, err := s.Next()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Ack(r.ID); err != nil {
			t.Fatal(err)
		}
	}
	closeTest(t, s)
	s = openTest(t, dir, MinBytes)
	defer closeTest(t, s)
	if s.Len() != 390 || s.Damaged() != 0 {
		t.Errorf("%d reports, %d octets damaged", s.Len(), s.Damaged())
	}
	select {
	case <-s.Ready():
	default:
		t.Error("not ready with reports from before")
	}
	appendTest(t, s, 401, 8000)
	wantSequence(t, drain(t, s), 11, 401)
}

// A killed process closes nothing: what was appended is there all the same.
func TestReportsSurviveAKill(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir, MinBytes)
	for i := 1; i <= 20; i++ {
		appendTest(t, s, i, 1000)
	}
	again := openTest(t, copyDir(t, dir), MinBytes)
	wantSequence(t, drain(t, again), 1, 20)
	closeTest(t, again)
	closeTest(t, s)
}

func copyDir(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestOldestAreDroppedAndCounted(t *testing.T) {
	s := openTest(t, t.TempDir(), MinBytes)
	defer closeTest(t, s)
	const reports = 2000
	for i := 1; i <= reports; i++ {
		appendTest(t, s, i, 8000)
		if s.Bytes() > MinBytes {
			t.Fatalf("%d octets, at most %d", s.Bytes(), MinBytes)
		}
	}
	dropped := int(s.Dropped())
	if dropped == 0 || dropped+s.Len() != reports || s.Bytes() < MinBytes/2 {
		t.Errorf("%d dropped, %d left in %d octets", dropped, s.Len(), s.Bytes())
	}
	wantSequence(t, drain(t, s), dropped+1, reports)
}

func TestDropWhileSending(t *testing.T) {
	s := openTest(t, t.TempDir(), MinBytes)
	defer closeTest(t, s)
	appendTest(t, s, 1, 8000)
	r, err := s.Next()
	if err != nil {
		t.Fatal(err)
	}
	for i := 2; i <= 1000; i++ {
		appendTest(t, s, i, 8000)
	}
	if err := s.Ack(r.ID); err != nil { // dropped meanwhile: nothing to do
		t.Error(err)
	}
	got := drain(t, s)
	wantSequence(t, got, int(s.Dropped())+1, 1000)
}

func TestLargestReport(t *testing.T) {
	s := openTest(t, t.TempDir(), MinBytes)
	defer closeTest(t, s)
	for i := 1; i <= 3; i++ {
		appendTest(t, s, i, maxBody)
	}
	if err := s.Append(testID(4), make([]byte, maxBody+1)); err == nil {
		t.Error("a report beyond the limit was accepted")
	}
	wantSequence(t, drain(t, s), int(s.Dropped())+1, 3)
	if s.Dropped() != 2 {
		t.Errorf("%d dropped: two of 2 MiB do not fit into 4", s.Dropped())
	}
}

func TestOneProcessOnly(t *testing.T) {
	dir := t.TempDir()
	s := openTest(t, dir, MinBytes)
	if _, err := Open(dir, MinBytes); err == nil {
		t.Error("opened twice")
	}
	closeTest(t, s)
	closeTest(t, openTest(t, dir, MinBytes))
	if _, err := Open(dir, MinBytes-1); err == nil {
		t.Error("a bound of less than MinBytes was accepted")
	}
}

func TestTaskWritesToDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openTest(t, t.TempDir(), MinBytes)
		task := s.Task(slog.New(slog.DiscardHandler))
		ended := make(chan error)
		ctx, cancel := context.WithCancel(t.Context())
		go func() { ended <- task.Run(ctx) }()
		unsynced := func() int64 {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.unsynced
		}
		appendTest(t, s, 1, 1000)
		time.Sleep(59 * time.Second)
		synctest.Wait()
		if unsynced() == 0 {
			t.Error("synced before 60 s, for 1000 octets")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if unsynced() != 0 {
			t.Error("not synced after 60 s")
		}
		for i := range 140 {
			appendTest(t, s, 2+i, 8000)
		}
		synctest.Wait()
		if got := unsynced(); got >= syncOctets {
			t.Errorf("%d octets wait for the disk", got)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if s.segments[0].file != nil {
			t.Error("a whole segment is still open after it was synced")
		}
		wantSequence(t, drain(t, s), 1, 141)
		closeTest(t, s)
	})
}

func TestStrangersInTheFolderAreIgnored(t *testing.T) {
	dir := t.TempDir()
	for name, octets := range map[string]int{"note.txt": 10, "zz.seg": 10, "0000000000000003.seg": 0,
		"0000000000000004.seg": 100, "0000000000000005.seg": maxSegment + 1} {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, octets), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := openTest(t, dir, MinBytes)
	defer closeTest(t, s)
	if _, err := s.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("error %v", err)
	}
	if s.Damaged() != 100+maxSegment+1 {
		t.Errorf("%d octets damaged", s.Damaged())
	}
	appendTest(t, s, 1, 10)
	wantSequence(t, drain(t, s), 1, 1)
}

// segmentOf returns a segment with the reports 1 to n.
func segmentOf(n, size int) []byte {
	var b []byte
	for i := 1; i <= n; i++ {
		b = appendRecord(b, testID(i), testBody(i, size))
	}
	return b
}

func FuzzFindRecord(f *testing.F) {
	f.Add(segmentOf(2, 10))
	f.Add(segmentOf(3, 0)[1:])
	f.Add([]byte("PKR1PKR1PKR1"))
	torn := segmentOf(2, 40)
	binary.LittleEndian.PutUint32(torn[8:], 1<<31)
	f.Add(torn)
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, damaged := scan(b)
		total := damaged
		for _, e := range entries {
			r, size := parseRecord(b[e.start:])
			if int64(size) != e.end-e.start || r.ID != e.id || !bytes.Equal(appendRecord(nil, r.ID, r.Body), b[e.start:e.end]) {
				t.Fatalf("record at %d does not read the same", e.start)
			}
			total += e.end - e.start
		}
		if total != int64(len(b)) {
			t.Errorf("%d octets accounted for, of %d", total, len(b))
		}
	})
}

func BenchmarkAppendAndAck(b *testing.B) {
	s := openTest(b, b.TempDir(), MinBytes)
	body := testBody(1, 8000)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		if err := s.Append(testID(n), body); err != nil {
			b.Fatal(err)
		}
		r, err := s.Next()
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Ack(r.ID); err != nil {
			b.Fatal(err)
		}
	}
	closeTest(b, s)
}

func BenchmarkOpen256MiB(b *testing.B) {
	dir := b.TempDir()
	s := openTest(b, dir, DefaultBytes)
	for i := 1; s.Bytes() < DefaultBytes-segmentOctets; i++ {
		appendTest(b, s, i, 8000)
	}
	closeTest(b, s)
	for b.Loop() {
		closeTest(b, openTest(b, dir, DefaultBytes))
	}
}
