package ast

import "strconv"

func (p *printer) tableRef(t TableRef) {
	switch t := t.(type) {
	case *Table:
		p.table(t)
		if p.lines {
			p.put(" AS ", QuoteIdent(t.Name.Last()))
		}
	case *Aliased:
		if named, ok := t.Table.(*Table); ok {
			p.table(named)
		} else {
			p.tableOperand(t.Table)
		}
		p.put(" AS ")
		p.ident(t.Alias)
		if len(t.Columns) > 0 {
			p.put(" ")
			parens(p, t.Columns, p.ident)
		}
	case *Derived:
		p.when(t.Lateral, "LATERAL ")
		p.subquery(t.Query)
	case *TableFunc:
		p.tableFunc(t)
	case *Unnest:
		p.when(t.Lateral, "LATERAL ")
		if s, ok := onlySubquery(t.Exprs); ok {
			p.put("UNNEST")
			p.subquery(s.Query)
		} else {
			p.bracketed("UNNEST(", t.Exprs, ")")
		}
		p.when(t.Ordinality, " WITH ORDINALITY")
	case *Join:
		p.join(t)
	case *Sample:
		p.tableOperand(t.Table)
		p.put(" TABLESAMPLE ", t.Method, "(", t.Percent, ")")
		p.when(t.Repeatable != "", " REPEATABLE ("+t.Repeatable+")")
	case *Match:
		p.match(t)
	}
}

func (p *printer) table(t *Table) {
	p.name(t.Name)
	p.hints(t.Hints)
	if t.AsOf != nil {
		p.put(" FOR SYSTEM_TIME AS OF ")
		p.expr(t.AsOf, 0)
	}
}

func onlySubquery(es []Expr) (*Subquery, bool) {
	if len(es) != 1 {
		return nil, false
	}
	s, ok := es[0].(*Subquery)
	return s, ok
}

// tableOperand prints t where a join needs parentheses.
func (p *printer) tableOperand(t TableRef) {
	if _, ok := t.(*Join); ok {
		p.put("(")
		p.tableRef(t)
		p.put(")")
		return
	}
	p.tableRef(t)
}

func (p *printer) tableFunc(t *TableFunc) {
	p.when(t.Lateral, "LATERAL ")
	wrapped := t.Wrapped || t.Lateral
	p.when(wrapped, "TABLE(")
	p.functionName(t.Call.Name, func(upper string) bool { return !IsReserved(upper) })
	p.args(t.Call)
	p.when(wrapped, ")")
}

var joinWords = [...]string{Inner: " JOIN ", Left: " LEFT JOIN ", Right: " RIGHT JOIN ", Full: " FULL JOIN ",
	Cross: " CROSS JOIN ", Comma: ", "}

func (p *printer) join(j *Join) {
	p.tableRef(j.Left)
	p.when(j.Natural, " NATURAL")
	word := joinWords[j.Kind]
	if p.lines && j.Kind == Inner {
		word = " INNER JOIN "
	}
	if p.lines && j.Kind == Comma {
		word = ",\n"
	}
	if j.Natural || j.Kind == Comma {
		p.put(word)
	} else {
		p.clauseWord(word)
	}
	p.tableOperand(j.Right)
	if j.On != nil {
		p.put(" ON ")
		p.expr(j.On, 0)
	}
	if len(j.Using) > 0 {
		p.put(" USING ")
		parens(p, j.Using, p.ident)
	}
}

func (p *printer) match(m *Match) {
	p.tableOperand(m.Table)
	p.put(" MATCH_RECOGNIZE (")
	if len(m.PartitionBy) > 0 {
		p.put("PARTITION BY ")
		p.exprs(m.PartitionBy)
		p.put(" ")
	}
	if len(m.OrderBy) > 0 {
		p.orderItems(m.OrderBy)
		p.put(" ")
	}
	if len(m.Measures) > 0 {
		p.put("MEASURES ")
		commas(p, m.Measures, p.selectItem)
		p.put(" ")
	}
	p.put(map[bool]string{false: "ONE ROW PER MATCH ", true: "ALL ROWS PER MATCH "}[m.AllRows])
	switch m.AfterMatch {
	case "":
	case "NEXT ROW":
		p.put("AFTER MATCH SKIP TO NEXT ROW ")
	case "PAST LAST ROW":
		p.put("AFTER MATCH SKIP PAST LAST ROW ")
	default:
		p.put("AFTER MATCH SKIP TO ", m.AfterMatch, " ")
		p.ident(m.AfterVar)
		p.put(" ")
	}
	p.put("PATTERN (")
	p.when(m.AnchorStart, "^ ")
	p.pattern(m.Pattern, PatternAlt)
	p.when(m.AnchorEnd, " $")
	p.put(")")
	p.clause(" WITHIN ", m.Within)
	if len(m.Subsets) > 0 {
		p.put(" SUBSET ")
		commas(p, m.Subsets, func(s PatternSubset) {
			p.ident(s.Name)
			p.put(" = ")
			parens(p, s.Vars, p.ident)
		})
	}
	p.put(" DEFINE ")
	commas(p, m.Define, func(d PatternDef) {
		p.ident(d.Var)
		p.put(" AS ")
		p.expr(d.Cond, 0)
	})
	p.put(")")
}

// pattern prints e inside a pattern of kind within: PatternAlt for the outermost,
// where nothing needs parentheses.
func (p *printer) pattern(e *Pattern, within PatternKind) {
	quantifier := e.quantifier()
	compound := e.Kind == PatternSeq || e.Kind == PatternAlt
	parenthesized := compound && (quantifier != "" || within == PatternSeq)
	p.when(parenthesized, "(")
	switch e.Kind {
	case PatternVar:
		p.ident(e.Var)
	case PatternPermute:
		p.put("PERMUTE")
		parens(p, e.Subs, func(s *Pattern) { p.pattern(s, PatternPermute) })
	case PatternExclude:
		p.put("{- ")
		p.pattern(e.Subs[0], PatternExclude)
		p.put(" -}")
	default:
		sep := " "
		if e.Kind == PatternAlt {
			sep = " | "
		}
		for i, s := range e.Subs {
			if i > 0 {
				p.put(sep)
			}
			nested := e.Kind
			if s.Kind == PatternAlt {
				nested = PatternSeq // an alternative inside another keeps its parentheses
			}
			p.pattern(s, nested)
		}
	}
	p.when(parenthesized, ")")
	p.put(quantifier)
}

func (e *Pattern) quantifier() string {
	q := ""
	switch {
	case e.Min == 1 && e.Max == 1 && !e.Reluctant:
		return ""
	case e.Min == 0 && e.Max == -1:
		q = "*"
	case e.Min == 1 && e.Max == -1:
		q = "+"
	case e.Min == 0 && e.Max == 1:
		q = "?"
	case e.Min == e.Max:
		q = "{" + strconv.Itoa(int(e.Min)) + "}"
	case e.Max == -1:
		q = "{" + strconv.Itoa(int(e.Min)) + ",}"
	default:
		q = "{" + strconv.Itoa(int(e.Min)) + "," + strconv.Itoa(int(e.Max)) + "}"
	}
	if e.Reluctant {
		q += "?"
	}
	return q
}
