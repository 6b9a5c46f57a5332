// Package labcaptures holds the project's own labelled captures of the air:
// legitimate networks and attacks, recorded in its radio laboratory. README.md
// tells how they were made; labels.tsv says what each contains.
//
// The package serves tests and the makers of demonstrations. No program that
// ships imports it.
package labcaptures

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
)

//go:embed *.pcap labels.tsv
var files embed.FS

// FS returns the captures as NAME.pcap, and labels.tsv.
func FS() fs.FS { return files }

// Label says what a capture contains: one line of labels.tsv, a value for each
// of the columns that its first line names.
type Label map[string]string

// Labels returns the line of every capture, by its name without ".pcap".
func Labels() (map[string]Label, error) {
	text, err := files.ReadFile("labels.tsv")
	if err != nil {
		return nil, err
	}
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	columns := bytes.Split(lines[0], []byte("\t"))
	labels := make(map[string]Label, len(lines)-1)
	for n, line := range lines[1:] {
		values := bytes.Split(line, []byte("\t"))
		if len(values) != len(columns) {
			return nil, fmt.Errorf("labels.tsv line %d: %d values for %d columns", n+2, len(values), len(columns))
		}
		label := make(Label, len(columns))
		for i, column := range columns {
			label[string(column)] = string(values[i])
		}
		labels[label["name"]] = label
	}
	return labels, nil
}
