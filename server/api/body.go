package api

import (
	"io"
	"net/http"

	"github.com/gofiber/fiber/v2"
)

// limitBody refuses a request whose body is too large, or of a length that it does
// not tell, before the body is read. Bodies are read when a handler asks for them
// (StreamRequestBody), so that a handler may refuse a request that would hold more
// memory than there is (ingest does), and so that strangers with many connections
// hold a few KiB each and not a body each.
func limitBody(c *fiber.Ctx) error {
	switch n := c.Request().Header.ContentLength(); {
	case n > bodyLimit:
		c.Context().SetConnectionClose() // else the body would have to be read to its end
		return fiber.NewError(http.StatusRequestEntityTooLarge, "The request's body is too large.")
	case n == -1: // chunked
		c.Context().SetConnectionClose()
		return fiber.NewError(http.StatusLengthRequired, "The request does not tell the length of its body.")
	}
	err := c.Next()
	// What nobody read is thrown away as it comes, so that the connection goes on
	// and the answer is not lost in a reset. The read timeout ends it where the
	// client is slow.
	if rest := c.Context().RequestBodyStream(); rest != nil {
		if _, broken := io.Copy(io.Discard, rest); broken != nil {
			c.Context().SetConnectionClose()
		}
	}
	return err
}
