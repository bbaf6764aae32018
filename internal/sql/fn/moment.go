package fn

import (
	"fmt"
	"strings"

	"weir/internal/kernel"
	"weir/internal/types"
)

// moments are the functions that take dates, times, timestamps and intervals
// apart and put them together.
func moments() []*Def {
	defs := []*Def{
		{
			Name: "EXTRACT", Family: "temporal", Usage: "EXTRACT(unit FROM temporal)",
			Doc: "A field of a date, time, timestamp or interval: EPOCH, MILLENNIUM, CENTURY, DECADE, YEAR, ISOYEAR, QUARTER, MONTH, " +
				"WEEK (ISO 8601), DAY, DOY, DOW (Sunday is 1), ISODOW (Monday is 1), HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, NANOSECOND. " +
				"Of a TIMESTAMP_LTZ it is the field in the session's time zone.",
			Examples: []Example{{"EXTRACT(DAY FROM DATE '2006-06-05')", "5"}, {"EXTRACT(HOUR FROM INTERVAL '2 03:04' DAY TO MINUTE)", "3"}},
			Infer:    inferExtract,
			Compile: func(env *Env, args []Arg, _ types.Type) (kernel.Func, error) {
				f, err := extract(env, unitArg(args[0]), args[1].Type)
				if err != nil {
					return nil, err
				}
				return second(f), nil
			},
		},
		timestampAdd(),
		timestampDiff(),
	}
	for _, f := range []struct{ name, unit, doc, example, want string }{
		{"YEAR", "YEAR", "The year.", "DATE '1994-09-27'", "1994"},
		{"QUARTER", "QUARTER", "The quarter of the year, 1 to 4.", "DATE '1994-09-27'", "3"},
		{"MONTH", "MONTH", "The month, 1 to 12.", "DATE '1994-09-27'", "9"},
		{"WEEK", "WEEK", "The week of the year, 1 to 53, as ISO 8601 counts.", "DATE '1994-09-27'", "39"},
		{"DAYOFYEAR", "DOY", "The day of the year, 1 to 366.", "DATE '1994-09-27'", "270"},
		{"DAYOFMONTH", "DAY", "The day of the month, 1 to 31.", "DATE '1994-09-27'", "27"},
		{"DAYOFWEEK", "DOW", "The day of the week: 1 is Sunday, 7 Saturday.", "DATE '1994-09-27'", "3"},
		{"HOUR", "HOUR", "The hour, 0 to 23.", "TIMESTAMP '1994-09-27 13:14:15'", "13"},
		{"MINUTE", "MINUTE", "The minute, 0 to 59.", "TIMESTAMP '1994-09-27 13:14:15'", "14"},
		{"SECOND", "SECOND", "The second, 0 to 59.", "TIMESTAMP '1994-09-27 13:14:15'", "15"},
	} {
		defs = append(defs, &Def{Name: f.name, Family: "temporal", Usage: f.name + "(temporal)", Doc: f.doc,
			Examples: []Example{{f.name + "(" + f.example + ")", f.want}},
			Infer: func(args []Arg) (Typed, error) {
				if len(args) != 1 {
					return Typed{}, fmt.Errorf("expected 1 argument")
				}
				t, err := inferExtract([]Arg{{Literal: f.unit, Type: types.Type{Kind: types.Symbol, NotNull: true}}, args[0]})
				if err == nil {
					t.Args = t.Args[1:]
				}
				return t, err
			},
			Compile: func(env *Env, args []Arg, _ types.Type) (kernel.Func, error) {
				return extract(env, f.unit, args[0].Type)
			}})
	}
	return defs
}

// What functions of time ask for.
var (
	wantMoment         = family("DATETIME", types.Type.IsTemporal, types.TimestampType(6))
	wantMomentOrPeriod = family("DATETIME_INTERVAL", func(t types.Type) bool { return t.IsTemporal() || t.IsInterval() }, types.TimestampType(6))
	wantUnit           = family("SYMBOL", func(t types.Type) bool { return t.Kind == types.Symbol }, types.Type{Kind: types.Symbol})
)

// unitArg is the unit that a symbol names; MySQL's SQL_TSI_DAY is DAY.
func unitArg(a Arg) string {
	name, _ := a.Literal.(string)
	return strings.TrimPrefix(name, "SQL_TSI_")
}

// unitMillis are the lengths of the units up to the week in milliseconds, and
// unitMonths those of the longer ones in months.
var (
	unitMillis = map[string]int64{"WEEK": 7 * dayMillis, "DAY": dayMillis, "HOUR": 3_600_000, "MINUTE": 60_000, "SECOND": 1000, "MILLISECOND": 1}
	unitMonths = map[string]int64{"MONTH": 1, "QUARTER": 3, "YEAR": 12, "DECADE": 120, "CENTURY": 1200, "MILLENNIUM": 12_000}
	// unitWithin is what the field counts up to: the hours of a day.
	unitWithin = map[string]int64{"HOUR": dayMillis, "MINUTE": 3_600_000, "SECOND": 60_000, "MILLISECOND": 1000}
)

func inferExtract(args []Arg) (Typed, error) {
	t, err := operands(gives(types.BigIntType), wantUnit, wantMomentOrPeriod)(args)
	if err == nil {
		_, err = extract(&Env{}, unitArg(args[0]), t.Args[1])
	}
	return t, err
}

// second is f applied to the second argument.
func second(f kernel.Func) kernel.Func { return onArgs(f, 1) }
