package peer

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
)

func policy(t testing.TB, trusted string, means Means) Policy {
	t.Helper()
	p, err := ParsePolicy(trusted, string(means))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func lines(text ...string) [][]byte {
	var all [][]byte
	for _, l := range text {
		all = append(all, []byte(l))
	}
	return all
}

func TestTheClientIsTheLastWhomNobodyVouchesFor(t *testing.T) {
	const proxies = "192.0.2.10, 192.0.2.16/28,2001:db8:1::/64"
	for _, tt := range []struct {
		name  string
		means Means
		peer  string
		lines []string
		want  string
	}{
		{"nobody between", XForwardedFor, "198.51.100.7", nil, "198.51.100.7"},
		{"a stranger's header", XForwardedFor, "198.51.100.7", []string{"203.0.113.1"}, "198.51.100.7"},
		{"one balancer", XForwardedFor, "192.0.2.10", []string{"203.0.113.1"}, "203.0.113.1"},
		{"one balancer that a socket for both families sees", XForwardedFor, "::ffff:192.0.2.10", []string{"203.0.113.1"}, "203.0.113.1"},
		{"a balancer that says nothing", XForwardedFor, "192.0.2.10", nil, "192.0.2.10"},
		{"two balancers", XForwardedFor, "192.0.2.10", []string{"203.0.113.1, 192.0.2.17"}, "203.0.113.1"},
		{"two balancers, a line each", XForwardedFor, "192.0.2.10", []string{"203.0.113.1", "192.0.2.17"}, "203.0.113.1"},
		{"the client made up one more", XForwardedFor, "192.0.2.10", []string{"127.0.0.1, 203.0.113.1"}, "203.0.113.1"},
		{"the client made up a line", XForwardedFor, "192.0.2.10", []string{"192.0.2.10, 127.0.0.1", "203.0.113.1"}, "203.0.113.1"},
		{"the client imitates a balancer", XForwardedFor, "192.0.2.10", []string{"198.51.100.9, 192.0.2.17, 203.0.113.1"}, "203.0.113.1"},
		{"balancers alone", XForwardedFor, "192.0.2.10", []string{"192.0.2.17"}, "192.0.2.17"},
		{"with a port", XForwardedFor, "192.0.2.10", []string{"203.0.113.1:4711"}, "203.0.113.1"},
		{"IPv6", XForwardedFor, "2001:db8:1::5", []string{"2001:db8:2::1"}, "2001:db8:2::1"},
		{"IPv6 in brackets", XForwardedFor, "192.0.2.10", []string{"[2001:db8:2::1]"}, "2001:db8:2::1"},
		{"IPv6 with a port", XForwardedFor, "192.0.2.10", []string{"[2001:db8:2::1]:4711"}, "2001:db8:2::1"},
		{"IPv4 in IPv6", XForwardedFor, "192.0.2.10", []string{"::ffff:203.0.113.1"}, "203.0.113.1"},
		{"empty elements", XForwardedFor, "192.0.2.10", []string{"", "203.0.113.1, ,", ","}, "203.0.113.1"},
		{"a word", XForwardedFor, "192.0.2.10", []string{"203.0.113.1, unknown"}, "192.0.2.10"},
		{"a word of the client", XForwardedFor, "192.0.2.10", []string{"\x00\xff, 203.0.113.1"}, "203.0.113.1"},
		{"a zone", XForwardedFor, "192.0.2.10", []string{"fe80::1%eth0"}, "192.0.2.10"},
		{"IPv4 in brackets", XForwardedFor, "192.0.2.10", []string{"[203.0.113.1]"}, "192.0.2.10"},
		{"a port that is none", XForwardedFor, "192.0.2.10", []string{"203.0.113.1:99999"}, "192.0.2.10"},
		{"too long", XForwardedFor, "192.0.2.10", []string{strings.Repeat("1", 100)}, "192.0.2.10"},
		{"a chain without end", XForwardedFor, "192.0.2.10", []string{"203.0.113.1" + strings.Repeat(",192.0.2.17", 100)}, "192.0.2.17"},
		{"the other header's form", XForwardedFor, "192.0.2.10", []string{"for=203.0.113.1"}, "192.0.2.10"},

		{"Forwarded", Forwarded, "192.0.2.10", []string{"for=203.0.113.1"}, "203.0.113.1"},
		{"Forwarded with more", Forwarded, "192.0.2.10", []string{`proto=https; For="203.0.113.1:4711";by=192.0.2.10;host="a;b,c"`}, "203.0.113.1"},
		{"Forwarded, two balancers", Forwarded, "192.0.2.10", []string{`for=127.0.0.1, for="[2001:db8:2::1]:1", for=192.0.2.17`}, "2001:db8:2::1"},
		{"Forwarded, a quote that the client left open", Forwarded, "192.0.2.10", []string{`for="127.0.0.1, for=203.0.113.1`}, "203.0.113.1"},
		{"Forwarded, a quote that the client left open before a quoted one", Forwarded, "192.0.2.10", []string{`for=", for="[2001:db8:2::1]"`}, "2001:db8:2::1"},
		{"Forwarded, not told", Forwarded, "192.0.2.10", []string{"for=203.0.113.1, for=unknown"}, "192.0.2.10"},
		{"Forwarded, a name of its own", Forwarded, "192.0.2.10", []string{"for=_hidden"}, "192.0.2.10"},
		{"Forwarded without for", Forwarded, "192.0.2.10", []string{"proto=https"}, "192.0.2.10"},
		{"Forwarded, twice for", Forwarded, "192.0.2.10", []string{"for=203.0.113.1;for=127.0.0.1"}, "192.0.2.10"},
		{"Forwarded, no pair", Forwarded, "192.0.2.10", []string{"203.0.113.1"}, "192.0.2.10"},

		{"the listener has told it", ProxyProtocol, "203.0.113.1", []string{"127.0.0.1"}, "203.0.113.1"},
		{"the listener has told it, of a balancer itself", ProxyProtocol, "192.0.2.10", []string{"127.0.0.1"}, "192.0.2.10"},
	} {
		got := policy(t, proxies, tt.means).Client(netip.MustParseAddr(tt.peer), lines(tt.lines...))
		if got.String() != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, got, tt.want)
		}
	}
}

func TestNobodyIsBelievedWithoutASetting(t *testing.T) {
	peer := netip.MustParseAddr("127.0.0.1")
	for _, p := range []Policy{{}, policy(t, "", XForwardedFor), policy(t, " , ", "")} {
		if got := p.Client(peer, lines("203.0.113.1")); got != peer || p.Header() != "" || p.Means() != "" || p.Trusts(peer) {
			t.Errorf("%+v: %v", p, got)
		}
	}
}

func TestParsePolicySaysWhatIsWrong(t *testing.T) {
	for _, tt := range []struct{ trusted, means, want string }{
		{"192.0.2.0/24", "", ""},
		{"192.0.2.0/24,2001:db8::1", "Forwarded", ""},
		{"192.0.2.0/24", "proxy-protocol", ""},
		{"192.0.2.0/24", "x-real-ip", "x-real-ip"},
		{"balancer", "", "balancer"},
		{"192.0.2.0/33", "", "192.0.2.0/33"},
		{"192.0.2.1:80", "", "192.0.2.1:80"},
		{"fe80::1%eth0", "", "fe80::1%eth0"},
		{"0.0.0.0/0", "", "everybody"},
		{"::/0", "", "everybody"},
		{strings.Repeat("192.0.2.1,", 65), "", "64"},
	} {
		_, err := ParsePolicy(tt.trusted, tt.means)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s, %s: %v, want one that names %q", tt.trusted, tt.means, err, tt.want)
		}
	}
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:0:1:2:3:4:5": "2001:db8:0:1::/64", "fe80::1%eth0": "fe80::/64", "": "", "pipe": "pipe",
	} {
		if got := Network(address); got != want {
			t.Errorf("Network(%q): %q, want %q", address, got, want)
		}
	}
}

// Whatever a client sends, a balancer that adds its address is believed alone.
func FuzzClient(f *testing.F) {
	f.Add([]byte("192.0.2.10, 127.0.0.1"), false, false)
	f.Add([]byte(`for="[2001:db8::1]:80";by="a,b", for=_x`), true, true)
	f.Add([]byte(`for="a\", for=127.0.0.1`), true, false)
	f.Fuzz(func(t *testing.T, sent []byte, forwarded, ownLine bool) {
		proxy, client := netip.MustParseAddr("192.0.2.10"), netip.MustParseAddr("203.0.113.1")
		p, added := policy(t, "192.0.2.0/24", XForwardedFor), []byte("203.0.113.1")
		if forwarded {
			p, added = policy(t, "192.0.2.0/24", Forwarded), []byte(`proto=https;for="203.0.113.1:4711"`)
		}
		before := bytes.Clone(sent)
		if got := p.Client(netip.MustParseAddr("198.51.100.1"), [][]byte{sent}); got.String() != "198.51.100.1" {
			t.Errorf("a stranger is taken for %v", got)
		}
		if got := p.Client(proxy, [][]byte{sent}); !got.IsValid() || got.Zone() != "" {
			t.Errorf("%q gave %v", sent, got)
		}
		if !bytes.Equal(sent, before) {
			t.Errorf("the header was changed: %q, was %q", sent, before)
		}
		chain := [][]byte{sent, added}
		if !ownLine {
			chain = [][]byte{append(append(bytes.Clone(sent), ", "...), added...)}
		}
		if got := p.Client(proxy, chain); got != client {
			t.Errorf("%q: client %v, want %v", chain, got, client)
		}
	})
}

func BenchmarkClient(b *testing.B) {
	p, peer, chain := policy(b, "192.0.2.0/24", XForwardedFor), netip.MustParseAddr("192.0.2.10"), lines("198.51.100.4, 203.0.113.1, 192.0.2.17")
	b.ReportAllocs()
	for b.Loop() {
		_ = p.Client(peer, chain)
	}
}
