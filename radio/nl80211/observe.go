package nl80211

// An Exchange is a request and the kernel's answer to it, in the octets that went
// over the socket. Traces are made of them: an adapter that behaves oddly on
// somebody's machine becomes a test here.
type Exchange struct {
	Command    Command
	Flags      uint16 // of the netlink header
	Attributes []byte

	Answers []Answer
	Refused *Error // nil: it was not
}

// An Answer is one message of an answer.
type Answer struct {
	Command     Command
	Interrupted bool // NLM_F_DUMP_INTR
	Attributes  []byte
}
