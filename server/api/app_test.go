package api

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v2"
)

// Where a sign-in at a provider comes back is made of the request's host.
func TestAClientCannotNameAnotherHostOrAddressByHeaders(t *testing.T) {
	app := NewApp(slog.New(slog.DiscardHandler))
	app.Get("/who", func(c *fiber.Ctx) error { return c.SendString(c.Hostname() + " " + c.IP()) })
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "https://picket.example.org/who", http.NoBody)
	for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-For", "X-Real-Ip", "Forwarded"} {
		request.Header.Set(name, "203.0.113.1")
	}
	answer, err := app.Test(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); string(text) != "picket.example.org 0.0.0.0" {
		t.Errorf("the node believes %q", text)
	}
}
