package bind

import (
	"weir/internal/sql/ast"
	"weir/internal/types"
)

// Type resolves a type as written (FlinkTypeFactory); a bare DECIMAL is
// DECIMAL(10, 0), TIMESTAMP is TIMESTAMP(6), TIME is TIME(0), CHAR and BINARY are of length 1,
// VARCHAR and VARBINARY of any.
func Type(t *ast.Type) (types.Type, error) {
	r, err := bareType(t)
	r.NotNull = t.NotNull
	return r, err
}

func bareType(t *ast.Type) (types.Type, error) {
	switch t.Kind {
	case ast.BooleanType:
		return types.BooleanType, nil
	case ast.TinyIntType:
		return types.TinyIntType, nil
	case ast.SmallIntType:
		return types.SmallIntType, nil
	case ast.IntType:
		return types.IntType, nil
	case ast.BigIntType:
		return types.BigIntType, nil
	case ast.FloatType:
		return types.FloatType, nil
	case ast.DoubleType:
		return types.DoubleType, nil
	case ast.DecimalType:
		p, s := orDefault(t.Prec, 10), orDefault(t.Scale, 0)
		if p < 1 || p > 38 {
			return types.Type{}, invalid(t, "type", "Decimal precision must be between 1 and 38 (both inclusive).")
		}
		if s > p {
			return types.Type{}, invalid(t, "type", "Decimal scale must be between 0 and the precision %d (both inclusive).", p)
		}
		return types.DecimalType(p, s), nil
	case ast.CharType:
		return types.CharType(orDefault(t.Prec, 1)), nil
	case ast.VarCharType:
		return types.VarCharType(orDefault(t.Prec, types.MaxLen)), nil
	case ast.StringType:
		return types.StringType, nil
	case ast.BinaryType:
		return types.Type{Kind: types.Binary, Len: orDefault(t.Prec, 1)}, nil
	case ast.VarBinaryType:
		return types.Type{Kind: types.VarBinary, Len: orDefault(t.Prec, types.MaxLen)}, nil
	case ast.BytesType:
		return types.BytesType, nil
	case ast.DateType:
		return types.DateType, nil
	case ast.TimeType:
		return timeOf(t, types.TimeType(orDefault(t.Prec, 0)))
	case ast.TimestampType:
		return timeOf(t, types.TimestampType(orDefault(t.Prec, 6)))
	case ast.TimestampLTZType:
		return timeOf(t, types.TimestampLTZType(orDefault(t.Prec, 6)))
	case ast.IntervalType:
		if u := t.Unit.From; u == ast.Year || u == ast.Month || u == ast.Quarter {
			return types.IntervalYMType(), nil
		}
		return types.IntervalDSType(), nil
	case ast.NullType:
		return types.NullType, nil
	}
	return nestedType(t)
}

func timeOf(at *ast.Type, t types.Type) (types.Type, error) {
	if t.Prec < 0 || t.Prec > 9 {
		return t, invalid(at, "type", "%s precision must be between 0 and 9 (both inclusive).", t.Kind)
	}
	return t, nil
}

func nestedType(t *ast.Type) (types.Type, error) {
	switch t.Kind {
	case ast.ArrayType, ast.MultisetType:
		e, err := Type(t.Elem)
		r := types.ArrayType(e)
		if t.Kind == ast.MultisetType {
			r.Kind = types.Multiset
		}
		return r, err
	case ast.MapType:
		k, err := Type(t.Key)
		if err != nil {
			return k, err
		}
		v, err := Type(t.Elem)
		return types.MapType(k, v), err
	case ast.RowType:
		var fs []types.Field
		for _, f := range t.Fields {
			ft, err := Type(f.Type)
			if err != nil {
				return ft, err
			}
			fs = append(fs, types.Field{Name: f.Name.Name, Type: ft})
		}
		return types.RowType(fs...), nil
	}
	return types.Type{}, unsupported(t, "type "+t.Kind.String()+" is")
}

func orDefault(n, d int32) int32 {
	if n < 0 {
		return d
	}
	return n
}
