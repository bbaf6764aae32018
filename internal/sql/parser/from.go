package parser

import "weir/internal/sql/ast"

// from takes what follows FROM: table references between commas and joins.
func (p *parser) from() ast.TableRef {
	at := p.at()
	left := p.joins(at, p.tableRef())
	for p.accept(",") {
		j := &ast.Join{At: at, Kind: ast.Comma, Left: left, Right: p.tableRef()}
		left = p.joins(at, j)
	}
	return left
}

// joins takes the joins after left.
func (p *parser) joins(at ast.At, left ast.TableRef) ast.TableRef {
	for {
		j := &ast.Join{At: at, Left: left}
		if !p.joinKind(j) {
			return left
		}
		j.Right = p.tableRef()
		switch {
		case p.accept("ON"):
			j.On = p.expr()
		case p.accept("USING"):
			j.Using = p.parenIdents()
		}
		left = j
	}
}

// joinKind takes [NATURAL] [INNER | LEFT [OUTER] | …] JOIN.
func (p *parser) joinKind(j *ast.Join) bool {
	j.Natural = p.accept("NATURAL")
	switch w := p.anyOf("JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS"); w {
	case "JOIN":
		return true
	case "":
		if j.Natural {
			p.unexpected()
		}
		return false
	case "LEFT":
		j.Kind = ast.Left
		p.accept("OUTER")
	case "RIGHT":
		j.Kind = ast.Right
		p.accept("OUTER")
	case "FULL":
		j.Kind = ast.Full
		p.accept("OUTER")
	case "CROSS":
		j.Kind = ast.Cross
	}
	p.expect("JOIN")
	return true
}

// tableRef takes one table reference with its alias.
func (p *parser) tableRef() ast.TableRef {
	at := p.at()
	return p.tableTail(at, p.tablePrimary())
}

func (p *parser) tablePrimary() ast.TableRef {
	at := p.at()
	lateral := p.accept("LATERAL")
	switch t := p.tok(); {
	case p.is("("):
		q, ref := p.parenTable()
		switch {
		case q != nil:
			return p.match(at, &ast.Derived{At: at, Lateral: lateral, Query: q})
		case lateral:
			p.fail(at, "write LATERAL (SELECT …) or LATERAL TABLE(f(…))", "LATERAL cannot apply to a join")
		}
		return p.match(at, ref)
	case p.is("UNNEST"):
		p.i++
		u := &ast.Unnest{At: at, Lateral: lateral}
		u.Exprs = p.unnestArgs()
		if p.is("WITH") && p.peek(1).word == "ORDINALITY" {
			p.i += 2
			u.Ordinality = true
		}
		return u
	case p.is("TABLE"):
		p.i++
		f := &ast.TableFunc{At: at, Lateral: lateral, Wrapped: true}
		p.expect("(")
		f.Call = p.tableCall()
		p.expect(")")
		return f
	case t.isName() && !lateral:
		return p.namedTable()
	}
	p.want("a table")
	p.unexpected(identText)
	return nil
}

// unnestArgs takes (a, b) or (query).
func (p *parser) unnestArgs() []ast.Expr {
	at := p.at()
	l, q := p.inList()
	if q != nil {
		return []ast.Expr{&ast.Subquery{At: at, Query: q}}
	}
	return l
}

// tableCall takes f(args) where f is a table function.
func (p *parser) tableCall() *ast.Call {
	c := &ast.Call{At: p.at(), Name: p.name()}
	p.tableArgs(c)
	return c
}

func (p *parser) tableArgs(c *ast.Call) {
	p.expect("(")
	if !p.is(")") {
		c.Args = list(p, func() ast.Expr { return p.arg(true) })
	}
	p.expect(")")
}

// namedTable takes a table by name, or a table function's call.
func (p *parser) namedTable() ast.TableRef {
	t := &ast.Table{At: p.at(), Name: p.name()}
	if p.is("(") {
		c := &ast.Call{At: t.At, Name: t.Name}
		p.tableArgs(c)
		return &ast.TableFunc{At: t.At, Call: c}
	}
	t.Hints = p.hints()
	if p.is("FOR") && p.peek(1).word == "SYSTEM_TIME" {
		p.i++
		p.expect("SYSTEM_TIME", "AS", "OF")
		t.AsOf = p.exprNoQuery()
	}
	return p.match(t.At, t)
}

// tableTail takes [AS] alias [(columns)] and TABLESAMPLE.
func (p *parser) tableTail(at ast.At, ref ast.TableRef) ast.TableRef {
	if name := p.alias(afterFrom); name.Name != "" {
		if _, ok := ref.(*ast.Join); ok {
			p.fail(name.At, "give each table its own alias", "a join in parentheses cannot have an alias")
		}
		a := &ast.Aliased{At: at, Table: ref, Alias: name}
		if p.is("(") {
			a.Columns = p.parenIdents()
		}
		ref = a
	}
	if !p.accept("TABLESAMPLE") {
		return ref
	}
	s := &ast.Sample{At: at, Table: ref, Method: p.oneOf("BERNOULLI", "SYSTEM")}
	s.Percent = paren(p, func() string { return p.count().(*ast.Number).Text })
	if p.accept("REPEATABLE") {
		s.Repeatable = paren(p, p.signed)
	}
	return s
}

func (p *parser) signed() string {
	sign := p.anyOf("-", "+")
	if sign == "+" {
		sign = ""
	}
	return sign + p.number()
}

// parenTable takes what stands in parentheses in FROM, which is a query or a
// join; one of the results is nil.
func (p *parser) parenTable() (ast.Query, ast.TableRef) {
	p.enter()
	defer p.leave()
	p.expect("(")
	at := p.at()
	if p.queryAhead() && !(p.is("TABLE") && p.peek(1).word == "(") {
		q := p.query()
		p.expect(")")
		return q, nil
	}
	var ref ast.TableRef
	if p.is("(") {
		q, inner := p.parenTable()
		if q != nil {
			if p.afterQuery() {
				q = p.queryTail(at, q)
			}
			if p.accept(")") {
				return q, nil
			}
			inner = &ast.Derived{At: at, Query: q}
		}
		ref = p.tableTail(at, p.match(at, inner))
	} else {
		ref = p.tableRef()
	}
	ref = p.joins(at, ref)
	p.expect(")")
	if _, ok := ref.(*ast.Join); !ok {
		p.fail(at, "leave the parentheses out", "Expected query or join")
	}
	return nil, ref
}
