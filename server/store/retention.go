package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// RetentionFamily is a kind of data that is kept for a time of its own.
type RetentionFamily string

// The families of data.
const (
	KeepAir        RetentionFamily = "air_raw"
	KeepWire       RetentionFamily = "wire_raw"
	KeepReports    RetentionFamily = "report"
	KeepEvents     RetentionFamily = "event"
	KeepTenMinutes RetentionFamily = "10m"
	KeepHours      RetentionFamily = "1h"
	KeepDays       RetentionFamily = "1d"
	KeepHistory    RetentionFamily = "history"
	KeepRegistry   RetentionFamily = "registry"
)

// RetentionRule is a family's default and bounds.
type RetentionRule struct {
	Family  RetentionFamily
	About   string
	Default time.Duration
	Least   time.Duration
}

const day = 24 * time.Hour

// MaxRetention is the longest time for which anything is kept: a century.
const MaxRetention = 36_500 * day

// RetentionRules lists the families of data with their defaults.
func RetentionRules() []RetentionRule {
	return []RetentionRule{
		{KeepAir, "what was heard in the air, as it came", 7 * day, 2 * day},
		{KeepWire, "what was heard on the wire, as it came", 7 * day, 2 * day},
		// A report that is sent again is known by its row: twice as long as one may be late.
		{KeepReports, "taps' reports: health and identity", 7 * day, 2 * MaxLate},
		{KeepEvents, "events of taps", 365 * day, 2 * day},
		{KeepTenMinutes, "rollups of ten minutes, disconnections and handshakes", 30 * day, 3 * day},
		{KeepHours, "rollups of hours", 365 * day, 3 * day},
		{KeepDays, "rollups of days", 1826 * day, 3 * day},
		{KeepHistory, "gaps and starts of taps", 365 * day, 7 * day},
		{KeepRegistry, "networks, clients and hosts since they were last heard", 365 * day, 7 * day},
	}
}

// ErrRetention is returned for a family that there is not, or a time out of its range.
var ErrRetention = errors.New("no such retention")

// Retention is how long each family of data is kept.
type Retention map[RetentionFamily]time.Duration

// DefaultRetention is what a tenant keeps that asked for nothing else.
func DefaultRetention() Retention {
	r := make(Retention)
	for _, rule := range RetentionRules() {
		r[rule.Family] = rule.Default
	}
	return r
}

const retentionSQL = `
SELECT family,
       keep_hours
FROM retention
WHERE tenant_id = @tenant::uuid
ORDER BY family`

// readRetention returns what a tenant keeps, its own settings over the defaults.
func readRetention(ctx context.Context, tx pgx.Tx, tenant string) (Retention, error) {
	type row struct {
		Family    string
		KeepHours int
	}
	rows, err := collect[row](ctx, tx, retentionSQL, pgx.StrictNamedArgs{"tenant": tenant})
	if err != nil {
		return nil, fmt.Errorf("read retention: %w", err)
	}
	r := DefaultRetention()
	for _, s := range rows {
		r[RetentionFamily(s.Family)] = time.Duration(s.KeepHours) * time.Hour
	}
	return r, nil
}

// TenantRetention returns how long a tenant keeps what.
func (s *Store) TenantRetention(ctx context.Context, tenant uuid.UUID) (r Retention, err error) {
	err = s.InTenant(ctx, tenant, func(tx pgx.Tx) error {
		r, err = readRetention(ctx, tx, tenant.String())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return r, nil
}

const setRetentionSQL = `
INSERT INTO retention (tenant_id, family, keep_hours)
VALUES (@tenant, @family, @hours)
ON CONFLICT (tenant_id, family) DO UPDATE
SET keep_hours = EXCLUDED.keep_hours,
  changed_at = now()`

// SetRetention sets how long a tenant keeps a family, in whole hours. What is older
// is not shown from then on; its room is free when the partition is older than the
// longest retention of all tenants. The error is an ErrRetention for a family that
// there is not or a time out of its range.
func (s *Store) SetRetention(ctx context.Context, tenant uuid.UUID, family RetentionFamily, keep time.Duration) error {
	i := slices.IndexFunc(RetentionRules(), func(r RetentionRule) bool { return r.Family == family })
	if i < 0 {
		return fmt.Errorf("%w: %q", ErrRetention, family)
	}
	if least := RetentionRules()[i].Least; keep < least || keep > MaxRetention {
		return fmt.Errorf("%w: %s for %v is not between %v and %v", ErrRetention, family, keep, least, MaxRetention)
	}
	err := pgx.BeginFunc(ctx, s.owner, func(tx pgx.Tx) error {
		before, err := readRetention(ctx, tx, tenant.String())
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, setRetentionSQL, pgx.StrictNamedArgs{
			"tenant": tenant, "family": string(family), "hours": int(keep / time.Hour),
		})
		if err != nil {
			return err
		}
		return audit(ctx, tx, Entry{
			Scope: tenant, Verb: "change", Object: "retention", ID: string(family), Name: string(family),
			Before: keptHours{int(before[family] / time.Hour)}, After: keptHours{int(keep / time.Hour)},
		})
	})
	if err != nil {
		return fmt.Errorf("store: set retention: %w", err)
	}
	return nil
}

// keptHours is a retention in the audit log.
type keptHours struct {
	KeepHours int `json:"keepHours"`
}

const tenantRetentionsSQL = `
SELECT t.id AS tenant,
       coalesce(array_agg(r.family) FILTER (WHERE r.family IS NOT NULL), '{}') AS families,
       coalesce(array_agg(r.keep_hours) FILTER (WHERE r.family IS NOT NULL), '{}') AS hours
FROM tenant AS t
LEFT JOIN retention AS r ON r.tenant_id = t.id
GROUP BY t.id
ORDER BY t.id`

type tenantRetention struct {
	Tenant   uuid.UUID
	Families []string
	Hours    []int32
}

func (t tenantRetention) retention() Retention {
	r := DefaultRetention()
	for i, f := range t.Families {
		r[RetentionFamily(f)] = time.Duration(t.Hours[i]) * time.Hour
	}
	return r
}

// retentions returns what every tenant keeps, and the longest of each family.
func (s *Store) retentions(ctx context.Context) ([]tenantRetention, Retention, error) {
	rows, err := s.owner.Query(ctx, tenantRetentionsSQL)
	if err != nil {
		return nil, nil, fmt.Errorf("read retentions: %w", err)
	}
	tenants, err := pgx.CollectRows(rows, pgx.RowToStructByName[tenantRetention])
	if err != nil {
		return nil, nil, fmt.Errorf("read retentions: %w", err)
	}
	longest := DefaultRetention()
	for i, t := range tenants {
		for f, keep := range t.retention() {
			if i == 0 || keep > longest[f] {
				longest[f] = keep
			}
		}
	}
	return tenants, longest, nil
}
