package fn

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"weir/internal/batch"
	"weir/internal/types"
)

// jsonTexts are JSON_QUOTE and JSON_UNQUOTE.
func jsonTexts() []*Def {
	return []*Def{
		{
			Name: "JSON_QUOTE", Family: "string", Usage: "JSON_QUOTE(string)", Since: "2.0",
			Doc:      "The string as a JSON string, with quotes and escapes; characters that are not ASCII as \\uXXXX.",
			Examples: []Example{{`JSON_QUOTE('a"b')`, `"a\"b"`}, {`JSON_QUOTE('é')`, `"\u00e9"`}},
			Infer:    signature(gives(types.StringType), wantText),
			Compile: textRow(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
				return appendQuoted(dst, in[0].Bytes(i)), true
			}),
		},
		{
			Name: "JSON_UNQUOTE", Family: "string", Usage: "JSON_UNQUOTE(string)", Since: "2.0",
			Doc:      "The text that a JSON string holds; a text that is no JSON string as it is.",
			Examples: []Example{{`JSON_UNQUOTE('"a\u0041\"b"')`, `aA"b`}, {`JSON_UNQUOTE('[1]')`, `[1]`}},
			Infer:    signature(gives(types.StringType), wantText),
			Compile: textRow(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
				s := in[0].Bytes(i)
				if d, ok := appendUnquoted(dst, s); ok {
					return d, true
				}
				return append(dst, s...), true
			}),
		},
	}
}

// jsonEscapes are the letters after a backslash and, at the same place, the
// characters they stand for.
const (
	jsonEscapes = `"\/bfnrt`
	jsonEscaped = "\"\\/\b\f\n\r\t"
)

func appendQuoted(dst, s []byte) []byte {
	dst = append(dst, '"')
	for len(s) > 0 {
		r, w := utf8.DecodeRune(s)
		k := -1
		if r < utf8.RuneSelf {
			k = strings.IndexByte(jsonEscaped, byte(r))
		}
		switch {
		case k >= 0:
			dst = append(dst, '\\', jsonEscapes[k])
		case r < utf8.RuneSelf:
			dst = append(dst, byte(r))
		case r > 0xFFFF:
			hi, lo := utf16.EncodeRune(r)
			dst = appendHex16(appendHex16(dst, hi), lo)
		default:
			dst = appendHex16(dst, r)
		}
		s = s[w:]
	}
	return append(dst, '"')
}

func appendHex16(dst []byte, r rune) []byte {
	return append(append(dst, `\u`...), strconv.FormatInt(0x10000+int64(r), 16)[1:]...)
}

// appendUnquoted appends what stands between the quotes. Flink's parser looks
// at the first JSON value only, so what follows it must just end in a quote.
func appendUnquoted(dst, s []byte) ([]byte, bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return dst, false
	}
	first := true // still in the first value, which must be well formed
	for i := 1; i < len(s)-1; {
		c := s[i]
		switch {
		case c == '"':
			first = false
		case c < ' ' && first:
			return dst, false
		case c == '\\':
			n, ok := 0, false
			if dst, n, ok = appendEscape(dst, s[i:len(s)-1]); !ok {
				return dst, false
			}
			i += n
			continue
		}
		dst = append(dst, c)
		i++
	}
	return dst, true
}

// appendEscape appends what the escape at the beginning of s stands for, and is
// how long it is.
func appendEscape(dst, s []byte) ([]byte, int, bool) {
	if len(s) < 2 {
		return dst, 0, false
	}
	if k := strings.IndexByte(jsonEscapes, s[1]); k >= 0 {
		return append(dst, jsonEscaped[k]), 2, true
	}
	r, ok := hex16(s)
	if !ok {
		return dst, 0, false
	}
	if utf16.IsSurrogate(r) {
		if lo, ok := hex16(s[6:]); ok {
			if both := utf16.DecodeRune(r, lo); both != utf8.RuneError {
				return utf8.AppendRune(dst, both), 12, true
			}
		}
		return append(dst, '?'), 6, true
	}
	return utf8.AppendRune(dst, r), 6, true
}

// hex16 reads \uXXXX at the beginning of s.
func hex16(s []byte) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s[2:6]), 16, 16)
	return rune(n), err == nil
}
