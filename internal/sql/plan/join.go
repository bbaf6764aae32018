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
	SemiJoin // left rows that have a match
	AntiJoin // left rows that have none
)

// String is the kind as EXPLAIN prints it: LeftOuterJoin.
func (k JoinKind) String() string {
	return [...]string{"InnerJoin", "LeftOuterJoin", "RightOuterJoin", "FullOuterJoin", "LeftSemiJoin", "LeftAntiJoin"}[k]
}

// KeepsLeft reports whether a left row without a match comes out.
func (k JoinKind) KeepsLeft() bool { return k == LeftJoin || k == FullJoin || k == AntiJoin }

// KeepsRight reports whether a right row without a match comes out.
func (k JoinKind) KeepsRight() bool { return k == RightJoin || k == FullJoin }

// LeftOnly reports whether only left columns come out.
func (k JoinKind) LeftOnly() bool { return k == SemiJoin || k == AntiJoin }

// Join pairs the rows of Left and Right that agree in their keys and satisfy
// Cond, an expression over the left columns and then the right ones (nil: true).
// A NULL in a key agrees with nothing, in one that is NullSafe with NULL. Its columns are those of both, with NULLs
// where an outer join found no match, or only the left ones; none is a time
// attribute.
type Join struct {
	Left, Right         Node
	Kind                JoinKind
	LeftKeys, RightKeys []int  // columns of Left and of Right, in pairs
	NullSafe            []bool // beside each key; nil: none is
	Cond                Expr
	// Singly: without keys all rows are brought together at one task; otherwise
	// a join without keys is refused.
	Singly bool
	At     errs.Pos // of the JOIN, for errors
}

// Children implements Node.
func (j *Join) Children() []Node { return []Node{j.Left, j.Right} }

// WithChildren implements Node.
func (j *Join) WithChildren(kids []Node) Node {
	k := *j
	k.Left, k.Right = kids[0], kids[1]
	return &k
}

// Schema implements Node.
func (j *Join) Schema() []types.Field {
	if j.Kind.LeftOnly() {
		return j.Both()[:len(j.Left.Schema())]
	}
	return j.Both()
}

// Both are the columns of both sides, as Cond sees them. A name that both sides have gets a number on the
// right, as in Calcite.
func (j *Join) Both() []types.Field {
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
	add(r, j.Kind.KeepsLeft() && !j.Kind.LeftOnly())
	return fs
}

// Changelog implements Node: of an inner join the changes of its inputs; an
// outer join takes back what it had filled with NULLs.
func (j *Join) Changelog() Changes {
	if j.Kind != InnerJoin && j.Kind != SemiJoin {
		return All
	}
	return j.Left.Changelog() | j.Right.Changelog()
}

// Describe implements Node.
func (j *Join) Describe() string {
	fs := j.Both()
	var where []string
	n := len(j.Left.Schema())
	for i, l := range j.LeftKeys {
		op := "="
		if j.NullSafe != nil && j.NullSafe[i] {
			op = "IS NOT DISTINCT FROM"
		}
		where = append(where, fmt.Sprintf("(%s %s %s)", fs[l].Name, op, fs[n+j.RightKeys[i]].Name))
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
	return fmt.Sprintf("Join(joinType=[%s], where=[%s], select=[%s])", j.Kind, s, strings.Join(Names(j.Schema()), ", "))
}
