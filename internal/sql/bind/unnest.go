package bind

import (
	"strings"

	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// rightSide is the right side of a join without its alias.
func rightSide(t ast.TableRef) (ast.TableRef, *ast.Aliased) {
	if a, ok := t.(*ast.Aliased); ok {
		return a.Table, a
	}
	return t, nil
}

// lateral binds a join whose right side looks at each row of the left one: ok
// is false for other joins.
func (b *Binder) lateral(t *ast.Join, l plan.Node, ls *scope) (plan.Node, *scope, bool, error) {
	right, alias := rightSide(t.Right)
	switch r := right.(type) {
	case *ast.Unnest:
		n, sc, err := b.unnestJoin(t, l, ls, r, alias)
		return n, sc, true, err
	case *ast.TableFunc:
		if tvfParams[strings.ToUpper(r.Call.Name.Last())] == nil {
			return nil, nil, true, b.tableFunction(r, ls)
		}
	case *ast.Derived:
		if r.Lateral {
			n, sc, err := b.lateralQuery(t, l, ls, r, alias)
			return n, sc, true, err
		}
	}
	return nil, nil, false, nil
}

// tableFunction refuses a table function, of which there are none yet but the
// windows.
func (b *Binder) tableFunction(t *ast.TableFunc, sc *scope) error {
	if f := b.Catalog.Function(t.Call.Name.Strings()); f != nil {
		return unsupported(t, "the table function "+f.Name+" (functions that give rows) is")
	}
	return (&exprs{b: b, scope: sc, clause: "FROM"}).unknownFunction(t.Call, t.Call.Name.Last())
}

// unnestJoin binds l JOIN UNNEST(…).
func (b *Binder) unnestJoin(t *ast.Join, l plan.Node, ls *scope, u *ast.Unnest, alias *ast.Aliased) (plan.Node, *scope, error) {
	kind := joinKinds[t.Kind]
	switch {
	case kind == plan.RightJoin || kind == plan.FullJoin:
		return nil, nil, invalid(t, "join", "Unknown join type %s", map[plan.JoinKind]string{plan.RightJoin: "RIGHT", plan.FullJoin: "FULL"}[kind]).
			WithHint("UNNEST may stand on the right of CROSS, INNER and LEFT JOIN")
	case t.Natural || len(t.Using) > 0:
		return nil, nil, unsupported(t, "NATURAL JOIN and USING with UNNEST is")
	}
	c, sc, err := b.unnest(u, l, ls, alias)
	if err != nil {
		return nil, nil, err
	}
	c.Outer = kind == plan.LeftJoin
	for i, f := range c.Element() {
		sc.fields[len(ls.fields)+i].Type = f.Type
	}
	if t.On == nil {
		return c, sc, nil
	}
	cond, err := b.condition(t.On, sc, "ON clause")
	if err != nil {
		return nil, nil, err
	}
	if lit, ok := cond.(*plan.Lit); !ok || lit.Value != true {
		c.Cond = cond
	}
	return c, sc, nil
}

// unnest binds UNNEST over the rows of l; its scope is that of both.
func (b *Binder) unnest(u *ast.Unnest, l plan.Node, ls *scope, alias *ast.Aliased) (*plan.Correlate, *scope, error) {
	if len(u.Exprs) != 1 {
		return nil, nil, unsupported(u, "UNNEST of several collections is")
	}
	e, err := (&exprs{b: b, scope: ls, clause: "UNNEST"}).bind(u.Exprs[0])
	if err != nil {
		return nil, nil, err
	}
	c := &plan.Correlate{Input: l, Expr: e, Ordinality: u.Ordinality}
	for i := range l.Schema() {
		c.Keep = append(c.Keep, i)
	}
	switch t := e.Type(); {
	case t.Kind == types.Map:
		c.Fields = []types.Field{{Name: "KEY", Type: *t.Key}, {Name: "VALUE", Type: *t.Elem}}
	case t.Kind != types.Array && t.Kind != types.Multiset:
		return nil, nil, invalid(u, "function-arguments", "Cannot apply 'UNNEST' to arguments of type 'UNNEST(<%s>)'. Supported form(s): 'UNNEST(<MULTISET>)'\n'UNNEST(<ARRAY>)'\n'UNNEST(<MAP>)'", calciteType(t))
	case t.Elem.Kind == types.Row:
		c.Fields = append(c.Fields, t.Elem.Fields...)
	default:
		c.Fields = []types.Field{{Name: "EXPR$0", Type: *t.Elem}}
	}
	if u.Ordinality {
		c.Fields = append(c.Fields, types.Field{Name: "ORDINALITY", Type: types.IntType.WithNull(false)})
	}
	name := ""
	if alias != nil {
		name = alias.Alias.Name
		if err := renameFields(alias, c.Fields, alias.Columns); err != nil {
			return nil, nil, err
		}
	}
	return c, ls.with(c.Fields, name), nil
}

// with is the scope of s and of a relation beside it.
func (s *scope) with(fields []types.Field, rel string) *scope {
	sc := &scope{fields: append(s.fields[:len(s.fields):len(s.fields)], fields...), rel: s.rel[:len(s.rel):len(s.rel)]}
	for range fields {
		sc.rel = append(sc.rel, rel)
	}
	return sc
}
