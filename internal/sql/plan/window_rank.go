package plan

import (
	"fmt"
	"strings"

	"weir/internal/types"
)

// WindowRank keeps of each partition of a window's rows those whose place in the
// order is From to To, and yields them when the window ends. Its columns are the
// input's, and then, when Number has a name, the place as a BIGINT.
type WindowRank struct {
	Input      Node
	Window     Window
	Start, End int   // the columns of the window's bounds
	Partition  []int // without Start and End
	Order      []SortKey
	From, To   int64
	Number     string // the name of the place's column; "": none
	// Deduplicate: the order is that of a time attribute and one row is kept;
	// in descending order the one of equal time that came last.
	Deduplicate bool
}

// Children implements Node.
func (r *WindowRank) Children() []Node { return []Node{r.Input} }

// WithChildren implements Node.
func (r *WindowRank) WithChildren(kids []Node) Node {
	s := *r
	s.Input = kids[0]
	return &s
}

// Schema implements Node.
func (r *WindowRank) Schema() []types.Field {
	fs := append([]types.Field(nil), r.Input.Schema()...)
	if r.Number != "" {
		fs = append(fs, types.Field{Name: r.Number, Type: types.BigIntType.WithNull(false)})
	}
	return fs
}

// Changelog implements Node.
func (*WindowRank) Changelog() Changes { return InsertOnly }

// Describe implements Node.
func (r *WindowRank) Describe() string {
	in := r.Input.Schema()
	w := strings.Replace(r.Window.Describe(""), "time_col=[]", fmt.Sprintf("win_start=[%s], win_end=[%s]", in[r.Start].Name, in[r.End].Name), 1)
	if r.Deduplicate {
		keep := "FirstRow"
		if r.Order[0].Desc {
			keep = "LastRow"
		}
		return fmt.Sprintf("WindowDeduplicate(window=[%s], keep=[%s], partitionKeys=[%s], orderKey=[%s], order=[ROWTIME])",
			w, keep, namesAt(in, r.Partition), in[r.Order[0].Col].Name)
	}
	return fmt.Sprintf("WindowRank(window=[%s], rankType=[ROW_NUMBER], rankRange=[rankStart=%d, rankEnd=%d], partitionBy=[%s], orderBy=[%s], select=[%s])",
		w, r.From, r.To, namesAt(in, r.Partition), describeSort(in, r.Order), strings.Join(Names(r.Schema()), ", "))
}
