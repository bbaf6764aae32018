package ast

import "strings"

// form is a function's own syntax: the words between its arguments.
type form struct {
	name string
	seps []string // before each argument but the first
	min  int
	sym  int // the argument that is a Symbol; -1 for none
}

var forms = [...]form{
	{"EXTRACT", []string{" FROM "}, 2, 0},
	{"POSITION", []string{" IN ", " FROM "}, 2, -1},
	{"OVERLAY", []string{" PLACING ", " FROM ", " FOR "}, 3, -1},
	{"TRIM", nil, 1, -1},
	{"TRIM", []string{" FROM "}, 2, 0},
	{"TRIM", []string{" ", " FROM "}, 3, 0},
	{"FLOOR", nil, 1, -1}, {"CEIL", nil, 1, -1}, {"CEILING", nil, 1, -1},
	{"FLOOR", []string{" TO "}, 2, 1}, {"CEIL", []string{" TO "}, 2, 1}, {"CEILING", []string{" TO "}, 2, 1},
	{"SUBSTRING", []string{", ", ", "}, 2, -1},
	{"TIMESTAMPADD", []string{", ", ", "}, 3, 0}, {"TIMESTAMPDIFF", []string{", ", ", "}, 3, 0},
}

// ownForm is the syntax of c's function for its arguments; isForm is whether the
// function has a syntax of its own at all.
func ownForm(c *Call, upper string) (f form, ok, isForm bool) {
	for _, f := range forms {
		if f.name != upper {
			continue
		}
		isForm = true
		if n := len(c.Args); n >= f.min && n <= len(f.seps)+1 && symbolsAt(c.Args, f.sym) && !c.Distinct && !c.Niladic {
			return f, true, true
		}
	}
	return form{}, false, isForm
}

// symbolsAt reports whether of args exactly the one at i is a Symbol, and all
// are plain expressions.
func symbolsAt(args []Expr, i int) bool {
	for j, a := range args {
		switch a.(type) {
		case *Symbol:
			if j != i {
				return false
			}
		case *NamedArg, *TableArg, *ModelArg, *Default, *Star:
			return false
		default:
			if j == i {
				return false
			}
		}
	}
	return true
}

func (p *printer) call(c *Call) {
	if c.Niladic {
		p.put(c.Name.Last())
		return
	}
	upper := ""
	if len(c.Name) == 1 {
		upper = strings.ToUpper(c.Name[0].Name)
	}
	f, ok, isForm := ownForm(c, upper)
	if ok {
		p.put(c.Name[0].Name, "(")
		for i, a := range c.Args {
			low := 0
			if f.name == "POSITION" && i == 0 {
				low = precAtom
			}
			if i > 0 {
				p.put(f.seps[i-1])
			}
			p.expr(a, low)
		}
		p.put(")")
		p.callTail(c, "")
		return
	}
	p.functionName(c.Name, func(upper string) bool {
		switch upper {
		case "MAP", "DESCRIPTOR", "FINAL", "RUNNING", "MODEL":
			return false
		}
		return !isForm && (!IsReserved(upper) || IsFunctionWord(upper))
	})
	p.args(c)
}

// args prints a call's arguments and what follows them.
func (p *printer) args(c *Call) {
	p.put("(")
	p.when(c.Distinct, "DISTINCT ")
	p.exprs(c.Args)
	nulls := nullWords[c.Nulls]
	if len(c.OrderBy) > 0 && !c.WithinGroup {
		p.put(nulls)
		nulls = ""
		p.orderBy(c.OrderBy)
	}
	p.put(")")
	p.callTail(c, nulls)
}

var nullWords = [...]string{NullsDefault: "", IgnoreNulls: " IGNORE NULLS", RespectNulls: " RESPECT NULLS"}

func (p *printer) callTail(c *Call, nulls string) {
	p.put(nulls)
	if c.WithinGroup {
		p.put(" WITHIN GROUP (")
		p.orderItems(c.OrderBy)
		p.put(")")
	}
	p.filter(c.Filter)
	if c.Over != nil {
		p.put(" OVER ")
		p.window(c.Over)
	}
}

func (p *printer) filter(e Expr) {
	if e != nil {
		p.put(" FILTER (WHERE ")
		p.expr(e, 0)
		p.put(")")
	}
}

func (p *printer) window(w *WindowSpec) {
	if w.Bare {
		p.ident(w.Name)
		return
	}
	sep := ""
	part := func(s string) {
		p.put(sep, s)
		sep = " "
	}
	p.put("(")
	if w.Name.Name != "" {
		part(QuoteIdent(w.Name.Name))
	}
	if len(w.PartitionBy) > 0 {
		part("PARTITION BY ")
		p.exprs(w.PartitionBy)
	}
	if len(w.OrderBy) > 0 {
		part("")
		p.orderItems(w.OrderBy)
	}
	if f := w.Frame; f != nil {
		part(map[bool]string{false: "RANGE ", true: "ROWS "}[f.Rows])
		p.when(f.Between, "BETWEEN ")
		p.bound(f.Start)
		if f.Between {
			p.put(" AND ")
			p.bound(f.End)
		}
	}
	p.put(")")
}

var boundWords = [...]string{UnboundedPreceding: "UNBOUNDED PRECEDING", Preceding: " PRECEDING", CurrentRow: "CURRENT ROW",
	Following: " FOLLOWING", UnboundedFollowing: "UNBOUNDED FOLLOWING"}

func (p *printer) bound(b Bound) {
	if b.Offset != nil {
		p.expr(b.Offset, PrecAnd+1)
	}
	p.put(boundWords[b.Kind])
}

func (p *printer) json(e Expr) {
	switch e := e.(type) {
	case *JSONExists:
		p.bracketed("JSON_EXISTS(", []Expr{e.X, e.Path}, "")
		p.when(e.OnError != "", " "+e.OnError+" ON ERROR")
	case *JSONValue:
		p.bracketed("JSON_VALUE(", []Expr{e.X, e.Path}, "")
		p.returning(e.Returning)
		p.behavior(e.OnEmpty, "EMPTY")
		p.behavior(e.OnError, "ERROR")
	case *JSONQuery:
		p.bracketed("JSON_QUERY(", []Expr{e.X, e.Path}, "")
		p.returning(e.Returning)
		switch e.Wrapper {
		case "WITHOUT":
			p.put(" WITHOUT WRAPPER")
		case "CONDITIONAL", "UNCONDITIONAL":
			p.put(" WITH ", e.Wrapper, " WRAPPER")
		}
		p.behavior(e.OnEmpty, "EMPTY")
		p.behavior(e.OnError, "ERROR")
	case *JSONObject:
		p.put(map[bool]string{false: "JSON_OBJECT(", true: "JSON_OBJECTAGG("}[e.Agg])
		for i := range e.Keys {
			p.when(i > 0, ", ")
			p.put("KEY ")
			p.expr(e.Keys[i], 0)
			p.put(" VALUE ")
			p.expr(e.Values[i], 0)
		}
		p.onNull(e.OnNull, len(e.Keys) > 0)
		p.put(")")
		p.filter(e.Filter)
		return
	case *JSONArray:
		p.put(map[bool]string{false: "JSON_ARRAY(", true: "JSON_ARRAYAGG("}[e.Agg])
		p.exprs(e.Elems)
		p.orderBy(e.OrderBy)
		p.onNull(e.OnNull, len(e.Elems) > 0)
		p.put(")")
		p.filter(e.Filter)
		return
	}
	p.put(")")
}

func (p *printer) onNull(word string, space bool) {
	if word != "" {
		p.when(space, " ")
		p.put(word, " ON NULL")
	}
}

func (p *printer) returning(t *Type) {
	if t != nil {
		p.put(" RETURNING ")
		p.typ(t)
	}
}

func (p *printer) behavior(b *JSONBehavior, on string) {
	if b == nil {
		return
	}
	p.put(" ", b.Kind)
	if b.Default != nil {
		p.put(" ")
		p.expr(b.Default, 0)
	}
	p.put(" ON ", on)
}
