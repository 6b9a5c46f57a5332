package nl80211

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/mdlayher/genetlink"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

const (
	// answerTimeout bounds the wait for an answer that the kernel owes.
	answerTimeout = 10 * time.Second

	// dumpAttempts is how often a list that changes while it is read is asked
	// for.
	dumpAttempts = 8

	// maxDiscarded bounds the datagrams that are thrown away in search of an
	// answer.
	maxDiscarded = 4096
)

var (
	errChanging = errors.New("the list changed each time that it was read")
	errLost     = errors.New("no answer among the kernel's messages")
)

// A Client asks the kernel about wiphys and changes them. It is safe for
// concurrent use; requests are made one after the other.
type Client struct {
	dial   func() (*netlink.Conn, error)
	family genetlink.Family

	mu      sync.Mutex
	conn    *netlink.Conn
	observe func(Exchange)

	// dirty: an answer was given up, and parts of it may still come.
	dirty bool
}

// Dial returns a client of the kernel. It sees the wiphys of the calling thread's
// network namespace, and so does Subscribe. The error is os.ErrNotExist where the
// kernel has no nl80211: no wireless stack, or its module is not loaded.
func Dial() (*Client, error) {
	return New(func() (*netlink.Conn, error) { return netlink.Dial(unix.NETLINK_GENERIC, nil) })
}

// New returns a client that speaks through connections that dial makes: one at
// once, and one with every subscription. It is for tests (package nl80211test) and
// recorders; programs call Dial.
func New(dial func() (*netlink.Conn, error)) (*Client, error) {
	conn, err := dial()
	if err != nil {
		return nil, fmt.Errorf("dial generic netlink: %w", err)
	}
	// Only texts of refusals are lost where the kernel is older than 4.12.
	_ = conn.SetOption(netlink.ExtendedAcknowledge, true)
	family, err := genetlink.NewConn(conn).GetFamily(unix.NL80211_GENL_NAME)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("find nl80211 in the kernel: %w", err)
	}
	return &Client{dial: dial, family: family, conn: conn}, nil
}

// Close ends the client, and with it the interfaces that it made with
// CreateOwnedInterface. Subscriptions go on.
func (c *Client) Close() error { return c.conn.Close() }

// A message is one answer, or part of one.
type message struct {
	command Command
	data    []byte // attributes

	// interrupted: the list changed while this was written (NLM_F_DUMP_INTR).
	interrupted bool
}

// request sends command and returns the answer. what says for errors what is
// asked.
func (c *Client) request(what string, command Command, flags netlink.HeaderFlags, encode func(*netlink.AttributeEncoder)) ([]message, error) {
	attributes := netlink.NewAttributeEncoder()
	encode(attributes)
	b, err := attributes.Encode()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	body, err := genetlink.Message{Header: genetlink.Header{Command: uint8(command), Version: c.family.Version}, Data: b}.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	answers, err := c.exchange(netlink.Message{
		Header: netlink.Header{Type: netlink.HeaderType(c.family.ID), Flags: netlink.Request | flags},
		Data:   body,
	})
	if err != nil {
		err = refusal(what, b, err)
		c.show(Exchange{Command: command, Flags: uint16(netlink.Request | flags), Attributes: b}, nil, err)
		return nil, err
	}
	messages, err := c.unpack(answers)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	c.show(Exchange{Command: command, Flags: uint16(netlink.Request | flags), Attributes: b}, messages, nil)
	return messages, nil
}

// exchange sends m and returns the kernel's messages in answer to it.
func (c *Client) exchange(m netlink.Message) ([]netlink.Message, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.conn.SetReadDeadline(time.Now().Add(answerTimeout)); err != nil {
		return nil, err
	}
	if c.dirty {
		if err := c.drain(); err != nil {
			return nil, err
		}
	}
	sent, err := c.conn.Send(m)
	if err != nil {
		return nil, err
	}
	c.dirty = true // until the answer is complete
	for range maxDiscarded {
		answers, err := c.conn.Receive()
		if err != nil {
			sequence, refused := refusedSequence(err)
			if refused && sequence != sent.Header.Sequence {
				continue // to a request that was given up
			}
			c.dirty = !refused
			return nil, err
		}
		if len(answers) == 0 || answers[0].Header.Sequence == sent.Header.Sequence {
			c.dirty = false
			return answers, nil
		}
	}
	return nil, errLost
}

// drain reads away what is left of answers that were given up. Answers come in
// the order of requests, so the answer to a harmless one is the last to be read.
func (c *Client) drain() error {
	body, err := genetlink.Message{Header: genetlink.Header{Command: unix.NL80211_CMD_GET_PROTOCOL_FEATURES, Version: c.family.Version}}.MarshalBinary()
	if err != nil {
		return err
	}
	sent, err := c.conn.Send(netlink.Message{
		Header: netlink.Header{Type: netlink.HeaderType(c.family.ID), Flags: netlink.Request}, Data: body,
	})
	if err != nil {
		return err
	}
	for range maxDiscarded {
		answers, err := c.conn.Receive()
		sequence, refused := refusedSequence(err)
		if err != nil && !refused {
			return err
		}
		if len(answers) > 0 {
			sequence = answers[0].Header.Sequence
		}
		if sequence == sent.Header.Sequence {
			c.dirty = false
			return nil
		}
	}
	return errLost
}

// unpack takes the generic netlink header off. Acknowledgements are no messages.
func (c *Client) unpack(answers []netlink.Message) ([]message, error) {
	messages := make([]message, 0, len(answers))
	for _, a := range answers {
		if a.Header.Type == netlink.Error {
			continue
		}
		var g genetlink.Message
		if err := g.UnmarshalBinary(a.Data); err != nil {
			return nil, err
		}
		messages = append(messages, message{
			command: Command(g.Header.Command), data: g.Data,
			interrupted: a.Header.Flags&netlink.DumpInterrupted != 0,
		})
	}
	return messages, nil
}

// change makes a request whose only answer is an acknowledgement.
func (c *Client) change(what string, command Command, encode func(*netlink.AttributeEncoder)) error {
	_, err := c.request(what, command, netlink.Acknowledge, encode)
	return err
}

// dump asks for a list until it gets one that did not change meanwhile.
// Generations are comparable among messages for which scope returns the same
// attribute's value; 0 is no attribute: all are comparable.
func (c *Client) dump(what string, command Command, scope uint16, encode func(*netlink.AttributeEncoder)) ([]message, error) {
	for range dumpAttempts {
		messages, err := c.request(what, command, netlink.Dump, encode)
		if err != nil {
			return nil, err
		}
		same, err := consistent(messages, scope)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		if same {
			return messages, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", what, errChanging)
}

// consistent reports whether all messages of a dump are of one state of the
// kernel's list.
func consistent(messages []message, scope uint16) (bool, error) {
	seen := make(map[uint32]uint32) // generation by scope
	for _, m := range messages {
		if m.interrupted {
			return false, nil
		}
		var of, generation uint32
		var told bool
		err := attributes(m.data, func(ad *netlink.AttributeDecoder) {
			switch ad.Type() {
			case unix.NL80211_ATTR_GENERATION:
				generation, told = ad.Uint32(), true
			case scope:
				if scope != 0 {
					of = ad.Uint32()
				}
			}
		})
		if err != nil {
			return false, err
		}
		if !told {
			continue
		}
		if before, known := seen[of]; known && before != generation {
			return false, nil
		}
		seen[of] = generation
	}
	return true, nil
}

// attributes calls visit for each attribute in b.
func attributes(b []byte, visit func(*netlink.AttributeDecoder)) error {
	ad, err := netlink.NewAttributeDecoder(b)
	if err != nil {
		return err
	}
	for ad.Next() {
		visit(ad)
	}
	return ad.Err()
}

// nested calls visit for each attribute within the current one of ad. An error of
// the inner attributes becomes one of ad.
func nested(ad *netlink.AttributeDecoder, visit func(*netlink.AttributeDecoder)) {
	ad.Nested(func(inner *netlink.AttributeDecoder) error {
		for inner.Next() {
			visit(inner)
		}
		return inner.Err()
	})
}
