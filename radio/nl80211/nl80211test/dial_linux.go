package nl80211test

import (
	"sync"

	"github.com/mdlayher/netlink"

	"picket/radio/nl80211"
)

// Dial returns a client of a kernel that is a function. It has no events.
func Dial(h Handler) (*nl80211.Client, error) {
	var mu sync.Mutex
	port := uint32(100)
	return nl80211.New(func() (*netlink.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		port++
		s := newSocket(port, func(_ *socket, r Request) ([]Message, error) { return h(r) }, func(*socket) {})
		return netlink.NewConn(s, port), nil
	})
}
