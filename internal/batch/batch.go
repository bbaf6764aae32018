// Package batch holds rows in columns: what flows between operators.
//
// Vocabulary. A Vec is a column. A Batch is some columns of equal length with
// a selection (which physical rows are in it, in order), a row kind per row
// when the stream is not insert-only, and marks: the places at which the
// event-time watermark moved. A row number is always a physical one, an index
// into the vectors; a Batch's rows are those its selection names.
//
// Ownership. A batch handed to an operator's Process is the callee's to read
// until Process returns and no longer: the producer reuses its memory. What
// must outlive the call is copied (Clone, AppendSel). Nobody writes into a
// batch it was handed.
//
// Invariants. len(Sel) rows are distinct and ascending; marks are ascending in
// Row and Watermark; a Vec with Const set is one row long.
package batch

import "weir/internal/types"

// MaxRows is the most rows a source or operator puts into one batch.
const MaxRows = 4096

// RowKind is the kind of change a row is.
type RowKind uint8

// The row kinds, in Flink's order (RowKind.toByteValue).
const (
	Insert RowKind = iota
	UpdateBefore
	UpdateAfter
	Delete
)

// String is "+I", "-U", "+U" or "-D".
func (k RowKind) String() string { return [...]string{"+I", "-U", "+U", "-D"}[k] }

// Mark says that after the row numbered Row (a physical row; -1: before all)
// the event-time watermark is Watermark.
type Mark struct {
	Row       int32
	Watermark int64 // milliseconds
}

// Batch is a run of rows.
type Batch struct {
	Cols  []*Vec
	N     int       // physical rows in each column
	Sel   []int32   // the rows of the batch, ascending; nil: all N
	Kinds []RowKind // by physical row; nil: all Insert
	Marks []Mark
}

// Rows is the number of rows in the batch.
func (b *Batch) Rows() int {
	if b.Sel != nil {
		return len(b.Sel)
	}
	return b.N
}

// Kind is the row kind of physical row i.
func (b *Batch) Kind(i int) RowKind {
	if b.Kinds == nil {
		return Insert
	}
	return b.Kinds[i]
}

// New returns an empty batch of columns of the given types.
func New(fields []types.Field, n int) *Batch {
	b := &Batch{Cols: make([]*Vec, len(fields))}
	for i, f := range fields {
		b.Cols[i] = NewVec(f.Type, n)
	}
	return b
}

// Reset empties b, keeping its memory, for appending.
func (b *Batch) Reset() {
	for _, c := range b.Cols {
		c.Reset()
	}
	b.N, b.Sel, b.Kinds, b.Marks = 0, nil, b.Kinds[:0], b.Marks[:0]
	if len(b.Kinds) == 0 {
		b.Kinds = nil
	}
}

// Append copies the rows of src into b (which then has no selection) and
// leaves src's marks out.
func (b *Batch) Append(src *Batch) {
	if src.Kinds != nil && b.Kinds == nil {
		b.Kinds = make([]RowKind, b.N, b.N+src.Rows())
	}
	for c, v := range b.Cols {
		v.AppendSel(src.Cols[c], src.Sel, src.N)
	}
	if b.Kinds != nil {
		if src.Sel != nil {
			for _, i := range src.Sel {
				b.Kinds = append(b.Kinds, src.Kind(int(i)))
			}
		} else {
			for i := range src.N {
				b.Kinds = append(b.Kinds, src.Kind(i))
			}
		}
	}
	b.N += src.Rows()
}

// Slice is the part of b whose physical rows are in [from, to), sharing b's
// memory and without its marks.
func (b *Batch) Slice(from, to int) Batch {
	s := Batch{Cols: b.Cols, N: b.N, Kinds: b.Kinds}
	if b.Sel == nil {
		if from == 0 && to >= b.N {
			return s
		}
		s.Sel = Seq(from, min(to, b.N))
		return s
	}
	lo, hi := lowerBound(b.Sel, int32(from)), lowerBound(b.Sel, int32(to))
	s.Sel = b.Sel[lo:hi:hi]
	return s
}

// Seq is the selection [from, to). It is shared and must not be written.
func Seq(from, to int) []int32 {
	to = max(from, to)
	if to <= len(rowNumbers) {
		return rowNumbers[from:to:to]
	}
	return count(from, to)
}

// rowNumbers are the numbers from 0, for Seq; never written.
var rowNumbers = count(0, 4*MaxRows)

func count(from, to int) []int32 {
	s := make([]int32, to-from)
	for i := range s {
		s[i] = int32(from + i)
	}
	return s
}

// lowerBound is the first index of sel whose row is >= row.
func lowerBound(sel []int32, row int32) int {
	lo, hi := 0, len(sel)
	for lo < hi {
		if m := (lo + hi) / 2; sel[m] < row {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

// Bytes is about how much memory the rows of b take, selected or not: values and
// offsets, without validity.
func (b *Batch) Bytes() int64 {
	var n int64
	for _, c := range b.Cols {
		n += c.bytes()
	}
	return n
}
