package parser

import "weir/internal/sql/ast"

// typ takes a data type with its nullability.
func (p *parser) typ() *ast.Type {
	t := p.typeNoNull()
	t.NotNull = p.notNull()
	return t
}

// notNull takes [NOT] NULL.
func (p *parser) notNull() bool {
	if p.is("NOT") && p.peek(1).word == "NULL" {
		p.i += 2
		return true
	}
	p.accept("NULL")
	return false
}

// typeNoNull takes a data type where no nullability may follow. INT ARRAY and
// INT MULTISET are ARRAY<INT> and MULTISET<INT>.
func (p *parser) typeNoNull() *ast.Type {
	p.enter()
	defer p.leave()
	t := p.typeRoot()
	for {
		n := 0
		switch {
		case p.is("NOT") && p.peek(1).word == "NULL":
			n = 2
		case p.is("NULL"):
			n = 1
		}
		kind := ast.ArrayType
		switch p.peek(n).word {
		case "ARRAY":
		case "MULTISET":
			kind = ast.MultisetType
		default:
			return t
		}
		t.NotNull = n == 2
		p.i += n + 1
		t = newType(t.At, kind)(t)
	}
}

// newType makes a collection of an element.
func newType(at ast.At, k ast.TypeKind) func(elem *ast.Type) *ast.Type {
	return func(elem *ast.Type) *ast.Type {
		return &ast.Type{At: at, Kind: k, Prec: -1, Scale: -1, Elem: elem}
	}
}

// noInterval refuses INTERVAL in a column's type; CAST knows it.
func (p *parser) noInterval(t *ast.Type) {
	switch {
	case t == nil:
		return
	case t.Kind == ast.IntervalType:
		p.fail(t.At, "store a number of units, or compute the interval with CAST", "INTERVAL is not the type of a column")
	}
	p.noInterval(t.Key)
	p.noInterval(t.Elem)
	for _, f := range t.Fields {
		p.noInterval(f.Type)
	}
}

// simpleType is a type that is one keyword with at most a length or precision.
type simpleType struct {
	kind   ast.TypeKind
	length bool
}

func simpleTypeOf(word string) (simpleType, bool) {
	switch word {
	case "BOOLEAN":
		return simpleType{ast.BooleanType, false}, true
	case "TINYINT":
		return simpleType{ast.TinyIntType, false}, true
	case "SMALLINT":
		return simpleType{ast.SmallIntType, false}, true
	case "INT", "INTEGER":
		return simpleType{ast.IntType, false}, true
	case "BIGINT":
		return simpleType{ast.BigIntType, false}, true
	case "FLOAT":
		return simpleType{ast.FloatType, false}, true
	case "REAL":
		return simpleType{ast.RealType, false}, true
	case "STRING":
		return simpleType{ast.StringType, false}, true
	case "BYTES":
		return simpleType{ast.BytesType, false}, true
	case "DATE":
		return simpleType{ast.DateType, false}, true
	case "VARIANT":
		return simpleType{ast.VariantType, false}, true
	case "BITMAP":
		return simpleType{ast.BitmapType, false}, true
	case "VARCHAR":
		return simpleType{ast.VarCharType, true}, true
	case "VARBINARY":
		return simpleType{ast.VarBinaryType, true}, true
	case "TIMESTAMP_LTZ":
		return simpleType{ast.TimestampLTZType, true}, true
	}
	return simpleType{}, false
}

func (p *parser) typeRoot() *ast.Type {
	tok := p.tok()
	t := &ast.Type{At: tok.at(), Prec: -1, Scale: -1}
	if s, ok := simpleTypeOf(tok.word); ok {
		p.i++
		if t.Kind = s.kind; s.length {
			t.Prec = p.precision()
		}
		return t
	}
	switch tok.word {
	case "DOUBLE":
		p.i++
		p.accept("PRECISION")
		t.Kind = ast.DoubleType
	case "DECIMAL", "DEC", "NUMERIC":
		p.i++
		p.decimalType(t)
	case "CHAR", "CHARACTER":
		p.i++
		t.Kind = ast.CharType
		if p.accept("VARYING") {
			t.Kind = ast.VarCharType
		}
		t.Prec = p.precision()
	case "BINARY":
		p.i++
		t.Kind = ast.BinaryType
		if p.accept("VARYING") {
			t.Kind = ast.VarBinaryType
		}
		t.Prec = p.precision()
	case "TIME", "TIMESTAMP":
		p.i++
		p.timeType(t, tok.word)
	case "INTERVAL":
		p.i++
		t.Kind = ast.IntervalType
		t.Unit = p.intervalUnit(true)
	default:
		if !p.nestedType(t, tok.word) {
			t.Kind = ast.UserType
			p.want("a data type")
			t.Name = p.name()
		}
	}
	return t
}

// nestedType takes a type that is made of others.
func (p *parser) nestedType(t *ast.Type, word string) bool {
	after := p.peek(1).word
	switch {
	case word == "ARRAY" || word == "MULTISET":
		p.i++
		t.Kind = ast.ArrayType
		if word == "MULTISET" {
			t.Kind = ast.MultisetType
		}
		p.expect("<")
		t.Elem = p.typ()
		p.expect(">")
	case word == "MAP" && after == "<":
		p.i += 2
		t.Kind = ast.MapType
		t.Key = p.typ()
		p.expect(",")
		t.Elem = p.typ()
		p.expect(">")
	case word == "ROW":
		p.i++
		t.Kind = ast.RowType
		p.rowType(t)
	case word == "RAW":
		p.i++
		t.Kind = ast.RawType
		p.expect("(")
		t.Class = p.str().Value
		p.expect(",")
		t.Serializer = p.str().Value
		p.expect(")")
	case word == "STRUCTURED":
		p.i++
		t.Kind = ast.StructuredType
		p.expect("<")
		t.Class = p.str().Value
		if p.accept(",") {
			t.Fields = list(p, p.typeField)
		}
		p.expect(">")
	default:
		return false
	}
	return true
}

// rowType takes <a INT, …>, (a INT, …) or <>.
func (p *parser) rowType(t *ast.Type) {
	if p.accept("<>") {
		return
	}
	end := ">"
	if p.oneOf("<", "(") == "(" {
		end = ")"
	}
	if !p.is(end) {
		t.Fields = list(p, p.typeField)
	}
	p.expect(end)
}

func (p *parser) typeField() ast.TypeField {
	f := ast.TypeField{At: p.at(), Name: p.ident(), Type: p.typ()}
	if p.tok().kind == tString {
		f.Comment = p.plainStr()
	}
	return f
}

// precision takes (n); -1 without it.
func (p *parser) precision() int32 {
	if !p.accept("(") {
		return -1
	}
	n := p.small()
	p.expect(")")
	return n
}

func (p *parser) decimalType(t *ast.Type) {
	t.Kind = ast.DecimalType
	if p.accept("(") {
		t.Prec = p.small()
		if p.accept(",") {
			t.Scale = p.small()
		}
		p.expect(")")
	}
}

// timeType takes the rest of TIME(p) [WITHOUT TIME ZONE] or TIMESTAMP(p) [WITH
// [LOCAL] TIME ZONE].
func (p *parser) timeType(t *ast.Type, word string) {
	t.Prec = p.precision()
	t.Kind = ast.TimestampType
	if word == "TIME" {
		t.Kind = ast.TimeType
	}
	switch {
	case p.is("WITHOUT") && p.peek(1).word == "TIME":
		p.i++
		p.expect("TIME", "ZONE")
	case p.is("WITH") && (p.peek(1).word == "TIME" || p.peek(1).word == "LOCAL"):
		withAt := p.next().at()
		local := p.accept("LOCAL")
		p.expect("TIME", "ZONE")
		switch {
		case word == "TIME":
			p.fail(withAt, "write TIME", "TIME cannot have a time zone")
		case local:
			t.Kind = ast.TimestampLTZType
		default:
			t.Kind = ast.TimestampTZType
		}
	}
}
