package dhcp_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picket/appliance/dissect"
	"picket/appliance/dissect/dhcp"
	"picket/appliance/dissect/internal/seeds"
	"picket/shared/wlan"
)

// said is what a message says, for comparing.
type said struct {
	Reply, HasServer                    bool
	Type                                uint8
	Client                              wlan.MAC
	ClientIP, YourIP, Server, Requested [4]byte
	LeaseS                              uint32
	HostName, VendorClass, Parameters   string
}

func view(m *dhcp.Message) said {
	return said{
		Reply: m.Reply, HasServer: m.HasServer, Type: m.Type, Client: m.Client, ClientIP: m.ClientIP, YourIP: m.YourIP,
		Server: m.Server, Requested: m.Requested, LeaseS: m.LeaseS, HostName: string(m.HostName.Bytes()),
		VendorClass: string(m.VendorClass.Bytes()), Parameters: hex.EncodeToString(m.Parameters.Bytes()),
	}
}

func octets(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

var client = wlan.MAC{0, 0, 0x5e, 0, 0x53, 1}

// message returns a message with what stands in sname, file and behind the cookie.
func message(tb testing.TB, op, hlen byte, sname, file, options string) []byte {
	tb.Helper()
	b := make([]byte, 236)
	b[0], b[1], b[2] = op, 1, hlen
	copy(b[16:], []byte{192, 0, 2, 7})
	copy(b[28:], client[:])
	copy(b[44:108], octets(tb, sname))
	copy(b[108:], octets(tb, file))
	return append(b, octets(tb, options)...)
}

const cookie = "63825363"

var yours = [4]byte{192, 0, 2, 7}

type testCase struct {
	name string
	b    []byte
	want said
	err  error
}

func cases(tb testing.TB) []testCase {
	return []testCase{
		{
			name: "a request",
			b: message(tb, 1, 6, "", "", cookie+"350103 3204c0000207 0c06 6c6170746f70 3c05 4d53465420 3703010306"+
				"3604c0000201 ff"),
			want: said{
				Type: dhcp.Request, Client: client, YourIP: yours, Requested: yours, HostName: "laptop", VendorClass: "MSFT ",
				Parameters: "010306", HasServer: true, Server: [4]byte{192, 0, 2, 1},
			},
		},
		{
			name: "an acknowledgement, with padding and what follows the end",
			b:    message(tb, 2, 6, "", "", cookie+"0000 350105 3304 00000e10 ff 350101"),
			want: said{Reply: true, Type: dhcp.ACK, Client: client, YourIP: yours, LeaseS: 3600},
		},
		{
			name: "options that go on in file and server name, in this order",
			b:    message(tb, 1, 6, "0c02 6f70 ff", "0c02 7074 ff", cookie+"350101 340103 0c02 6c61 ff"),
			want: said{Type: dhcp.Discover, Client: client, YourIP: yours, HostName: "laptop"},
		},
		{
			name: "a server name that is no option",
			b:    message(tb, 2, 6, "6c6162", "0c02 7074", cookie+"350102 ff"),
			want: said{Reply: true, Type: dhcp.Offer, Client: client, YourIP: yours},
		},
		{
			name: "an overload within the overload",
			b:    message(tb, 1, 6, "0c02 6f70 ff", "340102 ff", cookie+"350101 340101 ff"),
			want: said{Type: dhcp.Discover, Client: client, YourIP: yours},
		},
		{
			name: "an option in two parts",
			b:    message(tb, 1, 6, "", "", cookie+"350101 0c03 6c6170 0c03 746f70 ff"),
			want: said{Type: dhcp.Discover, Client: client, YourIP: yours, HostName: "laptop"},
		},
		{
			name: "parts that make more than there is room for",
			b: message(tb, 1, 6, "", "", cookie+"0cff"+strings.Repeat("61", 255)+"0cff"+strings.Repeat("62", 255)+
				"ff"),
			want: said{Client: client, YourIP: yours, HostName: strings.Repeat("a", 255)},
		},
		{
			name: "an option beyond the message",
			b:    message(tb, 1, 6, "", "", cookie+"350101 0c05 6c61"),
			want: said{Type: dhcp.Discover, Client: client, YourIP: yours},
			err:  dissect.ErrTruncated,
		},
		{
			name: "options of the wrong length",
			b:    message(tb, 1, 6, "", "", cookie+"35020101 3303000e10 3605c000020100 ff"),
			want: said{Client: client, YourIP: yours},
		},
		{
			name: "a hardware address of eight octets",
			b:    message(tb, 1, 8, "", "", cookie+"350101 ff"),
			want: said{Type: dhcp.Discover, YourIP: yours},
		},
		{
			name: "BOOTP without options",
			b:    message(tb, 1, 6, "", "", ""),
			want: said{Client: client, YourIP: yours},
		},
		{name: "neither request nor reply", b: message(tb, 3, 6, "", "", ""), err: dissect.ErrMalformed},
		{name: "cut short", b: message(tb, 1, 6, "", "", "")[:235], err: dissect.ErrTruncated},
	}
}

func TestDecode(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(c.name, func(t *testing.T) {
			var m dhcp.Message
			if err := dhcp.Decode(c.b, &m); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			if d := cmp.Diff(c.want, view(&m)); d != "" {
				t.Errorf("message (-want +got):\n%s", d)
			}
		})
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	for _, c := range cases(t) {
		var m dhcp.Message
		seeds.NoAllocation(t, func() { _ = dhcp.Decode(c.b, &m) })
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range cases(f) {
		f.Add(c.b)
	}
	const headers = 14 + 20 + 8 // of Ethernet, IPv4 and UDP
	seeds.Frames(f, func(linkType uint16, b []byte) {
		if linkType == 1 && len(b) > headers+240 && len(b) < 700 && b[headers-6] == 0 && (b[headers-5] == 67 || b[headers-5] == 68) {
			f.Add(b[headers:])
		}
	})
	f.Fuzz(func(t *testing.T, b []byte) { seeds.Promises(t, b, dhcp.Decode, view) })
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range cases(b)[:3] {
		var m dhcp.Message
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = dhcp.Decode(c.b, &m)
			}
		})
	}
}
