package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"picket/appliance/labcaptures"
)

// The laboratory's radiotap header has always the same 26 octets or, where its
// own medium was used, 18; README.md of appliance/demo says what is replaced.
const (
	radiotapKernel = 26 // with TSFT at 8 and the signal at 22
	radiotapMedium = 18 // with the signal at 14
)

// Subtypes of management frames as the first octet of their frame control
// (IEEE 802.11-2020, 9.2.4.1.3).
const (
	probeResponse = 0x50
	beacon        = 0x80
	deauth        = 0xc0
)

// injectedSignal is what the laboratory's attack tools are heard with, in dBm.
const injectedSignal = -50

// beaconInterval is 100 TU, which all of the laboratory's access points use.
const beaconInterval = 100 * 1024 * time.Microsecond

type address [6]byte

// A stage is a radio's capture in the making.
type stage struct {
	out  capture
	rand *rand.Rand
	busy map[address][]span // when an access point's own frames come from a scene
}

// A span is a part of the loop.
type span struct{ from, to time.Duration }

// radioOffice makes the capture of one radio.
func radioOffice(s script) (*capture, error) {
	st := &stage{
		out:  capture{link: layers.LinkTypeIEEE80211Radio},
		rand: rand.New(rand.NewPCG(s.seed, 0)),
		busy: make(map[address][]span),
	}
	for _, sc := range s.scenes {
		if err := st.play(sc); err != nil {
			return nil, fmt.Errorf("scene %s: %w", sc.from, err)
		}
	}
	for i, a := range s.aps {
		if err := st.beacons(a, time.Duration(i)*13*time.Millisecond); err != nil {
			return nil, fmt.Errorf("beacons of %s: %w", a.from, err)
		}
	}
	return &st.out, nil
}

// play adds a scene's frames.
func (st *stage) play(sc scene) error {
	frames, err := labFrames(sc.from)
	if err != nil {
		return err
	}
	var last time.Duration
	for _, f := range frames {
		at := sc.at + f.at - sc.skip
		if f.at < sc.skip || (sc.stop > 0 && f.at >= sc.stop) || at >= loop {
			continue
		}
		header, body, err := split(f.data)
		if err != nil {
			return err
		}
		injected := sc.injected != 0 && signalOf(header) == injectedSignal
		if !injected && isShutdown(body) && sc.who[labTwin] == (role{}) {
			continue // hostapd starting or stopping, which an office's does not each time
		}
		signal := st.signal(body, sc, injected, at)
		for lab, r := range sc.who {
			replace(body, lab, r.mac)
		}
		stamp(header, body, at, signal)
		st.out.add(at, f.data)
		last = at
	}
	for _, r := range sc.who {
		st.busy[r.mac] = append(st.busy[r.mac], span{sc.at, last})
	}
	return nil
}

// signal returns the power that a frame of a scene is heard with.
func (st *stage) signal(body []byte, sc scene, injected bool, at time.Duration) int8 {
	mean := -64 // a passer-by
	if r, ok := sc.who[transmitter(body)]; ok {
		mean = r.signal
	}
	if injected {
		mean = sc.injected
	}
	return st.fade(mean, at)
}

// fade returns a power around mean: people walk, doors open.
func (st *stage) fade(mean int, at time.Duration) int8 {
	sway := int(at/(7*time.Second)) * 5 % 4
	return int8(mean + st.rand.IntN(4) + st.rand.IntN(4) - 3 - sway)
}

// beacons fills the time in which no scene shows an access point.
func (st *stage) beacons(a ap, first time.Duration) error {
	frames, err := labFrames(a.from)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(frames, func(f frame) bool {
		_, body, err := split(f.data)
		return err == nil && body[0] == beacon && transmitter(body) == labAP
	})
	if i < 0 {
		return errors.New("there is none")
	}
	sequence := uint16(0)
	for at := first; at < loop; at += beaconInterval {
		sequence = (sequence + 1) & 0xfff
		if slices.ContainsFunc(st.busy[a.mac], func(s span) bool { return at >= s.from && at <= s.to }) {
			continue
		}
		data := bytes.Clone(frames[i].data)
		header, body, err := split(data)
		if err != nil {
			return err
		}
		replace(body, labAP, a.mac)
		binary.LittleEndian.PutUint16(body[22:], sequence<<4)
		stamp(header, body, at, st.fade(a.signal, at))
		st.out.add(at, data)
	}
	return nil
}

// labFrames returns a laboratory capture's frames, each with memory of its own.
func labFrames(name string) ([]frame, error) {
	b, err := fs.ReadFile(labcaptures.FS(), name+".pcap")
	if err != nil {
		return nil, err
	}
	r, err := pcapgo.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	var frames []frame
	var zero time.Time
	for {
		data, info, err := r.ReadPacketData()
		if errors.Is(err, io.EOF) {
			return frames, nil
		}
		if err != nil {
			return nil, err
		}
		if zero.IsZero() {
			zero = info.Timestamp
		}
		frames = append(frames, frame{info.Timestamp.Sub(zero), data})
	}
}

// split divides a record into the radiotap header and the 802.11 frame.
func split(data []byte) (header, body []byte, err error) {
	n := int(binary.LittleEndian.Uint16(data[2:]))
	if (n != radiotapKernel && n != radiotapMedium) || len(data) < n+24 {
		return nil, nil, fmt.Errorf("a record of %d octets with a radiotap header of %d", len(data), n)
	}
	return data[:n], data[n:], nil
}

func transmitter(body []byte) address { return address(body[10:16]) }

// isShutdown reports whether an 802.11 frame is the broadcast deauthentication
// that hostapd sends when it starts and when it stops.
func isShutdown(body []byte) bool { return body[0] == deauth && body[4] == 0xff }

func signalOf(header []byte) int8 {
	if len(header) == radiotapKernel {
		return int8(header[22])
	}
	return int8(header[14])
}

// stamp sets the times and the signal that a frame was heard with.
func stamp(header, body []byte, at time.Duration, signal int8) {
	if len(header) == radiotapKernel {
		binary.LittleEndian.PutUint64(header[8:], uint64(at.Microseconds())) // TSFT
		header[22] = byte(signal)
	} else {
		header[14] = byte(signal)
	}
	if (body[0] == beacon || body[0] == probeResponse) && len(body) >= 32 {
		// Each access point was switched on at another time: days ago, by its address.
		age := 86400 * time.Second * time.Duration(1+body[15]%29)
		binary.LittleEndian.PutUint64(body[24:], uint64((age + at).Microseconds()))
	}
}

// replace puts one address in another's place: in the header, and in the body
// of a data frame, where ARP and IPv6 repeat it. Elements of management frames
// stay as they are: the laboratory's addresses look like some capabilities.
func replace(body []byte, from, to address) {
	end := 24
	if isData := body[0]&0x0c == 0x08; isData {
		end = len(body)
	}
	for i := 4; ; i += len(from) {
		j := bytes.Index(body[i:end], from[:])
		if j < 0 {
			return
		}
		i += j
		copy(body[i:], to[:])
	}
}
