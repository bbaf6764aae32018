package parser

import (
	"strings"

	"weir/internal/sql/ast"
)

// statementWords begin statements.
var statementWords = []string{"SELECT", "INSERT", "CREATE", "DROP", "ALTER", "SHOW", "DESCRIBE", "EXPLAIN", "USE",
	"SET", "RESET", "WITH", "VALUES", "EXECUTE", "BEGIN", "END", "ADD", "REMOVE", "LOAD", "UNLOAD", "STOP", "UPDATE",
	"DELETE", "TRUNCATE", "CALL", "ANALYZE", "COMPILE", "REPLACE", "DESC"}

// statement takes one statement, without a semicolon.
func (p *parser) statement() ast.Statement {
	at := p.at()
	switch w := p.tok().word; w {
	case "SELECT", "WITH", "VALUES", "TABLE", "(":
		return p.query()
	case "INSERT":
		return p.insert()
	case "CREATE":
		return p.create()
	case "REPLACE":
		p.i++
		return p.replaceTable(at)
	case "DROP":
		return p.drop()
	case "ALTER":
		return p.alter()
	case "SHOW":
		return p.show()
	case "DESCRIBE", "DESC":
		return p.describe()
	case "EXPLAIN":
		return p.explain()
	case "EXECUTE":
		return p.execute()
	case "COMPILE":
		return p.compile()
	case "UPDATE":
		return p.update()
	case "DELETE":
		return p.delete()
	case "ANALYZE":
		return p.analyze()
	case "USE":
		return p.use()
	case "SET":
		return p.set()
	}
	return p.command(at)
}

// command takes the shorter statements.
func (p *parser) command(at ast.At) ast.Statement {
	w := p.tok().word
	switch w {
	case "BEGIN":
		p.expect("BEGIN", "STATEMENT", "SET")
		return &ast.BeginStatementSet{At: at}
	case "END":
		p.i++
		return &ast.End{At: at}
	case "RESET":
		p.i++
		r := &ast.Reset{At: at}
		switch t := p.tok(); {
		case t.isString():
			r.Key = p.str()
		case t.kind == tIdent:
			r.Key = p.rawWord(";")
		}
		return r
	case "ADD", "REMOVE":
		p.i++
		p.expect("JAR")
		return &ast.Jar{At: at, Remove: w == "REMOVE", Path: p.plainStr().Value}
	case "LOAD":
		p.expect("LOAD", "MODULE")
		return &ast.LoadModule{At: at, Name: p.ident(), Options: p.with()}
	case "UNLOAD":
		p.expect("UNLOAD", "MODULE")
		return &ast.UnloadModule{At: at, Name: p.ident()}
	case "STOP":
		return p.stopJob()
	case "TRUNCATE":
		p.expect("TRUNCATE", "TABLE")
		return &ast.Truncate{At: at, Table: p.name()}
	case "CALL":
		p.i++
		return &ast.CallProcedure{At: at, Call: p.procedure()}
	}
	switch word := strings.ToUpper(p.tok().text(p.sql)); word {
	case "HELP", "CLEAR", "QUIT", "EXIT":
		p.i++
		return &ast.ClientCommand{At: at, Word: word}
	}
	p.unexpected(statementWords...)
	return nil
}

func (p *parser) procedure() *ast.Call {
	c := &ast.Call{At: p.at(), Name: p.name()}
	p.expect("(")
	if !p.is(")") {
		c.Args = list(p, func() ast.Expr { return p.arg(false) })
	}
	p.expect(")")
	return c
}

func (p *parser) stopJob() ast.Statement {
	s := &ast.StopJob{At: p.at()}
	p.expect("STOP", "JOB")
	s.ID = p.plainStr().Value
	s.Savepoint = p.accept2("WITH", "SAVEPOINT")
	at := p.at()
	if s.Drain = p.accept2("WITH", "DRAIN"); s.Drain && !s.Savepoint {
		p.fail(at, "write WITH SAVEPOINT WITH DRAIN", "WITH DRAIN could only be used after WITH SAVEPOINT")
	}
	return s
}

// set takes SET or SET 'key' = 'value'.
func (p *parser) set() ast.Statement {
	s := &ast.Set{At: p.at()}
	p.expect("SET")
	if t := p.tok(); t.kind == tEOF || t.word == ";" {
		return s
	}
	if !p.tok().isString() {
		s.Key = p.rawWord("=;")
		p.expect("=")
		if !p.tok().isString() {
			s.Value = p.rawWord(";")
			return s
		}
	} else {
		s.Key = p.str()
		p.expect("=")
	}
	s.Value = p.str()
	return s
}

// rawWord takes the text up to white space or one of stop, whatever its tokens
// are: the unquoted key or value of SET and RESET, which Flink's SQL client
// takes too.
func (p *parser) rawWord(stop string) *ast.String {
	t := p.tok()
	end := int(t.start)
	for end < len(p.sql) && !strings.ContainsRune(" \t\r\n\f'"+stop, rune(p.sql[end])) {
		end++
	}
	if end == int(t.start) {
		p.unexpected("a string")
	}
	for p.tok().kind != tEOF && int(p.tok().start) < end {
		p.i++
	}
	return &ast.String{At: t.at(), Value: p.sql[t.start:end]}
}

func (p *parser) use() ast.Statement {
	at := p.at()
	p.expect("USE")
	switch {
	case p.accept("CATALOG"):
		return &ast.Use{At: at, What: ast.CatalogObject, Name: ast.Name{p.ident()}}
	case p.accept("MODULES"):
		return &ast.UseModules{At: at, Modules: p.idents()}
	}
	return &ast.Use{At: at, What: ast.DatabaseObject, Name: p.name()}
}

// with takes WITH ('k' = 'v', …); nil without it.
func (p *parser) with() []ast.Option {
	if !p.accept("WITH") {
		return nil
	}
	return p.options()
}

// options takes ('k' = 'v', …).
func (p *parser) options() []ast.Option {
	p.expect("(")
	opts := []ast.Option{}
	if !p.is(")") {
		opts = list(p, p.option)
	}
	p.expect(")")
	return opts
}

func (p *parser) option() ast.Option {
	if t := p.tok(); t.isName() {
		p.fail(t.at(), "write '"+t.text(p.sql)+"' = '…'", "the key of an option must be a string in single quotes")
	}
	k := p.str()
	p.expect("=")
	if t := p.tok(); !t.isString() && t.kind != tEOF {
		p.fail(t.at(), "write '"+k.Value+"' = '"+t.text(p.sql)+"'", "the value of an option must be a string in single quotes")
	}
	v := p.str()
	return ast.Option{At: k.At, Key: k.Value, Value: v.Value, ValueAt: v.At}
}

// keys takes ('k', …).
func (p *parser) keys() []*ast.String {
	p.expect("(")
	var ks []*ast.String
	if !p.is(")") {
		ks = list(p, p.str)
	}
	p.expect(")")
	return ks
}

func (p *parser) ifNotExists() bool {
	if p.is("IF") && p.peek(1).word == "NOT" {
		p.i++
		p.expect("NOT", "EXISTS")
		return true
	}
	return false
}

func (p *parser) ifExists() bool { return p.accept2("IF", "EXISTS") }
