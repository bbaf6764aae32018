package plan

import (
	"fmt"
	"strings"

	"weir/internal/types"
)

// Rank keeps of each partition the rows whose place in the order is From to To,
// counted from 1 (Top-N; with an empty partition ORDER BY … LIMIT). Its columns
// are the input's, and then, when Number has a name, the place as a BIGINT.
type Rank struct {
	Input     Node
	Partition []int
	Order     []SortKey
	From, To  int64
	Number    string // the name of the place's column; "": none
	// OnlyAfter: what reads it does without the old row of an update.
	OnlyAfter bool
}

// Children implements Node.
func (r *Rank) Children() []Node { return []Node{r.Input} }

// WithChildren implements Node.
func (r *Rank) WithChildren(kids []Node) Node {
	s := *r
	s.Input = kids[0]
	return &s
}

// Schema implements Node.
func (r *Rank) Schema() []types.Field {
	fs := append([]types.Field(nil), r.Input.Schema()...)
	for i := range fs {
		fs[i].Type = fs[i].Type.Plain()
	}
	if r.Number != "" {
		fs = append(fs, types.Field{Name: r.Number, Type: types.BigIntType.WithNull(false)})
	}
	return fs
}

// Changelog implements Node: rows enter the ranks and leave them; with their
// number they also change places.
func (r *Rank) Changelog() Changes {
	switch {
	case r.Number == "":
		return Insert | Delete
	case r.OnlyAfter:
		return Upsert
	}
	return All
}

// Describe implements Node.
func (r *Rank) Describe() string {
	in := r.Input.Schema()
	sel := strings.Join(Names(r.Schema()), ", ")
	if len(r.Partition) == 0 && r.Number == "" {
		return fmt.Sprintf("SortLimit(orderBy=[%s], offset=[%d], fetch=[%d])", describeSort(in, r.Order), r.From-1, r.To-r.From+1)
	}
	return fmt.Sprintf("Rank(rankType=[ROW_NUMBER], rankRange=[rankStart=%d, rankEnd=%d], partitionBy=[%s], orderBy=[%s], select=[%s])",
		r.From, r.To, namesAt(in, r.Partition), describeSort(in, r.Order), sel)
}
