// Package ddl reads Athena's Hive statements: CREATE, DROP and ALTER of
// databases, tables and views, SHOW, DESCRIBE, MSCK REPAIR TABLE.
//
// A Statement says what was written; what it does to the catalog is the work of
// internal/aws/svc/athena. Identifiers are in lower case; text keeps its case.
// Errors are Athena's: "line 1:8: mismatched input 'x'. Expecting: …".
package ddl

import (
	"fmt"
	"strings"

	"weir/internal/athena/hive"
	"weir/internal/athena/lex"
)

// Kind is what a statement does, by Athena's SubstatementType.
type Kind string

// The kinds of Statement.
const (
	CreateDatabase   Kind = "CREATE_DATABASE"
	DropDatabase     Kind = "DROP_DATABASE"
	CreateTable      Kind = "CREATE_TABLE"
	DropTable        Kind = "DROP_TABLE"
	CreateView       Kind = "CREATE_VIEW"
	DropView         Kind = "DROP_VIEW"
	ShowDatabases    Kind = "SHOW_DATABASES"
	ShowTables       Kind = "SHOW_TABLES"
	ShowViews        Kind = "SHOW_VIEWS"
	ShowColumns      Kind = "SHOW_COLUMNS"
	ShowPartitions   Kind = "SHOW_PARTITIONS"
	ShowCreateTable  Kind = "SHOW_CREATE_TABLE"
	ShowCreateView   Kind = "SHOW_CREATE_VIEW"
	ShowProperties   Kind = "SHOW_TBLPROPERTIES"
	Describe         Kind = "DESCRIBE_TABLE"
	DescribeView     Kind = "DESCRIBE_VIEW"
	Repair           Kind = "MSCK_REPAIR"
	AddPartitions    Kind = "ALTER_TABLE_ADD_PARTITION"
	DropPartitions   Kind = "ALTER_TABLE_DROP_PARTITION"
	RenamePartition  Kind = "ALTER_TABLE_RENAME_PARTITION"
	SetProperties    Kind = "ALTER_TABLE_SET_TBLPROPERTIES"
	SetLocation      Kind = "ALTER_TABLE_SET_LOCATION"
	AddColumns       Kind = "ALTER_TABLE_ADD_COLUMNS"
	ReplaceColumns   Kind = "ALTER_TABLE_REPLACE_COLUMNS"
	SetDatabaseProps Kind = "ALTER_DATABASE_SET_DBPROPERTIES"
)

// Name is a table or view, perhaps with its database.
type Name struct{ Database, Table string }

// Column is a column of a definition.
type Column struct {
	Name    string
	Type    hive.Type
	Comment string
}

// Value is one key of a partition specification.
type Value struct{ Key, Value string }

// Partition is a PARTITION (…) clause.
type Partition struct {
	Spec     []Value
	Location string
}

// Statement is one statement; which fields matter depends on Kind.
type Statement struct {
	Kind        Kind
	Name        Name // of databases: Database
	IfExists    bool // IF EXISTS, IF NOT EXISTS
	Cascade     bool
	External    bool
	Replace     bool // OR REPLACE
	Extended    bool // DESCRIBE EXTENDED or FORMATTED
	Pattern     string
	Comment     string
	Columns     []Column
	Keys        []Column
	Serde       string
	SerdeParams map[string]string
	Input       string
	Output      string
	Location    string
	Props       map[string]string
	Property    string // SHOW TBLPROPERTIES t ('p')
	Partitions  []Partition
	Query       string // of a view
}

// Error is a statement that is not Athena's; its text begins with the place.
type Error struct{ Msg string }

// Error is the message.
func (e *Error) Error() string { return e.Msg }

// Parse reads one statement.
func Parse(sql string) (*Statement, error) {
	toks, err := lex.HiveTokens(sql)
	if err != nil {
		offset := 0
		if e, ok := err.(*lex.Error); ok {
			offset = e.Offset
		}
		return nil, &Error{lex.Position(sql, offset) + ": " + err.Error()}
	}
	for len(toks) > 1 && toks[len(toks)-2].Is(";") {
		toks = append(toks[:len(toks)-2], toks[len(toks)-1])
	}
	p := &parser{sql: sql, toks: toks}
	s := p.statement()
	if p.err == nil && p.peek().Kind != lex.EOF {
		p.expected("<EOF>")
	}
	if p.err != nil {
		return nil, p.err
	}
	return s, nil
}

// parser is a recursive descent; after the first error every step does nothing.
type parser struct {
	sql  string
	toks []lex.Token
	i    int
	err  error
}

func (p *parser) peek() lex.Token { return p.toks[p.i] }

func (p *parser) fail(t lex.Token, format string, args ...any) {
	if p.err == nil {
		p.err = &Error{lex.Position(p.sql, t.Offset) + ": " + fmt.Sprintf(format, args...)}
	}
	p.i = len(p.toks) - 1
}

func (p *parser) expected(what ...string) {
	t := p.peek()
	text := t.Text
	if t.Kind == lex.EOF {
		text = "<EOF>"
	}
	p.fail(t, "mismatched input '%s'. Expecting: '%s'", text, strings.Join(what, "', '"))
}

// take eats the words when they all come next.
func (p *parser) take(words ...string) bool {
	for n, w := range words {
		if p.i+n >= len(p.toks) || !p.toks[p.i+n].Is(w) {
			return false
		}
	}
	p.i += len(words)
	return true
}

// need eats the words or fails.
func (p *parser) need(words ...string) {
	for _, w := range words {
		if !p.take(w) {
			p.expected(strings.ToUpper(w))
		}
	}
}

func (p *parser) ident() string {
	t := p.peek()
	if t.Kind != lex.Word && t.Kind != lex.Backtick && t.Kind != lex.Quoted {
		p.expected("<identifier>")
		return ""
	}
	p.i++
	return strings.ToLower(t.Value)
}

func (p *parser) text() string {
	t := p.peek()
	if t.Kind != lex.String && t.Kind != lex.Quoted {
		p.expected("<string>")
		return ""
	}
	p.i++
	return t.Value
}

// name is [awsdatacatalog.][database.]table.
func (p *parser) name() Name {
	parts := []string{p.ident()}
	for len(parts) < 3 && p.take(".") {
		parts = append(parts, p.ident())
	}
	if len(parts) == 3 {
		if parts[0] != "awsdatacatalog" {
			p.fail(p.peek(), "Catalog '%s' does not exist", parts[0])
		}
		parts = parts[1:]
	}
	if len(parts) == 1 {
		return Name{Table: parts[0]}
	}
	return Name{parts[0], parts[1]}
}

// props are ('a' = 'b', …).
func (p *parser) props() map[string]string {
	out := map[string]string{}
	p.need("(")
	for p.err == nil {
		k := p.text()
		p.need("=")
		out[k] = p.text()
		if !p.take(",") {
			break
		}
	}
	p.need(")")
	return out
}

func (p *parser) statement() *Statement {
	s := &Statement{}
	switch {
	case p.take("create"):
		p.create(s)
	case p.take("drop"):
		p.drop(s)
	case p.take("show"):
		p.show(s)
	case p.take("describe"), p.take("desc"):
		p.describe(s)
	case p.take("msck"):
		s.Kind = Repair
		p.need("repair", "table")
		s.Name = p.name()
	case p.take("alter"):
		p.alter(s)
	default:
		p.expected("ALTER", "CREATE", "DESCRIBE", "DROP", "MSCK", "SHOW")
	}
	return s
}

func (p *parser) drop(s *Statement) {
	switch {
	case p.take("database"), p.take("schema"):
		s.Kind = DropDatabase
		s.IfExists = p.take("if", "exists")
		s.Name.Database = p.ident()
		s.Cascade = p.take("cascade")
		if !s.Cascade {
			p.take("restrict")
		}
		return
	case p.take("table"):
		s.Kind = DropTable
	case p.take("view"):
		s.Kind = DropView
	default:
		p.expected("DATABASE", "SCHEMA", "TABLE", "VIEW")
	}
	s.IfExists = p.take("if", "exists")
	s.Name = p.name()
}

func (p *parser) show(s *Statement) {
	from := func() bool { return p.take("in") || p.take("from") }
	switch {
	case p.take("databases"), p.take("schemas"):
		s.Kind = ShowDatabases
		if p.take("like") || p.peek().Kind == lex.String {
			s.Pattern = p.text()
		}
	case p.take("tables"), p.take("views"):
		s.Kind = ShowTables
		if p.toks[p.i-1].Is("views") {
			s.Kind = ShowViews
		}
		if from() {
			s.Name.Database = p.ident()
		}
		if p.take("like") || p.peek().Kind == lex.String {
			s.Pattern = p.text()
		}
	case p.take("columns"):
		s.Kind = ShowColumns
		if !from() {
			p.expected("FROM", "IN")
		}
		s.Name = p.name()
		if from() {
			s.Name.Database = p.ident()
		}
	case p.take("partitions"):
		s.Kind, s.Name = ShowPartitions, p.name()
	case p.take("create", "table"):
		s.Kind, s.Name = ShowCreateTable, p.name()
	case p.take("create", "view"):
		s.Kind, s.Name = ShowCreateView, p.name()
	case p.take("tblproperties"):
		s.Kind, s.Name = ShowProperties, p.name()
		if p.take("(") {
			s.Property = p.text()
			p.need(")")
		}
	default:
		p.expected("COLUMNS", "CREATE", "DATABASES", "PARTITIONS", "SCHEMAS", "TABLES", "TBLPROPERTIES", "VIEWS")
	}
}

func (p *parser) describe(s *Statement) {
	s.Kind = Describe
	if p.take("view") {
		s.Kind = DescribeView
	}
	s.Extended = p.take("formatted") || p.take("extended")
	s.Name = p.name()
	if p.peek().Is("partition") {
		p.fail(p.peek(), "DESCRIBE of a partition is not supported; describe the table")
	}
}
