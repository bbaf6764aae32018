package parser

import (
	"encoding/hex"
	"strings"

	"weir/internal/sql/ast"
)

// primary takes an expression without operators.
func (p *parser) primary() ast.Expr {
	t := p.tok()
	at := t.at()
	switch t.kind {
	case tInt, tDecimal, tApprox:
		p.i++
		return &ast.Number{At: at, Text: t.text(p.sql)}
	case tString, tPrefix, tUnicode, tEscape:
		return p.str()
	case tBytes:
		return p.bytes()
	case tQuoted:
		return p.refOrCall()
	case tIdent:
		if t.word == "" {
			return p.refOrCall()
		}
		return p.keyword(t)
	case tOp:
		if t.word == "(" {
			return p.parenthesized()
		}
	}
	p.unexpected(exprText)
	return nil
}

// keyword takes a primary that begins with a keyword, which may still be a
// name when it is not reserved.
func (p *parser) keyword(t *token) ast.Expr {
	at := t.at()
	after := p.peek(1)
	switch t.word {
	case "TRUE", "FALSE":
		p.i++
		return &ast.Bool{At: at, Value: t.word == "TRUE"}
	case "NULL", "UNKNOWN":
		p.i++
		return &ast.Null{At: at, Unknown: t.word == "UNKNOWN"}
	case "DATE", "TIME", "TIMESTAMP":
		return p.temporal(t)
	case "INTERVAL":
		return p.interval()
	case "CASE":
		return p.caseExpr()
	case "EXISTS":
		p.i++
		p.expect("(")
		q := p.subquery()
		p.expect(")")
		return &ast.Exists{At: at, Query: q}
	case "ROW":
		p.i++
		return &ast.Row{At: at, Elems: paren(p, p.exprs)}
	case "ARRAY", "MULTISET", "MAP":
		if after.word == "[" || after.word == "(" {
			return p.collection(t)
		}
	case "DECIMAL":
		if after.kind == tString {
			return p.decimal()
		}
	}
	if after.word == "(" {
		if e := p.special(t); e != nil {
			return e
		}
		if !t.reserved || ast.IsFunctionWord(t.word) {
			return p.refOrCall()
		}
	}
	if niladic(t.word) {
		p.i++
		return &ast.Call{At: at, Name: ast.Name{{At: at, Name: t.word}}, Niladic: true}
	}
	if t.reserved {
		p.unexpected(exprText)
	}
	return p.refOrCall()
}

// niladic are the functions without parentheses.
func niladic(word string) bool {
	switch word {
	case "CURRENT_CATALOG", "CURRENT_DATE", "CURRENT_DEFAULT_TRANSFORM_GROUP", "CURRENT_PATH", "CURRENT_ROLE",
		"CURRENT_SCHEMA", "CURRENT_TIME", "CURRENT_TIMESTAMP", "CURRENT_USER", "LOCALTIME", "LOCALTIMESTAMP",
		"SESSION_USER", "SYSTEM_USER", "USER":
		return true
	}
	return false
}

// refOrCall takes a name and, if parentheses follow, a call of it.
func (p *parser) refOrCall() ast.Expr {
	t := p.next() // the caller saw that it may begin a name
	at := t.at()
	name := ast.Name{p.identOf(t)}
	for p.is(".") {
		if after := p.peek(1); after.word == "*" {
			p.i += 2
			return &ast.Star{At: at, Qualifier: name}
		}
		p.i++
		name = append(name, p.ident())
	}
	if p.is("(") {
		return p.call(at, name)
	}
	return &ast.Ref{At: at, Parts: name}
}

// parenthesized takes (expr), (a, b) or (query).
func (p *parser) parenthesized() ast.Expr {
	at := p.at()
	p.expect("(")
	if p.queryAhead() {
		q := p.subquery()
		p.expect(")")
		return &ast.Subquery{At: at, Query: q}
	}
	p.enter()
	e := p.expr()
	p.leave()
	if s, ok := e.(*ast.Subquery); ok && p.afterQuery() {
		// ((query) UNION …): the inner parentheses were a query's.
		q := p.queryTail(at, s.Query)
		p.expect(")")
		return &ast.Subquery{At: at, Query: q}
	}
	if !p.is(",") {
		p.expect(")")
		return e
	}
	elems := []ast.Expr{e}
	for p.accept(",") {
		elems = append(elems, p.expr())
	}
	p.expect(")")
	return &ast.Row{At: at, Elems: elems}
}

// subquery takes a query where one may stand in an expression.
func (p *parser) subquery() ast.Query {
	if p.noQuery > 0 {
		p.fail(p.at(), "", "a query cannot stand in this expression")
	}
	return p.query()
}

func (p *parser) bytes() ast.Expr {
	t := p.next()
	text := t.text(p.sql)[2:]
	text = text[:len(text)-1]
	for p.tok().kind == tString {
		more := p.next().text(p.sql)
		text += more[1 : len(more)-1]
	}
	v, err := hex.DecodeString(text)
	if err != nil {
		p.fail(t.at(), "write an even number of hexadecimal digits", "X'%s' is not a binary literal", text)
	}
	return &ast.Bytes{At: t.at(), Value: v}
}

// decimal takes DECIMAL '1.5'.
func (p *parser) decimal() ast.Expr {
	at := p.next().at()
	s := p.plainStr()
	text := strings.TrimSpace(s.Value)
	toks, err := lex(strings.TrimPrefix(text, "-"))
	if err != nil || len(toks) != 2 || toks[0].kind != tInt && toks[0].kind != tDecimal {
		p.fail(s.At, "", "'%s' is not a decimal number", s.Value)
	}
	if n, neg := strings.CutPrefix(text, "-"); neg {
		return &ast.Unary{At: at, Op: ast.Neg, X: &ast.Number{At: s.At, Text: n}}
	}
	return &ast.Number{At: at, Text: text}
}

// collection takes ARRAY[…], ARRAY(query), and the like of MAP and MULTISET.
func (p *parser) collection(t *token) ast.Expr {
	at := p.next().at()
	if p.accept("(") {
		if p.queryAhead() {
			q := p.subquery()
			p.expect(")")
			return &ast.ArrayQuery{At: at, Kind: t.word, Query: q}
		}
		p.unexpected("a query")
	}
	p.expect("[")
	var elems []ast.Expr
	if !p.is("]") {
		elems = p.exprs()
	}
	p.expect("]")
	switch t.word {
	case "ARRAY":
		return &ast.Array{At: at, Elems: elems}
	case "MULTISET":
		return &ast.Multiset{At: at, Elems: elems}
	}
	if len(elems)%2 != 0 {
		p.fail(at, "write MAP[key, value, …]", "MAP requires an even number of arguments")
	}
	m := &ast.Map{At: at}
	for i := 0; i < len(elems); i += 2 {
		m.Keys = append(m.Keys, elems[i])
		m.Values = append(m.Values, elems[i+1])
	}
	return m
}

func (p *parser) caseExpr() ast.Expr {
	e := &ast.Case{At: p.next().at()}
	if !p.is("WHEN") {
		e.Operand = p.expr()
	}
	for {
		at := p.at()
		if !p.accept("WHEN") {
			break
		}
		w := ast.When{At: at, Conds: p.exprs()}
		p.expect("THEN")
		w.Then = p.expr()
		e.Whens = append(e.Whens, w)
	}
	if len(e.Whens) == 0 {
		p.unexpected()
	}
	if p.accept("ELSE") {
		e.Else = p.expr()
	}
	p.expect("END")
	return e
}
