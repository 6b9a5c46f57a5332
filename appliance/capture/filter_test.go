package capture_test

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"golang.org/x/net/bpf"

	"picket/appliance/capture"
)

// tcp makes an Ethernet frame of at least 60 octets.
func tcp(t *testing.T, source, target string, change func(b []byte)) []byte {
	t.Helper()
	from, to := netip.MustParseAddrPort(source), netip.MustParseAddrPort(target)
	b := make([]byte, 12)
	if from.Addr().Is4() {
		b = append(b, 8, 0, 0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0, 0)
	} else {
		b = append(b, 0x86, 0xdd, 0x60, 0, 0, 0, 0, 20, 6, 64)
	}
	b = append(append(b, from.Addr().AsSlice()...), to.Addr().AsSlice()...)
	b = binary.BigEndian.AppendUint16(b, from.Port())
	b = binary.BigEndian.AppendUint16(b, to.Port())
	b = append(b, make([]byte, 32)...)
	if change != nil {
		change(b)
	}
	return b
}

func TestExcludeTCP(t *testing.T) {
	raw, err := capture.ExcludeTCP(netip.MustParseAddrPort("192.0.2.1:443"), netip.MustParseAddrPort("[2001:db8::1]:8443"),
		netip.MustParseAddrPort("[::ffff:192.0.2.9]:443"))
	if err != nil {
		t.Fatal(err)
	}
	program, _ := bpf.Disassemble(raw)
	vm, err := bpf.NewVM(program)
	if err != nil {
		t.Fatal(err)
	}
	options := func(b []byte) { // an IPv4 header of 24 octets, the ports behind it
		copy(b[38:], b[34:38])
		b[14], b[34], b[35] = 0x46, 0, 0
	}
	for _, tt := range []struct {
		name  string
		frame []byte
		keep  bool
	}{
		{"to the node", tcp(t, "192.0.2.7:50000", "192.0.2.1:443", nil), false},
		{"from the node", tcp(t, "192.0.2.1:443", "192.0.2.7:50000", nil), false},
		{"to the node, IPv6", tcp(t, "[2001:db8::7]:50000", "[2001:db8::1]:8443", nil), false},
		{"from the node, IPv6", tcp(t, "[2001:db8::1]:8443", "[2001:db8::7]:50000", nil), false},
		{"to the third node", tcp(t, "192.0.2.7:50000", "192.0.2.9:443", nil), false},
		{"with options", tcp(t, "192.0.2.7:50000", "192.0.2.1:443", options), false},
		{"another port", tcp(t, "192.0.2.7:443", "192.0.2.1:22", nil), true},
		{"another host", tcp(t, "192.0.2.7:50000", "192.0.2.2:443", nil), true},
		{"another host, IPv6", tcp(t, "[2001:db8::7]:50000", "[2001:db8::2]:8443", nil), true},
		{"another port, IPv6", tcp(t, "[2001:db8::7]:50000", "[2001:db8::1]:443", nil), true},
		{"UDP", tcp(t, "192.0.2.7:50000", "192.0.2.1:443", func(b []byte) { b[23] = 17 }), true},
		{"later fragment", tcp(t, "192.0.2.7:50000", "192.0.2.1:443", func(b []byte) { b[21] = 5 }), true},
		{"ARP", tcp(t, "192.0.2.7:50000", "192.0.2.1:443", func(b []byte) { b[13] = 6 }), true},
	} {
		n, err := vm.Run(tt.frame)
		if err != nil || (n > 0) != tt.keep {
			t.Errorf("%s: %d octets kept, %v; want kept %v", tt.name, n, err, tt.keep)
		}
	}
}

func TestExcludeTCPHasABound(t *testing.T) {
	many := make([]netip.AddrPort, 9)
	for i := range many {
		many[i] = netip.MustParseAddrPort("[2001:db8::1]:443")
	}
	if _, err := capture.ExcludeTCP(many[:8]...); err != nil {
		t.Error(err)
	}
	if _, err := capture.ExcludeTCP(many...); err == nil {
		t.Error("nine endpoints accepted")
	}
}
