package plan

import (
	"fmt"
	"strings"

	"weir/internal/errs"
	"weir/internal/types"
)

// JoinKind is the kind of a Join.
type JoinKind uint8

// The kinds of Join.
const (
	InnerJoin JoinKind = iota
	LeftJoin
	RightJoin
	FullJoin
)

// String is the kind as EXPLAIN prints it: LeftOuterJoin.
func (k JoinKind) String() string {
	return [...]string{"InnerJoin", "LeftOuterJoin", "RightOuterJoin", "FullOuterJoin"}[k]
}

// KeepsLeft reports whether a left row without a match comes out, with NULLs.
func (k JoinKind) KeepsLeft() bool { return k == LeftJoin || k == FullJoin }

// KeepsRight reports whether a right row without a match comes out, with NULLs.
func (k JoinKind) KeepsRight() bool { return k == RightJoin || k == FullJoin }

// Join pairs the rows of Left and Right that agree in their keys and satisfy
// Cond, an expression over the left columns and then the right ones (nil: true).
// A NULL in a key agrees with nothing. Its columns are those of both, with NULLs
// where an outer join found no match; none is a time attribute.
type Join struct {
	Left, Right         Node
	Kind                JoinKind
	LeftKeys, RightKeys []int // columns of Left and of Right, in pairs
	Cond                Expr
	At                  errs.Pos // of the JOIN, for errors
}

// Children implements Node.
func (j *Join) Children() []Node { return []Node{j.Left, j.Right} }

// WithChildren implements Node.
func (j *Join) WithChildren(kids []Node) Node {
	k := *j
	k.Left, k.Right = kids[0], kids[1]
	return &k
}

// Schema implements Node. A name that both sides have gets a number on the
// right, as in Calcite.
func (j *Join) Schema() []types.Field {
	l, r := j.Left.Schema(), j.Right.Schema()
	fs, taken := make([]types.Field, 0, len(l)+len(r)), map[string]bool{}
	add := func(side []types.Field, nullable bool) {
		for _, f := range side {
			name := f.Name
			for i := 0; taken[f.Name]; i++ {
				f.Name = fmt.Sprintf("%s%d", name, i)
			}
			taken[f.Name] = true
			f.Type = f.Type.Plain()
			if nullable {
				f.Type = f.Type.WithNull(true)
			}
			fs = append(fs, f)
		}
	}
	add(l, j.Kind.KeepsRight())
	add(r, j.Kind.KeepsLeft())
	return fs
}

// Changelog implements Node: of an inner join the changes of its inputs; an
// outer join takes back what it had filled with NULLs.
func (j *Join) Changelog() Changes {
	if j.Kind != InnerJoin {
		return All
	}
	return j.Left.Changelog() | j.Right.Changelog()
}

// Describe implements Node.
func (j *Join) Describe() string {
	fs := j.Schema()
	var where []string
	n := len(j.Left.Schema())
	for i, l := range j.LeftKeys {
		where = append(where, fmt.Sprintf("(%s = %s)", fs[l].Name, fs[n+j.RightKeys[i]].Name))
	}
	if j.Cond != nil {
		where = append(where, j.Cond.Describe(fs))
	}
	s := strings.Join(where, " AND ")
	if len(where) > 1 {
		s = "(" + s + ")"
	}
	if s == "" {
		s = "true"
	}
	return fmt.Sprintf("Join(joinType=[%s], where=[%s], select=[%s])", j.Kind, s, strings.Join(Names(fs), ", "))
}
