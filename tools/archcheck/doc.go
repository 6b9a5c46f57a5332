// Package archcheck holds Picket's architecture as tests: who may import whom,
// what stays pure, what state and which file sizes a package may have. A rule's
// reason is its failure message. Run it by
//
//	go test ./tools/archcheck
//
// rules.go is the part to read, and to change when a decision changes.
package archcheck

import "fmt"

// A Violation is one breach of a rule.
type Violation struct {
	Where string // a package's path in the module, or a file and line
	What  string // what it does
	Why   string // why it must not
}

func (v Violation) String() string { return fmt.Sprintf("%s: %s\n\tbut %s", v.Where, v.What, v.Why) }
