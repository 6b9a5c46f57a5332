package spool

import (
	"os"
	"path/filepath"
)

// The cursor is the id of the last acknowledged report, in the form of a record
// without body. An id and not an offset, because the octets at an offset change.
const cursorName = "cursor"

// readCursor returns the zero id when there is no readable cursor.
func readCursor(dir string) ReportID {
	b, err := os.ReadFile(filepath.Join(dir, cursorName))
	if err != nil {
		return ReportID{}
	}
	r, _ := parseRecord(b)
	return r.ID
}

// writeCursor replaces the cursor. It does not wait for the disk: what a lost
// cursor costs is less than what an fsync does to an SD card.
func writeCursor(dir string, id ReportID) error {
	path := filepath.Join(dir, cursorName)
	if err := os.WriteFile(path+".new", appendRecord(nil, id, nil), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
