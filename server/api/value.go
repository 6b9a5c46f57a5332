package api

import (
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Time is a time as the interface writes it: RFC 3339, UTC, milliseconds.
type Time struct{ time.Time }

const timeLayout = "2006-01-02T15:04:05.000Z"

// MarshalJSON implements json.Marshaler.
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(`"` + t.UTC().Format(timeLayout) + `"`), nil
}

// Schema implements huma.SchemaProvider.
func (Time) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time"}
}

// at returns t for a field that may be null: nil for the zero time.
func at(t time.Time) *Time {
	if t.IsZero() {
		return nil
	}
	return &Time{t}
}

// List is the body of every list: items is at most the asked limit, total is
// how many there are.
type List[T any] struct {
	Items []T  `json:"items"`
	Total int  `json:"total" doc:"How many there are, of which items may be a part"`
	AsOf  Time `json:"asOf" doc:"When the list was read"`
}

// SiteRef names a site.
type SiteRef struct {
	Slug string `json:"slug" doc:"In URLs"`
	Name string `json:"name"`
}

// TapRef names a tap.
type TapRef struct {
	ID   string `json:"id" format:"uuid"`
	Name string `json:"name"`
}

// output is the answer of an operation that has a body.
type output[T any] struct{ Body T }

func reply[T any](body T) *output[T] { return &output[T]{Body: body} }
