package outbound

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestCheckRefusesWhatIsNotOutside(t *testing.T) {
	allowed := []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16"), netip.MustParsePrefix("fd12:3456::/32")}
	tests := []struct {
		name, ip, why string // why: empty where it may be reached
	}{
		{"a public address", "93.184.216.34", ""},
		{"a public address of IPv6", "2606:2800:220:1:248:1893:25c8:1946", ""},
		{"an allowed private range", "10.20.3.4", ""},
		{"an allowed private range, mapped", "::ffff:10.20.3.4", ""},
		{"an allowed private range of IPv6", "fd12:3456::9", ""},
		{"a public address through NAT64", "64:ff9b::5db8:d822", ""},
		{"a public address through 6to4", "2002:5db8:d822::1", ""},

		{"loopback", "127.0.0.1", "loopback"},
		{"loopback, not the first", "127.8.9.10", "loopback"},
		{"loopback of IPv6", "::1", "loopback"},
		{"loopback, mapped", "::ffff:127.0.0.1", "loopback"},
		{"loopback, compatible", "::127.0.0.1", "loopback"},
		{"loopback through NAT64", "64:ff9b::7f00:1", "loopback"},
		{"loopback through 6to4", "2002:7f00:1::", "loopback"},
		{"loopback through ISATAP", "2606:2800::5efe:7f00:1", "loopback"},
		{"loopback through ISATAP, unique bit", "2606:2800::200:5efe:7f00:1", "loopback"},
		{"loopback, translated", "::ffff:0:127.0.0.1", "loopback"},
		{"unspecified", "0.0.0.0", "unspecified"},
		{"this network", "0.1.2.3", "unspecified"},
		{"unspecified of IPv6", "::", "unspecified"},
		{"unspecified, mapped", "::ffff:0.0.0.0", "unspecified"},
		{"link-local", "169.254.1.1", "link-local"},
		{"link-local of IPv6", "fe80::1", "link-local"},
		{"link-local with a zone", "fe80::1%lo", "zone"},
		{"site-local", "fec0::1", "site-local"},
		{"metadata", "169.254.169.254", "metadata"},
		{"metadata, mapped", "::ffff:169.254.169.254", "metadata"},
		{"metadata, mapped in hexadecimal", "::ffff:a9fe:a9fe", "metadata"},
		{"metadata through NAT64", "64:ff9b::a9fe:a9fe", "metadata"},
		{"metadata through 6to4", "2002:a9fe:a9fe::", "metadata"},
		{"metadata of IPv6", "fd00:ec2::254", "metadata"},
		{"metadata that is a public address", "168.63.129.16", "metadata"},
		{"metadata in a carrier's range", "100.100.100.200", "metadata"},
		{"multicast", "224.0.0.251", "multicast"},
		{"multicast of IPv6", "ff02::fb", "multicast"},
		{"broadcast", "255.255.255.255", "reserved"},
		{"private", "192.168.1.1", "private"},
		{"private, beside what is allowed", "10.21.0.1", "private"},
		{"private 172", "172.31.255.254", "private"},
		{"private through NAT64", "64:ff9b::c0a8:101", "private"},
		{"private of IPv6", "fd00::1", "private"},
		{"a carrier's", "100.64.0.1", "carrier"},
		{"documentation", "192.0.2.1", "documentation"},
		{"documentation of IPv6", "2001:db8::1", "documentation"},
		{"Teredo", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo"},
		{"local NAT64", "64:ff9b:1::7f00:1", "NAT64"},
		{"not assigned", "4000::1", "not assigned"},
	}
	d, err := New(Policy{Private: allowed})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := d.Check(t.Context(), netip.MustParseAddr(tt.ip))
			switch {
			case tt.why == "" && err != nil:
				t.Errorf("%s: %v, want it allowed", tt.ip, err)
			case tt.why != "" && (!errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), tt.why)):
				t.Errorf("%s: %v, want it refused as %s", tt.ip, err, tt.why)
			}
		})
	}
}

func TestAllowedRangesAreChecked(t *testing.T) {
	for _, p := range []string{"0.0.0.0/0", "127.0.0.0/8", "169.254.0.0/16", "8.8.8.0/24", "::/0", "::1/128", "fe80::/10", "10.0.0.0/7"} {
		if _, err := New(Policy{Private: []netip.Prefix{netip.MustParsePrefix(p)}}); err == nil {
			t.Errorf("%s may be allowed", p)
		}
	}
}

func TestOwnAddressesAreRefusedAlthoughPrivateOnesAreAllowed(t *testing.T) {
	everything := make([]netip.Prefix, 0, len(private))
	for _, r := range private {
		everything = append(everything, r.prefix)
	}
	database := netip.MustParseAddr("10.0.0.5")
	d, err := New(Policy{Private: everything, Never: func(context.Context) ([]netip.Addr, error) { return []netip.Addr{database}, nil }})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Check(t.Context(), netip.MustParseAddr("10.0.0.6")); err != nil {
		t.Errorf("beside the database: %v", err)
	}
	for _, ip := range []string{"10.0.0.5", "::ffff:10.0.0.5", "64:ff9b::a00:5", "fd00:ec2::254"} {
		if err := d.Check(t.Context(), netip.MustParseAddr(ip)); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v, want it refused", ip, err)
		}
	}
	own, err := machineAddresses()
	if err != nil {
		t.Fatal(err)
	}
	for _, ip := range own {
		if err := d.Check(t.Context(), ip); !errors.Is(err, ErrRefused) {
			t.Errorf("own address %s: %v, want it refused", ip, err)
		}
	}
	broken, err := New(Policy{Never: func(context.Context) ([]netip.Addr, error) { return nil, errors.New("no resolver") }})
	if err != nil {
		t.Fatal(err)
	}
	if err := broken.Check(t.Context(), netip.MustParseAddr("93.184.216.34")); !errors.Is(err, ErrRefused) {
		t.Errorf("while the cluster's addresses are not known: %v, want it refused", err)
	}
}

// TestTargetsAreRefusedBeforeAConnection: names, numbers in their odd forms, and
// a server that is really there and must see nobody.
func TestTargetsAreRefusedBeforeAConnection(t *testing.T) {
	seen := make(chan struct{}, 100)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen <- struct{}{} }))
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	d, err := New(Policy{})
	if err != nil {
		t.Fatal(err)
	}
	client := d.Client(Limits{})
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]", "[::]", "169.254.169.254", "10.0.0.1", "[fd00:ec2::254]"} {
		_, err := get(t, client, "http://"+host+":"+port+"/")
		if !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v, want it refused", host, err)
		}
	}
	for _, host := range []string{"2130706433", "0x7f000001", "0177.0.0.1", "127.1"} { // Go resolves none of these as numbers
		if _, err := get(t, client, "http://"+host+":"+port+"/"); err == nil {
			t.Errorf("%s was reached", host)
		}
	}
	for _, u := range []string{"file:///etc/passwd", "gopher://127.0.0.1:" + port, "unix:///run/x"} {
		if _, err := get(t, client, u); err == nil {
			t.Errorf("%s was reached", u)
		}
	}
	if _, err := d.DialContext(t.Context(), "unix", "/run/x"); !errors.Is(err, ErrRefused) {
		t.Errorf("a unix socket: %v", err)
	}
	if len(seen) > 0 {
		t.Error("the server was reached")
	}
}

// TestARebindingNameIsJudgedByWhatItResolvesToNow has a resolver that names a
// public address the first time and loopback from then on.
func TestARebindingNameIsJudgedByWhatItResolvesToNow(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the server was reached") }))
	t.Cleanup(server.Close)
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	d, err := New(Policy{})
	if err != nil {
		t.Fatal(err)
	}
	asked := rebind(t, d)
	if ips, err := d.dialer.Resolver.LookupNetIP(t.Context(), "ip4", "rebind.example.org"); err != nil || len(ips) != 1 || d.Check(t.Context(), ips[0]) != nil {
		t.Fatalf("the first answer is %v, %v, want a public address", ips, err)
	}
	if _, err := get(t, d.Client(Limits{}), "http://rebind.example.org:"+port); !errors.Is(err, ErrRefused) {
		t.Errorf("%v, want it refused", err)
	}
	if asked.Load() < 2 {
		t.Errorf("the name was resolved %d times, want a second time", asked.Load())
	}
}

func TestEnvironmentsProxyIsNotUsed(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") }))
	t.Cleanup(proxy.Close)
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	d, err := New(Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := get(t, d.Client(Limits{}), "http://10.0.0.1/"); !errors.Is(err, ErrRefused) {
		t.Errorf("%v, want it refused", err)
	}
}

// onLoopback is d's client but for the address, which tests have no public one of.
func onLoopback(t *testing.T, l Limits) *http.Client {
	t.Helper()
	d, err := New(Policy{})
	if err != nil {
		t.Fatal(err)
	}
	d.dialer.ControlContext = nil
	return d.Client(l)
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		var followed bool
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" {
				followed = true
			}
			http.Redirect(w, r, "/secret", status)
		}))
		_, err := get(t, onLoopback(t, Limits{}), server.URL)
		server.Close()
		if !errors.Is(err, ErrRedirect) || followed {
			t.Errorf("%d: %v, followed %v", status, err, followed)
		}
	}
}

func TestAnswersAreBoundedInSize(t *testing.T) {
	body := bytes.Repeat([]byte("a"), 100_001)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/fits":
			_, _ = w.Write(body[:100_000])
		case "/named":
			_, _ = w.Write(body)
		case "/streamed":
			w.(http.Flusher).Flush()
			_, _ = w.Write(body)
		case "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write(body)
			_ = z.Close()
		case "/header":
			w.Header().Set("X-Long", strings.Repeat("a", 2*maxHeader))
		}
	}))
	t.Cleanup(server.Close)
	client := onLoopback(t, Limits{Body: 100_000})
	if got, err := get(t, client, server.URL+"/fits"); err != nil || len(got) != 100_000 {
		t.Errorf("what fits: %d octets, %v", len(got), err)
	}
	for _, path := range []string{"/named", "/streamed", "/bomb"} {
		if got, err := get(t, client, server.URL+path); !errors.Is(err, ErrTooLarge) || len(got) > 100_000 {
			t.Errorf("%s: %d octets, %v", path, len(got), err)
		}
	}
	if _, err := get(t, client, server.URL+"/header"); err == nil {
		t.Error("an endless header was read")
	}
}

func TestAnswersAreBoundedInTime(t *testing.T) {
	end := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" { // begins, and never ends
			_, _ = w.Write([]byte("a"))
			w.(http.Flusher).Flush()
		}
		<-end
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(end) })
	client := onLoopback(t, Limits{Timeout: 100 * time.Millisecond})
	for _, path := range []string{"/silent", "/slow"} {
		if _, err := get(t, client, server.URL+path); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v, want a time-out", path, err)
		}
	}
}

func TestResolveKnowsWhatADSNNames(t *testing.T) {
	got, err := Resolve(t.Context(), "", "/run/postgresql", "192.0.2.7", "localhost")
	if err != nil || len(got) < 2 || got[0] != netip.MustParseAddr("192.0.2.7") || !got[1].IsLoopback() {
		t.Errorf("%v, %v", got, err)
	}
}

func FuzzCheckSeesThroughForms(f *testing.F) {
	f.Add([]byte{127, 0, 0, 1})
	f.Add([]byte{169, 254, 169, 254})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 4 {
			return
		}
		v4 := [4]byte(b[:4])
		if check(netip.AddrFrom4(v4), nil) == nil {
			return
		}
		forms := [][16]byte{
			{10: 0xff, 11: 0xff, 12: v4[0], 13: v4[1], 14: v4[2], 15: v4[3]},
			{12: v4[0], 13: v4[1], 14: v4[2], 15: v4[3]},
			{1: 0x64, 2: 0xff, 3: 0x9b, 12: v4[0], 13: v4[1], 14: v4[2], 15: v4[3]},
			{0x20, 0x02, v4[0], v4[1], v4[2], v4[3]},
			{0x20, 0x10, 10: 0x5e, 11: 0xfe, 12: v4[0], 13: v4[1], 14: v4[2], 15: v4[3]},
		}
		for _, form := range forms {
			if ip := netip.AddrFrom16(form); check(ip, nil) == nil {
				t.Errorf("%s is refused, %s is not", netip.AddrFrom4(v4), ip)
			}
		}
	})
}

func get(t *testing.T, client *http.Client, url string) ([]byte, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	return io.ReadAll(answer.Body)
}
