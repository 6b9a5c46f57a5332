package ingest_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/zstd"
	"github.com/prometheus/client_golang/prometheus"

	"picket/server/ingest"
	"picket/shared/httpsig"
	"picket/shared/wire"
)

// lines collects a log.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// limited returns the routes of a node with limits, its log and its counters.
func (n *node) limited(limits ingest.Limits) (*fiber.App, *lines, func(result string) int) {
	n.t.Helper()
	log, registry := new(lines), prometheus.NewRegistry()
	h := ingest.New(n.store, ingest.Options{
		Cluster: n.ca.ClusterID(), CACertificate: n.ca.CertificatePEM(), WindowMS: 10_000, NodeURLs: []string{"https://node.example"},
		Limits: limits, Log: slog.New(slog.NewTextHandler(log, nil)), Registerer: registry,
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.Batcher().Run(ctx) }()
	n.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			n.t.Error(err)
		}
	})
	app := fiber.New(fiber.Config{BodyLimit: 4 << 20, DisableStartupMessage: true})
	h.Register(app)
	return app, log, func(result string) int {
		n.t.Helper()
		families, err := registry.Gather()
		if err != nil {
			n.t.Fatal(err)
		}
		for _, f := range families {
			for _, m := range f.GetMetric() {
				if f.GetName() == "picket_ingest_reports_total" && m.GetLabel()[0].GetValue() == result {
					return int(m.GetCounter().GetValue())
				}
			}
		}
		return 0
	}
}

// bomb is small and would be 64 MiB.
func bomb(t *testing.T) []byte {
	t.Helper()
	e, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	return e.EncodeAll(make([]byte, 64<<20), nil)
}

func TestARefusalIsOneWordForTapLogAndCounter(t *testing.T) {
	n := newNode(t)
	app, log, counted := n.limited(ingest.Limits{})
	tp, stranger := n.enrolled(), n.newTap()
	elsewhere := &tap{key: tp.key, cluster: strings.Repeat("0", 64)}
	good := n.encode(tp.spec(1))
	old, ahead := tp.spec(1), tp.spec(1)
	old.Start, ahead.Start = time.Now().Add(-49*time.Hour), time.Now().Add(6*time.Minute)
	large := make([]byte, wire.MaxEncoded+1)
	_, _ = rand.Read(large)
	late := func(r *http.Request) {
		h, err := httpsig.Signer{Key: tp.key, Cluster: tp.cluster}.Sign(http.MethodPost, "/v1/reports", "", good, time.Now().Add(-10*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		for name, values := range h {
			r.Header[name] = values
		}
	}
	for _, tc := range []struct {
		word   string
		status int
		tap    *tap
		body   []byte
		change func(*http.Request)
	}{
		{wire.ReasonType, 415, tp, good, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }},
		{wire.ReasonSize, 413, tp, large, nil},
		{wire.ReasonBomb, 413, tp, bomb(t), nil},
		{wire.ReasonMalformed, 422, tp, []byte("hello"), nil},
		{wire.ReasonOld, 422, tp, n.encode(old), nil},
		{wire.ReasonFuture, 422, tp, n.encode(ahead), nil},
		{wire.ReasonSignature, 401, tp, good, func(r *http.Request) { r.Header.Del("Signature") }},
		{wire.ReasonCluster, 401, elsewhere, good, nil},
		{wire.ReasonClock, 401, tp, good, late},
		{wire.ReasonUnknown, 401, stranger, good, nil},
	} {
		t.Run(tc.word, func(t *testing.T) {
			resp, text := n.post(app, tc.tap, "/v1/reports", wire.MediaType, tc.body, tc.change)
			if resp.StatusCode != tc.status || resp.Header.Get(wire.ReasonHeader) != tc.word || strings.TrimSpace(text) == "" {
				t.Errorf("%s, word %q, text %q; want %d %q", resp.Status, resp.Header.Get(wire.ReasonHeader), text, tc.status, tc.word)
			}
			if got := counted(tc.word); got != 1 {
				t.Errorf("counted %d times", got)
			}
			if !strings.Contains(log.String(), "reason="+tc.word+" ") {
				t.Errorf("not in the log:\n%s", log.String())
			}
		})
	}
	if got := n.count("SELECT count(*) FROM report") + n.count("SELECT count(*) FROM air_raw") + n.count("SELECT count(*) FROM bss"); got != 0 {
		t.Errorf("%d rows of refused reports are stored", got)
	}
}

func TestTheSameRequestAgainIsADuplicate(t *testing.T) {
	n := newNode(t)
	app, _, counted := n.limited(ingest.Limits{})
	tp := n.enrolled()
	body := n.encode(tp.spec(1))
	signed, err := httpsig.Signer{Key: tp.key, Cluster: tp.cluster}.Sign(http.MethodPost, "/v1/reports", "", body, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"", wire.ReasonDuplicate, wire.ReasonDuplicate} {
		resp, _ := n.post(app, tp, "/v1/reports", wire.MediaType, body, func(r *http.Request) {
			for name, values := range signed { // signature, nonce and all
				r.Header[name] = values
			}
		})
		if resp.StatusCode != http.StatusNoContent || resp.Header.Get(wire.ReasonHeader) != want {
			t.Errorf("time %d: %s %q, want 204 %q", i+1, resp.Status, resp.Header.Get(wire.ReasonHeader), want)
		}
	}
	if counted(wire.ReasonDuplicate) != 2 || n.count("SELECT count(*) FROM report") != 1 || n.count("SELECT count(*) FROM air_raw") != 1 {
		t.Error("a replayed report was stored again, or not counted")
	}
}

func TestATapOverItsLimitIsToldWhenToCome(t *testing.T) {
	n := newNode(t)
	app, _, counted := n.limited(ingest.Limits{TapRate: 0.01, TapBurst: 3, TenantRate: 0.01, TenantBurst: 5})
	wild, calm := n.enrolled(), n.enrolled()
	send := func(tp *tap, sequence uint64) string {
		resp, _ := n.post(app, tp, "/v1/reports", wire.MediaType, n.encode(tp.spec(sequence)), nil)
		if resp.StatusCode == http.StatusNoContent {
			return "stored"
		}
		seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
		if err != nil || resp.StatusCode != http.StatusTooManyRequests || seconds < 90 || seconds > 220 {
			t.Errorf("%s, Retry-After %q", resp.Status, resp.Header.Get("Retry-After"))
		}
		return resp.Header.Get(wire.ReasonHeader)
	}
	var got []string
	for i := range uint64(4) {
		got = append(got, send(wild, i+1))
	}
	for i := range uint64(3) {
		got = append(got, send(calm, i+1))
	}
	want := "[stored stored stored tap_rate stored stored tenant_rate]"
	if fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
	if counted(wire.ReasonTapRate) != 1 || counted(wire.ReasonTenantRate) != 1 || counted("stored") != 5 {
		t.Error("counters differ from the answers")
	}
}

func TestTapsAreToldToSpread(t *testing.T) {
	n := newNode(t)
	app, _, _ := n.limited(ingest.Limits{})
	const taps = 60
	var last *http.Response
	for range taps {
		tp := n.enrolled()
		if last, _ = n.post(app, tp, "/v1/reports", wire.MediaType, n.encode(tp.spec(1)), nil); last.StatusCode != http.StatusNoContent {
			t.Errorf("%s %s", last.Status, last.Header.Get(wire.ReasonHeader))
		}
	}
	if got := last.Header.Get(wire.SpreadHeader); got != strconv.Itoa(2*taps) {
		t.Errorf("%d taps are told to spread over %q ms", taps, got)
	}
}
