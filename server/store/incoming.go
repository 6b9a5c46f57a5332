package store

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"picket/shared/wire/wirepb"
)

// Incoming is a report to store: whose it is, as the request's signature and the
// database say, and what wire.Decode returned. Report is read only.
type Incoming struct {
	TenantID uuid.UUID
	TapID    uuid.UUID
	Report   *wirepb.Report

	// KeyNumber is that of the key under which the report came, which must still be
	// the tap's when it is stored. 0: not by a key, the caller answers for it.
	KeyNumber int
}

// Status says what became of a report.
type Status uint8

const (
	Stored    Status = iota + 1 // committed by this call
	Duplicate                   // stored before; nothing was changed
	Revoked                     // the tap or its key is unknown or revoked; nothing was stored
)

// Outcome is what became of one report, which definitions of its boot the
// database lacks (indexes in ascending order), and the revision of what the centre
// wants of the tap; that is 0 where the tap is revoked.
type Outcome struct {
	Status           Status
	DesiredRevision  uint64
	WantElements     []uint32
	WantFingerprints []uint32

	// NotRegistered is how many entities were heard that no registry has, since the
	// tap or its tenant had reached a limit (Limits).
	NotRegistered int
}

func (in *Incoming) bootID() uuid.UUID {
	var id uuid.UUID
	copy(id[:], in.Report.GetHeader().GetBootId())
	return id
}

func (in *Incoming) windowStart() time.Time {
	return time.UnixMicro(in.Report.GetHeader().GetWindowStartUs()).UTC()
}

func (in *Incoming) windowEnd() time.Time {
	return in.windowStart().Add(time.Duration(in.Report.GetHeader().GetWindowLengthMs()) * time.Millisecond)
}

// span returns the times of the first and last frame of row i, which lie in the
// window.
func (in *Incoming) span(t *wirepb.Times, i int) (first, last time.Time) {
	start, end := in.windowStart(), in.windowEnd()
	first = start.Add(time.Duration(t.GetFirstMs()[i]) * time.Millisecond)
	last = first.Add(time.Duration(t.GetSpanMs()[i]) * time.Millisecond)
	if first.After(end) {
		first = end
	}
	if last.After(end) {
		last = end
	}
	return first, last
}

// tapKey orders and identifies taps.
type tapKey struct {
	tenant, tap uuid.UUID
}

func (in *Incoming) tapKey() tapKey { return tapKey{in.TenantID, in.TapID} }

// bootKey identifies a start of a tap.
type bootKey struct {
	tapKey

	boot uuid.UUID
}

func (in *Incoming) bootKey() bootKey { return bootKey{in.tapKey(), in.bootID()} }

// reportKey identifies a report.
type reportKey struct {
	bootKey

	sequence uint64
}

func (in *Incoming) reportKey() reportKey {
	return reportKey{in.bootKey(), in.Report.GetHeader().GetSequence()}
}

// plain makes text storable: PostgreSQL's text holds no NUL.
func plain(s string) string {
	if strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x00", "\ufffd")
}
