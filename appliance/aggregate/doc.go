// Package aggregate turns frames into the bounded summary of a window. It is
// pure: time arrives with the frame, nothing is read, written or logged.
//
// # Parts
//
// A Shard belongs to one capture and to the one goroutine that reads it. It
// dissects a frame and adds it to its current Window. When the window's time is
// over, the goroutine takes the window off the shard and hands it on; Report
// turns the windows of all captures into what is sent. Shards share nothing but
// their Definitions, which they touch only for an announcement never seen
// before: no lock, channel or allocation per frame.
//
// # The announcement cache
//
// A beacon's elements repeat, and dissecting them costs more than all else. A
// shard hashes the elements, without the traffic indication map that changes
// every time, and keeps what they said under that hash. The hash is seeded at
// random for each process, so that nobody can craft two beacons that share an
// entry.
//
// # Bounds
//
// Every table is keyed by what a transmitter chooses, so every table has a
// limit. A full table takes no new rows, goes on counting in those it has, and
// counts what it refuses; the count travels in the report. SSIDs of one BSSID
// and frequency, names, and definitions have limits of their own.
//
// # Rules of counting
//
//   - A frame whose capture header says that its FCS is bad is counted and used
//     for nothing else. No CRC is computed. Drivers whose flag lies are in
//     quirks.go.
//   - Frames are counted before duplicates are put together: a retry counts as a
//     frame and as a retry. Where two captures heard the same, the row of the
//     one that heard more stands; their counts are never added.
//   - A power that was not reported is missing. It is not 0 dBm and not in any
//     mean.
//   - A probe response is not a beacon: it has a count and a fingerprint of its
//     own.
//   - Time spent on a frequency is what the tuner says; without one it follows
//     from the frames: the time up to a frame belongs to the frequency of the
//     frame before it.
package aggregate
