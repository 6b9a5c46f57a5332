package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Limits bound what transmitters and taps can make the registries hold: each address
// that somebody invents would be a row. What is beyond them is stored with the raw
// observations, is counted, and gets no row in a registry until there is room.
type Limits struct {
	NewBSSs, NewStations, NewHosts int   // that a tap may add in an hour of the database's clock
	Rows                           int64 // of a tenant in each registry
}

// DefaultLimits are far above what busy places need: a railway station's tap hears
// some thousands of stations in an hour, most with addresses made up for the day.
var DefaultLimits = Limits{NewBSSs: 2_000, NewStations: 10_000, NewHosts: 10_000, Rows: 2_000_000}

func (l Limits) orDefault() Limits {
	if l == (Limits{}) {
		return DefaultLimits
	}
	return l
}

// entity is a kind of what registries are about.
type entity uint8

const (
	ofBSS entity = iota
	ofStation
	ofHost
	entities

	ofTap = entities // what a tap itself has: of no entity, and only Limits.Rows bounds it
)

func (l *Limits) of(e entity) int {
	return [entities]int{ofBSS: l.NewBSSs, ofStation: l.NewStations, ofHost: l.NewHosts}[e]
}

// Variants of rows, for the keys of seenCache. One whose table another writes too has
// that one's where they say the same.
const (
	bssVariant uint64 = iota + 1
	bssSightingVariant
	stationVariant
	stationSightingVariant
	associationVariant
	probeVariant
	hostVariant
	hostDHCPVariant
	hostSightingVariant
	hostAddressVariant
	hostNameVariant
	channelVariant
)

// parent is the variant of the entities themselves.
func (e entity) parent() uint64 {
	return [entities]uint64{ofBSS: bssVariant, ofStation: stationVariant, ofHost: hostVariant}[e]
}

// newCount is how many entities a tap added in this hour.
type newCount [entities]int

// limiter decides for a merge what new rows there are to be.
type limiter struct {
	limits   Limits
	seen     *seenCache
	sizes    map[tenantTable]int64
	count    map[tapKey]newCount
	accepted map[uint64]bool // entities that are new with this merge
	refused  map[uint64]bool
	over     map[*Incoming]int
}

func newLimiter(m *merge) *limiter {
	l := &limiter{
		limits: m.store.config.Limits.orDefault(), seen: m.store.seen, sizes: m.store.sizes.of(m), count: make(map[tapKey]newCount), accepted: make(map[uint64]bool), refused: make(map[uint64]bool), over: make(map[*Incoming]int),
	}
	for k, st := range m.taps {
		l.count[k] = st.new
	}
	return l
}

// allow reports whether a new row may be. What a new entity has comes with it, and
// what an entity that was kept out has is not counted again.
func (l *limiter) allow(r *registry, row *registryRow) bool {
	if row.parent != 0 {
		was, known := l.seen.get(row.parent)
		if l.refused[row.parent] || known && was.state == notRegistered && !l.accepted[row.parent] {
			return false
		}
	}
	size := tenantTable{row.tap.tenant, r.table}
	count := l.count[row.tap]
	free := r.of == ofTap || row.parent != 0 && l.accepted[row.parent]
	if l.sizes[size] >= l.limits.Rows || !free && count[r.of] >= l.limits.of(r.of) {
		l.refused[row.id] = true
		l.over[row.report]++
		return false
	}
	l.sizes[size]++
	if !free {
		count[r.of]++
		l.count[row.tap] = count
	}
	if row.parent == 0 {
		l.accepted[row.id] = true
	}
	return true
}

const notRegisteredSQL = `
UPDATE report AS r
SET not_registered = u.entities
FROM unnest(@tenants::uuid[], @taps::uuid[], @boots::uuid[], @sequences::bigint[], @starts::timestamptz[], @entities::integer[])
  AS u (tenant_id, tap_id, boot_id, sequence, window_start, entities)
WHERE r.tenant_id = u.tenant_id
  AND r.tap_id = u.tap_id
  AND r.boot_id = u.boot_id
  AND r.sequence = u.sequence
  AND r.window_start = u.window_start`

// queue notes with the reports what was kept out, which is rare.
func (l *limiter) queue(batch *pgx.Batch, m *merge) {
	var tenants, taps, boots uuids
	var sequences []int64
	var starts []time.Time
	var over []int32
	for i := range m.in {
		in := &m.in[i]
		n := l.over[in]
		if n == 0 {
			continue
		}
		m.outcomes[i].NotRegistered = n
		tenants, taps, boots = append(tenants, in.TenantID), append(taps, in.TapID), append(boots, in.bootID())
		sequences, starts = append(sequences, int64(in.Report.GetHeader().GetSequence())), append(starts, in.windowStart())
		over = append(over, int32(n))
	}
	if len(taps) > 0 {
		batch.Queue(notRegisteredSQL, pgx.StrictNamedArgs{
			"tenants": tenants, "taps": taps, "boots": boots, "sequences": sequences, "starts": starts, "entities": over,
		})
	}
}

// tenantTable is a registry of a tenant.
type tenantTable struct {
	tenant uuid.UUID
	table  string
}

// sizesEvery is how often a node reads how large the registries are. Between that, it
// adds what it stores itself, so that several nodes exceed a bound by what they store
// meanwhile and no more.
const sizesEvery = time.Minute

// registrySizes is what a node knows of the registries' sizes.
type registrySizes struct {
	mu    sync.Mutex
	read  time.Time
	sizes map[tenantTable]int64
}

// of returns the sizes for the tenants of m; they are the merge's own.
func (s *registrySizes) of(m *merge) map[tenantTable]int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	tenants := make(map[uuid.UUID]bool)
	for _, in := range m.fresh {
		tenants[in.TenantID] = true
	}
	sizes := make(map[tenantTable]int64)
	for k, n := range s.sizes {
		if tenants[k.tenant] {
			sizes[k] = n
		}
	}
	return sizes
}

// add remembers what a committed merge knew.
func (s *registrySizes) add(l *limiter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sizes == nil {
		s.sizes = make(map[tenantTable]int64)
	}
	for k, n := range l.sizes {
		s.sizes[k] = max(s.sizes[k], n)
	}
}

const registrySizesSQL = `SELECT tenant_id, registry, row_count FROM registry_size`

// refresh reads the sizes when that was not done for a while. Where it fails, those
// that are known stand: the reports are stored all the same.
func (s *registrySizes) refresh(ctx context.Context, st *Store) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.read) < sizesEvery {
		return
	}
	s.read = time.Now()
	rows, err := st.ingest.Query(ctx, registrySizesSQL)
	if err != nil {
		return
	}
	sizes := make(map[tenantTable]int64)
	var k tenantTable
	var n int64
	if _, err := pgx.ForEachRow(rows, []any{&k.tenant, &k.table, &n}, func() error {
		sizes[k] = n
		return nil
	}); err == nil {
		s.sizes = sizes
	}
}

// limitedRegistries are the tables whose rows Limits.Rows bounds.
func limitedRegistries() []string {
	return []string{"bss", "bss_sighting", "station", "station_sighting", "association", "probe", "host", "host_sighting",
		"host_address", "host_name", "channel_sighting"}
}

const countRegistrySQL = `
INSERT INTO registry_size AS s (tenant_id, registry, row_count, counted_at)
SELECT tenant_id, '@table', count(*), now()
FROM @table
GROUP BY tenant_id
ORDER BY tenant_id
ON CONFLICT (tenant_id, registry) DO UPDATE
SET row_count = EXCLUDED.row_count,
  counted_at = EXCLUDED.counted_at`

const emptyRegistrySQL = `
UPDATE registry_size
SET row_count = 0,
  counted_at = now()
WHERE registry = $1
  AND row_count > 0
  AND counted_at < now() - interval '1 minute'
  AND NOT EXISTS (SELECT FROM @table AS t WHERE t.tenant_id = registry_size.tenant_id)`

// CountRegistries counts the registries' rows, for Limits.Rows. It is background work
// for every ten minutes, and may run twice.
func (s *Store) CountRegistries(ctx context.Context) error {
	for _, table := range limitedRegistries() {
		if _, err := s.ingest.Exec(ctx, everyTableSQL(countRegistrySQL, table)); err != nil {
			return fmt.Errorf("store: count %s: %w", table, err)
		}
		if _, err := s.ingest.Exec(ctx, everyTableSQL(emptyRegistrySQL, table), table); err != nil {
			return fmt.Errorf("store: count %s: %w", table, err)
		}
	}
	return nil
}
