package fn

import (
	"encoding/base64"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/javanum"
	"weir/internal/kernel"
	"weir/internal/sql/jsonpath"
	"weir/internal/types"
)

// jsonMakers are the functions that make JSON of values. JSON_OBJECT's
// arguments are what becomes of NULL ("NULL", "ABSENT"), then key, value and
// "RAW" or "" for each pair; JSON_ARRAY's the same without keys. A RAW value is
// JSON text.
func jsonMakers() []*Def {
	return []*Def{
		{
			Name: "JSON_STRING", Family: "json", Usage: "JSON_STRING(value)", Doc: "The value as JSON text; NULL for NULL.",
			Examples: []Example{{"JSON_STRING(ROW(1, 'a'))", `{"EXPR$0":1,"EXPR$1":"a"}`}, {"JSON_STRING(TRUE)", "true"}},
			Infer: func(args []Arg) (Typed, error) {
				t, err := signature(gives(types.StringType), wantAny)(args)
				if err == nil {
					_, err = jsonOf(nil, t.Args[0])
				}
				return t, err
			},
			Since: "1.14",
			Compile: func(env *Env, args []Arg, _ types.Type) (kernel.Func, error) {
				f, err := jsonOf(env, args[0].Type)
				return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
					var err error
					if out.Data, err = f(out.Data, in[0], kernel.At(in[0], i)); err == nil {
						out.EndBytes()
					}
					return err
				}), err
			},
		},
		{
			Name: "JSON_OBJECT", Family: "json", Usage: "JSON_OBJECT([KEY] key VALUE value, … [{NULL|ABSENT} ON NULL])",
			Doc:      "A JSON object, its keys in order; a NULL becomes null unless told otherwise.",
			Examples: []Example{{"JSON_OBJECT('b' VALUE 1, 'a' VALUE 'x')", `{"a":"x","b":1}`}, {"JSON_OBJECT(KEY 'k' VALUE CAST(NULL AS STRING) ABSENT ON NULL)", "{}"}},
			Infer:    bySyntax(1, func(args []Arg) (Typed, error) { return inferJSONMaker(args, true) }),
			Since:    "1.14", Compile: compileJSONObject,
		},
		{
			Name: "JSON_ARRAY", Family: "json", Usage: "JSON_ARRAY(value, … [{NULL|ABSENT} ON NULL])",
			Doc:      "A JSON array; a NULL is left out unless told otherwise.",
			Examples: []Example{{"JSON_ARRAY(1, 'a', TRUE)", `[1,"a",true]`}, {"JSON_ARRAY(CAST(NULL AS INT) NULL ON NULL)", "[null]"}},
			Infer:    bySyntax(1, func(args []Arg) (Typed, error) { return inferJSONMaker(args, false) }),
			Since:    "1.14", Compile: compileJSONArray,
		},
	}
}

func inferJSONMaker(args []Arg, keys bool) (Typed, error) {
	cast := make([]types.Type, len(args))
	stride := 2
	if keys {
		stride = 3
	}
	if (len(args)-1)%stride != 0 {
		return Typed{}, fmt.Errorf("it has a syntax of its own, and is not called by a quoted name")
	}
	for i, a := range args {
		cast[i] = a.Type.Plain()
		switch {
		case i == 0 || (i-1)%stride == stride-1:
		case keys && (i-1)%stride == 0:
			if !a.Type.IsString() {
				return Typed{}, errs.New(errs.Invalid, "sql.json", "the key of JSON_OBJECT must be a string, this is %s", a.Type)
			}
		default:
			if a.Type.Kind == types.Null {
				cast[i] = types.StringType
			} else if _, err := jsonOf(nil, a.Type); err != nil {
				return Typed{}, err
			}
		}
	}
	return Typed{Ret: types.StringType.WithNull(false), Args: cast}, nil
}

// jsonWriter appends row i of v, which is not NULL, as JSON.
type jsonWriter func(buf []byte, v *batch.Vec, i int) ([]byte, error)

// jsonArg is the writer of an argument: of JSON text when it is RAW.
func jsonArg(env *Env, t types.Type, raw string) (jsonWriter, error) {
	if raw == "RAW" {
		return func(buf []byte, v *batch.Vec, i int) ([]byte, error) { return append(buf, v.Bytes(i)...), nil }, nil
	}
	return jsonOf(env, t)
}

func compileJSONObject(env *Env, args []Arg, _ types.Type) (kernel.Func, error) {
	absent := symbol(args, 0) == "ABSENT"
	var writers []jsonWriter
	for k := 1; k < len(args); k += 3 {
		w, err := jsonArg(env, args[k+1].Type, symbol(args, k+2))
		if err != nil {
			return nil, err
		}
		writers = append(writers, w)
	}
	order := make([]int, len(writers))
	return kernel.RowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
		for p := range order {
			order[p] = p
			if in[1+3*p].IsNull(i) {
				return fmt.Errorf("a key of JSON_OBJECT is NULL")
			}
		}
		key := func(p int) string { return string(in[1+3*p].Bytes(i)) }
		slices.SortStableFunc(order, func(a, b int) int { return strings.Compare(key(a), key(b)) })
		first := true
		out.Data = append(out.Data, '{')
		for n, p := range order {
			v := in[2+3*p]
			if n+1 < len(order) && key(order[n+1]) == key(p) || absent && v.IsNull(i) {
				continue // of equal keys the last counts
			}
			if !first {
				out.Data = append(out.Data, ',')
			}
			first = false
			out.Data = append(jsonpath.AppendQuoted(out.Data, key(p)), ':')
			if err := appendJSON(out, writers[p], v, i); err != nil {
				return err
			}
		}
		out.Data = append(out.Data, '}')
		out.EndBytes()
		return nil
	}), nil
}

func compileJSONArray(env *Env, args []Arg, _ types.Type) (kernel.Func, error) {
	absent := symbol(args, 0) != "NULL"
	var writers []jsonWriter
	for k := 1; k < len(args); k += 2 {
		w, err := jsonArg(env, args[k].Type, symbol(args, k+1))
		if err != nil {
			return nil, err
		}
		writers = append(writers, w)
	}
	return kernel.RowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
		first := true
		out.Data = append(out.Data, '[')
		for p, w := range writers {
			v := in[1+2*p]
			if absent && v.IsNull(i) {
				continue
			}
			if !first {
				out.Data = append(out.Data, ',')
			}
			first = false
			if err := appendJSON(out, w, v, i); err != nil {
				return err
			}
		}
		out.Data = append(out.Data, ']')
		out.EndBytes()
		return nil
	}), nil
}

func appendJSON(out *batch.Vec, w jsonWriter, v *batch.Vec, i int) error {
	if v.IsNull(i) {
		out.Data = append(out.Data, "null"...)
		return nil
	}
	var err error
	out.Data, err = w(out.Data, v, kernel.At(v, i))
	return err
}

// jsonOf makes the writer of a type. env may be nil to ask whether there is one.
func jsonOf(env *Env, t types.Type) (jsonWriter, error) {
	if env == nil {
		env = &Env{}
	}
	switch t.Kind {
	case types.Char, types.VarChar:
		return func(buf []byte, v *batch.Vec, i int) ([]byte, error) {
			return jsonpath.AppendQuoted(buf, string(v.Bytes(i))), nil
		}, nil
	case types.Boolean:
		return func(buf []byte, v *batch.Vec, i int) ([]byte, error) { return strconv.AppendBool(buf, v.B[i]), nil }, nil
	case types.TinyInt, types.SmallInt, types.Int, types.BigInt:
		return func(buf []byte, v *batch.Vec, i int) ([]byte, error) {
			return strconv.AppendInt(buf, integerAt(v, i), 10), nil
		}, nil
	case types.Decimal:
		return func(buf []byte, v *batch.Vec, i int) ([]byte, error) {
			return javanum.AppendDecimal(buf, decimalAt(v, i).BigInt(), int(t.Scale), false), nil
		}, nil
	case types.Float, types.Double:
		return jsonDouble, nil
	case types.Binary, types.VarBinary:
		return func(buf []byte, v *batch.Vec, i int) ([]byte, error) {
			return append(base64.StdEncoding.AppendEncode(append(buf, '"'), v.Bytes(i)), '"'), nil
		}, nil
	case types.Timestamp, types.TimestampLTZ:
		return jsonMoment(t), nil
	case types.Array, types.Map, types.Multiset, types.Row:
		return jsonNested(env, t)
	case types.Null:
		return func(buf []byte, _ *batch.Vec, _ int) ([]byte, error) { return append(buf, "null"...), nil }, nil
	}
	return nil, errs.New(errs.Invalid, "sql.json", "Type '%s' is not scalar or cannot be converted into JSON.", t)
}

// jsonDouble writes a number as Jackson does of BigDecimal.valueOf(double).
func jsonDouble(buf []byte, v *batch.Vec, i int) ([]byte, error) {
	f := floatAt(v, i)
	text := javanum.AppendDouble(nil, f)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return jsonpath.AppendQuoted(buf, string(text)), nil
	}
	return jsonpath.AppendNumber(buf, text), nil
}

// jsonMoment writes a timestamp as DateTimeFormatter.ISO_LOCAL_DATE_TIME: with
// three, six or nine digits of fraction where they are needed; LTZ in UTC.
func jsonMoment(t types.Type) jsonWriter {
	return func(buf []byte, v *batch.Vec, i int) ([]byte, error) {
		buf = append(buf, '"')
		start := len(buf)
		buf = appendMoment(buf, "2006-01-02T15:04:05", v.I64[i], t.UnitsPerMilli(), 9)
		frac := strings.TrimRight(string(buf[start+len("2006-01-02T15:04:05."):]), "0")
		buf = buf[:start+len("2006-01-02T15:04:05")]
		if frac != "" {
			buf = append(append(buf, '.'), frac...)
		}
		if t.Kind == types.TimestampLTZ {
			buf = append(buf, 'Z')
		}
		return append(buf, '"'), nil
	}
}
