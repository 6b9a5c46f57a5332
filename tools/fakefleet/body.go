package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/proto"

	"picket/shared/wire"
	"picket/shared/wire/wirepb"
)

// A source makes the tables of a report; *offices and *recording are ones.
type source interface {
	report(tap int, at time.Time, rng *rand.Rand) *wirepb.Report
	definitions() *wirepb.Definitions
}

// A press makes bodies of requests. It is shared by all taps.
type press struct {
	source  source
	window  time.Duration
	fresh   int // each of so many reports has tables of its own
	headers *zstd.Encoder
}

func newPress(s source, window time.Duration, fresh int) (*press, error) {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderCRC(true), zstd.WithWindowSize(zstd.MinWindowSize), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, err
	}
	return &press{source: s, window: window, fresh: max(fresh, 1), headers: e}, nil
}

// A sheet is what a tap has of its last tables.
type sheet struct {
	body []byte
	uses int
}

// stamp says which report it is.
type stamp struct {
	boot        [16]byte
	sequence    uint64
	start       time.Time // of the window
	definitions bool      // to send along
	dropped     uint64
}

func (p *press) header(s stamp) *wirepb.Header {
	return &wirepb.Header{
		BootId: s.boot[:], Sequence: s.sequence, WindowStartUs: s.start.UnixMicro(), WindowLengthMs: uint32(p.window.Milliseconds()),
		SoftwareVersion: "fakefleet", ReportsDropped: s.dropped,
	}
}

// print returns the body of a report: with new tables, or with those of the sheet
// and a second frame that holds the header; a reader merges messages that follow
// one another. The result is the caller's.
func (p *press) print(tap int, s stamp, sh *sheet, rng *rand.Rand) ([]byte, error) {
	if s.definitions || sh.body == nil || sh.uses >= p.fresh {
		r := p.source.report(tap, s.start, rng)
		r.Header = p.header(s)
		if s.definitions {
			r.Definitions = p.source.definitions()
		}
		body, err := wire.Encode(r)
		if err == nil && !s.definitions {
			sh.body, sh.uses = body, 1
			if p.fresh > 1 && s.sequence < uint64(p.fresh) {
				sh.uses = tap % p.fresh // so that taps renew theirs at different times
			}
		}
		return body, err
	}
	sh.uses++
	header, err := proto.Marshal(&wirepb.Report{Header: p.header(s)})
	if err != nil {
		return nil, err
	}
	body := make([]byte, len(sh.body), len(sh.body)+len(header)+32)
	copy(body, sh.body)
	return p.headers.EncodeAll(header, body), nil
}

// A recording plays reports back that were recorded.
type recording struct{ reports []*wirepb.Report }

func readRecording(glob string) (*recording, error) {
	files, err := filepath.Glob(glob)
	if err != nil {
		return nil, fmt.Errorf("-recorded: %w", err)
	}
	rec := new(recording)
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("-recorded: %w", err)
		}
		r, err := wire.Decode(b)
		if err != nil {
			return nil, fmt.Errorf("-recorded: %s: %w", file, err)
		}
		rec.reports = append(rec.reports, r)
	}
	if len(rec.reports) == 0 {
		return nil, fmt.Errorf("-recorded: no file matches %q", glob)
	}
	return rec, nil
}

// report returns one after another, with the addresses of the tap's site.
func (rec *recording) report(tap int, at time.Time, _ *rand.Rand) *wirepb.Report {
	of := rec.reports[(tap/tapsPerSite+int(at.Unix()/10))%len(rec.reports)]
	r := proto.Clone(of).(*wirepb.Report)
	site := uint32(tap/tapsPerSite) * 0x9e3779b1
	for i := 0; i+6 <= len(r.GetDictionary().GetMacs()); i += 6 {
		if mac := r.Dictionary.Macs[i : i+6]; mac[0]&1 == 0 { // group addresses are the same everywhere
			mac[2], mac[3], mac[4] = mac[2]^byte(site>>16), mac[3]^byte(site>>8), mac[4]^byte(site)
		}
	}
	r.Definitions = nil
	return r
}

// definitions are all that the recording has.
func (rec *recording) definitions() *wirepb.Definitions {
	d := new(wirepb.Definitions)
	for _, r := range rec.reports {
		d.Elements = append(d.Elements, r.GetDefinitions().GetElements()...)
		d.Fingerprints = append(d.Fingerprints, r.GetDefinitions().GetFingerprints()...)
	}
	return d
}
