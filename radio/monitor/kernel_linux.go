package monitor

import (
	"context"
	"errors"
	"os"

	"picket/radio/link"
	"picket/radio/nl80211"
)

// Host opens the machine itself, in the network namespace of the calling thread.
// The error is os.ErrNotExist where the kernel has no nl80211: no driver for a
// Wi-Fi adapter is loaded.
func Host() (*Kernel, error) {
	radios, err := nl80211.Dial()
	if err != nil {
		return nil, err
	}
	links, err := link.Dial()
	if err != nil {
		radios.Close()
		return nil, err
	}
	closeBoth := func() error { return errors.Join(radios.Close(), links.Close()) }
	// Both listen from now on, so that what changes until Watch is called is not lost.
	events, err := radios.Subscribe()
	if err != nil {
		return nil, errors.Join(err, closeBoth())
	}
	watcher, err := link.NewWatcher()
	if err != nil {
		return nil, errors.Join(err, events.Close(), closeBoth())
	}
	h := &host{events, watcher}
	return &Kernel{
		Radios: radios, Links: links, Switches: rfkill{}, Devices: sysfs{}, Files: os.DirFS("/"), Watch: h.watch,
		Close: func() error {
			_, _ = events.Close(), watcher.Close() // closed already by those that watched
			return closeBoth()
		},
	}, nil
}

// host is what tells of changes of the machine.
type host struct {
	events  *nl80211.Subscription
	watcher *link.Watcher
}

// watch ends with ctx or with the first source that fails.
func (h *host) watch(ctx context.Context, radio func(nl80211.Event), other func()) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	const sources = 3
	ended := make(chan error, sources)
	go func() { ended <- h.events.Run(ctx, radio) }()
	go func() { ended <- h.watcher.Run(ctx, func(link.Event) { other() }) }()
	go func() { ended <- watchSwitches(ctx, other) }()
	var first error
	for range sources {
		if err := <-ended; err != nil && first == nil {
			first = err
		}
		stop()
	}
	return first
}
