package store

import (
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
)

// references returns the fingerprints to which a report's rows refer.
func references(in *Incoming) map[uint32]bool {
	refs := make(map[uint32]bool)
	for _, col := range [][]uint32{
		in.Report.GetBss().GetBeaconFingerprint(), in.Report.GetBss().GetResponseFingerprint(),
		in.Report.GetStations().GetProbeFingerprint(), in.Report.GetStations().GetAssociationFingerprint(),
	} {
		for _, i := range col {
			if i != 0 {
				refs[i] = true
			}
		}
	}
	return refs
}

const bootFingerprintsSQL = `
SELECT b.tenant_id, b.tap_id, b.boot_id, b.fingerprint_index, b.hash, b.element_indexes
FROM boot_fingerprint AS b
JOIN unnest(@tenants::uuid[], @taps::uuid[], @boots::uuid[], @indexes::bigint[])
  AS u (tenant_id, tap_id, boot_id, fingerprint_index)
  USING (tenant_id, tap_id, boot_id, fingerprint_index)`

// want finds the fingerprints to which new reports refer, in the node's memory or
// the database, and sets in the outcomes what is in neither.
func (d *definitionMerge) want(ctx context.Context, tx pgx.Tx, m *merge) error {
	refs := make(map[bootKey]map[uint32]bool)
	for _, in := range m.fresh {
		boot := in.bootKey()
		if refs[boot] == nil {
			refs[boot] = make(map[uint32]bool)
		}
		maps.Copy(refs[boot], references(in))
	}
	var tenants, taps, boots uuids
	var indexes []int64
	for boot, all := range refs {
		known, unknown := m.store.defs.lookUp(boot, all)
		d.known[boot] = known
		for _, i := range unknown {
			tenants, taps = append(tenants, boot.tenant), append(taps, boot.tap)
			boots, indexes = append(boots, boot.boot), append(indexes, int64(i))
		}
	}
	if len(indexes) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, bootFingerprintsSQL, pgx.StrictNamedArgs{
		"tenants": tenants, "taps": taps, "boots": boots, "indexes": indexes,
	})
	if err != nil {
		return err
	}
	open := make(map[bootKey]map[uint32][]int64) // stored, but an element is missing
	elements := make(map[elementKey]bool)
	var boot bootKey
	var index int64
	var hash []byte
	var of []int64
	_, err = pgx.ForEachRow(rows, []any{&boot.tenant, &boot.tap, &boot.boot, &index, &hash, &of}, func() error {
		if hash != nil {
			d.known[boot][uint32(index)] = Hash(hash)
			return nil
		}
		if open[boot] == nil {
			open[boot] = make(map[uint32][]int64)
		}
		open[boot][uint32(index)] = slices.Clone(of)
		for _, e := range of {
			elements[elementKey{boot, e}] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	have, err := lookUpElements(ctx, tx, elements)
	if err != nil {
		return err
	}
	for i := range m.in {
		if m.outcomes[i].Status == Stored {
			d.setWants(&m.outcomes[i], &m.in[i], open, have)
		}
	}
	return nil
}

func (d *definitionMerge) setWants(o *Outcome, in *Incoming, open map[bootKey]map[uint32][]int64, have map[elementKey]Hash) {
	boot := in.bootKey()
	missing := make(map[uint32]bool)
	for i := range references(in) {
		if _, ok := d.known[boot][i]; ok {
			continue
		}
		of, stored := open[boot][i]
		if !stored {
			o.WantFingerprints = append(o.WantFingerprints, i)
		}
		for _, e := range of {
			if _, ok := have[elementKey{boot, e}]; !ok {
				missing[uint32(e)] = true
			}
		}
	}
	slices.Sort(o.WantFingerprints)
	o.WantElements = slices.Sorted(maps.Keys(missing))
}
