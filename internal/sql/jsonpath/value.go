// Package jsonpath reads JSON by paths, as Flink's JSON functions do: with the
// path language of Jayway's JsonPath and the values of Jackson.
//
// Vocabulary. A Value is a JSON text taken apart. A Path is a compiled path
// with its mode: a strict path that finds nothing is an error, a lax one gives
// nothing. A definite path leads to one value at most, any other gives a list.
// A Scanner follows simple definite paths in the text, without taking it apart.
//
// Of a text only the first value is read; what follows it is not looked at. Of
// equal keys the last counts. Objects are written with their keys in order.
//
// The package knows nothing of SQL.
package jsonpath

import (
	"bytes"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-faster/jx"

	"weir/internal/javanum"
)

// Kind is what a Value is.
type Kind uint8

// The kinds of Value.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// Value is a JSON value.
type Value struct {
	Kind Kind
	// Text is a string's characters, a number as Java prints it, true or false.
	Text  string
	Elems []*Value // of an Array, or the values of an Object
	Keys  []string // of an Object, beside Elems, in the order written
}

// IsScalar reports whether v is no array and no object.
func (v *Value) IsScalar() bool { return v.Kind < Array }

// Field is the value of a key; nil when there is none.
func (v *Value) Field(key string) *Value {
	if i := slices.Index(v.Keys, key); i >= 0 {
		return v.Elems[i]
	}
	return nil
}

// Parse reads the first value of a text.
func Parse(text []byte) (*Value, error) {
	d := jx.GetDecoder()
	defer jx.PutDecoder(d)
	d.ResetBytes(text)
	return parse(d)
}

func parse(d *jx.Decoder) (*Value, error) {
	switch d.Next() {
	case jx.Object:
		v := &Value{Kind: Object}
		return v, d.ObjBytes(func(d *jx.Decoder, key []byte) error {
			k := string(key)
			e, err := parse(d)
			if i := slices.Index(v.Keys, k); i >= 0 {
				v.Elems[i] = e
				return err
			}
			v.Keys, v.Elems = append(v.Keys, k), append(v.Elems, e)
			return err
		})
	case jx.Array:
		v := &Value{Kind: Array}
		return v, d.Arr(func(d *jx.Decoder) error {
			e, err := parse(d)
			v.Elems = append(v.Elems, e)
			return err
		})
	}
	raw, err := d.Raw()
	if err != nil {
		return nil, err
	}
	return scalar(raw)
}

// scalar is the value of a scalar's text.
func scalar(raw []byte) (*Value, error) {
	switch raw[0] {
	case '"':
		s, err := unquote(nil, raw)
		return &Value{Kind: String, Text: string(s)}, err
	case 't', 'f':
		return &Value{Kind: Bool, Text: string(raw)}, nil
	case 'n':
		return &Value{}, nil
	}
	return &Value{Kind: Number, Text: string(AppendNumber(nil, raw))}, nil
}

// unquote appends what the text of a JSON string stands for.
func unquote(buf, raw []byte) ([]byte, error) {
	d := jx.GetDecoder()
	defer jx.PutDecoder(d)
	d.ResetBytes(raw)
	return d.StrAppend(buf)
}

// AppendNumber adds the text of a JSON number as Java prints it: whole ones digit by digit,
// others as BigDecimal does.
func AppendNumber(buf, raw []byte) []byte {
	digits := bytes.TrimPrefix(raw, []byte("-"))
	if digits[0] != '0' && bytes.IndexByte(raw, 'e') < 0 && bytes.IndexByte(raw, 'E') < 0 {
		return append(buf, raw...) // BigDecimal's text is the same
	}
	text := string(raw)
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(text), "e")
	whole, frac, fraction := strings.Cut(mantissa, ".")
	if !scientific && !fraction {
		if text == "-0" {
			text = "0"
		}
		return append(buf, text...)
	}
	exp, err := int64(0), error(nil)
	if scientific {
		exp, err = strconv.ParseInt(exponent, 10, 32)
	}
	unscaled, ok := new(big.Int).SetString(whole+frac, 10)
	if err != nil || !ok {
		return append(buf, raw...)
	}
	return javanum.AppendDecimal(buf, unscaled, len(frac)-int(exp), false)
}

// Append adds v as JSON text, without blanks, the keys in order.
func (v *Value) Append(buf []byte) []byte {
	switch v.Kind {
	case Null:
		return append(buf, "null"...)
	case Bool, Number:
		return append(buf, v.Text...)
	case String:
		return AppendQuoted(buf, v.Text)
	case Array:
		buf = append(buf, '[')
		for i, e := range v.Elems {
			if i > 0 {
				buf = append(buf, ',')
			}
			buf = e.Append(buf)
		}
		return append(buf, ']')
	}
	order := make([]int, len(v.Keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(v.Keys[a], v.Keys[b]) })
	buf = append(buf, '{')
	for n, i := range order {
		if n > 0 {
			buf = append(buf, ',')
		}
		buf = v.Elems[i].Append(append(AppendQuoted(buf, v.Keys[i]), ':'))
	}
	return append(buf, '}')
}

// AppendQuoted adds a string as JSON, escaped as Jackson does.
func AppendQuoted(buf []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	buf = append(buf, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			buf = utf8.AppendRune(buf, r)
			i += n
			continue
		}
		i++
		switch at := strings.IndexByte("\"\\\b\f\n\r\t", c); {
		case at >= 0:
			buf = append(buf, '\\', `"\bfnrt`[at])
		case c < ' ':
			buf = append(buf, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			buf = append(buf, c)
		}
	}
	return append(buf, '"')
}
