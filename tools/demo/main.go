// Command demo makes the captures of the demonstration office, which `make run`
// replays where there is no radio. Each is a loop of ninety seconds:
//
//   - office-radio-2g and office-radio-5g, the air: frames of the laboratory
//     captures (appliance/labcaptures), of which this program makes one office:
//     every network gets addresses, a place on the time line, beacons for as
//     long as the loop lasts, and signals as if its devices stood somewhere;
//   - office-wire, the Ethernet of a small branch, made from nothing.
//
// The result depends on nothing but this program: the same octets each time.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// loop is how long each capture lasts.
const loop = 90 * time.Second

// start is the time stamp of each capture's beginning. A replay replaces it.
var start = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

func main() {
	dir := flag.String("dir", "appliance/demo", "where to write the captures")
	flag.Parse()
	if err := run(*dir); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// run writes every capture into dir.
func run(dir string) error {
	captures, err := makeAll()
	if err != nil {
		return err
	}
	for name, c := range captures {
		path := filepath.Join(dir, name+".pcap.gz")
		size, err := c.writeFile(path)
		if err != nil {
			return err
		}
		fmt.Printf("%s: %d frames, %d octets\n", path, len(c.frames), size)
	}
	return nil
}

// makeAll returns the captures by their names without extension.
func makeAll() (map[string]*capture, error) {
	captures := map[string]*capture{"office-wire": wireOffice()}
	for name, s := range map[string]script{"office-radio-2g": office2G, "office-radio-5g": office5G} {
		c, err := radioOffice(s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		captures[name] = c
	}
	return captures, nil
}
