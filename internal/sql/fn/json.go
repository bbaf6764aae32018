package fn

import (
	"fmt"
	"strings"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/sql/jsonpath"
	"weir/internal/types"
)

// jsons are the functions of JSON text. Those of SQL's own syntax take their
// keywords as arguments of type SYMBOL, in the order of the constants below.
func jsons() []*Def {
	defs := []*Def{
		{
			Name: "JSON_EXISTS", Family: "json", Usage: "JSON_EXISTS(json, path [{TRUE|FALSE|UNKNOWN|ERROR} ON ERROR])",
			Doc:      "Whether the path leads to a value; when it fails, FALSE unless told otherwise.",
			Examples: []Example{{`JSON_EXISTS('{"a": true}', '$.a')`, "TRUE"}, {`JSON_EXISTS('{"a": true}', 'strict $.b' TRUE ON ERROR)`, "TRUE"}},
			Infer:    nullable(signature(gives(types.BooleanType), wantText, wantText, wantSymbol)),
			Since:    "1.14", Compile: compileJSONExists,
		},
		{
			Name: "JSON_VALUE", Family: "json", Usage: "JSON_VALUE(json, path [RETURNING type] [{NULL|ERROR|DEFAULT value} ON EMPTY] [… ON ERROR])",
			Doc:      "The scalar that the path leads to, as STRING, BOOLEAN, INTEGER or DOUBLE; NULL when there is none, unless told otherwise.",
			Examples: []Example{{`JSON_VALUE('{"a": 1.50}', '$.a')`, "1.50"}, {`JSON_VALUE('{"a": 7}', '$.a' RETURNING INTEGER)`, "7"}, {`JSON_VALUE('{}', 'lax $.a' DEFAULT 'x' ON EMPTY)`, "x"}},
			Infer:    bySyntax(7, inferJSONValue),
			Since:    "1.14", Compile: compileJSONValue,
		},
		{
			Name: "JSON_QUERY", Family: "json",
			Usage:    "JSON_QUERY(json, path [RETURNING type] [{WITHOUT|WITH [CONDITIONAL]} WRAPPER] [{NULL|EMPTY ARRAY|EMPTY OBJECT|ERROR} ON EMPTY] [… ON ERROR])",
			Doc:      "The array or object that the path leads to, as text or as ARRAY<STRING>; NULL when there is none, unless told otherwise.",
			Examples: []Example{{`JSON_QUERY('{"a": {"b": 1}}', '$.a')`, `{"b":1}`}, {`JSON_QUERY('{"a": 1}', '$.a' WITH WRAPPER)`, "[1]"}},
			Infer:    bySyntax(6, inferJSONQuery),
			Since:    "1.14", Compile: compileJSONQuery,
		},
		{
			Name: "JSON", Family: "json", Usage: "JSON(value)",
			Doc:      "Puts JSON text as it is into JSON_OBJECT or JSON_ARRAY, where alone it may stand.",
			Examples: []Example{{`JSON_OBJECT(KEY 'a' VALUE JSON('[1, 2]'))`, `{"a":[1,2]}`}},
			Infer: func(args []Arg) (Typed, error) {
				if len(args) != 2 || args[1].Type.Kind != types.Symbol {
					return Typed{}, errs.New(errs.Invalid, "sql.json", "The JSON() function is currently only supported inside JSON_ARRAY() or as the VALUE param of JSON_OBJECT()")
				}
				return nullable(signature(gives(types.StringType), wantText, wantSymbol))(args)
			},
			Since: "2.0", Compile: eachRow(jsonText),
		},
	}
	for _, k := range []struct {
		name, doc string
		is        func(jsonpath.Kind) bool
	}{
		{"VALUE", "JSON", func(jsonpath.Kind) bool { return true }},
		{"OBJECT", "a JSON object", func(k jsonpath.Kind) bool { return k == jsonpath.Object }},
		{"ARRAY", "a JSON array", func(k jsonpath.Kind) bool { return k == jsonpath.Array }},
		{"SCALAR", "a JSON scalar", func(k jsonpath.Kind) bool { return k < jsonpath.Array }},
	} {
		defs = append(defs, &Def{Name: "IS JSON " + k.name, Family: "json", Usage: "string IS [NOT] JSON " + k.name,
			Doc: "Whether the string is " + k.doc + "; not so when it is NULL.", Since: "1.14",
			Examples: []Example{{`'{"a": 1}' IS JSON ` + k.name, strings.ToUpper(fmt.Sprint(k.is(jsonpath.Object)))}},
			Infer:    notNull(signature(gives(types.BooleanType), wantText)),
			Compile: eachRowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
				if in[0].IsNull(i) {
					out.B[i] = false
					return nil
				}
				kind, err := jsonpath.Valid(in[0].Bytes(i))
				out.B[i] = err == nil && k.is(kind)
				return nil
			})})
	}
	return append(defs, jsonMakers()...)
}

// wantSymbol takes a keyword.
var wantSymbol = want{what: "SYMBOL", as: func(t types.Type) (types.Type, bool) { return t, t.Kind == types.Symbol }}

// symbol is the keyword that argument k is.
func symbol(args []Arg, k int) string {
	s, _ := args[k].Literal.(string)
	return s
}

// The arguments of JSON_VALUE and JSON_QUERY.
const (
	jsonTextArg, jsonPathArg, jsonTypeArg = 0, 1, 2 // the type is that of a NULL
	valueOnEmpty, valueOnError            = 3, 5    // each with its default behind it
	queryWrapper, queryOnEmpty            = 3, 4
	queryOnError                          = 5
)

func inferJSONValue(args []Arg) (Typed, error) {
	t := args[jsonTypeArg].Type.Plain().WithNull(true)
	switch t.Kind {
	case types.VarChar, types.Boolean, types.Int, types.Double:
	default:
		return Typed{}, errs.New(errs.Invalid, "sql.json", "Unsupported type '%s' for RETURNING in JSON_VALUE().", t)
	}
	same := want{what: t.String(), as: func(a types.Type) (types.Type, bool) { return t, a.Kind == types.Null || CanCast(a, t) }}
	return nullable(signature(gives(t), wantText, wantText, wantAny, wantSymbol, same, wantSymbol, same))(args)
}

func inferJSONQuery(args []Arg) (Typed, error) {
	t := args[jsonTypeArg].Type.Plain().WithNull(true)
	if t.Kind == types.Array {
		for _, k := range []int{queryOnEmpty, queryOnError} {
			if symbol(args, k) == "EMPTY OBJECT" {
				return Typed{}, errs.New(errs.Invalid, "sql.json", "Illegal on %s behavior 'EMPTY OBJECT' for return type: %s", [...]string{"empty", "error"}[k-queryOnEmpty], t)
			}
		}
	} else if t.Kind != types.VarChar {
		return Typed{}, errs.New(errs.Invalid, "sql.json", "Unsupported type '%s' for RETURNING in JSON_QUERY().", t)
	}
	return nullable(signature(gives(t), wantText, wantText, wantAny, wantSymbol, wantSymbol, wantSymbol))(args)
}

// jsonReader reads by the path of a call, which is compiled once while it stays
// the same.
type jsonReader struct {
	spec string
	path *jsonpath.Path
	scan *jsonpath.Scanner
}

// use makes ready for the path in row i of v.
func (r *jsonReader) use(v *batch.Vec, i int) {
	if spec := v.Bytes(i); r.path == nil || string(spec) != r.spec {
		r.spec = string(spec)
		r.path = jsonpath.Compile(r.spec)
		r.scan = r.path.Scanner()
	}
}

// read is what the path leads to, nil for nothing and for null: as JSON text
// where the path is simple, otherwise as a value.
func (r *jsonReader) read(text []byte) (raw []byte, v *jsonpath.Value, err error) {
	if r.scan != nil {
		raw, err = r.scan.Scan(text)
		switch {
		case err != nil:
		case raw != nil && raw[0] != 'n':
			return raw, nil, nil
		case raw != nil && !r.scan.Root():
			return nil, nil, nil // a null
		}
	}
	if err == nil {
		v, err = jsonpath.Parse(text)
	}
	if err != nil {
		if r.path.Lax {
			return nil, nil, nil
		}
		return nil, nil, err
	}
	v, err = r.path.Read(v)
	if err != nil || v == nil || v.Kind == jsonpath.Null {
		return nil, nil, err
	}
	return nil, v, nil
}

func compileJSONExists(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) {
	r, onError := &jsonReader{}, symbol(args, 2)
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		r.use(in[jsonPathArg], i)
		raw, v, err := r.read(in[jsonTextArg].Bytes(i))
		switch {
		case err == nil:
			out.B[i] = raw != nil || v != nil
		case onError == "ERROR":
			return err
		case onError == "UNKNOWN":
			out.SetNull(i)
		default:
			out.B[i] = onError == "TRUE"
		}
		return nil
	}), nil
}

// jsonText is JSON(x).
func jsonText(in []*batch.Vec, i int, out *batch.Vec) error {
	input := in[0].Bytes(i)
	text := strings.TrimFunc(string(input), func(r rune) bool { return r <= ' ' })
	if text == "" {
		out.AppendNull()
		return nil
	}
	v, err := jsonpath.Parse([]byte(text))
	if err != nil {
		return fmt.Errorf("Invalid JSON string in JSON(value) function: \"%s\". Error: %w%s", input, err, jsonpath.Unclosed([]byte(text)))
	}
	out.Data = v.Append(out.Data)
	out.EndBytes()
	return nil
}
