package ast

func (p *printer) alter(s *Alter) {
	p.put("ALTER ", string(s.What), " ")
	p.when(s.IfExists, "IF EXISTS ")
	p.name(s.Name)
	p.put(" ")
	p.action(s.Action)
}

func (p *printer) action(a AlterAction) {
	switch a := a.(type) {
	case *Rename:
		p.put("RENAME TO ")
		p.name(a.To)
	case *RenameColumn:
		p.put("RENAME ")
		p.name(a.From)
		p.put(" TO ")
		p.name(a.To)
	case *SetOptions:
		p.put("SET ")
		p.options(a.Options)
	case *ResetOptions:
		p.put("RESET ")
		parens(p, a.Keys, func(k *String) { p.str(k.Value) })
	case *SetComment:
		p.put("COMMENT ")
		p.str(a.Comment.Value)
	case *AddElements:
		p.put(addWords[a.Modify])
		p.when(a.List, "(")
		p.elements(a.Columns, a.Watermark, a.Constraints)
		p.when(a.List, ")")
	case *AddDistribution:
		p.put(addWords[a.Modify], "DISTRIBUTION")
		p.distribution(a.Distribution)
	case *AddPartitions:
		p.put("ADD")
		p.when(a.IfNotExists, " IF NOT EXISTS")
		for _, part := range a.Partitions {
			p.partition(part.Items)
			p.with(part.Options)
		}
	default:
		p.drops(a)
	}
}

var addWords = map[bool]string{false: "ADD ", true: "MODIFY "}

// drops prints the actions that take away, and those of materialized tables.
func (p *printer) drops(a AlterAction) {
	switch a := a.(type) {
	case *DropPartitions:
		p.put("DROP")
		p.when(a.IfExists, " IF EXISTS")
		for i, part := range a.Partitions {
			p.when(i > 0, ",")
			p.partition(part.Items)
		}
	case *DropColumns:
		p.put("DROP ")
		p.when(a.List, "(")
		commas(p, a.Columns, p.name)
		p.when(a.List, ")")
	case *DropConstraint:
		if a.Primary {
			p.put("DROP PRIMARY KEY")
			return
		}
		p.put("DROP CONSTRAINT ")
		p.ident(a.Name)
	case *DropWatermark:
		p.put("DROP WATERMARK")
	case *DropDistribution:
		p.put("DROP DISTRIBUTION")
	case *AsQuery:
		p.put("AS ")
		p.query(a.Query)
	case *Suspend:
		p.put("SUSPEND")
	case *Resume:
		p.put("RESUME")
		p.with(a.Options)
	case *Refresh:
		p.put("REFRESH")
		p.partition(a.Partition)
	case *SetFreshness:
		p.put("SET FRESHNESS = ")
		p.expr(a.Freshness, 0)
	case *SetRefreshMode:
		p.put("SET REFRESH_MODE = ", a.Mode)
	}
}
