package store

import (
	"context"
	"fmt"
	"math"
	"net"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"picket/shared/desired"
	"picket/shared/wlan"
)

// Desired reads and changes what the centre wants of taps, as people do. Its
// methods may be called concurrently.
//
// Each change gives the taps that it concerns a new revision, in the transaction
// of the change. A revision is at least the time of its making in milliseconds, so
// that it goes on growing when the database is restored from an old copy: taps
// refuse what is older than what they follow.
type Desired struct{ pool *pgxpool.Pool }

// Desired returns what reads and changes desired state. It is valid until s is
// closed.
func (s *Store) Desired() *Desired { return &Desired{pool: s.api} }

// Layer is what was set for a site or a tap, and by whom.
type Layer struct {
	desired.Settings

	ChangedBy string    // empty: nothing was ever set
	ChangedAt time.Time // zero: nothing was ever set
}

// ChannelLock is a lock with what a tap need not know of it.
type ChannelLock struct {
	desired.Lock

	ID        string
	CreatedBy string
	CreatedAt time.Time
}

// TapDesired is everything that the centre wants of a tap, and of what it is made.
type TapDesired struct {
	TapID    string
	SiteSlug string // not told to picket_ingest
	SiteName string
	Site     Layer
	Tap      Layer
	Locks    []ChannelLock // those that held when the revision was made
	Revision uint64
	IssuedAt time.Time // when the revision was made
	Followed *int64    // revision that the tap says it follows; nil: none
	Revoked  bool
}

// Document returns what the tap is told, without the cluster's id. The same
// revision gives the same document.
func (t *TapDesired) Document() desired.Document {
	d := desired.Merge(t.Site.Settings, t.Tap.Settings)
	d.Tap, d.Revision, d.IssuedAt = t.TapID, t.Revision, t.IssuedAt
	for _, l := range t.Locks {
		d.Radio.Locks = append(d.Radio.Locks, l.Lock)
	}
	return d
}

// settingColumns of a row of desired_setting, with a prefix for the columns; a
// row that is not there is all NULL.
func settingColumns(of string) string {
	return fmt.Sprintf(`%[1]s.window_ms, %[1]s.radio_use, %[1]s.radio_country, %[1]s.radio_own_mhz, %[1]s.radio_only_mhz,
  %[1]s.radio_exclude_mhz, %[1]s.radio_share_index, %[1]s.radio_share_of, %[1]s.radio_revisit_ms, %[1]s.changed_by, %[1]s.changed_at`, of)
}

// settingRow is what those columns are scanned into.
type settingRow struct {
	window             *int
	use                *bool
	country            *string
	own, only, exclude []int32
	shareIndex         *int
	shareOf            *int
	revisit            *int
	changedBy          *string
	changedAt          *time.Time
}

func (r *settingRow) fields() []any {
	return []any{&r.window, &r.use, &r.country, &r.own, &r.only, &r.exclude, &r.shareIndex, &r.shareOf, &r.revisit, &r.changedBy, &r.changedAt}
}

func (r *settingRow) layer() Layer {
	l := Layer{Settings: desired.Settings{
		WindowMS: r.window, Use: r.use, Country: r.country,
		Own: megahertz(r.own), Only: megahertz(r.only), Exclude: megahertz(r.exclude), Revisit: r.revisit,
	}}
	if r.shareIndex != nil && r.shareOf != nil {
		l.Share = &desired.Share{Index: *r.shareIndex, Of: *r.shareOf}
	}
	if r.changedBy != nil && r.changedAt != nil {
		l.ChangedBy, l.ChangedAt = *r.changedBy, *r.changedAt
	}
	return l
}

// megahertz converts a column; nil stays nil.
func megahertz(column []int32) []wlan.MHz {
	if column == nil {
		return nil
	}
	list := make([]wlan.MHz, len(column))
	for i, f := range column {
		list[i] = wlan.MHz(max(0, min(f, math.MaxUint16)))
	}
	return list
}

func tapDesiredSQL() string {
	return `
SELECT t.desired_revision, t.desired_at, t.followed_revision, t.revoked_at IS NOT NULL,
  ` + settingColumns("x") + `,
  ` + settingColumns("y") + `
FROM tap AS t
LEFT JOIN desired_setting AS x ON x.tenant_id = t.tenant_id AND x.site_id = t.site_id AND x.tap_id IS NULL
LEFT JOIN desired_setting AS y ON y.tenant_id = t.tenant_id AND y.site_id IS NULL AND y.tap_id = t.id
WHERE t.tenant_id = @tenant::uuid
  AND t.id = @tap::uuid`
}

const locksSQL = `
SELECT id, frequency_mhz, bssid, adapter, until, created_by, created_at
FROM channel_lock
WHERE tenant_id = @tenant::uuid
  AND tap_id = @tap::uuid
  AND until > @at
ORDER BY frequency_mhz, id`

// readTapDesired reads in tx what the centre wants of a tap, or returns ErrNotFound.
func readTapDesired(ctx context.Context, tx pgx.Tx, tenant, tap string) (TapDesired, error) {
	args := pgx.StrictNamedArgs{"tenant": tenant, "tap": tap}
	t := TapDesired{TapID: tap}
	var site, own settingRow
	var revision int64
	fields := append([]any{&revision, &t.IssuedAt, &t.Followed, &t.Revoked}, site.fields()...)
	if err := tx.QueryRow(ctx, tapDesiredSQL(), args).Scan(append(fields, own.fields()...)...); err != nil {
		return TapDesired{}, notFound(err)
	}
	t.Revision, t.Site, t.Tap = uint64(revision), site.layer(), own.layer()
	rows, err := tx.Query(ctx, locksSQL, pgx.StrictNamedArgs{"tenant": tenant, "tap": tap, "at": t.IssuedAt})
	if err != nil {
		return TapDesired{}, err
	}
	t.Locks, err = pgx.CollectRows(rows, scanLock)
	return t, err
}

func scanLock(row pgx.CollectableRow) (ChannelLock, error) {
	var l ChannelLock
	var id uuid.UUID
	var frequency int32
	var bssid net.HardwareAddr
	err := row.Scan(&id, &frequency, &bssid, &l.Adapter, &l.Until, &l.CreatedBy, &l.CreatedAt)
	l.ID, l.Frequency = id.String(), wlan.MHz(frequency)
	if bssid != nil {
		l.BSSID = bssid.String()
	}
	return l, err
}

// DesiredDocument returns what a tap is told, without the cluster's id, and
// whether the tap is revoked. The error is ErrNotFound where there is no such tap.
func (s *Store) DesiredDocument(ctx context.Context, tenant, tap uuid.UUID) (d desired.Document, revoked bool, err error) {
	// Revision and locks are two statements that have to see the same.
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, s.ingest, options, func(tx pgx.Tx) error {
		t, err := readTapDesired(ctx, tx, tenant.String(), tap.String())
		d, revoked = t.Document(), t.Revoked
		return err
	})
	if err != nil {
		return desired.Document{}, false, fmt.Errorf("store: desired state of tap %s: %w", tap, err)
	}
	return d, revoked, nil
}
