package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
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

const bssChannelsSQL = bucketsSQL + `, heard AS (
  SELECT r.tap_id, e.frequency_mhz, e.frames, e.bytes, e.last_heard_at
  FROM buckets b
  JOIN bss_10m r
    ON r.tenant_id = @tenant::uuid
   AND r.tap_id = b.tap_id
   AND r.bucket = b.bucket
  CROSS JOIN LATERAL unnest(r.bssid, r.frequency_mhz, r.frames, r.bytes, r.last_heard_at)
    AS e (bssid, frequency_mhz, frames, bytes, last_heard_at)
  WHERE b.rolled
    AND @bssid::macaddr = ANY(r.bssid)
    AND e.bssid = @bssid::macaddr
  UNION ALL
  SELECT w.tap_id, coalesce(e.frequency_mhz, 0), e.frames::bigint, e.bytes,
         w.window_start + make_interval(secs => (coalesce(e.first_ms, 0) + coalesce(e.span_ms, 0)) / 1000.0)
  FROM buckets b
  JOIN bss_window w
    ON w.tenant_id = @tenant::uuid
   AND w.tap_id = b.tap_id
   AND w.window_start >= b.bucket
   AND w.window_start < b.bucket + interval '10 minutes'
  CROSS JOIN LATERAL unnest(w.bssid, w.frequency_mhz, w.frames, w.bytes, w.first_ms, w.span_ms)
    AS e (bssid, frequency_mhz, frames, bytes, first_ms, span_ms)
  WHERE NOT b.rolled
    AND w.window_start >= @from
    AND w.window_start < @to
    AND @bssid::macaddr = ANY(w.bssid)
    AND e.bssid = @bssid::macaddr
), by_tap AS (
  SELECT frequency_mhz,
         coalesce(sum(frames), 0)::bigint AS frames,
         coalesce(sum(bytes), 0)::bigint AS bytes,
         max(last_heard_at) AS last_heard_at
  FROM heard
  GROUP BY tap_id, frequency_mhz
)
SELECT frequency_mhz AS frequency_m_hz,
       max(frames) AS frames,
       max(bytes) AS bytes,
       max(last_heard_at) AS last_heard_at
FROM by_tap
GROUP BY frequency_mhz
ORDER BY max(frames) DESC, frequency_mhz`

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
		args := v.args(v.ids)
		args["bssid"] = bssid
		if d.Channels, err = collect[BSSChannel](ctx, v, bssChannelsSQL, args); err != nil {
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
