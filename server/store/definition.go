package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"picket/shared/wire/wirepb"
)

// definitionMerge stores the definitions that reports bring and finds out which
// are missing.
type definitionMerge struct {
	known map[bootKey]map[uint32]Hash // fingerprints by index
}

func (d *definitionMerge) run(ctx context.Context, tx pgx.Tx, m *merge) error {
	d.known = make(map[bootKey]map[uint32]Hash)
	if err := d.addElements(ctx, tx, m.fresh); err != nil {
		return fmt.Errorf("add elements: %w", err)
	}
	if err := d.addFingerprints(ctx, tx, m.fresh); err != nil {
		return fmt.Errorf("add fingerprints: %w", err)
	}
	if err := d.want(ctx, tx, m); err != nil {
		return fmt.Errorf("look up definitions: %w", err)
	}
	return nil
}

const addElementsSQL = `
INSERT INTO element (tenant_id, hash, element_id, id_extension, vendor_type, is_volatile, content, length, content_hash,
  first_heard_at)
SELECT *
FROM unnest(@tenants::uuid[], @hashes::bytea[], @ids::smallint[], @extensions::smallint[], @vendors::bigint[],
  @volatile::boolean[], @contents::bytea[], @lengths::integer[], @content_hashes::bigint[], @heard::timestamptz[])
ON CONFLICT DO NOTHING`

const addBootElementsSQL = `
INSERT INTO boot_element (tenant_id, tap_id, boot_id, element_index, hash)
SELECT *
FROM unnest(@tenants::uuid[], @taps::uuid[], @boots::uuid[], @indexes::bigint[], @hashes::bytea[])
ON CONFLICT DO NOTHING`

// addElements stores the reports' elements by content and what the boots' indexes
// mean.
func (d *definitionMerge) addElements(ctx context.Context, tx pgx.Tx, fresh []*Incoming) error {
	type content struct {
		tenant uuid.UUID
		hash   Hash
	}
	type item struct {
		content

		in *Incoming
		e  *wirepb.Element
	}
	var items []item
	for _, in := range fresh {
		for _, e := range in.Report.GetDefinitions().GetElements() {
			items = append(items, item{content{in.TenantID, ElementHash(e)}, in, e})
		}
	}
	if len(items) == 0 {
		return nil
	}
	slices.SortStableFunc(items, func(a, b item) int {
		if c := bytes.Compare(a.tenant[:], b.tenant[:]); c != 0 {
			return c
		}
		return bytes.Compare(a.hash[:], b.hash[:])
	})
	var tenants, bootTenants, taps, boots uuids
	var hashes, contents, bootHashes [][]byte
	var ids, extensions []int16
	var vendors, contentHashes, indexes []int64
	var isVolatile []bool
	var lengths []int32
	var heard []time.Time
	for i, it := range items {
		bootTenants, taps, boots = append(bootTenants, it.tenant), append(taps, it.in.TapID), append(boots, it.in.bootID())
		indexes, bootHashes = append(indexes, int64(it.e.GetIndex())), append(bootHashes, slices.Clone(it.hash[:]))
		if i > 0 && items[i-1].content == it.content {
			continue
		}
		tenants, hashes = append(tenants, it.tenant), append(hashes, slices.Clone(it.hash[:]))
		ids, extensions = append(ids, int16(it.e.GetId())), append(extensions, int16(it.e.GetIdExtension()))
		vendors, isVolatile = append(vendors, int64(it.e.GetVendorType())), append(isVolatile, it.e.GetIsVolatile())
		contents, lengths = append(contents, nonNil(it.e.GetContent())), append(lengths, int32(it.e.GetLength()))
		contentHashes = append(contentHashes, int64(it.e.GetContentHash()))
		heard = append(heard, it.in.windowStart())
	}
	batch := new(pgx.Batch)
	batch.Queue(addElementsSQL, pgx.StrictNamedArgs{
		"tenants": tenants, "hashes": hashes, "ids": ids, "extensions": extensions, "vendors": vendors,
		"volatile": isVolatile, "contents": contents, "lengths": lengths, "content_hashes": contentHashes, "heard": heard,
	})
	// Rows of one boot are written by whoever holds its tap: their order is free.
	batch.Queue(addBootElementsSQL, pgx.StrictNamedArgs{
		"tenants": bootTenants, "taps": taps, "boots": boots, "indexes": indexes, "hashes": bootHashes,
	})
	return tx.SendBatch(ctx, batch).Close()
}

// Lists of lists travel as array literals: unnest would take apart an array of them.
const addFingerprintsSQL = `
INSERT INTO fingerprint (tenant_id, hash, kind, element_hashes, capabilities, first_heard_at)
SELECT tenant_id, hash, kind, elements::bytea[], capabilities, heard
FROM unnest(@tenants::uuid[], @hashes::bytea[], @kinds::smallint[], @elements::text[], @capabilities::integer[], @heard::timestamptz[])
  AS u (tenant_id, hash, kind, elements, capabilities, heard)
ON CONFLICT DO NOTHING`

const addBootFingerprintsSQL = `
INSERT INTO boot_fingerprint AS b (tenant_id, tap_id, boot_id, fingerprint_index, kind, element_indexes, capabilities, hash)
SELECT tenant_id, tap_id, boot_id, index, kind, elements::bigint[], capabilities, hash
FROM unnest(@tenants::uuid[], @taps::uuid[], @boots::uuid[], @indexes::bigint[], @kinds::smallint[], @elements::text[],
  @capabilities::integer[], @hashes::bytea[])
  AS u (tenant_id, tap_id, boot_id, index, kind, elements, capabilities, hash)
ON CONFLICT (tenant_id, tap_id, boot_id, fingerprint_index) DO UPDATE
SET hash = EXCLUDED.hash
WHERE b.hash IS NULL
  AND EXCLUDED.hash IS NOT NULL`

// A definedPrint is a fingerprint with the boot whose indexes it uses.
type definedPrint struct {
	boot         bootKey
	index        uint32
	kind         int16
	elements     []int64
	capabilities int32
	heard        time.Time

	hash   Hash
	hashes [][]byte // of the elements; nil while one is missing
}

// addFingerprints stores the reports' fingerprints, and completes those of their
// boots that waited for an element.
func (d *definitionMerge) addFingerprints(ctx context.Context, tx pgx.Tx, fresh []*Incoming) error {
	var prints []*definedPrint
	waiting := make(map[bootKey]time.Time)
	for _, in := range fresh {
		boot := in.bootKey()
		for _, f := range in.Report.GetDefinitions().GetFingerprints() {
			prints = append(prints, &definedPrint{
				boot: boot, index: f.GetIndex(), kind: int16(f.GetKind()), capabilities: int32(f.GetCapabilities()), heard: in.windowStart(),
				elements: each(f.GetElements(), func(e uint32) int64 { return int64(e) }),
			})
		}
		if len(in.Report.GetDefinitions().GetElements()) > 0 {
			waiting[boot] = in.windowStart()
		}
	}
	open, err := openPrints(ctx, tx, waiting)
	if err != nil {
		return err
	}
	prints = append(prints, open...)
	if len(prints) == 0 {
		return nil
	}
	if err := resolve(ctx, tx, prints); err != nil {
		return err
	}
	slices.SortStableFunc(prints, func(a, b *definedPrint) int { // the order of fingerprint's key
		if c := bytes.Compare(a.boot.tenant[:], b.boot.tenant[:]); c != 0 {
			return c
		}
		return bytes.Compare(a.hash[:], b.hash[:])
	})
	batch := new(pgx.Batch)
	queueFingerprints(batch, prints)
	queueBootFingerprints(batch, prints)
	return tx.SendBatch(ctx, batch).Close()
}

// queueFingerprints stores those whose elements are all known, once each.
func queueFingerprints(batch *pgx.Batch, prints []*definedPrint) {
	var tenants uuids
	var hashes [][]byte
	var kinds []int16
	var elements []string
	var capabilities []int32
	var heard []time.Time
	var last *definedPrint
	for _, p := range prints {
		if p.hashes == nil || last != nil && last.boot.tenant == p.boot.tenant && last.hash == p.hash {
			continue
		}
		last = p
		tenants, hashes, kinds = append(tenants, p.boot.tenant), append(hashes, p.hash[:]), append(kinds, p.kind)
		elements = append(elements, literal(p.hashes, func(b, hash []byte) []byte {
			return append(hex.AppendEncode(append(b, `"\\x`...), hash), '"')
		}))
		capabilities, heard = append(capabilities, p.capabilities), append(heard, p.heard)
	}
	if len(hashes) > 0 {
		batch.Queue(addFingerprintsSQL, pgx.StrictNamedArgs{
			"tenants": tenants, "hashes": hashes, "kinds": kinds, "elements": elements, "capabilities": capabilities, "heard": heard,
		})
	}
}

// queueBootFingerprints stores what the boots' indexes mean.
func queueBootFingerprints(batch *pgx.Batch, prints []*definedPrint) {
	type row struct {
		boot  bootKey
		index uint32
	}
	at := make(map[row]int, len(prints))
	var tenants, taps, boots uuids
	var indexes []int64
	var kinds []int16
	var elements []string
	var capabilities []int32
	var hashes [][]byte
	for _, p := range prints {
		var hash []byte
		if p.hashes != nil {
			hash = p.hash[:]
		}
		k := row{p.boot, p.index}
		if i, twice := at[k]; twice { // a row may be written once in a statement
			if hashes[i] == nil {
				hashes[i] = hash
			}
			continue
		}
		at[k] = len(indexes)
		tenants, taps, boots = append(tenants, p.boot.tenant), append(taps, p.boot.tap), append(boots, p.boot.boot)
		indexes, kinds, hashes = append(indexes, int64(p.index)), append(kinds, p.kind), append(hashes, hash)
		elements = append(elements, literal(p.elements, func(b []byte, e int64) []byte { return strconv.AppendInt(b, e, 10) }))
		capabilities = append(capabilities, p.capabilities)
	}
	batch.Queue(addBootFingerprintsSQL, pgx.StrictNamedArgs{
		"tenants": tenants, "taps": taps, "boots": boots, "indexes": indexes, "kinds": kinds, "elements": elements,
		"capabilities": capabilities, "hashes": hashes,
	})
}

// literal is an array as PostgreSQL's text form has it (postgresql.org/docs/current/arrays.html,
// section 8.15.6).
func literal[T any](list []T, appendElement func([]byte, T) []byte) string {
	b := []byte{'{'}
	for i, e := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendElement(b, e)
	}
	return string(append(b, '}'))
}

const openPrintsSQL = `
SELECT b.tenant_id, b.tap_id, b.boot_id, b.fingerprint_index, b.kind, b.element_indexes, b.capabilities
FROM boot_fingerprint AS b
JOIN unnest(@tenants::uuid[], @taps::uuid[], @boots::uuid[]) AS u (tenant_id, tap_id, boot_id)
  USING (tenant_id, tap_id, boot_id)
WHERE b.hash IS NULL
ORDER BY 1, 2, 3, 4`

// openPrints returns the stored fingerprints of boots that lack an element.
func openPrints(ctx context.Context, tx pgx.Tx, boots map[bootKey]time.Time) ([]*definedPrint, error) {
	if len(boots) == 0 {
		return nil, nil
	}
	var tenants, taps, ids uuids
	for _, b := range slices.SortedFunc(maps.Keys(boots), bootKey.compare) {
		tenants, taps, ids = append(tenants, b.tenant), append(taps, b.tap), append(ids, b.boot)
	}
	rows, err := tx.Query(ctx, openPrintsSQL, pgx.StrictNamedArgs{"tenants": tenants, "taps": taps, "boots": ids})
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (*definedPrint, error) {
		p := new(definedPrint)
		var index int64
		err := row.Scan(&p.boot.tenant, &p.boot.tap, &p.boot.boot, &index, &p.kind, &p.elements, &p.capabilities)
		p.index, p.heard = uint32(index), boots[p.boot]
		return p, err
	})
}

const bootElementsSQL = `
SELECT e.tenant_id, e.tap_id, e.boot_id, e.element_index, e.hash
FROM boot_element AS e
JOIN unnest(@tenants::uuid[], @taps::uuid[], @boots::uuid[], @indexes::bigint[])
  AS u (tenant_id, tap_id, boot_id, element_index)
  USING (tenant_id, tap_id, boot_id, element_index)`

// elementKey is an element by a boot's index.
type elementKey struct {
	boot  bootKey
	index int64
}

// lookUpElements returns the hashes of those elements that are stored.
func lookUpElements(ctx context.Context, tx pgx.Tx, keys map[elementKey]bool) (map[elementKey]Hash, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var tenants, taps, boots uuids
	var indexes []int64
	for k := range keys {
		tenants, taps = append(tenants, k.boot.tenant), append(taps, k.boot.tap)
		boots, indexes = append(boots, k.boot.boot), append(indexes, k.index)
	}
	rows, err := tx.Query(ctx, bootElementsSQL, pgx.StrictNamedArgs{"tenants": tenants, "taps": taps, "boots": boots, "indexes": indexes})
	if err != nil {
		return nil, err
	}
	found := make(map[elementKey]Hash, len(keys))
	var k elementKey
	var hash []byte
	_, err = pgx.ForEachRow(rows, []any{&k.boot.tenant, &k.boot.tap, &k.boot.boot, &k.index, &hash}, func() error {
		found[k] = Hash(hash)
		return nil
	})
	return found, err
}

// resolve sets the hashes of prints whose elements are all stored.
func resolve(ctx context.Context, tx pgx.Tx, prints []*definedPrint) error {
	need := make(map[elementKey]bool)
	for _, p := range prints {
		for _, e := range p.elements {
			need[elementKey{p.boot, e}] = true
		}
	}
	have, err := lookUpElements(ctx, tx, need)
	if err != nil {
		return err
	}
	for _, p := range prints {
		all := make([]Hash, 0, len(p.elements))
		for _, e := range p.elements {
			if h, ok := have[elementKey{p.boot, e}]; ok {
				all = append(all, h)
			}
		}
		if len(all) < len(p.elements) {
			continue
		}
		p.hash = FingerprintHash(wirepb.Fingerprint_Kind(p.kind), all)
		p.hashes = make([][]byte, len(all))
		for i := range all {
			p.hashes[i] = all[i][:]
		}
	}
	return nil
}

// nonNil makes empty octets of none: a NULL would not be them.
func nonNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
