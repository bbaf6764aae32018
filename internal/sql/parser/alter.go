package parser

import "weir/internal/sql/ast"

func (p *parser) alter() ast.Statement {
	s := &ast.Alter{At: p.at()}
	p.expect("ALTER")
	w := p.oneOf("TABLE", "VIEW", "DATABASE", "CATALOG", "FUNCTION", "MODEL", "CONNECTION", "MATERIALIZED", "TEMPORARY")
	switch w {
	case "TEMPORARY":
		f := &ast.AlterFunction{At: s.At, Temporary: true, System: p.accept("SYSTEM")}
		p.expect("FUNCTION")
		return p.alterFunction(f)
	case "FUNCTION":
		return p.alterFunction(&ast.AlterFunction{At: s.At})
	case "MATERIALIZED":
		p.expect("TABLE")
		w = "MATERIALIZED TABLE"
	}
	s.What = ast.ObjectKind(w)
	switch s.What {
	case ast.TableObject, ast.ModelObject, ast.ConnectionObject:
		s.IfExists = p.ifExists()
	}
	if s.What == ast.CatalogObject {
		s.Name = ast.Name{p.ident()}
	} else {
		s.Name = p.name()
	}
	s.Action = p.alterAction(s.What)
	return s
}

func (p *parser) alterFunction(f *ast.AlterFunction) ast.Statement {
	f.IfExists = p.ifExists()
	f.Name = p.name()
	p.expect("AS")
	f.Class = p.plainStr()
	f.Language = p.language()
	return f
}

// alterations are the actions that each kind of object knows.
var alterations = map[ast.ObjectKind][]string{
	ast.TableObject:        {"RENAME", "SET", "RESET", "ADD", "MODIFY", "DROP"},
	ast.MaterializedObject: {"SET", "RESET", "ADD", "MODIFY", "DROP", "AS", "SUSPEND", "RESUME", "REFRESH"},
	ast.ViewObject:         {"RENAME", "AS"},
	ast.DatabaseObject:     {"SET"},
	ast.CatalogObject:      {"SET", "RESET", "COMMENT"},
	ast.ModelObject:        {"RENAME", "SET", "RESET"},
	ast.ConnectionObject:   {"RENAME", "SET", "RESET"},
}

func (p *parser) alterAction(what ast.ObjectKind) ast.AlterAction {
	at := p.at()
	switch w := p.oneOf(alterations[what]...); w {
	case "RENAME":
		if p.accept("TO") {
			return &ast.Rename{At: at, To: p.name()}
		}
		if what != ast.TableObject {
			p.unexpected()
		}
		r := &ast.RenameColumn{At: at, From: p.name()}
		p.expect("TO")
		r.To = p.name()
		return r
	case "SET":
		if what == ast.MaterializedObject {
			return p.setMaterialized(at)
		}
		return &ast.SetOptions{At: at, Options: p.options()}
	case "RESET":
		return &ast.ResetOptions{At: at, Keys: p.keys()}
	case "COMMENT":
		return &ast.SetComment{At: at, Comment: p.plainStr()}
	case "ADD", "MODIFY":
		return p.addElements(at, what, w == "MODIFY")
	case "DROP":
		return p.dropElements(at, what)
	case "AS":
		return &ast.AsQuery{At: at, Query: p.query()}
	case "SUSPEND":
		return &ast.Suspend{At: at}
	case "RESUME":
		return &ast.Resume{At: at, Options: p.with()}
	}
	r := &ast.Refresh{At: at}
	if p.accept("PARTITION") {
		r.Partition = p.partitionSpec(true)
	}
	return r
}

// setMaterialized takes what follows ALTER MATERIALIZED TABLE t SET.
func (p *parser) setMaterialized(at ast.At) ast.AlterAction {
	switch p.anyOf("FRESHNESS", "REFRESH_MODE") {
	case "FRESHNESS":
		p.expect("=")
		return &ast.SetFreshness{At: at,
			Freshness: p.intervalLiteral("ALTER MATERIALIZED TABLE only supports interval literal as FRESHNESS")}
	case "REFRESH_MODE":
		p.expect("=")
		return &ast.SetRefreshMode{At: at, Mode: p.oneOf("FULL", "CONTINUOUS")}
	}
	return &ast.SetOptions{At: at, Options: p.options()}
}

// addElements takes what follows ADD or MODIFY.
func (p *parser) addElements(at ast.At, what ast.ObjectKind, modify bool) ast.AlterAction {
	if !modify && what == ast.TableObject {
		if ifNotExists := p.ifNotExists(); ifNotExists || p.is("PARTITION") {
			return p.addPartitions(at, ifNotExists)
		}
	}
	if p.accept("DISTRIBUTION") {
		return &ast.AddDistribution{At: at, Modify: modify, Distribution: p.distribution()}
	}
	a := &ast.AddElements{At: at, Modify: modify, List: p.accept("(")}
	var e elements
	p.element(&e, true)
	if a.List {
		for p.accept(",") {
			p.element(&e, true)
		}
		p.expect(")")
	}
	a.Columns, a.Constraints, a.Watermark = e.columns, e.constraints, e.watermark
	return a
}

func (p *parser) addPartitions(at ast.At, ifNotExists bool) ast.AlterAction {
	a := &ast.AddPartitions{At: at, IfNotExists: ifNotExists}
	for first := true; first || p.is("PARTITION"); first = false {
		part := ast.Partition{At: p.at()}
		p.expect("PARTITION")
		part.Items = p.partitionSpec(true)
		part.Options = p.with()
		a.Partitions = append(a.Partitions, part)
	}
	return a
}

// dropElements takes what follows DROP in ALTER TABLE.
func (p *parser) dropElements(at ast.At, what ast.ObjectKind) ast.AlterAction {
	if what == ast.TableObject {
		if ifExists := p.ifExists(); ifExists || p.is("PARTITION") {
			d := &ast.DropPartitions{At: at, IfExists: ifExists}
			d.Partitions = list(p, func() ast.Partition {
				part := ast.Partition{At: p.at()}
				p.expect("PARTITION")
				part.Items = p.partitionSpec(true)
				return part
			})
			return d
		}
	}
	switch p.anyOf("PRIMARY", "CONSTRAINT", "DISTRIBUTION", "WATERMARK") {
	case "PRIMARY":
		p.expect("KEY")
		return &ast.DropConstraint{At: at, Primary: true}
	case "CONSTRAINT":
		return &ast.DropConstraint{At: at, Name: p.ident()}
	case "DISTRIBUTION":
		return &ast.DropDistribution{At: at}
	case "WATERMARK":
		return &ast.DropWatermark{At: at}
	}
	d := &ast.DropColumns{At: at, List: p.accept("(")}
	if !d.List {
		d.Columns = []ast.Name{p.name()}
		return d
	}
	d.Columns = list(p, p.name)
	p.expect(")")
	return d
}
