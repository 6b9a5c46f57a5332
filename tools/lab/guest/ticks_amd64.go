package guest

import "time"

// ticks reads this machine's time stamp counter, which is also an emulated
// guest's (QEMU 7.2: cpu_get_host_ticks).
func ticks() int64

// ticksKHz measures the counter for a tenth of a second, in kHz. A guest
// that must find out for itself, against emulated timers on a busy host, can be
// wrong by a factor, and its clock then runs at that factor.
func ticksKHz() int64 {
	fromTicks, from := readBoth()
	time.Sleep(100 * time.Millisecond)
	toTicks, to := readBoth()
	return (toTicks - fromTicks) * int64(time.Second/1000) / int64(to.Sub(from))
}

// readBoth reads counter and clock at the same moment: of some attempts the one
// that was interrupted least.
func readBoth() (counter int64, clock time.Time) {
	least := int64(-1)
	for range 20 {
		before := ticks()
		now := time.Now()
		after := ticks()
		if took := after - before; least < 0 || took < least {
			least, counter, clock = took, before+took/2, now
		}
	}
	return counter, clock
}
