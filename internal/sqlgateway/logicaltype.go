package sqlgateway

import (
	"bytes"
	"encoding/json"
	"fmt"

	"weir/internal/types"
)

// logicalType renders a type as LogicalTypeJsonSerializer does.
type logicalType types.Type

// roots are the names of LogicalTypeRoot that differ from the kind's own.
var roots = map[types.Kind]string{
	types.Int: "INTEGER", types.Time: "TIME_WITHOUT_TIME_ZONE", types.Timestamp: "TIMESTAMP_WITHOUT_TIME_ZONE",
	types.TimestampLTZ: "TIMESTAMP_WITH_LOCAL_TIME_ZONE", types.IntervalYM: "INTERVAL_YEAR_MONTH", types.IntervalDS: "INTERVAL_DAY_TIME",
}

// MarshalJSON implements json.Marshaler.
func (t logicalType) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	appendType(&b, types.Type(t))
	return b.Bytes(), nil
}

func appendType(b *bytes.Buffer, t types.Type) {
	root := roots[t.Kind]
	if root == "" {
		root = t.Kind.String()
	}
	fmt.Fprintf(b, `{"type":"%s"`, root)
	if t.Kind != types.Null {
		fmt.Fprintf(b, `,"nullable":%t`, t.Nullable())
	}
	switch t.Kind {
	case types.Char, types.VarChar, types.Binary, types.VarBinary:
		fmt.Fprintf(b, `,"length":%d`, t.Len)
	case types.Decimal:
		fmt.Fprintf(b, `,"precision":%d,"scale":%d`, t.Prec, t.Scale)
	case types.Time, types.Timestamp, types.TimestampLTZ:
		fmt.Fprintf(b, `,"precision":%d`, t.Prec)
	case types.IntervalYM: // Weir, like Flink's planner, has one kind of each
		b.WriteString(`,"precision":2,"resolution":"MONTH"`)
	case types.IntervalDS:
		b.WriteString(`,"precision":2,"fractionalPrecision":3,"resolution":"SECOND"`)
	case types.Map:
		b.WriteString(`,"keyType":`)
		appendType(b, *t.Key)
		b.WriteString(`,"valueType":`)
		appendType(b, *t.Elem)
	case types.Array, types.Multiset:
		b.WriteString(`,"elementType":`)
		appendType(b, *t.Elem)
	case types.Row:
		b.WriteString(`,"fields":[`)
		for i, f := range t.Fields {
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(b, `{"name":%s,"fieldType":`, quoted(f.Name))
			appendType(b, f.Type)
			b.WriteByte('}')
		}
		b.WriteByte(']')
	}
	b.WriteByte('}')
}

// quoted is a text as a JSON string, without HTML's escapes.
func quoted(s string) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("a string that cannot be JSON: " + err.Error()) // there is none
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
