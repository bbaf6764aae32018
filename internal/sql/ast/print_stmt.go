package ast

func (p *printer) statement(s Statement) {
	if p.create(s) || p.dml(s) || p.plan(s) || p.inspect(s) {
		return
	}
	switch s := s.(type) {
	case Query:
		p.query(s)
	case *Drop:
		p.put("DROP ")
		p.when(s.Temporary, "TEMPORARY ")
		p.when(s.System, "SYSTEM ")
		p.put(string(s.What), " ")
		p.when(s.IfExists, "IF EXISTS ")
		p.name(s.Name)
		p.when(s.Cascade, " CASCADE")
	case *Alter:
		p.alter(s)
	case *AlterFunction:
		p.put("ALTER ")
		p.when(s.Temporary, "TEMPORARY ")
		p.when(s.System, "SYSTEM ")
		p.put("FUNCTION ")
		p.when(s.IfExists, "IF EXISTS ")
		p.name(s.Name)
		p.optStr("AS", s.Class)
		p.when(s.Language != "", " LANGUAGE "+s.Language)
	case *Set:
		p.put("SET")
		if s.Key != nil {
			p.optStr("", s.Key)
			p.optStr("=", s.Value)
		}
	case *Reset:
		p.put("RESET")
		p.optStr("", s.Key)
	case *Jar:
		p.put(map[bool]string{false: "ADD JAR ", true: "REMOVE JAR "}[s.Remove])
		p.str(s.Path)
	case *LoadModule:
		p.put("LOAD MODULE ")
		p.ident(s.Name)
		p.with(s.Options)
	case *UnloadModule:
		p.put("UNLOAD MODULE ")
		p.ident(s.Name)
	case *StopJob:
		p.put("STOP JOB ")
		p.str(s.ID)
		p.when(s.Savepoint, " WITH SAVEPOINT")
		p.when(s.Drain, " WITH DRAIN")
	case *ClientCommand:
		p.put(s.Word)
	}
}

// dml prints statements that change tables.
func (p *printer) dml(s Statement) bool {
	switch s := s.(type) {
	case *Insert:
		p.insert(s)
	case *Update:
		p.put("UPDATE ")
		p.name(s.Table)
		p.alias(s.Alias)
		p.put(" SET ")
		commas(p, s.Set, func(a Assignment) {
			p.name(a.Column)
			p.put(" = ")
			p.expr(a.Value, 0)
		})
		p.clause(" WHERE ", s.Where)
	case *Delete:
		p.put("DELETE FROM ")
		p.name(s.Table)
		p.alias(s.Alias)
		p.clause(" WHERE ", s.Where)
	case *Truncate:
		p.put("TRUNCATE TABLE ")
		p.name(s.Table)
	case *CallProcedure:
		p.put("CALL ")
		p.functionName(s.Call.Name, func(upper string) bool { return !IsReserved(upper) })
		p.args(s.Call)
	case *Analyze:
		p.put("ANALYZE TABLE ")
		p.name(s.Table)
		p.partition(s.Partition)
		p.put(" COMPUTE STATISTICS")
		p.when(s.AllColumns, " FOR ALL COLUMNS")
		if len(s.Columns) > 0 {
			p.put(" FOR COLUMNS ")
			commas(p, s.Columns, p.ident)
		}
	default:
		return false
	}
	return true
}

func (p *printer) alias(id Ident) {
	if id.Name != "" {
		p.put(" AS ")
		p.ident(id)
	}
}

func (p *printer) insert(s *Insert) {
	p.put(map[bool]string{false: "INSERT INTO ", true: "INSERT OVERWRITE "}[s.Overwrite])
	p.name(s.Table)
	p.hints(s.Hints)
	p.partition(s.Partition)
	if len(s.Columns) > 0 {
		p.put(" ")
		parens(p, s.Columns, p.name)
	}
	p.put(" ")
	p.query(s.Query)
	p.when(s.OnConflict != "", " ON CONFLICT DO "+s.OnConflict)
}

// plan prints statements about other statements.
func (p *printer) plan(s Statement) bool {
	switch s := s.(type) {
	case *StatementSet:
		p.put("STATEMENT SET BEGIN ")
		for _, in := range s.Inserts {
			p.insert(in)
			p.put("; ")
		}
		p.put("END")
	case *Execute:
		p.put("EXECUTE ")
		p.statement(s.Stmt)
	case *BeginStatementSet:
		p.put("BEGIN STATEMENT SET")
	case *End:
		p.put("END")
	case *Explain:
		p.put("EXPLAIN ")
		p.when(s.Form != "", s.Form+" FOR ")
		commas(p, s.Details, func(d string) { p.put(d) })
		p.when(len(s.Details) > 0, " ")
		p.statement(s.Stmt)
	case *CompilePlan:
		p.put("COMPILE ")
		p.when(s.Execute, "AND EXECUTE ")
		p.put("PLAN ")
		p.str(s.Path)
		p.when(s.IfNotExists, " IF NOT EXISTS")
		p.put(" FOR ")
		p.statement(s.Stmt)
	case *ExecutePlan:
		p.put("EXECUTE PLAN ")
		p.str(s.Path)
	default:
		return false
	}
	return true
}

// inspect prints statements that look around.
func (p *printer) inspect(s Statement) bool {
	switch s := s.(type) {
	case *Show:
		p.put("SHOW ", s.What)
		p.when(s.Prep != "", " "+s.Prep)
		if len(s.Name) > 0 {
			p.put(" ")
			p.name(s.Name)
		}
		p.partition(s.Partition)
		if s.Like != "" {
			p.when(s.Not, " NOT")
			p.optStr(s.Like, s.Pattern)
		}
	case *Describe:
		p.put("DESCRIBE")
		if s.What != TableObject {
			p.put(" ", string(s.What))
		}
		p.when(s.Extended, " EXTENDED")
		p.optStr("", s.Job)
		if len(s.Name) > 0 {
			p.put(" ")
			p.name(s.Name)
		}
	case *Use:
		p.put("USE ")
		p.when(s.What == CatalogObject, "CATALOG ")
		p.name(s.Name)
	case *UseModules:
		p.put("USE MODULES ")
		commas(p, s.Modules, p.ident)
	default:
		return false
	}
	return true
}
