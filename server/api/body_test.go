package api_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"picket/server/api"
)

// listenApp serves an app on loopback for the length of the test.
func listenApp(t *testing.T, app *fiber.App) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- app.Listener(l) }()
	t.Cleanup(func() {
		if err := app.ShutdownWithTimeout(5 * time.Second); err != nil {
			t.Error(err)
		}
		<-ended
	})
	return l.Addr().String()
}

// ask sends the head of a request, some of its body, and returns the answer.
func ask(t *testing.T, address, head, body string) (*http.Response, net.Conn, *bufio.Reader) {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(conn, "POST /x HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n%s", head, body); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(conn)
	resp, err := http.ReadResponse(reader, nil)
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
	}
	if err != nil {
		t.Fatal(err)
	}
	return resp, conn, reader
}

func TestABodyIsReadOnlyWhenTheHandlerWantsIt(t *testing.T) {
	app := api.NewApp(slog.New(slog.DiscardHandler))
	read := make(chan int, 8)
	app.Post("/x", func(c *fiber.Ctx) error {
		if c.Get("Busy") != "" {
			return c.SendStatus(http.StatusServiceUnavailable)
		}
		read <- len(c.Request().Body())
		return c.SendStatus(http.StatusNoContent)
	})
	address := listenApp(t, app)
	for name, tc := range map[string]struct {
		head, body string
		status     int
	}{
		"refused unread":          {"Busy: 1\r\nContent-Length: 40000", strings.Repeat("a", 40_000), http.StatusServiceUnavailable},
		"too large":               {"Content-Length: 3000000", strings.Repeat("a", 10_000), http.StatusRequestEntityTooLarge},
		"of a length that nobody": {"Transfer-Encoding: chunked", "1\r\na\r\n", http.StatusLengthRequired},
		"whole":                   {"Content-Length: 100000", strings.Repeat("a", 100_000), http.StatusNoContent},
		"small":                   {"Content-Length: 10", strings.Repeat("a", 10), http.StatusNoContent},
		"none":                    {"Content-Length: 0", "", http.StatusNoContent},
	} {
		t.Run(name, func(t *testing.T) {
			resp, _, _ := ask(t, address, tc.head, tc.body)
			if resp.StatusCode != tc.status {
				t.Errorf("%s, want %d", resp.Status, tc.status)
			}
			if tc.status == http.StatusNoContent {
				if n := <-read; n != len(tc.body) {
					t.Errorf("the handler read %d octets of %d", n, len(tc.body))
				}
			}
		})
	}
}

func TestTheHandlerIsAskedBeforeTheBodyHasCome(t *testing.T) {
	app := api.NewApp(slog.New(slog.DiscardHandler))
	asked := make(chan struct{})
	app.Post("/x", func(c *fiber.Ctx) error {
		close(asked)
		return c.SendStatus(http.StatusServiceUnavailable)
	})
	conn, err := net.Dial("tcp", listenApp(t, app))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n%s", strings.Repeat("a", 10_000)); err != nil {
		t.Fatal(err)
	}
	select {
	case <-asked:
	case <-time.After(10 * time.Second):
		t.Error("the handler waits for a body that the node should not hold yet")
	}
}

func TestAConnectionGoesOnAfterARefusal(t *testing.T) {
	app := api.NewApp(slog.New(slog.DiscardHandler))
	app.Post("/x", func(c *fiber.Ctx) error { return c.SendStatus(http.StatusServiceUnavailable) })
	address := listenApp(t, app)
	resp, conn, reader := ask(t, address, "Content-Length: 100000", strings.Repeat("a", 100_000))
	if resp.StatusCode != http.StatusServiceUnavailable {
		t.Fatal(resp.Status)
	}
	if _, err := fmt.Fprint(conn, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na"); err != nil {
		t.Fatal(err)
	}
	again, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatalf("second request on the connection: %v", err)
	}
	if again.StatusCode != http.StatusServiceUnavailable {
		t.Error(again.Status)
	}
}
