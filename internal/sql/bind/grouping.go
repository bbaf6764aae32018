package bind

import (
	"slices"
	"strings"

	"weir/internal/sql/ast"
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// maxGroupingSets bounds what CUBE makes of its columns.
const maxGroupingSets = 1 << 12

// groupingSets are the sets of keys by which an element of GROUP BY groups.
func (a *aggregates) groupingSets(x *exprs, it ast.GroupItem) ([][]int, error) {
	switch it.Kind {
	case ast.GroupingSets:
		var sets [][]int
		for _, inner := range it.Items {
			s, err := a.groupingSets(x, inner)
			if err != nil {
				return nil, err
			}
			sets = append(sets, s...)
		}
		return sets, nil
	case ast.Rollup, ast.Cube:
		parts := make([][]int, len(it.Items))
		for i, inner := range it.Items {
			var err error
			if parts[i], err = a.groupingKeys(x, inner.Exprs); err != nil {
				return nil, err
			}
		}
		if it.Kind == ast.Rollup {
			return rollup(parts), nil
		}
		if 1<<len(parts) > maxGroupingSets {
			return nil, invalid(it, "group-by", "CUBE of %d elements makes too many grouping sets (at most %d)", len(parts), maxGroupingSets)
		}
		return cube(parts), nil
	}
	keys, err := a.groupingKeys(x, it.Exprs)
	return [][]int{keys}, err
}

// rollup is every beginning of parts, the longest first.
func rollup(parts [][]int) [][]int {
	var sets [][]int
	for n := len(parts); n >= 0; n-- {
		sets = append(sets, allOf(parts[:n]))
	}
	return sets
}

// cube is every choice of parts, all of them first.
func cube(parts [][]int) [][]int {
	if len(parts) == 0 {
		return [][]int{nil}
	}
	var with, without [][]int
	for _, rest := range cube(parts[1:]) {
		with, without = append(with, allOf([][]int{parts[0], rest})), append(without, rest)
	}
	return append(with, without...)
}

// allOf is the keys of all parts, each once.
func allOf(parts [][]int) []int {
	var keys []int
	for _, p := range parts {
		for _, k := range p {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// groupingKeys binds grouping expressions to their places among the keys; a
// group window is kept beside them.
func (a *aggregates) groupingKeys(x *exprs, es []ast.Expr) ([]int, error) {
	var places []int
	for _, e := range es {
		w, err := x.groupWindow(e)
		if err != nil {
			return nil, err
		}
		if w != nil {
			if a.window != nil {
				return nil, invalid(e, "group-window", "only one group window function is allowed in GROUP BY")
			}
			a.window = w
			continue
		}
		k, err := x.bind(e)
		if err != nil {
			return nil, err
		}
		place := a.key(k)
		if place < 0 {
			place = len(a.keys)
			a.keys = append(a.keys, k)
			name := ""
			if r, ok := e.(*ast.Ref); ok {
				name = r.Parts.Last()
			}
			a.names = append(a.names, name)
		}
		places = append(places, place)
	}
	return places, nil
}

// key is the place of a bound expression among the keys; -1 for none.
func (a *aggregates) key(e plan.Expr) int {
	text := e.Describe(a.in.fields)
	return slices.IndexFunc(a.keys, func(k plan.Expr) bool {
		return same(k, e) || !isCol(k) && !isCol(e) && k.Describe(a.in.fields) == text && k.Type().SameShape(e.Type())
	})
}

// groupItems binds the elements of GROUP BY. The sets of several are combined.
func (b *Binder) groupItems(g *ast.GroupBy, a *aggregates) error {
	x := &exprs{b: b, scope: a.in, clause: "GROUP BY clause"}
	sets := [][]int{nil}
	several := false
	for _, it := range g.Items {
		more, err := a.groupingSets(x, it)
		if err != nil {
			return err
		}
		several = several || it.Kind != ast.Plain
		if len(sets)*len(more) > maxGroupingSets {
			return invalid(it, "group-by", "GROUP BY makes too many grouping sets (at most %d)", maxGroupingSets)
		}
		var all [][]int
		for _, s := range sets {
			for _, m := range more {
				all = append(all, allOf([][]int{s, m}))
			}
		}
		sets = all
	}
	if len(sets) == 1 {
		return nil
	}
	if several && a.window != nil {
		return unsupported(g, "a group window with GROUPING SETS (a window table function can have them) is")
	}
	a.setsOf(sets, g.Distinct)
	return nil
}

// setsOf gives each set its id: a bit for each key it leaves out, or where that
// is taken a number above all bits.
func (a *aggregates) setsOf(sets [][]int, distinct bool) {
	n, seen := len(a.keys), map[int64]int64{}
	more := int64(1) << min(n, 62)
	for _, s := range sets {
		set := plan.GroupingSet{}
		for k := range n {
			if !slices.Contains(s, k) {
				set.Nulls = append(set.Nulls, k)
				set.ID |= 1 << (n - 1 - k)
			}
		}
		copies := seen[set.ID]
		if seen[set.ID]++; copies > 0 {
			if distinct {
				continue
			}
			set.ID = more
			more++
		}
		a.sets, a.copies = append(a.sets, set), append(a.copies, copies)
	}
}

// sometimesNull reports whether a grouping set leaves key k out.
func (a *aggregates) sometimesNull(k int) bool {
	return slices.ContainsFunc(a.sets, func(s plan.GroupingSet) bool { return slices.Contains(s.Nulls, k) })
}

// grouping binds GROUPING, GROUPING_ID and GROUP_ID: a number for each grouping
// set, chosen by the set's id.
func (a *aggregates) grouping(x *exprs, c *ast.Call, def *fn.Def) (plan.Expr, error) {
	if def.Name == "GROUP_ID" {
		if len(c.Args) > 0 {
			return nil, invalid(c, "function-arguments", "Invalid number of arguments to function 'GROUP_ID'. Was expecting 0 arguments")
		}
		return a.bySet(x, c, func(s int) int64 { return a.copies[s] })
	}
	if len(c.Args) == 0 {
		return nil, invalid(c, "function-arguments", "Invalid number of arguments to function '%s'. Was expecting 1 arguments", def.Name)
	}
	plainly := &exprs{b: x.b, scope: a.in, clause: "SELECT"}
	var keys []int
	for _, arg := range c.Args {
		e, err := plainly.bind(arg)
		if err != nil {
			return nil, err
		}
		k := a.key(e)
		if k < 0 {
			return nil, invalid(arg, "group-by", "Argument to %s operator must be a grouped expression", strings.ToUpper(c.Name.Last()))
		}
		keys = append(keys, k)
	}
	return a.bySet(x, c, func(s int) int64 {
		bits := int64(0)
		for _, k := range keys {
			bits <<= 1
			if slices.Contains(a.sets[s].Nulls, k) {
				bits |= 1
			}
		}
		return bits
	})
}

// bySet is value(s) where s is the row's grouping set.
func (a *aggregates) bySet(x *exprs, at ast.Node, value func(s int) int64) (plan.Expr, error) {
	t := types.BigIntType.WithNull(false)
	lit := func(v int64) plan.Expr { return &plan.Lit{Value: v, T: t} }
	if len(a.sets) == 0 {
		return lit(0), nil
	}
	r := &plan.Case{Else: lit(value(0)), T: t}
	for s := 1; s < len(a.sets); s++ {
		is, err := x.apply(at, "=", []plan.Expr{&placeholder{aSet, 0, t}, lit(a.sets[s].ID)})
		if err != nil {
			return nil, err
		}
		r.When, r.Then = append(r.When, is), append(r.Then, lit(value(s)))
	}
	return r, nil
}
