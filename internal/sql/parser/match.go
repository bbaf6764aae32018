package parser

import "weir/internal/sql/ast"

// match takes [AS alias] MATCH_RECOGNIZE (…) after ref, which it returns when
// none comes.
func (p *parser) match(at ast.At, ref ast.TableRef) ast.TableRef {
	if p.is("AS") && p.peek(2).word == "MATCH_RECOGNIZE" {
		p.i++
		ref = &ast.Aliased{At: at, Table: ref, Alias: p.ident()}
	}
	if !p.accept("MATCH_RECOGNIZE") {
		return ref
	}
	m := &ast.Match{At: at, Table: ref}
	p.expect("(")
	if p.accept("PARTITION") {
		p.expect("BY")
		m.PartitionBy = p.exprs()
	}
	m.OrderBy = p.orderBy()
	if p.accept("MEASURES") {
		m.Measures = list(p, p.measure)
	}
	switch p.anyOf("ONE", "ALL") {
	case "ONE":
		p.expect("ROW", "PER", "MATCH")
	case "ALL":
		p.expect("ROWS", "PER", "MATCH")
		m.AllRows = true
	}
	p.afterMatch(m)
	p.expect("PATTERN", "(")
	m.AnchorStart = p.accept("^")
	m.Pattern = p.pattern()
	m.AnchorEnd = p.accept("$")
	p.expect(")")
	if p.accept("WITHIN") {
		if !p.is("INTERVAL") {
			p.unexpected()
		}
		m.Within = p.interval()
	}
	if p.accept("SUBSET") {
		m.Subsets = list(p, p.subset)
	}
	p.expect("DEFINE")
	m.Define = list(p, p.patternDef)
	p.expect(")")
	return m
}

func (p *parser) measure() ast.SelectItem {
	it := ast.SelectItem{At: p.at(), Expr: p.expr()}
	p.expect("AS")
	it.Alias = p.ident()
	return it
}

// afterMatch takes AFTER MATCH SKIP ….
func (p *parser) afterMatch(m *ast.Match) {
	if !p.accept("AFTER") {
		return
	}
	p.expect("MATCH", "SKIP")
	if p.accept("PAST") {
		p.expect("LAST", "ROW")
		m.AfterMatch = "PAST LAST ROW"
		return
	}
	p.expect("TO")
	switch {
	case p.accept2("NEXT", "ROW"):
		m.AfterMatch = "NEXT ROW"
		return
	case p.is("FIRST") && p.peek(1).isName():
		p.i++
		m.AfterMatch = "FIRST"
	case p.is("LAST") && p.peek(1).isName():
		p.i++
		m.AfterMatch = "LAST"
	default:
		m.AfterMatch = "LAST"
	}
	m.AfterVar = p.ident()
}

// pattern takes alternatives between bars.
func (p *parser) pattern() *ast.Pattern {
	p.enter()
	defer p.leave()
	at := p.at()
	first := p.patternSeq()
	if !p.is("|") {
		return first
	}
	alt := &ast.Pattern{At: at, Kind: ast.PatternAlt, Subs: []*ast.Pattern{first}, Min: 1, Max: 1}
	for p.accept("|") {
		alt.Subs = append(alt.Subs, p.patternSeq())
	}
	return alt
}

func (p *parser) patternSeq() *ast.Pattern {
	at := p.at()
	first := p.patternFactor()
	seq := &ast.Pattern{At: at, Kind: ast.PatternSeq, Subs: []*ast.Pattern{first}, Min: 1, Max: 1}
	for p.is("(") || p.is("{-") || p.is("PERMUTE") || p.tok().isName() {
		seq.Subs = append(seq.Subs, p.patternFactor())
	}
	if len(seq.Subs) == 1 {
		return first
	}
	return seq
}

// patternFactor takes a primary and its quantifier.
func (p *parser) patternFactor() *ast.Pattern {
	e := p.patternPrimary()
	quantified := true
	lo, hi := int32(1), int32(1)
	switch p.anyOf("*", "+", "?", "{") {
	case "*":
		lo, hi = 0, -1
	case "+":
		hi = -1
	case "?":
		lo = 0
	case "{":
		lo, hi = p.repeat()
	default:
		quantified = false
	}
	if !quantified {
		return e
	}
	if e.Min != 1 || e.Max != 1 || e.Reluctant {
		e = &ast.Pattern{At: e.At, Kind: ast.PatternSeq, Subs: []*ast.Pattern{e}}
	}
	e.Min, e.Max = lo, hi
	e.Reluctant = p.accept("?")
	return e
}

// repeat takes n}, n,}, n,m} or ,m}.
func (p *parser) repeat() (lo, hi int32) {
	if p.accept(",") {
		hi = p.small()
		p.expect("}")
		return 0, hi
	}
	lo = p.small()
	hi = lo
	if p.accept(",") {
		hi = -1
		if !p.is("}") {
			hi = p.small()
		}
	}
	p.expect("}")
	return lo, hi
}

func (p *parser) patternPrimary() *ast.Pattern {
	e := &ast.Pattern{At: p.at(), Min: 1, Max: 1}
	switch {
	case p.accept("("):
		e = p.pattern()
		p.expect(")")
	case p.accept("{-"):
		e.Kind = ast.PatternExclude
		e.Subs = []*ast.Pattern{p.pattern()}
		p.expect("-}")
	case p.accept("PERMUTE"):
		e.Kind = ast.PatternPermute
		e.Subs = paren(p, func() []*ast.Pattern { return list(p, p.pattern) })
	default:
		e.Var = p.ident()
	}
	return e
}

func (p *parser) subset() ast.PatternSubset {
	s := ast.PatternSubset{At: p.at(), Name: p.ident()}
	p.expect("=")
	s.Vars = p.parenIdents()
	return s
}

func (p *parser) patternDef() ast.PatternDef {
	d := ast.PatternDef{At: p.at(), Var: p.ident()}
	p.expect("AS")
	d.Cond = p.expr()
	return d
}
