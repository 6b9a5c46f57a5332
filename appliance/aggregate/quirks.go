package aggregate

// fcsFlagLies names drivers that set radiotap's "bad FCS" on frames whose FCS is
// good, with the source of that knowledge. Their flag is not believed.
//
// It is empty: no report was found of a Linux driver that does so. What is known
// are other faults, for which ignoring the flag is no remedy:
//
//   - mt76x2u never sets the flag, also on frames that it was asked to pass in
//     spite of their FCS (github.com/openwrt/mt76/issues/1086). Picket does not
//     ask for such frames.
//   - rtl8814au and rtl8812au, drivers outside of the kernel, claimed an FCS that
//     is not there (github.com/aircrack-ng/rtl8812au/issues/28, mended by pull
//     request 90 of that project).
//   - Npcap's flags are not its driver's (github.com/nmap/npcap/issues/90); it is
//     for Windows.
var fcsFlagLies = map[string]string{}
