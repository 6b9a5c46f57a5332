package count_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"picket/appliance/capture"
	"picket/appliance/dissect/dhcp"
	"picket/appliance/dissect/dns"
	"picket/appliance/dissect/dot11"
	"picket/appliance/dissect/ether"
	"picket/appliance/dissect/link"
	"picket/appliance/dissect/ppi"
	"picket/appliance/dissect/prism"
	"picket/appliance/dissect/radiotap"
	"picket/shared/build/corpus"
)

// everything holds what all dissectors fill, so that none allocates here.
type everything struct {
	header    radiotap.Header
	frame     dot11.Frame
	elements  dot11.Elements
	beacon    dot11.BeaconBody
	auth      dot11.AuthBody
	key       dot11.EAPOL
	remoteID  dot11.RemoteID
	neighbor  dot11.Neighbor
	profile   dot11.Profile
	packet    ether.Packet
	message   dns.Message
	lease     dhcp.Message
	truncated int
}

// add gives a packet to the dissectors that it is for, and its octets to all
// others as well: they have to bear anything.
func (e *everything) add(p *capture.Packet) {
	kind, frame, err := link.Decode(uint16(p.LinkType), p.Data, p.Length, &e.header)
	if err != nil || kind == link.Unsupported {
		frame = p.Data
	}
	e.dot11(frame)
	e.ether(frame)
	if len(p.Data) != len(frame) {
		e.ether(p.Data)
	}
	_ = radiotap.Decode(p.Data, &e.header)
	_ = prism.Decode(p.Data, &e.header)
	_, _ = ppi.Decode(p.Data, &e.header)
}

func (e *everything) dot11(frame []byte) {
	body := frame
	if dot11.Decode(frame, &e.frame) == nil {
		body = frame[e.frame.HeaderLen:]
	}
	if _, rest, err := e.frame.Payload(body); err == nil {
		_ = e.key.Decode(rest)
	}
	_ = e.key.Decode(body)
	_ = e.beacon.Decode(body)
	_ = e.auth.Decode(body)
	_ = e.remoteID.DecodeNAN(body)
	fixed, _ := e.frame.Kind.FixedLen()
	list := body[min(fixed, len(body)):]
	if e.elements.Decode(list) != nil {
		e.truncated++
	}
	it := dot11.Iterator{B: list}
	for el := (dot11.Element{}); it.Next(&el); {
		for n := (dot11.Neighbors{B: el.Body}); n.Next(&e.neighbor); {
		}
	}
	for n := (dot11.NonTransmitted{B: list, BSSID: e.frame.BSSID}); n.Next(&e.profile); {
	}
}

func (e *everything) ether(frame []byte) {
	payload := frame
	if ether.Decode(frame, &e.packet) == nil {
		payload = frame[e.packet.PayloadStart:e.packet.PayloadEnd]
	}
	_ = dns.Plausible(payload)
	_ = dns.Decode(payload, &e.message)
	_ = dhcp.Decode(payload, &e.lease)
}

// Whatever a file holds, it is read to its end or refused: without a crash, soon,
// and in memory that does not grow with it.
func TestNoFileOfTheCorpusDoesHarm(t *testing.T) {
	const (
		soon   = 10 * time.Second
		memory = 8 << 20 // octets allocated for one file: a reader's buffers
	)
	dir := corpus.Dir(t)
	var e everything
	var files, refused, packets int
	var most uint64
	for _, folder := range []string{"malformed", "dot11", "ethernet"} {
		entries, err := os.ReadDir(filepath.Join(dir, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if !entry.Type().IsRegular() {
				continue
			}
			path := filepath.Join(dir, folder, entry.Name())
			files++
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			n, err := e.file(path)
			runtime.ReadMemStats(&after)
			packets += n
			if err != nil && n == 0 {
				refused++
			}
			if d := time.Since(start); d > soon {
				t.Errorf("%s/%s took %v", folder, entry.Name(), d)
			}
			used := after.TotalAlloc - before.TotalAlloc
			most = max(most, used)
			if used > memory {
				t.Errorf("%s/%s took %d octets of memory for %d packets", folder, entry.Name(), used, n)
			}
		}
	}
	t.Logf("%d files, of which %d were refused; %d packets through every dissector; at most %d kB for a file", files, refused, packets, most>>10)
}

func (e *everything) file(path string) (packets int, err error) {
	f, err := capture.OpenFile(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var p capture.Packet
	for {
		if err := f.Next(&p); err != nil {
			return packets, err // the end, too
		}
		packets++
		e.add(&p)
	}
}
