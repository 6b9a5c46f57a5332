// Package spool keeps reports on disk until a node has stored them: bounded, in
// order, over crashes and power cuts.
//
// # Files
//
//	DIR/lock                   held while the spool is open
//	DIR/cursor                 up to where reports of the oldest segment were acknowledged
//	DIR/0000000000000001.seg   segments, oldest first; a number is never used twice
//
// A segment is a sequence of records, appended until it is about 1 MiB large:
//
//	octets  0 to 3    "PKR1"
//	        4 to 7    CRC-32C of all that follows
//	        8 to 11   length of the body, little-endian
//	       12 to 27   boot id
//	       28 to 35   sequence, little-endian
//	       36 …       body
//
// # What survives
//
// Append hands a record to the kernel before it returns, so a killed process
// loses none. Run writes them to the disk 60 s after that or, with 1 MiB waiting,
// sooner, so a power cut loses at most 60 s of appends and SD cards are
// spared: while a node answers, records are acknowledged and cut off again before most
// of them ever reach the disk.
//
// Reports need not be on disk before they are sent. One that was sent, stored by
// the node and then lost here is stored once; one that was sent, stored, and comes
// back here because its acknowledgement was lost is sent again under the same
// id, which the node knows. Therefore the cursor, too, is a mere saving: losing it costs
// sending at most a segment again.
//
// Reading does not trust the disk. A record whose sum does not fit is skipped, and
// reading goes on at the next that does: one bad octet costs one record, and a
// torn end costs what was torn. What was skipped is counted.
//
// # Bounds
//
// When the segments exceed the bound, or the disk is full, the oldest segment
// goes, and its reports are counted as dropped: what is new matters more.
package spool
