package parser

import "weir/internal/sql/ast"

func (p *parser) groupBy() *ast.GroupBy {
	g := &ast.GroupBy{At: p.at()}
	if !p.accept("GROUP") {
		return nil
	}
	p.expect("BY")
	g.Distinct = p.anyOf("DISTINCT", "ALL") == "DISTINCT"
	g.Items = list(p, p.groupItem)
	return g
}

func (p *parser) groupItem() ast.GroupItem {
	g := ast.GroupItem{At: p.at()}
	switch {
	case p.is("GROUPING") && p.peek(1).word == "SETS":
		p.i += 2
		g.Kind = ast.GroupingSets
		g.Items = paren(p, func() []ast.GroupItem { return list(p, p.groupItem) })
	case p.is("ROLLUP") || p.is("CUBE"):
		g.Kind = ast.Rollup
		if p.next().word == "CUBE" {
			g.Kind = ast.Cube
		}
		g.Items = paren(p, func() []ast.GroupItem { return list(p, p.groupExpr) })
	case p.is("(") && p.peek(1).word == ")":
		p.i += 2
	default:
		return p.groupExpr()
	}
	return g
}

// groupExpr takes an expression; (a, b) is a set of two.
func (p *parser) groupExpr() ast.GroupItem {
	g := ast.GroupItem{At: p.at()}
	bare := p.is("(")
	e := p.expr()
	if row, ok := e.(*ast.Row); ok && bare {
		g.Exprs = row.Elems
		return g
	}
	g.Exprs = []ast.Expr{e}
	return g
}
