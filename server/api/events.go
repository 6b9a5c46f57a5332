package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"picket/server/auth"
	"picket/server/store"
)

// Times of an event stream.
const (
	heartbeat    = 15 * time.Second
	sessionCheck = 5 * time.Second
	writeTimeout = 10 * time.Second
)

// maxStreams bounds the event streams of a node.
const maxStreams = 2000

// event is the data of an event. It names what to read again.
type event struct {
	Tenant string   `json:"tenant"`
	What   []string `json:"what"`
	At     Time     `json:"at"`
}

// stream is one event stream, with copies of what it needs of its request.
type stream struct {
	api    *API
	tenant auth.Tenant
	token  string // of the session
	last   string // id of the last event that the client has
	conn   net.Conn
}

// getEvents is GET /api/v1/events. It answers 200 and events until the session
// ends, the client goes or the node stops; the client connects again.
func (a *API) getEvents(c *fiber.Ctx) error {
	tenant, status, detail := allowed(sessionOf(c.UserContext()), c.Query("tenant"), auth.ReadTaps)
	if status != http.StatusOK {
		return problem(c, status, detail)
	}
	if a.streams.Add(1) > maxStreams {
		a.streams.Add(-1)
		return problem(c, http.StatusServiceUnavailable, "This node serves as many event streams as it can. The page still works, and can be reloaded by hand.")
	}
	s := stream{
		api:    a,
		tenant: tenant,
		token:  strings.Clone(c.Cookies(SessionCookie)),
		last:   strings.Clone(c.Get("Last-Event-ID")),
		conn:   c.Context().Conn(),
	}
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set("X-Accel-Buffering", "no")
	c.Context().SetConnectionClose()
	c.Context().SetBodyStreamWriter(s.run)
	return nil
}

// run writes the stream. It owns no goroutine: fasthttp runs it in one and ends
// it by failing writes.
func (s stream) run(w *bufio.Writer) {
	defer s.api.streams.Add(-1)
	// fasthttp writes the last octets after this returns.
	defer func() { _ = s.conn.SetWriteDeadline(time.Now().Add(writeTimeout)) }()
	changes, done := s.api.Changes.watch(s.tenant.ID)
	defer done()
	beat, check := time.NewTicker(heartbeat), time.NewTicker(sessionCheck)
	defer beat.Stop()
	defer check.Stop()
	err := s.write(w, "retry: 2000\n\n")
	for first := true; err == nil; {
		select {
		case <-s.api.Changes.stopped:
			return
		case change := <-changes:
			// The first is the present state: news only for who has seen another.
			if id := eventID(change); !first || s.last != "" && s.last != id {
				err = s.send(w, id, change)
			}
			first = false
		case <-beat.C:
			err = s.write(w, ": still here\n\n")
		case <-check.C:
			if !s.signedIn() {
				return
			}
		}
	}
}

func eventID(c store.Change) string { return fmt.Sprintf("%x-%x-%x", c.At, c.Sequences, c.Taps) }

func (s stream) send(w *bufio.Writer, id string, change store.Change) error {
	data, err := json.Marshal(event{
		Tenant: s.tenant.Slug,
		What:   []string{"taps", "bss", "clients", "hosts", "home"},
		At:     Time{change.Time()},
	})
	if err != nil {
		return err
	}
	return s.write(w, fmt.Sprintf("event: changed\nid: %s\ndata: %s\n\n", id, data))
}

func (s stream) write(w *bufio.Writer, text string) error {
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	if _, err := w.WriteString(text); err != nil {
		return err
	}
	return w.Flush()
}

// signedIn reports whether the session lasts. A database that is away ends no stream.
func (s stream) signedIn() bool {
	ctx, cancel := context.WithTimeout(context.Background(), sessionCheck)
	defer cancel()
	_, err := s.api.Auth.Session(ctx, s.token)
	return !errors.Is(err, auth.ErrNoSession)
}
