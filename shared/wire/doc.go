// Package wire is the report as it travels from a tap to a node: one protobuf
// message a window (report.proto), columnar, compressed with zstd.
//
// # Shape
//
// A table is one packed array a field. Addresses, SSIDs, names and security
// suites stand once in the report's Dictionary; rows refer to them by an index
// that counts from 1, with 0 for "none". Signals are histograms of 2 dB beside
// minimum, maximum and sum, and a row that was heard without a power has count
// 0: missing is never 0 dBm.
//
// Fingerprints and the elements that they list are definitions: numbered within
// one boot of a tap and sent once, in the first report that refers to them. A
// node that lacks one stores the report all the same and asks for it; the next
// report carries it again.
//
// # What the body does not say
//
// Tap, tenant and site come from the request's signature and the database. A
// report cannot claim to be somebody else's.
//
// # Compatibility
//
// Field numbers are never reused, columns never change their meaning. A reader
// ignores fields that it does not know, and takes a missing column as zeroes,
// so old taps talk to new nodes and the reverse. The golden files of every
// released version under testdata/ are decoded by a test for ever.
//
// # Limits
//
// Decode bounds the compressed and the decompressed size before it allocates,
// then checks every column's length, every index and every range (Validate), so
// that whoever stores a report need not.
package wire
