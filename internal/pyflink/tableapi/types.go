package tableapi

import (
	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/bind"
	"weir/internal/sql/parser"
	"weir/internal/types"
)

// Type is a type as the Python package writes it; T is its name, or SQL for
// one given as SQL text.
type Type struct {
	T       string  `json:"t"`
	N       *int32  `json:"n,omitempty"` // length or precision
	S       *int32  `json:"s,omitempty"` // scale
	NotNull bool    `json:"notnull,omitempty"`
	Key     *Type   `json:"key,omitempty"`
	Elem    *Type   `json:"elem,omitempty"`
	Fields  []Field `json:"fields,omitempty"`
	Text    string  `json:"text,omitempty"`
}

// Field is a field of a ROW.
type Field struct {
	Name string `json:"name"`
	Type *Type  `json:"type"`
}

// kinds are the types' names, beside the type's root in memory and in syntax.
var kinds = []struct {
	name string
	kind types.Kind
	node ast.TypeKind
}{
	{"NULL", types.Null, ast.NullType}, {"BOOLEAN", types.Boolean, ast.BooleanType},
	{"TINYINT", types.TinyInt, ast.TinyIntType}, {"SMALLINT", types.SmallInt, ast.SmallIntType},
	{"INT", types.Int, ast.IntType}, {"BIGINT", types.BigInt, ast.BigIntType},
	{"FLOAT", types.Float, ast.FloatType}, {"DOUBLE", types.Double, ast.DoubleType},
	{"DECIMAL", types.Decimal, ast.DecimalType}, {"CHAR", types.Char, ast.CharType},
	{"VARCHAR", types.VarChar, ast.VarCharType}, {"BINARY", types.Binary, ast.BinaryType},
	{"VARBINARY", types.VarBinary, ast.VarBinaryType}, {"DATE", types.Date, ast.DateType},
	{"TIME", types.Time, ast.TimeType}, {"TIMESTAMP", types.Timestamp, ast.TimestampType},
	{"TIMESTAMP_LTZ", types.TimestampLTZ, ast.TimestampLTZType}, {"INTERVAL_YM", types.IntervalYM, ast.IntervalType},
	{"INTERVAL_DS", types.IntervalDS, ast.IntervalType}, {"ARRAY", types.Array, ast.ArrayType},
	{"MAP", types.Map, ast.MapType}, {"MULTISET", types.Multiset, ast.MultisetType}, {"ROW", types.Row, ast.RowType},
}

// TypeOf is t as Python reads it.
func TypeOf(t types.Type) *Type {
	out := &Type{NotNull: t.NotNull}
	for _, k := range kinds {
		if k.kind == t.Kind {
			out.T = k.name
		}
	}
	switch t.Kind {
	case types.Char, types.VarChar, types.Binary, types.VarBinary:
		out.N = new(t.Len)
	case types.Time, types.Timestamp, types.TimestampLTZ:
		out.N = new(t.Prec)
	case types.Decimal:
		out.N, out.S = new(t.Prec), new(t.Scale)
	}
	if t.Key != nil {
		out.Key = TypeOf(*t.Key)
	}
	if t.Elem != nil {
		out.Elem = TypeOf(*t.Elem)
	}
	for _, f := range t.Fields {
		out.Fields = append(out.Fields, Field{f.Name, TypeOf(f.Type)})
	}
	return out
}

// node is the type's syntax.
func (t *Type) node() (*ast.Type, error) {
	if t.T == "SQL" {
		return parser.ParseType(t.Text)
	}
	out := &ast.Type{Prec: -1, Scale: -1, NotNull: t.NotNull}
	known := false
	for _, k := range kinds {
		if k.name == t.T {
			out.Kind, known = k.node, true
		}
	}
	if !known {
		return nil, errs.New(errs.Unsupported, "pyflink.type", "the type %s is not supported by Weir", t.T)
	}
	if t.N != nil {
		out.Prec = *t.N
	}
	if t.S != nil {
		out.Scale = *t.S
	}
	out.Kind, out.Prec = shorten(out.Kind, out.Prec)
	switch t.T {
	case "INTERVAL_YM":
		out.Unit = ast.IntervalUnit{From: ast.Year, To: ast.Month, Prec: -1, Frac: -1}
	case "INTERVAL_DS":
		out.Unit = ast.IntervalUnit{From: ast.Day, To: ast.Second, Prec: -1, Frac: 3}
	}
	return out, t.parts(out)
}

// shorten makes STRING of VARCHAR(2147483647), and BYTES likewise.
func shorten(k ast.TypeKind, n int32) (ast.TypeKind, int32) {
	switch {
	case k == ast.VarCharType && n == types.MaxLen:
		return ast.StringType, -1
	case k == ast.VarBinaryType && n == types.MaxLen:
		return ast.BytesType, -1
	}
	return k, n
}

func (t *Type) parts(out *ast.Type) (err error) {
	if t.Key != nil {
		if out.Key, err = t.Key.node(); err != nil {
			return err
		}
	}
	if t.Elem != nil {
		if out.Elem, err = t.Elem.node(); err != nil {
			return err
		}
	}
	for _, f := range t.Fields {
		ft, err := f.Type.node()
		if err != nil {
			return err
		}
		out.Fields = append(out.Fields, ast.TypeField{Name: ast.Ident{Name: f.Name}, Type: ft})
	}
	return nil
}

// SQLType is the type in memory.
func (t *Type) SQLType() (types.Type, error) {
	n, err := t.node()
	if err != nil {
		return types.Type{}, err
	}
	return bind.Type(n)
}
