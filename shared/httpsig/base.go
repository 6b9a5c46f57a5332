package httpsig

import "fmt"

// label, algorithm and tag of every signature (RFC 9421, 2.3 and 4).
const (
	label     = "picket"
	algorithm = "ed25519"
	tag       = "picket-v1"
)

// components returns what a signature covers, in order. A function, because an
// array cannot be a constant.
func components() [5]string {
	return [5]string{"@method", "@path", "@query", "content-digest", "picket-cluster"}
}

// base returns the signature base (RFC 9421, 2.5): a line a component, and the
// parameters as they stand in Signature-Input.
func base(names []string, value func(name string) (string, error), params string) ([]byte, error) {
	b := make([]byte, 0, 512)
	for _, name := range names {
		v, err := value(name)
		if err != nil {
			return nil, err
		}
		b = append(b, '"')
		b = append(b, name...)
		b = append(b, `": `...)
		b = append(b, v...)
		b = append(b, '\n')
	}
	b = append(b, `"@signature-params": `...)
	return append(b, params...), nil
}

// component returns the value of a component of r.
func (r Request) component(name string) (string, error) {
	switch name {
	case "@method":
		return r.Method, nil
	case "@path":
		if r.Path == "" {
			return "/", nil // RFC 9421, 2.2.6
		}
		return r.Path, nil
	case "@query":
		return "?" + r.RawQuery, nil // RFC 9421, 2.2.7: "?" alone where there is none
	}
	if v := r.Header(name); v != "" {
		return v, nil
	}
	return "", fmt.Errorf("%w: no %s", ErrMalformed, name)
}
