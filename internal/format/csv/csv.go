// Package csv is Flink's CSV format (flink-csv over Jackson's CsvMapper): no
// header, a row a line.
//
// Writing follows Jackson's loose check: a text is quoted when it is longer
// than 24 characters or has a character that is not above both delimiter and
// quote, so that "a b" and "2021-06-01 10:01:00" are quoted and AMZN is not.
// With a delimiter such as '|' nearly everything is. Numbers and booleans never
// are, but for decimals, which Jackson writes as text.
//
// Reading takes a field as it stands between delimiters; quotes count only
// where they begin a field. A NULL is the null literal; without one, an empty
// field is the empty text, and no number.
package csv

import (
	"fmt"
	"strconv"
	"strings"

	"weir/internal/errs"
	"weir/internal/format"
	"weir/internal/option"
	"weir/internal/types"
)

// Options are the format's options (CsvFormatOptions).
type Options struct {
	Delimiter     string  `option:"field-delimiter" default:"," doc:"The character between fields, as in Java source: \\t, \\u0001."`
	NoQuotes      bool    `option:"disable-quote-character" default:"false" doc:"Values are never quoted."`
	Quote         *string `option:"quote-character" doc:"The character around values that need it; \" by default."`
	Comments      bool    `option:"allow-comments" default:"false" doc:"Lines that begin with # are skipped."`
	IgnoreErrors  bool    `option:"ignore-parse-errors" default:"false" doc:"A bad field becomes NULL and a row of another length is taken as far as it goes or skipped, instead of failing the job."`
	ArrayElements string  `option:"array-element-delimiter" default:";" doc:"The text between the elements of an ARRAY or ROW."`
	Escape        *string `option:"escape-character" doc:"The character that takes the meaning from the next one."`
	NullLiteral   *string `option:"null-literal" doc:"What stands for NULL; nothing by default when written."`
	Scientific    bool    `option:"write-bigdecimal-in-scientific-notation" default:"true" doc:"Decimals are written with an exponent where Java's BigDecimal has one: 100000 of DECIMAL(6,-5) is 1E+5."`
	TrimSpaces    bool    `option:"trim-spaces" default:"false" doc:"Spaces around unquoted fields are not part of them."`
	IgnoreExtra   bool    `option:"ignore-trailing-unmappable" default:"false" doc:"Fields after the last column are left out."`
	TrailingComma bool    `option:"allow-trailing-comma" default:"true" doc:"A delimiter after the last field is no further field."`
	FailOnMissing bool    `option:"fail-on-missing-columns" default:"false" doc:"A row with too few fields is an error also with ignore-parse-errors."`
	EmptyAsNull   bool    `option:"empty-string-as-null" default:"false" doc:"An empty field is NULL."`
}

// Format describes the format.
func Format() *format.Format {
	return &format.Format{
		Name: "csv", Doc: "Comma-separated values, a row a line.", Options: &Options{}, LineBased: true, Bulk: true,
		NewDecoder: func(c format.Config) (format.Decoder, error) { return NewDecoder(c) },
		NewEncoder: func(c format.Config) (format.Encoder, error) { return NewEncoder(c) },
	}
}

// syntax are the characters the options name; none is -1.
type syntax struct {
	Options
	sep, quote, esc int
	null            string
	hasNull         bool
}

const none = -1

func parseOptions(c format.Config) (syntax, error) {
	s := syntax{quote: '"', esc: none}
	err := option.Decode(c.Options, &s.Options)
	if err != nil {
		return s, fmt.Errorf("format 'csv': %w", err)
	}
	if s.sep, err = character("field-delimiter", unescape(s.Delimiter)); err != nil {
		return s, err
	}
	if s.Quote != nil {
		if s.NoQuotes {
			return s, errs.New(errs.Invalid, "option.conflict", "Format cannot define a quote character and disabled quote character at the same time.")
		}
		if s.quote, err = character("quote-character", *s.Quote); err != nil {
			return s, err
		}
	}
	if s.NoQuotes {
		s.quote = none
	}
	if s.Escape != nil {
		if s.esc, err = character("escape-character", *s.Escape); err != nil {
			return s, err
		}
	}
	if s.NullLiteral != nil {
		s.null, s.hasNull = *s.NullLiteral, true
	}
	for _, f := range c.Fields {
		if err := supported(f.Type, 0); err != nil {
			return s, err
		}
	}
	return s, nil
}

// character is the one character of an option.
func character(name, text string) (int, error) {
	if len([]rune(text)) != 1 {
		return none, errs.New(errs.Invalid, "option.value", "Option 'csv.%s' must be a string with single character, but was: %s", name, text)
	}
	if text[0] >= 0x80 || text == "\n" || text == "\r" {
		return none, errs.New(errs.Unsupported, "option.value", "Option 'csv.%s' must be an ASCII character that ends no line, but was: %q", name, text)
	}
	return int(text[0]), nil
}

// unescape reads Java's escapes: \t, \u0001, \\.
func unescape(s string) string {
	if !strings.ContainsRune(s, '\\') || s == `\` {
		return s
	}
	if out, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`); err == nil {
		return out
	}
	return s
}

// supported checks a column's type; rows and arrays hold plain values, except
// that a row may stand in the table's own row only.
func supported(t types.Type, depth int) error {
	bad := t.Kind == types.Map || t.Kind == types.Multiset || depth > 0 && t.IsNested()
	if bad {
		return errs.New(errs.Unsupported, "format.type", "CSV format does not support the type %s here", t).
			WithHint("only plain values, and ARRAY and ROW of plain values, can be written as CSV")
	}
	if t.Kind == types.Time && t.Prec > 3 {
		return errs.New(errs.Unsupported, "format.type", "Csv does not support TIME type with precision: %d, it only supports precision 0 ~ 3.", t.Prec)
	}
	for _, f := range t.Fields {
		if err := supported(f.Type, depth+1); err != nil {
			return err
		}
	}
	if t.Elem != nil {
		return supported(*t.Elem, depth+1)
	}
	return nil
}
