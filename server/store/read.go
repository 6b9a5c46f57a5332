package store

import (
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Reader reads what the console shows.
type Reader struct{ pool *pgxpool.Pool }

// Span is a time range and, where Site is not empty, the slug of one site.
type Span struct {
	From, To time.Time
	Site     string
}

// ErrNotFound is returned for what does not exist, or not for this tenant.
var ErrNotFound = errors.New("not found")

// IsUnavailable reports whether err says that the database cannot be reached.
func IsUnavailable(err error) bool { return false }
