package classify

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/apache/thrift/lib/go/thrift"
)

// The numbers of the format's enums (parquet.thrift): physical types, repetition,
// and the converted types that say what a value means.
const (
	typeBoolean, typeInt32, typeInt64, typeInt96, typeFloat, typeDouble = 0, 1, 2, 3, 4, 5

	repeated = 2

	convertedUTF8, convertedMap, convertedMapKeyValue, convertedList, convertedEnum = 0, 1, 2, 3, 4
	convertedDecimal, convertedDate, convertedMillis, convertedMicros               = 5, 6, 9, 10
	convertedInt8, convertedInt16, convertedJSON                                    = 15, 16, 19
)

// field is an element of a Parquet schema, with those below it.
type field struct {
	name                                      string
	physical, repetition, children, converted int32
	scale, precision                          int32
	fields                                    []field
}

// maxFields bounds what a footer may say it has.
const maxFields = 1 << 20

// parquetSchema reads a footer: how many rows the file has, and its schema's
// root. It is read here, off the thrift protocol, because a Parquet library for
// it is a sixth of the whole program.
func parquetSchema(footer []byte) (rows int64, root field, err error) {
	buf := thrift.NewTMemoryBufferLen(0)
	buf.Buffer.Write(footer)
	p := thrift.NewTCompactProtocolConf(buf, &thrift.TConfiguration{MaxMessageSize: maxFooter})
	ctx := context.Background()
	var flat []field
	err = eachField(ctx, p, func(id int16, t thrift.TType) error {
		switch {
		case id == 2 && t == thrift.LIST:
			_, n, err := p.ReadListBegin(ctx)
			if err != nil || n > maxFields {
				return errors.Join(err, errors.New("too many fields"))
			}
			for range n {
				f, err := readField(ctx, p)
				if err != nil {
					return err
				}
				flat = append(flat, f)
			}
			return p.ReadListEnd(ctx)
		case id == 3 && t == thrift.I64:
			rows, err = p.ReadI64(ctx)
			return err
		}
		return p.Skip(ctx, t)
	})
	if err != nil {
		return 0, field{}, err
	}
	root, rest, err := nest(flat, 0)
	if err == nil && len(rest) > 0 {
		err = errors.New("fields outside the root")
	}
	return rows, root, err
}

// eachField calls f for every field of a struct; f reads it.
func eachField(ctx context.Context, p thrift.TProtocol, f func(id int16, t thrift.TType) error) error {
	if _, err := p.ReadStructBegin(ctx); err != nil {
		return err
	}
	for {
		_, t, id, err := p.ReadFieldBegin(ctx)
		if err != nil {
			return err
		}
		if t == thrift.STOP {
			return p.ReadStructEnd(ctx)
		}
		if err := f(id, t); err != nil {
			return err
		}
		if err := p.ReadFieldEnd(ctx); err != nil {
			return err
		}
	}
}

// readField reads a SchemaElement.
func readField(ctx context.Context, p thrift.TProtocol) (field, error) {
	f := field{physical: -1, converted: -1}
	numbers := map[int16]*int32{1: &f.physical, 3: &f.repetition, 5: &f.children, 6: &f.converted, 7: &f.scale, 8: &f.precision}
	err := eachField(ctx, p, func(id int16, t thrift.TType) (err error) {
		switch to := numbers[id]; {
		case to != nil && t == thrift.I32:
			*to, err = p.ReadI32(ctx)
		case id == 4 && t == thrift.STRING:
			f.name, err = p.ReadString(ctx)
		case id == 10 && t == thrift.STRUCT:
			err = f.logical(ctx, p)
		default:
			err = p.Skip(ctx, t)
		}
		return err
	})
	return f, err
}

// logical reads the LogicalType, a union of structs. Writers give the converted
// type besides, but for what had none: timestamps in nanoseconds.
func (f *field) logical(ctx context.Context, p thrift.TProtocol) error {
	means := map[int16]int32{1: convertedUTF8, 2: convertedMap, 3: convertedList, 4: convertedEnum, 5: convertedDecimal,
		6: convertedDate, 8: convertedMicros, 12: convertedJSON}
	return eachField(ctx, p, func(id int16, t thrift.TType) error {
		if c, ok := means[id]; ok && f.converted < 0 {
			f.converted = c
		}
		return p.Skip(ctx, t)
	})
}

// nest makes the tree of fields that are listed depth first.
func nest(flat []field, depth int) (field, []field, error) {
	if len(flat) == 0 || depth > 100 {
		return field{}, nil, errors.New("the schema is cut off, or too deep")
	}
	f, rest := flat[0], flat[1:]
	for range f.children {
		child, after, err := nest(rest, depth+1)
		if err != nil {
			return f, nil, err
		}
		f.fields, rest = append(f.fields, child), after
	}
	return f, rest, nil
}

// hive is the Hive type of a field. A repeated one that no LIST or MAP stands
// around is an array of itself.
func (f field) hive() string {
	t := f.primitive()
	if len(f.fields) > 0 {
		t = f.group()
	}
	if f.repetition == repeated {
		return "array<" + t + ">"
	}
	return t
}

func (f field) group() string {
	inner := f.fields[0]
	switch isMap := f.converted == convertedMap || f.converted == convertedMapKeyValue; {
	case len(f.fields) != 1 || inner.repetition != repeated:
	case isMap && len(inner.fields) == 2:
		return "map<" + inner.fields[0].hive() + "," + inner.fields[1].hive() + ">"
	case f.converted == convertedList && len(inner.fields) == 1 && inner.name != "array" && inner.name != f.name+"_tuple":
		return "array<" + inner.fields[0].hive() + ">"
	case f.converted == convertedList: // the repeated field is the element
		return inner.hive()
	}
	names := make([]string, len(f.fields))
	for i, x := range f.fields {
		names[i] = strings.ToLower(x.name) + ":" + x.hive()
	}
	return "struct<" + strings.Join(names, ",") + ">"
}

func (f field) primitive() string {
	switch f.converted {
	case convertedUTF8, convertedEnum, convertedJSON:
		return "string"
	case convertedDecimal:
		return fmt.Sprintf("decimal(%d,%d)", f.precision, f.scale)
	case convertedDate:
		return "date"
	case convertedMillis, convertedMicros:
		return "timestamp"
	case convertedInt8:
		return "tinyint"
	case convertedInt16:
		return "smallint"
	}
	switch f.physical {
	case typeBoolean:
		return "boolean"
	case typeInt32:
		return "int"
	case typeInt64:
		return "bigint"
	case typeInt96:
		return "timestamp"
	case typeFloat:
		return "float"
	case typeDouble:
		return "double"
	}
	return "binary"
}
