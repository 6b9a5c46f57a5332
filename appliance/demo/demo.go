// Package demo holds the captures of the demonstration office, for machines
// without a radio: what its air and its wire carry, in loops of ninety seconds.
// README.md tells their origin; tools/demo makes them.
package demo

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

//go:embed *.pcap.gz
var files embed.FS

// Radio returns the names of the captures of the air, one a radio.
func Radio() []string { return []string{"office-radio-2g", "office-radio-5g"} }

// Wire returns the names of the captures of the office's Ethernet.
func Wire() []string { return []string{"office-wire"} }

// Capture returns the named capture as a pcap file.
func Capture(name string) ([]byte, error) {
	b, err := files.ReadFile(name + ".pcap.gz")
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("demonstration capture %s: %w", name, err)
	}
	if b, err = io.ReadAll(z); err != nil {
		return nil, fmt.Errorf("demonstration capture %s: %w", name, err)
	}
	return b, nil
}

// WriteTo writes the named captures into dir, as pcap files, and returns their
// paths in the same order.
func WriteTo(dir string, names ...string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	paths := make([]string, len(names))
	for i, name := range names {
		b, err := Capture(name)
		if err != nil {
			return nil, err
		}
		paths[i] = filepath.Join(dir, name+".pcap")
		if err := os.WriteFile(paths[i], b, 0o644); err != nil {
			return nil, err
		}
	}
	return paths, nil
}
