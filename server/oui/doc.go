// Package oui says to whom the IEEE assigned an address's block.
//
// Blocks are 24, 28 or 36 bits long (MA-L, MA-M, MA-S); the longest that fits an
// address names its holder, since the holder of a long block got it out of the
// IEEE's own short one. A locally administered address has no holder, whatever
// its octets look like.
//
// The registry is registry.bin, made by transform from the npm package oui-data;
// see README.md. The file is zstd of: a count and that many blocks for each of
// the three lengths, then the names. A block is the difference of its prefix to
// the one before and the index of its name. All numbers are unsigned varints
// (encoding/binary). Names are UTF-8, each ended by a line feed.
package oui

//go:generate go run ./transform
