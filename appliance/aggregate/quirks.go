package aggregate

// fcsFlagLies names drivers that set radiotap's "bad FCS" on frames whose FCS is
// good, with the source of that knowledge. Their flag is not believed.
var fcsFlagLies = map[string]string{}
