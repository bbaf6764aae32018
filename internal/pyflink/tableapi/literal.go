package tableapi

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
)

// literal is a literal of a type; a CAST is around it where SQL has no literal
// of just that type.
func literal(t *Type, v json.RawMessage) (ast.Expr, error) {
	if string(v) == "null" || len(v) == 0 {
		if t == nil || t.T == "NULL" {
			return &ast.Null{}, nil
		}
		return castTo(&ast.Null{}, t)
	}
	node, natural, err := bare(t, v)
	if err != nil || natural {
		return node, err
	}
	return castTo(node, t)
}

func castTo(x ast.Expr, t *Type) (ast.Expr, error) {
	node, err := t.node()
	if err != nil {
		return nil, err
	}
	node.NotNull = false
	return &ast.Cast{X: x, Type: node}, nil
}

// bare is the nearest literal of SQL; natural tells that it has the type.
func bare(t *Type, v json.RawMessage) (node ast.Expr, natural bool, err error) {
	var text string
	if err := json.Unmarshal(v, &text); err != nil {
		text = string(v)
	}
	switch t.T {
	case "BOOLEAN":
		return &ast.Bool{Value: text == "true"}, true, nil
	case "TINYINT", "SMALLINT", "INT", "BIGINT":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, false, badLiteral(t, text)
		}
		return number(text), (t.T == "BIGINT") == (n != int64(int32(n))) && t.T != "TINYINT" && t.T != "SMALLINT", nil
	case "FLOAT", "DOUBLE":
		return float(t, text)
	case "DECIMAL":
		digits := strings.TrimLeft(strings.Replace(strings.TrimPrefix(text, "-"), ".", "", 1), "0")
		_, frac, _ := strings.Cut(text, ".")
		natural := t.N != nil && t.S != nil && int(*t.S) == len(frac) && int(*t.N) == max(len(digits), len(frac), 1)
		return number(text), natural && len(frac) > 0, nil
	case "CHAR":
		return &ast.String{Value: text}, t.N == nil || int(*t.N) == len([]rune(text)) && text != "", nil
	case "VARCHAR", "SQL":
		return &ast.String{Value: text}, false, nil
	case "BINARY", "VARBINARY":
		b, err := base64.StdEncoding.DecodeString(text)
		return &ast.Bytes{Value: b}, false, err
	}
	return temporal(t, text)
}

func badLiteral(t *Type, text string) error {
	return errs.New(errs.Invalid, "pyflink.literal", "%s is not a literal of type %s", text, t.T)
}

func number(text string) ast.Expr {
	if abs, neg := strings.CutPrefix(text, "-"); neg {
		return &ast.Unary{Op: ast.Neg, X: &ast.Number{Text: abs}}
	}
	return &ast.Number{Text: text}
}

func float(t *Type, text string) (ast.Expr, bool, error) {
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		return nil, false, badLiteral(t, text)
	case math.IsNaN(f):
		return &ast.String{Value: "NaN"}, false, nil
	case math.IsInf(f, 1):
		return &ast.String{Value: "Infinity"}, false, nil
	case math.IsInf(f, -1):
		return &ast.String{Value: "-Infinity"}, false, nil
	}
	digits, exp, _ := strings.Cut(strconv.FormatFloat(f, 'E', -1, 64), "E")
	n, err := strconv.Atoi(exp)
	return number(digits + "E" + strconv.Itoa(n)), t.T == "DOUBLE", err
}

func temporal(t *Type, text string) (ast.Expr, bool, error) {
	switch t.T {
	case "DATE":
		return &ast.Temporal{Kind: ast.DateLit, Text: text}, true, nil
	case "TIME":
		return &ast.Temporal{Kind: ast.TimeLit, Text: text}, true, nil
	case "TIMESTAMP":
		_, frac, _ := strings.Cut(text, ".")
		return &ast.Temporal{Kind: ast.TimestampLit, Text: text}, t.N == nil || int(*t.N) == len(frac), nil
	case "TIMESTAMP_LTZ":
		return &ast.Temporal{Kind: ast.TimestampLit, Text: text}, false, nil
	case "INTERVAL_DS":
		ms, err := strconv.ParseInt(text, 10, 64)
		return millis(ms), true, err
	case "INTERVAL_YM":
		months, err := strconv.ParseInt(text, 10, 64)
		return interval(months, ast.Month), true, err
	}
	return nil, false, errs.New(errs.Unsupported, "pyflink.literal", "literals of type %s are not supported by Weir", t.T)
}

// interval is a length of so many units.
func interval(n int64, unit ast.TimeUnit) *ast.Interval {
	iv := &ast.Interval{Neg: n < 0, Unit: ast.IntervalUnit{From: unit, Prec: -1, Frac: -1}}
	iv.Text = strings.TrimPrefix(strconv.FormatInt(n, 10), "-")
	if len(iv.Text) > 2 { // more digits than the default precision of the leading field
		iv.Unit.Prec = int32(len(iv.Text))
	}
	return iv
}

// millis is a length in milliseconds, as seconds.
func millis(ms int64) *ast.Interval {
	iv := interval(ms/1000, ast.Second)
	if rest := ms % 1000; rest != 0 {
		iv.Neg = ms < 0
		iv.Text += fmt.Sprintf(".%03d", max(rest, -rest))
		iv.Unit.Prec = max(iv.Unit.Prec, 2)
		iv.Unit.Frac = 3
	}
	return iv
}
