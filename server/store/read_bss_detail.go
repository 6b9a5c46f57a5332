package store

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"picket/server/store/rollup"
)

// BSSDetail is everything about a BSSID.
type BSSDetail struct {
	Variants    []BSS
	Channels    []BSSChannel
	Disconnects []Disconnect
	Handshakes  []Handshake
	Beacon      *Fingerprint
	Response    *Fingerprint
}

// BSSChannel is what was heard of a BSSID on a frequency.
type BSSChannel struct {
	FrequencyMHz int
	Frames       int64 // of the tap that heard most
	Bytes        int64
	LastHeardAt  time.Time
}

// bssChannels returns what was heard of a BSSID by frequency, most frames first.
func (v *view) bssChannels(ctx context.Context, bssid string) ([]BSSChannel, error) {
	q := v.figures(rollup.BSS, "bssid", []string{bssid}, true)
	q.by, q.values = []string{"frequency_mhz"}, []string{"frames", "bytes", "last_heard_at"}
	answer, err := v.ask(ctx, q)
	if err != nil {
		return nil, err
	}
	f := rollup.Families()[rollup.BSS]
	frames, bytes, last := f.Value("frames"), f.Value("bytes"), f.Value("last_heard_at")
	at := make(map[int32]BSSChannel)
	for k, row := range answer {
		c := at[k.key.MHz]
		c.FrequencyMHz = int(k.key.MHz)
		c.Frames, c.Bytes = max(c.Frames, row[frames]), max(c.Bytes, row[bytes])
		c.LastHeardAt = later(c.LastHeardAt, time.UnixMicro(row[last]).UTC())
		at[k.key.MHz] = c
	}
	return slices.SortedFunc(maps.Values(at), func(a, b BSSChannel) int {
		return cmp.Or(cmp.Compare(b.Frames, a.Frames), cmp.Compare(a.FrequencyMHz, b.FrequencyMHz))
	}), nil
}

// BSS returns everything about a BSSID, or ErrNotFound where it was not heard
// in the time range.
func (r *Reader) BSS(ctx context.Context, tenant, bssid string, span Span) (d BSSDetail, names Names, err error) {
	err = r.read(ctx, tenant, span, "BSS", func(v *view) (err error) {
		names = v.taps
		if d.Variants, err = v.bss(ctx, bssid, maxVariants); err != nil {
			return err
		}
		if len(d.Variants) == 0 {
			return ErrNotFound
		}
		if d.Channels, err = v.bssChannels(ctx, bssid); err != nil {
			return err
		}
		if d.Disconnects, err = v.disconnects(ctx, bssid); err != nil {
			return err
		}
		if d.Handshakes, err = v.handshakes(ctx, bssid); err != nil {
			return err
		}
		for _, b := range d.Variants {
			if d.Beacon == nil && b.BeaconHash != nil {
				if d.Beacon, err = v.fingerprint(ctx, b.BeaconHash); err != nil {
					return err
				}
			}
			if d.Response == nil && b.ResponseHash != nil {
				if d.Response, err = v.fingerprint(ctx, b.ResponseHash); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return d, names, err
}

// maxVariants bounds the SSIDs of one BSSID: an attacker may invent them.
const maxVariants = 200

// Fingerprint is what frames of one kind are made of.
type Fingerprint struct {
	Capabilities int
	Elements     []Element
}

// Element is an information element of a fingerprint.
type Element struct {
	ElementID   int
	IDExtension int
	VendorType  int64
	IsVolatile  bool
	Content     []byte
	Length      int
}

const capabilitiesSQL = `
SELECT capabilities
FROM fingerprint
WHERE tenant_id = @tenant::uuid
  AND hash = @hash`

const fingerprintElementsSQL = `
SELECT e.element_id,
       e.id_extension,
       e.vendor_type,
       e.is_volatile,
       e.content,
       e.length
FROM fingerprint f
CROSS JOIN LATERAL unnest(f.element_hashes) WITH ORDINALITY AS o (hash, place)
JOIN element e ON e.tenant_id = f.tenant_id AND e.hash = o.hash
WHERE f.tenant_id = @tenant::uuid
  AND f.hash = @hash
ORDER BY o.place`

func (v *view) fingerprint(ctx context.Context, hash []byte) (*Fingerprint, error) {
	var f Fingerprint
	args := pgx.StrictNamedArgs{"tenant": v.tenant, "hash": hash}
	err := v.QueryRow(ctx, capabilitiesSQL, args).Scan(&f.Capabilities)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil // not stored: nothing to show
	}
	if err != nil {
		return nil, err
	}
	f.Elements, err = collect[Element](ctx, v, fingerprintElementsSQL, args)
	return &f, err
}
