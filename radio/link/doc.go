// Package link speaks rtnetlink: which network interfaces there are, whether they
// are up, what addresses and routes they carry, and what changes about them. It
// knows nothing of radios; a monitor interface is a link as any other.
//
//	Dial → *Client  : Links, Addresses, Routes, SetUp, SetDown, SetName, SetMAC
//	NewWatcher → *Watcher : Run tells what appears, goes, comes up, goes down
//
// A Client and a Watcher belong to the network namespace of the thread that made
// them; they may be used from any thread afterwards, and a Client by several
// goroutines at once.
//
// # Watching
//
// The kernel tells of a link whenever anything about it changed, also what nobody
// asked about (statistics, wireless extensions). A Watcher knows what it told last
// and tells differences only. A socket that was not read in time loses messages
// (ENOBUFS); the Watcher then lists all links again, tells what is different, and
// says Overrun, so that an owner who also reads elsewhere does the same.
//
// # Errors
//
// A link that is not there is os.ErrNotExist, missing rights are os.ErrPermission,
// a name that is taken is os.ErrExist; every other refusal of the kernel can be
// told with errors.Is and its errno (unix.EBUSY, unix.ERFKILL, …).
package link
