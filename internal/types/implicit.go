package types

// Implicit reports whether a value is cast without a CAST being written: to the
// column of a sink, to the parameter of a function
// (LogicalTypeCasts.supportsImplicitCast).
func Implicit(from, to Type) bool {
	switch {
	case from.Kind == Null, from.Plain().SameShape(to):
		return true
	case from.IsString() && to.IsString(), from.IsBinary() && to.IsBinary():
		return true
	case from.IsNumeric() && to.IsNumeric():
		return from.Kind <= to.Kind || to.Kind == Decimal && from.IsExact() || from.Kind == Decimal && to.IsApprox()
	case from.IsTimestamp() && to.IsTimestamp(), from.Kind == Date && to.IsTimestamp(), from.Kind == Time && to.Kind == Time:
		return true
	case from.Kind == to.Kind && from.IsNested() && len(from.Fields) == len(to.Fields):
		for i := range from.Fields {
			if !Implicit(from.Fields[i].Type, to.Fields[i].Type) {
				return false
			}
		}
		return (from.Key == nil || Implicit(*from.Key, *to.Key)) && (from.Elem == nil || Implicit(*from.Elem, *to.Elem))
	}
	return false
}
