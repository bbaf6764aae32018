package tableapi

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"weir/internal/errs"
	"weir/internal/sql/ast"
)

// operators are the functions that are infix operators in SQL.
var operators = map[string]ast.BinaryOp{"and": ast.And, "or": ast.Or, "equals": ast.Eq, "notEquals": ast.Ne,
	"lessThan": ast.Lt, "lessThanOrEqual": ast.Le, "greaterThan": ast.Gt, "greaterThanOrEqual": ast.Ge,
	"minus": ast.Sub, "times": ast.Mul, "divide": ast.Div, "mod": ast.Mod}

// tests are the functions that are IS … in SQL.
var tests = map[string]ast.Is{"isNull": {What: ast.IsNull}, "isNotNull": {What: ast.IsNull, Not: true},
	"isTrue": {What: ast.IsTrue}, "isNotTrue": {What: ast.IsTrue, Not: true}, "isFalse": {What: ast.IsFalse},
	"isNotFalse": {What: ast.IsFalse, Not: true}}

// sqlNames are the functions whose name in SQL does not follow from their own.
var sqlNames = map[string]string{"upperCase": "UPPER", "lowerCase": "LOWER", "initCap": "INITCAP", "ifNull": "IFNULL",
	"starts_with": "STARTSWITH", "startsWith": "STARTSWITH", "endsWith": "ENDSWITH", "sum0": "$SUM0",
	"listAgg": "LISTAGG", "log2": "LOG2", "log10": "LOG10", "sha224": "SHA224", "atan2": "ATAN2",
	"fromBase64": "FROM_BASE64", "toBase64": "TO_BASE64", "isValidUtf8": "IS_VALID_UTF8",
	"makeValidUtf8": "MAKE_VALID_UTF8", "urlDecode": "URL_DECODE", "inetAton": "INET_ATON", "inetNtoa": "INET_NTOA",
	"proctime": "PROCTIME"}

// sqlName is a function's name in SQL: CHAR_LENGTH for charLength.
func sqlName(fn string) string {
	if n, ok := sqlNames[fn]; ok {
		return n
	}
	var b strings.Builder
	for _, r := range fn {
		if unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// translate makes the syntax of a function that is more than a call in SQL.
type translate func(e *env, x *Expr) (ast.Expr, error)

// specialFunctions are the functions that are more than a call in SQL.
func specialFunctions() map[string]translate {
	m := map[string]translate{
		"plus": plus, "not": unary(ast.Not), "minusPrefix": unary(ast.Neg), "cast": cast, "tryCast": cast,
		"nullOf": nullOf, "between": between, "notBetween": between, "like": like, "similar": like, "in": in,
		"ifThenElse": ifThenElse, "then": ifThenElse, "at": at, "array": array, "row": row, "map": mapOf,
		"distinct": distinct, "extract": extract, "floor": withUnit, "ceil": withUnit, "timestampDiff": timestampDiff,
		"trim": trim, "trimLeading": trim, "trimTrailing": trim, "rows": misplaced, "asc": misplaced, "desc": misplaced,
		"start": misplaced, "end": misplaced, "rowtime": misplaced, "flatten": misplaced, "withColumns": withColumns,
		"range": misplaced, "temporalOverlaps": overlaps, "isJson": isJSON, "jsonExists": jsonExists,
		"jsonValue": jsonValue, "jsonQuery": jsonQuery, "jsonObject": jsonObject, "jsonObjectAgg": jsonObject,
		"jsonArray": jsonArray, "jsonArrayAgg": jsonArray, "withoutColumns": withColumns,
	}
	for fn, name := range map[string]string{"currentDate": "CURRENT_DATE", "currentTime": "CURRENT_TIME",
		"currentTimestamp": "CURRENT_TIMESTAMP", "localTime": "LOCALTIME", "localTimestamp": "LOCALTIMESTAMP"} {
		m[fn] = func(*env, *Expr) (ast.Expr, error) { return &ast.Call{Name: ast.NameOf(name), Niladic: true}, nil }
	}
	for unit, u := range map[string]struct {
		n    int64
		unit ast.TimeUnit
	}{"year": {1, ast.Year}, "quarter": {3, ast.Month}, "month": {1, ast.Month}, "week": {7, ast.Day},
		"day": {1, ast.Day}, "hour": {1, ast.Hour}, "minute": {1, ast.Minute}, "second": {1, ast.Second}} {
		f := lengthOf(u.n, u.unit)
		m[unit], m[unit+"s"] = f, f
	}
	m["milli"], m["millis"] = milliseconds, milliseconds
	return m
}

// args translates the arguments, of which there must be lo to hi.
func (e *env) args(x *Expr, lo, hi int) ([]ast.Expr, error) {
	if len(x.Args) < lo || len(x.Args) > hi {
		return nil, errs.New(errs.Invalid, "pyflink.arguments", "%s takes %d to %d arguments, got %d", x.Fn, lo, hi, len(x.Args))
	}
	return e.exprs(x.Args)
}

// plus is + or, where a string literal is added, ||.
func plus(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.args(x, 2, 2)
	if err != nil {
		return nil, err
	}
	op := ast.Add
	for _, n := range a {
		if _, ok := n.(*ast.String); ok {
			op = ast.Concat
		}
		if b, ok := n.(*ast.Binary); ok && b.Op == ast.Concat {
			op = ast.Concat
		}
	}
	return &ast.Binary{Op: op, L: a[0], R: a[1]}, nil
}

func unary(op ast.UnaryOp) translate {
	return func(e *env, x *Expr) (ast.Expr, error) {
		a, err := e.args(x, 1, 1)
		if err != nil {
			return nil, err
		}
		return &ast.Unary{Op: op, X: a[0]}, nil
	}
}

func cast(e *env, x *Expr) (ast.Expr, error) {
	if len(x.Args) != 2 || x.Args[1].K != "type" {
		return nil, errs.New(errs.Invalid, "pyflink.cast", "%s takes a value and a type", x.Fn)
	}
	value, err := e.expr(x.Args[0])
	if err != nil {
		return nil, err
	}
	t, err := x.Args[1].Type.node()
	if err != nil {
		return nil, err
	}
	t.NotNull = false
	return &ast.Cast{X: value, Type: t, Try: x.Fn == "tryCast"}, nil
}

func nullOf(_ *env, x *Expr) (ast.Expr, error) {
	if len(x.Args) != 1 || x.Args[0].K != "type" {
		return nil, errs.New(errs.Invalid, "pyflink.null", "null_of takes a type")
	}
	return castTo(&ast.Null{}, x.Args[0].Type)
}

func between(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.args(x, 3, 3)
	if err != nil {
		return nil, err
	}
	return &ast.Between{X: a[0], Lo: a[1], Hi: a[2], Not: x.Fn == "notBetween"}, nil
}

func like(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.args(x, 2, 3)
	if err != nil {
		return nil, err
	}
	l := &ast.Like{X: a[0], Pattern: a[1], Similar: x.Fn == "similar"}
	if len(a) == 3 {
		l.Escape = a[2]
	}
	return l, nil
}

func in(e *env, x *Expr) (ast.Expr, error) {
	value, err := e.expr(x.Args[0])
	if err != nil {
		return nil, err
	}
	if len(x.Args) == 2 && x.Args[1].K == "table" {
		q, err := e.tr.Query(x.Args[1].Tree)
		return &ast.In{X: value, Query: q}, err
	}
	list, err := e.exprs(x.Args[1:])
	return &ast.In{X: value, List: list}, err
}

func ifThenElse(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.args(x, 3, 3)
	if err != nil {
		return nil, err
	}
	return &ast.Case{Whens: []ast.When{{Conds: a[:1], Then: a[1]}}, Else: a[2]}, nil
}

func at(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.args(x, 2, 2)
	if err != nil {
		return nil, err
	}
	return &ast.Index{X: a[0], Index: a[1]}, nil
}

func array(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.exprs(x.Args)
	return &ast.Array{Elems: a}, err
}

func row(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.exprs(x.Args)
	return &ast.Row{Elems: a}, err
}

func mapOf(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.exprs(x.Args)
	if err != nil {
		return nil, err
	}
	m := &ast.Map{}
	for i := 0; i+1 < len(a); i += 2 {
		m.Keys, m.Values = append(m.Keys, a[i]), append(m.Values, a[i+1])
	}
	return m, nil
}

// distinct is f(DISTINCT x) of an aggregate.
func distinct(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.args(x, 1, 1)
	if err != nil {
		return nil, err
	}
	c, ok := a[0].(*ast.Call)
	if !ok || !aggregateFunctions[x.Args[0].Fn] {
		return nil, errs.New(errs.Invalid, "pyflink.distinct", "distinct is of an aggregate: col(\"a\").count.distinct")
	}
	c.Distinct = true
	return c, nil
}

func extract(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.args(x, 2, 2)
	if err != nil {
		return nil, err
	}
	return call("EXTRACT", symbolOf(a[1]), a[0]), nil
}

func withUnit(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.args(x, 1, 2)
	if err != nil {
		return nil, err
	}
	if len(a) == 2 {
		a[1] = symbolOf(a[1])
	}
	return call(sqlName(x.Fn), a...), nil
}

func timestampDiff(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.args(x, 3, 3)
	if err != nil {
		return nil, err
	}
	return call("TIMESTAMPDIFF", symbolOf(a[0]), a[1], a[2]), nil
}

// symbolOf is a unit, which a string expression has as a column's name.
func symbolOf(x ast.Expr) ast.Expr {
	if r, ok := x.(*ast.Ref); ok {
		return &ast.Symbol{Word: strings.ToUpper(r.Parts.Last())}
	}
	return x
}

func trim(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.args(x, 1, 2)
	if err != nil {
		return nil, err
	}
	side := map[string]string{"trim": "BOTH", "trimLeading": "LEADING", "trimTrailing": "TRAILING"}[x.Fn]
	if len(a) == 1 && side == "BOTH" {
		return call("TRIM", a...), nil
	}
	if len(a) == 2 {
		a[0], a[1] = a[1], a[0]
	}
	return call("TRIM", append([]ast.Expr{&ast.Symbol{Word: side}}, a...)...), nil
}

// misplaced are functions that only mean something in certain places, where
// they are taken care of before.
func misplaced(_ *env, x *Expr) (ast.Expr, error) {
	where := map[string]string{"rows": "the bounds of over windows", "asc": "order_by()", "desc": "order_by()",
		"start": "select() after group_by() of a window's alias", "end": "select() after group_by() of a window's alias",
		"rowtime": "select() after group_by() of a window's alias", "flatten": "select()", "range": "with_columns()"}[x.Fn]
	return nil, errs.New(errs.Invalid, "pyflink.expression", "%s has its place in %s only", x.Fn, where)
}

// withColumns as an argument would make several arguments of one.
func withColumns(_ *env, x *Expr) (ast.Expr, error) {
	return nil, errs.New(errs.Unsupported, "pyflink.expression",
		"%s as an argument of a function is not supported by Weir", x.Fn).WithHint("write the columns out")
}

// lengthOf is x.minutes: a literal of so many units, or a product.
func lengthOf(factor int64, unit ast.TimeUnit) translate {
	return func(e *env, x *Expr) (ast.Expr, error) {
		if n, ok := wholeNumber(x); ok {
			return interval(n*factor, unit), nil
		}
		return e.product(x, interval(factor, unit))
	}
}

func milliseconds(e *env, x *Expr) (ast.Expr, error) {
	if n, ok := wholeNumber(x); ok {
		return millis(n), nil
	}
	return e.product(x, millis(1))
}

func (e *env) product(x *Expr, one ast.Expr) (ast.Expr, error) {
	a, err := e.args(x, 1, 1)
	if err != nil {
		return nil, err
	}
	return &ast.Binary{Op: ast.Mul, L: a[0], R: one}, nil
}

func wholeNumber(x *Expr) (int64, bool) {
	if len(x.Args) != 1 || x.Args[0].K != "lit" {
		return 0, false
	}
	var text json.Number
	if json.Unmarshal(x.Args[0].V, &text) != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(text.String(), 10, 64)
	return n, err == nil
}

func overlaps(e *env, x *Expr) (ast.Expr, error) {
	a, err := e.args(x, 4, 4)
	if err != nil {
		return nil, err
	}
	return &ast.Binary{Op: ast.Overlaps, L: &ast.Row{Elems: a[:2]}, R: &ast.Row{Elems: a[2:]}}, nil
}
