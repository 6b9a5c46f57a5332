// Package lab is the radio laboratory: it boots a virtual machine with simulated
// radios, plays scenarios in it with real access points, clients and attack tools,
// runs our tap inside, and asks a real node what it learned.
//
//	host                                   guest (QEMU, no network but one port)
//	────                                   ─────────────────────────────────────
//	lab ── guest ── virtio-serial ──────── agent: radios, namespaces, processes,
//	 │                                      captures, the medium, forged frames
//	 ├── image: root, kernel, initramfs ── init → agent
//	 ├── share, a folder ────── 9p ─────── /lab: programs in, captures out
//	 ├── noded with its PostgreSQL ◀────── tapd, in the namespace that alone has
//	 │        ▲           one forward       the link
//	 └── asks the API
//
// A Session is one guest with its node; it plays any number of scenarios, each with
// fresh radios, a tap of its own and a site of its own name. What a scenario is, is
// data (tools/lab/scenario); this package knows how to play it, when to give up,
// and how to compare what was expected with what the API says.
//
// Attackers reach simulated radios only: their namespaces have no link to anything.
package lab
