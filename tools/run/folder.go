package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
)

// dataFolder returns where the data is when nobody says: .picket in this folder.
// PostgreSQL never runs as root; where root keeps this folder to itself, as in
// /root, another user cannot reach it, and the data is below /var/lib.
func dataFolder(out *screen) string {
	const here = ".picket"
	root, err := filepath.Abs(here)
	if err != nil || os.Geteuid() != 0 {
		return here
	}
	closed := closedTo(filepath.Dir(root))
	if closed == "" {
		return here
	}
	name := sha256.Sum256([]byte(root))
	elsewhere := filepath.Join("/var/lib/picket-run", hex.EncodeToString(name[:4]))
	out.say("PostgreSQL must not run as root, and others may not pass through " + closed + ": the data is in " + elsewhere)
	return elsewhere
}

// closedTo returns the first folder on the way to path that other users may not
// pass through, "" when there is none.
func closedTo(path string) string {
	closed := ""
	for ; ; path = filepath.Dir(path) {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o001 == 0 {
			closed = path
		}
		if path == filepath.Dir(path) {
			return closed
		}
	}
}
