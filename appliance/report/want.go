package report

import (
	"strconv"
	"strings"
)

// maxWant bounds the header by which a node asks for definitions, in octets.
const maxWant = 1024

// parseWant reads a list of definitions: "e12,e13,f4" are elements 12 and 13 and
// fingerprint 4. What it does not know it skips: a newer node may ask for more.
func parseWant(text string) (elements, fingerprints []uint32) {
	if len(text) > maxWant {
		return nil, nil
	}
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		if len(item) < 2 {
			continue
		}
		n, err := strconv.ParseUint(item[1:], 10, 32)
		switch {
		case err != nil:
		case item[0] == 'e':
			elements = append(elements, uint32(n))
		case item[0] == 'f':
			fingerprints = append(fingerprints, uint32(n))
		}
	}
	return elements, fingerprints
}
