package desired

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// maxUnknown bounds how many unknown settings are named.
const maxUnknown = 8

// Encode returns the document as JSON. It must be valid.
func Encode(d Document) ([]byte, error) {
	if err := d.Validate(); err != nil {
		return nil, fmt.Errorf("desired state: %w", err)
	}
	d.IssuedAt = d.IssuedAt.UTC()
	b, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("desired state: %w", err)
	}
	return b, nil
}

// Decode reads and checks a document. What it does not know it leaves out and
// names in Unknown.
func Decode(b []byte) (Document, error) {
	var d Document
	if len(b) > MaxEncoded {
		return Document{}, fmt.Errorf("desired state: %d octets, at most %d", len(b), MaxEncoded)
	}
	if err := json.Unmarshal(b, &d); err != nil {
		return Document{}, fmt.Errorf("desired state: %w", err)
	}
	if err := d.Validate(); err != nil {
		return Document{}, fmt.Errorf("desired state: %w", err)
	}
	d.Unknown = unknown(b, reflect.TypeFor[Document](), "", nil)
	slices.Sort(d.Unknown)
	d.Unknown = slices.Compact(d.Unknown)
	return d, nil
}

// unknown appends the names in the JSON b that t, a type of documents, has no
// field for: an object's first level is known to be an object of t.
func unknown(b json.RawMessage, t reflect.Type, path string, names []string) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct {
		var items []json.RawMessage
		_ = json.Unmarshal(b, &items) // decoded once already, as this
		for _, item := range items {
			names = unknown(item, t.Elem(), path, names)
		}
		return names
	}
	if t.Kind() != reflect.Struct || t.PkgPath() != reflect.TypeFor[Document]().PkgPath() {
		return names
	}
	var members map[string]json.RawMessage
	_ = json.Unmarshal(b, &members)
	for name, value := range members {
		f, ok := fieldNamed(t, name)
		switch {
		case ok:
			names = unknown(value, f.Type, path+name+".", names)
		case len(names) < maxUnknown:
			names = append(names, fmt.Sprintf("%.64q", path+name))
		}
	}
	return names
}

// fieldNamed returns the field that encoding/json fills from a name.
func fieldNamed(t reflect.Type, name string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		f := t.Field(i)
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag != "-" && strings.EqualFold(tag, name) {
			return f, true
		}
	}
	return reflect.StructField{}, false
}
