package main

import (
	"encoding/binary"
	"net"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// What hosts have to say to each other: names, connections, time, echoes.

// ask shows a host asking the office's server for a name. Without addresses the
// answer is that there is no such name (RFC 1035, 4.1.1).
func (w *wire) ask(at time.Duration, from, server *host, name string, kind layers.DNSType, addresses ...net.IP) {
	id, port := uint16(w.rand.Uint32()), w.port()
	question := layers.DNSQuestion{Name: []byte(name), Type: kind, Class: layers.DNSClassIN}
	w.ip4(at, from, server, layers.IPProtocolUDP, &layers.UDP{SrcPort: layers.UDPPort(port), DstPort: 53},
		&layers.DNS{ID: id, RD: true, Questions: []layers.DNSQuestion{question}})
	answer := &layers.DNS{ID: id, QR: true, RD: true, RA: true, Questions: []layers.DNSQuestion{question}}
	if len(addresses) == 0 {
		answer.ResponseCode = layers.DNSResponseCodeNXDomain
	}
	for _, ip := range addresses {
		answer.Answers = append(answer.Answers, layers.DNSResourceRecord{
			Name: question.Name, Type: kind, Class: layers.DNSClassIN, TTL: 300, IP: ip,
		})
	}
	w.ip4(at+w.jitter(4*time.Millisecond), server, from, layers.IPProtocolUDP,
		&layers.UDP{SrcPort: 53, DstPort: layers.UDPPort(port)}, answer)
}

// A conversation is a TCP connection in the making (RFC 9293).
type conversation struct {
	w              *wire
	at             time.Duration
	client, server *host
	v6             bool
	ports          [2]layers.TCPPort
	next           [2]uint32 // sequence numbers of client and server
	pause          time.Duration
}

// connect shows the three packets that open a connection. pause is a round trip.
func (w *wire) connect(at time.Duration, client, server *host, port uint16, v6 bool, pause time.Duration) *conversation {
	c := &conversation{
		w: w, at: at, client: client, server: server, v6: v6, pause: pause,
		ports: [2]layers.TCPPort{layers.TCPPort(w.port()), layers.TCPPort(port)},
		next:  [2]uint32{w.rand.Uint32(), w.rand.Uint32()},
	}
	c.segment(0, &layers.TCP{SYN: true, Options: []layers.TCPOption{
		{OptionType: layers.TCPOptionKindMSS, OptionLength: 4, OptionData: []byte{0x05, 0xb4}},
		{OptionType: layers.TCPOptionKindSACKPermitted, OptionLength: 2},
	}}, nil)
	c.next[0]++
	c.segment(1, &layers.TCP{SYN: true, ACK: true, Options: []layers.TCPOption{
		{OptionType: layers.TCPOptionKindMSS, OptionLength: 4, OptionData: []byte{0x05, 0xb4}},
	}}, nil)
	c.next[1]++
	c.segment(0, &layers.TCP{ACK: true}, nil)
	return c
}

// say sends data one way (0: from the client, 1: from the server) in segments
// of at most 1400 octets, and has it acknowledged.
func (c *conversation) say(way int, data []byte) {
	for len(data) > 0 {
		part := data[:min(len(data), 1400)]
		data = data[len(part):]
		c.segment(way, &layers.TCP{ACK: true, PSH: len(data) == 0}, part)
		c.next[way] += uint32(len(part))
	}
	c.segment(1-way, &layers.TCP{ACK: true}, nil)
}

// tls sends data as records of application data (RFC 8446, 5.1).
func (c *conversation) tls(way, n int) {
	for n > 0 {
		size := min(n, 1200)
		n -= size
		record := append([]byte{23, 3, 3, byte(size >> 8), byte(size)}, c.w.octets(size)...)
		c.say(way, record)
	}
}

// end closes the connection from the client's side.
func (c *conversation) end() {
	c.segment(0, &layers.TCP{FIN: true, ACK: true}, nil)
	c.next[0]++
	c.segment(1, &layers.TCP{FIN: true, ACK: true}, nil)
	c.next[1]++
	c.segment(0, &layers.TCP{ACK: true}, nil)
}

func (c *conversation) segment(way int, tcp *layers.TCP, data []byte) {
	ends := [2]*host{c.client, c.server}
	from, to := ends[way], ends[1-way]
	tcp.SrcPort, tcp.DstPort, tcp.Window = c.ports[way], c.ports[1-way], 64240
	tcp.Seq = c.next[way]
	if tcp.ACK {
		tcp.Ack = c.next[1-way]
	}
	inner := []gopacket.SerializableLayer{tcp, gopacket.Payload(data)}
	if c.v6 {
		sender := c.w.onWire(from, to)
		c.w.ip6To(c.at, sender, c.w.via(sender, to), from.ip6, to.ip6, 64, layers.IPProtocolTCP, inner...)
	} else {
		c.w.ip4(c.at, from, to, layers.IPProtocolTCP, inner...)
	}
	c.at += c.w.jitter(c.pause / 2)
}

// ping shows an echo request and its answer (RFC 792).
func (w *wire) ping(at time.Duration, from, to *host, sequence uint16) {
	payload := gopacket.Payload("picket demonstration office echo")
	w.ip4(at, from, to, layers.IPProtocolICMPv4, &layers.ICMPv4{
		TypeCode: layers.CreateICMPv4TypeCode(layers.ICMPv4TypeEchoRequest, 0), Id: 7, Seq: sequence,
	}, payload)
	w.ip4(at+w.jitter(2*time.Millisecond), to, from, layers.IPProtocolICMPv4, &layers.ICMPv4{
		TypeCode: layers.CreateICMPv4TypeCode(layers.ICMPv4TypeEchoReply, 0), Id: 7, Seq: sequence,
	}, payload)
}

// askTime shows a host asking for the time (RFC 5905, 7.3).
func (w *wire) askTime(at time.Duration, from, server *host) {
	port := w.port()
	request := make([]byte, 48)
	request[0] = 4<<3 | 3 // version 4, client
	binary.BigEndian.PutUint32(request[40:], ntpSeconds(at))
	w.ip4(at, from, server, layers.IPProtocolUDP, &layers.UDP{SrcPort: layers.UDPPort(port), DstPort: 123}, gopacket.Payload(request))
	reply := make([]byte, 48)
	copy(reply, []byte{4<<3 | 4, 2, 6, 0xe9}) // version 4, server, stratum 2
	copy(reply[12:], server.ip)
	for _, i := range []int{16, 24, 32, 40} {
		binary.BigEndian.PutUint32(reply[i:], ntpSeconds(at))
	}
	w.ip4(at+w.jitter(9*time.Millisecond), server, from, layers.IPProtocolUDP,
		&layers.UDP{SrcPort: 123, DstPort: layers.UDPPort(port)}, gopacket.Payload(reply))
}

// ntpSeconds returns the seconds since 1900 (RFC 5905, 6).
func ntpSeconds(at time.Duration) uint32 { return uint32(start.Add(at).Unix() + 2_208_988_800) }

// call shows a telephone's voice: n packets each way, 20 ms apart (RFC 3550, 5.1).
func (w *wire) call(at time.Duration, from, to *host, n int) {
	for way, ends := range [2][2]*host{{from, to}, {to, from}} {
		for i := range n {
			rtp := append([]byte{0x80, 0, byte(i >> 8), byte(i), 0, 0, byte(i * 160 >> 8), byte(i * 160), 0x53, 0, 0, byte(way)}, make([]byte, 160)...)
			w.ip4(at+time.Duration(i)*20*time.Millisecond+time.Duration(way)*3*time.Millisecond, ends[0], ends[1],
				layers.IPProtocolUDP, &layers.UDP{SrcPort: 16384, DstPort: 16384}, gopacket.Payload(rtp))
		}
	}
}
