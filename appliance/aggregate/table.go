package aggregate

// Limits of a window's tables, in rows.
const (
	maxBSSs        = 4096
	maxSSIDsABSSID = 512 // of one BSSID on one frequency
	maxStations    = 8192
	maxProbes      = 4096
	maxDisconnects = 4096
	maxHandshakes  = 4096
	maxChannels    = 256
	maxRemoteIDs   = 256
	maxHosts       = 4096
	maxARPs        = 2048
	maxDHCPs       = 1024
	maxDNSs        = 4096
	maxFlows       = 8192
	maxNames       = 256 << 10 // octets of names in a window
)

// table is a bounded map whose rows lie side by side, so that a window is reset
// without giving memory back. Rows hold no pointers.
type table[K comparable, V any] struct {
	index   map[K]uint32
	keys    []K
	rows    []V
	limit   int
	refused uint64 // frames that found no row and no room for one
}

func newTable[K comparable, V any](limit int) table[K, V] {
	return table[K, V]{index: make(map[K]uint32), limit: limit}
}

// get returns the row of k, made when it is new, and nil when the table is full.
func (t *table[K, V]) get(k K) (row *V, isNew bool) {
	if i, ok := t.index[k]; ok {
		return &t.rows[i], false
	}
	if len(t.rows) == t.limit {
		t.refused++
		return nil, false
	}
	t.index[k] = uint32(len(t.rows))
	t.keys = append(t.keys, k)
	var zero V
	t.rows = append(t.rows, zero)
	return &t.rows[len(t.rows)-1], true
}

func (t *table[K, V]) reset() {
	clear(t.index)
	t.keys, t.rows, t.refused = t.keys[:0], t.rows[:0], 0
}
