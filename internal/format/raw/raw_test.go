package raw_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"weir/internal/batch"
	"weir/internal/format"
	"weir/internal/format/raw"
	"weir/internal/types"
)

// The bytes are those of Flink's RawFormatSerDeSchemaTest and of Java's
// charsets.
func TestRaw(t *testing.T) {
	for _, c := range []struct {
		typ     types.Type
		options string
		bytes   string // hexadecimal
		bad     bool
	}{
		{types.TinyIntType, "", "7f", false},
		{types.SmallIntType, "", "0001", false},
		{types.IntType, "", "0001e240", false},
		{types.IntType, "endianness=little-endian", "40e20100", false},
		{types.BigIntType, "", "00000000075bcd15", false},
		{types.FloatType, "", "4205c28f", false},
		{types.DoubleType, "", "4040b851eb851eb8", false},
		{types.BooleanType, "", "01", false},
		{types.StringType, "", "48656c6c6fe4bda0", false},
		{types.StringType, "charset=UTF-16", "feff4f60", false},
		{types.StringType, "charset=GBK", "c4e3", false},
		{types.BytesType, "", "00ff0a", false},
		{types.IntType, "", "000102", true},
	} {
		o := map[string]string{}
		if k, v, ok := strings.Cut(c.options, "="); ok {
			o[k] = v
		}
		cfg := format.Config{Options: o, Fields: []types.Field{{Name: "a", Type: c.typ}}}
		d, err := raw.Format().NewDecoder(cfg)
		if err != nil {
			t.Fatal(err)
		}
		e, err := raw.Format().NewEncoder(cfg)
		if err != nil {
			t.Fatal(err)
		}
		msg, err := hex.DecodeString(c.bytes)
		if err != nil {
			t.Fatal(err)
		}
		b := batch.New(cfg.Fields, 0)
		if err := d.Decode(msg, b); (err != nil) != c.bad {
			t.Errorf("%s %s: %v", c.typ, c.bytes, err)
		}
		if c.bad {
			continue
		}
		out, err := e.EncodeRow(nil, b, 0)
		if err != nil || hex.EncodeToString(out) != c.bytes {
			t.Errorf("%s %s %s: got %x %v", c.typ, c.options, c.bytes, out, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	two := []types.Field{{Name: "a", Type: types.IntType}, {Name: "b", Type: types.IntType}}
	for want, c := range map[string]format.Config{
		"single physical column":  {Fields: two},
		"doesn't supports 'DATE'": {Fields: []types.Field{{Name: "a", Type: types.DateType}}},
		"'raw.charset' name: X-Y": {Fields: two[:1], Options: map[string]string{"charset": "X-Y"}},
	} {
		if _, err := raw.Format().NewDecoder(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
