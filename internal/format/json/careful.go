package json

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/go-faster/jx"

	"weir/internal/batch"
	"weir/internal/format"
	"weir/internal/types"
)

// carefulDecoder reads messages as JsonToRowDataConverters does, whatever they
// hold. A row is built in scratch and copied when it is whole.
type carefulDecoder struct {
	d       *Decoder
	scratch *batch.Batch
	raw     []jx.Raw
}

// fieldError is a value that is no value of its column.
type fieldError struct {
	field string
	text  []byte
	err   error
}

// Error is "field f: cause".
func (e *fieldError) Error() string { return fmt.Sprintf("field %s: %v", e.field, e.err) }

// Unwrap gives the cause.
func (e *fieldError) Unwrap() error { return e.err }

// decode reads msg. With ignore-parse-errors a message that is no object is
// left out.
func (c *carefulDecoder) decode(msg []byte, dst *batch.Batch) error {
	err := c.row(msg)
	if err == nil {
		dst.Append(c.scratch)
		return nil
	}
	if c.d.opts.IgnoreErrors {
		return nil
	}
	e := &format.RecordError{Text: format.Shorten(msg), Err: err}
	var f *fieldError
	if errors.As(err, &f) {
		e.Field, e.Err = f.field, f.err
		e.Text = format.Shorten(msg)
	}
	return e
}

// row reads the object of msg into scratch; what follows it is not looked at.
func (c *carefulDecoder) row(msg []byte) error {
	if len(bytes.TrimSpace(msg)) == 0 {
		return errors.New("the record is blank; a JSON object is expected")
	}
	dec := jx.DecodeBytes(msg)
	if t := dec.Next(); t != jx.Object {
		if t == jx.Invalid {
			return errors.New("the record is no JSON")
		}
		return fmt.Errorf("the record is a JSON %s; an object is expected", t)
	}
	c.scratch.Reset()
	if err := c.object(dec, c.scratch.Cols, c.d.cols); err != nil {
		return err
	}
	c.scratch.N = 1
	return nil
}

// object appends the members of the object at dec, one value to each column;
// of a member that comes twice the last counts.
func (c *carefulDecoder) object(dec *jx.Decoder, vecs []*batch.Vec, cols []column) error {
	raw := make([]jx.Raw, len(cols))
	err := dec.ObjBytes(func(dec *jx.Decoder, key []byte) error {
		for i := range cols {
			if cols[i].name == string(key) {
				r, err := dec.Raw()
				raw[i] = r
				return err
			}
		}
		return dec.Skip()
	})
	if err != nil {
		return err
	}
	for i, r := range raw {
		if err := c.member(r, vecs[i], cols[i]); err != nil {
			return err
		}
	}
	return nil
}

// member appends one value, NULL when there is none.
func (c *carefulDecoder) member(r jx.Raw, v *batch.Vec, col column) error {
	switch {
	case r == nil && c.d.opts.FailOnMissing:
		return fmt.Errorf("Could not find field with name '%s'.", col.name)
	case r == nil, r.Type() == jx.Null:
		v.AppendNull()
		return nil
	}
	err := c.value(r, v, col.t)
	if err == nil {
		return nil
	}
	if c.d.opts.IgnoreErrors {
		v.AppendNull()
		return nil
	}
	return &fieldError{col.name, r, err}
}

// value appends the value of r to v, or nothing when it is no value of type t.
func (c *carefulDecoder) value(r jx.Raw, v *batch.Vec, t types.Type) error {
	switch t.Kind {
	case types.Array, types.Map, types.Multiset, types.Row:
		one := batch.NewVec(t, 1)
		if err := c.nested(r, one, t); err != nil {
			return err
		}
		v.AppendFrom(one, 0)
		return nil
	case types.Char, types.VarChar:
		s, err := c.text(r)
		if err == nil {
			v.AppendString(s)
		}
		return err
	}
	text, quoted, err := scalarText(r)
	if err != nil {
		return err
	}
	return c.d.appendScalar(v, t, text, quoted)
}

// text is a value as VARCHAR: numbers and words as Java prints them; objects
// and arrays as their JSON, or in Flink 1.11 as nothing.
func (c *carefulDecoder) text(r jx.Raw) (string, error) {
	switch r.Type() {
	case jx.Object, jx.Array:
		if c.d.legacy {
			return "", nil
		}
		var b bytes.Buffer
		if err := compact(&b, r); err != nil {
			return "", err
		}
		return b.String(), nil
	case jx.Number:
		return numberText(string(r)), nil
	}
	s, _, err := scalarText(r)
	return s, err
}

// scalarText is a value's text, without quotes and escapes.
func scalarText(r jx.Raw) (text string, quoted bool, err error) {
	switch r.Type() {
	case jx.String:
		s, err := jx.DecodeBytes(r).Str()
		return s, true, err
	case jx.Object, jx.Array:
		return "", false, fmt.Errorf("a JSON %s is no value of this type", r.Type())
	}
	return strings.TrimSpace(string(r)), false, nil
}

// nested appends an ARRAY, MAP, MULTISET or ROW to an empty vector.
func (c *carefulDecoder) nested(r jx.Raw, v *batch.Vec, t types.Type) error {
	dec := jx.DecodeBytes(r)
	switch t.Kind {
	case types.Row:
		if r.Type() != jx.Object {
			return fmt.Errorf("a JSON %s is no %s", r.Type(), t)
		}
		v.AppendRow()
		return c.object(dec, v.Kids, columnsOf(t.Fields))
	case types.Array:
		if r.Type() != jx.Array {
			return fmt.Errorf("a JSON %s is no %s", r.Type(), t)
		}
		err := dec.Arr(func(dec *jx.Decoder) error {
			e, err := dec.Raw()
			if err != nil {
				return err
			}
			return c.member(e, v.Kids[0], column{name: "element", t: *t.Elem})
		})
		v.AppendRow()
		return err
	}
	if r.Type() != jx.Object {
		return fmt.Errorf("a JSON %s is no %s", r.Type(), t)
	}
	valueType := types.IntType
	keyType := *t.Elem
	if t.Kind == types.Map {
		keyType, valueType = *t.Key, *t.Elem
	}
	err := dec.ObjBytes(func(dec *jx.Decoder, key []byte) error {
		e, err := dec.Raw()
		if err != nil {
			return err
		}
		if err := c.d.appendScalar(v.Kids[0], keyType, string(key), true); err != nil {
			return err
		}
		return c.member(e, v.Kids[1], column{name: string(key), t: valueType})
	})
	v.AppendRow()
	return err
}
