// Package doctor says what a Linux machine has to listen with, what stops it, and
// what would cure that, in words for somebody who knows nothing of networks. It
// changes nothing.
//
//	Host → System ─ Examine → Report ─ Print, or JSON
//
// What radios can do is decided by package monitor, which also claims them: the
// doctor says what the tap would do, and not what it thinks that it would.
//
// Everything is read from files, netlink and few system calls, all of which the
// System brings; so a test is a set of files and lists. What a machine does not
// tell, or not to this user, is left out, and said where it matters.
package doctor
