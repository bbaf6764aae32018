// Package json is Flink's JSON format (flink-json): one object a message.
//
// Decoding has two ways. The fast one is a scanner that knows the table's
// columns: it predicts the next key, reads numbers, strings without escapes
// and timestamps in place, and keeps each value in a slot until the whole
// message is read. Whatever it does not expect (an escape, a nested value, a
// number or text where the other is due, a syntax error) it leaves to the
// careful one, which reads the message anew with go-faster/jx and follows
// JsonToRowDataConverters in every detail. Both give the same rows; a fuzz
// test holds them to it.
package json

import (
	"fmt"

	"weir/internal/errs"
	"weir/internal/format"
	"weir/internal/option"
	"weir/internal/types"
)

// Options are the format's options (JsonFormatOptions).
type Options struct {
	FailOnMissing bool   `option:"fail-on-missing-field" default:"false" doc:"A field missing from the record fails the job."`
	IgnoreErrors  bool   `option:"ignore-parse-errors" default:"false" doc:"A bad field becomes NULL and a record that cannot be read is skipped, instead of failing the job."`
	NullKeyMode   string `option:"map-null-key.mode" default:"FAIL" enum:"FAIL,DROP,LITERAL" doc:"What is written for a map key that is NULL."`
	NullKey       string `option:"map-null-key.literal" default:"null" doc:"The key written with map-null-key.mode LITERAL."`
	Timestamps    string `option:"timestamp-format.standard" default:"SQL" enum:"SQL,ISO-8601" doc:"SQL is '2021-06-01 10:00:01.5', ISO-8601 is '2021-06-01T10:00:01.5'."`
	PlainDecimals bool   `option:"encode.decimal-as-plain-number" default:"false" doc:"Decimals are written without an exponent."`
	IgnoreNulls   bool   `option:"encode.ignore-null-fields" default:"false" doc:"NULL fields are left out."`
	JSONParser    bool   `option:"decode.json-parser.enabled" default:"true" doc:"Accepted for Flink; Weir has one reader."`
}

// Format describes the format.
func Format() *format.Format {
	return &format.Format{
		Name: "json", Doc: "One JSON object a record.", Options: &Options{}, LineBased: true, ByName: true,
		NewDecoder: func(c format.Config) (format.Decoder, error) { return NewDecoder(c) },
		NewEncoder: func(c format.Config) (format.Encoder, error) { return NewEncoder(c) },
	}
}

func parseOptions(c format.Config) (Options, error) {
	var o Options
	if err := option.Decode(c.Options, &o); err != nil {
		return o, fmt.Errorf("format 'json': %w", err)
	}
	if o.FailOnMissing && o.IgnoreErrors {
		return o, errs.New(errs.Invalid, "option.conflict", "fail-on-missing-field and ignore-parse-errors shouldn't both be true.")
	}
	return o, nil
}

// column is what the scanner knows of a column.
type column struct {
	name  string
	t     types.Type
	phys  types.Phys
	nanos int64 // of a timestamp's unit: 1e6, 1e3 or 1
	fast  bool  // the scanner reads its values
}

func columnsOf(fields []types.Field) []column {
	cols := make([]column, len(fields))
	for i, f := range fields {
		c := column{name: f.Name, t: f.Type, phys: f.Type.Phys()}
		switch f.Type.Kind {
		case types.Int, types.BigInt, types.Float, types.Double, types.Char, types.VarChar, types.Boolean:
			c.fast = true
		case types.Timestamp:
			c.fast, c.nanos = true, 1_000_000/f.Type.UnitsPerMilli()
		}
		cols[i] = c
	}
	return cols
}
