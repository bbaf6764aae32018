package ast

import (
	"strconv"
	"strings"
)

// SQL prints a node on one line: keywords in upper case, every name in
// back-ticks, only the parentheses that are needed. Parsing it gives an equal
// tree, positions aside. n is a Statement, Query, TableRef, Expr, *Type or Name.
func SQL(n Node) string {
	p := &printer{}
	p.node(n)
	return p.String()
}

func (p *printer) node(n Node) {
	switch n := n.(type) {
	case Name:
		p.name(n)
	case Query:
		p.query(n)
	case Expr:
		p.expr(n, 0)
	case TableRef:
		p.tableRef(n)
	case *Type:
		p.typ(n)
	case Statement:
		p.statement(n)
	}
}

// QuoteIdent writes a name in back-ticks.
func QuoteIdent(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// QuoteString writes a character literal.
func QuoteString(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Lines prints a query or an expression as SHOW CREATE has it, which is how
// Calcite prints: each clause on a line, and a name for every table.
func Lines(n Node) string {
	p := &printer{lines: true}
	p.node(n)
	return p.String()
}

// printer collects the text.
type printer struct {
	strings.Builder
	lines bool // see Lines
}

// clauseWord writes " WORD ", on a new line if each clause has its own.
func (p *printer) clauseWord(word string) {
	if p.lines {
		word = "\n" + strings.TrimPrefix(word, " ")
	}
	p.put(word)
}

// put writes pieces one after the other.
func (p *printer) put(ss ...string) {
	for _, s := range ss {
		p.WriteString(s)
	}
}

// when writes s if ok.
func (p *printer) when(ok bool, s string) {
	if ok {
		p.WriteString(s)
	}
}

func (p *printer) name(n Name) {
	for i, id := range n {
		p.when(i > 0, ".")
		p.put(QuoteIdent(id.Name))
	}
}

func (p *printer) ident(id Ident) { p.put(QuoteIdent(id.Name)) }

func (p *printer) str(s string) { p.put(QuoteString(s)) }

// optStr writes " KEYWORD 'text'" if s is there; the keyword may be "".
func (p *printer) optStr(keyword string, s *String) {
	if s != nil {
		p.when(keyword != "", " "+keyword)
		p.put(" ")
		p.str(s.Value)
	}
}

// commas writes elements between commas.
func commas[T any](p *printer, elems []T, f func(T)) {
	for i, e := range elems {
		p.when(i > 0, ", ")
		f(e)
	}
}

// parens writes elements between commas in parentheses.
func parens[T any](p *printer, elems []T, f func(T)) {
	p.put("(")
	commas(p, elems, f)
	p.put(")")
}

func (p *printer) exprs(es []Expr) { commas(p, es, func(e Expr) { p.expr(e, 0) }) }

// regular reports whether name needs no quotes where only keywords could be
// mistaken for it.
func regular(name string) bool {
	if name == "" || name[0] >= '0' && name[0] <= '9' || name[0] == '$' {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '$' {
			return false
		}
	}
	return true
}

// functionName writes a function's name, bare where that cannot be misread.
func (p *printer) functionName(n Name, bare func(upper string) bool) {
	if len(n) == 1 && regular(n[0].Name) && bare(strings.ToUpper(n[0].Name)) {
		if p.lines {
			p.put(strings.ToUpper(n[0].Name))
			return
		}
		p.put(n[0].Name)
		return
	}
	p.name(n)
}

func (p *printer) typ(t *Type) {
	switch t.Kind {
	case ArrayType, MultisetType:
		p.put(t.Kind.String(), "<")
		p.typ(t.Elem)
		p.put(">")
	case MapType:
		p.put("MAP<")
		p.typ(t.Key)
		p.put(", ")
		p.typ(t.Elem)
		p.put(">")
	case RowType:
		p.put("ROW<")
		commas(p, t.Fields, p.typeField)
		p.put(">")
	case RawType:
		p.put("RAW(")
		p.str(t.Class)
		p.put(", ")
		p.str(t.Serializer)
		p.put(")")
	case StructuredType:
		p.put("STRUCTURED<")
		p.str(t.Class)
		for _, f := range t.Fields {
			p.put(", ")
			p.typeField(f)
		}
		p.put(">")
	case IntervalType:
		p.put("INTERVAL ")
		p.unit(t.Unit)
	case TimestampTZType:
		p.put("TIMESTAMP")
		p.precision(t)
		p.put(" WITH TIME ZONE")
	case UserType:
		p.name(t.Name)
	default:
		p.put(t.Kind.String())
		p.precision(t)
	}
	p.when(t.NotNull, " NOT NULL")
}

func (p *printer) precision(t *Type) {
	if t.Prec < 0 {
		return
	}
	p.put("(", strconv.Itoa(int(t.Prec)))
	if t.Scale >= 0 {
		p.put(", ", strconv.Itoa(int(t.Scale)))
	}
	p.put(")")
}

func (p *printer) typeField(f TypeField) {
	p.ident(f.Name)
	p.put(" ")
	p.typ(f.Type)
	if f.Comment != nil {
		p.put(" ")
		p.str(f.Comment.Value)
	}
}

func (p *printer) unit(u IntervalUnit) {
	p.put(u.From.String())
	switch {
	case u.Prec >= 0 && u.To == NoUnit && u.Frac >= 0:
		p.put("(", strconv.Itoa(int(u.Prec)), ", ", strconv.Itoa(int(u.Frac)), ")")
	case u.Prec >= 0:
		p.put("(", strconv.Itoa(int(u.Prec)), ")")
	}
	if u.To == NoUnit {
		return
	}
	p.put(" TO ", u.To.String())
	if u.Frac >= 0 {
		p.put("(", strconv.Itoa(int(u.Frac)), ")")
	}
}
