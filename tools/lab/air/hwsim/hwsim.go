package hwsim

import "picket/shared/wlan"

// family is the name of the generic netlink family.
const family = "MAC80211_HWSIM"

// Commands (enum hwsim_commands).
const (
	cmdRegister   = 1
	cmdFrame      = 2
	cmdTXInfo     = 3
	cmdNewRadio   = 4
	cmdDelRadio   = 5
	cmdAddAddress = 7
	cmdDelAddress = 8
)

// Attributes (enum hwsim_attrs).
const (
	attrReceiver    = 1
	attrTransmitter = 2
	attrFrame       = 3
	attrFlags       = 4
	attrRXRate      = 5
	attrSignal      = 6
	attrTXInfo      = 7
	attrCookie      = 8
	attrChannels    = 9
	attrStrict      = 13
	attrRadioName   = 17
	attrNoInterface = 18
	attrFrequency   = 19
	attrTXInfoFlags = 21
	attrPermanent   = 22
	attrMLO         = 25
)

// Flags of a frame (enum hwsim_tx_control_flags).
const (
	FlagReport = 1 << 0 // the sender wants to know what became of it
	FlagNoAck  = 1 << 1 // nobody is to acknowledge it
	FlagAcked  = 1 << 2 // in a report: somebody did
)

// TXInfoLen is the length of what a frame says of its rates: four of index and
// count (struct hwsim_tx_rate).
const TXInfoLen = 8

// Radio says what a new radio is like.
type Radio struct {
	Name        string   // of its wiphy
	Address     wlan.MAC // must not be zero
	Channels    int      // at the same time; 0 is 1
	MLO         bool
	Strict      bool // regulatory domain of its own
	NoInterface bool
}
