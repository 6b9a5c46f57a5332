package desired

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"

	"picket/shared/desired"
)

const fileName = "desired.jws"

// load returns the document that was kept, nil when none was.
func load(dir string, opener desired.Opener) (*desired.Document, error) {
	path := filepath.Join(dir, fileName)
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // nothing was kept
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, desired.MaxEncoded+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d, err := opener.Open(string(text), 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &d, nil
}

// save keeps a document as it was signed.
func save(dir, text string) error {
	return renameio.WriteFile(filepath.Join(dir, fileName), []byte(text), 0o600)
}
