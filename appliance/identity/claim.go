package identity

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"

	"picket/shared/enrol"
	"picket/shared/httpsig"
)

const claimName = "claim.json"

// claim is what a box keeps that waits to be let in: the CA that its token names or that
// it saw first, and the code of that CA and its key.
type claim struct {
	Cluster       string `json:"cluster"`
	CACertificate string `json:"ca_certificate,omitempty"` // none where a token names the CA
	KeyID         string `json:"key_id"`
	Code          string `json:"code"`
}

// ErrNoCode says that a box has no claim code: it has not reached a node yet.
var ErrNoCode = errors.New("this tap has no claim code yet: it has not reached a node")

// ClaimCode returns the code that a person types to adopt the box with this state
// folder. The errors are ErrNoCode, and fs.ErrExist where the tap is enrolled and
// needs none.
func ClaimCode(dir string) (enrol.ClaimCode, error) {
	if _, err := os.Stat(filepath.Join(dir, stateName)); err == nil {
		return "", fmt.Errorf("this tap is enrolled: %w", fs.ErrExist)
	}
	c, err := loadClaim(dir)
	if err != nil {
		return "", err
	}
	return enrol.ParseClaimCode(c.Code)
}

func loadClaim(dir string) (claim, error) {
	var c claim
	text, err := os.ReadFile(filepath.Join(dir, claimName))
	if errors.Is(err, fs.ErrNotExist) {
		return c, ErrNoCode
	}
	if err != nil {
		return c, fmt.Errorf("claim: %w", err)
	}
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("claim: %s: %w", filepath.Join(dir, claimName), err)
	}
	return c, nil
}

// claimOf returns the code of an exchange.
func claimOf(x exchange) enrol.ClaimCode {
	public, _ := x.key.Public().(ed25519.PublicKey)
	return enrol.Claim(public, x.ca)
}

// A Claimer waits, without a token, until a person adopts the box.
type Claimer struct {
	Dir   string        // the state folder
	URLs  []string      // of nodes: https://HOST:PORT
	About enrol.Request // name, MAC, version and architecture; the rest is filled in
	Log   *slog.Logger
}

// Claim returns the tap's identity when a person has typed the box's claim code, and
// keeps it in the state folder. It tries until ctx is done. The CA that the first
// node shows is believed, and the key made after that; where a node turns out to be
// another cluster's, the box begins anew, with a new key and so a new code: nothing
// that anybody has compared is lost.
func (c Claimer) Claim(ctx context.Context) (*Identity, error) {
	if i, err := Load(c.Dir); err == nil || !errors.Is(err, ErrNotEnrolled) {
		return i, err
	}
	shown := enrol.ClaimCode("")
	return rounds(ctx, c.URLs, c.Log, func(node string) (*Identity, time.Duration, error) {
		x, err := c.exchange(ctx, node)
		if err != nil {
			return nil, 0, err
		}
		if code := claimOf(x); code != shown {
			shown = code
			c.Log.Info("this tap waits to be adopted: type its claim code in the console, under Taps", "claim_code", code.String(), "node", node)
		}
		r, wait, err := x.ask(ctx, node)
		switch {
		case errors.Is(err, ErrOtherCA):
			return nil, 0, errors.Join(err, c.forget())
		case err == nil && r == nil:
			return nil, wait, errWaiting
		}
		return settle(c.Dir, x, r, wait, err)
	})
}

func (c Claimer) forget() error { return forgetClaim(c.Dir) }

func forgetClaim(dir string) error {
	if err := os.Remove(filepath.Join(dir, claimName)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// saveClaim keeps what the box shows meanwhile.
func saveClaim(dir string, kept claim, x exchange) error {
	public, _ := x.key.Public().(ed25519.PublicKey)
	kept.Cluster, kept.KeyID, kept.Code = x.cluster(), httpsig.KeyID(public), claimOf(x).String()
	text, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		return err
	}
	return renameio.WriteFile(filepath.Join(dir, claimName), append(text, '\n'), 0o600)
}

// exchange returns with what the box waits, after the first contact if there was
// none.
func (c Claimer) exchange(ctx context.Context, node string) (exchange, error) {
	kept, err := loadClaim(c.Dir)
	if err != nil && !errors.Is(err, ErrNoCode) {
		return exchange{}, err
	}
	x := exchange{about: c.About}
	if err == nil {
		b, err := hex.DecodeString(kept.Cluster)
		if err != nil || len(b) != len(x.ca) {
			return exchange{}, errors.Join(fmt.Errorf("claim: cluster %.80q", kept.Cluster), c.forget())
		}
		x.ca = [32]byte(b)
		if x.key, err = Key(c.Dir); err != nil {
			return exchange{}, err
		}
		public, _ := x.key.Public().(ed25519.PublicKey)
		if httpsig.KeyID(public) == kept.KeyID {
			return x, nil
		} // else the key was replaced: so is the claim
	}
	if x.ca, kept, err = c.meet(ctx, node); err != nil {
		return exchange{}, err
	}
	if x.key, err = newKey(c.Dir); err != nil { // after the CA is known, never before: see enrol.ClaimCode
		return exchange{}, err
	}
	return x, saveClaim(c.Dir, kept, x)
}

// newKey replaces the key of a box that is nobody's tap.
func newKey(dir string) (ed25519.PrivateKey, error) {
	if err := os.Remove(filepath.Join(dir, keyName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("tap key: %w", err)
	}
	return Key(dir)
}

// meet asks a node whose it is, and believes it.
func (c Claimer) meet(ctx context.Context, node string) (ca [32]byte, kept claim, err error) {
	base, err := url.Parse(node)
	if err != nil {
		return ca, kept, err
	}
	ctx, cancel := context.WithTimeout(ctx, enrolTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base.JoinPath(enrol.ClusterPath).String(), http.NoBody)
	if err != nil {
		return ca, kept, err
	}
	answer, body, err := once(request, anyContact(base.Hostname())) //nolint:bodyclose // once has closed it
	if err != nil {
		return ca, kept, err
	}
	if answer.StatusCode != http.StatusOK {
		return ca, kept, fmt.Errorf("whose node it is: %w", refusal(answer, body))
	}
	var r enrol.Cluster
	if err := json.Unmarshal(body, &r); err != nil {
		return ca, kept, fmt.Errorf("whose node it is: %w", err)
	}
	b, err := hex.DecodeString(r.Cluster)
	if err != nil || len(b) != len(ca) {
		return ca, kept, fmt.Errorf("whose node it is: cluster %.80q is not 64 hexadecimal digits", r.Cluster)
	}
	ca = [32]byte(b)
	if _, err := parseCA(r.CACertificate, ca); err != nil {
		return ca, kept, fmt.Errorf("whose node it is: %w", err)
	}
	return ca, claim{Cluster: r.Cluster, CACertificate: r.CACertificate}, nil
}
