package wlan

import (
	"strconv"
	"time"
)

// DBm is a received power in decibels relative to one milliwatt. What a driver
// calls "signal" or RSSI is a DBm here, never a percentage. A power that was not
// measured has no DBm: whoever carries one says beside it whether it is there.
type DBm int8

// String returns the power with its unit: "-67 dBm".
func (p DBm) String() string { return strconv.Itoa(int(p)) + " dBm" }

// MHz is a frequency in megahertz, as in nl80211 and radiotap: the centre of a
// 20 MHz channel unless said otherwise. 0 is an unknown frequency.
type MHz uint16

// TU is a number of IEEE 802.11 time units of 1024 µs (802.11-2020, 3.1).
type TU uint16

// Duration returns t as a time.Duration: 100 TU is 102.4 ms.
func (t TU) Duration() time.Duration { return time.Duration(t) * 1024 * time.Microsecond }

// TSF is a value of a timing synchronisation function: microseconds since the
// transmitter started its clock (802.11-2020, 11.1.3).
type TSF uint64
