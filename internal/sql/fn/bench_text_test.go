package fn

import (
	"fmt"
	"testing"

	"weir/internal/batch"
	"weir/internal/types"
)

// textColumn is a column of texts of some 20 bytes.
func textColumn(format string) *batch.Vec {
	v := batch.NewVec(types.StringType.WithNull(false), benchRows)
	for i := range benchRows {
		v.AppendString(fmt.Sprintf(format, i))
	}
	return v
}

// textConstant is a literal argument.
func textConstant(value any) *batch.Vec {
	var v *batch.Vec
	switch x := value.(type) {
	case string:
		v = batch.NewVec(types.CharType(int32(len(x))).WithNull(false), 1)
		v.AppendString(x)
	case int:
		v = batch.NewVec(types.IntType.WithNull(false), 1)
		v.AppendI32(int32(x))
	}
	v.Const = true
	return v
}

// BenchmarkText measures rows a second of one core.
func BenchmarkText(b *testing.B) {
	ascii, other := textColumn("Www.Example.org/%06d"), textColumn("straße-%06d-ÄÖÜ")
	for _, c := range []struct {
		name, fn string
		col      *batch.Vec
		rest     []any
	}{
		{"upper", "UPPER", ascii, nil}, {"upper-unicode", "UPPER", other, nil}, {"char_length", "CHAR_LENGTH", ascii, nil},
		{"concat", "||", ascii, []any{"-suffix"}}, {"substring", "SUBSTRING", ascii, []any{5, 7}},
		{"substring-unicode", "SUBSTRING", other, []any{5, 7}}, {"trim", "TRIM", ascii, nil}, {"replace", "REPLACE", ascii, []any{"Example", "x"}},
		{"locate", "INSTR", ascii, []any{"org"}}, {"lpad", "LPAD", ascii, []any{24, "*"}}, {"split_index", "SPLIT_INDEX", ascii, []any{".", 1}},
		{"like-prefix", "LIKE", ascii, []any{"Www%"}}, {"like-contains", "LIKE", ascii, []any{"%org%"}}, {"like-one", "LIKE", ascii, []any{"%ex_mple%"}},
		{"regexp", "REGEXP", ascii, []any{`\d{4}`}}, {"regexp-literal", "REGEXP", ascii, []any{"org"}},
		{"regexp_extract", "REGEXP_EXTRACT", ascii, []any{`([a-z]+)/(\d+)`, 1}}, {"regexp_replace", "REGEXP_REPLACE", ascii, []any{"[0-9]+", "#"}},
		{"md5", "MD5", ascii, nil}, {"sha256", "SHA256", ascii, nil}, {"to_base64", "TO_BASE64", ascii, nil},
		{"url_encode", "URL_ENCODE", ascii, nil}, {"coalesce", "COALESCE", ascii, []any{"x"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			in := []*batch.Vec{c.col}
			for _, x := range c.rest {
				in = append(in, textConstant(x))
			}
			benchFunction(b, c.fn, in...)
		})
	}
}
