package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// A frame is one record of a capture.
type frame struct {
	at   time.Duration // since the capture's beginning
	data []byte
}

// A capture is a file in the making.
type capture struct {
	link   layers.LinkType
	frames []frame
}

// add records data as heard at the given time. It takes ownership of data.
func (c *capture) add(at time.Duration, data []byte) {
	c.frames = append(c.frames, frame{at, data})
}

// writeTo writes the capture as a classic pcap file of microseconds, frames in
// the order of their times.
func (c *capture) writeTo(w io.Writer) error {
	slices.SortStableFunc(c.frames, func(a, b frame) int { return cmp.Compare(a.at, b.at) })
	out := pcapgo.NewWriter(w)
	if err := out.WriteFileHeader(65535, c.link); err != nil {
		return err
	}
	for _, f := range c.frames {
		info := gopacket.CaptureInfo{Timestamp: start.Add(f.at), CaptureLength: len(f.data), Length: len(f.data)}
		if err := out.WritePacket(info, f.data); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes the capture to path, compressed, and returns its size there.
func (c *capture) writeFile(path string) (int, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	if err := c.writeTo(z); err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	if err := z.Close(); err != nil {
		return 0, err
	}
	return b.Len(), os.WriteFile(path, b.Bytes(), 0o644)
}
