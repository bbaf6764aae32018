package plan

import (
	"fmt"

	"weir/internal/errs"
	"weir/internal/types"
)

// Over adds to each row of Input what functions compute over the rows around
// it: those of its partition, in order, that its frame reaches. Its columns are
// the input's, then the calls'.
type Over struct {
	Input     Node
	Partition []int
	Order     []SortKey
	Frame     Frame
	Calls     []AggCall
	At        errs.Pos // of the OVER, for errors
}

// Unbounded is the Preceding of a frame that begins with the partition.
const Unbounded = -1

// Frame is how far an Over looks back; all frames end with the current row.
type Frame struct {
	Rows bool // Preceding counts rows; otherwise it is a length of time, in ms
	// Preceding is Unbounded or how far back the frame begins.
	Preceding int64
}

// Children implements Node.
func (o *Over) Children() []Node { return []Node{o.Input} }

// WithChildren implements Node.
func (o *Over) WithChildren(kids []Node) Node {
	p := *o
	p.Input = kids[0]
	return &p
}

// Schema implements Node.
func (o *Over) Schema() []types.Field {
	fs := append([]types.Field(nil), o.Input.Schema()...)
	for _, c := range o.Calls {
		fs = append(fs, types.Field{Name: c.Name, Type: c.T})
	}
	return fs
}

// Changelog implements Node.
func (o *Over) Changelog() Changes { return o.Input.Changelog() }

// Describe implements Node.
func (o *Over) Describe() string {
	in := o.Input.Schema()
	s := "OverAggregate("
	if len(o.Partition) > 0 {
		s += fmt.Sprintf("partitionBy=[%s], ", namesAt(in, o.Partition))
	}
	from := "UNBOUNDED"
	if o.Frame.Preceding != Unbounded {
		from = fmt.Sprint(o.Frame.Preceding)
	}
	s += fmt.Sprintf("orderBy=[%s], window=[ %s BETWEEN %s PRECEDING AND CURRENT ROW], select=[", describeSort(in, o.Order),
		map[bool]string{false: "RANGE", true: "ROWS"}[o.Frame.Rows], from)
	for i, f := range in {
		if i > 0 {
			s += ", "
		}
		s += f.Name
	}
	for _, c := range o.Calls {
		s += ", " + c.Describe(in)
	}
	return s + "])"
}
