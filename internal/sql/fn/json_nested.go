package fn

import (
	"fmt"
	"slices"
	"strings"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/sql/jsonpath"
	"weir/internal/types"
)

// jsonNested makes the writer of an array, or of a map or row as an object
// whose keys are in order.
func jsonNested(env *Env, t types.Type) (jsonWriter, error) {
	if t.Kind == types.Map && !t.Key.IsString() || t.Kind == types.Multiset && !t.Elem.IsString() {
		return nil, errs.New(errs.Invalid, "sql.json", "Type '%s' is not supported for JSON conversion. The key type must be a character string.", t.Members()[0])
	}
	var members []jsonWriter
	for _, m := range t.Members() {
		w, err := jsonOf(env, m)
		if err != nil {
			return nil, err
		}
		members = append(members, w)
	}
	switch t.Kind {
	case types.Row:
		return jsonRow(t, members), nil
	case types.Array:
		return func(buf []byte, v *batch.Vec, i int) (_ []byte, err error) {
			from, to := v.Range(i)
			buf = append(buf, '[')
			for r := from; r < to; r++ {
				if r > from {
					buf = append(buf, ',')
				}
				if buf, err = jsonMember(buf, members[0], v.Kids[0], r); err != nil {
					return nil, err
				}
			}
			return append(buf, ']'), nil
		}, nil
	}
	return jsonMap(members[1]), nil
}

func jsonMember(buf []byte, w jsonWriter, v *batch.Vec, i int) ([]byte, error) {
	if v.IsNull(i) {
		return append(buf, "null"...), nil
	}
	return w(buf, v, i)
}

func jsonRow(t types.Type, members []jsonWriter) jsonWriter {
	order := make([]int, len(t.Fields))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(t.Fields[a].Name, t.Fields[b].Name) })
	return func(buf []byte, v *batch.Vec, i int) (_ []byte, err error) {
		buf = append(buf, '{')
		for n, k := range order {
			if n > 0 {
				buf = append(buf, ',')
			}
			buf = append(jsonpath.AppendQuoted(buf, t.Fields[k].Name), ':')
			if buf, err = jsonMember(buf, members[k], v.Kids[k], i); err != nil {
				return nil, err
			}
		}
		return append(buf, '}'), nil
	}
}

func jsonMap(value jsonWriter) jsonWriter {
	return func(buf []byte, v *batch.Vec, i int) (_ []byte, err error) {
		var order []int
		from, to := v.Range(i)
		for r := from; r < to; r++ {
			if v.Kids[0].IsNull(r) {
				return nil, fmt.Errorf("Key at index %d was null. This is not supported during conversion to JSON.", r-from)
			}
			order = append(order, r)
		}
		slices.SortFunc(order, func(a, b int) int {
			return strings.Compare(string(v.Kids[0].Bytes(a)), string(v.Kids[0].Bytes(b)))
		})
		buf = append(buf, '{')
		for n, r := range order {
			if n > 0 {
				buf = append(buf, ',')
			}
			buf = append(jsonpath.AppendQuoted(buf, string(v.Kids[0].Bytes(r))), ':')
			if buf, err = jsonMember(buf, value, v.Kids[1], r); err != nil {
				return nil, err
			}
		}
		return append(buf, '}'), nil
	}
}
