package lab

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"picket/tools/lab/image"
	"picket/tools/lab/scenario"
)

// labelColumns are those of labels.tsv.
func labelColumns() []string {
	return []string{"name", "attack", "tool_version", "command", "expected_facts", "start_s", "stop_s", "attack_frames", "filter", "total_frames", "duration_s", "bytes", "facts"}
}

// record copies the scenario's captures out of the guest and labels them.
func (p *play) record(ctx context.Context) error {
	dir := p.session.options.Record
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, c := range p.scenario.Captures {
		recording, ok := p.recordings[c.Name]
		if !ok {
			return fmt.Errorf("capture %s was never started", c.Name)
		}
		file := filepath.Join(dir, c.Name+".pcap")
		out, err := os.Create(file)
		if err != nil {
			return err
		}
		_, err = p.session.guest.Get(ctx, recording.Path, out)
		if err := errors.Join(err, out.Close()); err != nil {
			return err
		}
		label, err := p.label(ctx, c, file)
		if err != nil {
			return fmt.Errorf("label %s: %w", c.Name, err)
		}
		if err := putLabel(filepath.Join(dir, "labels.tsv"), label); err != nil {
			return err
		}
		p.say("recorded %s", file)
	}
	return nil
}

// label makes a capture's line.
func (p *play) label(ctx context.Context, c scenario.Capture, file string) ([]string, error) {
	shape, err := readShape(file)
	if err != nil {
		return nil, err
	}
	line := []string{
		c.Name, c.Attack, versions(p.session.lock, c.Tools), c.Command, c.Facts, "-", "-", "-", "-",
		strconv.Itoa(shape.frames), strconv.FormatFloat(shape.last-shape.first, 'f', 1, 64), strconv.FormatInt(shape.bytes, 10), c.Check,
	}
	for n, at := range p.attack {
		if !at.IsZero() && shape.frames > 0 {
			line[5+n] = strconv.FormatFloat(max(float64(at.UnixMilli())/1000-shape.first, 0), 'f', 1, 64)
		}
	}
	if c.Filter == "" {
		return clean(line), nil
	}
	line[8] = c.Filter
	if count, err := countFrames(ctx, file, c.Filter); err == nil {
		line[7] = strconv.Itoa(count)
	} else if !errors.Is(err, exec.ErrNotFound) {
		return nil, err
	}
	return clean(line), nil
}

// clean keeps a table a table.
func clean(line []string) []string {
	for n := range line {
		if line[n] = strings.Join(strings.Fields(line[n]), " "); line[n] == "" {
			line[n] = "-"
		}
	}
	return line
}

// versions names packages with their locked versions.
func versions(lock image.Lock, packages []string) string {
	var all []string
	for _, name := range packages {
		if i := slices.IndexFunc(lock, func(p image.Package) bool { return p.Name == name }); i >= 0 {
			name += " " + lock[i].Version
		}
		all = append(all, name)
	}
	return strings.Join(all, " + ")
}

// countFrames has tshark count the frames that a display filter selects.
func countFrames(ctx context.Context, file, filter string) (int, error) {
	out, err := exec.CommandContext(ctx, "tshark", "-r", file, "-Y", filter, "-T", "fields", "-e", "frame.number").Output()
	if err != nil {
		return 0, err
	}
	return strings.Count(string(out), "\n"), nil
}

// putLabel adds a line to a table, in place of one of the same name.
func putLabel(path string, line []string) error {
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	lines := []string{strings.Join(labelColumns(), "\t")}
	for old := range strings.Lines(string(b)) {
		name, _, _ := strings.Cut(old, "\t")
		if name != "name" && name != line[0] {
			lines = append(lines, strings.TrimRight(old, "\n"))
		}
	}
	lines = append(lines, strings.Join(line, "\t"))
	return os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644)
}

// A shape is a capture's size.
type shape struct {
	frames      int
	first, last float64 // s since 1970
	bytes       int64
}

// readShape reads the headers of a pcap file with octets in this order and times
// in µs or ns, as our captures are (pcap-savefile(5)).
func readShape(file string) (shape, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return shape{}, err
	}
	s := shape{bytes: int64(len(b))}
	if len(b) < 24 {
		return s, errors.New("no pcap file")
	}
	fraction := 1e6
	switch binary.LittleEndian.Uint32(b) {
	case 0xa1b2c3d4:
	case 0xa1b23c4d:
		fraction = 1e9
	default:
		return s, errors.New("no pcap file of this machine's order")
	}
	for b = b[24:]; len(b) >= 16; s.frames++ {
		s.last = float64(binary.LittleEndian.Uint32(b)) + float64(binary.LittleEndian.Uint32(b[4:]))/fraction
		if s.frames == 0 {
			s.first = s.last
		}
		length := int(binary.LittleEndian.Uint32(b[8:]))
		if length > len(b)-16 {
			return s, fmt.Errorf("frame %d is cut", s.frames+1)
		}
		b = b[16+length:]
	}
	if len(b) > 0 {
		return s, fmt.Errorf("the header of frame %d is cut", s.frames+1)
	}
	return s, nil
}
