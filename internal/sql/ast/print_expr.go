package ast

import "strings"

// expr prints e, in parentheses when its operator binds less than low.
func (p *printer) expr(e Expr, low int) {
	if prec(e) < low {
		p.put("(")
		p.expr(e, 0)
		p.put(")")
		return
	}
	switch e := e.(type) {
	case *Ref:
		p.name(e.Parts)
	case *Star:
		p.name(e.Qualifier)
		p.when(len(e.Qualifier) > 0, ".")
		p.put("*")
	case *Unary:
		p.unary(e)
	case *Binary:
		p.expr(e.L, e.Op.Prec())
		p.put(" ", e.Op.String(), " ")
		p.expr(e.R, e.Op.Prec()+1)
	case *Is, *IsJSON, *Between, *Like, *In, *Quantified:
		p.test(e)
	case *Exists:
		p.put("EXISTS ")
		p.subquery(e.Query)
	case *Subquery:
		p.subquery(e.Query)
	case *Case:
		p.caseExpr(e)
	case *Cast:
		p.put(map[bool]string{false: "CAST(", true: "TRY_CAST("}[e.Try])
		p.expr(e.X, 0)
		p.put(" AS ")
		p.typ(e.Type)
		p.put(")")
	case *Call:
		p.call(e)
	default:
		p.construct(e)
	}
}

var unaryOps = [...]string{Neg: "-", Plus: "+", Not: "NOT ", Final: "FINAL ", Running: "RUNNING "}

func (p *printer) unary(e *Unary) {
	low := PrecUnary
	if e.Op == Not {
		low = PrecNot
	}
	if u, ok := e.X.(*Unary); ok && u.Op != Not && e.Op != Not {
		low = precAtom // --x would be a comment
	}
	p.put(unaryOps[e.Op])
	p.when(p.lines && (e.Op == Neg || e.Op == Plus), " ")
	p.expr(e.X, low)
}

var isWords = [...]string{IsNull: "NULL", IsTrue: "TRUE", IsFalse: "FALSE", IsUnknown: "UNKNOWN"}

var jsonKinds = [...]string{JSONValueKind: "VALUE", JSONObjectKind: "OBJECT", JSONArrayKind: "ARRAY", JSONScalarKind: "SCALAR"}

// test prints a predicate that is no plain operator.
func (p *printer) test(e Expr) {
	switch e := e.(type) {
	case *Is:
		p.expr(e.X, PrecIs)
		p.put(" IS ")
		p.when(e.Not, "NOT ")
		p.put(isWords[e.What])
	case *IsJSON:
		p.expr(e.X, PrecIs)
		p.put(" IS ")
		p.when(e.Not, "NOT ")
		p.put("JSON ", jsonKinds[e.Kind])
	case *Between:
		p.expr(e.X, PrecLike)
		p.when(e.Not, " NOT")
		p.put(" BETWEEN ")
		p.when(e.Symmetric, "SYMMETRIC ")
		p.when(!e.Symmetric && p.lines, "ASYMMETRIC ")
		p.expr(e.Lo, PrecAnd+1)
		p.put(" AND ")
		p.expr(e.Hi, PrecLike+1)
	case *Like:
		p.expr(e.X, PrecLike)
		p.when(e.Not, " NOT")
		p.put(map[bool]string{false: " LIKE ", true: " SIMILAR TO "}[e.Similar])
		p.expr(e.Pattern, PrecLike+1)
		if e.Escape != nil {
			p.put(" ESCAPE ")
			p.expr(e.Escape, precAtom)
		}
	case *In:
		p.expr(e.X, PrecLike)
		p.when(e.Not, " NOT")
		p.put(" IN ")
		p.inList(e.List, e.Query)
	case *Quantified:
		p.expr(e.X, PrecCompare)
		p.put(" ", e.Op.String(), map[bool]string{false: " ANY ", true: " ALL "}[e.All])
		p.inList(e.List, e.Query)
	}
}

func (p *printer) inList(list []Expr, q Query) {
	if q != nil {
		p.subquery(q)
		return
	}
	p.put("(")
	p.exprs(list)
	p.put(")")
}

func (p *printer) subquery(q Query) {
	p.put("(")
	p.query(q)
	p.put(")")
}

func (p *printer) caseExpr(e *Case) {
	p.put("CASE")
	if e.Operand != nil {
		p.put(" ")
		p.expr(e.Operand, 0)
	}
	for _, w := range e.Whens {
		p.put(" WHEN ")
		p.exprs(w.Conds)
		p.put(" THEN ")
		p.expr(w.Then, 0)
	}
	if e.Else != nil {
		p.put(" ELSE ")
		p.expr(e.Else, 0)
	}
	p.put(" END")
}

// construct prints access, constructors, arguments and the JSON functions.
func (p *printer) construct(e Expr) {
	switch e := e.(type) {
	case *Field:
		low := PrecPostfix
		switch x := e.X.(type) {
		case *Field, *Index:
		case *Call:
			if x.Niladic || x.Over != nil && x.Over.Bare {
				low = precAtom + 1
			}
		default:
			low = precAtom + 1
		}
		p.expr(e.X, low)
		p.put(".")
		p.ident(e.Name)
	case *Index:
		p.expr(e.X, PrecPostfix)
		p.put("[")
		p.expr(e.Index, 0)
		p.put("]")
	case *Row:
		p.bracketed("ROW(", e.Elems, ")")
	case *Array:
		p.bracketed("ARRAY[", e.Elems, "]")
	case *Multiset:
		p.bracketed("MULTISET[", e.Elems, "]")
	case *ArrayQuery:
		p.put(e.Kind)
		p.subquery(e.Query)
	case *Map:
		p.put("MAP[")
		for i := range e.Keys {
			p.when(i > 0, ", ")
			p.exprs([]Expr{e.Keys[i], e.Values[i]})
		}
		p.put("]")
	case *Symbol:
		p.put(e.Word)
	case *Descriptor:
		p.put("DESCRIPTOR")
		parens(p, e.Columns, p.ident)
	case *NamedArg:
		p.ident(e.Name)
		p.put(" => ")
		p.expr(e.Value, 0)
	case *Default:
		p.put("DEFAULT")
	case *TableArg:
		p.tableArg(e)
	case *ModelArg:
		p.put("MODEL ")
		p.name(e.Name)
	default:
		if !p.literal(e) {
			p.json(e)
		}
	}
}

func (p *printer) bracketed(open string, es []Expr, end string) {
	p.put(open)
	p.exprs(es)
	p.put(end)
}

func (p *printer) tableArg(a *TableArg) {
	if t, ok := a.Table.(*Table); ok {
		p.put("TABLE ")
		p.name(t.Name)
	} else {
		p.tableRef(a.Table)
	}
	if len(a.PartitionBy) > 0 {
		p.put(" PARTITION BY (")
		p.exprs(a.PartitionBy)
		p.put(")")
	}
	if len(a.OrderBy) > 0 {
		p.put(" ORDER BY ")
		parens(p, a.OrderBy, p.orderItem)
	}
}

var temporalWords = [...]string{DateLit: "DATE ", TimeLit: "TIME ", TimestampLit: "TIMESTAMP ",
	TimestampLTZLit: "TIMESTAMP WITH LOCAL TIME ZONE "}

const hexDigits = "0123456789ABCDEF"

func (p *printer) literal(e Expr) bool {
	switch e := e.(type) {
	case *Number:
		p.put(e.Text)
	case *String:
		p.str(e.Value)
	case *Bytes:
		p.put("X'")
		for _, b := range e.Value {
			p.put(hexDigits[b>>4:b>>4+1], hexDigits[b&15:b&15+1])
		}
		p.put("'")
	case *Bool:
		p.put(strings.ToUpper(map[bool]string{true: "true", false: "false"}[e.Value]))
	case *Null:
		p.put(map[bool]string{false: "NULL", true: "UNKNOWN"}[e.Unknown])
	case *Temporal:
		p.put(temporalWords[e.Kind])
		p.str(e.Text)
	case *Interval:
		p.put("INTERVAL ")
		p.when(e.Neg, "-")
		switch x := e.X.(type) {
		case nil:
			p.str(e.Text)
		case *Number:
			p.put(x.Text)
		default:
			p.put("(")
			p.expr(x, 0)
			p.put(")")
		}
		p.put(" ")
		p.unit(e.Unit)
	default:
		return false
	}
	return true
}
