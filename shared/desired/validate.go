package desired

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"picket/shared/wlan"
)

// Fields by which an Error says what is wrong, as in the document's JSON.
const (
	FieldWindow  = "window_ms"
	FieldCountry = "radio.country"
	FieldOwn     = "radio.own_mhz"
	FieldOnly    = "radio.only_mhz"
	FieldExclude = "radio.exclude_mhz"
	FieldLocks   = "radio.locks"
	FieldShare   = "radio.share"
	FieldRevisit = "radio.revisit_ms"
)

// An Error says which setting is wrong, and what would be right.
type Error struct {
	Field   string // as in the document's JSON
	Problem string
}

func (e *Error) Error() string { return e.Field + ": " + e.Problem }

func wrong(field, format string, args ...any) error {
	return &Error{Field: field, Problem: fmt.Sprintf(format, args...)}
}

// Validate checks a whole document. The error is an *Error.
func (d *Document) Validate() error {
	if b, err := hex.DecodeString(d.Cluster); err != nil || len(b) != 32 || strings.ToLower(d.Cluster) != d.Cluster {
		return wrong("cluster", "%.80q is not 64 hexadecimal digits", d.Cluster)
	}
	if id, err := uuid.Parse(d.Tap); err != nil || id.String() != d.Tap {
		return wrong("tap", "%.80q is not a UUID in its usual form", d.Tap)
	}
	if d.Revision == 0 || d.Revision > MaxRevision {
		return wrong("revision", "%d is not between 1 and %d", d.Revision, uint64(MaxRevision))
	}
	if y := d.IssuedAt.Year(); y < 2020 || y > 9998 {
		return wrong("issued_at", "the year is %d, want 2020 to 9998", y)
	}
	if err := checkWindow(d.WindowMS, false); err != nil {
		return err
	}
	if err := d.Radio.Validate(); err != nil {
		return err
	}
	for i, l := range d.Radio.Locks {
		if left := l.Until.Sub(d.IssuedAt); left <= 0 || left > MaxLock {
			return wrong(FieldLocks, "lock %d ends %v after the document was made, want more than 0 and at most %v", i, left, MaxLock)
		}
	}
	return nil
}

func checkWindow(ms int, said bool) error {
	switch {
	case ms == 0 && !said:
		return nil
	case ms < MinWindowMS || ms > MaxWindowMS || time.Minute.Milliseconds()%int64(ms) != 0:
		return wrong(FieldWindow, "%d is not a part of a minute from %d to %d, as 5000, 10000 and 30000 are", ms, MinWindowMS, MaxWindowMS)
	}
	return nil
}

func checkRevisit(ms int) error {
	if ms < MinRevisitMS || ms > MaxRevisitMS {
		return wrong(FieldRevisit, "%d is not between %d and %d", ms, MinRevisitMS, MaxRevisitMS)
	}
	return nil
}

// Validate checks what is wanted of the radios, but for when locks end. The error
// is an *Error.
func (r *Radio) Validate() error {
	if err := checkCountry(r.Country); err != nil {
		return err
	}
	for _, list := range []struct {
		field string
		of    []wlan.MHz
	}{{FieldOwn, r.Own}, {FieldOnly, r.Only}, {FieldExclude, r.Exclude}} {
		if err := checkList(list.field, list.of); err != nil {
			return err
		}
	}
	if len(r.Only) > 0 && !slices.ContainsFunc(r.Only, func(f wlan.MHz) bool { return !slices.Contains(r.Exclude, f) }) {
		return wrong(FieldOnly, "all of these channels are excluded as well, so that none is left to listen on")
	}
	if r.Share != (Share{}) && (r.Share.Of < 1 || r.Share.Of > MaxShare || r.Share.Index < 0 || r.Share.Index >= r.Share.Of) {
		return wrong(FieldShare, "index %d of %d: want 1 to %d taps, and an index from 0 to one less than that", r.Share.Index, r.Share.Of, MaxShare)
	}
	if r.RevisitMS != 0 {
		if err := checkRevisit(r.RevisitMS); err != nil {
			return err
		}
	}
	if len(r.Locks) > MaxLocks {
		return wrong(FieldLocks, "%d locks, at most %d", len(r.Locks), MaxLocks)
	}
	for _, l := range r.Locks {
		if err := l.Validate(); err != nil {
			return err
		}
	}
	return nil
}

func checkCountry(c string) error {
	switch {
	case c == "" || c == "00": // 00: the world regulatory domain
		return nil
	case len(c) != 2 || c[0] < 'A' || c[0] > 'Z' || c[1] < 'A' || c[1] > 'Z':
		return wrong(FieldCountry, "%.8q is not two capital letters (ISO 3166-1), as in DE, or 00 for the whole world", c)
	}
	return nil
}

func checkList(field string, list []wlan.MHz) error {
	if len(list) > MaxList {
		return wrong(field, "%d channels, at most %d", len(list), MaxList)
	}
	for i, f := range list {
		if err := CheckFrequency(field, f); err != nil {
			return err
		}
		if i > 0 && f <= list[i-1] {
			return wrong(field, "%d MHz comes after %d MHz, want ascending order and each channel once", f, list[i-1])
		}
	}
	return nil
}

// CheckFrequency returns an *Error of field unless f is the centre of a channel on
// which a tap may be asked to listen.
func CheckFrequency(field string, f wlan.MHz) error {
	if !IsChannel(f) {
		return wrong(field, "%d MHz is not the centre of a 20 MHz channel of 2.4, 5 or 6 GHz, as 2412, 5180 and 5955 are", f)
	}
	return nil
}

// Validate checks a lock by itself; its end is judged with the document. The
// error is an *Error.
func (l Lock) Validate() error {
	if err := CheckFrequency(FieldLocks, l.Frequency); err != nil {
		return err
	}
	if l.BSSID != "" {
		m, err := wlan.ParseMAC(l.BSSID)
		if err != nil || m.String() != l.BSSID || m.Group() {
			return wrong(FieldLocks, "%.32q is not a BSSID, as in 00:00:5e:00:53:01", l.BSSID)
		}
	}
	if len(l.Adapter) > MaxAdapter || strings.ContainsFunc(l.Adapter, func(r rune) bool {
		return !unicode.IsPrint(r) || r == ' ' || r == unicode.ReplacementChar
	}) {
		return wrong(FieldLocks, "%.80q is not the name of an adapter, as in phy0: at most %d octets without spaces", l.Adapter, MaxAdapter)
	}
	return nil
}
