package ast

// Walk calls visit for n and every Statement, Query, TableRef and Expr below
// it, parents first, in the order of the text. Where visit returns false it goes
// no deeper.
func Walk(n Node, visit func(Node) bool) {
	if isNil(n) || !visit(n) {
		return
	}
	w := walker{visit}
	switch n := n.(type) {
	case Query:
		w.query(n)
	case Expr:
		w.expr(n)
	case TableRef:
		w.tableRef(n)
	default:
		w.statement(n)
	}
}

// isNil reports whether n is nil or holds a nil pointer of a kind that a field
// may leave unset.
func isNil(n Node) bool {
	switch n := n.(type) {
	case nil:
		return true
	case *Interval:
		return n == nil
	case *Call:
		return n == nil
	case *String:
		return n == nil
	}
	return false
}

type walker struct{ visit func(Node) bool }

func (w walker) walk(ns ...Node) {
	for _, n := range ns {
		Walk(n, w.visit)
	}
}

func (w walker) exprs(es ...Expr) {
	for _, e := range es {
		Walk(e, w.visit)
	}
}

func (w walker) order(items []OrderItem) {
	for _, it := range items {
		w.exprs(it.Expr)
	}
}

func (w walker) window(s *WindowSpec) {
	if s == nil {
		return
	}
	w.exprs(s.PartitionBy...)
	w.order(s.OrderBy)
	if s.Frame != nil {
		w.exprs(s.Frame.Start.Offset, s.Frame.End.Offset)
	}
}

func (w walker) behavior(bs ...*JSONBehavior) {
	for _, b := range bs {
		if b != nil {
			w.exprs(b.Default)
		}
	}
}

func (w walker) expr(e Expr) {
	switch e := e.(type) {
	case *Unary:
		w.exprs(e.X)
	case *Binary:
		w.exprs(e.L, e.R)
	case *Is:
		w.exprs(e.X)
	case *IsJSON:
		w.exprs(e.X)
	case *Between:
		w.exprs(e.X, e.Lo, e.Hi)
	case *Like:
		w.exprs(e.X, e.Pattern, e.Escape)
	case *In:
		w.exprs(e.X)
		w.exprs(e.List...)
		w.walk(e.Query)
	case *Quantified:
		w.exprs(e.X)
		w.exprs(e.List...)
		w.walk(e.Query)
	case *Exists:
		w.walk(e.Query)
	case *Subquery:
		w.walk(e.Query)
	case *Case:
		w.exprs(e.Operand)
		for _, when := range e.Whens {
			w.exprs(when.Conds...)
			w.exprs(when.Then)
		}
		w.exprs(e.Else)
	case *Cast:
		w.exprs(e.X)
	case *Field:
		w.exprs(e.X)
	case *Index:
		w.exprs(e.X, e.Index)
	case *Interval:
		w.exprs(e.X)
	case *Call:
		w.exprs(e.Args...)
		w.order(e.OrderBy)
		w.exprs(e.Filter)
		w.window(e.Over)
	default:
		w.construct(e)
	}
}

// construct visits what is below an expression that makes a collection, holds
// an argument or is a JSON function.
func (w walker) construct(e Expr) {
	switch e := e.(type) {
	case *Row:
		w.exprs(e.Elems...)
	case *Array:
		w.exprs(e.Elems...)
	case *Multiset:
		w.exprs(e.Elems...)
	case *ArrayQuery:
		w.walk(e.Query)
	case *Map:
		for i := range e.Keys {
			w.exprs(e.Keys[i], e.Values[i])
		}
	case *NamedArg:
		w.exprs(e.Value)
	case *TableArg:
		w.walk(e.Table)
		w.exprs(e.PartitionBy...)
		w.order(e.OrderBy)
	case *JSONExists:
		w.exprs(e.X, e.Path)
	case *JSONValue:
		w.exprs(e.X, e.Path)
		w.behavior(e.OnEmpty, e.OnError)
	case *JSONQuery:
		w.exprs(e.X, e.Path)
		w.behavior(e.OnEmpty, e.OnError)
	case *JSONObject:
		for i := range e.Keys {
			w.exprs(e.Keys[i], e.Values[i])
		}
		w.exprs(e.Filter)
	case *JSONArray:
		w.exprs(e.Elems...)
		w.order(e.OrderBy)
		w.exprs(e.Filter)
	}
}

func (w walker) query(q Query) {
	switch q := q.(type) {
	case *Select:
		for _, it := range q.Items {
			w.exprs(it.Expr)
		}
		w.walk(q.From)
		w.exprs(q.Where)
		if q.GroupBy != nil {
			w.groups(q.GroupBy.Items)
		}
		w.exprs(q.Having)
		for _, d := range q.Windows {
			w.window(d.Spec)
		}
		w.exprs(q.Qualify)
	case *Ordered:
		w.walk(q.Body)
		w.order(q.OrderBy)
		w.exprs(q.Offset, q.Limit)
	case *With:
		for _, c := range q.CTEs {
			w.walk(c.Query)
		}
		w.walk(q.Body)
	case *SetOp:
		w.walk(q.Left, q.Right)
	case *Values:
		for _, r := range q.Rows {
			w.exprs(r.Elems...)
		}
	}
}

func (w walker) groups(items []GroupItem) {
	for _, g := range items {
		w.exprs(g.Exprs...)
		w.groups(g.Items)
	}
}

func (w walker) tableRef(t TableRef) {
	switch t := t.(type) {
	case *Table:
		w.exprs(t.AsOf)
	case *Aliased:
		w.walk(t.Table)
	case *Derived:
		w.walk(t.Query)
	case *TableFunc:
		w.exprs(t.Call)
	case *Unnest:
		w.exprs(t.Exprs...)
	case *Join:
		w.walk(t.Left, t.Right)
		w.exprs(t.On)
	case *Sample:
		w.walk(t.Table)
	case *Match:
		w.walk(t.Table)
		w.exprs(t.PartitionBy...)
		w.order(t.OrderBy)
		for _, m := range t.Measures {
			w.exprs(m.Expr)
		}
		w.exprs(t.Within)
		for _, d := range t.Define {
			w.exprs(d.Cond)
		}
	}
}
