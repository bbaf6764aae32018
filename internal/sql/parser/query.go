package parser

import "weir/internal/sql/ast"

// queryAhead reports whether the next token begins a query (other than by a
// parenthesis).
func (p *parser) queryAhead() bool {
	switch p.tok().word {
	case "SELECT", "WITH", "VALUES":
		return true
	case "TABLE":
		return p.peek(1).isName()
	}
	return false
}

// afterQuery reports whether the next token can only continue a query.
func (p *parser) afterQuery() bool {
	switch p.tok().word {
	case "UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT", "OFFSET", "FETCH":
		return true
	}
	return false
}

// query takes [WITH …] body [ORDER BY …] [LIMIT …].
func (p *parser) query() ast.Query {
	p.enter()
	defer p.leave()
	at := p.at()
	if !p.accept("WITH") {
		return p.queryTail(at, p.queryLeaf())
	}
	w := &ast.With{At: at, Recursive: p.accept("RECURSIVE")}
	w.CTEs = list(p, p.cte)
	at = p.at()
	w.Body = p.queryTail(at, p.queryLeaf())
	return w
}

func (p *parser) cte() ast.CTE {
	c := ast.CTE{At: p.at(), Name: p.ident()}
	if p.is("(") {
		c.Columns = p.parenIdents()
	}
	p.expect("AS")
	c.Query = paren(p, p.query)
	return c
}

// queryLeaf takes SELECT …, VALUES …, TABLE t or (query).
func (p *parser) queryLeaf() ast.Query {
	at := p.at()
	switch {
	case p.is("SELECT"):
		return p.selectQuery()
	case p.is("VALUES"):
		p.i++
		return &ast.Values{At: at, Rows: list(p, p.valuesRow)}
	case p.is("TABLE") && p.peek(1).isName():
		p.i++
		return &ast.TableQuery{At: at, Name: p.name()}
	case p.is("("):
		return paren(p, p.query)
	}
	p.unexpected("WITH")
	return nil
}

// queryTail takes the set operators, ORDER BY and LIMIT after left.
func (p *parser) queryTail(at ast.At, left ast.Query) ast.Query {
	q := p.setOps(at, left, 0)
	o := &ast.Ordered{At: at, Body: q, OrderBy: p.orderBy()}
	switch {
	case p.accept("LIMIT"):
		if !p.accept("ALL") {
			o.Limit = p.count()
		}
		if p.accept("OFFSET") {
			o.Offset = p.count()
			p.anyOf("ROWS", "ROW")
		}
	case p.accept("OFFSET"):
		o.Offset = p.count()
		p.anyOf("ROWS", "ROW")
		if p.is("FETCH") {
			o.Limit = p.fetch()
		}
	case p.is("FETCH"):
		o.Limit = p.fetch()
	}
	if o.OrderBy == nil && o.Limit == nil && o.Offset == nil {
		return q
	}
	return o
}

// fetch takes FETCH FIRST|NEXT n ROWS ONLY.
func (p *parser) fetch() ast.Expr {
	p.expect("FETCH")
	p.oneOf("FIRST", "NEXT")
	n := p.count()
	p.oneOf("ROWS", "ROW")
	p.expect("ONLY")
	return n
}

// count takes the number of rows of LIMIT and its like.
func (p *parser) count() ast.Expr {
	t := p.tok()
	if t.kind != tInt && t.kind != tDecimal && t.kind != tApprox {
		p.unexpected("a number")
	}
	p.i++
	return &ast.Number{At: t.at(), Text: t.text(p.sql)}
}

// setOps takes set operators that bind at least as tightly as low: INTERSECT
// binds tighter than the others.
func (p *parser) setOps(at ast.At, left ast.Query, low int) ast.Query {
	for {
		op := &ast.SetOp{At: at, Left: left}
		prec := 0
		switch {
		case p.is("UNION"):
			op.Kind = ast.Union
		case p.is("EXCEPT"):
			op.Kind = ast.Except
		case p.is("INTERSECT"):
			op.Kind, prec = ast.Intersect, 1
		default:
			return left
		}
		if prec < low {
			return left
		}
		p.i++
		op.All = p.anyOf("ALL", "DISTINCT") == "ALL"
		rightAt := p.at()
		op.Right = p.setOps(rightAt, p.queryLeaf(), prec+1)
		left = op
	}
}

// valuesRow takes (a, b), ROW(a, b) or one expression.
func (p *parser) valuesRow() ast.Row {
	r := ast.Row{At: p.at()}
	switch {
	case p.is("(") && p.peek(1).word == "ROW":
		p.i++
		p.expect("ROW")
		r.Elems = paren(p, p.valuesCells)
		p.expect(")")
	case p.is("ROW") || p.is("("):
		p.accept("ROW")
		r.Elems = paren(p, p.valuesCells)
	default:
		r.Elems = []ast.Expr{p.expr()}
	}
	return r
}

func (p *parser) valuesCells() []ast.Expr {
	if p.queryAhead() {
		at := p.at()
		return []ast.Expr{&ast.Subquery{At: at, Query: p.subquery()}}
	}
	return list(p, func() ast.Expr {
		if at := p.at(); p.accept("DEFAULT") {
			return &ast.Default{At: at}
		}
		return p.expr()
	})
}

// What may follow an element of the SELECT list and a table, for suggestions.
var (
	afterItem = []string{",", "AS", "FROM"}
	afterFrom = []string{",", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "JOIN", "LEFT", "RIGHT", "INNER", "FULL",
		"CROSS", "NATURAL", "ON", "USING", "UNION", "EXCEPT", "INTERSECT", "WINDOW", "QUALIFY", "MATCH_RECOGNIZE",
		"OFFSET", "FETCH"}
)

func (p *parser) selectQuery() ast.Query {
	s := &ast.Select{At: p.at()}
	p.expect("SELECT")
	s.Hints = p.hints()
	s.Distinct = p.anyOf("DISTINCT", "ALL") == "DISTINCT"
	s.Items = list(p, p.selectItem)
	if !p.accept("FROM") {
		return s
	}
	s.From = p.from()
	if p.accept("WHERE") {
		s.Where = p.expr()
	}
	s.GroupBy = p.groupBy()
	if p.accept("HAVING") {
		s.Having = p.expr()
	}
	if p.accept("WINDOW") {
		s.Windows = list(p, p.windowDef)
	}
	if p.accept("QUALIFY") {
		s.Qualify = p.expr()
	}
	return s
}

func (p *parser) selectItem() ast.SelectItem {
	it := ast.SelectItem{At: p.at()}
	if p.accept("*") {
		it.Expr = &ast.Star{At: it.At}
		return it
	}
	it.Expr = p.expr()
	it.Alias = p.alias(afterItem)
	return it
}

// alias takes [AS] name, or nothing; others is what else may stand there.
func (p *parser) alias(others []string) ast.Ident {
	switch {
	case p.accept("AS"):
		return p.ident()
	case p.tok().isName():
		if p.tok().kind == tIdent && p.rec {
			p.aliasAt, p.aliasOf = p.i, others
		}
		return p.ident()
	}
	return ast.Ident{}
}

func (p *parser) windowDef() ast.WindowDef {
	d := ast.WindowDef{At: p.at(), Name: p.ident()}
	p.expect("AS")
	d.Spec = p.windowSpec()
	return d
}

// orderBy takes ORDER BY …; nil without it.
func (p *parser) orderBy() []ast.OrderItem {
	if !p.is("ORDER") {
		return nil
	}
	p.expect("ORDER", "BY")
	return list(p, p.orderItem)
}

func (p *parser) orderItem() ast.OrderItem {
	o := ast.OrderItem{At: p.at(), Expr: p.expr()}
	o.Desc = p.anyOf("ASC", "DESC") == "DESC"
	switch {
	case p.accept2("NULLS", "FIRST"):
		o.Nulls = ast.NullsFirst
	case p.accept2("NULLS", "LAST"):
		o.Nulls = ast.NullsLast
	}
	return o
}
