package desired

import (
	"strconv"
	"strings"
)

// Tag is the entity tag of a revision. It is weak (RFC 9110, 8.8.1): the same
// revision, signed again, has other octets.
func Tag(revision uint64) string { return `W/"` + strconv.FormatUint(revision, 10) + `"` }

// Matches reports whether an If-None-Match names the revision (RFC 9110, 13.1.2).
func Matches(ifNoneMatch string, revision uint64) bool {
	if len(ifNoneMatch) > 256 {
		return false
	}
	for item := range strings.SplitSeq(ifNoneMatch, ",") {
		if item = strings.TrimSpace(item); strings.TrimPrefix(item, "W/") == strings.TrimPrefix(Tag(revision), "W/") {
			return true
		}
	}
	return false
}
