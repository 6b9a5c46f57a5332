package identity

import (
	"net/http"
	"strconv"
	"time"

	"picket/shared/httpsig"
)

// maxRetryAfter bounds what a node, or who stands before it, can make a tap wait.
const maxRetryAfter = time.Hour

// RetryAfter returns how long an answer asks to wait (RFC 9110, 10.2.3): at most
// an hour, and 0 when it does not ask.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if text == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, maxRetryAfter)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	return 0
}

// Skew returns by how much the clock differs from that of the node which sent h,
// positive when it is ahead, and whether that is more than signatures allow.
func Skew(h http.Header, now time.Time) (time.Duration, bool) {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0, false
	}
	skew := now.Sub(at).Truncate(time.Second)
	return skew, skew > httpsig.MaxAhead || skew < -httpsig.MaxLifetime
}
