package fn

import (
	"encoding/binary"
	"maps"
	"slices"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/sql/jsonpath"
	"weir/internal/types"
)

// jsonAggregates are JSON_OBJECTAGG and JSON_ARRAYAGG. The binder makes JSON of
// the values, and a filter of ABSENT ON NULL.
func jsonAggregates() []*Def {
	return []*Def{
		{
			Name: "JSON_OBJECTAGG", Class: Aggregate, Family: "aggregate", Retractable: true, Since: "1.15",
			Usage:  "JSON_OBJECTAGG([KEY] key VALUE value [{NULL|ABSENT} ON NULL])",
			Doc:    "A JSON object of the keys and values of a group. A key that comes twice is an error; a NULL value becomes null unless told otherwise.",
			Infer:  bySyntax(2, operands(gives(types.StringType.WithNull(false)), wantText, wantText)),
			NewAgg: func([]types.Type, types.Type) (kernel.Agg, error) { return &jsonObjectAgg{}, nil },
		},
		{
			Name: "JSON_ARRAYAGG", Class: Aggregate, Family: "aggregate", Retractable: true, Since: "1.15",
			Usage:  "JSON_ARRAYAGG(value [{NULL|ABSENT} ON NULL])",
			Doc:    "A JSON array of the values of a group, in the order they came; a NULL is left out unless told otherwise.",
			Infer:  bySyntax(1, notNull(operands(gives(types.StringType), wantText))),
			NewAgg: newValueLists(true, jsonArrayOf),
		},
	}
}

// jsonObjectAgg is JSON_OBJECTAGG: its values are JSON (JsonObjectAggFunction).
type jsonObjectAgg struct {
	perGroup[jsonPairs]
	size int
}

// jsonPairs are the keys and values of a group, and those that were taken back
// before they came.
type jsonPairs struct{ has, owed map[string]string }

func (a *jsonObjectAgg) each(groups []int32, args []*batch.Vec, sel []int32, n int, f func(p *jsonPairs, k, v string) error) error {
	return eachOf(groups, sel, n, func(g int32, i int) error {
		if args[0].IsNull(i) {
			return errs.New(errs.Failed, "sql.json", "a key of JSON_OBJECTAGG is NULL")
		}
		v := "null"
		if !args[1].IsNull(i) {
			v = string(args[1].Bytes(i))
		}
		return f(&a.of[g], string(args[0].Bytes(i)), v)
	})
}

// Add implements kernel.Agg.
func (a *jsonObjectAgg) Add(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	return a.each(groups, args, sel, n, a.put)
}

func (a *jsonObjectAgg) put(p *jsonPairs, k, v string) error {
	if was, ok := p.owed[k]; ok && was == v {
		delete(p.owed, k)
		return nil
	}
	if _, ok := p.has[k]; ok {
		return errs.New(errs.Failed, "sql.json", "Key '%s' is already present. Duplicate keys are not allowed in JSON_OBJECTAGG. Please ensure that keys are unique.", k)
	}
	if p.has == nil {
		p.has = map[string]string{}
	}
	p.has[k] = v
	a.size += len(k) + len(v) + 64
	return nil
}

// Retract implements kernel.Agg.
func (a *jsonObjectAgg) Retract(groups []int32, args []*batch.Vec, sel []int32, n int) error {
	return a.each(groups, args, sel, n, a.take)
}

func (a *jsonObjectAgg) take(p *jsonPairs, k, v string) error {
	if was, ok := p.has[k]; ok && was == v {
		delete(p.has, k)
		a.size -= len(k) + len(v) + 64
		return nil
	}
	if p.owed == nil {
		p.owed = map[string]string{}
	}
	p.owed[k] = v
	return nil
}

// Merge implements kernel.Agg.
func (a *jsonObjectAgg) Merge(to int, other kernel.Agg, from int) error {
	o := other.(*jsonObjectAgg).of[from]
	for _, k := range slices.Sorted(maps.Keys(o.owed)) {
		if err := a.take(&a.of[to], k, o.owed[k]); err != nil {
			return err
		}
	}
	for _, k := range slices.Sorted(maps.Keys(o.has)) {
		if err := a.put(&a.of[to], k, o.has[k]); err != nil {
			return err
		}
	}
	return nil
}

// Result implements kernel.Agg: the keys in order.
func (a *jsonObjectAgg) Result(g int, out *batch.Vec) error {
	out.Data = append(out.Data, '{')
	for n, k := range slices.Sorted(maps.Keys(a.of[g].has)) {
		if n > 0 {
			out.Data = append(out.Data, ',')
		}
		out.Data = append(jsonpath.AppendQuoted(out.Data, k), ':')
		out.Data = append(out.Data, a.of[g].has[k]...)
	}
	out.Data = append(out.Data, '}')
	out.EndBytes()
	return nil
}

// Encode implements kernel.Agg.
func (a *jsonObjectAgg) Encode(g int, buf []byte) []byte {
	for _, m := range []map[string]string{a.of[g].has, a.of[g].owed} {
		buf = binary.AppendUvarint(buf, uint64(len(m)))
		for _, k := range slices.Sorted(maps.Keys(m)) {
			buf = appendText(appendText(buf, k), m[k])
		}
	}
	return buf
}

// Decode implements kernel.Agg.
func (a *jsonObjectAgg) Decode(g int, data []byte) ([]byte, error) {
	for _, f := range []func(*jsonPairs, string, string) error{a.put, a.take} {
		n, w := binary.Uvarint(data)
		if w <= 0 {
			return nil, errShort
		}
		data = data[w:]
		for range n {
			var k, v []byte
			var err error
			if k, data, err = readText(data); err == nil {
				v, data, err = readText(data)
			}
			if err == nil {
				err = f(&a.of[g], string(k), string(v))
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return data, nil
}

// Bytes implements kernel.Agg.
func (a *jsonObjectAgg) Bytes() int { return a.size + 16*cap(a.of) }
