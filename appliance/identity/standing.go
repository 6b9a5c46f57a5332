package identity

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"picket/shared/enrol"
)

// Standing is what a state folder says of its tap, to people who look after it.
type Standing struct {
	TapID   string          // "": not enrolled
	Cluster string          // 64 hexadecimal digits; "": it knows none
	Nodes   []string        // URLs, as the cluster said; none before
	Code    enrol.ClaimCode // by which it is let in; "": it is enrolled, or has reached no node
	KeyMade time.Time       // zero: it has no key
}

// KeyIsOld reports whether the tap should have had a new key long since.
func (s Standing) KeyIsOld(now time.Time) bool {
	return s.TapID != "" && now.Sub(s.KeyMade) > keyLife
}

// Look reads the standing of the tap with this state folder, and changes nothing. A
// folder that is empty or not there has the zero Standing.
func Look(dir string) (Standing, error) {
	var s Standing
	info, err := os.Stat(filepath.Join(dir, keyName))
	switch {
	case err == nil:
		s.KeyMade = info.ModTime()
	case !errors.Is(err, fs.ErrNotExist):
		return s, err
	}
	text, err := os.ReadFile(filepath.Join(dir, stateName))
	if err == nil {
		var r enrol.Response
		if err := json.Unmarshal(text, &r); err != nil {
			return s, fmt.Errorf("identity: %s: %w", filepath.Join(dir, stateName), err)
		}
		s.TapID, s.Cluster, s.Nodes = r.TapID, r.Cluster, r.NodeURLs
		return s, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return s, err
	}
	c, err := loadClaim(dir)
	if errors.Is(err, ErrNoCode) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	s.Cluster = c.Cluster
	s.Code, err = enrol.ParseClaimCode(c.Code)
	return s, err
}
