package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/shared/enrol"
)

// PendingBox is a box that waits, as people see it.
type PendingBox struct {
	Code         string // as enrol.ClaimCode, without dashes
	SiteSlug     *string
	SiteName     *string // of its token; nil: it came without one
	TokenID      *string
	Name         string // as the box calls itself
	MAC          *net.HardwareAddr
	Version      string
	Arch         string
	Address      string // from which it asked last; empty: not known
	FirstHeardAt time.Time
	LastHeardAt  time.Time

	// A tap of the tenant that had the same address and reports no more: the box may
	// be that tap anew. nil: there is none.
	WasID   *string
	WasName *string
	WasSite *string // slug
}

// Who is a tap's successor is a person's to say: an address is only what a box says.
const pendingBoxesSQL = `
SELECT b.claim_code AS code,
       s.slug AS site_slug,
       s.name AS site_name,
       k.id::text AS token_id,
       b.name,
       b.mac,
       b.version,
       b.arch,
       b.address,
       b.first_heard_at,
       b.last_heard_at,
       was.id::text AS was_id,
       was.name AS was_name,
       was.slug AS was_site
FROM pending_box AS b
LEFT JOIN site AS s ON s.tenant_id = b.tenant_id AND s.id = b.site_id
LEFT JOIN enrolment_token AS k ON k.secret_hash = b.token_hash
LEFT JOIN LATERAL (
  SELECT t.id, t.name, ts.slug
  FROM tap AS t
  JOIN site AS ts ON ts.tenant_id = t.tenant_id AND ts.id = t.site_id
  WHERE t.tenant_id = @tenant
    AND t.mac = b.mac
    AND (t.revoked_at IS NOT NULL OR t.last_report_at IS NULL OR t.last_report_at < now() - interval '2 minutes')
  ORDER BY t.last_report_at DESC NULLS LAST, t.id
  LIMIT 1
) AS was ON true
WHERE CASE WHEN @code = '' THEN b.tenant_id = @tenant ELSE b.claim_code = @code END
ORDER BY b.first_heard_at, b.key_id
LIMIT 1000`

// Pending returns the boxes that wait for the tenant, by their tokens, and how many
// boxes without one had to give way, ever.
func (t *Taps) Pending(ctx context.Context, tenant string) (boxes []PendingBox, dropped int64, err error) {
	err = t.in(ctx, tenant, func(of uuid.UUID, tx pgx.Tx) (err error) {
		if boxes, err = readPending(ctx, tx, of, ""); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT boxes FROM pending_box_drop`).Scan(&dropped)
	})
	if err != nil {
		return nil, 0, fmt.Errorf("store: boxes that wait: %w", err)
	}
	return boxes, dropped, nil
}

func readPending(ctx context.Context, tx pgx.Tx, tenant uuid.UUID, code enrol.ClaimCode) ([]PendingBox, error) {
	rows, err := tx.Query(ctx, pendingBoxesSQL, pgx.StrictNamedArgs{"tenant": tenant, "code": string(code)})
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[PendingBox])
}

// A transaction that names a whole code sees the box that has it: this is what
// row-level security lets through, as it does a tenant.
const setClaimCodeSQL = `SELECT set_config('picket.claim_code', @code, true)`

func setClaimCode(ctx context.Context, tx pgx.Tx, code enrol.ClaimCode) error {
	if _, err := tx.Exec(ctx, setClaimCodeSQL, pgx.StrictNamedArgs{"code": string(code)}); err != nil {
		return fmt.Errorf("set claim code: %w", err)
	}
	return nil
}

// Find returns the box that shows a code: it waits for this tenant, or for nobody in
// particular. Errors: ErrNotFound, ErrTooMany, and ErrConflict where two boxes show
// the same code, which chance does not do.
func (t *Taps) Find(ctx context.Context, tenant string, code enrol.ClaimCode, by Claimant) (box PendingBox, err error) {
	err = t.attempt(ctx, by, func() error {
		return t.in(ctx, tenant, func(of uuid.UUID, tx pgx.Tx) error {
			if err := setClaimCode(ctx, tx, code); err != nil {
				return err
			}
			boxes, err := readPending(ctx, tx, of, code)
			switch {
			case err != nil:
				return err
			case len(boxes) == 0:
				return ErrNotFound
			case len(boxes) > 1:
				return ErrConflict
			}
			box = boxes[0]
			return nil
		})
	})
	if err != nil {
		return PendingBox{}, fmt.Errorf("store: find a box that waits: %w", err)
	}
	return box, nil
}

// Adoption lets a box in.
type Adoption struct {
	Code     enrol.ClaimCode
	Site     string // slug; empty: that of its token
	Name     string // empty: as the box calls itself
	Replaces string // id of the tap that the box is from now on, with its past; empty: a new one
}

const lockPendingBoxSQL = `
SELECT b.key_id, b.public_key, b.token_hash, s.slug, b.name, b.mac, b.version, b.arch
FROM pending_box AS b
LEFT JOIN site AS s ON s.tenant_id = b.tenant_id AND s.id = b.site_id
WHERE b.claim_code = @code
ORDER BY b.key_id
FOR UPDATE OF b`

// lockedBox is a box that is being let in.
type lockedBox struct {
	keyID              string
	publicKey, token   []byte
	site               *string
	name               string
	mac                *net.HardwareAddr
	version, arch      string
	tenant, tap, place uuid.UUID
}

// Adopt lets in the box that shows a code and returns its tap's id. The box learns
// of it when it asks next. Errors: those of Find, ErrNoSite, and ErrNoTap where the
// tap to be replaced is not there.
func (t *Taps) Adopt(ctx context.Context, tenant string, a Adoption, by Claimant) (tap uuid.UUID, err error) {
	err = t.attempt(ctx, by, func() error {
		err := t.in(ctx, tenant, func(of uuid.UUID, tx pgx.Tx) error {
			if err := setClaimCode(ctx, tx, a.Code); err != nil {
				return err
			}
			tap, err = adopt(ctx, tx, of, a)
			return err
		})
		if isCode(err, codeUniqueViolation) { // the key is a tap's already: the box has been let in
			return ErrNotFound
		}
		return err
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("store: adopt: %w", err)
	}
	return tap, nil
}

func adopt(ctx context.Context, tx pgx.Tx, tenant uuid.UUID, a Adoption) (uuid.UUID, error) {
	rows, err := tx.Query(ctx, lockPendingBoxSQL, pgx.StrictNamedArgs{"code": string(a.Code)})
	if err != nil {
		return uuid.Nil, err
	}
	var b lockedBox
	tag, err := pgx.ForEachRow(rows, []any{&b.keyID, &b.publicKey, &b.token, &b.site, &b.name, &b.mac, &b.version, &b.arch}, func() error { return nil })
	switch {
	case err != nil:
		return uuid.Nil, err
	case tag.RowsAffected() == 0:
		return uuid.Nil, ErrNotFound
	case tag.RowsAffected() > 1:
		return uuid.Nil, ErrConflict
	}
	b.tenant = tenant
	if a.Name != "" {
		b.name = plain(a.Name)
	}
	if a.Site == "" && b.site != nil {
		a.Site = *b.site
	}
	const siteSQL = `
SELECT id
FROM site
WHERE tenant_id = @tenant
  AND slug = @site`
	if err := tx.QueryRow(ctx, siteSQL, pgx.StrictNamedArgs{"tenant": tenant, "site": a.Site}).Scan(&b.place); err != nil {
		return uuid.Nil, noSite(err)
	}
	entry := Entry{Scope: tenant, Verb: "adopt", Object: "tap", Name: b.name, After: tapAudit{Name: b.name, Site: a.Site}}
	number := 1
	if a.Replaces == "" {
		b.tap = newID()
		_, err = tx.Exec(ctx, addTapSQL, b.args(pgx.StrictNamedArgs{}))
	} else {
		number, entry.Before, err = b.replace(ctx, tx, a.Replaces, a.Site)
	}
	if err != nil {
		return uuid.Nil, err
	}
	entry.ID = b.tap.String()
	batch := new(pgx.Batch)
	batch.Queue(addTapKeySQL, pgx.StrictNamedArgs{
		"key_id": b.keyID, "tenant": tenant, "tap": b.tap, "public_key": b.publicKey, "number": number,
	})
	batch.Queue(dropPendingBoxSQL, pgx.StrictNamedArgs{"key_id": b.keyID})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return uuid.Nil, err
	}
	return b.tap, audit(ctx, tx, entry)
}

// ErrNoTap says that a tenant has no such tap, where ErrNotFound says something
// else.
var ErrNoTap = errors.New("no such tap")

const nextKeyNumberSQL = `
SELECT GREATEST(t.key_number, (SELECT max(number) FROM tap_key AS k WHERE k.tenant_id = t.tenant_id AND k.tap_id = t.id)) + 1
FROM tap AS t
WHERE t.tenant_id = @tenant
  AND t.id = @tap`

const replaceTapSQL = `
UPDATE tap` + newRevisionSQL + `,
  name = @name,
  site_id = @site,
  mac = @mac,
  version = @version,
  arch = @arch,
  token_hash = @hash,
  revoked_at = NULL,
  key_number = @number
WHERE tenant_id = @tenant
  AND id = @tap`

const dropKeysSQL = `
DELETE FROM tap_key
WHERE tenant_id = @tenant
  AND tap_id = @tap`

// replace makes the box a tap that was: its keys end, its past stays. It returns the
// number of its new key, and what it was.
func (b *lockedBox) replace(ctx context.Context, tx pgx.Tx, tap, site string) (number int, before tapAudit, err error) {
	b.tap, before, err = lockTap(ctx, tx, b.tenant, tap)
	if errors.Is(err, ErrNotFound) {
		return 0, before, ErrNoTap
	}
	if err != nil {
		return 0, before, err
	}
	if site != before.Site {
		if err := checkMove(ctx, tx, b.tenant.String(), tap, site); err != nil {
			return 0, before, err
		}
	}
	args := pgx.StrictNamedArgs{"tenant": b.tenant, "tap": b.tap}
	if err := tx.QueryRow(ctx, nextKeyNumberSQL, args).Scan(&number); err != nil {
		return 0, before, err
	}
	if _, err := tx.Exec(ctx, dropKeysSQL, args); err != nil {
		return 0, before, err
	}
	_, err = tx.Exec(ctx, replaceTapSQL, b.args(pgx.StrictNamedArgs{"number": number}))
	return number, before, err
}

// args adds the columns of a tap to more.
func (b *lockedBox) args(more pgx.StrictNamedArgs) pgx.StrictNamedArgs {
	var mac any
	if b.mac != nil {
		mac = *b.mac
	}
	more["tenant"], more["tap"], more["site"], more["name"], more["mac"] = b.tenant, b.tap, b.place, b.name, mac
	more["version"], more["arch"], more["hash"] = b.version, b.arch, b.token
	return more
}

const codesOfTokenSQL = `
SELECT b.claim_code
FROM pending_box AS b
JOIN enrolment_token AS k ON k.secret_hash = b.token_hash
WHERE k.tenant_id = @tenant
  AND k.id::text = @token
ORDER BY b.key_id`

// AdoptAll lets in all boxes that wait by one token, at its site and by the names
// that they call themselves, and returns how many. The error is ErrNotFound where
// none waits.
func (t *Taps) AdoptAll(ctx context.Context, tenant, token string) (boxes int, err error) {
	err = t.in(ctx, tenant, func(of uuid.UUID, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, codesOfTokenSQL, pgx.StrictNamedArgs{"tenant": of, "token": token})
		if err != nil {
			return err
		}
		codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, code := range codes {
			if _, err := adopt(ctx, tx, of, Adoption{Code: enrol.ClaimCode(code)}); err != nil {
				return err
			}
		}
		boxes = len(codes)
		if boxes == 0 {
			return ErrNotFound
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("store: adopt the boxes of token %s: %w", token, err)
	}
	return boxes, nil
}

// Reject forgets a box that waits for this tenant, by its code. One that asks again
// waits again, unless its token is over. The error is ErrNotFound.
func (t *Taps) Reject(ctx context.Context, tenant string, code enrol.ClaimCode) error {
	const rejectSQL = `
DELETE FROM pending_box
WHERE tenant_id = @tenant
  AND claim_code = @code
RETURNING name`
	err := t.in(ctx, tenant, func(of uuid.UUID, tx pgx.Tx) error {
		var name string
		if err := tx.QueryRow(ctx, rejectSQL, pgx.StrictNamedArgs{"tenant": of, "code": string(code)}).Scan(&name); err != nil {
			return notFound(err)
		}
		return audit(ctx, tx, Entry{Scope: of, Verb: "reject", Object: "box", ID: code.String(), Name: name})
	})
	if err != nil {
		return fmt.Errorf("store: reject a box: %w", err)
	}
	return nil
}
