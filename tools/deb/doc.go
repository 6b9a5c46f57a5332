// Command deb builds the Debian packages of a tap and of a node, for `make deb`:
//
//	packaging/, server/deploy/ ─┐
//	tapd, picket ───────────────┼─ stage: a folder as installed, DEBIAN/ in it ─ dpkg-deb ─▶ dist/picket-tap_VERSION_ARCH.deb
//	noded, nodectl ─────────────┘                                                          dist/picket-node_VERSION_ARCH.deb
//
// The same commit gives the same octets: modes are set, not inherited; times are
// the commit's (SOURCE_DATE_EPOCH, reproducible-builds.org/specs/source-date-epoch);
// Go builds with -trimpath and without cgo; dpkg-deb sorts, and owns by root.
//
// dpkg-deb is Debian's own and on every Debian and Ubuntu machine. A Go library
// that writes packages was considered: it brings some 35 modules, a Git client and OpenPGP among
// them, for an archive of two archives.
package main
