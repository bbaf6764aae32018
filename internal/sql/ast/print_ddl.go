package ast

func (p *printer) create(s Statement) bool {
	switch s := s.(type) {
	case *CreateTable:
		p.createTable(s)
	case *CreateMaterializedTable:
		p.createMaterialized(s)
	case *CreateView:
		p.createHead(s.Temporary, false, "VIEW", s.IfNotExists, s.Name)
		if len(s.Columns) > 0 {
			p.put(" ")
			parens(p, s.Columns, p.ident)
		}
		p.optStr("COMMENT", s.Comment)
		p.put(" AS ")
		p.query(s.Query)
	case *CreateFunction:
		p.createHead(s.Temporary, s.System, "FUNCTION", s.IfNotExists, s.Name)
		p.optStr("AS", s.Class)
		p.when(s.Language != "", " LANGUAGE "+s.Language)
		if len(s.Resources) > 0 {
			p.put(" USING ")
			commas(p, s.Resources, func(r Resource) {
				p.put(r.Kind, " ")
				p.str(r.Path)
			})
		}
		p.with(s.Options)
	case *CreateCatalog:
		p.createHead(false, false, "CATALOG", s.IfNotExists, Name{s.Name})
		p.optStr("COMMENT", s.Comment)
		p.with(s.Options)
	case *CreateDatabase:
		p.createHead(false, false, "DATABASE", s.IfNotExists, s.Name)
		p.optStr("COMMENT", s.Comment)
		p.with(s.Options)
	case *CreateModel:
		p.createModel(s)
	case *CreateConnection:
		p.createHead(s.Temporary, s.System, "CONNECTION", s.IfNotExists, s.Name)
		p.optStr("COMMENT", s.Comment)
		p.put(" WITH ")
		p.options(s.Options)
	default:
		return false
	}
	return true
}

func (p *printer) createHead(temporary, system bool, what string, ifNotExists bool, name Name) {
	p.put("CREATE ")
	p.when(temporary, "TEMPORARY ")
	p.when(system, "SYSTEM ")
	p.put(what, " ")
	p.when(ifNotExists, "IF NOT EXISTS ")
	p.name(name)
}

// with prints " WITH (…)"; nil options are none, empty ones are ().
func (p *printer) with(opts []Option) {
	if opts != nil {
		p.put(" WITH ")
		p.options(opts)
	}
}

func (p *printer) options(opts []Option) {
	parens(p, opts, func(o Option) {
		p.str(o.Key)
		p.put(" = ")
		p.str(o.Value)
	})
}

func (p *printer) createTable(s *CreateTable) {
	switch {
	case s.Replace:
		p.put("REPLACE ")
	case s.OrReplace:
		p.put("CREATE OR REPLACE ")
	default:
		p.put("CREATE ")
	}
	p.when(s.Temporary, "TEMPORARY ")
	p.put("TABLE ")
	p.when(s.IfNotExists, "IF NOT EXISTS ")
	p.name(s.Name)
	p.schema(s.ColumnNames, s.Columns, s.Watermark, s.Constraints)
	p.optStr("COMMENT", s.Comment)
	p.distributed(s.Distribution)
	p.partitionedBy(s.PartitionBy)
	if len(s.Connection) > 0 {
		p.put(" USING CONNECTION ")
		p.name(s.Connection)
	}
	p.with(s.Options)
	if s.Like != nil {
		p.put(" LIKE ")
		p.name(s.Like.Name)
		for i, r := range s.Like.Rules {
			p.put(map[bool]string{true: " (", false: " "}[i == 0], r.Merge, " ", r.Feature)
		}
		p.when(len(s.Like.Rules) > 0, ")")
	}
	if s.As != nil {
		p.put(" AS ")
		p.query(s.As)
	}
}

func (p *printer) createMaterialized(s *CreateMaterializedTable) {
	p.put("CREATE ")
	p.when(s.OrAlter, "OR ALTER ")
	p.put("MATERIALIZED TABLE ")
	p.name(s.Name)
	p.schema(s.ColumnNames, s.Columns, s.Watermark, s.Constraints)
	p.optStr("COMMENT", s.Comment)
	p.distributed(s.Distribution)
	p.partitionedBy(s.PartitionBy)
	p.with(s.Options)
	if m := s.StartMode; m != nil {
		p.put(" START_MODE = ", m.Mode)
		if m.Arg != nil {
			p.put("(")
			p.expr(m.Arg, 0)
			p.put(")")
		}
	}
	if s.Freshness != nil {
		p.put(" FRESHNESS = ")
		p.expr(s.Freshness, 0)
	}
	p.when(s.RefreshMode != "", " REFRESH_MODE = "+s.RefreshMode)
	p.put(" AS ")
	p.query(s.Query)
}

func (p *printer) createModel(s *CreateModel) {
	p.createHead(s.Temporary, false, "MODEL", s.IfNotExists, s.Name)
	if s.Input != nil {
		p.put(" INPUT ")
		parens(p, s.Input, p.column)
	}
	if s.Output != nil {
		p.put(" OUTPUT ")
		parens(p, s.Output, p.column)
	}
	p.optStr("COMMENT", s.Comment)
	p.with(s.Options)
	if s.As != nil {
		p.put(" AS ")
		p.query(s.As)
	}
}

// schema prints " (…)", nothing when there is nothing to declare.
func (p *printer) schema(names []Name, cols []Column, wm *Watermark, cs []Constraint) {
	if len(names) > 0 {
		p.put(" ")
		parens(p, names, p.name)
		return
	}
	if len(cols) == 0 && wm == nil && len(cs) == 0 {
		return
	}
	p.put(" (")
	p.elements(cols, wm, cs)
	p.put(")")
}

// elements prints columns, then the watermark, then constraints.
func (p *printer) elements(cols []Column, wm *Watermark, cs []Constraint) {
	commas(p, cols, p.column)
	if wm != nil {
		p.when(len(cols) > 0, ", ")
		p.put("WATERMARK FOR ")
		p.name(wm.Column)
		p.put(" AS ")
		p.expr(wm.Expr, 0)
	}
	for i, c := range cs {
		p.when(i > 0 || len(cols) > 0 || wm != nil, ", ")
		p.constraint(&c)
	}
}

func (p *printer) column(c Column) {
	p.name(c.Name)
	switch c.Kind {
	case Computed:
		p.put(" AS ")
		p.expr(c.Expr, 0)
	case Metadata:
		p.put(" ")
		p.typ(c.Type)
		p.put(" METADATA")
		p.optStr("FROM", c.MetaKey)
		p.when(c.Virtual, " VIRTUAL")
	default:
		p.put(" ")
		p.typ(c.Type)
		if c.Constraint != nil {
			p.put(" ")
			p.constraint(c.Constraint)
		}
	}
	p.optStr("COMMENT", c.Comment)
	switch {
	case c.Place == nil:
	case len(c.Place.After) == 0:
		p.put(" FIRST")
	default:
		p.put(" AFTER ")
		p.name(c.Place.After)
	}
}

func (p *printer) constraint(c *Constraint) {
	if c.Name.Name != "" {
		p.put("CONSTRAINT ")
		p.ident(c.Name)
		p.put(" ")
	}
	p.put(map[bool]string{false: "PRIMARY KEY", true: "UNIQUE"}[c.Unique])
	if len(c.Columns) > 0 {
		p.put(" ")
		parens(p, c.Columns, p.ident)
	}
	p.put([...]string{EnforcementDefault: "", Enforced: " ENFORCED", NotEnforced: " NOT ENFORCED"}[c.Enforced])
}

func (p *printer) distributed(d *Distribution) {
	if d != nil {
		p.put(" DISTRIBUTED")
		p.distribution(d)
	}
}

func (p *printer) distribution(d *Distribution) {
	if len(d.Columns) > 0 {
		p.put(" BY ", d.Kind)
		parens(p, d.Columns, p.ident)
	}
	p.when(d.Buckets != "", " INTO "+d.Buckets+" BUCKETS")
}

func (p *printer) partitionedBy(cols []Ident) {
	if len(cols) > 0 {
		p.put(" PARTITIONED BY ")
		parens(p, cols, p.ident)
	}
}

// partition prints " PARTITION (k = v, …)", nothing without items.
func (p *printer) partition(items []PartitionItem) {
	if len(items) == 0 {
		return
	}
	p.put(" PARTITION ")
	parens(p, items, func(it PartitionItem) {
		p.ident(it.Key)
		p.clause(" = ", it.Value)
	})
}
