package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/shared/desired"
	"picket/shared/wlan"
)

// minLock is the shortest lock: a tap learns of it with its next report.
const minLock = time.Minute

// Locks that ended, and one like the new one, which takes its place.
const dropLocksSQL = `
DELETE FROM channel_lock
WHERE tenant_id = @tenant::uuid
  AND tap_id = @tap::uuid
  AND (until <= @at OR frequency_mhz = @frequency AND adapter = @adapter AND bssid IS NOT DISTINCT FROM @bssid::macaddr)`

const countLocksSQL = `
SELECT count(*)
FROM channel_lock
WHERE tenant_id = @tenant::uuid
  AND tap_id = @tap::uuid`

const addLockSQL = `
INSERT INTO channel_lock (tenant_id, tap_id, id, frequency_mhz, bssid, adapter, until, created_by, created_at)
VALUES (@tenant::uuid, @tap::uuid, @id, @frequency, @bssid::macaddr, @adapter, @until, @by, @at)`

// Lock keeps an adapter of a tap on a channel for a time; l.Until is not looked
// at. The same lock again begins anew. The error is ErrNotFound, or a
// *desired.Error that says what is wrong.
func (d *Desired) Lock(ctx context.Context, tenant, tap string, l desired.Lock, length time.Duration, by string) (ChannelLock, error) {
	if err := l.Validate(); err != nil {
		return ChannelLock{}, err
	}
	if length < minLock || length > desired.MaxLock {
		return ChannelLock{}, &desired.Error{
			Field: desired.FieldLocks, Problem: fmt.Sprintf("a lock of %v: want %v to %v", length, minLock, desired.MaxLock),
		}
	}
	made := ChannelLock{Lock: l, ID: newID().String(), CreatedBy: by}
	err := inTenant(ctx, d.pool, pgx.ReadWrite, tenant, func(tx pgx.Tx) error {
		at, err := bumpTap(ctx, tx, tenant, tap)
		if err != nil {
			return err
		}
		made.CreatedAt, made.Until = at, at.Add(length)
		if err := addLock(ctx, tx, tenant, tap, made); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{Scope: tenantScope(tenant).uuid(), Verb: "create", Object: "channel lock", ID: made.ID, Name: tap, After: made.Lock})
	})
	if err != nil {
		return ChannelLock{}, fmt.Errorf("store: lock a channel of tap %s: %w", tap, err)
	}
	return made, nil
}

// bumpTap gives a tap a new revision and returns its time, or ErrNotFound. The
// tap is locked from then on.
func bumpTap(ctx context.Context, tx pgx.Tx, tenant, tap string) (at time.Time, err error) {
	err = tx.QueryRow(ctx, bumpTapSQL, pgx.StrictNamedArgs{"tenant": tenant, "tap": tap}).Scan(&at)
	return at, notFound(err)
}

func addLock(ctx context.Context, tx pgx.Tx, tenant, tap string, l ChannelLock) error {
	var bssid any
	if l.BSSID != "" {
		m, err := wlan.ParseMAC(l.BSSID)
		if err != nil {
			return err
		}
		bssid = mac6(m[:])
	}
	args := pgx.StrictNamedArgs{
		"tenant": tenant, "tap": tap, "at": l.CreatedAt, "frequency": int32(l.Frequency), "adapter": l.Adapter, "bssid": bssid,
	}
	if _, err := tx.Exec(ctx, dropLocksSQL, args); err != nil {
		return err
	}
	var locks int
	if err := tx.QueryRow(ctx, countLocksSQL, pgx.StrictNamedArgs{"tenant": tenant, "tap": tap}).Scan(&locks); err != nil {
		return err
	}
	if locks >= desired.MaxLocks {
		return &desired.Error{Field: desired.FieldLocks, Problem: fmt.Sprintf("the tap has %d locks, which is the most: remove one first", locks)}
	}
	args["id"], args["until"], args["by"] = l.ID, l.Until, l.CreatedBy
	_, err := tx.Exec(ctx, addLockSQL, args)
	return err
}

const dropLockSQL = `
DELETE FROM channel_lock
WHERE tenant_id = @tenant::uuid
  AND tap_id = @tap::uuid
  AND id = @id::uuid`

// Unlock removes a lock of a tap. The error is ErrNotFound where there is no such
// tap or lock.
func (d *Desired) Unlock(ctx context.Context, tenant, tap, id string) error {
	err := inTenant(ctx, d.pool, pgx.ReadWrite, tenant, func(tx pgx.Tx) error {
		if _, err := bumpTap(ctx, tx, tenant, tap); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, dropLockSQL, pgx.StrictNamedArgs{"tenant": tenant, "tap": tap, "id": id})
		if err := one(tag.RowsAffected(), err); err != nil {
			return err
		}
		return audit(ctx, tx, Entry{Scope: tenantScope(tenant).uuid(), Verb: "delete", Object: "channel lock", ID: id, Name: tap})
	})
	if err != nil {
		return fmt.Errorf("store: unlock a channel of tap %s: %w", tap, err)
	}
	return nil
}
