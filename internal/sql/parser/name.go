package parser

import (
	"strings"

	"weir/internal/sql/ast"
)

// ident takes an identifier.
func (p *parser) ident() ast.Ident {
	t := p.tok()
	if !t.isName() {
		p.unexpected(identText)
	}
	p.i++
	return p.identOf(t)
}

func (p *parser) identOf(t *token) ast.Ident {
	if t.kind == tQuoted {
		s := p.sql[t.start+1 : t.end-1]
		if strings.Contains(s, "``") {
			s = strings.ReplaceAll(s, "``", "`")
		}
		return ast.Ident{At: t.at(), Name: s}
	}
	return ast.Ident{At: t.at(), Name: t.text(p.sql)}
}

// name takes a.b.c.
func (p *parser) name() ast.Name {
	n := ast.Name{p.ident()}
	for p.is(".") && p.peek(1).isName() {
		p.i++
		n = append(n, p.ident())
	}
	return n
}

// idents takes a, b, c.
func (p *parser) idents() []ast.Ident { return list(p, p.ident) }

// parenIdents takes (a, b, c).
func (p *parser) parenIdents() []ast.Ident { return paren(p, p.idents) }

// list takes one or more elements between commas.
func list[T any](p *parser, elem func() T) []T {
	l := []T{elem()}
	for p.accept(",") {
		l = append(l, elem())
	}
	return l
}

// paren takes something in parentheses.
func paren[T any](p *parser, f func() T) T {
	p.expect("(")
	v := f()
	p.expect(")")
	return v
}

// str takes a character literal, adjacent pieces joined.
func (p *parser) str() *ast.String {
	t := p.tok()
	if !t.isString() {
		p.unexpected("a string")
	}
	p.i++
	s := &ast.String{At: t.at(), Value: p.strValue(t)}
	for t.kind != tEscape && p.tok().kind == tString {
		s.Value += p.strValue(p.next())
	}
	if t.kind == tUnicode {
		escape := byte('\\')
		if p.accept("UESCAPE") {
			e := p.tok()
			if e.kind != tString || e.end-e.start != 3 {
				p.unexpected("one character in quotes")
			}
			p.i++
			escape = p.sql[e.start+1]
		}
		s.Value = p.unescapeUnicode(t, s.Value, escape)
	}
	return s
}

// optStr takes a string after the keyword w; nil without it.
func (p *parser) optStr(w string) *ast.String {
	if p.accept(w) {
		return p.plainStr()
	}
	return nil
}

// plainStr takes a string without prefix.
func (p *parser) plainStr() *ast.String {
	if t := p.tok(); t.kind != tString {
		p.unexpected("a string")
	}
	t := p.next()
	return &ast.String{At: t.at(), Value: p.strValue(t)}
}

// number takes an unsigned whole number.
func (p *parser) number() string {
	if p.tok().kind != tInt {
		p.unexpected("a whole number")
	}
	return p.next().text(p.sql)
}
