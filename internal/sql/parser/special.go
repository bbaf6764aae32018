package parser

import "weir/internal/sql/ast"

// special takes a call whose arguments have a syntax of their own; the next
// tokens are t and "(". It is nil when t is no such function.
func (p *parser) special(t *token) ast.Expr {
	switch t.word {
	case "CAST", "TRY_CAST":
		return p.cast()
	case "EXTRACT":
		c := p.open()
		c.Args = append(c.Args, p.symbol())
		p.expect("FROM")
		return p.close(c, p.expr())
	case "POSITION":
		c := p.open()
		c.Args = append(c.Args, p.primary())
		p.expect("IN")
		c.Args = append(c.Args, p.expr())
		return p.optArg(c, "FROM")
	case "SUBSTRING":
		return p.substring()
	case "OVERLAY":
		c := p.open()
		c.Args = append(c.Args, p.expr())
		p.expect("PLACING")
		c.Args = append(c.Args, p.expr())
		p.expect("FROM")
		c.Args = append(c.Args, p.expr())
		return p.optArg(c, "FOR")
	case "FLOOR", "CEIL", "CEILING":
		c := p.open()
		c.Args = append(c.Args, p.expr())
		if p.accept("TO") {
			c.Args = append(c.Args, p.symbol())
		}
		p.expect(")")
		return p.callTail(c)
	case "TRIM":
		return p.trim()
	case "TIMESTAMPADD", "TIMESTAMPDIFF":
		c := p.open()
		c.Args = append(c.Args, p.symbol())
		for range 2 {
			p.expect(",")
			c.Args = append(c.Args, p.expr())
		}
		return p.close(c)
	case "DESCRIPTOR":
		at := p.next().at()
		p.expect("(")
		d := &ast.Descriptor{At: at}
		if !p.is(")") {
			d.Columns = p.idents()
		}
		p.expect(")")
		return d
	}
	return p.json(t)
}

// open takes a function's name and parenthesis.
func (p *parser) open() *ast.Call {
	t := p.next()
	p.expect("(")
	return &ast.Call{At: t.at(), Name: ast.Name{{At: t.at(), Name: t.text(p.sql)}}}
}

// close adds the last arguments and takes the parenthesis.
func (p *parser) close(c *ast.Call, args ...ast.Expr) ast.Expr {
	c.Args = append(c.Args, args...)
	p.expect(")")
	return c
}

// optArg adds an argument after the keyword w if it is there, and closes.
func (p *parser) optArg(c *ast.Call, w string) ast.Expr {
	if p.accept(w) {
		c.Args = append(c.Args, p.expr())
	}
	return p.close(c)
}

func (p *parser) cast() ast.Expr {
	e := &ast.Cast{At: p.at(), Try: p.next().word == "TRY_CAST"}
	p.expect("(")
	e.X = p.expr()
	p.expect("AS")
	e.Type = p.typeNoNull()
	p.expect(")")
	return e
}

func (p *parser) substring() ast.Expr {
	c := p.open()
	c.Args = append(c.Args, p.expr())
	p.oneOf("FROM", ",")
	c.Args = append(c.Args, p.expr())
	if p.anyOf("FOR", ",") != "" {
		c.Args = append(c.Args, p.expr())
	}
	return p.close(c)
}

// trim takes TRIM(x), TRIM(side FROM x), TRIM([side] chars FROM x).
func (p *parser) trim() ast.Expr {
	c := p.open()
	at := p.at()
	if side := p.anyOf("BOTH", "LEADING", "TRAILING"); side != "" {
		c.Args = append(c.Args, &ast.Symbol{At: at, Word: side})
		if p.accept("FROM") {
			return p.close(c, p.expr())
		}
	}
	x := p.expr()
	if p.accept("FROM") {
		if len(c.Args) == 0 {
			c.Args = append(c.Args, &ast.Symbol{At: at, Word: "BOTH"})
		}
		return p.close(c, x, p.expr())
	}
	return p.close(c, x)
}

// json takes the functions of SQL/JSON; nil when t is none of them.
func (p *parser) json(t *token) ast.Expr {
	switch t.word {
	case "JSON_EXISTS":
		return p.jsonExists()
	case "JSON_VALUE":
		return p.jsonValue()
	case "JSON_QUERY":
		return p.jsonQuery()
	case "JSON_OBJECT", "JSON_OBJECTAGG":
		return p.jsonObject(t)
	case "JSON_ARRAY", "JSON_ARRAYAGG":
		return p.jsonArray(t)
	}
	return nil
}

// jsonPath takes (x, path of a JSON function.
func (p *parser) jsonPath() (at ast.At, x, path ast.Expr) {
	at = p.next().at()
	p.expect("(")
	x = p.expr()
	p.expect(",")
	return at, x, p.expr()
}

func (p *parser) jsonExists() ast.Expr {
	e := &ast.JSONExists{}
	e.At, e.X, e.Path = p.jsonPath()
	if e.OnError = p.anyOf("TRUE", "FALSE", "UNKNOWN", "ERROR"); e.OnError != "" {
		p.expect("ON", "ERROR")
	}
	p.expect(")")
	return e
}

func (p *parser) jsonValue() ast.Expr {
	e := &ast.JSONValue{}
	e.At, e.X, e.Path = p.jsonPath()
	if p.accept("RETURNING") {
		e.Returning = p.typeNoNull()
	}
	for !p.accept(")") {
		b := &ast.JSONBehavior{At: p.at(), Kind: p.oneOf("NULL", "ERROR", "DEFAULT")}
		if b.Kind == "DEFAULT" {
			b.Default = p.expr()
		}
		p.on(b, &e.OnEmpty, &e.OnError)
	}
	return e
}

func (p *parser) jsonQuery() ast.Expr {
	e := &ast.JSONQuery{}
	e.At, e.X, e.Path = p.jsonPath()
	if p.accept("RETURNING") {
		e.Returning = p.typeNoNull()
	}
	switch p.anyOf("WITHOUT", "WITH") {
	case "WITHOUT":
		e.Wrapper = "WITHOUT"
		p.accept("ARRAY")
		p.expect("WRAPPER")
	case "WITH":
		e.Wrapper = "UNCONDITIONAL"
		if p.anyOf("UNCONDITIONAL", "CONDITIONAL") == "CONDITIONAL" {
			e.Wrapper = "CONDITIONAL"
		}
		p.accept("ARRAY")
		p.expect("WRAPPER")
	}
	for !p.accept(")") {
		b := &ast.JSONBehavior{At: p.at(), Kind: p.oneOf("NULL", "ERROR", "EMPTY")}
		if b.Kind == "EMPTY" {
			b.Kind = "EMPTY " + p.oneOf("ARRAY", "OBJECT")
		}
		p.on(b, &e.OnEmpty, &e.OnError)
	}
	return e
}

// on takes ON EMPTY or ON ERROR after a behavior.
func (p *parser) on(b *ast.JSONBehavior, empty, bad **ast.JSONBehavior) {
	p.expect("ON")
	where := p.oneOf("EMPTY", "ERROR")
	if where == "ERROR" {
		empty = bad
	}
	if *empty != nil {
		p.fail(b.At, "", "ON %s is given twice", where)
	}
	*empty = b
}

func (p *parser) jsonObject(t *token) ast.Expr {
	p.i++
	e := &ast.JSONObject{At: t.at(), Agg: t.word == "JSON_OBJECTAGG"}
	p.expect("(")
	if e.Agg || !p.is(")") && !p.onNullAhead() {
		p.jsonPair(e)
		for !e.Agg && p.accept(",") {
			p.jsonPair(e)
		}
	}
	e.OnNull = p.onNull()
	p.expect(")")
	if e.Agg {
		e.Filter = p.filter()
	}
	return e
}

func (p *parser) jsonPair(e *ast.JSONObject) {
	if p.is("KEY") && p.peek(1).word != "VALUE" && p.peek(1).word != "," && p.peek(1).word != ":" {
		p.i++
		e.Keys = append(e.Keys, p.expr())
		p.expect("VALUE")
	} else {
		e.Keys = append(e.Keys, p.expr())
		p.oneOf("VALUE", ",", ":")
	}
	e.Values = append(e.Values, p.expr())
}

func (p *parser) jsonArray(t *token) ast.Expr {
	p.i++
	e := &ast.JSONArray{At: t.at(), Agg: t.word == "JSON_ARRAYAGG"}
	p.expect("(")
	switch {
	case e.Agg:
		e.Elems = []ast.Expr{p.expr()}
		e.OrderBy = p.orderBy()
	case !p.is(")") && !p.onNullAhead():
		e.Elems = p.exprs()
	}
	e.OnNull = p.onNull()
	p.expect(")")
	if e.Agg {
		e.Filter = p.filter()
	}
	return e
}

// onNullAhead reports whether NULL ON NULL or ABSENT ON NULL comes.
func (p *parser) onNullAhead() bool {
	return (p.is("NULL") || p.is("ABSENT")) && p.peek(1).word == "ON"
}

func (p *parser) onNull() string {
	w := p.anyOf("NULL", "ABSENT")
	if w != "" {
		p.expect("ON", "NULL")
	}
	return w
}
