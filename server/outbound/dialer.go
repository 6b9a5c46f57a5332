package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// dialTimeout bounds resolution and connection together.
const dialTimeout = 10 * time.Second

// Policy says where connections may go. The zero value allows public addresses
// that are not this machine's.
type Policy struct {
	// Private are ranges of private addresses that may be reached although they
	// are private. Ranges that are refused always stay so.
	Private []netip.Prefix

	// Never returns addresses that must not be reached besides: those of the
	// database and the nodes. It is asked for every connection; where it returns
	// an error, no connection is made. Nil: none.
	Never func(context.Context) ([]netip.Addr, error)
}

// A Dialer opens connections as its policy allows. Its methods may be called
// from several goroutines.
type Dialer struct {
	policy Policy
	dialer net.Dialer
}

// New returns a Dialer with p, whose Private must not be changed afterwards. It
// is an error to allow a range that holds more than private addresses.
func New(p Policy) (*Dialer, error) {
	for _, allowed := range p.Private {
		if !slices.ContainsFunc(private, func(r refusal) bool {
			return r.prefix.Bits() <= allowed.Bits() && r.prefix.Contains(allowed.Addr())
		}) {
			return nil, fmt.Errorf("outbound: %s is no private range, nor a part of one", allowed)
		}
	}
	d := &Dialer{policy: p}
	d.dialer = net.Dialer{Timeout: dialTimeout, ControlContext: d.control}
	return d, nil
}

// DialContext connects to address, "host:port", over TCP. network is "tcp",
// "tcp4" or "tcp6". The error wraps ErrRefused where the policy is the reason.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	switch network {
	case "tcp", "tcp4", "tcp6":
		return d.dialer.DialContext(ctx, network, address)
	}
	return nil, fmt.Errorf("%w: %s is not TCP", ErrRefused, network)
}

// control is called with each resolved address, after the socket was made and
// before it connects.
func (d *Dialer) control(ctx context.Context, _, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return d.Check(ctx, target.Addr())
}

// Check says whether ip may be connected to now; the error wraps ErrRefused
// and names the reason.
func (d *Dialer) Check(ctx context.Context, ip netip.Addr) error {
	if err := check(ip, d.policy.Private); err != nil {
		return err
	}
	targets := []netip.Addr{ip.Unmap()}
	if inner, ok := embedded(ip.Unmap()); ok {
		targets = append(targets, inner)
	}
	own, err := machineAddresses()
	if err != nil {
		return fmt.Errorf("%w: the machine's own addresses are not known: %w", ErrRefused, err)
	}
	for _, t := range targets {
		if slices.Contains(own, t) {
			return refused(t, "this machine's own")
		}
	}
	if d.policy.Never == nil {
		return nil
	}
	others, err := d.policy.Never(ctx)
	if err != nil {
		return fmt.Errorf("%w: the cluster's own addresses are not known: %w", ErrRefused, err)
	}
	for _, other := range others {
		if slices.Contains(targets, other.Unmap()) {
			return refused(other, "the cluster's own")
		}
	}
	return nil
}

// machineAddresses returns the addresses of the machine's interfaces.
func machineAddresses() ([]netip.Addr, error) {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return nil, err
	}
	var out []netip.Addr
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(n.IP); ok {
				out = append(out, ip.Unmap())
			}
		}
	}
	return out, nil
}

// Resolve returns the addresses of hosts, which are names or addresses; paths of
// unix sockets, empty names and those that no name server knows have none. It is for Policy.Never.
func Resolve(ctx context.Context, hosts ...string) ([]netip.Addr, error) {
	var out []netip.Addr
	for _, h := range hosts {
		if h == "" || h[0] == '/' || h[0] == '@' {
			continue
		}
		if ip, err := netip.ParseAddr(h); err == nil {
			out = append(out, ip.Unmap())
			continue
		}
		found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", h)
		var dns *net.DNSError
		if errors.As(err, &dns) && dns.IsNotFound {
			continue // it has none; a node that went must not stop the others' requests
		}
		if err != nil {
			return nil, err
		}
		for _, ip := range found {
			out = append(out, ip.Unmap())
		}
	}
	return out, nil
}
