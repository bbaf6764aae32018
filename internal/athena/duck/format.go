//go:build cgo

package duck

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"weir/internal/athena/worker"
)

const maxVarchar = math.MaxInt32

// kind tells how values of a DuckDB type are written in Athena's results.
type kind struct {
	name   string // DuckDB's type name without arguments: DECIMAL, STRUCT …
	scale  int
	elem   []kind
	fields []string
}

// resultColumn is the Athena type of a DuckDB type name.
func resultColumn(typ string) (worker.ResultColumn, kind, error) {
	k, err := parseKind(typ)
	if err != nil {
		return worker.ResultColumn{}, kind{}, err
	}
	c := worker.ResultColumn{}
	switch k.name {
	case "BOOLEAN":
		c.Type = "boolean"
	case "TINYINT":
		c.Type, c.Precision = "tinyint", 3
	case "SMALLINT", "UTINYINT":
		c.Type, c.Precision = "smallint", 5
	case "INTEGER", "USMALLINT":
		c.Type, c.Precision = "integer", 10
	case "BIGINT", "HUGEINT", "UINTEGER", "UBIGINT", "UHUGEINT":
		c.Type, c.Precision = "bigint", 19
	case "FLOAT":
		c.Type, c.Precision = "float", 17
	case "DOUBLE":
		c.Type, c.Precision = "double", 17
	case "DECIMAL":
		c.Type, c.Precision, c.Scale = "decimal", int32(decimalWidth(typ)), int32(k.scale)
	case "VARCHAR", "NULL", "\"NULL\"":
		c.Type, c.Precision, c.CaseSensitive = "varchar", maxVarchar, true
	case "JSON":
		c.Type, c.CaseSensitive = "json", true
	case "BLOB":
		c.Type, c.Precision = "varbinary", 1073741824
	case "DATE":
		c.Type = "date"
	case "TIME":
		c.Type = "time"
	case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS":
		c.Type, c.Precision = "timestamp", 3
	case "TIMESTAMPTZ":
		c.Type, c.Precision = "timestamp with time zone", 3
	case "INTERVAL":
		c.Type = "interval day to second"
	case "LIST":
		c.Type = "array"
	case "MAP":
		c.Type = "map"
	case "STRUCT":
		c.Type = "row"
	case "UUID":
		c.Type = "uuid"
	default:
		return c, k, fmt.Errorf("NOT_SUPPORTED: a result of DuckDB's type %s has no type in Athena; CAST it", typ)
	}
	return c, k, nil
}

func decimalWidth(typ string) int {
	var w, s int
	if n, err := fmt.Sscanf(typ, "DECIMAL(%d,%d)", &w, &s); n != 2 || err != nil {
		return 38
	}
	return w
}

// parseKind reads DuckDB's spelling of a type.
func parseKind(typ string) (kind, error) {
	if i := strings.LastIndexByte(typ, '['); i > 0 && strings.HasSuffix(typ, "]") {
		e, err := parseKind(typ[:i])
		return kind{name: "LIST", elem: []kind{e}}, err
	}
	name, args, nested := strings.Cut(typ, "(")
	if !nested {
		return kind{name: typ}, nil
	}
	k := kind{name: name}
	parts := splitArgs(strings.TrimSuffix(args, ")"))
	switch name {
	case "DECIMAL":
		if len(parts) == 2 {
			k.scale, _ = strconv.Atoi(strings.TrimSpace(parts[1])) // DuckDB writes a number here
		}
	case "MAP", "STRUCT":
		for _, p := range parts {
			p = strings.TrimSpace(p)
			if name == "STRUCT" {
				f, rest := fieldName(p)
				k.fields = append(k.fields, f)
				p = rest
			}
			e, err := parseKind(p)
			if err != nil {
				return k, err
			}
			k.elem = append(k.elem, e)
		}
	}
	return k, nil
}

// splitArgs cuts at the commas that stand in no parentheses and no quotes.
func splitArgs(s string) []string {
	var out []string
	depth, start, quoted := 0, 0, false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			out = append(out, s[start:i])
			start = i + 1
		}
	}
	return append(out, s[start:])
}

// fieldName cuts `"a b" INTEGER` or `a INTEGER`.
func fieldName(s string) (name, typ string) {
	if strings.HasPrefix(s, `"`) {
		for i := 1; i < len(s); i++ {
			if s[i] != '"' {
				continue
			}
			if i+1 < len(s) && s[i+1] == '"' {
				i++
				continue
			}
			return strings.ReplaceAll(s[1:i], `""`, `"`), strings.TrimSpace(s[i+1:])
		}
	}
	name, typ, _ = strings.Cut(s, " ")
	return name, typ
}

// text is a value as Athena's result file has it.
func (k kind) text(v any) string {
	if k.name == "JSON" {
		data, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v) // DuckDB gave it as JSON: it is
		}
		return string(data)
	}
	switch v := v.(type) {
	case nil:
		return "null" // within an array, map or row
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return javaDouble(v, 64)
	case float32:
		return javaDouble(float64(v), 32)
	case string:
		return v
	case []byte:
		return hexText(v)
	case time.Time:
		return k.timeText(v)
	case duckdb.Decimal:
		return decimalText(v.Value, int(v.Scale))
	case *big.Int:
		return v.String()
	case duckdb.Interval:
		return fmt.Sprintf("%d %s", int64(v.Days)+30*int64(v.Months), time.Time{}.Add(time.Duration(v.Micros)*time.Microsecond).Format("15:04:05.000"))
	case []any:
		return "[" + k.list(v) + "]"
	case map[string]any:
		parts := make([]string, len(k.fields))
		for i, f := range k.fields {
			parts[i] = f + "=" + k.elem[i].text(v[f])
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case duckdb.OrderedMap:
		keys, vals := v.Keys(), v.Values()
		parts := make([]string, len(keys))
		for i := range keys {
			parts[i] = k.elem[0].text(keys[i]) + "=" + k.elem[1].text(vals[i])
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}

func (k kind) list(v []any) string {
	parts := make([]string, len(v))
	for i, e := range v {
		if len(k.elem) == 1 {
			parts[i] = k.elem[0].text(e)
		} else {
			parts[i] = fmt.Sprint(e)
		}
	}
	return strings.Join(parts, ", ")
}

func (k kind) timeText(t time.Time) string {
	switch k.name {
	case "DATE":
		return t.Format("2006-01-02")
	case "TIME":
		return t.Format("15:04:05.000")
	case "TIMESTAMPTZ":
		return t.UTC().Format("2006-01-02 15:04:05.000") + " UTC"
	}
	return t.Format("2006-01-02 15:04:05.000")
}

func hexText(b []byte) string {
	parts := make([]string, len(b))
	for i, c := range b {
		parts[i] = fmt.Sprintf("%02x", c)
	}
	return strings.Join(parts, " ")
}

func decimalText(v *big.Int, scale int) string {
	s := new(big.Int).Abs(v).String()
	if scale > 0 {
		if len(s) <= scale {
			s = strings.Repeat("0", scale-len(s)+1) + s
		}
		s = s[:len(s)-scale] + "." + s[len(s)-scale:]
	}
	if v.Sign() < 0 {
		return "-" + s
	}
	return s
}

// javaDouble is Java's Double.toString (or Float.toString): shortest digits,
// plain from 0.001 up to 10,000,000, else d.dddE±n.
func javaDouble(f float64, bits int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0 || math.Abs(f) >= 1e-3 && math.Abs(f) < 1e7:
		s := strconv.FormatFloat(f, 'f', -1, bits)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	}
	s := strconv.FormatFloat(f, 'e', -1, bits)
	digits, exp, _ := strings.Cut(s, "e")
	if !strings.Contains(digits, ".") {
		digits += ".0"
	}
	n, _ := strconv.Atoi(exp) // FormatFloat wrote it
	return digits + "E" + strconv.Itoa(n)
}
