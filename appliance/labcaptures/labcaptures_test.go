package labcaptures_test

import (
	"bytes"
	"io/fs"
	"os/exec"
	"strconv"
	"testing"

	"github.com/google/gopacket/pcapgo"

	"picket/appliance/labcaptures"
	"picket/shared/build/realpart"
)

func TestEveryCaptureHasALabelAndItsNumberOfFrames(t *testing.T) {
	labels, err := labcaptures.Labels()
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(labcaptures.FS(), "*.pcap")
	if err != nil || len(names) != len(labels) {
		t.Fatalf("%d captures and %d labels, %v", len(names), len(labels), err)
	}
	for _, name := range names {
		label, ok := labels[name[:len(name)-len(".pcap")]]
		if !ok {
			t.Errorf("%s has no label", name)
			continue
		}
		if got, want := frames(t, name), label["total_frames"]; strconv.Itoa(got) != want {
			t.Errorf("%s has %d frames, labelled with %s", name, got, want)
		}
	}
}

func frames(t *testing.T, name string) int {
	t.Helper()
	b, err := fs.ReadFile(labcaptures.FS(), name)
	if err != nil {
		t.Fatal(err)
	}
	r, err := pcapgo.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	n := 0
	for {
		if _, _, err := r.ReadPacketData(); err != nil {
			return n
		}
		n++
	}
}

const none = "-"

// A label's count of frames is tshark's, by the label's filter.
func TestLabelledFramesAreThereByTshark(t *testing.T) {
	if testing.Short() {
		t.Skip("runs tshark on every capture: not in the fast part")
	}
	tshark := realpart.Program(t, "tshark")
	labels, err := labcaptures.Labels()
	if err != nil {
		t.Fatal(err)
	}
	for name, label := range labels {
		if label["filter"] == none {
			if label["attack_frames"] != none {
				t.Errorf("%s: %s frames and nothing to find them by", name, label["attack_frames"])
			}
			continue
		}
		var errs bytes.Buffer
		cmd := exec.CommandContext(t.Context(), tshark, "-n", "-r", name+".pcap", "-Y", label["filter"], "-T", "fields", "-e", "frame.number")
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			t.Errorf("%s: %v: %s", name, err, errs.String())
			continue
		}
		if got, want := bytes.Count(out, []byte("\n")), label["attack_frames"]; strconv.Itoa(got) != want {
			t.Errorf("%s: tshark finds %d frames by %q, labelled with %s", name, got, label["filter"], want)
		}
	}
}
