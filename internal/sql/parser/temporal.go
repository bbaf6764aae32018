package parser

import (
	"strings"

	"weir/internal/sql/ast"
)

// temporal takes DATE '…', TIME '…', TIMESTAMP [WITH LOCAL TIME ZONE] '…', or a
// call of a function of that name.
func (p *parser) temporal(t *token) ast.Expr {
	if p.peek(1).word == "(" {
		return p.refOrCall()
	}
	p.i++
	kind := ast.DateLit
	switch t.word {
	case "TIME":
		kind = ast.TimeLit
	case "TIMESTAMP":
		kind = ast.TimestampLit
		if p.accept("WITH") {
			p.expect("LOCAL", "TIME", "ZONE")
			kind = ast.TimestampLTZLit
		}
	}
	return &ast.Temporal{At: t.at(), Kind: kind, Text: p.plainStr().Value}
}

// interval takes INTERVAL [+|-] '…' unit, or an expression in place of the string.
func (p *parser) interval() ast.Expr {
	iv := &ast.Interval{At: p.next().at()}
	iv.Neg = p.anyOf("+", "-") == "-"
	t := p.tok()
	switch {
	case t.kind == tString:
		iv.Text = p.plainStr().Value
		iv.Unit = p.intervalUnit(true)
		return iv
	case p.is("("):
		iv.X = paren(p, p.expr)
	case t.kind == tInt || t.kind == tDecimal || t.kind == tApprox:
		p.i++
		iv.X = &ast.Number{At: t.at(), Text: t.text(p.sql)}
	case t.isName():
		iv.X = &ast.Ref{At: t.at(), Parts: p.name()}
	default:
		p.unexpected("a string", "a number", identText)
	}
	iv.Unit = p.intervalUnit(false)
	return iv
}

// intervalUnit takes DAY(3), YEAR TO MONTH, DAY TO SECOND(3) …; compound is
// whether a TO may follow.
func (p *parser) intervalUnit(compound bool) ast.IntervalUnit {
	u := ast.IntervalUnit{At: p.at(), Prec: -1, Frac: -1}
	u.From = p.intervalField()
	if p.accept("(") {
		u.Prec = p.small()
		if u.From == ast.Second && p.accept(",") {
			u.Frac = p.small()
		}
		p.expect(")")
	}
	if !compound || u.From == ast.Second || u.From == ast.Quarter || u.From == ast.Week || u.From == ast.Month ||
		!p.accept("TO") {
		return u
	}
	toAt := p.at()
	u.To = p.intervalField()
	if !rangeOK(u.From, u.To) {
		p.fail(toAt, "write YEAR TO MONTH, or two of DAY, HOUR, MINUTE, SECOND in this order",
			"an interval cannot go from %s to %s", u.From, u.To)
	}
	if u.To == ast.Second && p.accept("(") {
		u.Frac = p.small()
		p.expect(")")
	}
	return u
}

func rangeOK(from, to ast.TimeUnit) bool {
	if from == ast.Year {
		return to == ast.Month
	}
	return from >= ast.Day && to > from && to <= ast.Second
}

// intervalFields are the units of intervals; each may be plural.
var intervalFields = [...]ast.TimeUnit{ast.Year, ast.Quarter, ast.Month, ast.Week, ast.Day, ast.Hour, ast.Minute, ast.Second}

func (p *parser) intervalField() ast.TimeUnit {
	word := p.tok().word
	for _, u := range intervalFields {
		p.want(u.String())
		if strings.TrimSuffix(word, "S") == u.String() {
			p.i++
			return u
		}
	}
	p.unexpected()
	return ast.NoUnit
}

// small takes a number that fits an int32: a length, precision or count.
func (p *parser) small() int32 {
	at := p.at()
	n := int64(0)
	for _, d := range p.number() {
		if n = n*10 + int64(d-'0'); n > 1<<31-1 {
			p.fail(at, "", "this number is greater than 2147483647")
		}
	}
	return int32(n)
}

// symbol takes a unit of time, or any name in its place: functions check it.
func (p *parser) symbol() ast.Expr {
	t := p.tok()
	if t.kind != tIdent || t.reserved && !isUnit(t.word) {
		p.unexpected("a unit of time")
	}
	p.i++
	word := t.word
	if word == "" {
		word = strings.ToUpper(t.text(p.sql))
	}
	return &ast.Symbol{At: t.at(), Word: word}
}

// isUnit reports whether a reserved word is a unit of time.
func isUnit(word string) bool {
	switch word {
	case "YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "WEEKS", "QUARTERS":
		return true
	}
	return false
}
