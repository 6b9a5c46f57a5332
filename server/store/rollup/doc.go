// Package rollup puts the windows of a tap together: pure functions from reports
// to the rows of ten minutes.
//
// A Builder takes the windows of one tap and ten minutes, in any order, and holds
// a table a family. A row has a key (which BSSID, SSID and frequency, say) and
// values that are put together by a rule each: added up, or the least or greatest
// kept. The rules make the order of windows irrelevant and the levels alike: hours
// are put together from tens of minutes, and days from hours, by the same rules.
// Family describes the columns, so that the store can write SQL for all families
// and levels from it.
//
// What one window says twice is not added up. A tap tells a BSS or a station once
// however many of its radios heard it; only channels have a row a radio. Where the
// radios' times on a frequency are together longer than the window, they listened
// side by side, and the one that heard most counts.
//
// Memory is bounded: a table takes as many rows as its family allows and counts
// what it refuses, since who transmits chooses the addresses.
package rollup
