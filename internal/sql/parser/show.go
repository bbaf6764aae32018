package parser

import "weir/internal/sql/ast"

// showKinds are the plain listings: whether FROM db, LIKE and ILIKE may follow.
var showKinds = map[string]struct{ from, like, ilike bool }{
	"CATALOGS": {false, true, true}, "DATABASES": {true, true, true}, "FUNCTIONS": {true, true, true},
	"PROCEDURES": {true, true, true}, "TABLES": {true, true, false}, "VIEWS": {true, true, false},
	"MATERIALIZED TABLES": {true, true, false}, "MODELS": {true, true, false}, "CONNECTIONS": {true, true, false},
	"USER FUNCTIONS": {true, true, true}, "COLUMNS": {false, true, false}, "MODULES": {}, "FULL MODULES": {},
	"JARS": {}, "JOBS": {},
}

func (p *parser) show() ast.Statement {
	s := &ast.Show{At: p.at()}
	p.expect("SHOW")
	switch w := p.oneOf("TABLES", "VIEWS", "DATABASES", "CATALOGS", "FUNCTIONS", "CREATE", "COLUMNS", "CURRENT", "USER",
		"PARTITIONS", "MODULES", "FULL", "JARS", "JOBS", "PROCEDURES", "MODELS", "CONNECTIONS", "MATERIALIZED"); w {
	case "CREATE":
		return p.showCreate(s)
	case "CURRENT":
		s.What = "CURRENT " + p.oneOf("CATALOG", "DATABASE")
		return s
	case "PARTITIONS":
		s.What = w
		s.Name = p.name()
		if p.accept("PARTITION") {
			s.Partition = p.partitionSpec(true)
		}
		return s
	case "COLUMNS":
		s.What = w
		s.Prep = p.oneOf("FROM", "IN")
		s.Name = p.name()
	case "USER":
		p.expect("FUNCTIONS")
		s.What = "USER FUNCTIONS"
	case "FULL":
		p.expect("MODULES")
		s.What = "FULL MODULES"
	case "MATERIALIZED":
		p.expect("TABLES")
		s.What = "MATERIALIZED TABLES"
	default:
		s.What = w
	}
	p.showScope(s)
	return s
}

// showScope takes [FROM|IN name] [[NOT] LIKE 'pattern'].
func (p *parser) showScope(s *ast.Show) {
	kind := showKinds[s.What]
	if kind.from {
		if s.Prep = p.anyOf("FROM", "IN"); s.Prep != "" {
			s.Name = p.name()
		}
	}
	if !kind.like {
		return
	}
	words := []string{"LIKE", "ILIKE"}
	if !kind.ilike {
		words = words[:1]
	}
	if s.Not = p.accept("NOT"); s.Not {
		s.Like = p.oneOf(words...)
	} else {
		s.Like = p.anyOf(words...)
	}
	if s.Like != "" {
		s.Pattern = p.plainStr()
	}
}

func (p *parser) showCreate(s *ast.Show) ast.Statement {
	w := p.oneOf("TABLE", "VIEW", "CATALOG", "MODEL", "CONNECTION", "MATERIALIZED", "OR")
	if w == "OR" {
		p.expect("ALTER", "MATERIALIZED")
		w = "OR ALTER MATERIALIZED"
	}
	if w == "MATERIALIZED" || w == "OR ALTER MATERIALIZED" {
		p.expect("TABLE")
		w += " TABLE"
	}
	s.What = "CREATE " + w
	if w == "CATALOG" {
		s.Name = ast.Name{p.ident()}
	} else {
		s.Name = p.name()
	}
	return s
}

func (p *parser) describe() ast.Statement {
	s := &ast.Describe{At: p.at(), What: ast.TableObject}
	p.oneOf("DESCRIBE", "DESC")
	if w := p.anyOf("CATALOG", "DATABASE", "FUNCTION", "MODEL", "CONNECTION", "JOB"); w != "" {
		s.What = ast.ObjectKind(w)
	}
	if s.What == ast.JobObject {
		s.Job = p.plainStr()
		return s
	}
	s.Extended = p.accept("EXTENDED")
	if s.What == ast.CatalogObject {
		s.Name = ast.Name{p.ident()}
	} else {
		s.Name = p.name()
	}
	return s
}
