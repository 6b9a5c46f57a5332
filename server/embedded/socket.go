package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
)

// maxSocketDir is what is left of a unix socket's path (107 octets and a NUL,
// unix(7)) after PostgreSQL's "/.s.PGSQL.5432.lock".
const maxSocketDir = 107 - 20

// socketDir makes the directory of the socket: beside the data, or where that
// path is too long in a place that is short and the same at every start.
func socketDir(a account, data string) (string, error) {
	dir := filepath.Join(data, "postgres.run")
	if len(dir) > maxSocketDir {
		sum := sha256.Sum256([]byte(data))
		name := "picket-" + hex.EncodeToString(sum[:8])
		dir = filepath.Join("/run", name)
		if os.Geteuid() != 0 {
			dir = filepath.Join(os.TempDir(), name)
		}
	}
	if err := a.makeDir(dir); err != nil {
		return "", fmt.Errorf("directory of the database's socket: %w", err)
	}
	return dir, nil
}
