// Agent is the laboratory's hand inside the guest: it answers the requests of
// package protocol that come over the virtio-serial port picket.lab.
//
//	agent            as any process: answers until the guest ends
//	agent            as process 1: mounts what a program expects, starts itself
//	                 once more, and from then on only buries orphans; when the
//	                 second one ends, so does the machine
//	agent -line PATH answers over this device or unix socket instead
//
// # Shape
//
//	port ─ server ─ one goroutine a request ─┬─ processes  exec, start, await, stop
//	                                         ├─ files
//	                                         ├─ network    namespaces, veths, links      (ip)
//	                                         ├─ radios     hwsim, wiphys, tuning         (hwsim netlink, nl80211, iw)
//	                                         ├─ captures   appliance/capture → pcap
//	                                         └─ air        forged frames, the medium     (tools/lab/air)
//
// A request has a time limit and its own goroutine, so a step that hangs holds up
// nobody; an answer is owed at the limit even when the step cannot be ended.
//
// Programs run in process groups of their own, and a group ends whole: attack tools
// fork, and a left-over hostapd would be in the next scenario's air. Those in a
// namespace are started through "ip netns exec", which mounts that namespace's
// /sys: tools look for their radio there.
//
// What a guest's process says is kept within bounds: the head and tail of a
// finished command, the last part of one in the background.
package main
