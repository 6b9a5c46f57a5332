package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"picket/appliance/demo"
	"picket/shared/build/realpart"
)

func TestCommittedCapturesAreWhatThisProgramMakes(t *testing.T) {
	captures, err := makeAll()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(captures), len(demo.Radio())+len(demo.Wire()); got != want {
		t.Errorf("%d captures are made, %d are named", got, want)
	}
	for name, c := range captures {
		var made bytes.Buffer
		if err := c.writeTo(&made); err != nil {
			t.Fatal(err)
		}
		committed, err := demo.Capture(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(made.Bytes(), committed) {
			t.Errorf("%s differs from what is made; run: go run ./tools/demo", name)
		}
	}
}

func TestEveryFrameLiesInsideTheLoop(t *testing.T) {
	captures, err := makeAll()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range captures {
		last := time.Duration(0)
		for _, f := range c.frames {
			last = max(last, f.at)
			if f.at < 0 || f.at >= loop {
				t.Errorf("%s: a frame at %v", name, f.at)
			}
		}
		if last < loop-2*time.Second {
			t.Errorf("%s ends at %v, so its replay would pause", name, last)
		}
	}
}

// TestNoLaboratoryAddressIsLeft guards against a scene whose cast is not complete:
// its frames would make two networks one.
func TestNoLaboratoryAddressIsLeft(t *testing.T) {
	for name, s := range map[string]script{"2.4 GHz": office2G, "5 GHz": office5G} {
		c, err := radioOffice(s)
		if err != nil {
			t.Fatal(err)
		}
		left := make(map[address]int)
		for _, f := range c.frames {
			for _, lab := range []address{labAP, labClient, labAttacker, labTwin} {
				_, body, err := split(f.data)
				if err != nil {
					t.Fatal(err)
				}
				if bytes.Contains(body[4:24], lab[:]) {
					left[lab]++
				}
			}
		}
		if len(left) > 0 {
			t.Errorf("%s: frames with laboratory addresses: %v", name, left)
		}
	}
}

func TestWireDecodesAndUsesDocumentationAddressesAlone(t *testing.T) {
	for _, f := range wireOffice().frames {
		p := gopacket.NewPacket(f.data, layers.LinkTypeEthernet, gopacket.Default)
		if e := p.ErrorLayer(); e != nil {
			t.Fatalf("frame at %v: %v", f.at, e.Error())
		}
		eth := p.LinkLayer().(*layers.Ethernet)
		if !strings.HasPrefix(eth.SrcMAC.String(), "00:00:5e:00:53:") {
			t.Errorf("frame at %v is from %v", f.at, eth.SrcMAC)
		}
		if ip, ok := p.NetworkLayer().(*layers.IPv4); ok {
			for _, a := range []string{ip.SrcIP.String(), ip.DstIP.String()} {
				if !documented(a) {
					t.Errorf("frame at %v has address %s", f.at, a)
				}
			}
		}
	}
}

func documented(ip string) bool {
	for _, prefix := range []string{"192.0.2.", "198.51.100.", "203.0.113.", "0.0.0.0", "255.255.255.255"} {
		if strings.HasPrefix(ip, prefix) {
			return true
		}
	}
	return false
}

// TestTsharkFindsNothingWrongOnTheWire asks for a second opinion: every checksum
// right, nothing malformed, and the two episodes and the protocols there.
func TestTsharkFindsNothingWrongOnTheWire(t *testing.T) {
	tshark := realpart.Program(t, "tshark")
	paths, err := demo.WriteTo(t.TempDir(), demo.Wire()...)
	if err != nil {
		t.Fatal(err)
	}
	for filter, want := range map[string][2]int{ // least and most frames
		malformed: {0, 0},
		"ip.checksum.status == 0 or tcp.checksum.status == 0 or udp.checksum.status == 0 or icmp.checksum.status == 0 or icmpv6.checksum.status == 0": {0, 0},
		"arp.duplicate-address-detected":                   {20, 40},
		"tcp.flags.syn == 1 and tcp.flags.ack == 0":        {300, 600},
		"dhcp.option.dhcp == 5":                            {12, 12},
		"dhcp.option.hostname and dhcp.option.dhcp == 1":   {12, 12},
		"dns.flags.response == 1 and dns.flags.rcode == 3": {5, 30},
		"vlan.id == 20":               {800, 900},
		"icmpv6.type == 134":          {6, 6},
		"ntp":                         {12, 12},
		"ipv6 and tcp.flags.fin == 1": {50, 150},
	} {
		if got := count(t, tshark, paths[0], filter); got < want[0] || got > want[1] {
			t.Errorf("%s: %d frames, want %d to %d", filter, got, want[0], want[1])
		}
	}
}

func TestTsharkFindsNothingMalformedInTheAir(t *testing.T) {
	tshark := realpart.Program(t, "tshark")
	paths, err := demo.WriteTo(t.TempDir(), demo.Radio()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if got := count(t, tshark, path, malformed); got != 0 {
			t.Errorf("%s: %d malformed frames", filepath.Base(path), got)
		}
	}
}

// malformed is a display filter for frames that tshark objects to.
const malformed = "_ws.malformed or _ws.expert.severity == error"

func count(t *testing.T, tshark, path, filter string) int {
	t.Helper()
	cmd := exec.Command(tshark, "-n", "-r", path, "-Y", filter, "-T", "fields", "-e", "frame.number",
		"-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark %s: %v", filter, err)
	}
	return len(strings.Fields(string(out)))
}

// TestFilesAreSmall keeps what a newcomer clones within its bounds.
func TestFilesAreSmall(t *testing.T) {
	for name, limit := range map[string]int64{"office-wire": 600_000, "office-radio-2g": 1_000_000, "office-radio-5g": 200_000} {
		info, err := os.Stat(filepath.Join("../../appliance/demo", name+".pcap.gz"))
		if err != nil || info.Size() > limit {
			t.Errorf("%s: %v, more than %s octets", name, err, strconv.FormatInt(limit, 10))
		}
	}
}
