package opt

import (
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// filterIntoJoin gives the condition of a WHERE over a join to the join, as far
// as that changes nothing: all of it over an inner join, and over an outer join
// what looks at the side that is kept whole.
var filterIntoJoin = Rule{"FilterIntoJoin", func(n plan.Node) plan.Node {
	c, ok := n.(*plan.Calc)
	if !ok || c.Where == nil {
		return n
	}
	j, ok := c.Input.(*plan.Join)
	if !ok {
		return n
	}
	var left, right, cond, rest []plan.Expr
	for _, e := range conjuncts(c.Where) {
		l, r := sides(j, e)
		switch {
		case volatile(e):
			rest = append(rest, e)
		case j.Kind == plan.InnerJoin && l && r:
			cond = append(cond, e)
		case !r && !j.Kind.KeepsRight():
			left = append(left, e)
		case !l && !j.Kind.KeepsLeft():
			right = append(right, e)
		default:
			rest = append(rest, e)
		}
	}
	if len(rest) == len(conjuncts(c.Where)) {
		return n
	}
	k := *j
	k.Left, k.Right = filter(j.Left, left), filter(j.Right, shiftRight(j, right))
	k.Cond = and(append(cond, conjunctsOf(j.Cond)...))
	d := *c
	d.Input, d.Where = &k, and(rest)
	return &d
}}

// pushJoinCondition gives the parts of a join's condition that look at one side
// to that side, where rows of it that fail do not come out at all.
var pushJoinCondition = Rule{"PushJoinCondition", func(n plan.Node) plan.Node {
	j, ok := n.(*plan.Join)
	if !ok || j.Cond == nil {
		return n
	}
	var left, right, rest []plan.Expr
	for _, e := range conjuncts(j.Cond) {
		l, r := sides(j, e)
		switch {
		case volatile(e):
			rest = append(rest, e)
		case !r && !j.Kind.KeepsLeft():
			left = append(left, e)
		case !l && !j.Kind.KeepsRight():
			right = append(right, e)
		default:
			rest = append(rest, e)
		}
	}
	if len(left)+len(right) == 0 {
		return n
	}
	k := *j
	k.Left, k.Right, k.Cond = filter(j.Left, left), filter(j.Right, shiftRight(j, right)), and(rest)
	return &k
}}

// joinKeys makes keys of the equalities in a join's condition between an
// expression of the left side and one of the right; what is more than a column
// is computed below.
var joinKeys = Rule{"JoinKeys", func(n plan.Node) plan.Node {
	j, ok := n.(*plan.Join)
	if !ok || j.Cond == nil {
		return n
	}
	k := *j
	k.NullSafe = append([]bool(nil), j.NullSafe...)
	width := len(j.Left.Schema())
	var rest []plan.Expr
	left, right := &extended{in: j.Left}, &extended{in: j.Right}
	for _, e := range conjuncts(j.Cond) {
		l, r, nullSafe, ok := equality(j, e)
		if !ok {
			rest = append(rest, e)
			continue
		}
		k.NullSafe = append(k.NullSafe, nullSafe)
		k.LeftKeys = append(k.LeftKeys, left.column(l))
		k.RightKeys = append(k.RightKeys, right.column(plan.Shift(r, func(i int) int { return i - width })))
	}
	if len(rest) == len(conjuncts(j.Cond)) {
		return n
	}
	more := len(left.more)
	k.Left, k.Right = left.node(), right.node()
	k.Cond = plan.Shift(and(rest), func(i int) int {
		if i >= width {
			return i + more
		}
		return i
	})
	if more+len(right.more) == 0 {
		return &k
	}
	// The added columns do not come out.
	in, out := k.Schema(), j.Schema() // of a semi-join the left ones alone
	c := &plan.Calc{Input: &k, Fields: out}
	for i := range out {
		at := i
		if i >= width {
			at += more
		}
		c.Select = append(c.Select, &plan.Col{Index: at, T: in[at].Type})
	}
	return c
}}

// extended is a node with computed columns added behind its own.
type extended struct {
	in   plan.Node
	more []plan.Expr
}

// column is the place of e among the columns.
func (x *extended) column(e plan.Expr) int {
	if c, ok := e.(*plan.Col); ok {
		return c.Index
	}
	x.more = append(x.more, e)
	return len(x.in.Schema()) + len(x.more) - 1
}

func (x *extended) node() plan.Node {
	if len(x.more) == 0 {
		return x.in
	}
	c := passAll(x.in)
	for _, e := range x.more {
		c.Select = append(c.Select, e)
		c.Fields = append(c.Fields, types.Field{Name: "$k" + e.Describe(x.in.Schema()), Type: e.Type()})
	}
	return c
}

// equality takes apart l = r, or l IS NOT DISTINCT FROM r, l of the left side and
// r of the right one.
func equality(j *plan.Join, e plan.Expr) (l, r plan.Expr, nullSafe, ok bool) {
	c, ok := e.(*plan.Call)
	if !ok || volatile(e) || c.Def.Name != "=" && c.Def.Name != "IS NOT DISTINCT FROM" {
		return nil, nil, false, false
	}
	nullSafe = c.Def.Name != "="
	al, ar := sides(j, c.Args[0])
	bl, br := sides(j, c.Args[1])
	if !c.Args[0].Type().Plain().WithNull(true).SameShape(c.Args[1].Type().Plain().WithNull(true)) {
		return nil, nil, false, false
	}
	switch {
	case al && !ar && br && !bl:
		return c.Args[0], c.Args[1], nullSafe, true
	case ar && !al && bl && !br:
		return c.Args[1], c.Args[0], nullSafe, true
	}
	return nil, nil, false, false
}

// sides reports which sides of j the expression looks at.
func sides(j *plan.Join, e plan.Expr) (left, right bool) {
	used := map[int]bool{}
	plan.Columns(e, used)
	width := len(j.Left.Schema())
	for i := range used {
		left, right = left || i < width, right || i >= width
	}
	return left, right
}

// shiftRight are expressions over j as expressions over its right side.
func shiftRight(j *plan.Join, es []plan.Expr) []plan.Expr {
	width := len(j.Left.Schema())
	out := make([]plan.Expr, len(es))
	for i, e := range es {
		out[i] = plan.Shift(e, func(c int) int { return c - width })
	}
	return out
}

// filter is n where all of es hold.
func filter(n plan.Node, es []plan.Expr) plan.Node {
	if len(es) == 0 {
		return n
	}
	c := passAll(n)
	c.Where = and(es)
	return c
}

// passAll is the Calc that passes n through.
func passAll(n plan.Node) *plan.Calc {
	in := n.Schema()
	c := &plan.Calc{Input: n, Fields: append([]types.Field(nil), in...)}
	for i, f := range in {
		c.Select = append(c.Select, &plan.Col{Index: i, T: f.Type})
	}
	return c
}

// and is the conjunction of es; nil for none.
func and(es []plan.Expr) plan.Expr {
	switch len(es) {
	case 0:
		return nil
	case 1:
		return es[0]
	}
	return &plan.And{Args: es}
}

func conjunctsOf(e plan.Expr) []plan.Expr {
	if e == nil {
		return nil
	}
	return conjuncts(e)
}

// pruneJoinInput reads from the sides of a join only the columns that the Calc
// above and the join itself use.
var pruneJoinInput = Rule{"PruneJoinInput", func(n plan.Node) plan.Node {
	c, ok := n.(*plan.Calc)
	if !ok {
		return n
	}
	j, ok := c.Input.(*plan.Join)
	if !ok {
		return n
	}
	width, used := len(j.Left.Schema()), map[int]bool{}
	plan.Columns(c.Where, used)
	plan.Columns(j.Cond, used)
	for _, e := range c.Select {
		plan.Columns(e, used)
	}
	for i := range j.LeftKeys {
		used[j.LeftKeys[i]], used[width+j.RightKeys[i]] = true, true
	}
	total := width + len(j.Right.Schema())
	if len(used) == total || len(used) == 0 {
		return n
	}
	k := *j
	to := map[int]int{}
	k.Left = narrow(j.Left, used, 0, 0, to)
	k.Right = narrow(j.Right, used, width, len(k.Left.Schema()), to)
	if len(k.Left.Schema())+len(k.Right.Schema()) == total {
		return n
	}
	place := func(i int) int { return to[i] }
	left := len(k.Left.Schema())
	k.LeftKeys, k.RightKeys = make([]int, len(j.LeftKeys)), make([]int, len(j.RightKeys))
	for i := range j.LeftKeys {
		k.LeftKeys[i], k.RightKeys[i] = to[j.LeftKeys[i]], to[width+j.RightKeys[i]]-left
	}
	k.Cond = plan.Shift(j.Cond, place)
	d := *c
	d.Input, d.Where = &k, plan.Shift(c.Where, place)
	d.Select = make([]plan.Expr, len(c.Select))
	for i, e := range c.Select {
		d.Select[i] = plan.Shift(e, place)
	}
	return &d
}}

// narrow is n with the used columns alone, at least one; from is n's first
// column in used, to takes where each goes, counted from base.
func narrow(n plan.Node, used map[int]bool, from, base int, to map[int]int) plan.Node {
	in := n.Schema()
	c := &plan.Calc{Input: n}
	for i, f := range in {
		if used[from+i] || i == len(in)-1 && len(c.Fields) == 0 {
			to[from+i] = base + len(c.Fields)
			c.Select, c.Fields = append(c.Select, &plan.Col{Index: i, T: f.Type}), append(c.Fields, f)
		}
	}
	if len(c.Fields) == len(in) {
		return n
	}
	return c
}
