package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"picket/shared/bitstream"
	"picket/shared/wire/wirepb"
)

// Columns of numbers travel bit-packed in Report.columns: protobuf's varints
// spend whole octets on numbers of a few bits, and zstd, which codes all octets
// of a block with one table, cannot win them back. One column after another:
//
//	table    uvarint  number of the table's field in Report
//	group    uvarint  number of the field in the table whose column it is (signals,
//	                  times); 0: the table's own
//	field    uvarint  number of the column's field
//	rows     uvarint  values; 0: as many as the column before
//	kind     octet    bits 0-6: width, bit 7: lengths
//	base     uvarint  the smallest value, or of lengths the smallest length
//	values            packed, lowest bit first, padded to an octet
//
// Without lengths a value is base plus width bits. With lengths a value of n bits
// is sent as n-base in width bits, all rows first, and then its n-1 lower bits,
// all rows: short for counters, which are mostly small. sint32 columns are
// zigzag coded before that. A reader skips what it does not know.
const (
	maxColumns = 1024
	maxValues  = 1 << 21 // of all columns, so that few octets cannot claim much memory
	kindLength = 0x80
	widthMask  = 0x7f
)

// field is a column's or a group's place in a generated structure.
type field struct {
	number uint64
	index  int // of the Go field
	column bool
}

// layouts holds, by type of structure, the fields that travel in columns: those
// of type []uint32, []uint64, []int32 and []bool, and the groups that hold such.
var layouts sync.Map // reflect.Type → []field

func layout(t reflect.Type) []field {
	if l, ok := layouts.Load(t); ok {
		return l.([]field)
	}
	var l []field
	for i := range t.NumField() {
		f := t.Field(i)
		tag := strings.Split(f.Tag.Get("protobuf"), ",")
		if len(tag) < 2 {
			continue
		}
		number, err := strconv.ParseUint(tag[1], 10, 32)
		if err != nil {
			continue
		}
		switch f.Type {
		case reflect.TypeFor[[]uint32](), reflect.TypeFor[[]uint64](), reflect.TypeFor[[]int32](), reflect.TypeFor[[]bool]():
			l = append(l, field{number, i, true})
		default:
			if f.Type.Kind() == reflect.Pointer && f.Type.Elem().Kind() == reflect.Struct {
				l = append(l, field{number, i, false})
			}
		}
	}
	layouts.Store(t, l)
	return l
}

// packColumns moves the columns of r's tables into r.Columns. The tables and
// groups are r's own: pack made them.
func packColumns(r *wirepb.Report) {
	var p packer
	root := reflect.ValueOf(r).Elem()
	for _, table := range layout(root.Type()) {
		m := root.Field(table.index)
		if table.column || m.IsNil() {
			continue
		}
		p.message(table.number, 0, m.Elem())
	}
	r.Columns = p.b
}

type packer struct {
	b      []byte
	rows   int
	values []uint64
}

func (p *packer) message(table, group uint64, m reflect.Value) {
	for _, f := range layout(m.Type()) {
		v := m.Field(f.index)
		switch {
		case f.column && v.Len() > 0:
			p.column(table, group, f.number, v.Interface())
			v.SetZero()
		case !f.column && group == 0 && !v.IsNil():
			p.message(table, f.number, v.Elem())
		}
	}
}

func (p *packer) column(table, group, number uint64, column any) {
	p.values = p.values[:0]
	switch c := column.(type) {
	case []uint32:
		for _, v := range c {
			p.values = append(p.values, uint64(v))
		}
	case []uint64:
		p.values = append(p.values, c...)
	case []int32:
		for _, v := range c {
			p.values = append(p.values, uint64(zigzag(v)))
		}
	case []bool:
		for _, v := range c {
			n := uint64(0)
			if v {
				n = 1
			}
			p.values = append(p.values, n)
		}
	}
	rows := len(p.values)
	p.b = binary.AppendUvarint(p.b, table)
	p.b = binary.AppendUvarint(p.b, group)
	p.b = binary.AppendUvarint(p.b, number)
	if rows == p.rows {
		p.b = append(p.b, 0)
	} else {
		p.b = binary.AppendUvarint(p.b, uint64(rows))
		p.rows = rows
	}
	p.b = appendValues(p.b, p.values)
}

// appendValues appends kind, base and values in the shorter of the two forms.
func appendValues(b []byte, values []uint64) []byte {
	low, high := values[0], values[0]
	short, long, lower := 64, 0, 0 // lengths, and bits below the highest one
	for _, v := range values {
		low, high = min(low, v), max(high, v)
		n := bits.Len64(v)
		short, long = min(short, n), max(long, n)
		lower += max(n-1, 0)
	}
	width, lengthWidth := bits.Len64(high-low), bits.Len(uint(long-short))
	var w bitstream.Writer
	if width*len(values) <= lengthWidth*len(values)+lower {
		w.B = binary.AppendUvarint(append(b, byte(width)), low)
		for _, v := range values {
			w.Put(v-low, width)
		}
		return w.Flush()
	}
	w.B = binary.AppendUvarint(append(b, byte(lengthWidth)|kindLength), uint64(short))
	for _, v := range values {
		w.Put(uint64(bits.Len64(v)-short), lengthWidth)
	}
	for _, v := range values {
		if n := bits.Len64(v) - 1; n > 0 {
			w.Put(v&(1<<n-1), n)
		}
	}
	return w.Flush()
}

// unpackColumns moves r.Columns back into r's tables.
func (v *validator) unpackColumns(r *wirepb.Report) {
	u := unpacker{b: r.Columns}
	root := reflect.ValueOf(r).Elem()
	for n := 0; len(u.b) > 0; n++ {
		err := u.column(root)
		if n == maxColumns {
			err = fmt.Errorf("more than %d columns", maxColumns)
		}
		if err != nil {
			v.fail("%v", err)
			return
		}
	}
	r.Columns = nil
}

type unpacker struct {
	b      []byte
	rows   uint64
	total  uint64
	values []uint64

	// The message of the column before: most columns are of the same.
	table, group uint64
	message      reflect.Value
	fields       []field

	slab []uint32 // columns are cut from it, so that there are few allocations
}

var errCut = errors.New("a column is cut short")

func (u *unpacker) uvarint() (uint64, error) {
	if len(u.b) > 0 && u.b[0] < 0x80 { // nearly always
		v := uint64(u.b[0])
		u.b = u.b[1:]
		return v, nil
	}
	v, n := binary.Uvarint(u.b)
	if n <= 0 {
		return 0, errCut
	}
	u.b = u.b[n:]
	return v, nil
}

func (u *unpacker) column(root reflect.Value) error {
	var head [4]uint64
	for i := range head {
		var err error
		if head[i], err = u.uvarint(); err != nil {
			return err
		}
	}
	table, group, number := head[0], head[1], head[2]
	if head[3] != 0 {
		u.rows = head[3]
	}
	if u.rows > maxValues || u.total+u.rows > maxValues {
		return fmt.Errorf("more than %d values", maxValues)
	}
	u.total += u.rows
	if err := u.read(int(u.rows)); err != nil {
		return err
	}
	if table != u.table || group != u.group {
		u.find(root, table, group)
	}
	for _, f := range u.fields {
		if f.column && f.number == number {
			dst := u.message.Field(f.index)
			if dst.Len() > 0 {
				return fmt.Errorf("column %d.%d.%d twice", table, group, number)
			}
			return u.store(dst.Addr().Interface())
		}
	}
	return nil // of a newer tap
}

// find makes u.message the group of the table, made when it is not there; of a
// newer tap's, which this reader does not know, there are no fields.
func (u *unpacker) find(root reflect.Value, table, group uint64) {
	u.table, u.group, u.fields = table, group, nil
	m, ok := child(root, table)
	if ok && group != 0 {
		m, ok = child(m, group)
	}
	if ok {
		u.message, u.fields = m, layout(m.Type())
	}
}

// child returns the message that field number of m points to, made when it is
// not there, and false when there is no such field.
func child(m reflect.Value, number uint64) (reflect.Value, bool) {
	for _, f := range layout(m.Type()) {
		if f.column || f.number != number {
			continue
		}
		v := m.Field(f.index)
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return v.Elem(), true
	}
	return reflect.Value{}, false
}

// cut returns room for n values.
func (u *unpacker) cut(n int) []uint32 {
	if n > len(u.slab) {
		u.slab = make([]uint32, max(n, 4096))
	}
	c := u.slab[:n:n]
	u.slab = u.slab[n:]
	return c
}

// store puts the values that were read into the column at dst.
func (u *unpacker) store(dst any) error {
	switch c := dst.(type) {
	case *[]uint32:
		column := u.cut(len(u.values))
		all := uint64(0)
		for i, v := range u.values {
			column[i] = uint32(v)
			all |= v
		}
		*c = column
		return fits(all)
	case *[]uint64:
		*c = append([]uint64(nil), u.values...)
	case *[]int32:
		*c = make([]int32, len(u.values))
		all := uint64(0)
		for i, v := range u.values {
			(*c)[i] = unzigzag(uint32(v))
			all |= v
		}
		return fits(all)
	case *[]bool:
		*c = make([]bool, len(u.values))
		for i, v := range u.values {
			(*c)[i] = v != 0
		}
	}
	return nil
}

// fits refuses what has more than 32 bits.
func fits(v uint64) error {
	if v>>32 != 0 {
		return errors.New("a number above 32 bits")
	}
	return nil
}

// read reads kind, base and rows values.
func (u *unpacker) read(rows int) error {
	if len(u.b) == 0 {
		return errCut
	}
	kind := u.b[0]
	u.b = u.b[1:]
	base, err := u.uvarint()
	if err != nil {
		return err
	}
	width := int(kind & widthMask)
	if width > 64 || len(u.b)*8 < width*rows {
		return errCut
	}
	if cap(u.values) < rows {
		u.values = make([]uint64, max(rows, 1024))
	}
	u.values = u.values[:rows]
	in := bitstream.Reader{B: u.b}
	in.Fill(u.values, width, base)
	if kind&kindLength != 0 {
		if err := u.lengths(&in); err != nil {
			return err
		}
	}
	u.b = u.b[min(in.Octets(), len(u.b)):]
	return nil
}

// lengths turns lengths into the values of that many bits.
func (u *unpacker) lengths(in *bitstream.Reader) error {
	need := 0
	for _, n := range u.values {
		if n > 64 {
			return fmt.Errorf("a number of %d bits", n)
		}
		need += max(int(n)-1, 0)
	}
	if len(in.B)*8-in.At < need {
		return errCut
	}
	in.Complete(u.values)
	return nil
}
