// Package monitor keeps the radios of a box listening: it finds the wiphys of its
// network namespace, claims each that it may, keeps it in monitor mode whatever
// happens around it, and puts everything back as it was found.
//
//	New(Config) → *Keeper ── Run(ctx) ─ Changed([]Adapter), Event(Event)
//	                      └─ Silent(adapter, evidence) ◀─ Judge ◀─ what captures heard
//	Survey(kernel) : what a Keeper would do and why, changing nothing (picket doctor)
//
// # One loop
//
// A Keeper is one goroutine that compares what is with what should be. Whatever
// happens, a plug, a driver's reset, a lost netlink message, only wakes it; it then
// lists wiphys, interfaces, links, addresses and routes anew, and takes for each
// wiphy the one next step that is missing. So it does not matter which events came
// in which order, or whether any came: the answer is the same. Without an event it
// looks every half minute.
//
//	                ┌─────────── may not: says why, what would cure it ──▶ Unused
//	appeared ─▶ may it be used? ─ may ─▶ claim ─▶ Listening ─ gone ─▶ Gone (told once)
//	                 ▲                     │  ▲        │
//	                 └── pause, growing ◀──┴──┘◀───────┴ disturbed, silent
//	                       Failed
//
// # Who must not be disturbed
//
// A wiphy is not taken from somebody who uses it: an access point or mesh that
// runs, a station that is connected or carries the box's default route, a monitor
// interface at which another program listens. Nor is it taken while the box has no
// way to the network at all and a program that manages Wi-Fi has switched the
// station on: after a power cut the access point may come up later than the box,
// and a box that has taken its own uplink stays offline for good. Adapter.Text says
// so in one sentence. When that changes, the wiphy is claimed, at once if its owner
// switched the interface off, and otherwise after five minutes, because a station
// that roams has no network for a moment; and when somebody begins to use one that
// was claimed, it is given back.
//
// # Claiming
//
//	beside  a monitor interface is added, and the others are taken down, since the
//	        channel belongs to who is up (cfg80211_has_monitors_only, net/wireless
//	        of Linux 6.12). What drivers of mac80211 are made for.
//	flip    the type of the interface that is there is changed. For drivers that add
//	        none, or pretend to: see the table in quirks.go.
//
// A claim ends with a look at what became of it and with a first tuning, because
// drivers say yes to what they do not do. What was changed is written down before
// it is changed (hold.go), in Config.StateDir too, so that a killed process's next
// start puts back what was, and does not take its own monitor for as found. An
// interface that is added is the kernel's to delete when the process ends
// (NL80211_ATTR_SOCKET_OWNER).
//
// "As found" follows others: what somebody else switched on meanwhile is on
// afterwards.
//
// # Silence
//
// An adapter can be deaf without an error. Its owner knows what it hears; Judge is
// the pure rule that says when silence is impossible, and Silent asks for a cure:
// interface down and up, a new interface, the other way of claiming, a reset of the
// device, each after a longer pause; after the last the adapter is Failed for an
// hour. Who is silent although it is healthy, in a cellar, loses some seconds an
// hour.
//
// # Contest
//
// A disturbance by another program is put right at once, and after the third
// within five minutes with growing pauses, in which the wiphy is as found:
// fighting a network manager helps nobody. The text names the program as far as
// /proc tells, and what would make it leave the adapter alone.
package monitor
