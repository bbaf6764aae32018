package fn

import (
	"bytes"
	"unicode/utf8"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// wantSide is the keyword BOTH, LEADING or TRAILING.
var wantSide = want{what: "<SYMBOL>", as: func(a types.Type) (types.Type, bool) { return a, a.Kind == types.Symbol }}

// textTrims are the functions that take characters off the ends.
func textTrims() []*Def {
	side := func(name, where string, left, right bool, ex ...Example) *Def {
		return &Def{Name: name, Family: "string", Usage: name + "(string[, characters])",
			Doc:      "The string without the characters given (by default blanks) at its " + where + ".",
			Examples: ex,
			Infer:    operands(varying(0), asText, optional(asText)),
			Compile:  textRow(trimmer(left, right))}
	}
	return []*Def{
		{
			Name: "TRIM", Family: "string", Usage: "TRIM([BOTH | LEADING | TRAILING] [characters] FROM string), TRIM(string)",
			Doc:      "The string without the characters given (by default blanks) at its ends.",
			Examples: []Example{{"TRIM('  a ')", "a"}, {"TRIM(LEADING 'x' FROM 'xxax')", "ax"}, {"TRIM(BOTH 'xy' FROM 'xyax')", "a"}},
			Infer: overloads(operands(varying(0), asText), operands(varying(1), wantSide, asText),
				operands(varying(2), wantSide, asText, asText)),
			Compile: compileTrim,
		},
		side("LTRIM", "beginning", true, false, Example{"LTRIM('  a ') || '.'", "a ."}, Example{"LTRIM('abcab', 'ab')", "cab"}),
		side("RTRIM", "end", false, true, Example{"RTRIM(' a ') || '.'", " a."}, Example{"RTRIM('abcab', 'ab')", "abc"}),
		{
			Name: "BTRIM", Family: "string", Usage: "BTRIM(string[, characters])", Since: "2.0",
			Doc:      "The string without the characters given (by default blanks) at both ends.",
			Examples: []Example{{"BTRIM('  a  ')", "a"}, {"BTRIM('abcab', 'ab')", "c"}},
			Infer:    signature(gives(types.StringType), named("str", wantText), optional(named("trimStr", wantText))),
			Compile:  textRow(trimmer(true, true)),
		},
	}
}

// compileTrim puts TRIM's arguments, which begin with the side, in the order of
// LTRIM's.
func compileTrim(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) {
	left, right := true, true
	if side, ok := args[0].Literal.(string); ok && args[0].Type.Kind == types.Symbol {
		left, right = side != "TRAILING", side != "LEADING"
	}
	trim := trimmer(left, right)
	ordered := make([]*batch.Vec, 2)
	return textKernel(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
		switch len(in) {
		case 3:
			ordered[0], ordered[1] = in[2], in[1]
			return trim(dst, ordered, i)
		case 2:
			return trim(dst, in[1:], i)
		}
		return trim(dst, in, i)
	}), nil
}

func trimmer(left, right bool) func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
	blank := []byte{' '}
	return func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
		s, set := in[0].Bytes(i), blank
		if len(in) > 1 {
			set = in[1].Bytes(i)
		}
		for left && len(s) > 0 {
			_, w := utf8.DecodeRune(s)
			if !bytes.Contains(set, s[:w]) {
				break
			}
			s = s[w:]
		}
		for right && len(s) > 0 {
			_, w := utf8.DecodeLastRune(s)
			if !bytes.Contains(set, s[len(s)-w:]) {
				break
			}
			s = s[:len(s)-w]
		}
		return append(dst, s...), true
	}
}
