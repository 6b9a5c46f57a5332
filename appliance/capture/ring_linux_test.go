package capture_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"picket/appliance/capture"
	"picket/shared/build/realpart"
)

// inNamespace moves the test to a network namespace of its own with a pair of
// interfaces, va and vb, that are up. Needs root; otherwise the test is skipped.
func inNamespace(t *testing.T) {
	t.Helper()
	runtime.LockOSThread() // and never unlocked: the thread ends with the test
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Skipf("no network namespace of our own (needs root): %v", err)
	}
	for _, args := range [][]string{
		{"link", "add", "name", "va", "address", "00:00:5e:00:53:0a", "type", "veth", "peer", "name", "vb", "address", "00:00:5e:00:53:0b"},
		{"link", "set", "va", "addrgenmode", "none"}, {"link", "set", "vb", "addrgenmode", "none"},
		{"link", "set", "va", "up"}, {"link", "set", "vb", "up"},
	} {
		ip(t, args...)
	}
	carrier(t, "va")
	carrier(t, "vb")
}

// carrier waits until the kernel has seen that an interface has a peer, at most
// 10 s: what is sent before goes nowhere (net/core/link_watch.c).
func carrier(t *testing.T, name string) {
	t.Helper()
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(socket)
	request, err := unix.NewIfreq(name)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if err := unix.IoctlIfreq(socket, unix.SIOCGIFFLAGS, request); err != nil {
			t.Fatal(err)
		}
		if request.Uint16()&unix.IFF_RUNNING != 0 {
			return
		}
	}
	t.Fatalf("%s has no carrier", name)
}

func ip(t *testing.T, args ...string) {
	t.Helper()
	if _, err := exec.LookPath("ip"); err != nil {
		realpart.Skip(t, "no ip command (Debian: iproute2)")
	}
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Skipf("ip %v: %v: %s", args, err, out)
	}
}

// sender sends raw frames on an interface.
type sender struct {
	socket int
	to     *unix.SockaddrLinklayer
}

func newSender(t *testing.T, name string) *sender {
	t.Helper()
	socket, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(socket) })
	request, _ := unix.NewIfreq(name)
	if err := unix.IoctlIfreq(socket, unix.SIOCGIFINDEX, request); err != nil {
		t.Fatal(err)
	}
	return &sender{socket, &unix.SockaddrLinklayer{Ifindex: int(request.Uint32())}}
}

func (s *sender) send(t *testing.T, frame []byte) {
	t.Helper()
	if err := unix.Sendto(s.socket, frame, 0, s.to); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, name string, opt capture.LiveOptions) *capture.Ring {
	t.Helper()
	r, err := capture.OpenInterface(name, opt)
	if errors.Is(err, os.ErrPermission) {
		realpart.Skip(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// next waits for a packet, at most 20 s: test machines are busy.
func next(t *testing.T, s capture.Source, p *capture.Packet) {
	t.Helper()
	for range 200 {
		err := s.Next(p)
		if err == nil {
			return
		}
		if !errors.Is(err, capture.ErrIdle) {
			t.Fatal(err)
		}
	}
	t.Fatal("no packet came")
}

// frame is numbered, of a test EtherType (0x88b5, IEEE Std 802) or as given.
func frame(number, length int, types ...byte) []byte {
	if types == nil {
		types = []byte{0x88, 0xb5}
	}
	b := append([]byte{0, 0, 0x5e, 0, 0x53, 0x0b, 0, 0, 0x5e, 0, 0x53, 0x0a}, types...)
	b = fmt.Appendf(b, "%08d", number)
	for len(b) < length {
		b = append(b, byte(len(b)))
	}
	return b
}

func TestRingGivesFramesAsSent(t *testing.T) {
	inNamespace(t)
	r := open(t, "vb", capture.LiveOptions{Promiscuous: true})
	s := newSender(t, "va")
	var frames [][]byte
	for i, length := range []int{60, 61, 100, 1000, 1514} {
		frames = append(frames,
			frame(i, length),
			frame(i, length, 0x81, 0, 0x60, 100, 0x88, 0xb5),                  // VLAN 100, priority 3
			frame(i, length, 0x88, 0xa8, 0, 200, 0x81, 0, 0, 100, 0x88, 0xb5)) // VLAN 100 in service VLAN 200
	}
	before := time.Now()
	for _, f := range frames {
		s.send(t, f)
	}
	var p capture.Packet
	for i, want := range frames {
		next(t, r, &p)
		if !bytes.Equal(p.Data, want) || p.Length != len(want) || p.LinkType != capture.Ethernet {
			t.Errorf("frame %d: %d of %d octets, %v:\n% x\nwant %d:\n% x", i, len(p.Data), p.Length, p.LinkType, p.Data, len(want), want)
		}
		if at := time.Unix(0, p.Time); at.Before(before.Add(-time.Second)) || at.After(time.Now().Add(time.Second)) {
			t.Errorf("frame %d: time %v, sent at %v", i, at, before)
		}
	}
	if err := r.Next(&p); !errors.Is(err, capture.ErrIdle) {
		t.Errorf("error %v, want %v", err, capture.ErrIdle)
	}
	if stats, err := r.Stats(); err != nil || stats.Drops != 0 {
		t.Errorf("%+v, %v", stats, err)
	}
}

func TestRingCountsWhatTheKernelDropped(t *testing.T) {
	inNamespace(t)
	r := open(t, "vb", capture.LiveOptions{RingOctets: 512 << 10})
	s := newSender(t, "va")
	const sent = 5000
	var p capture.Packet
	for round := range 2 {
		for i := range sent {
			s.send(t, frame(i, 1000))
		}
		received, last := 0, -1
		for r.Next(&p) == nil {
			var number int
			if _, err := fmt.Sscanf(string(p.Data[14:22]), "%d", &number); err != nil || number <= last {
				t.Fatalf("frame %q after %d", p.Data[14:22], last)
			}
			last = number
			received++
		}
		stats, err := r.Stats()
		if err != nil {
			t.Fatal(err)
		}
		if stats.Drops == 0 || received == 0 || received+int(stats.Drops) != sent {
			t.Errorf("round %d: %d received, %d dropped, %d sent", round, received, stats.Drops, sent)
		}
	}
}

func TestRingKeepsUpAcrossBlocks(t *testing.T) {
	inNamespace(t)
	r := open(t, "vb", capture.LiveOptions{RingOctets: 2 << 20})
	s := newSender(t, "va")
	var p capture.Packet
	for i := 0; i < 20_000; {
		for range 1000 {
			s.send(t, frame(i, 60+i%1400))
			i++
		}
		for j := i - 1000; j < i; j++ {
			next(t, r, &p)
			if want := frame(j, 60+j%1400); !bytes.Equal(p.Data, want) {
				t.Fatalf("frame %d: % x", j, p.Data)
			}
		}
		if i%3000 == 0 {
			i += 37 // other lengths at other places of a block
		}
	}
}

func TestRingFilterAndSnapLength(t *testing.T) {
	inNamespace(t)
	filter, err := capture.ExcludeTCP(netip.MustParseAddrPort("192.0.2.1:443"))
	if err != nil {
		t.Fatal(err)
	}
	filtered := open(t, "vb", capture.LiveOptions{Filter: filter})
	short := open(t, "vb", capture.LiveOptions{SnapLength: 96})
	s := newSender(t, "va")
	s.send(t, tcp(t, "192.0.2.7:50000", "192.0.2.1:443", nil))
	s.send(t, frame(7, 1000))
	var p capture.Packet
	next(t, filtered, &p)
	if !bytes.Equal(p.Data, frame(7, 1000)) {
		t.Errorf("the filter let through % x", p.Data)
	}
	next(t, short, &p)
	next(t, short, &p)
	if len(p.Data) != 96 || p.Length != 1000 {
		t.Errorf("%d of %d octets, want 96 of 1000", len(p.Data), p.Length)
	}
}

func TestRingSaysThatTheInterfaceWentDown(t *testing.T) {
	inNamespace(t)
	r := open(t, "vb", capture.LiveOptions{})
	ip(t, "link", "set", "vb", "down")
	if err := waitForError(t, r); !errors.Is(err, unix.ENETDOWN) {
		t.Errorf("error %v, want %v", err, unix.ENETDOWN)
	}
	if _, err := capture.OpenInterface("vb", capture.LiveOptions{}); !errors.Is(err, unix.ENETDOWN) {
		t.Errorf("opening: error %v, want %v", err, unix.ENETDOWN)
	}
	ip(t, "link", "set", "vb", "up")
	again := open(t, "vb", capture.LiveOptions{})
	ip(t, "link", "del", "va")
	if err := waitForError(t, again); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v, want %v", err, os.ErrNotExist)
	}
	if _, err := capture.OpenInterface("vb", capture.LiveOptions{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("opening: error %v, want %v", err, os.ErrNotExist)
	}
}

func waitForError(t *testing.T, s capture.Source) error {
	t.Helper()
	var p capture.Packet
	for range 50 {
		if err := s.Next(&p); err != nil && !errors.Is(err, capture.ErrIdle) {
			return err
		}
	}
	t.Fatal("no error came")
	return nil
}

// A tap device that calls itself a radio: frames arrive as given, with their link type.
func TestRingOfARadio(t *testing.T) {
	inNamespace(t)
	device, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skipf("no tap device: %v", err)
	}
	defer unix.Close(device)
	request, _ := unix.NewIfreq("radio")
	request.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI)
	if err := unix.IoctlIfreq(device, unix.TUNSETIFF, request); err != nil {
		t.Skipf("tap device: %v", err)
	}
	if err := unix.IoctlSetInt(device, unix.TUNSETLINK, 803); err != nil {
		t.Skipf("tap device: %v", err)
	}
	ip(t, "link", "set", "radio", "up")
	r := open(t, "radio", capture.LiveOptions{})
	want := append([]byte{0, 0, 8, 0, 0, 0, 0, 0}, frame(1, 100)...)
	if _, err := unix.Write(device, want); err != nil {
		t.Fatal(err)
	}
	var p capture.Packet
	for next(t, r, &p); len(p.Data) != len(want); next(t, r, &p) { // the kernel greets a new link with frames of its own
	}
	if !bytes.Equal(p.Data, want) || p.LinkType != capture.Radiotap || r.LinkType() != capture.Radiotap {
		t.Errorf("%v: % x\nwant % x", p.LinkType, p.Data, want)
	}
}

func TestRingDoesNotAllocate(t *testing.T) {
	inNamespace(t)
	r := open(t, "vb", capture.LiveOptions{})
	s := newSender(t, "va")
	for i := range 2000 {
		s.send(t, frame(i, 200, 0x81, 0, 0, 100, 0x88, 0xb5))
	}
	var p capture.Packet
	next(t, r, &p)
	if n := testing.AllocsPerRun(1500, func() { _ = r.Next(&p) }); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
	for !errors.Is(r.Next(&p), capture.ErrIdle) {
	}
	if n := testing.AllocsPerRun(3, func() { _ = r.Next(&p) }); n != 0 {
		t.Errorf("%v allocations when idle", n)
	}
}

func TestClosedRing(t *testing.T) {
	inNamespace(t)
	r, err := capture.OpenInterface("vb", capture.LiveOptions{})
	if err != nil {
		realpart.Skip(t, err.Error())
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	var p capture.Packet
	if err := r.Next(&p); err == nil || errors.Is(err, capture.ErrIdle) {
		t.Errorf("error %v", err)
	}
}
