package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/renameio/v2"
)

// A result is how a campaign went.
type result struct {
	Figure  string    `json:"figure"`
	Failed  bool      `json:"failed"`
	Seconds int       `json:"seconds"`
	At      time.Time `json:"at"`
}

// A state is what is done, at one revision of the source: figures of another
// say nothing of this one.
type state struct {
	Revision string            `json:"revision"`
	Results  map[string]result `json:"results"`

	path string
}

func newState(path, revision string) *state {
	return &state{Revision: revision, Results: make(map[string]result), path: path}
}

// load reads what an earlier run left. A state of another revision is dropped.
func (s *state) load() error {
	b, err := os.ReadFile(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var earlier state
	if err := json.Unmarshal(b, &earlier); err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	if earlier.Revision == s.Revision && earlier.Results != nil {
		s.Results = earlier.Results
	}
	return nil
}

func (s *state) save() error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o755); err != nil {
		return err
	}
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return renameio.WriteFile(s.path, append(b, '\n'), 0o644)
}

// figure returns the campaign's line at the end.
func (s *state) figure(name string) string {
	r, ok := s.Results[name]
	if !ok {
		return "not run"
	}
	verdict := "ok"
	if r.Failed {
		verdict = "FAILED"
	}
	return fmt.Sprintf("%s in %d s: %s", verdict, r.Seconds, r.Figure)
}

// revision names the source that is tested.
func revision(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "git", "describe", "--tags", "--always", "--dirty").Output()
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(out))
}
