package parser

import "weir/internal/sql/ast"

// expr takes an expression.
func (p *parser) expr() ast.Expr { return p.exprPrec(0) }

// exprs takes expressions between commas.
func (p *parser) exprs() []ast.Expr { return list(p, p.expr) }

// exprNoQuery takes an expression that may hold no query.
func (p *parser) exprNoQuery() ast.Expr {
	p.noQuery++
	e := p.expr()
	p.noQuery--
	return e
}

// exprPrec takes an expression of operators that bind at least as tightly as low.
func (p *parser) exprPrec(low int) ast.Expr {
	p.enter()
	at := p.at()
	e := p.prefix()
	for {
		next := p.infix(at, e, low)
		if next == nil {
			p.leave()
			return e
		}
		e = next
	}
}

func (p *parser) prefix() ast.Expr {
	at := p.at()
	switch p.tok().word {
	case "+":
		p.i++
		return &ast.Unary{At: at, Op: ast.Plus, X: p.exprPrec(ast.PrecUnary)}
	case "-":
		p.i++
		return &ast.Unary{At: at, Op: ast.Neg, X: p.exprPrec(ast.PrecUnary)}
	case "NOT":
		p.i++
		return &ast.Unary{At: at, Op: ast.Not, X: p.exprPrec(ast.PrecNot)}
	case "FINAL", "RUNNING":
		if t := p.peek(1); t.kind == tOp || t.kind == tEOF || t.reserved && p.peek(2).word != "(" {
			break
		}
		op := ast.Final
		if p.next().word == "RUNNING" {
			op = ast.Running
		}
		return &ast.Unary{At: at, Op: op, X: p.exprPrec(ast.PrecUnary)}
	}
	return p.primary()
}

// binaryOf is the operator that takes two operands and nothing else.
func binaryOf(word string) (ast.BinaryOp, bool) {
	switch word {
	case "OR":
		return ast.Or, true
	case "AND":
		return ast.And, true
	case "=":
		return ast.Eq, true
	case "<>":
		return ast.Ne, true
	case "<":
		return ast.Lt, true
	case "<=":
		return ast.Le, true
	case ">":
		return ast.Gt, true
	case ">=":
		return ast.Ge, true
	case "OVERLAPS":
		return ast.Overlaps, true
	case "+":
		return ast.Add, true
	case "-":
		return ast.Sub, true
	case "*":
		return ast.Mul, true
	case "/":
		return ast.Div, true
	case "%":
		return ast.Mod, true
	case "||":
		return ast.Concat, true
	}
	return 0, false
}

// infix takes an operator after left and what follows it; nil when there is
// none that binds at least as tightly as low.
func (p *parser) infix(at ast.At, left ast.Expr, low int) ast.Expr {
	t := p.tok()
	if t.word == "" {
		return nil
	}
	if op, ok := binaryOf(t.word); ok {
		if op.Prec() < low {
			return nil
		}
		return p.binary(at, left, op)
	}
	switch t.word {
	case "[":
		p.i++
		x := p.expr()
		p.expect("]")
		return &ast.Index{At: at, X: left, Index: x}
	case ".":
		p.i++
		return &ast.Field{At: at, X: left, Name: p.ident()}
	case "!=":
		p.fail(p.at(), "write <> instead of !=", "Bang equal '!=' is not allowed under the current SQL conformance level")
	case "IS":
		if low <= ast.PrecIs || low <= ast.PrecCompare && p.distinctAhead() {
			return p.isTest(at, left)
		}
	case "NOT", "IN", "BETWEEN", "LIKE", "SIMILAR":
		if low <= ast.PrecLike {
			return p.test(at, left)
		}
	}
	return nil
}

func (p *parser) binary(at ast.At, left ast.Expr, op ast.BinaryOp) ast.Expr {
	opAt := p.at()
	p.i++
	if op.Prec() == ast.PrecCompare && op != ast.Overlaps {
		if q := p.anyOf("SOME", "ANY", "ALL"); q != "" {
			e := &ast.Quantified{At: at, X: left, Op: op, All: q == "ALL"}
			e.List, e.Query = p.inList()
			return e
		}
	}
	return &ast.Binary{At: at, Op: op, L: left, R: p.exprPrec(op.Prec() + 1), OpAt: opAt}
}

// distinctAhead reports whether IS [NOT] DISTINCT FROM comes.
func (p *parser) distinctAhead() bool {
	return p.peek(1).word == "DISTINCT" || p.peek(1).word == "NOT" && p.peek(2).word == "DISTINCT"
}

// isTest takes IS and what it tests for.
func (p *parser) isTest(at ast.At, left ast.Expr) ast.Expr {
	opAt := p.at()
	p.expect("IS")
	not := p.accept("NOT")
	if p.accept("DISTINCT") {
		p.expect("FROM")
		op := ast.DistinctFrom
		if not {
			op = ast.NotDistinctFrom
		}
		return &ast.Binary{At: at, Op: op, L: left, R: p.exprPrec(ast.PrecCompare + 1), OpAt: opAt}
	}
	if p.accept("JSON") {
		kinds := [...]string{"VALUE", "OBJECT", "ARRAY", "SCALAR"}
		e := &ast.IsJSON{At: at, X: left, Not: not}
		for k, w := range kinds {
			if p.accept(w) {
				e.Kind = ast.JSONKind(k)
			}
		}
		return e
	}
	e := &ast.Is{At: at, X: left, Not: not}
	switch p.oneOf("NULL", "TRUE", "FALSE", "UNKNOWN") {
	case "TRUE":
		e.What = ast.IsTrue
	case "FALSE":
		e.What = ast.IsFalse
	case "UNKNOWN":
		e.What = ast.IsUnknown
	}
	return e
}

// test takes [NOT] IN, BETWEEN, LIKE or SIMILAR TO.
func (p *parser) test(at ast.At, left ast.Expr) ast.Expr {
	not := p.accept("NOT")
	switch p.oneOf("IN", "BETWEEN", "LIKE", "SIMILAR") {
	case "IN":
		e := &ast.In{At: at, X: left, Not: not}
		e.List, e.Query = p.inList()
		return e
	case "BETWEEN":
		e := &ast.Between{At: at, X: left, Not: not}
		e.Symmetric = p.anyOf("SYMMETRIC", "ASYMMETRIC") == "SYMMETRIC"
		e.Lo = p.exprPrec(ast.PrecAnd + 1)
		p.expect("AND")
		e.Hi = p.exprPrec(ast.PrecLike + 1)
		return e
	case "SIMILAR":
		p.expect("TO")
		return p.like(&ast.Like{At: at, X: left, Not: not, Similar: true})
	}
	return p.like(&ast.Like{At: at, X: left, Not: not})
}

func (p *parser) like(e *ast.Like) ast.Expr {
	e.Pattern = p.exprPrec(ast.PrecLike + 1)
	if p.accept("ESCAPE") {
		e.Escape = p.primary()
	}
	return e
}

// inList takes (query) or (a, b, …).
func (p *parser) inList() ([]ast.Expr, ast.Query) {
	p.expect("(")
	if p.queryAhead() {
		q := p.subquery()
		p.expect(")")
		return nil, q
	}
	l := p.exprs()
	p.expect(")")
	if s, ok := single(l).(*ast.Subquery); ok {
		return nil, s.Query
	}
	return l, nil
}

// single is l's element if it has one.
func single(l []ast.Expr) ast.Expr {
	if len(l) == 1 {
		return l[0]
	}
	return nil
}
