package ingest

import (
	"bytes"
	"log/slog"
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v2"

	"picket/shared/wire"
)

// A node whose queue is full says so before it spends anything on a request: here it
// has not even a store to look up whose signature it is.
func TestAFullNodeSaysSoBeforeItChecksAnything(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	h := &Handler{refusals: newRefusals(log), metrics: newMetrics(nil, nil)}
	h.batcher = newBatcher(&fakeStore{}, log, h.metrics)
	app := fiber.New()
	app.Post("/v1/reports", h.postReport)
	for _, full := range []struct {
		what  string
		queue func(*Batcher)
	}{
		{"reports", func(b *Batcher) { b.queued = maxQueue }},
		{"octets", func(b *Batcher) { b.queued, b.octets = 1, maxQueueOctets }},
		{"a database that lags", func(b *Batcher) { b.queued, b.perBatch = maxBatch*maxTransactions, maxWait+1 }},
	} {
		h.batcher.queued, h.batcher.octets, h.batcher.perBatch = 0, 0, 0
		if h.batcher.Full() {
			t.Fatal("an empty queue is full")
		}
		full.queue(h.batcher)
		r, err := http.NewRequest(http.MethodPost, "/v1/reports", bytes.NewReader(make([]byte, 4000)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", wire.MediaType)
		resp, err := app.Test(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get(wire.ReasonHeader) != wire.ReasonBusy || resp.Header.Get("Retry-After") == "" {
			t.Errorf("full of %s: status %d, headers %v", full.what, resp.StatusCode, resp.Header)
		}
	}
}
