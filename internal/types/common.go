package types

// Common is the type that values of both a and b are brought to: the columns
// of a UNION, the branches of a CASE, the sides of a comparison
// (LogicalTypeMerging.findCommonType). ok is false when there is none.
func Common(a, b Type) (t Type, ok bool) {
	t, ok = common(a.Plain(), b.Plain())
	t.NotNull = a.NotNull && b.NotNull
	if a.Attr == b.Attr && a.Kind == b.Kind {
		t.Attr = a.Attr
	}
	return t, ok
}

func common(a, b Type) (Type, bool) {
	switch {
	case a.Kind == Null:
		return b.WithNull(true), true
	case b.Kind == Null:
		return a.WithNull(true), true
	case a.SameShape(b) && !a.IsNested():
		return a, true
	case a.IsNumeric() && b.IsNumeric():
		return commonNumeric(a, b), true
	case a.IsString() && b.IsString():
		return Type{Kind: VarChar, Len: max(a.Len, b.Len)}, true
	case a.IsBinary() && b.IsBinary():
		return Type{Kind: VarBinary, Len: max(a.Len, b.Len)}, true
	case a.Kind == b.Kind && (a.IsTemporal() || a.IsInterval()):
		a.Prec = max(a.Prec, b.Prec)
		return a, true
	case a.Kind == Date && b.IsTimestamp():
		return b, true
	case b.Kind == Date && a.IsTimestamp():
		return a, true
	case a.IsTimestamp() && b.IsTimestamp():
		return TimestampLTZType(max(a.Prec, b.Prec)), true
	case a.Kind == b.Kind && a.IsNested():
		return commonNested(a, b)
	}
	return Type{}, false
}

func commonNested(a, b Type) (Type, bool) {
	if len(a.Fields) != len(b.Fields) {
		return Type{}, false
	}
	t := a
	for i := range a.Fields {
		f, ok := Common(a.Fields[i].Type, b.Fields[i].Type)
		if !ok {
			return Type{}, false
		}
		if i == 0 {
			t.Fields = append([]Field(nil), a.Fields...)
		}
		t.Fields[i].Type = f
	}
	for _, p := range []struct{ to, x, y **Type }{{&t.Key, &a.Key, &b.Key}, {&t.Elem, &a.Elem, &b.Elem}} {
		if *p.x == nil {
			continue
		}
		c, ok := Common(**p.x, **p.y)
		if !ok {
			return Type{}, false
		}
		*p.to = &c
	}
	return t, true
}

func commonNumeric(a, b Type) Type {
	switch {
	case a.IsApprox() && b.IsApprox():
		return Type{Kind: a.Kind} // the first one's, as Calcite takes FLOAT and DOUBLE to be alike
	case a.Kind == Double || b.Kind == Double:
		return DoubleType
	case a.Kind == Float || b.Kind == Float:
		if a.Kind == Decimal || b.Kind == Decimal {
			return DoubleType
		}
		return FloatType
	case a.Kind == Decimal || b.Kind == Decimal:
		x, y := AsDecimal(a), AsDecimal(b)
		scale := max(x.Scale, y.Scale)
		return DecimalType(min(38, max(x.Prec-x.Scale, y.Prec-y.Scale)+scale), scale)
	}
	return Type{Kind: max(a.Kind, b.Kind)}
}

// AsDecimal is the DECIMAL that holds every value of an exact numeric type.
func AsDecimal(t Type) Type {
	digits := map[Kind]int32{TinyInt: 3, SmallInt: 5, Int: 10, BigInt: 19}
	if p, ok := digits[t.Kind]; ok {
		return DecimalType(p, 0).WithNull(t.Nullable())
	}
	return t
}
