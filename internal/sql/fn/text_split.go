package fn

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"weir/internal/batch"
	"weir/internal/types"
)

// textSplits is SPLIT_INDEX.
func textSplits() []*Def {
	return []*Def{
		{
			Name: "SPLIT_INDEX", Family: "string", Usage: "SPLIT_INDEX(string, separator, index)",
			Doc:      "The part with that index, from 0 on, of the string cut at each separator (a string, or the number of a character); NULL when there is none.",
			Examples: []Example{{"SPLIT_INDEX('a;b;c', ';', 1)", "b"}, {"SPLIT_INDEX('a;b', 59, 0)", "a"}, {"SPLIT_INDEX('a;b', ';', 2)", "NULL"}},
			Infer: nullable(overloads(operands(gives(types.StringType), asText, wantIntegerOnly, asInteger),
				operands(gives(types.StringType), asText, asText, asInteger))),
			Compile: textRow(splitIndex),
		},
	}
}

// splitIndex is a row of SPLIT_INDEX.
func splitIndex(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
	s, n := in[0].Bytes(i), intAt(in[2], i)
	if n < 0 || len(s) == 0 {
		return dst, false
	}
	var buf [utf8.UTFMax]byte
	var sep []byte
	if in[1].Type.IsString() {
		sep = in[1].Bytes(i)
	} else {
		c := intAt(in[1], i)
		if c < 1 || c > 255 {
			return dst, false
		}
		sep = utf8.AppendRune(buf[:0], rune(c))
	}
	part, ok := nthPart(s, sep, n)
	return append(dst, part...), ok
}

// nthPart is a part of s between separators; an empty one stands for any white
// space.
func nthPart(s, sep []byte, n int64) ([]byte, bool) {
	for ; ; n-- {
		k, w := bytes.Index(s, sep), len(sep)
		if w == 0 {
			if k = bytes.IndexFunc(s, unicode.IsSpace); k >= 0 {
				_, w = utf8.DecodeRune(s[k:])
			}
		}
		switch {
		case n == 0 && k < 0:
			return s, true
		case n == 0:
			return s[:k], true
		case k < 0:
			return nil, false
		}
		s = s[k+w:]
	}
}
