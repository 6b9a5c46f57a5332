package nl80211

import "strconv"

// A Command is what a message asks for or tells (enum nl80211_commands,
// nl80211.h v6.12).
type Command uint8

// The commands that this package sends, receives or asks wiphys about.
const (
	CommandGetWiphy         Command = 1
	CommandSetWiphy         Command = 2
	CommandNewWiphy         Command = 3
	CommandDelWiphy         Command = 4
	CommandGetInterface     Command = 5
	CommandSetInterface     Command = 6
	CommandNewInterface     Command = 7
	CommandDelInterface     Command = 8
	CommandRequestSetReg    Command = 27
	CommandGetRegulatory    Command = 31
	CommandRegulatoryChange Command = 36
	CommandSetWiphyNetns    Command = 49
	CommandSetChannel       Command = 65
	CommandWiphyRegChange   Command = 113
)

// String returns the command as nl80211.h names it, without the prefix.
func (c Command) String() string {
	switch c {
	case CommandGetWiphy:
		return "GET_WIPHY"
	case CommandSetWiphy:
		return "SET_WIPHY"
	case CommandNewWiphy:
		return "NEW_WIPHY"
	case CommandDelWiphy:
		return "DEL_WIPHY"
	case CommandGetInterface:
		return "GET_INTERFACE"
	case CommandSetInterface:
		return "SET_INTERFACE"
	case CommandNewInterface:
		return "NEW_INTERFACE"
	case CommandDelInterface:
		return "DEL_INTERFACE"
	case CommandRequestSetReg:
		return "REQ_SET_REG"
	case CommandGetRegulatory:
		return "GET_REG"
	case CommandRegulatoryChange:
		return "REG_CHANGE"
	case CommandSetWiphyNetns:
		return "SET_WIPHY_NETNS"
	case CommandSetChannel:
		return "SET_CHANNEL"
	case CommandWiphyRegChange:
		return "WIPHY_REG_CHANGE"
	default:
		return "command " + strconv.Itoa(int(c))
	}
}

// A CommandSet says which commands a wiphy's driver serves. The kernel lists
// those that depend on the driver, not all: SET_WIPHY, DEL_INTERFACE and the
// GET commands are never in it.
type CommandSet [4]uint64

// Has reports whether c is in the set.
func (s CommandSet) Has(c Command) bool { return s[c/64]>>(c%64)&1 != 0 }

// CommandsOf returns the set of the given commands.
func CommandsOf(commands ...Command) CommandSet {
	var s CommandSet
	for _, c := range commands {
		s.add(c)
	}
	return s
}

func (s *CommandSet) add(c Command) { s[c/64] |= 1 << (c % 64) }
