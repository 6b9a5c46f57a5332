package api

import (
	"bytes"
	"flag"
	"log/slog"
	"os"
	"testing"

	"github.com/gofiber/fiber/v2"
)

var update = flag.Bool("update", false, "write openapi.json")

// TestDocumentIsCommitted: the console's types are made from openapi.json.
func TestDocumentIsCommitted(t *testing.T) {
	a, err := Mount(fiber.New(), Config{Log: slog.New(slog.DiscardHandler), Version: "1"})
	if err != nil {
		t.Fatal(err)
	}
	got := append(a.spec, '\n')
	if *update {
		if err := os.WriteFile("openapi.json", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("openapi.json is not what the types say; run: go test ./server/api -run TestDocumentIsCommitted -update")
	}
}
