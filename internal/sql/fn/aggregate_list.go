package fn

import (
	"math"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// deviations are STDDEV and VARIANCE in their forms.
func deviations() []*Def {
	var defs []*Def
	for _, f := range []struct {
		name, doc    string
		aliases      []string
		sample, root bool
	}{
		{"STDDEV_POP", "The standard deviation of the population", nil, false, true},
		{"STDDEV_SAMP", "The standard deviation of the sample", []string{"STDDEV"}, true, true},
		{"VAR_POP", "The variance of the population", nil, false, false},
		{"VAR_SAMP", "The variance of the sample", []string{"VARIANCE"}, true, false},
	} {
		none := "there is no value."
		if f.sample {
			none = "there are fewer than two."
		}
		defs = append(defs, &Def{Name: f.name, Aliases: f.aliases, Class: Aggregate, Family: "aggregate", Usage: f.name + "(numeric)",
			Doc:    f.doc + " of the values that are not NULL, in the type of AVG (of integers it is cut to one). NULL when " + none,
			Infer:  nullable(operands(func(args []Arg) types.Type { t, _ := inferAvg(args); return t.Ret }, wantNumber)),
			NewAgg: newVariance(f.sample, f.root), Retractable: true})
	}
	return defs
}

var (
	wantCharacter = family("CHARACTER", types.Type.IsString, types.StringType)
	wantSeparator = family("CHARACTER_LITERAL", types.Type.IsString, types.StringType)
	// wantPercentage takes a number as a DOUBLE, and an array of numbers as one
	// of DOUBLEs.
	wantPercentage = want{arg: "percentage", what: "[<NUMERIC> | ARRAY<NUMERIC>]", as: func(t types.Type) (types.Type, bool) {
		if t.Kind == types.Array {
			return types.ArrayType(types.DoubleType), t.Elem.IsNumeric()
		}
		return types.DoubleType, t.IsNumeric()
	}}
)

// lists are the aggregates that yield values of the rows themselves.
func lists() []*Def {
	oneOf := func(last bool) func([]types.Type, types.Type) (kernel.Agg, error) {
		return func([]types.Type, types.Type) (kernel.Agg, error) { return &oneValue{last: last}, nil }
	}
	return []*Def{
		{
			Name: "FIRST_VALUE", Class: Aggregate, Family: "aggregate", Usage: "FIRST_VALUE(value)",
			Doc:   "The first value that is not NULL, in the order the rows came; NULL when there is none.",
			Infer: nullable(operands(first, wantAny)), NewAgg: oneOf(false), NewRetractable: newValueLists(false, firstOf), Ordered: true,
		},
		{
			Name: "LAST_VALUE", Class: Aggregate, Family: "aggregate", Usage: "LAST_VALUE(value)",
			Doc:   "The last value that is not NULL, in the order the rows came; NULL when there is none.",
			Infer: nullable(operands(first, wantAny)), NewAgg: oneOf(true), NewRetractable: newValueLists(false, lastOf), Ordered: true,
		},
		{
			Name: "LISTAGG", Class: Aggregate, Family: "aggregate", Usage: "LISTAGG([DISTINCT] text [, separator])", Retractable: true,
			Doc:   "The texts that are not NULL, one behind the other in the order they came, with the separator (a literal; ',') between them; NULL when there is none.",
			Infer: nullable(inferListAgg), NewAgg: newValueLists(false, joinedText),
		},
		{
			Name: "ARRAY_AGG", Class: Aggregate, Family: "aggregate", Usage: "ARRAY_AGG([DISTINCT] value) [{IGNORE|RESPECT} NULLS]", Retractable: true, Since: "1.20",
			Doc:   "The values as an array, in the order they came, NULLs among them unless told otherwise; NULL when there is none.",
			Infer: nullable(signature(func(args []Arg) types.Type { return types.ArrayType(args[0].Type) }, wantAny)), NewAgg: newValueLists(true, arrayOf),
		},
		{
			Name: "COLLECT", Class: Aggregate, Family: "aggregate", Usage: "COLLECT([DISTINCT] value)", Retractable: true,
			Doc: "The values that are not NULL as a multiset.",
			Infer: notNull(operands(func(args []Arg) types.Type {
				return types.Type{Kind: types.Multiset, Elem: &args[0].Type}
			}, wantAny)),
			NewAgg: func([]types.Type, types.Type) (kernel.Agg, error) { return &collect{}, nil },
		},
		{
			Name: "PERCENTILE", Class: Aggregate, Family: "aggregate", Usage: "PERCENTILE(numeric, percentage [, frequency])", Retractable: true, Since: "2.0",
			Doc: "The value below which the given part (0 to 1) of the values lies, interpolated between two; of an array of parts an array. " +
				"frequency is how often a row's value counts. NULL when there is no value.",
			Infer: nullable(inferPercentile), NewAgg: newPercentile,
		},
		{
			Name: "SINGLE_VALUE", Class: Aggregate, Family: "aggregate", Usage: "SINGLE_VALUE(value)", Retractable: true,
			Doc:   "The value of the only row; more than one is an error. It is what a subquery in an expression becomes.",
			Infer: nullable(operands(first, wantAny)), NewAgg: func([]types.Type, types.Type) (kernel.Agg, error) { return &singleValue{}, nil },
		},
		{
			Name: "APPROX_COUNT_DISTINCT", Class: Aggregate, Family: "aggregate", Usage: "APPROX_COUNT_DISTINCT(value)",
			Doc:     "Not in streaming queries, as in Flink: use COUNT(DISTINCT value).",
			Infer:   notNull(operands(gives(types.BigIntType), wantAny)),
			Refused: "APPROX_COUNT_DISTINCT aggregate function does not support yet for streaming.",
		},
	}
}

func inferListAgg(args []Arg) (Typed, error) {
	t, err := operands(gives(types.StringType), wantCharacter, optional(wantSeparator))(args)
	if err == nil && len(args) > 1 && args[1].Literal == nil {
		return Typed{}, errs.New(errs.Invalid, "sql.function-arguments", "Argument to function 'LISTAGG' must be a literal")
	}
	return t, err
}

func inferPercentile(args []Arg) (Typed, error) {
	infer := signature(func(args []Arg) types.Type { return args[1].Type.WithNull(true) }, named("expr", wantNumber), wantPercentage,
		optional(named("frequency", wantInteger)))
	t, err := infer(args)
	if err != nil {
		return Typed{}, err
	}
	p, ok := literalNumber(args[1])
	if ok && (p < 0 || p > 1) {
		_, mismatch := infer(nil)
		m := mismatch.(*Mismatch)
		m.Count, m.Reason = false, "the percentage must be between 0.0 and 1.0"
		return Typed{}, m
	}
	return t, nil
}

// literalNumber is the number that an argument is; ok is false where it is no
// literal.
func literalNumber(a Arg) (x float64, ok bool) {
	switch v := a.Literal.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v) / math.Pow10(int(a.Type.Scale)), true
	case decimal128.Num:
		return v.ToFloat64(a.Type.Scale), true
	}
	return 0, false
}

// offsets are the functions that look at other rows of an OVER window.
func offsets() []*Def {
	defs := []*Def{{
		Name: "LAG", Class: Window, Family: "aggregate", Usage: "LAG(value [, offset [, default]]) OVER (…)",
		Doc: "The value offset rows (1) before in the order of the window; default (NULL) when there is no such row. " +
			"Rows of one time have the answer of the last of them.",
		Infer:  inferLag,
		NewAgg: func([]types.Type, types.Type) (kernel.Agg, error) { return &lag{}, nil },
	}}
	for _, f := range []struct {
		name, usage string
		infer       func([]Arg) (Typed, error)
	}{
		{"LEAD", "LEAD(value [, offset [, default]]) OVER (…)", inferLag},
		{"NTILE", "NTILE(n) OVER (…)", operands(gives(types.BigIntType), wantInteger)},
		{"CUME_DIST", "CUME_DIST() OVER (…)", operands(gives(types.DoubleType))},
		{"PERCENT_RANK", "PERCENT_RANK() OVER (…)", operands(gives(types.DoubleType))},
	} {
		defs = append(defs, &Def{Name: f.name, Class: Window, Family: "aggregate", Usage: f.usage,
			Doc: "Not in streaming queries, as in Flink: it asks for rows that are still to come.", Infer: f.infer,
			Refused: f.name + " Function is not supported in stream mode."})
	}
	return defs
}

// inferLag: the result is of the first argument's type, which the default must
// have too.
func inferLag(args []Arg) (Typed, error) {
	t, err := operands(first, wantAny, optional(wantInteger), optional(wantAny))(args)
	if err != nil {
		return Typed{}, err
	}
	t.Ret = args[0].Type.Plain().WithNull(len(args) < 3 || args[0].Type.Nullable() || args[2].Type.Nullable())
	if len(args) == 3 {
		if d := args[2].Type; d.Kind != types.Null && d.Kind != t.Ret.Kind && !(d.IsString() && t.Ret.IsString()) {
			return Typed{}, errs.New(errs.Invalid, "sql.function-arguments", "Please explicitly cast default value %s to %s.", d, args[1].Type)
		}
		t.Args[2] = t.Ret.WithNull(true)
	}
	return t, nil
}
