// Package desired follows what the centre wants of this tap: the document of
// picket/shared/desired.
//
// # Where it comes from
//
// A Follower asks a node with GET /v1/desired, signed as reports are. It believes
// the answer if the cluster's key, which the tap learned at enrolment, signed it
// for this tap, and its revision is not older than the last. A document that is
// refused changes nothing.
//
//	200  a document: checked, kept, followed
//	304  the one that is followed is the newest
//	401  not believed (key, clock, revoked): pause
//	429, 503
//	     later: pause at least as long as Retry-After says
//	anything else, and a document that is refused
//	     the next node at once; after the last of them, pause
//
// It asks when it starts, every few minutes, varied so that taps do not all ask
// at once, and soon after a report's answer named a newer revision (Newer). When
// nodes fail, pauses grow from a second to five minutes.
//
// # Where it is kept
//
// desired.jws in the state folder is the last document as it was signed, checked
// again when it is read: it holds at once after a start, with no node in reach,
// and revisions do not go back across starts. When it cannot be written the
// document is followed all the same, and writing is tried again.
package desired
