package fn

import (
	"fmt"
	"strconv"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/javanum"
	"weir/internal/kernel"
	"weir/internal/sql/jsonpath"
	"weir/internal/types"
)

// jsonOutcome is why a JSON function has no value to give.
type jsonOutcome struct {
	empty bool // nothing was found; otherwise err says what failed
	err   error
}

func compileJSONValue(_ *Env, args []Arg, ret types.Type) (kernel.Func, error) {
	r := &jsonReader{}
	onEmpty, onError := symbol(args, valueOnEmpty), symbol(args, valueOnError)
	var buf []byte
	return kernel.RowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
		if in[jsonTextArg].IsNull(i) || in[jsonPathArg].IsNull(i) {
			kernel.NullAt(out, i)
			return nil
		}
		r.use(in[jsonPathArg], i)
		raw, v, err := r.read(in[jsonTextArg].Bytes(i))
		text, none, err := r.scalar(raw, v, err, buf[:0])
		if err != nil {
			return err
		}
		buf = text
		if none == nil {
			return putJSON(out, i, text, jsonKind(raw, v))
		}
		behavior, otherwise := onError, in[valueOnError+1]
		if none.empty {
			behavior, otherwise = onEmpty, in[valueOnEmpty+1]
		}
		switch behavior {
		case "ERROR":
			return none.err
		case "DEFAULT":
			if !otherwise.IsNull(i) {
				return copyValue(otherwise, kernel.At(otherwise, i), out, i)
			}
		}
		kernel.NullAt(out, i)
		return nil
	}), nil
}

// scalar is the text of the scalar read, or why there is none.
func (r *jsonReader) scalar(raw []byte, v *jsonpath.Value, failed error, buf []byte) ([]byte, *jsonOutcome, error) {
	container := v != nil && !v.IsScalar() || raw != nil && jsonpath.IsContainer(raw)
	switch {
	case failed != nil:
		return nil, &jsonOutcome{err: failed}, nil
	case raw == nil && v == nil, container && r.path.Lax:
		return nil, &jsonOutcome{empty: true, err: fmt.Errorf("Empty result of JSON_VALUE function is not allowed")}, nil
	case container && v != nil:
		return nil, &jsonOutcome{err: fmt.Errorf("Strict jsonpath mode requires scalar value, and the actual value is: ''%s''", v.Append(nil))}, nil
	case container:
		return nil, &jsonOutcome{err: fmt.Errorf("Strict jsonpath mode requires scalar value, and the actual value is: ''%s''", raw)}, nil
	case v != nil:
		return append(buf, v.Text...), nil, nil
	}
	buf, err := jsonpath.AppendScalar(buf, raw)
	return buf, nil, err
}

// jsonKind is the kind of the scalar read.
func jsonKind(raw []byte, v *jsonpath.Value) jsonpath.Kind {
	switch {
	case v != nil:
		return v.Kind
	case raw[0] == '"':
		return jsonpath.String
	case raw[0] == 't' || raw[0] == 'f':
		return jsonpath.Bool
	}
	return jsonpath.Number
}

// putJSON sets row i to a scalar; a value that is not of the type fails the
// job, as in Flink, whatever ON ERROR says.
func putJSON(out *batch.Vec, i int, text []byte, kind jsonpath.Kind) error {
	switch {
	case out.Type.Kind == types.VarChar:
		out.AppendBytes(text)
		return nil
	case out.Type.Kind == types.Boolean && kind == jsonpath.Bool:
		out.B[i] = text[0] == 't'
		return nil
	case out.Type.Kind == types.Int && kind == jsonpath.Number:
		if n, err := strconv.ParseInt(string(text), 10, 32); err == nil {
			out.I32[i] = int32(n)
			return nil
		}
	case out.Type.Kind == types.Double && kind == jsonpath.Number:
		if f, err := javanum.ParseDouble(string(text), 64); err == nil {
			out.F64[i] = f
			return nil
		}
	}
	return errs.New(errs.Failed, "json.type", "JSON_VALUE found '%s', which is no %s", text, out.Type.WithNull(true)).
		WithHint("leave RETURNING out, and use TRY_CAST")
}

func compileJSONQuery(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) {
	r := &jsonReader{}
	wrapper, onEmpty, onError := symbol(args, queryWrapper), symbol(args, queryOnEmpty), symbol(args, queryOnError)
	return kernel.RowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
		if in[jsonTextArg].IsNull(i) || in[jsonPathArg].IsNull(i) {
			out.AppendNull()
			return nil
		}
		r.use(in[jsonPathArg], i)
		v, none := r.container(in[jsonTextArg].Bytes(i), wrapper, out.Type.Kind == types.Array)
		if none == nil {
			putContainer(out, v)
			return nil
		}
		behavior := onError
		if none.empty {
			behavior = onEmpty
		}
		switch behavior {
		case "ERROR":
			return none.err
		case "EMPTY ARRAY":
			putContainer(out, &jsonpath.Value{Kind: jsonpath.Array})
		case "EMPTY OBJECT":
			putContainer(out, &jsonpath.Value{Kind: jsonpath.Object})
		default:
			out.AppendNull()
		}
		return nil
	}), nil
}

// container is the array or object that the path leads to, or why there is none.
func (r *jsonReader) container(text []byte, wrapper string, asArray bool) (*jsonpath.Value, *jsonOutcome) {
	raw, v, err := r.read(text)
	if err == nil && raw != nil {
		v, err = jsonpath.Parse(raw)
	}
	if err != nil {
		return nil, &jsonOutcome{err: err}
	}
	if v != nil && (wrapper == "UNCONDITIONAL" || wrapper == "CONDITIONAL" && v.Kind != jsonpath.Array) {
		v = &jsonpath.Value{Kind: jsonpath.Array, Elems: []*jsonpath.Value{v}}
	}
	switch {
	case v == nil, v.IsScalar() && r.path.Lax:
		return nil, &jsonOutcome{empty: true, err: fmt.Errorf("Empty result of JSON_QUERY function is not allowed")}
	case v.IsScalar():
		return nil, &jsonOutcome{err: fmt.Errorf("Strict jsonpath mode requires array or object value, and the actual value is: ''%s''", v.Text)}
	case asArray && v.Kind != jsonpath.Array:
		return nil, &jsonOutcome{err: fmt.Errorf("the value is an object, and RETURNING asks for an ARRAY")}
	}
	return v, nil
}

// putContainer appends v to a STRING or an ARRAY<STRING>.
func putContainer(out *batch.Vec, v *jsonpath.Value) {
	if out.Type.Kind != types.Array {
		out.Data = v.Append(out.Data)
		out.EndBytes()
		return
	}
	elems := out.Kids[0]
	for _, e := range v.Elems {
		switch {
		case e.Kind == jsonpath.Null:
			elems.AppendNull()
		case e.IsScalar():
			elems.AppendString(e.Text)
		default:
			elems.AppendBytes(e.Append(nil))
		}
	}
	out.AppendRow()
}
