package bind

import (
	"math/big"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// literal binds a literal; ok is false for other expressions. The length of a
// CHAR literal is counted in UTF-16 units, as Calcite does.
func literal(e ast.Expr) (l plan.Expr, ok bool, err error) {
	switch e := e.(type) {
	case *ast.Number:
		l, err = number(e)
	case *ast.String:
		l = &plan.Lit{Value: e.Value, T: types.CharType(int32(len(utf16.Encode([]rune(e.Value))))).WithNull(false)}
	case *ast.Bytes:
		l = &plan.Lit{Value: string(e.Value), T: types.Type{Kind: types.Binary, Len: int32(len(e.Value)), NotNull: true}}
	case *ast.Bool:
		l = boolLit(e.Value)
	case *ast.Null:
		l = &plan.Lit{T: types.NullType}
		if e.Unknown {
			l = &plan.Lit{T: types.BooleanType}
		}
	case *ast.Temporal:
		l, err = temporal(e)
	case *ast.Interval:
		l, err = interval(e)
	default:
		return nil, false, nil
	}
	return l, err == nil, err
}

// number types a literal as Calcite does: without a fraction it is INT or
// BIGINT, with one an exact DECIMAL, with an exponent a DOUBLE.
func number(e *ast.Number) (plan.Expr, error) {
	if strings.ContainsAny(e.Text, "eE") {
		f, ok := new(big.Float).SetPrec(200).SetString(e.Text)
		if !ok {
			return nil, invalid(e, "literal", "'%s' is not a number", e.Text)
		}
		v, _ := f.Float64()
		return &plan.Lit{Value: v, T: types.DoubleType.WithNull(false)}, nil
	}
	whole, frac, _ := strings.Cut(e.Text, ".")
	x, ok := new(big.Int).SetString("0"+whole+frac, 10)
	if !ok {
		return nil, invalid(e, "literal", "'%s' is not a number", e.Text)
	}
	if frac == "" {
		if !x.IsInt64() {
			return nil, invalid(e, "literal", "Numeric literal '%s' out of range", e.Text).WithHint("write it with a point, '%s.0', or CAST('%[1]s' AS DECIMAL(38, 0))", e.Text)
		}
		t := types.BigIntType
		if v := x.Int64(); v <= 1<<31-1 {
			t = types.IntType
		}
		return &plan.Lit{Value: x.Int64(), T: t.WithNull(false)}, nil
	}
	prec := len(whole) + len(frac) // of the digits as written: 0.5 is a DECIMAL(2, 1)
	if prec > 38 {
		return nil, invalid(e, "literal", "Numeric literal '%s' out of range", e.Text)
	}
	t := types.DecimalType(int32(prec), int32(len(frac))).WithNull(false)
	if t.Phys() == types.PhysI64 {
		return &plan.Lit{Value: x.Int64(), T: t}, nil
	}
	return &plan.Lit{Value: decimal128.FromBigInt(x), T: t}, nil
}

// temporal checks DATE '…', TIME '…' and TIMESTAMP '…'. A timestamp has the
// precision of its fraction, at least 0.
func temporal(e *ast.Temporal) (plan.Expr, error) {
	text := e.Text
	frac := ""
	if at := strings.IndexByte(text, '.'); at >= 0 {
		text, frac = text[:at], text[at+1:]
	}
	layout := map[ast.TemporalKind]string{ast.DateLit: "2006-1-2", ast.TimeLit: "15:4:5",
		ast.TimestampLit: "2006-1-2 15:4:5", ast.TimestampLTZLit: "2006-1-2 15:4:5"}[e.Kind]
	t, err := time.Parse(layout, text)
	if err != nil || len(frac) > 9 || strings.Trim(frac, "0123456789") != "" || e.Kind == ast.DateLit && frac != "" {
		name := [...]string{"DATE", "TIME", "TIMESTAMP", "TIMESTAMP_LTZ"}[e.Kind]
		return nil, invalid(e, "literal", "Illegal %s literal '%s': not in format '%s'", name, e.Text,
			strings.NewReplacer("2006-1-2", "yyyy-MM-dd", "15:4:5", "HH:mm:ss").Replace(layout))
	}
	nanos := int64(0)
	for i := range 9 {
		nanos *= 10
		if i < len(frac) {
			nanos += int64(frac[i] - '0')
		}
	}
	switch e.Kind {
	case ast.DateLit:
		return &plan.Lit{Value: t.Unix() / 86400, T: types.DateType.WithNull(false)}, nil
	case ast.TimeLit:
		ms := int64(t.Hour()*3600+t.Minute()*60+t.Second())*1000 + nanos/1e6
		return &plan.Lit{Value: ms, T: types.TimeType(int32(len(frac))).WithNull(false)}, nil
	case ast.TimestampLTZLit:
		return nil, unsupported(e, "a TIMESTAMP_LTZ literal is")
	}
	tt := types.TimestampType(int32(len(frac))).WithNull(false)
	u := tt.UnitsPerMilli()
	return &plan.Lit{Value: t.Unix()*1000*u + nanos*u/1e6, T: tt}, nil
}
