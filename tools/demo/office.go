package main

import (
	"math/rand/v2"
	"net"
	"time"

	"github.com/google/gopacket/layers"
)

// The office: its devices, a minute and a half of its day, and two episodes
// that should not happen in it.

func inside(n byte, name, vendor string) *host {
	mac := device(n)
	ip6 := net.ParseIP("2001:db8:53::")
	ip6[15] = n
	return &host{name: name, mac: mac[:], ip: net.IP{192, 0, 2, n}, ip6: ip6, vendor: vendor}
}

// telephone returns a device of the tagged segment, VLAN 20.
func telephone(n byte, name string) *host {
	mac := device(n)
	return &host{name: name, mac: mac[:], ip: net.IP{198, 51, 100, n}, vlan: 20, vendor: "example-phone"}
}

func outside(n byte, name string) *host {
	ip6 := net.ParseIP("2001:db8:ffff::")
	ip6[15] = n
	return &host{name: name, ip: net.IP{203, 0, 113, n}, ip6: ip6}
}

const ms = time.Millisecond

// wireOffice makes the capture of the office's Ethernet.
func wireOffice() *capture {
	router := inside(1, "gateway", "")
	w := &wire{capture: capture{link: layers.LinkTypeEthernet}, rand: rand.New(rand.NewPCG(53, 1)), router: router}
	server, storage, printer := inside(2, "server", ""), inside(3, "storage", ""), inside(10, "printer-1", "example-printer")
	camera := inside(11, "camera-door", "udhcp 1.36.1")
	desks := []*host{
		inside(20, "desk-reception", "MSFT 5.0"), inside(21, "desk-accounts", "MSFT 5.0"), inside(22, "desk-sales", "MSFT 5.0"),
		inside(23, "laptop-1", ""), inside(24, "laptop-2", "MSFT 5.0"), inside(25, "laptop-3", "dhcpcd-10.0.6:Linux"),
	}
	visitor := inside(66, "kiosk", "udhcp 1.30.1")
	phones := []*host{telephone(30, "phone-30"), telephone(31, "phone-31"), telephone(32, "phone-32")}
	web, mail, clock := outside(80, "www.example.com"), outside(25, "mail.example.net"), outside(123, "time.example.org")

	w.arrivals(append(append(desks, printer, camera, visitor), phones...), server)
	for at := 500 * ms; at < loop; at += 15 * time.Second {
		w.advertise(at)
	}
	for i, d := range desks {
		w.work(8*time.Second+time.Duration(i)*1300*ms, d, server, storage, printer, web, mail)
		w.askTime(6*time.Second+time.Duration(i)*11*time.Second, d, clock)
	}
	for at := 2 * time.Second; at < loop-ms; at += 2900 * ms { // a router looking after its neighbours
		w.resolve(at, router, server)
	}
	for at, n := 5*time.Second, uint16(1); at < loop; at, n = at+5*time.Second, n+1 {
		w.ping(at, server, router, n)
		w.watch(at+700*ms, camera, storage)
	}
	w.call(33*time.Second, phones[0], phones[1], 250)
	w.call(64*time.Second, phones[2], phones[0], 150)

	w.scan(48*time.Second, visitor, storage)
	w.poison(56*time.Second, visitor, desks[1], router)
	return &w.capture
}

// arrivals shows the devices being switched on, one after the other.
func (w *wire) arrivals(hosts []*host, server *host) {
	for i, h := range hosts {
		at := 1*time.Second + time.Duration(i)*450*ms + w.jitter(50*ms)
		w.lease(at, h, server)
		if h.vlan != 0 {
			continue
		}
		w.resolve(at+400*ms, h, w.router)
		w.resolve(at+600*ms, h, server)
		w.neighbour(at+800*ms, h, w.router, h.linkLocal(), w.router.linkLocal())
	}
}

// work shows what a person at a desk does in the loop, in rounds of a quarter
// of a minute: names, the web by IPv4 and IPv6, mail, files, a page printed.
func (w *wire) work(from time.Duration, desk, server, storage, printer, web, mail *host) {
	for round, at := 0, from; at < loop-5*time.Second; round, at = round+1, at+w.jitter(9*time.Second) {
		w.ask(at, desk, server, "www.example.com", layers.DNSTypeA, web.ip)
		w.ask(at+30*ms, desk, server, "www.example.com", layers.DNSTypeAAAA, web.ip6)
		c := w.connect(at+80*ms, desk, web, 443, round%2 == 1, 18*ms)
		c.tls(0, 420)
		c.tls(1, 1500+w.rand.IntN(5000))
		c.end()
		switch round % 4 {
		case 0:
			w.ask(at+2*time.Second, desk, server, "mail.example.net", layers.DNSTypeA, mail.ip)
			c = w.connect(at+2050*ms, desk, mail, 993, false, 22*ms)
			c.tls(0, 300)
			c.tls(1, 2500)
			c.end()
		case 1:
			w.ask(at+2*time.Second, desk, server, "wpad.branch.example.org", layers.DNSTypeA)
		case 2:
			w.ask(at+2*time.Second, desk, server, "storage.branch.example.org", layers.DNSTypeA, storage.ip)
			w.resolve(at+2020*ms, desk, storage)
			c = w.connect(at+2050*ms, desk, storage, 2049, false, 1*ms)
			c.say(0, record(w.octets(200)))
			c.say(1, record(w.octets(4000)))
			c.end()
		case 3:
			w.resolve(at+2*time.Second, desk, printer)
			c = w.connect(at+2050*ms, desk, printer, 9100, false, 3*ms)
			c.say(0, []byte("%!PS-Adobe-3.0\n% a page of the demonstration office\nshowpage\n"))
			c.end()
		}
	}
}

// record puts an RPC record mark, last fragment, before data (RFC 5531, 11).
func record(data []byte) []byte {
	return append([]byte{0x80, 0, byte(len(data) >> 8), byte(len(data))}, data...)
}

// watch shows the camera storing a picture.
func (w *wire) watch(at time.Duration, camera, storage *host) {
	w.neighbour(at, camera, storage, camera.ip6, storage.ip6)
	c := w.connect(at+5*ms, camera, storage, 443, true, 2*ms)
	c.tls(0, 2400)
	c.end()
}

// scan shows a device trying ports of another: most refuse, three answer.
func (w *wire) scan(at time.Duration, from, target *host) {
	w.resolve(at-20*ms, from, target)
	open := map[int]bool{22: true, 445: true, 2049: true}
	source := layers.TCPPort(w.port())
	for port := 1; port <= 2100; port += 1 + w.rand.IntN(13) {
		for p := range open {
			if p > port-13 && p < port { // never pass an open one by
				port = p
			}
		}
		sequence := w.rand.Uint32()
		send := func(at time.Duration, a, b *host, tcp *layers.TCP) {
			tcp.Window = 1024
			w.ip4(at, a, b, layers.IPProtocolTCP, tcp)
		}
		send(at, from, target, &layers.TCP{SrcPort: source, DstPort: layers.TCPPort(port), Seq: sequence, SYN: true})
		answer := &layers.TCP{SrcPort: layers.TCPPort(port), DstPort: source, Ack: sequence + 1, ACK: true, RST: true}
		if open[port] {
			answer.RST, answer.SYN, answer.Seq = false, true, w.rand.Uint32()
			send(at+700*time.Microsecond, from, target, &layers.TCP{SrcPort: source, DstPort: layers.TCPPort(port), Seq: sequence + 1, RST: true})
			delete(open, port)
		}
		send(at+300*time.Microsecond, target, from, answer)
		at += w.jitter(8 * ms)
	}
}

// poison shows a device telling another, and the router, that it is either's
// peer: ARP answers that nobody asked for, every second for a quarter of a minute.
func (w *wire) poison(at time.Duration, from, victim, router *host) {
	for end := at + 15*time.Second; at < end; at += time.Second {
		w.arp(at, from, victim.mac, layers.ARPReply, router.ip, victim.mac, victim.ip)
		w.arp(at+2*ms, from, router.mac, layers.ARPReply, victim.ip, router.mac, router.ip)
	}
}
