package parser

import "weir/internal/sql/ast"

// elements is what stands between the parentheses of CREATE TABLE and ALTER
// TABLE ADD.
type elements struct {
	columns     []ast.Column
	names       []ast.Name // in place of columns, in CREATE TABLE … AS
	namesAt     ast.At
	watermark   *ast.Watermark
	constraints []ast.Constraint
}

// createTable takes TABLE and the rest of CREATE TABLE.
func (p *parser) createTable(at ast.At) *ast.CreateTable {
	p.expect("TABLE")
	t := &ast.CreateTable{At: at, IfNotExists: p.ifNotExists()}
	t.Name = p.name()
	var e elements
	if p.is("(") {
		p.elements(&e, true)
	}
	t.Columns, t.ColumnNames, t.Watermark, t.Constraints = e.columns, e.names, e.watermark, e.constraints
	t.Comment = p.optStr("COMMENT")
	t.Distribution = p.distributed()
	t.PartitionBy = p.partitionedBy()
	if p.accept("USING") {
		p.expect("CONNECTION")
		t.Connection = p.name()
	}
	t.Options = p.with()
	switch {
	case p.accept("LIKE"):
		t.Like = p.tableLike()
	case p.accept("AS"):
		t.As = p.query()
	}
	if e.names != nil && t.As == nil {
		p.fail(e.namesAt, "give each column its type",
			"Columns identifiers without types in the schema are supported on CTAS/RTAS statements only.")
	}
	return t
}

// replaceTable takes what follows REPLACE.
func (p *parser) replaceTable(at ast.At) ast.Statement {
	temporary := p.accept("TEMPORARY")
	t := p.createTable(at)
	t.Replace, t.Temporary = true, temporary
	if t.As == nil {
		p.unexpected("AS")
	}
	return t
}

func (p *parser) distributed() *ast.Distribution {
	if !p.accept("DISTRIBUTED") {
		return nil
	}
	return p.distribution()
}

// distribution takes BY [HASH|RANGE] (columns) [INTO n BUCKETS], or INTO alone.
func (p *parser) distribution() *ast.Distribution {
	d := &ast.Distribution{At: p.at()}
	if p.accept("BY") {
		d.Kind = p.anyOf("HASH", "RANGE")
		d.Columns = p.parenIdents()
		if !p.is("INTO") {
			return d
		}
	}
	p.expect("INTO")
	d.Buckets = p.number()
	p.expect("BUCKETS")
	return d
}

func (p *parser) partitionedBy() []ast.Ident {
	if !p.accept("PARTITIONED") {
		return nil
	}
	p.expect("BY")
	return p.parenIdents()
}

func (p *parser) tableLike() *ast.TableLike {
	l := &ast.TableLike{At: p.at(), Name: p.name()}
	if !p.accept("(") {
		return l
	}
	for first := true; first || !p.is(")"); first = false {
		r := ast.LikeRule{At: p.at(), Merge: p.oneOf("INCLUDING", "EXCLUDING", "OVERWRITING")}
		r.Feature = p.oneOf("ALL", "CONSTRAINTS", "DISTRIBUTION", "GENERATED", "METADATA", "OPTIONS", "PARTITIONS",
			"WATERMARKS")
		l.Rules = append(l.Rules, r)
	}
	p.expect(")")
	return l
}

// elements takes (element, …); names is whether bare names may stand instead.
func (p *parser) elements(e *elements, names bool) {
	p.expect("(")
	if names && p.bareNames() {
		e.namesAt = p.at()
		e.names = list(p, p.name)
		p.expect(")")
		return
	}
	p.element(e, false)
	for p.accept(",") {
		p.element(e, false)
	}
	p.expect(")")
}

// bareNames reports whether a name and then a comma or parenthesis comes.
func (p *parser) bareNames() bool {
	n := 0
	for p.peek(n).isName() {
		switch p.peek(n + 1).word {
		case ".":
			n += 2
		case ",", ")":
			return true
		default:
			return false
		}
	}
	return false
}

// element takes a column, a constraint or a watermark; place is whether FIRST or
// AFTER may follow a column.
func (p *parser) element(e *elements, place bool) {
	switch {
	case p.is("WATERMARK"):
		w := p.watermark()
		if e.watermark != nil {
			p.fail(w.At, "keep one of them", "Multiple WATERMARK declarations are not supported yet.")
		}
		e.watermark = w
	case p.is("CONSTRAINT"), p.is("PRIMARY"), p.is("UNIQUE"):
		e.constraints = append(e.constraints, *p.constraint(true))
	default:
		c := p.column()
		if place {
			c.Place = p.place()
		}
		e.columns = append(e.columns, c)
	}
}

func (p *parser) watermark() *ast.Watermark {
	w := &ast.Watermark{At: p.at()}
	p.expect("WATERMARK", "FOR")
	w.Column = p.name()
	p.expect("AS")
	w.Expr = p.exprNoQuery()
	return w
}

// constraint takes [CONSTRAINT name] PRIMARY KEY|UNIQUE, with columns when it is
// a table's and not a column's.
func (p *parser) constraint(table bool) *ast.Constraint {
	c := &ast.Constraint{At: p.at()}
	if p.accept("CONSTRAINT") {
		c.Name = p.ident()
	}
	if c.Unique = p.oneOf("PRIMARY", "UNIQUE") == "UNIQUE"; !c.Unique {
		p.expect("KEY")
	}
	if table {
		c.Columns = p.parenIdents()
	}
	switch {
	case p.accept("ENFORCED"):
		c.Enforced = ast.Enforced
	case p.accept("NOT"):
		p.expect("ENFORCED")
		c.Enforced = ast.NotEnforced
	}
	return c
}

// column takes a physical, computed or metadata column.
func (p *parser) column() ast.Column {
	c := ast.Column{At: p.at(), Name: p.name()}
	if p.accept("AS") {
		c.Kind = ast.Computed
		c.Expr = p.exprNoQuery()
		c.Comment = p.optStr("COMMENT")
		return c
	}
	c.Type = p.typ()
	p.noInterval(c.Type)
	if p.accept("METADATA") {
		c.Kind = ast.Metadata
		if p.accept("FROM") {
			c.MetaKey = p.str()
		}
		c.Virtual = p.accept("VIRTUAL")
	} else if p.is("CONSTRAINT") || p.is("PRIMARY") || p.is("UNIQUE") {
		c.Constraint = p.constraint(false)
	}
	c.Comment = p.optStr("COMMENT")
	return c
}

func (p *parser) place() *ast.Place {
	at := p.at()
	switch p.anyOf("FIRST", "AFTER") {
	case "FIRST":
		return &ast.Place{At: at}
	case "AFTER":
		return &ast.Place{At: at, After: p.name()}
	}
	return nil
}

// createMaterialized takes MATERIALIZED TABLE and the rest.
func (p *parser) createMaterialized(at ast.At, orAlter bool) ast.Statement {
	p.expect("MATERIALIZED", "TABLE")
	t := &ast.CreateMaterializedTable{At: at, OrAlter: orAlter, Name: p.name()}
	var e elements
	if p.is("(") {
		p.elements(&e, true)
	}
	t.Columns, t.ColumnNames, t.Watermark, t.Constraints = e.columns, e.names, e.watermark, e.constraints
	t.Comment = p.optStr("COMMENT")
	t.Distribution = p.distributed()
	t.PartitionBy = p.partitionedBy()
	t.Options = p.with()
	t.StartMode = p.startMode()
	if p.accept("FRESHNESS") {
		p.expect("=")
		t.Freshness = p.intervalLiteral("CREATE MATERIALIZED TABLE only supports interval literal as FRESHNESS")
	}
	if p.accept("REFRESH_MODE") {
		p.expect("=")
		t.RefreshMode = p.oneOf("FULL", "CONTINUOUS")
	}
	p.expect("AS")
	t.Query = p.query()
	return t
}

// intervalLiteral takes INTERVAL '…' unit; msg refuses anything else.
func (p *parser) intervalLiteral(msg string) *ast.Interval {
	at := p.at()
	if iv, ok := p.expr().(*ast.Interval); ok && iv.X == nil {
		return iv
	}
	p.fail(at, "write INTERVAL '3' MINUTE", "%s", msg)
	return nil
}

func (p *parser) startMode() *ast.StartMode {
	if !p.accept("START_MODE") {
		return nil
	}
	p.expect("=")
	s := &ast.StartMode{At: p.at()}
	s.Mode = p.oneOf("FROM_BEGINNING", "FROM_NOW", "FROM_TIMESTAMP", "RESUME_OR_FROM_BEGINNING", "RESUME_OR_FROM_NOW",
		"RESUME_OR_FROM_TIMESTAMP")
	switch s.Mode {
	case "FROM_NOW", "RESUME_OR_FROM_NOW":
		if p.accept("(") {
			s.Arg = p.intervalLiteral("Unsupported START_MODE: an interval literal is expected")
			p.expect(")")
		}
	case "FROM_TIMESTAMP", "RESUME_OR_FROM_TIMESTAMP":
		p.expect("(")
		if !p.is("TIMESTAMP") {
			p.unexpected()
		}
		s.Arg = p.temporal(p.tok())
		p.expect(")")
	}
	return s
}
