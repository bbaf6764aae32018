package fn

import (
	"bytes"
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// texts are the functions of character strings.
func texts() []*Def {
	return slices.Concat(textWhole(), textParts(), textSplits(), textTrims(), textPads(), textSearches(), textKinds())
}

// asText takes text, and brings to STRING what Calcite casts implicitly where
// a function asks for text.
var asText = want{what: "<CHARACTER>", as: func(a types.Type) (types.Type, bool) {
	if a.IsString() {
		return a.Plain(), true
	}
	return types.StringType, !a.IsNested() && a.Kind != types.Symbol
}}

// asBytes takes text and binary strings alike, as their bytes.
var asBytes = want{what: "<STRING>", as: func(a types.Type) (types.Type, bool) {
	if a.IsBinary() {
		return a.Plain(), true
	}
	return asText.as(a)
}}

// asInteger takes whole numbers of any width, and text that is one.
var asInteger = want{what: "<INTEGER>", as: func(a types.Type) (types.Type, bool) {
	if a.IsInteger() {
		return a.Plain(), true
	}
	return types.BigIntType, a.Kind == types.Null || a.IsString()
}}

// intAt is the whole number in row i of v, which may be constant.
func intAt(v *batch.Vec, i int) int64 { return integerAt(v, kernel.At(v, i)) }

// sameText is the type of the first argument.
func sameText(args []Arg) types.Type { return args[0].Type }

// varying is the VARCHAR of an argument's length.
func varying(arg int) func([]Arg) types.Type {
	return func(args []Arg) types.Type { return types.VarCharType(args[arg].Type.Len) }
}

// textRow is the Compile of a function to text that is NULL when an argument
// is: f appends the result of a row to dst, or gives false for NULL.
func textRow(f func(dst []byte, in []*batch.Vec, i int) ([]byte, bool)) func(*Env, []Arg, types.Type) (kernel.Func, error) {
	return func(*Env, []Arg, types.Type) (kernel.Func, error) { return textKernel(f), nil }
}

func textKernel(f func(dst []byte, in []*batch.Vec, i int) ([]byte, bool)) kernel.Func {
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		d, ok := f(out.Data, in, i)
		if !ok {
			out.AppendNull()
			return nil
		}
		out.Data = d
		return endText(out)
	})
}

// intRow is the Compile of a function to INT.
func intRow(f func(in []*batch.Vec, i int) int) func(*Env, []Arg, types.Type) (kernel.Func, error) {
	return func(*Env, []Arg, types.Type) (kernel.Func, error) {
		return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
			out.I32[i] = int32(f(in, i))
			return nil
		}), nil
	}
}

// boolRow is the Compile of a function to BOOLEAN.
func boolRow(f func(in []*batch.Vec, i int) bool) func(*Env, []Arg, types.Type) (kernel.Func, error) {
	return func(*Env, []Arg, types.Type) (kernel.Func, error) {
		return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
			out.B[i] = f(in, i)
			return nil
		}), nil
	}
}

// textWhole are the functions of whole strings: joining, case, length.
func textWhole() []*Def {
	return []*Def{
		{
			Name: "||", Family: "string", Usage: "a || b", Doc: "The two strings, one after the other; NULL when either is.",
			Examples: []Example{{"'ab' || 'c'", "abc"}, {"'ab' || CAST(NULL AS STRING)", "NULL"}},
			Infer:    operands(joined, asText, asText),
			Compile:  textRow(appendAll),
		},
		{
			Name: "CONCAT", Family: "string", Usage: "CONCAT(string1, string2, …)", Doc: "The strings, one after the other; NULL when any is.",
			Examples: []Example{{"CONCAT('AA', 'BB', 'CC')", "AABBCC"}},
			Infer:    operands(gives(types.StringType), asText, optional(repeated(asText))),
			Compile:  textRow(appendAll),
		},
		{
			Name: "CONCAT_WS", Family: "string", Usage: "CONCAT_WS(separator, string1, …)",
			Doc:      "The strings that are not NULL with the separator between them; NULL when the separator is.",
			Examples: []Example{{"CONCAT_WS('~', 'AA', CAST(NULL AS STRING), 'BB')", "AA~BB"}},
			Infer:    operands(gives(types.StringType), asText, optional(repeated(asText))),
			Compile:  compileConcatWS,
		},
		mapped("UPPER", "The string in upper case.", Example{"UPPER('aé')", "AÉ"}, appendUpper),
		mapped("LOWER", "The string in lower case.", Example{"LOWER('AÉ')", "aé"}, appendLower),
		mapped("INITCAP", "The string with each word's first letter in upper case and the rest in lower case; words are of the letters A to Z and digits.",
			Example{"INITCAP('hello WORLD')", "Hello World"}, appendInitcap),
		{
			Name: "REVERSE", Family: "string", Usage: "REVERSE(string)", Doc: "The characters in reverse order.",
			Examples: []Example{{"REVERSE('añb')", "bña"}},
			Infer:    nullable(operands(gives(types.StringType), asText)),
			Compile: textRow(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
				return appendReversed(dst, in[0].Bytes(i)), true
			}),
		},
		{
			Name: "REPEAT", Family: "string", Usage: "REPEAT(string, n)", Doc: "The string n times over; empty for n below 1.",
			Examples: []Example{{"REPEAT('ab', 3)", "ababab"}, {"REPEAT('ab', -1)", ""}},
			Infer:    operands(gives(types.StringType), asText, asInteger),
			Compile:  compileRepeat,
		},
		{
			Name: "CHAR_LENGTH", Aliases: []string{"CHARACTER_LENGTH"}, Family: "string", Usage: "CHAR_LENGTH(string)",
			Doc: "The number of characters.", Examples: []Example{{"CHAR_LENGTH('aé')", "2"}},
			Infer:   operands(gives(types.IntType), asText),
			Compile: intRow(func(in []*batch.Vec, i int) int { return utf8.RuneCount(in[0].Bytes(i)) }),
		},
	}
}

// mapped is a function of one string to one of its type.
func mapped(name, doc string, ex Example, f func(dst, s []byte) []byte) *Def {
	return &Def{Name: name, Family: "string", Usage: name + "(string)", Doc: doc, Examples: []Example{ex},
		Infer: operands(sameText, asText),
		Compile: textRow(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
			return f(dst, in[0].Bytes(i)), true
		})}
}

// joined is the type of a || b: CHAR of CHARs, otherwise VARCHAR.
func joined(args []Arg) types.Type {
	a, b := args[0].Type, args[1].Type
	if a.Kind == types.Char && b.Kind == types.Char {
		return types.CharType(sumLen(args))
	}
	return types.VarCharType(sumLen(args))
}

// sumLen is the length of the first two arguments together.
func sumLen(args []Arg) int32 {
	return int32(min(int64(args[0].Type.Len)+int64(args[1].Type.Len), types.MaxLen))
}

func appendAll(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
	for _, v := range in {
		dst = append(dst, v.Bytes(i)...)
	}
	return dst, true
}

func compileConcatWS(*Env, []Arg, types.Type) (kernel.Func, error) {
	return kernel.RowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
		if in[0].IsNull(i) {
			out.AppendNull()
			return nil
		}
		first := true
		for _, v := range in[1:] {
			if v.IsNull(i) {
				continue
			}
			if !first {
				out.Data = append(out.Data, in[0].Bytes(i)...)
			}
			out.Data = append(out.Data, v.Bytes(i)...)
			first = false
		}
		out.EndBytes()
		return nil
	}), nil
}

// appendUpper is Java's toUpperCase, which may lengthen the text (ß is SS).
func appendUpper(dst, s []byte) []byte {
	start := len(dst)
	for k, b := range s {
		if b >= utf8.RuneSelf {
			return appendCase(dst[:start+k], s[k:], unicode.ToUpper, upperSpecial, func() []byte { return cases.Upper(language.Und).Bytes(s[k:]) })
		}
		if b-'a' < 26 {
			b -= 32
		}
		dst = append(dst, b)
	}
	return dst
}

func appendLower(dst, s []byte) []byte {
	start := len(dst)
	for _, b := range s {
		if b >= utf8.RuneSelf {
			return appendCase(dst[:start], s, unicode.ToLower, lowerSpecial, func() []byte { return cases.Lower(language.Und).Bytes(s) })
		}
		if b-'A' < 26 {
			b += 32
		}
		dst = append(dst, b)
	}
	return dst
}

// appendCase maps character by character, and leaves text with a special one
// to all.
func appendCase(dst, s []byte, to func(rune) rune, special func(rune) bool, all func() []byte) []byte {
	start := len(dst)
	for rest := s; len(rest) > 0; {
		r, w := utf8.DecodeRune(rest)
		if special(r) {
			return append(dst[:start], all()...)
		}
		dst = utf8.AppendRune(dst, to(r))
		rest = rest[w:]
	}
	return dst
}

// upperSpecial reports characters whose upper case may be several
// (SpecialCasing.txt, generously).
func upperSpecial(r rune) bool {
	return r == 0xDF || r == 0x149 || r == 0x1F0 || r == 0x390 || r == 0x3B0 || r == 0x587 ||
		r >= 0x1E96 && r <= 0x1FFF || r >= 0xFB00 && r <= 0xFB17
}

// lowerSpecial are İ, which becomes two, and Σ, which depends on its place.
func lowerSpecial(r rune) bool { return r == 0x130 || r == 0x3A3 }

func appendInitcap(dst, s []byte) []byte {
	inside := false
	for _, b := range s {
		switch {
		case b-'a' < 26:
			if !inside {
				b -= 32
			}
			inside = true
		case b-'A' < 26:
			if inside {
				b += 32
			}
			inside = true
		default:
			inside = b-'0' < 10
		}
		dst = append(dst, b)
	}
	return dst
}

func appendReversed(dst, s []byte) []byte {
	for len(s) > 0 {
		_, w := utf8.DecodeLastRune(s)
		dst = append(dst, s[len(s)-w:]...)
		s = s[:len(s)-w]
	}
	return dst
}

func compileRepeat(*Env, []Arg, types.Type) (kernel.Func, error) {
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		s, n := in[0].Bytes(i), intAt(in[1], i)
		if n > 0 && len(s) > 0 {
			if err := fits(int64(len(s)), n); err != nil {
				return err
			}
			out.Data = append(out.Data, bytes.Repeat(s, int(n))...)
		}
		return endText(out)
	}), nil
}
