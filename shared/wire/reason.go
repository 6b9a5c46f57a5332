package wire

// ReasonHeader names, in the answer to a report, what became of it in one word, for
// programs: a tap counts by it what is refused. The body says the same in a sentence.
// A reader takes a word that it does not know as it takes the status alone.
const ReasonHeader = "Picket-Reason"

// Words of ReasonHeader.
const (
	// With 204.
	ReasonDuplicate = "duplicate" // stored before; nothing was changed

	// With 413, 415 and 422: for good.
	ReasonType      = "type"      // another Content-Type, or a content encoding
	ReasonSize      = "size"      // more than MaxEncoded octets
	ReasonBomb      = "bomb"      // more than MaxDecoded octets when decompressed
	ReasonMalformed = "malformed" // no report, or one that contradicts itself
	ReasonOld       = "old"       // the window began too long ago
	ReasonFuture    = "future"    // the window ends after now
	ReasonData      = "data"      // the database cannot hold it

	// With 401: until the tap or its clock is set right.
	ReasonSignature = "signature" // missing, malformed, or not of this request
	ReasonCluster   = "cluster"   // signed for another cluster
	ReasonClock     = "clock"     // expired, or not yet valid: replayed, or a wrong clock
	ReasonUnknown   = "unknown"   // no tap has the key
	ReasonRevoked   = "revoked"

	// With 429 and 503: later, not before Retry-After says.
	ReasonTapRate    = "tap_rate"    // this tap sends more than it may
	ReasonTenantRate = "tenant_rate" // the tenant's taps together do
	ReasonBusy       = "busy"        // the node holds as much as it may
	ReasonDatabase   = "database"    // the database lags, fails, or is away
)

// SpreadHeader tells a tap, with the answer to a report, over how many milliseconds
// from the end of a window the cluster's taps should spread their reports. Windows
// end for all of them at once; a tap delays by a share of the span that it draws once,
// so that the reports do not come in one moment.
const SpreadHeader = "Picket-Spread"
