package capture_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picket/appliance/capture"
)

// A file under construction.
type fileBytes []byte

// classicFile starts a little-endian pcap file with µs.
func classicFile(linkType uint32) fileBytes {
	b := fileBytes{0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0}
	return binary.LittleEndian.AppendUint32(b, linkType)
}

func (b fileBytes) packet(seconds, fraction uint32, data []byte) fileBytes {
	return append(b.record(seconds, fraction, uint32(len(data)), uint32(len(data))), data...)
}

func (b fileBytes) record(fields ...uint32) fileBytes {
	for _, v := range fields {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// ngFile starts a pcapng file in the byte order given.
type ngFile struct {
	order binary.AppendByteOrder
	b     []byte
}

func newNG(order binary.AppendByteOrder) *ngFile { return (&ngFile{order: order}).section() }

func (f *ngFile) block(kind uint32, body []byte) *ngFile {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	total := uint32(len(body) + 12)
	f.b = f.order.AppendUint32(f.order.AppendUint32(f.b, kind), total)
	f.b = f.order.AppendUint32(append(f.b, body...), total)
	return f
}

func (f *ngFile) section() *ngFile {
	body := f.order.AppendUint32(nil, 0x1a2b3c4d)
	body = f.order.AppendUint16(f.order.AppendUint16(body, 1), 0)
	return f.block(0x0a0d0d0a, f.order.AppendUint64(body, 1<<64-1))
}

func (f *ngFile) iface(linkType uint16, snapLength uint32, options ...byte) *ngFile {
	body := f.order.AppendUint16(f.order.AppendUint16(nil, linkType), 0)
	return f.block(1, append(f.order.AppendUint32(body, snapLength), options...))
}

// option appends one option, padded.
func (f *ngFile) option(to []byte, code uint16, value ...byte) []byte {
	to = f.order.AppendUint16(f.order.AppendUint16(to, code), uint16(len(value)))
	to = append(to, value...)
	for len(to)%4 != 0 {
		to = append(to, 0)
	}
	return to
}

func (f *ngFile) enhanced(iface uint32, time uint64, length uint32, data []byte) *ngFile {
	body := f.order.AppendUint32(nil, iface)
	body = f.order.AppendUint32(f.order.AppendUint32(body, uint32(time>>32)), uint32(time))
	body = f.order.AppendUint32(f.order.AppendUint32(body, uint32(len(data))), length)
	return f.block(6, append(body, data...))
}

func (f *ngFile) obsolete(iface uint16, time uint64, data []byte) *ngFile {
	body := f.order.AppendUint16(f.order.AppendUint16(nil, iface), 7) // 7 drops
	body = f.order.AppendUint32(f.order.AppendUint32(body, uint32(time>>32)), uint32(time))
	body = f.order.AppendUint32(f.order.AppendUint32(body, uint32(len(data))), uint32(len(data)))
	return f.block(2, append(body, data...))
}

func (f *ngFile) simple(length uint32, data []byte) *ngFile {
	return f.block(3, append(f.order.AppendUint32(nil, length), data...))
}

// readAll writes b to a file and reads it to its end.
func readAll(t testing.TB, b []byte) ([]capture.Packet, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := capture.OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []capture.Packet
	for {
		var p capture.Packet
		if err := f.Next(&p); err != nil {
			if again := f.Next(&p); again != err {
				t.Errorf("the error changed from %v to %v", err, again)
			}
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return all, err
		}
		p.Data = bytes.Clone(p.Data)
		all = append(all, p)
	}
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(b)
	_ = w.Close()
	return out.Bytes()
}

func TestClassicFile(t *testing.T) {
	le := classicFile(127).packet(5, 7, []byte("abc")).packet(6, 999_999, nil)
	le = append(le.record(7, 0, 2, 1500), "de"...)
	ns := bytes.Clone(le)
	copy(ns, []byte{0x4d, 0x3c, 0xb2, 0xa1})
	be := []byte{0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1, 20,
		0, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 9, 'x'}
	want := []capture.Packet{
		{Data: []byte("abc"), Length: 3, Time: 5_000_007_000, LinkType: capture.Radiotap},
		{Data: []byte{}, Length: 0, Time: 6_999_999_000, LinkType: capture.Radiotap},
		{Data: []byte("de"), Length: 1500, Time: 7_000_000_000, LinkType: capture.Radiotap},
	}
	wantNS := append([]capture.Packet(nil), want...)
	wantNS[0].Time, wantNS[1].Time = 5_000_000_007, 6_000_999_999
	for _, tt := range []struct {
		name string
		file []byte
		want []capture.Packet
	}{
		{"little-endian", le, want},
		{"nanoseconds", ns, wantNS},
		{"gzip", zipped(le), want},
		{"gzip in two members", append(zipped(le[:30]), zipped(le[30:])...), want},
		{"big-endian", be, []capture.Packet{{Data: []byte("x"), Length: 9, Time: 5_000_007_000, LinkType: capture.LinuxCooked2}}},
		{"link type with FCS length", classicFile(0x14000001).packet(0, 0, nil), []capture.Packet{{Data: []byte{}, LinkType: capture.Ethernet}}},
		{"captured more than there was", append(classicFile(1).record(0, 0, 2, 1), "ab"...), []capture.Packet{{Data: []byte("ab"), Length: 2, LinkType: capture.Ethernet}}},
		{"empty", classicFile(1), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readAll(t, tt.file)
			if err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNGFile(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		f := newNG(order)
		nanoseconds := f.option(nil, 9, 9)
		twoToTheMinus10 := f.option(f.option(nil, 9, 0x80|10), 14, order.AppendUint64(nil, 100)...)
		f.iface(127, 0).iface(1, 4, nanoseconds...).iface(105, 0, f.option(twoToTheMinus10, 0)...)
		f.enhanced(0, 5_000_007, 3, []byte("abc"))
		f.block(4, make([]byte, 40)) // names
		f.enhanced(1, 6_000_000_001, 1500, []byte("de"))
		f.enhanced(2, 3<<10|512, 1, []byte("f"))
		f.obsolete(0, 8_000_000, []byte("gh"))
		f.simple(9, []byte("simple123"))
		f.section().iface(276, 4).simple(9, []byte("simp"))
		want := []capture.Packet{
			{Data: []byte("abc"), Length: 3, Time: 5_000_007_000, LinkType: capture.Radiotap},
			{Data: []byte("de"), Length: 1500, Time: 6_000_000_001, LinkType: capture.Ethernet},
			{Data: []byte("f"), Length: 1, Time: 103_500_000_000, LinkType: capture.IEEE80211},
			{Data: []byte("gh"), Length: 2, Time: 8_000_000_000, LinkType: capture.Radiotap},
			{Data: []byte("simple123"), Length: 9, Time: 8_000_000_000, LinkType: capture.Radiotap},
			{Data: []byte("simp"), Length: 9, Time: 8_000_000_000, LinkType: capture.LinuxCooked2},
		}
		for _, file := range [][]byte{f.b, zipped(f.b)} {
			got, err := readAll(t, file)
			if err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%v: %s", order, diff)
			}
		}
	}
}

// A file cut anywhere gives its whole packets, and says that it was cut.
func TestCutFile(t *testing.T) {
	classic := classicFile(1).packet(1, 0, []byte("abcd")).packet(2, 0, []byte("efgh"))
	ng := newNG(binary.LittleEndian).iface(1, 0).enhanced(0, 1, 4, []byte("abcd")).enhanced(0, 2, 4, []byte("efgh")).b
	for _, tt := range []struct {
		name       string
		file       []byte
		boundaries map[int]int // octets to packets, where the cut is between records
	}{
		{"classic", classic, map[int]int{24: 0, 44: 1, 64: 2}},
		{"pcapng", ng, map[int]int{28: 0, 48: 0, 84: 1, 120: 2}},
	} {
		packets := 0
		for n := range len(tt.file) + 1 {
			whole, between := tt.boundaries[n]
			if between {
				packets = whole
			}
			got, err := readAll(t, tt.file[:n])
			if between != (err == nil) || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s cut at %d: error %v", tt.name, n, err)
			}
			if len(got) != packets {
				t.Errorf("%s cut at %d: %d packets, want %d", tt.name, n, len(got), packets)
			}
		}
	}
}

func TestHostileFilesAreRefused(t *testing.T) {
	ng := func() *ngFile { return newNG(binary.LittleEndian).iface(1, 0) }
	raw := func(head []byte, words ...uint32) []byte { return fileBytes(head).record(words...) }
	packet := func(captured uint32) []byte { return raw(nil, 0, 0, 0, captured, captured) }
	for _, tt := range []struct {
		name string
		file []byte
	}{
		{"empty file", nil},
		{"text", []byte("hello, world")},
		{"broken gzip", []byte{0x1f, 0x8b, 0, 0, 0}},
		{"gzip of text", zipped([]byte("hello, world"))},
		{"classic version 3", append([]byte{0xd4, 0xc3, 0xb2, 0xa1, 3, 0}, make([]byte, 18)...)},
		{"classic packet too long", classicFile(1).record(0, 0, capture.MaxPacket+1, capture.MaxPacket+1)},
		{"classic packet of 4 GiB", classicFile(1).record(0, 0, 1<<32-1, 1<<32-1)},
		{"block shorter than its frame", raw(ng().b, 6, 8)},
		{"block of odd length", raw(ng().b, 6, 33)},
		{"packet block of 4 GiB", raw(ng().b, 6, 1<<32-4)},
		{"lengths that differ", raw(ng().b, 1, 20, 1, 0, 24)},
		{"section of unknown byte order", raw(nil, 0x0a0d0d0a, 28, 0x11223344)},
		{"section too short", newNG(binary.LittleEndian).block(0x0a0d0d0a, raw(nil, 0x1a2b3c4d)).b},
		{"pcapng version 2", newNG(binary.LittleEndian).block(0x0a0d0d0a, raw(nil, 0x1a2b3c4d, 2, 0, 0)).b},
		{"packet longer than its block", ng().block(6, packet(1)).b},
		{"packet longer than allowed", ng().block(6, append(packet(capture.MaxPacket+1), make([]byte, capture.MaxPacket+4)...)).b},
		{"packet without interface", newNG(binary.LittleEndian).enhanced(0, 0, 0, nil).b},
		{"packet of an unknown interface", ng().enhanced(1, 0, 0, nil).b},
		{"simple packet without interface", newNG(binary.LittleEndian).simple(0, nil).b},
		{"simple packet longer than its block", ng().simple(9, []byte("abc")).b},
		{"simple packet without length", ng().block(3, nil).b},
		{"enhanced packet without header", ng().block(6, make([]byte, 16)).b},
		{"obsolete packet without header", ng().block(2, make([]byte, 16)).b},
		{"interface too short", ng().block(1, make([]byte, 4)).b},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := readAll(t, tt.file); !errors.Is(err, capture.ErrFormat) || len(got) != 0 {
				t.Errorf("%d packets, error %v", len(got), err)
			}
		})
	}
}

func TestInterfaceOptionsOfStrangers(t *testing.T) {
	f := newNG(binary.LittleEndian)
	for _, options := range [][]byte{
		{9}, {9, 0, 0, 0}, {9, 0, 255, 255, 1}, f.option(nil, 14, 1, 2), f.option(nil, 9, 255), f.option(nil, 9, 127),
		f.option(nil, 14, 255, 255, 255, 255, 255, 255, 255, 127), f.option(nil, 14, 0, 0, 0, 0, 0, 0, 0, 128), f.option(nil, 9, 0x80),
	} {
		g := newNG(binary.LittleEndian).iface(1, 0, options...)
		g.enhanced(0, 1<<64-1, 0, nil).enhanced(0, 1, 0, nil)
		if got, err := readAll(t, g.b); err != nil || len(got) != 2 {
			t.Errorf("options % x: %d packets, %v", options, len(got), err)
		}
	}
}

func TestUnknownBlocksOfAnyLengthAreSkipped(t *testing.T) {
	f := newNG(binary.LittleEndian).iface(1, 0).block(0xa, make([]byte, 3<<20)).enhanced(0, 1, 4, []byte("abcd"))
	if got, err := readAll(t, f.b); err != nil || len(got) != 1 {
		t.Errorf("%d packets, %v", len(got), err)
	}
}

// 64 MiB of one packet repeated compress to little; reading them takes no memory.
func TestFileDoesNotAllocateOrInflate(t *testing.T) {
	one := classicFile(1).packet(0, 0, make([]byte, 1000))
	var file bytes.Buffer
	w := gzip.NewWriter(&file)
	_, _ = w.Write(one[:24])
	const packets = 64 << 10
	for range packets {
		_, _ = w.Write(one[24:])
	}
	_ = w.Close()
	path := filepath.Join(t.TempDir(), "bomb.pcap.gz")
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := capture.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var p capture.Packet
	n := 0
	allocs := testing.AllocsPerRun(packets-1, func() {
		if f.Next(&p) == nil {
			n++
		}
	})
	if allocs != 0 || n != packets {
		t.Errorf("%v allocations a packet, %d packets", allocs, n)
	}
	if read, size := f.Progress(); read != size || size != int64(file.Len()) {
		t.Errorf("progress %d of %d, file has %d", read, size, file.Len())
	}
}

func TestNGDoesNotAllocate(t *testing.T) {
	f := newNG(binary.BigEndian).iface(1, 0)
	for i := range uint64(2000) {
		f.enhanced(0, i, 100, make([]byte, 100))
	}
	path := filepath.Join(t.TempDir(), "f.pcapng")
	if err := os.WriteFile(path, f.b, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := capture.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var p capture.Packet
	if n := testing.AllocsPerRun(1000, func() { _ = file.Next(&p) }); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}

func TestMissingFile(t *testing.T) {
	if _, err := capture.OpenFile(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}
