package spool

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// segmentOctets is about how large a segment grows: what one drop loses, and
// what a lost cursor sends again.
const segmentOctets = 1 << 20

// maxSegment is the most that a segment of ours can have; a larger file is none.
const maxSegment = segmentOctets + recordHeader + maxBody

// A segment is a file of records.
type segment struct {
	number  uint64
	path    string
	size    int64
	reports int // not acknowledged

	file  *os.File // open for appending; nil when the segment is whole and on disk
	dirty bool     // has octets that may not be on disk
	gone  bool     // removed
}

// An entry is where a record lies in its segment.
type entry struct {
	id         ReportID
	start, end int64
}

func segmentPath(dir string, number uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%016x.seg", number))
}

// createSegment starts an empty segment.
func createSegment(dir string, number uint64) (*segment, error) {
	path := segmentPath(dir, number)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return &segment{number: number, path: path, file: file, dirty: true}, nil
}

// append adds octets at the end, all or none of them.
func (g *segment) append(b []byte) error {
	_, err := g.file.Write(b)
	if err != nil {
		if cut := g.file.Truncate(g.size); cut != nil {
			if info, statErr := g.file.Stat(); statErr == nil {
				g.size = info.Size() // reading skips what is torn
			}
			return errors.Join(err, cut)
		}
		return err
	}
	g.size += int64(len(b))
	g.reports++
	g.dirty = true
	return nil
}

// remove deletes the file.
func (g *segment) remove() error {
	g.gone = true
	err := os.Remove(g.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if g.file != nil {
		err = errors.Join(err, g.file.Close())
		g.file = nil
	}
	return err
}

// scan finds the records in the octets of a segment. damaged is how many octets
// belong to none.
func scan(b []byte) (entries []entry, damaged int64) {
	offset := 0
	for {
		r, start, end := findRecord(b, offset)
		if end == 0 {
			return entries, damaged + int64(len(b)-offset)
		}
		damaged += int64(start - offset)
		entries = append(entries, entry{r.ID, int64(start), int64(end)})
		offset = end
	}
}

// listSegments returns the numbers of the segments in dir, oldest first.
func listSegments(dir string) ([]uint64, error) {
	files, err := os.ReadDir(dir) // sorted by name, which is by number
	if err != nil {
		return nil, err
	}
	var numbers []uint64
	for _, f := range files {
		name, ok := strings.CutSuffix(f.Name(), ".seg")
		if n, err := strconv.ParseUint(name, 16, 64); ok && err == nil && len(name) == 16 {
			numbers = append(numbers, n)
		}
	}
	return numbers, nil
}
