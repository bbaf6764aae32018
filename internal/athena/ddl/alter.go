package ddl

import "weir/internal/athena/lex"

func (p *parser) alter(s *Statement) {
	if p.take("database") || p.take("schema") {
		s.Kind = SetDatabaseProps
		s.Name.Database = p.ident()
		p.need("set", "dbproperties")
		s.Props = p.props()
		return
	}
	p.need("table")
	s.Name = p.name()
	switch {
	case p.take("add", "columns"):
		s.Kind = AddColumns
		p.need("(")
		s.Columns = p.columns()
	case p.take("replace", "columns"):
		s.Kind = ReplaceColumns
		p.need("(")
		s.Columns = p.columns()
	case p.take("add"):
		s.Kind = AddPartitions
		s.IfExists = p.take("if", "not", "exists")
		p.partitions(s)
	case p.take("drop"):
		s.Kind = DropPartitions
		s.IfExists = p.take("if", "exists")
		p.partitions(s)
	case p.take("set", "tblproperties"):
		s.Kind, s.Props = SetProperties, p.props()
	case p.take("set", "location"):
		s.Kind, s.Location = SetLocation, p.text()
	case p.take("partition"):
		first := Partition{Spec: p.spec()}
		if p.take("set", "location") {
			s.Kind, s.Location, s.Partitions = SetLocation, p.text(), []Partition{first}
			return
		}
		s.Kind = RenamePartition
		p.need("rename", "to", "partition")
		s.Partitions = []Partition{first, {Spec: p.spec()}}
	default:
		p.expected("ADD", "DROP", "PARTITION", "REPLACE", "SET")
	}
}

// partitions are PARTITION (…) [LOCATION '…'], one after another, with or
// without commas between.
func (p *parser) partitions(s *Statement) {
	p.need("partition")
	for p.err == nil {
		part := Partition{Spec: p.spec()}
		if p.take("location") {
			part.Location = p.text()
		}
		s.Partitions = append(s.Partitions, part)
		p.take(",")
		if !p.take("partition") {
			return
		}
	}
}

// spec is (key = value, …).
func (p *parser) spec() []Value {
	var out []Value
	p.need("(")
	for p.err == nil {
		v := Value{Key: p.ident()}
		p.need("=")
		t := p.peek()
		switch t.Kind {
		case lex.String, lex.Quoted, lex.Number:
			p.i++
			v.Value = t.Value
		default:
			p.expected("<string>", "<number>")
		}
		out = append(out, v)
		if !p.take(",") {
			break
		}
	}
	p.need(")")
	return out
}
