package nl80211

import "errors"

// Observe calls observe with every exchange from now on, one at a time; nil ends
// it. Exchanges that failed on the way are left out.
func (c *Client) Observe(observe func(Exchange)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.observe = observe
}

// show hands an exchange to the observer, if there is one and the kernel answered.
func (c *Client) show(e Exchange, messages []message, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.observe == nil || err != nil && !errors.As(err, &e.Refused) {
		return
	}
	for _, m := range messages {
		e.Answers = append(e.Answers, Answer{Command: m.command, Interrupted: m.interrupted, Attributes: m.data})
	}
	c.observe(e)
}
