package parser

import "weir/internal/sql/ast"

// call takes the arguments of name and what follows them.
func (p *parser) call(at ast.At, name ast.Name) ast.Expr {
	c := &ast.Call{At: at, Name: name}
	p.expect("(")
	switch {
	case p.is("*") && p.peek(1).word == ")":
		c.Args = []ast.Expr{&ast.Star{At: p.next().at()}}
	case !p.is(")"):
		c.Distinct = p.anyOf("DISTINCT", "ALL") == "DISTINCT"
		c.Args = append(c.Args, p.arg(false))
		for p.accept(",") {
			c.Args = append(c.Args, p.arg(false))
		}
		if len(name) == 1 && aggregatesInOrder(p.toks[p.i]) {
			c.Nulls = p.nullTreatment()
			c.OrderBy = p.orderBy()
		}
	}
	p.expect(")")
	return p.callTail(c)
}

// aggregatesInOrder reports whether t begins what ARRAY_AGG and its like take
// inside their parentheses: IGNORE NULLS, RESPECT NULLS, ORDER BY.
func aggregatesInOrder(t token) bool {
	return t.word == "IGNORE" || t.word == "RESPECT" || t.word == "ORDER"
}

// callTail takes null treatment, WITHIN GROUP, FILTER and OVER.
func (p *parser) callTail(c *ast.Call) ast.Expr {
	if t := p.tok(); t.kind != tIdent {
		return c
	}
	if c.Nulls == ast.NullsDefault && p.peek(1).word == "NULLS" {
		c.Nulls = p.nullTreatment()
	}
	if p.is("WITHIN") && p.peek(1).word == "GROUP" {
		p.i += 2
		p.expect("(")
		if c.OrderBy = p.orderBy(); c.OrderBy == nil {
			p.unexpected()
		}
		c.WithinGroup = true
		p.expect(")")
	}
	c.Filter = p.filter()
	if p.accept("OVER") {
		c.Over = p.over()
	}
	return c
}

func (p *parser) nullTreatment() ast.NullTreatment {
	switch p.anyOf("IGNORE", "RESPECT") {
	case "IGNORE":
		p.expect("NULLS")
		return ast.IgnoreNulls
	case "RESPECT":
		p.expect("NULLS")
		return ast.RespectNulls
	}
	return ast.NullsDefault
}

// filter takes FILTER (WHERE cond); nil without it.
func (p *parser) filter() ast.Expr {
	if !p.is("FILTER") {
		return nil
	}
	p.expect("FILTER", "(", "WHERE")
	e := p.expr()
	p.expect(")")
	return e
}

// arg takes an argument of a call; tables is whether a query there is a table
// argument, as in FROM, and not a scalar subquery.
func (p *parser) arg(tables bool) ast.Expr {
	at := p.at()
	if p.tok().isName() && p.peek(1).word == "=>" {
		name := p.ident()
		p.expect("=>")
		return &ast.NamedArg{At: at, Name: name, Value: p.argValue(tables)}
	}
	return p.argValue(tables)
}

func (p *parser) argValue(tables bool) ast.Expr {
	at := p.at()
	switch p.tok().word {
	case "DEFAULT":
		p.i++
		return &ast.Default{At: at}
	case "TABLE":
		p.i++
		nameAt := p.at()
		return p.tableArg(&ast.TableArg{At: at, Table: &ast.Table{At: nameAt, Name: p.name()}})
	case "MODEL":
		if p.peek(1).isName() {
			p.i++
			return &ast.ModelArg{At: at, Name: p.name()}
		}
	case "SELECT", "WITH", "VALUES":
		if p.toks[p.i-1].word == "(" && !tables {
			return &ast.Subquery{At: at, Query: p.subquery()}
		}
		p.fail(at, "put the query in parentheses", "Incorrect syntax near the keyword '%s'", p.tok().word)
	}
	e := p.expr()
	q, ok := e.(*ast.Subquery)
	if ok && (tables || p.is("PARTITION") || p.is("ORDER")) {
		return p.tableArg(&ast.TableArg{At: at, Table: &ast.Derived{At: q.At, Query: q.Query}})
	}
	return e
}

// tableArg takes PARTITION BY and ORDER BY of a table argument.
func (p *parser) tableArg(a *ast.TableArg) ast.Expr {
	if p.accept("PARTITION") {
		p.expect("BY")
		for _, id := range p.identOrList() {
			a.PartitionBy = append(a.PartitionBy, &ast.Ref{At: id.At, Parts: ast.Name{id}})
		}
	}
	if p.accept("ORDER") {
		p.expect("BY")
		if p.accept("(") {
			a.OrderBy = list(p, p.orderItem)
			p.expect(")")
		} else {
			a.OrderBy = []ast.OrderItem{p.orderItem()}
		}
	}
	return a
}

func (p *parser) identOrList() []ast.Ident {
	if p.is("(") {
		return p.parenIdents()
	}
	return []ast.Ident{p.ident()}
}

// over takes what follows OVER.
func (p *parser) over() *ast.WindowSpec {
	if p.is("(") {
		return p.windowSpec()
	}
	at := p.at()
	return &ast.WindowSpec{At: at, Name: p.ident(), Bare: true}
}

// windowSpec takes ([name] [PARTITION BY …] [ORDER BY …] [frame]).
func (p *parser) windowSpec() *ast.WindowSpec {
	w := &ast.WindowSpec{At: p.at()}
	p.expect("(")
	if p.tok().isName() {
		w.Name = p.ident()
	}
	if p.accept("PARTITION") {
		p.expect("BY")
		w.PartitionBy = p.exprs()
	}
	w.OrderBy = p.orderBy()
	w.Frame = p.frame()
	p.expect(")")
	return w
}

func (p *parser) frame() *ast.Frame {
	f := &ast.Frame{At: p.at()}
	switch p.anyOf("ROWS", "RANGE") {
	case "":
		return nil
	case "ROWS":
		f.Rows = true
	}
	if f.Between = p.accept("BETWEEN"); !f.Between {
		f.Start = p.bound(ast.PrecAnd + 1)
		f.End = ast.Bound{Kind: ast.CurrentRow}
		return f
	}
	f.Start = p.bound(ast.PrecAnd + 1)
	p.expect("AND")
	f.End = p.bound(0)
	return f
}

// bound takes an end of a frame; low keeps the AND between the two out of it.
func (p *parser) bound(low int) ast.Bound {
	b := ast.Bound{At: p.at()}
	switch {
	case p.is("CURRENT"):
		p.expect("CURRENT", "ROW")
		b.Kind = ast.CurrentRow
		return b
	case p.is("UNBOUNDED") && (p.peek(1).word == "PRECEDING" || p.peek(1).word == "FOLLOWING"):
		p.i++
		b.Kind = ast.UnboundedPreceding
		if p.next().word == "FOLLOWING" {
			b.Kind = ast.UnboundedFollowing
		}
		return b
	}
	b.Offset = p.exprPrec(low)
	b.Kind = ast.Preceding
	if p.oneOf("PRECEDING", "FOLLOWING") == "FOLLOWING" {
		b.Kind = ast.Following
	}
	return b
}
