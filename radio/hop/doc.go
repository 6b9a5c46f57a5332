// Package hop decides where the radios of a box listen: which channel next, and for
// how long. Planner is the decision alone, Hopper the task that follows it.
//
// # What has to be reconciled
//
// An adapter hears one channel at a time. It is deaf while it changes (some
// milliseconds, with some USB adapters tens). A management frame is sent on the
// 20 MHz primary channel, so wider channels add nothing. The planner wants, of all
// adapters of the box together:
//
//   - first to have been everywhere once, quickly: 110 ms a channel, which is sure to
//     contain a beacon of every AP with the usual interval of 100 TU = 102.4 ms
//     (802.11-2020, 11.1.3). 40 channels take one adapter 4.4 s and its changes.
//   - then once for longer where BSSs were heard that are new, to hear their stations,
//   - then to be where most is to be learnt: stations that begin to send, attacks
//     that go on for seconds,
//   - never to leave a channel for longer than the guaranteed revisit,
//   - to serve our own networks' channels before all others, and locks before those.
//
// The chance to notice a burst is about (burst + dwell)/cycle. So visits are short and
// many, not long and few: 50 ms with adapters that change quickly, and longer with
// slow ones (bestDwell). Only where frames of interest were heard in the last seconds is
// a visit as long as the policy allows, to see what follows. Visits are made longer at
// random by up to an eighth, by the seed, so that they do not keep in step with beacons.
//
// Weighting time by what a channel brings is an old idea (Deshpande, Henderson and
// Kotz, "Channel Sampling Strategies for Monitoring Wireless Networks", WiNMee 2006);
// what is weighed here are stations and BSSs, not frames, since one download sends
// more frames than all that is worth knowing.
//
// # What is worth what
//
// For every channel two rates are estimated: stations that begin to send, per second,
// and BSSs (beacons heard per beacon interval of listening). Counting a station is
// only possible if it sends while somebody listens, so its exposure is not the time
// that was listened: it is the expected number, per unit of rate, of stations that
// send and were not heard yet, which grows between visits and falls with each
// (knowledge.hear). Estimates are means of gamma posteriors whose prior is the mean of all
// channels (what is little known is thought to be average), plus half a standard
// deviation (what is little known is worth a look), and fade with a time of 90 s (what
// was known an hour ago is not known). A frame of interest makes a channel count as
// having more BSSs for some ten seconds. What one observation may count is bounded, so
// that invented addresses do not buy attention without limit.
//
// A visit after a gap g brings V(g) = rate · on · hit · (1 − e^(−g/on)) / (1 − (1 − hit)·e^(−g/on)):
// what began to send since, less what has stopped again or was heard. Under a limited
// time the best plan has the same V − g·V′ per cost on all channels, so where it is
// greatest is where to go (worth). It is this that makes the visits to a crowded
// channel frequent, each of them short, rather than long.
//
// Senders are assumed to send for 2 s, 10 frames per second, and bursts to last for 3 s.
// The assumptions matter little: package hopsim has others.
//
// # Guarantees
//
// Every channel has a warden, the adapter that answers for its revisits; all others'
// visits count as well. Before each visit of its choice a warden checks that afterwards all
// its deadlines could still be met in order (due), else it makes the earliest now.
// Guarantees may take 35 % of an adapter's time, and those of our own channels another
// 40 %; where there are more channels than that, the guaranteed time is longer
// (Planner.Guaranteed). Four classes of channels have limits of their own:
//
//	ours     1 s    our own networks
//	common   10 s   all others
//	remote   10 s   6 GHz channels that are neither preferred for scanning (PSC) nor
//	                named by a reduced neighbor report: no sweep, and little else
//	distant  n×10 s what another of the site's n taps looks after; no more than that
//
// With two adapters or more, one becomes the guard: it stays on our own networks'
// channels (on one, all the time; else in a round of half a second) and leaves them
// only for what no other adapter can hear. A locked adapter guarantees nothing.
//
// Channels of radar and those where nobody may begin to send are channels like all
// others: the tap only listens. What an adapter cannot be tuned to is left to the
// others, and tried again after 30 s, 1 min, … 10 min.
package hop
