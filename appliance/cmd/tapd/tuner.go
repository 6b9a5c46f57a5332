package main

import (
	"sync"

	"picket/radio/nl80211"
	"picket/shared/wlan"
)

// tuner tunes monitor interfaces over a netlink socket of its own, which it opens
// when there is something to tune. The zero value is ready.
type tuner struct {
	mu     sync.Mutex
	client *nl80211.Client
}

// Tune moves a monitor interface to the 20 MHz channel at f, on which management
// frames are sent however wide a BSS is.
func (t *tuner) Tune(ifindex uint32, f wlan.MHz) error {
	client, err := t.dial()
	if err != nil {
		return err
	}
	return client.Tune(ifindex, nl80211.ChannelDefinition{Frequency: f})
}

func (t *tuner) dial() (*nl80211.Client, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.client == nil {
		client, err := nl80211.Dial()
		if err != nil {
			return nil, err
		}
		t.client = client
	}
	return t.client, nil
}

// close ends the socket, when nothing is tuned any more.
func (t *tuner) close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.client == nil {
		return nil
	}
	return t.client.Close()
}
