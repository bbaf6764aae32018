package parser

import "weir/internal/sql/ast"

func (p *parser) create() ast.Statement {
	at := p.at()
	p.expect("CREATE")
	if p.accept("OR") {
		if p.oneOf("REPLACE", "ALTER") == "ALTER" {
			return p.createMaterialized(at, true)
		}
		temporary := p.accept("TEMPORARY")
		t := p.createTable(at)
		t.OrReplace, t.Temporary = true, temporary
		return t
	}
	temporary := p.accept("TEMPORARY")
	systemAt := p.at()
	system := p.accept("SYSTEM")
	if system && !temporary {
		p.fail(systemAt, "write CREATE TEMPORARY SYSTEM FUNCTION",
			"CREATE SYSTEM FUNCTION is not supported, system functions can only be registered as temporary function")
	}
	if system {
		return p.createSystem(at)
	}
	switch {
	case p.is("TABLE"):
		t := p.createTable(at)
		t.Temporary = temporary
		return t
	case p.accept("VIEW"):
		return p.createView(at, temporary)
	case p.accept("FUNCTION"):
		return p.createFunction(&ast.CreateFunction{At: at, Temporary: temporary})
	case p.accept("MODEL"):
		return p.createModel(at, temporary)
	case p.accept("CONNECTION"):
		return p.createConnection(&ast.CreateConnection{At: at, Temporary: temporary})
	}
	if temporary {
		p.unexpected()
	}
	switch {
	case p.accept("CATALOG"):
		return p.createCatalog(at)
	case p.accept("DATABASE"):
		s := &ast.CreateDatabase{At: at, IfNotExists: p.ifNotExists()}
		s.Name, s.Comment, s.Options = p.name(), p.optStr("COMMENT"), p.with()
		return s
	case p.is("MATERIALIZED"):
		return p.createMaterialized(at, false)
	}
	p.unexpected("OR")
	return nil
}

// createSystem takes what follows CREATE TEMPORARY SYSTEM.
func (p *parser) createSystem(at ast.At) ast.Statement {
	if p.oneOf("FUNCTION", "CONNECTION") == "FUNCTION" {
		return p.createFunction(&ast.CreateFunction{At: at, Temporary: true, System: true})
	}
	return p.createConnection(&ast.CreateConnection{At: at, Temporary: true, System: true})
}

func (p *parser) createCatalog(at ast.At) ast.Statement {
	s := &ast.CreateCatalog{At: at, IfNotExists: p.ifNotExists()}
	s.Name = p.ident()
	if p.is(".") {
		p.unexpected()
	}
	s.Comment, s.Options = p.optStr("COMMENT"), p.with()
	return s
}

func (p *parser) createView(at ast.At, temporary bool) ast.Statement {
	s := &ast.CreateView{At: at, Temporary: temporary, IfNotExists: p.ifNotExists()}
	s.Name = p.name()
	if p.is("(") {
		s.Columns = p.parenIdents()
	}
	s.Comment = p.optStr("COMMENT")
	p.expect("AS")
	s.Query = p.query()
	return s
}

func (p *parser) createFunction(s *ast.CreateFunction) ast.Statement {
	s.IfNotExists = p.ifNotExists()
	s.Name = p.name()
	p.expect("AS")
	s.Class = p.plainStr()
	langAt := p.at()
	s.Language = p.language()
	if p.accept("USING") {
		if s.Language == "SQL" || s.Language == "PYTHON" {
			p.fail(langAt, "leave USING out", "CREATE FUNCTION USING JAR syntax is not applicable to %s language.", s.Language)
		}
		s.Resources = list(p, func() ast.Resource {
			r := ast.Resource{At: p.at(), Kind: p.oneOf("JAR", "ARTIFACT")}
			r.Path = p.plainStr().Value
			return r
		})
	}
	s.Options = p.with()
	return s
}

func (p *parser) language() string {
	if !p.accept("LANGUAGE") {
		return ""
	}
	return p.oneOf("JAVA", "SCALA", "PYTHON", "SQL")
}

func (p *parser) createModel(at ast.At, temporary bool) ast.Statement {
	s := &ast.CreateModel{At: at, Temporary: temporary, IfNotExists: p.ifNotExists()}
	s.Name = p.name()
	for _, part := range []struct {
		word string
		cols *[]ast.Column
	}{{"INPUT", &s.Input}, {"OUTPUT", &s.Output}} {
		if p.accept(part.word) {
			var e elements
			p.elements(&e, false)
			*part.cols = e.columns
		}
	}
	s.Comment, s.Options = p.optStr("COMMENT"), p.with()
	if p.accept("AS") {
		s.As = p.query()
	}
	return s
}

func (p *parser) createConnection(s *ast.CreateConnection) ast.Statement {
	s.IfNotExists = p.ifNotExists()
	s.Name, s.Comment = p.name(), p.optStr("COMMENT")
	p.expect("WITH")
	s.Options = p.options()
	return s
}

func (p *parser) drop() ast.Statement {
	s := &ast.Drop{At: p.at()}
	p.expect("DROP")
	s.Temporary = p.accept("TEMPORARY")
	systemAt := p.at()
	s.System = p.accept("SYSTEM")
	kinds := []string{"TABLE", "VIEW", "FUNCTION", "MODEL", "CONNECTION"}
	switch {
	case s.System:
		kinds = []string{"FUNCTION", "CONNECTION"}
	case !s.Temporary:
		kinds = append(kinds, "CATALOG", "DATABASE", "MATERIALIZED")
	}
	w := p.oneOf(kinds...)
	if s.System && !s.Temporary && w == "CONNECTION" {
		p.fail(systemAt, "write DROP TEMPORARY SYSTEM CONNECTION", "only temporary system connections can be dropped")
	}
	if w == "MATERIALIZED" {
		p.expect("TABLE")
		w = "MATERIALIZED TABLE"
	}
	s.What = ast.ObjectKind(w)
	s.IfExists = p.ifExists()
	s.Name = p.name()
	if s.What == ast.DatabaseObject {
		s.Cascade = p.anyOf("RESTRICT", "CASCADE") == "CASCADE"
	}
	return s
}
