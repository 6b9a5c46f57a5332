// Package nl80211 speaks generic netlink with the kernel's wireless stack
// (cfg80211): which wiphys there are and what each can and may do, virtual
// interfaces, tuning, the regulatory domain, and what changes in all of these.
//
//	Dial ─▶ *Client ── Wiphys, Interfaces, Regulatory        lists, each a consistent snapshot
//	                ── CreateInterface, SetInterfaceType, DeleteInterface, Tune, SetRegulatory
//	                └─ Subscribe ─▶ *Subscription ── Next    events, on a socket of their own
//
// The package asks and parses; it decides nothing. Who claims a wiphy, when, and
// what becomes of it afterwards is package monitor's. A file is one object of
// nl80211: its type and meaning in NAME.go, which builds everywhere, its requests
// and parser in NAME_linux.go. Numbers of the kernel's interface come from
// golang.org/x/sys/unix, and those it lacks from nl80211.h v6.12.
//
// # Requests
//
// One socket serves all requests of a Client, one at a time. The kernel carries a
// request out within the system call that sends it and under a lock of its own:
// while a driver hangs, so does every request of the machine, and whoever must go
// on meanwhile asks from a goroutine of its own. An answer that does not come
// although the request was sent ends in os.ErrDeadlineExceeded after ten seconds.
// What is left of an answer that was given up is read away before the next
// request, so that it does not spoil all those that follow.
//
// NEW_INTERFACE is answered by a message that describes the interface. To ask for
// an acknowledgement too would bring two datagrams, of which the second would be
// taken for the answer to the next request; so only requests without an answer of
// their own ask for one.
//
// # Lists
//
// A wiphy does not fit into one message: without NL80211_ATTR_SPLIT_WIPHY_DUMP
// the kernel leaves out whatever programs of 2013 did not know, among it all of
// 6 GHz. With it, a wiphy comes as dozens of messages with a part each, a channel
// a message, which are merged here by the wiphy's index. A request for a single
// wiphy has no split form, which is why Wiphy asks for a dump with one wiphy in
// it.
//
// What a dump tells may change while it is read. The kernel says so by
// NLM_F_DUMP_INTR, or by a generation (NL80211_ATTR_GENERATION) that differs from
// one message to the next; the dump is then asked for again, some times.
//
// # Events
//
// A Subscription's first duty is never to let its owner believe that it knows
// everything when it does not: when the kernel had no room for an event (ENOBUFS),
// or sent one that cannot be read, it returns an event of kind Overrun, and the
// owner lists again. Subscribe first, list then, and nothing falls between the two.
//
// The kernel describes a wiphy in a NEW_WIPHY event in the old, unsplit form, with
// 2.4 and 5 GHz alone, and sends no event at all when that does not fit into a page
// (nl80211.c, nl80211_notify_wiphy). So an event carries no capabilities here, and
// owners also list when an interface appears on a wiphy that they do not know, and
// from time to time.
//
// # Errors
//
// A refusal is an *Error: what was asked, the kernel's error number for errors.Is
// (unix.EBUSY, unix.EINVAL, …), its extended-acknowledgement text, and the
// attribute that text is about. Whatever is gone or was never there, a wiphy, an
// interface or all of nl80211, is os.ErrNotExist.
//
// # Input
//
// Messages are parsed as if a stranger had written them: lengths are checked, what
// is counted is bounded, unknown attributes are skipped, and an attribute of the
// wrong size is an error, never a panic.
package nl80211
