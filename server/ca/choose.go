package ca

import (
	"crypto/tls"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"picket/shared/enrol"
)

// uploads are the uploaded certificates that a node serves, those added last first.
type uploads struct {
	list atomic.Pointer[[]*tls.Certificate]
}

// Serve replaces the uploaded certificates that are served; those added last come
// first. Connections that there are stay as they are.
func (k *Keeper) Serve(list []*Uploaded) {
	certs := make([]*tls.Certificate, 0, len(list))
	for _, u := range list {
		certs = append(certs, u.certificate())
	}
	k.uploads.list.Store(&certs)
}

// choose returns the uploaded certificate for a client, or nil for the cluster's
// own. Taps say that they are taps and get the cluster's own, which they pinned;
// everybody else gets the newest that is good for the name that they ask for, or
// for the address that they connected to.
func (u *uploads) choose(hello *tls.ClientHelloInfo, now time.Time) *tls.Certificate {
	list := u.list.Load()
	if list == nil || hello == nil || slices.Contains(hello.SupportedProtos, enrol.TapProtocol) {
		return nil
	}
	name := hello.ServerName
	if name == "" && hello.Conn != nil { // an address is never sent as a name (RFC 6066, 3)
		if host, _, err := net.SplitHostPort(hello.Conn.LocalAddr().String()); err == nil {
			name = host
		}
	}
	for _, cert := range *list {
		if now.Before(cert.Leaf.NotBefore) || now.After(cert.Leaf.NotAfter) || cert.Leaf.VerifyHostname(name) != nil {
			continue
		}
		asked := *hello
		if asked.ServerName == "" {
			asked.ServerName = name // what SupportsCertificate compares
		}
		if len(asked.CipherSuites) == 0 || asked.SupportsCertificate(cert) == nil {
			return cert
		}
	}
	return nil
}
