package parser

import (
	"slices"

	"weir/internal/sql/ast"
)

func (p *parser) insert() *ast.Insert {
	s := &ast.Insert{At: p.at()}
	p.expect("INSERT")
	s.Overwrite = p.oneOf("INTO", "OVERWRITE") == "OVERWRITE"
	s.Table = p.name()
	s.Hints = p.hints()
	if p.accept("PARTITION") {
		s.Partition = p.partitionSpec(true)
	}
	if p.is("(") && p.peek(1).isName() {
		s.Columns = paren(p, func() []ast.Name { return list(p, p.name) })
	}
	s.Query = p.query()
	if p.accept("ON") {
		p.expect("CONFLICT", "DO")
		s.OnConflict = p.oneOf("NOTHING", "ERROR", "DEDUPLICATE")
	}
	return s
}

// partitionSpec takes (k = literal, …); without values a key may stand alone.
func (p *parser) partitionSpec(values bool) []ast.PartitionItem {
	return paren(p, func() []ast.PartitionItem {
		return list(p, func() ast.PartitionItem {
			it := ast.PartitionItem{At: p.at(), Key: p.ident()}
			if values {
				p.expect("=")
				it.Value = p.literal()
			} else if p.accept("=") {
				it.Value = p.literal()
			}
			return it
		})
	})
}

// literal takes a constant.
func (p *parser) literal() ast.Expr {
	at := p.at()
	var e ast.Expr
	switch t := p.tok(); {
	case t.word == "+" || t.word == "-":
		op := ast.Neg
		if p.next().word == "+" {
			op = ast.Plus
		}
		return &ast.Unary{At: at, Op: op, X: p.count()}
	default:
		e = p.primary()
	}
	switch e.(type) {
	case *ast.Number, *ast.String, *ast.Bytes, *ast.Bool, *ast.Null, *ast.Temporal, *ast.Interval, *ast.Unary:
		return e
	}
	p.fail(at, "write a number, a string in single quotes, or DATE '…'", "a partition's value must be a literal")
	return nil
}

// statementSet takes STATEMENT SET BEGIN insert; … END.
func (p *parser) statementSet() ast.Statement {
	s := &ast.StatementSet{At: p.at()}
	p.expect("STATEMENT", "SET", "BEGIN")
	for first := true; first || !p.is("END"); first = false {
		s.Inserts = append(s.Inserts, p.insert())
		p.expect(";")
	}
	p.expect("END")
	return s
}

func (p *parser) execute() ast.Statement {
	at := p.at()
	p.expect("EXECUTE")
	if p.accept("PLAN") {
		return &ast.ExecutePlan{At: at, Path: p.str().Value}
	}
	return &ast.Execute{At: at, Stmt: p.executable()}
}

// executable takes a statement set, an insert or a query.
func (p *parser) executable() ast.Statement {
	switch {
	case p.is("STATEMENT"):
		return p.statementSet()
	case p.is("INSERT"):
		return p.insert()
	}
	return p.query()
}

// compile takes COMPILE [AND EXECUTE] PLAN 'file' [IF NOT EXISTS] FOR statement.
func (p *parser) compile() ast.Statement {
	s := &ast.CompilePlan{At: p.at()}
	p.expect("COMPILE")
	if p.accept("AND") {
		p.expect("EXECUTE")
		s.Execute = true
	}
	p.expect("PLAN")
	s.Path = p.str().Value
	if !s.Execute {
		s.IfNotExists = p.ifNotExists()
	}
	p.expect("FOR")
	if p.is("STATEMENT") {
		s.Stmt = p.statementSet()
	} else {
		s.Stmt = p.insert()
	}
	return s
}

var explainDetails = [...]string{"ESTIMATED_COST", "CHANGELOG_MODE", "JSON_EXECUTION_PLAN", "PLAN_ADVICE"}

func (p *parser) explain() ast.Statement {
	s := &ast.Explain{At: p.at()}
	p.expect("EXPLAIN")
	switch {
	case p.accept2("PLAN", "FOR"):
		s.Form = "PLAN"
	default:
		for d := p.anyOf(explainDetails[:]...); d != ""; d = p.oneOf(explainDetails[:]...) {
			if slices.Contains(s.Details, d) {
				p.fail(p.at(), "", "Duplicate EXPLAIN DETAIL is not allowed.")
			}
			if s.Details = append(s.Details, d); !p.accept(",") {
				break
			}
		}
	}
	s.Stmt = p.explained()
	return s
}

// explained takes a statement that has a plan.
func (p *parser) explained() ast.Statement {
	at := p.at()
	switch {
	case p.is("REPLACE"):
		p.i++
		return p.replaceTable(at)
	case p.is("EXECUTE"):
		return p.execute()
	case p.is("CREATE"):
		s := p.create()
		switch c := s.(type) {
		case *ast.CreateTable:
			if c.As != nil {
				return s
			}
		case *ast.CreateMaterializedTable:
			return s
		}
		p.fail(at, "", "EXPLAIN explains only CREATE TABLE … AS and CREATE MATERIALIZED TABLE among CREATE statements")
	case p.is("ALTER"):
		s := p.alter()
		if a, ok := s.(*ast.Alter); ok && a.What == ast.MaterializedObject {
			if _, ok := a.Action.(*ast.AsQuery); ok {
				return s
			}
		}
		p.fail(at, "", "EXPLAIN explains only ALTER MATERIALIZED TABLE … AS among ALTER statements")
	}
	return p.executable()
}

func (p *parser) update() ast.Statement {
	s := &ast.Update{At: p.at()}
	p.expect("UPDATE")
	s.Table = p.name()
	s.Alias = p.alias([]string{"SET"})
	p.expect("SET")
	s.Set = list(p, func() ast.Assignment {
		a := ast.Assignment{At: p.at(), Column: p.name()}
		p.expect("=")
		a.Value = p.expr()
		return a
	})
	if p.accept("WHERE") {
		s.Where = p.expr()
	}
	return s
}

func (p *parser) delete() ast.Statement {
	s := &ast.Delete{At: p.at()}
	p.expect("DELETE", "FROM")
	s.Table = p.name()
	s.Alias = p.alias([]string{"WHERE"})
	if p.accept("WHERE") {
		s.Where = p.expr()
	}
	return s
}

func (p *parser) analyze() ast.Statement {
	s := &ast.Analyze{At: p.at()}
	p.expect("ANALYZE", "TABLE")
	s.Table = p.name()
	if p.accept("PARTITION") {
		s.Partition = p.partitionSpec(false)
	}
	p.expect("COMPUTE", "STATISTICS")
	if p.accept("FOR") {
		if s.AllColumns = p.accept("ALL"); s.AllColumns {
			p.expect("COLUMNS")
		} else {
			p.expect("COLUMNS")
			s.Columns = p.idents()
		}
	}
	return s
}
