package ddl

import (
	"strings"

	"weir/internal/athena/hive"
	"weir/internal/athena/lex"
	"weir/internal/athena/serde"
)

const (
	textInput     = "org.apache.hadoop.mapred.TextInputFormat"
	textOutput    = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
	parquetInput  = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
	parquetOutput = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
)

func (p *parser) create(s *Statement) {
	s.Replace = p.take("or", "replace")
	s.External = p.take("external")
	switch {
	case p.take("view"):
		s.Kind = CreateView
		s.Name = p.name()
		p.need("as")
		if p.err == nil {
			s.Query = strings.TrimRight(strings.TrimSpace(p.sql[p.peek().Offset:]), "; \n\t")
			p.i = len(p.toks) - 1
		}
	case !s.Replace && !s.External && (p.take("database") || p.take("schema")):
		s.Kind = CreateDatabase
		s.IfExists = p.take("if", "not", "exists")
		s.Name.Database = p.ident()
		p.databaseClauses(s)
	case !s.Replace && p.take("table"):
		s.Kind = CreateTable
		s.IfExists = p.take("if", "not", "exists")
		s.Name = p.name()
		p.table(s)
	default:
		p.expected("DATABASE", "EXTERNAL", "SCHEMA", "TABLE", "VIEW")
	}
}

func (p *parser) databaseClauses(s *Statement) {
	for p.err == nil {
		switch {
		case p.take("comment"):
			s.Comment = p.text()
		case p.take("location"):
			s.Location = p.text()
		case p.take("with", "dbproperties"):
			s.Props = p.props()
		default:
			return
		}
	}
}

func (p *parser) table(s *Statement) {
	s.SerdeParams, s.Props = map[string]string{}, map[string]string{}
	p.need("(")
	s.Columns = p.columns()
	format := ""
	for p.err == nil {
		switch {
		case p.take("comment"):
			s.Comment = p.text()
		case p.take("partitioned", "by"):
			p.need("(")
			s.Keys = p.columns()
		case p.take("row", "format"):
			p.rowFormat(s)
		case p.take("with", "serdeproperties"):
			for k, v := range p.props() {
				s.SerdeParams[k] = v
			}
		case p.take("stored", "as"):
			format = p.stored(s)
		case p.take("location"):
			s.Location = p.text()
		case p.take("tblproperties"):
			s.Props = p.props()
		case p.peek().Is("clustered"):
			p.fail(p.peek(), "CLUSTERED BY is not supported")
		default:
			p.finish(s, format)
			return
		}
	}
}

// columns are `name type [COMMENT 'c'], … )`.
func (p *parser) columns() []Column {
	var out []Column
	for p.err == nil {
		c := Column{Name: p.ident()}
		c.Type = p.typ()
		if p.take("comment") {
			c.Comment = p.text()
		}
		out = append(out, c)
		if !p.take(",") {
			break
		}
	}
	p.need(")")
	return out
}

// typ reads a type up to the comma, parenthesis or COMMENT behind it.
func (p *parser) typ() hive.Type {
	first := p.peek()
	var b strings.Builder
	for depth := 0; p.peek().Kind != lex.EOF; p.i++ {
		t := p.peek()
		if depth == 0 && (t.Is(",") || t.Is(")") || t.Is("comment")) {
			break
		}
		if t.Is("<") || t.Is("(") {
			depth++
		}
		if t.Is(">") || t.Is(")") {
			depth--
		}
		b.WriteString(t.Text)
	}
	t, err := hive.Parse(b.String())
	if err != nil {
		p.fail(first, "%v", err)
	}
	return t
}

func (p *parser) rowFormat(s *Statement) {
	if p.take("serde") {
		s.Serde = p.text()
		return
	}
	p.need("delimited")
	s.Serde = serde.LazySimple
	for p.err == nil {
		switch {
		case p.take("fields", "terminated", "by"):
			d := p.text()
			s.SerdeParams["field.delim"], s.SerdeParams["serialization.format"] = d, d
			if p.take("escaped", "by") {
				s.SerdeParams["escape.delim"] = p.text()
			}
		case p.take("collection", "items", "terminated", "by"):
			s.SerdeParams["collection.delim"] = p.text()
		case p.take("map", "keys", "terminated", "by"):
			s.SerdeParams["mapkey.delim"] = p.text()
		case p.take("lines", "terminated", "by"):
			if d := p.text(); d != "\n" {
				p.fail(p.toks[p.i-1], "LINES TERMINATED BY only supports newline '\\n' right now")
			}
			s.SerdeParams["line.delim"] = "\n"
		case p.take("null", "defined", "as"):
			s.SerdeParams["serialization.null.format"] = p.text()
		default:
			return
		}
	}
}

// stored reads what follows STORED AS and gives the format's word.
func (p *parser) stored(s *Statement) string {
	if p.take("inputformat") {
		s.Input = p.text()
		p.need("outputformat")
		s.Output = p.text()
		return ""
	}
	t := p.peek()
	switch f := p.ident(); f {
	case "textfile", "parquet":
		return f
	default:
		p.fail(t, "STORED AS %s is not supported; TEXTFILE and PARQUET are", strings.ToUpper(f))
	}
	return ""
}

// finish fills in what a format implies and checks what Athena demands.
func (p *parser) finish(s *Statement, format string) {
	if format == "parquet" {
		if s.Serde == "" {
			s.Serde = serde.Parquet
		}
		s.Input, s.Output = parquetInput, parquetOutput
	}
	if s.Serde == "" {
		s.Serde = serde.LazySimple
	}
	if len(s.SerdeParams) == 0 {
		s.SerdeParams["serialization.format"] = "1"
	}
	if s.Input == "" {
		s.Input, s.Output = textInput, textOutput
	}
	switch {
	case !s.External:
		p.fail(p.toks[0], "CREATE TABLE without EXTERNAL makes an Iceberg table, which Weir does not have; use CREATE EXTERNAL TABLE")
	case s.Location == "":
		p.fail(p.peek(), "Must specify a LOCATION for the external table %s", s.Name.Table)
	case !strings.HasPrefix(s.Location, "s3://"):
		p.fail(p.peek(), "LOCATION %s must be of the form s3://bucket/folder/", s.Location)
	}
}
