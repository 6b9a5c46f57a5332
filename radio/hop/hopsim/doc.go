// Package hopsim compares ways of hopping in simulated air, to prove package hop's
// planner and to tune it.
//
// # The air
//
// 40 channels of 20 MHz (2.4 GHz 1 to 13, 5 GHz 36 to 173). 100 APs, of which 60 % are on
// 1, 6 and 11, the others anywhere else. Every AP sends a beacon each 102.4 ms, at a
// phase of its own, and has a log-normal number of stations: median 4, standard
// deviation of the logarithm 1 (on average 6.6). A station sends for a time, then does
// not, both exponential: 2 s and 60 s on average; while it does, 10 frames per second
// at random times (Poisson). Every 6 s, on average, somebody attacks a random AP for 3 s,
// with 30 deauthentications per second at random times; attack tools send more than
// that. Whatever is sent on a channel is heard by whoever listens to it; a change of
// channel makes deaf for 5 ms. Collisions, distance, and frames heard from the channel
// beside are left out: they are the same for all strategies.
//
// Each environment is drawn from a seed with every frame in it, and all strategies are
// run over the same. A run is 10 minutes, from knowing nothing.
//
// # What is compared
//
// Distinct stations of which a frame was heard, and attacks of which one was. The
// strategies are
//
//   - uniform: all channels in turn, 250 ms each. Adapters follow one another evenly apart.
//   - static: the same with 1 s.
//   - picket: package hop, told what a tap would be: counts per visit, told at the next
//     tenth of a second, new within windows of 10 s as reports have them.
//   - the oracles: they know the model, how many stations or APs each channel has,
//     and what they heard themselves; not when anybody sends. There is one for
//     each purpose, and it serves no other: no channel is visited for a guarantee, no
//     dwell is too short, nothing is swept. An oracle computes the gap and dwell of every
//     channel at which hearing as much as possible uses up its adapters' time, in closed
//     form and by Lagrange's multiplier. That for stations does so again every 20 s for
//     what it has not heard yet and the time that is left.
//
// The gain is (picket − uniform)/(oracle − uniform), against the oracle of that purpose,
// and its median over the environments is what counts.
package hopsim
