// Package medium is the air between simulated radios: who hears whom, how loud, and
// who acknowledges.
//
//	radio sends → hwsim.Port → Medium ─┬─ every radio that hears it, each with its own signal
//	                                   └─ the sender: acknowledged or not
//
// The kernel's own medium gives every frame to every radio at one signal, loses
// nothing, and acknowledges for real addresses alone. Here each pair of radios has
// a signal, drawn between the scenario's bounds or set by it; below the floor
// nothing is heard. A frame to one receiver may be lost and tried again, up to the
// sender's own bound, and then carries the retry bit. It is acknowledged when the
// radio that has the address heard it, or one that is allowed to answer for it.
//
// What is drawn follows from the seed and the names of both radios, not from the
// order in which radios came; what a single frame draws (jitter, loss) follows from
// the seed and the order of frames, which the kernel decides.
//
// Whether a receiver is on the frame's frequency the kernel checks when it is
// delivered. For acknowledgements a radio counts as being where it last sent: a
// client that scans elsewhere does not answer.
package medium
