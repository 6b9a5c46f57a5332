package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"picket/appliance/spool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// memory is a queue without a disk.
type memory struct {
	ready chan struct{}

	mu      sync.Mutex
	records []spool.Record
}

func (m *memory) left() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.records)
}

func newMemory(bodies ...string) *memory {
	m := &memory{ready: make(chan struct{}, 1)}
	for _, b := range bodies {
		m.add(b)
	}
	return m
}

func (m *memory) add(body string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.records = append(m.records, spool.Record{ID: spool.ReportID{Sequence: uint64(len(body))}, Body: []byte(body)})
	select {
	case m.ready <- struct{}{}:
	default:
	}
}

func (m *memory) Next() (spool.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.records) == 0 {
		return spool.Record{}, io.EOF
	}
	return m.records[0], nil
}

func (m *memory) Ack(id spool.ReportID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.records) > 0 && m.records[0].ID == id {
		m.records = m.records[1:]
	}
	return nil
}

func (m *memory) Ready() <-chan struct{} { return m.ready }

// attempt is one call of post.
type attempt struct {
	node int
	body string
	at   time.Duration // since the start
}

// run runs a sender over the queue until it is empty, in no real time.
func run(t *testing.T, q *memory, nodes int, post func(attempt) (answer, error)) (attempts []attempt, s *Sender) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	start := time.Now()
	s = newSender(q, nodes, func(_ context.Context, node int, body []byte) (answer, error) {
		a := attempt{node, string(body), time.Since(start)}
		attempts = append(attempts, a)
		return post(a)
	}, nil, slog.New(slog.DiscardHandler))
	done := make(chan error)
	go func() { done <- s.Run(ctx) }()
	for range 10_000 {
		synctest.Wait()
		if q.left() == 0 {
			break
		}
		time.Sleep(time.Second)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	return attempts, s
}

func stored() answer { return answer{status: http.StatusNoContent} }

func TestSendRetriesUntilDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		attempts, _ := run(t, newMemory("report"), 1, func(attempt) (answer, error) {
			if n++; n < 12 {
				return answer{}, fmt.Errorf("connection broke: %w", io.EOF) // which is not an empty queue
			}
			return stored(), nil
		})
		// 1+2+…+256 s, then twice 5 min, each ± 20 %.
		if got := attempts[len(attempts)-1].at; len(attempts) != 12 || got < 14*time.Minute || got > 23*time.Minute {
			t.Errorf("delivered after %v in %d attempts, want 18.5 min ± 20 %% in 12", got, len(attempts))
		}
	})
}

func TestReportsAreDeliveredInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, fail := newMemory("1", "22", "333"), true
		attempts, _ := run(t, q, 1, func(attempt) (answer, error) {
			if fail = !fail; !fail {
				return answer{status: 500}, nil
			}
			return stored(), nil
		})
		var got []string
		for _, a := range attempts {
			got = append(got, a.body)
		}
		if want := []string{"1", "1", "22", "22", "333", "333"}; !slices.Equal(got, want) {
			t.Errorf("attempts %v, want %v", got, want)
		}
	})
}

func TestAnIdleSenderWakesForAReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory()
		ctx, cancel := context.WithCancel(t.Context())
		var sent []string
		s := newSender(q, 1, func(_ context.Context, _ int, body []byte) (answer, error) {
			sent = append(sent, string(body))
			return stored(), nil
		}, nil, slog.New(slog.DiscardHandler))
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		time.Sleep(time.Hour)
		start := time.Now()
		q.add("late")
		synctest.Wait()
		if len(sent) != 1 || time.Since(start) != 0 {
			t.Errorf("sent %v after %v", sent, time.Since(start))
		}
		cancel()
		<-done
	})
}

func TestNextNodeIsTriedAtOnceAndKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory("1", "22")
		attempts, _ := run(t, q, 3, func(a attempt) (answer, error) {
			if a.node != 2 {
				return answer{}, errors.New("no route to host")
			}
			return stored(), nil
		})
		want := []attempt{{0, "1", 0}, {1, "1", 0}, {2, "1", 0}, {2, "22", 0}}
		if !slices.Equal(attempts, want) {
			t.Errorf("attempts %v, want %v", attempts, want)
		}
	})
}

func TestAfterAllNodesThereIsAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		attempts, _ := run(t, newMemory("1"), 2, func(attempt) (answer, error) {
			if n++; n < 5 {
				return answer{status: 502}, nil
			}
			return stored(), nil
		})
		if len(attempts) != 5 || attempts[1].at != 0 || attempts[2].at < 800*time.Millisecond || attempts[3].at != attempts[2].at || attempts[4].at < attempts[3].at+1600*time.Millisecond {
			t.Errorf("attempts %v", attempts)
		}
	})
}

func TestAnswers(t *testing.T) {
	header := func(name, value string) http.Header { return http.Header{name: {value}} }
	for _, tt := range []struct {
		name     string
		answer   answer
		refused  uint64 // then the next report comes at once
		nextNode int
		from, to time.Duration // pause
	}{
		{"malformed", answer{status: 400}, 1, 0, 0, 0},
		{"too large", answer{status: 413}, 1, 0, 0, 0},
		{"wrong type", answer{status: 415}, 1, 0, 0, 0},
		{"contradicts itself", answer{status: 422}, 1, 0, 0, 0},
		{"not believed", answer{status: 401}, 0, 0, 800 * time.Millisecond, 1200 * time.Millisecond},
		{"clock wrong", answer{status: 401, header: header("Date", "Thu, 01 Jan 1970 00:00:00 GMT")}, 0, 0, 800 * time.Millisecond, 1200 * time.Millisecond},
		{"busy", answer{status: 503, header: header("Retry-After", "30")}, 0, 1, 30 * time.Second, 36 * time.Second},
		{"too many", answer{status: 429, header: header("Retry-After", "600")}, 0, 1, 10 * time.Minute, 12 * time.Minute},
		{"busy for a year", answer{status: 503, header: header("Retry-After", "31536000")}, 0, 1, time.Hour, 72 * time.Minute},
		{"busy, unsaid how long", answer{status: 503}, 0, 1, 800 * time.Millisecond, 1200 * time.Millisecond},
		{"redirect", answer{status: 302}, 0, 1, 0, 0},
		{"200 is not 204", answer{status: 200}, 0, 1, 0, 0},
		{"not found", answer{status: 404}, 0, 1, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first := true
				attempts, s := run(t, newMemory("1", "22"), 2, func(attempt) (answer, error) {
					if first {
						first = false
						return tt.answer, nil
					}
					return stored(), nil
				})
				if s.Refused() != tt.refused || len(attempts) != 3-int(tt.refused) {
					t.Fatalf("%d refused, attempts %v", s.Refused(), attempts)
				}
				second := attempts[1]
				if second.node != tt.nextNode || second.at < tt.from || second.at > tt.to {
					t.Errorf("second attempt %+v, want node %d after %v to %v", second, tt.nextNode, tt.from, tt.to)
				}
			})
		})
	}
}

func TestReportsAreSpreadAsTheNodeAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory("1")
		var at []time.Duration
		start := time.Now()
		s := newSender(q, 1, func(context.Context, int, []byte) (answer, error) {
			spread := "8000"
			if len(at) > 0 {
				spread = "99999999" // more than a node may ask
			}
			at = append(at, time.Since(start))
			return answer{status: 204, header: http.Header{"Picket-Spread": {spread}}}, nil
		}, nil, slog.New(slog.DiscardHandler))
		s.share = 0.5
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		for i := range 3 { // what was there at the start is not delayed; then a window every 10 s, two at once in the last
			time.Sleep(10*time.Second - time.Since(start)%(10*time.Second))
			q.add(fmt.Sprintf("%0*d", i+2, 1))
			if i == 2 {
				q.add("00001")
			}
		}
		time.Sleep(5 * time.Minute)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		want := []time.Duration{0, 14 * time.Second, 50 * time.Second, 50 * time.Second, 50 * time.Second}
		if !slices.Equal(at, want) {
			t.Errorf("sent at %v, want %v", at, want)
		}
	})
}

func TestRetryAfterDoesNotShortenPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		attempts, _ := run(t, newMemory("1"), 1, func(attempt) (answer, error) {
			if n++; n < 8 {
				return answer{status: 503, header: http.Header{"Retry-After": {"1"}}}, nil
			}
			return stored(), nil
		})
		if last := attempts[7].at - attempts[6].at; last < 51*time.Second { // 64 s ± 20 %
			t.Errorf("seventh pause %v", last)
		}
	})
}

func TestWantedDefinitionsAreHandedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newMemory("1")
		q.records[0].ID.Boot[0] = 9
		var boots [][16]byte
		var elements, fingerprints []uint32
		s := newSender(q, 1, func(context.Context, int, []byte) (answer, error) {
			return answer{status: 204, header: http.Header{"Picket-Want-Definitions": {"e12,e13,f4"}}}, nil
		}, func(boot [16]byte, e, f []uint32) {
			boots, elements, fingerprints = append(boots, boot), e, f
		}, slog.New(slog.DiscardHandler))
		if err := s.Flush(t.Context()); err != nil {
			t.Error(err)
		}
		if len(boots) != 1 || boots[0][0] != 9 || !slices.Equal(elements, []uint32{12, 13}) || !slices.Equal(fingerprints, []uint32{4}) {
			t.Errorf("boots %v, elements %v, fingerprints %v", boots, elements, fingerprints)
		}
	})
}

func TestRevisionOfTheDesiredStateIsHandedOn(t *testing.T) {
	answers := []http.Header{{"Picket-Desired": {"7"}}, {}, {"Picket-Desired": {"-1"}}, {"Picket-Desired": {"99999999999999999999"}}, {"Picket-Desired": {"8"}}}
	q, n := newMemory("1", "2", "3", "4", "5"), 0
	s := newSender(q, 1, func(context.Context, int, []byte) (answer, error) {
		n++
		return answer{status: 204, header: answers[n-1]}, nil
	}, nil, slog.New(slog.DiscardHandler))
	var revisions []uint64
	s.desired = func(r uint64) { revisions = append(revisions, r) }
	if err := s.Flush(t.Context()); err != nil || !slices.Equal(revisions, []uint64{7, 8}) {
		t.Errorf("revisions %v: %v", revisions, err)
	}
}

func TestFlushGivesUpAtTheFirstFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, n := newMemory("1", "22", "333"), 0
		s := newSender(q, 2, func(context.Context, int, []byte) (answer, error) {
			if n++; n == 2 {
				return answer{}, errors.New("connection reset")
			}
			return stored(), nil
		}, nil, slog.New(slog.DiscardHandler))
		if err := s.Flush(t.Context()); err == nil || q.left() != 2 {
			t.Errorf("error %v, %d left", err, q.left())
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Flush(ctx); !errors.Is(err, context.Canceled) || q.left() != 2 {
			t.Errorf("error %v, %d left", err, q.left())
		}
	})
}

func TestParseWant(t *testing.T) {
	for text, want := range map[string]string{
		"": "[] []", "e1": "[1] []", "f2, e3": "[3] [2]", "x9,e,e-1,e99999999999,f7,": "[] [7]", "e4294967295": "[4294967295] []",
	} {
		e, f := parseWant(text)
		if got := fmt.Sprint(e, f); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func FuzzParseWant(f *testing.F) {
	f.Add("e12,e13,f4")
	f.Fuzz(func(t *testing.T, text string) {
		e, g := parseWant(text)
		if len(e)+len(g) > maxWant/2 {
			t.Errorf("%d definitions from %d octets", len(e)+len(g), len(text))
		}
	})
}
