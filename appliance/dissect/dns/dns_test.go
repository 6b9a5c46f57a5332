package dns_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picket/appliance/dissect"
	"picket/appliance/dissect/dns"
	"picket/appliance/dissect/internal/seeds"
)

func octets(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// said is what a message says, for comparing.
type said struct {
	Response, HasQuestion bool
	Opcode, RCODE         uint8
	ID, Type              uint16
	Name                  string
	Address               string
}

func view(m *dns.Message) said {
	return said{
		Response: m.Response, HasQuestion: m.HasQuestion, Opcode: m.Opcode, RCODE: m.RCODE, ID: m.ID, Type: m.Type,
		Name: string(m.Name()), Address: hex.EncodeToString(m.Address[:m.AddressLen]),
	}
}

const (
	query    = "1234 0100 0001 0000 0000 0000"
	example  = "03777777 07 4578616d706c65 03 636f6d 00" // www.Example.com
	question = example + "0001 0001"
)

// labels63 are three labels of 63 octets.
var labels63 = strings.Repeat("3f"+strings.Repeat("61", 63), 3)

var messages = []struct {
	name, hex string
	want      said
	err       error
}{
	{
		name: "a question, in lower case", hex: query + question,
		want: said{ID: 0x1234, HasQuestion: true, Type: dns.TypeA, Name: "www.example.com"},
	},
	{
		name: "an answer by a pointer, behind an alias",
		hex: "1234 8180 0001 0002 0000 0000" + question + "c00c 0005 0001 0000003c 0002 c010" +
			"c010 0001 0001 0000003c 0004 c0000201",
		want: said{ID: 0x1234, Response: true, HasQuestion: true, Type: dns.TypeA, Name: "www.example.com", Address: "c0000201"},
	},
	{
		name: "an address of IPv6",
		hex: "1234 8180 0001 0001 0000 0000" + example + "001c 0001 c00c 001c 0001 0000003c 0010" +
			"20010db8000000000000000000000001",
		want: said{
			ID: 0x1234, Response: true, HasQuestion: true, Type: dns.TypeAAAA, Name: "www.example.com",
			Address: "20010db8000000000000000000000001",
		},
	},
	{
		name: "no such name", hex: "1234 8183 0001 0000 0000 0000" + question,
		want: said{ID: 0x1234, Response: true, RCODE: dns.NXDomain, HasQuestion: true, Type: dns.TypeA, Name: "www.example.com"},
	},
	{
		name: "the root", hex: query + "00 0002 0001",
		want: said{ID: 0x1234, HasQuestion: true, Type: 2},
	},
	{
		name: "two questions: the first counts", hex: "1234 0100 0002 0000 0000 0000" + question + "c010 001c 0001",
		want: said{ID: 0x1234, HasQuestion: true, Type: dns.TypeA, Name: "www.example.com"},
	},
	{name: "a pointer to itself", hex: query + "c00c 0001 0001", want: said{ID: 0x1234}, err: dissect.ErrMalformed},
	{name: "a pointer forwards", hex: query + "c00e 0001 0001", want: said{ID: 0x1234}, err: dissect.ErrMalformed},
	{name: "a label of a kind that was never used", hex: query + "40 0001 0001", want: said{ID: 0x1234}, err: dissect.ErrMalformed},
	{name: "a label beyond the message", hex: query + "05 6162", want: said{ID: 0x1234}, err: dissect.ErrTruncated},
	{name: "a name without an end", hex: query + "03 777777", want: said{ID: 0x1234}, err: dissect.ErrTruncated},
	{name: "half a pointer", hex: query + "c0", want: said{ID: 0x1234}, err: dissect.ErrTruncated},
	{
		name: "the longest name, of 255 octets", hex: query + labels63 + "3d" + strings.Repeat("62", 61) + "00 0001 0001",
		want: said{
			ID: 0x1234, HasQuestion: true, Type: dns.TypeA,
			Name: strings.Repeat(strings.Repeat("a", 63)+".", 3) + strings.Repeat("b", 61),
		},
	},
	{
		name: "a name of one octet more", hex: query + labels63 + "3e" + strings.Repeat("62", 62) + "00 0001 0001",
		want: said{ID: 0x1234}, err: dissect.ErrMalformed,
	},
	{
		name: "an answer cut short", hex: "1234 8180 0001 0001 0000 0000" + question + "c00c 0001 0001 0000003c 0004 c000",
		want: said{ID: 0x1234, Response: true, HasQuestion: true, Type: dns.TypeA, Name: "www.example.com"},
		err:  dissect.ErrTruncated,
	},
	{name: "a header cut short", hex: "1234 8180 0001", want: said{ID: 0x1234, Response: true}, err: dissect.ErrTruncated},
	{name: "nothing", hex: "1234", err: dissect.ErrTruncated},
}

func TestDecode(t *testing.T) {
	for _, c := range messages {
		t.Run(c.name, func(t *testing.T) {
			var m dns.Message
			if err := dns.Decode(octets(t, c.hex), &m); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
			if d := cmp.Diff(c.want, view(&m)); d != "" {
				t.Errorf("message (-want +got):\n%s", d)
			}
		})
	}
}

func TestPlausible(t *testing.T) {
	for _, c := range []struct {
		name, hex string
		want      bool
	}{
		{"a question", query + question, true},
		{"an answer", messages[1].hex, true},
		{"no question", "1234 8180 0000 0001 0000 0000" + question, false},
		{"another opcode", "1234 2900 0001 0000 0000 0000" + question, false},
		{"a question with answers", "1234 0100 0001 0001 0000 0000" + question, false},
		{"more records than a datagram holds", "1234 8180 0001 0100 0000 0000" + question, false},
		{"a class that is not IN", query + example + "0001 0003", false},
		{"octets that are no text", query + "03 770001 00 0001 0001", false},
		{"the root alone", query + "00 0001 0001", false},
		{"a name that does not end", query + "3f 7777777777", false},
		{"noise", strings.Repeat("ff", 40), false},
	} {
		if got := dns.Plausible(octets(t, c.hex)); got != c.want {
			t.Errorf("%s: plausible is %v, want %v", c.name, got, c.want)
		}
	}
}

func TestDecodeDoesNotAllocate(t *testing.T) {
	for _, c := range messages {
		b := octets(t, c.hex)
		var m dns.Message
		seeds.NoAllocation(t, func() {
			_ = dns.Decode(b, &m)
			_ = dns.Plausible(b)
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range messages {
		f.Add(octets(f, c.hex))
	}
	const headers = 14 + 20 + 8 // of Ethernet, IPv4 and UDP
	seeds.Frames(f, func(linkType uint16, b []byte) {
		if linkType == 1 && len(b) > headers && len(b) < 512 && dns.Plausible(b[headers:]) {
			f.Add(b[headers:])
		}
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		seeds.Promises(t, b, dns.Decode, view)
		var m dns.Message
		_ = dns.Decode(b, &m)
		if len(m.Name()) > dns.MaxName {
			t.Errorf("a name of %d octets", len(m.Name()))
		}
		if n := m.AddressLen; n != 0 && n != 4 && n != 16 {
			t.Errorf("an address of %d octets", n)
		}
		_ = dns.Plausible(b)
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, c := range messages[:3] {
		frame := octets(b, c.hex)
		var m dns.Message
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = dns.Decode(frame, &m)
			}
		})
	}
}
