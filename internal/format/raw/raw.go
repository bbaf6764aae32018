// Package raw is Flink's raw format: a table of one column, whose bytes are the
// message. Texts are in a charset, numbers in big- or little-endian order, as
// Java's DataOutput has them.
package raw

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/format"
	"weir/internal/option"
	"weir/internal/types"
)

// Options are the format's options (RawFormatOptions).
type Options struct {
	Charset    string `option:"charset" default:"UTF-8" doc:"The charset of texts."`
	Endianness string `option:"endianness" default:"big-endian" enum:"big-endian,little-endian" doc:"The order of the bytes of numbers."`
}

// Format describes the format.
func Format() *format.Format {
	return &format.Format{
		Name: "raw", Doc: "One column, as the bytes it is.", Options: &Options{}, LineBased: true,
		NewDecoder: func(c format.Config) (format.Decoder, error) { return newCodec(c) },
		NewEncoder: func(c format.Config) (format.Encoder, error) { return newCodec(c) },
	}
}

// codec reads and writes the one column.
type codec struct {
	t     types.Type
	name  string
	enc   encoding.Encoding // nil for UTF-8
	order binary.ByteOrder
	width int // of a number, 0 for the others
}

func newCodec(c format.Config) (*codec, error) {
	var o Options
	if err := option.Decode(c.Options, &o); err != nil {
		return nil, fmt.Errorf("format 'raw': %w", err)
	}
	if len(c.Fields) != 1 {
		names := make([]string, len(c.Fields))
		for i, f := range c.Fields {
			names[i] = f.Name
		}
		return nil, errs.New(errs.Invalid, "format.columns", "The 'raw' format only supports single physical column. However the defined schema contains multiple physical columns: %s", strings.Join(names, ", "))
	}
	k := &codec{t: c.Fields[0].Type, name: c.Fields[0].Name, order: binary.BigEndian}
	if strings.EqualFold(o.Endianness, "little-endian") {
		k.order = binary.LittleEndian
	}
	var ok bool
	if k.width, ok = widths[k.t.Kind]; !ok {
		return nil, errs.New(errs.Invalid, "format.type", "The 'raw' format doesn't supports '%s' as column type.", k.t)
	}
	var err error
	k.enc, err = charset(o.Charset)
	return k, err
}

var widths = map[types.Kind]int{types.Char: 0, types.VarChar: 0, types.Binary: 0, types.VarBinary: 0,
	types.Boolean: 1, types.TinyInt: 1, types.SmallInt: 2, types.Int: 4, types.BigInt: 8, types.Float: 4, types.Double: 8}

// charset is an encoding by the name Java has for it; nil is UTF-8.
func charset(name string) (encoding.Encoding, error) {
	switch strings.ToUpper(name) {
	case "UTF-8", "UTF8":
		return nil, nil
	case "UTF-16": // Java writes big-endian with a mark and reads either
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), nil
	case "UTF-16BE":
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), nil
	case "UTF-16LE":
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), nil
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil, errs.New(errs.Invalid, "option.value", "Unsupported 'raw.charset' name: %s.", name)
	}
	return e, nil
}

// Decode implements format.Decoder.
func (k *codec) Decode(msg []byte, dst *batch.Batch) error {
	v := dst.Cols[0]
	if k.width > 0 && len(msg) != k.width {
		return &format.RecordError{Field: k.name, Text: format.Shorten(msg),
			Err: fmt.Errorf("Size of data received for deserializing %s type is not %d but %d", k.t, k.width, len(msg))}
	}
	switch k.t.Kind {
	case types.Char, types.VarChar:
		if k.enc != nil {
			b, err := k.enc.NewDecoder().Bytes(msg)
			if err != nil {
				return &format.RecordError{Field: k.name, Text: format.Shorten(msg), Err: err}
			}
			msg = b
		}
		v.AppendBytes(msg)
	case types.Binary, types.VarBinary:
		v.AppendBytes(msg)
	case types.Boolean:
		v.AppendBool(msg[0] != 0)
	case types.TinyInt:
		v.AppendI8(int8(msg[0]))
	case types.SmallInt:
		v.AppendI16(int16(k.order.Uint16(msg)))
	case types.Int:
		v.AppendI32(int32(k.order.Uint32(msg)))
	case types.BigInt:
		v.AppendI64(int64(k.order.Uint64(msg)))
	case types.Float:
		v.AppendF32(math.Float32frombits(k.order.Uint32(msg)))
	case types.Double:
		v.AppendF64(math.Float64frombits(k.order.Uint64(msg)))
	}
	dst.N++
	return nil
}

// Encode implements format.Encoder.
func (k *codec) Encode(buf []byte, b *batch.Batch) ([]byte, error) {
	sel := b.Sel
	if sel == nil {
		sel = batch.Seq(0, b.N)
	}
	var err error
	for _, i := range sel {
		if buf, err = k.EncodeRow(buf, b, int(i)); err != nil {
			return nil, err
		}
		buf = append(buf, '\n')
	}
	return buf, nil
}

// EncodeRow implements format.Encoder. A NULL is an empty message.
func (k *codec) EncodeRow(buf []byte, b *batch.Batch, i int) ([]byte, error) {
	v := b.Cols[0]
	if v.Const {
		i = 0
	}
	if v.IsNull(i) {
		return buf, nil
	}
	order := k.order.(binary.AppendByteOrder)
	switch k.t.Kind {
	case types.Boolean:
		if v.B[i] {
			return append(buf, 1), nil
		}
		return append(buf, 0), nil
	case types.TinyInt:
		return append(buf, byte(v.I8[i])), nil
	case types.SmallInt:
		return order.AppendUint16(buf, uint16(v.I16[i])), nil
	case types.Int:
		return order.AppendUint32(buf, uint32(v.I32[i])), nil
	case types.BigInt:
		return order.AppendUint64(buf, uint64(v.I64[i])), nil
	case types.Float:
		return order.AppendUint32(buf, math.Float32bits(v.F32[i])), nil
	case types.Double:
		return order.AppendUint64(buf, math.Float64bits(v.F64[i])), nil
	}
	text := v.Bytes(i)
	if k.enc != nil && k.t.IsString() {
		b, err := k.enc.NewEncoder().Bytes(text)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", k.name, err)
		}
		text = b
	}
	return append(buf, text...), nil
}
