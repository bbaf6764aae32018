package fn

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"weir/internal/batch"
	"weir/internal/sql/jsonpath"
	"weir/internal/types"
)

// jsonQuotes are JSON_QUOTE and JSON_UNQUOTE.
func jsonQuotes() []*Def {
	return []*Def{
		{
			Name: "JSON_QUOTE", Family: "json", Usage: "JSON_QUOTE(string)", Doc: "The string as a JSON string, all but ASCII escaped.",
			Examples: []Example{{`JSON_QUOTE('a"b≠')`, `"a\"b\u2260"`}},
			Infer:    signature(gives(types.StringType), wantText),
			Since:    "2.0",
			Compile: eachRow(func(in []*batch.Vec, i int, out *batch.Vec) error {
				out.Data = appendJSONQuote(out.Data, string(in[0].Bytes(i)))
				out.EndBytes()
				return nil
			}),
		},
		{
			Name: "JSON_UNQUOTE", Family: "json", Usage: "JSON_UNQUOTE(string)", Doc: "What a JSON string stands for; what is no JSON string as it is.",
			Examples: []Example{{`JSON_UNQUOTE('"a\tb"')`, "a\tb"}, {`JSON_UNQUOTE('[1]')`, "[1]"}},
			Infer:    signature(gives(types.StringType), wantText),
			Since:    "2.0",
			Compile: eachRow(func(in []*batch.Vec, i int, out *batch.Vec) error {
				s := in[0].Bytes(i)
				if n := len(s); n < 2 || s[0] != '"' || s[n-1] != '"' {
					out.AppendBytes(s)
					return nil
				}
				if _, err := jsonpath.Valid(s); err != nil {
					out.AppendBytes(s)
					return nil
				}
				text, err := unescapeJSON(string(s[1 : len(s)-1]))
				out.AppendString(text)
				return err
			}),
		},
	}
}

func appendJSONQuote(buf []byte, s string) []byte {
	buf = append(buf, '"')
	for _, r := range s {
		switch at := strings.IndexRune("\"\\/\b\f\n\r\t", r); {
		case at >= 0:
			buf = append(buf, '\\', `"\/bfnrt`[at])
		case r < utf8.RuneSelf:
			buf = append(buf, byte(r))
		default:
			for _, u := range utf16.Encode([]rune{r}) {
				buf = fmt.Appendf(buf, `\u%04x`, u)
			}
		}
	}
	return append(buf, '"')
}

// unescapeJSON undoes the escapes of JSON.
func unescapeJSON(s string) (string, error) {
	var out strings.Builder
	var units []uint16 // of escapes that stand together
	flush := func() {
		for _, r := range utf16.Decode(units) {
			out.WriteRune(r)
		}
		units = units[:0]
	}
	for len(s) > 0 {
		if s[0] != '\\' || len(s) == 1 {
			flush()
			out.WriteByte(s[0])
			s = s[1:]
			continue
		}
		at := strings.IndexByte(`"\/bfnrt`, s[1])
		switch {
		case at >= 0:
			flush()
			out.WriteByte("\"\\/\b\f\n\r\t"[at])
			s = s[2:]
		case s[1] == 'u' && len(s) >= 6:
			u, err := strconv.ParseUint(s[2:6], 16, 16)
			if err != nil {
				return "", fmt.Errorf("For input string: %q", s[2:6])
			}
			units = append(units, uint16(u))
			s = s[6:]
		default:
			return "", fmt.Errorf("Illegal escape sequence: \\%c", s[1])
		}
	}
	flush()
	return out.String(), nil
}
