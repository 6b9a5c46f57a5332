package aggregate

import (
	"hash/fnv"
	"hash/maphash"
	"maps"
	"slices"
	"sync"

	"picket/appliance/dissect/dot11"
	"picket/shared/wire/wirepb"
)

// Limits of what one boot defines. They bound memory and the numbers that
// travel (shared/wire refuses above 1<<14).
const (
	maxElements     = 4096
	maxFingerprints = 4096
	maxContent      = 64  // octets of an element that are kept
	maxListed       = 128 // elements of one fingerprint
)

// Definitions numbers the fingerprints of a boot and the elements they list.
// Each is sent in the first report after it was made, and again when a node asks
// for it. It may be used by several goroutines.
type Definitions struct {
	seed maphash.Seed // of every hash of a stranger's octets in this boot

	mu           sync.Mutex
	elements     []*wirepb.Element // index-1
	fingerprints []*wirepb.Fingerprint
	byElement    map[string]uint32
	byList       map[string]uint32
	unsent       definitionSet
	refused      uint64
	scratch      []byte
}

// definitionSet is a set of indexes of both kinds.
type definitionSet struct {
	elements, fingerprints map[uint32]struct{}
}

// NewDefinitions returns an empty collection.
func NewDefinitions() *Definitions {
	return &Definitions{
		seed:      maphash.MakeSeed(),
		byElement: make(map[string]uint32),
		byList:    make(map[string]uint32),
		unsent:    definitionSet{make(map[uint32]struct{}), make(map[uint32]struct{})},
	}
}

// fingerprint returns the number of the fingerprint that the elements in b make,
// and 0 when there is no room for another.
func (d *Definitions) fingerprint(kind wirepb.Fingerprint_Kind, capabilities uint16, b []byte) uint32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list [maxListed]uint32
	n := 0
	it := dot11.Iterator{B: b}
	var el dot11.Element
	for n < maxListed && it.Next(&el) {
		index := d.element(&el)
		if index == 0 {
			d.refused++
			return 0
		}
		list[n] = index
		n++
	}
	key := append(d.scratch[:0], byte(kind), byte(capabilities), byte(capabilities>>8))
	for _, index := range list[:n] {
		key = append(key, byte(index), byte(index>>8))
	}
	d.scratch = key
	if index, ok := d.byList[string(key)]; ok {
		return index
	}
	if len(d.fingerprints) == maxFingerprints {
		d.refused++
		return 0
	}
	index := uint32(len(d.fingerprints) + 1)
	d.fingerprints = append(d.fingerprints, &wirepb.Fingerprint{
		Index: index, Kind: kind, Capabilities: uint32(capabilities), Elements: slices.Clone(list[:n]),
	})
	d.byList[string(key)] = index
	d.unsent.fingerprints[index] = struct{}{}
	return index
}

// element returns the number of an element as fingerprints see it.
func (d *Definitions) element(el *dot11.Element) uint32 {
	changing := el.Volatile()
	key := append(d.scratch[:0], el.ID, el.Extension, byte(el.Vendor>>24), byte(el.Vendor>>16), byte(el.Vendor>>8), byte(el.Vendor))
	if changing {
		key = append(key, 1)
	} else {
		key = append(append(key, 0), el.Body...)
	}
	d.scratch = key
	if index, ok := d.byElement[string(key)]; ok {
		return index
	}
	if len(d.elements) == maxElements {
		return 0
	}
	e := &wirepb.Element{
		Index: uint32(len(d.elements) + 1), Id: uint32(el.ID), IdExtension: uint32(el.Extension),
		VendorType: el.Vendor, IsVolatile: changing,
	}
	if !changing {
		e.Length = uint32(len(el.Body))
		e.Content = slices.Clone(el.Body[:min(len(el.Body), maxContent)])
		if len(el.Body) > maxContent {
			h := fnv.New64a()
			_, _ = h.Write(el.Body) // never fails
			e.ContentHash = h.Sum64()
		}
	}
	d.elements = append(d.elements, e)
	d.byElement[string(key)] = e.Index
	d.unsent.elements[e.Index] = struct{}{}
	return e.Index
}

// Want marks definitions to be sent again: a node said that it lacks them.
// Numbers that this boot never gave are ignored.
func (d *Definitions) Want(elements, fingerprints []uint32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, i := range elements {
		if i >= 1 && int(i) <= len(d.elements) {
			d.unsent.elements[i] = struct{}{}
		}
	}
	for _, i := range fingerprints {
		if i < 1 || int(i) > len(d.fingerprints) {
			continue
		}
		d.unsent.fingerprints[i] = struct{}{}
	}
}

// take returns what has not been sent, in order, and counts it as sent. It also
// returns the fingerprints that found no room since it was last called.
func (d *Definitions) take() (defs *wirepb.Definitions, refused uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	refused, d.refused = d.refused, 0
	if len(d.unsent.elements)+len(d.unsent.fingerprints) == 0 {
		return nil, refused
	}
	defs = new(wirepb.Definitions)
	for _, i := range slices.Sorted(maps.Keys(d.unsent.elements)) {
		defs.Elements = append(defs.Elements, d.elements[i-1])
	}
	for _, i := range slices.Sorted(maps.Keys(d.unsent.fingerprints)) {
		defs.Fingerprints = append(defs.Fingerprints, d.fingerprints[i-1])
	}
	clear(d.unsent.elements)
	clear(d.unsent.fingerprints)
	return defs, refused
}
