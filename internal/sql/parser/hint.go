package parser

import "weir/internal/sql/ast"

// hints takes /*+ NAME(…), … */; nil without it.
func (p *parser) hints() []ast.Hint {
	if !p.accept("/*+") {
		return nil
	}
	hs := list(p, p.hintItem)
	p.expect("*/")
	return hs
}

func (p *parser) hintItem() ast.Hint {
	h := ast.Hint{At: p.at(), Name: p.ident()}
	if p.accept("(") {
		if !p.is(")") {
			h.Args = list(p, p.hintArg)
		}
		p.expect(")")
		for _, a := range h.Args {
			if (a.Key != "") != (h.Args[0].Key != "") || (a.Kind == ast.HintIdent) != (h.Args[0].Kind == ast.HintIdent) {
				p.fail(a.At, "write all as 'key' = 'value', all as names or all as strings",
					"the arguments of a hint must be of one kind")
			}
		}
	}
	return h
}

func (p *parser) hintArg() ast.HintArg {
	a := ast.HintArg{At: p.at()}
	t := p.tok()
	switch {
	case t.isName():
		a.Value, a.Kind = p.ident().Name, ast.HintIdent
	case t.isString():
		a.Value = p.str().Value
	case t.kind == tInt || t.kind == tDecimal || t.kind == tApprox:
		a.Value, a.Kind = p.next().text(p.sql), ast.HintNumber
	default:
		p.unexpected("a string", identText)
	}
	if a.Kind != ast.HintNumber && p.accept("=") {
		a.Key, a.KeyID = a.Value, a.Kind == ast.HintIdent
		a.Value, a.Kind = p.str().Value, ast.HintString
	}
	return a
}
