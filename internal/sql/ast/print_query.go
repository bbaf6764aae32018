package ast

import "strings"

var setWords = [...]string{Union: " UNION ", Intersect: " INTERSECT ", Except: " EXCEPT "}

func (p *printer) query(q Query) {
	switch q := q.(type) {
	case *Select:
		p.selectQuery(q)
	case *Ordered:
		p.operand(q.Body, queryPrec(q.Body) < 2)
		if len(q.OrderBy) > 0 {
			p.clauseWord(" ")
			p.orderItems(q.OrderBy)
		}
		if p.lines {
			p.fetch(q)
			return
		}
		if q.Limit != nil {
			p.put(" LIMIT ")
			p.expr(q.Limit, 0)
		}
		if q.Offset != nil {
			p.put(" OFFSET ")
			p.expr(q.Offset, 0)
		}
	case *With:
		p.put("WITH ")
		p.when(q.Recursive, "RECURSIVE ")
		commas(p, q.CTEs, func(c CTE) {
			p.ident(c.Name)
			if len(c.Columns) > 0 {
				p.put(" ")
				parens(p, c.Columns, p.ident)
			}
			p.put(" AS ")
			p.subquery(c.Query)
		})
		p.put(" ")
		p.operand(q.Body, queryPrec(q.Body) < 1)
	case *SetOp:
		own := queryPrec(q)
		p.operand(q.Left, queryPrec(q.Left) < own)
		word := setWords[q.Kind]
		if q.All {
			word += "ALL "
		}
		if p.lines {
			word = "\n" + strings.TrimSpace(word) + "\n"
		}
		p.put(word)
		p.operand(q.Right, queryPrec(q.Right) <= own)
	case *Values:
		p.put("VALUES ")
		for i, r := range q.Rows {
			p.when(i > 0 && p.lines, ",\n")
			p.when(i > 0 && !p.lines, ", ")
			p.when(p.lines, "ROW")
			p.put("(")
			p.exprs(r.Elems)
			p.put(")")
		}
	case *TableQuery:
		p.put("TABLE ")
		p.name(q.Name)
	}
}

// fetch prints LIMIT and OFFSET as standard SQL has them.
func (p *printer) fetch(q *Ordered) {
	if q.Offset != nil {
		p.put("\nOFFSET ")
		p.expr(q.Offset, 0)
		p.put(" ROWS")
	}
	if q.Limit != nil {
		p.put("\nFETCH NEXT ")
		p.expr(q.Limit, 0)
		p.put(" ROWS ONLY")
	}
}

// queryPrec is how tightly a query's outermost operator binds.
func queryPrec(q Query) int {
	switch q := q.(type) {
	case *With:
		return 0
	case *Ordered:
		return 1
	case *SetOp:
		if q.Kind == Intersect {
			return 3
		}
		return 2
	}
	return 4
}

func (p *printer) operand(q Query, parenthesized bool) {
	if parenthesized {
		p.subquery(q)
		return
	}
	p.query(q)
}

func (p *printer) selectQuery(s *Select) {
	p.put("SELECT")
	p.hints(s.Hints)
	p.put(" ")
	p.when(s.Distinct, "DISTINCT ")
	commas(p, s.Items, p.selectItem)
	if s.From == nil {
		return
	}
	p.clauseWord(" FROM ")
	p.tableRef(s.From)
	p.clause(" WHERE ", s.Where)
	if s.GroupBy != nil {
		p.clauseWord(" GROUP BY ")
		p.when(s.GroupBy.Distinct, "DISTINCT ")
		commas(p, s.GroupBy.Items, p.groupItem)
	}
	p.clause(" HAVING ", s.Having)
	if len(s.Windows) > 0 {
		p.clauseWord(" WINDOW ")
		commas(p, s.Windows, func(d WindowDef) {
			p.ident(d.Name)
			p.put(" AS ")
			p.window(d.Spec)
		})
	}
	p.clause(" QUALIFY ", s.Qualify)
}

func (p *printer) clause(word string, e Expr) {
	if e != nil {
		p.clauseWord(word)
		p.expr(e, 0)
	}
}

func (p *printer) selectItem(it SelectItem) {
	p.expr(it.Expr, 0)
	if it.Alias.Name != "" {
		p.put(" AS ")
		p.ident(it.Alias)
	}
}

func (p *printer) groupItem(g GroupItem) {
	switch {
	case g.Kind == GroupingSets:
		p.put("GROUPING SETS ")
		parens(p, g.Items, p.groupItem)
	case g.Kind == Rollup:
		p.put("ROLLUP ")
		parens(p, g.Items, p.groupItem)
	case g.Kind == Cube:
		p.put("CUBE ")
		parens(p, g.Items, p.groupItem)
	case len(g.Exprs) == 1:
		p.expr(g.Exprs[0], 0)
	default:
		p.put("(")
		p.exprs(g.Exprs)
		p.put(")")
	}
}

// orderBy prints " ORDER BY …", nothing without items.
func (p *printer) orderBy(items []OrderItem) {
	if len(items) > 0 {
		p.put(" ")
		p.orderItems(items)
	}
}

func (p *printer) orderItems(items []OrderItem) {
	p.put("ORDER BY ")
	commas(p, items, p.orderItem)
}

var nullOrders = [...]string{NullsUnspecified: "", NullsFirst: " NULLS FIRST", NullsLast: " NULLS LAST"}

func (p *printer) orderItem(o OrderItem) {
	p.expr(o.Expr, 0)
	p.when(o.Desc, " DESC")
	p.put(nullOrders[o.Nulls])
}

func (p *printer) hints(hs []Hint) {
	if len(hs) == 0 {
		return
	}
	p.put(" /*+ ")
	commas(p, hs, func(h Hint) {
		if regular(h.Name.Name) && !IsReserved(h.Name.Name) {
			p.put(h.Name.Name)
		} else {
			p.ident(h.Name)
		}
		if len(h.Args) > 0 {
			parens(p, h.Args, p.hintArg)
		}
	})
	p.put(" */")
}

func (p *printer) hintArg(a HintArg) {
	if a.Key != "" {
		if a.KeyID {
			p.put(QuoteIdent(a.Key))
		} else {
			p.str(a.Key)
		}
		p.put(" = ")
	}
	switch a.Kind {
	case HintString:
		p.str(a.Value)
	case HintIdent:
		p.put(QuoteIdent(a.Value))
	case HintNumber:
		p.put(a.Value)
	}
}
