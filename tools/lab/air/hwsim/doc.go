// Package hwsim speaks the generic netlink family of mac80211_hwsim, the kernel's
// simulated radios: it makes and removes radios while the module stays loaded, and
// carries their frames for a medium outside the kernel.
//
// Facts are those of drivers/net/wireless/virtual/mac80211_hwsim.[ch]:
//
//   - A radio made with an address has that address under all its names; one made
//     without has 02:00:00:00:NN:00 as its own and 42:00:00:00:NN:00 towards the
//     medium. Radios are therefore always made with one.
//   - Radios hear each other when they were made in the same network namespace,
//     wherever they are now. Only a socket in that namespace can be their medium.
//   - Only a socket in the namespace where a radio is can remove it.
//   - A medium may register only while no radio has more than one channel.
//   - Frames for a receiver on another frequency are refused by the kernel, so a
//     medium need not know who listens where.
//   - A sender waits for the medium's report with at most 100 frames; a medium that
//     does not report makes radios deaf to their own success, not slow.
package hwsim
