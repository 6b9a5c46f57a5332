package rollup

// Merge puts src to dst by the rules of f.
func (f *Family) Merge(dst, src *Row) {
	for i := range f.Values {
		dst[i] = together(f.Values[i].Rule, dst[i], src[i])
	}
}

// Empty is the row that Merge changes nothing by: zero, or None.
func (f *Family) Empty() (r Row) {
	for i, v := range f.Values {
		if v.Rule != Sum {
			r[i] = None
		}
	}
	return r
}

// Value returns where a value stands in a Row; -1: the family has none of that name.
func (f *Family) Value(name string) int {
	for i, v := range f.Values {
		if v.Name == name {
			return i
		}
	}
	return -1
}

// Only returns the key with the named columns alone.
func (f *Family) Only(k Key, columns []string) (o Key) {
	for _, name := range columns {
		for _, c := range f.Keys {
			if c.Name != name {
				continue
			}
			switch c.Part {
			case A:
				o.A = k.A
			case B:
				o.B = k.B
			case C:
				o.C = k.C
			case Octets, Text:
				o.Text = k.Text
			case MHz:
				o.MHz = k.MHz
			case Reason:
				o.Reason = k.Reason
			case Disassociation:
				o.Disassociation = k.Disassociation
			case Protected:
				o.Protected = k.Protected
			}
		}
	}
	return o
}
