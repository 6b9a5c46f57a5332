// Package capture brings frames in: from an interface, through a TPACKET_V3 ring
// shared with the kernel, or from a capture file. It does not look inside them.
//
//	OpenInterface → *Ring ─┐
//	OpenFile      → *File ─┼─ Source: Next fills a Packet, without allocating
//	OpenDemo      → *Demo ─┘
//
// # Files
//
// Classic pcap (µs and ns, both byte orders) and pcapng (sections, interfaces of
// different link types and clocks, enhanced, simple and obsolete packet blocks),
// each also compressed with gzip. Headers are walked in a read buffer and packets
// are handed out in place. gopacket's pcapgo is the second opinion of the tests and not
// the reader: it keeps 8 of the 16 bits of a link type, ends at a minor version
// or snap length that tshark reads past, allocates what a record claims, and
// takes twice as long (BenchmarkFile, BenchmarkPcapgo).
//
// A file is input from strangers. A packet of more than MaxPacket octets, as
// tshark's bound, or a block that contradicts itself ends the file with an error
// that names record and offset; memory does not depend on what a file claims,
// and compressed data is only ever streamed. A file that was cut short gives its
// whole packets first and then an error that wraps io.ErrUnexpectedEOF.
//
// # Interfaces
//
// A Ring is a memory map of blocks that the kernel fills and hands over when
// they are full or 50 ms old. Frames that found no free block are counted by the
// kernel and read with Stats. The kernel takes VLAN tags off; Next puts them back,
// because a host's VLAN is part of what it says. An interface that goes down or
// away ends the Ring with an error; who owns it opens another.
package capture
