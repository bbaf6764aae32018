package fn

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"weir/internal/batch"
	"weir/internal/javanum"
	"weir/internal/kernel"
	"weir/internal/types"
)

// textKinds are the tests of what a text consists of. They take NULL as text of
// another kind.
func textKinds() []*Def {
	return []*Def{
		textKind("IS_ALPHA", "Whether the text is letters only.", Example{"IS_ALPHA('aé')", "TRUE"},
			func(types.Type) bool { return false }, func(s []byte) bool { return allRunes(s, unicode.IsLetter) }),
		textKind("IS_DIGIT", "Whether the text is digits only, or a whole number.", Example{"IS_DIGIT('12.5')", "FALSE"},
			types.Type.IsInteger, func(s []byte) bool { return allRunes(s, unicode.IsDigit) }),
		textKind("IS_DECIMAL", "Whether the text can be read as a number, or is one.", Example{"IS_DECIMAL('12.5')", "TRUE"},
			func(t types.Type) bool { return t.IsInteger() || t.IsApprox() },
			func(s []byte) bool {
				_, err := javanum.ParseDouble(strings.TrimFunc(string(s), func(r rune) bool { return r <= ' ' }), 64)
				return err == nil
			}),
	}
}

// textKind is a test that numbers pass when ofNumber says so of their type.
func textKind(name, doc string, ex Example, ofNumber func(types.Type) bool, f func(s []byte) bool) *Def {
	w := want{what: "<CHARACTER>", as: func(a types.Type) (types.Type, bool) {
		if a.Kind == types.Null {
			return types.StringType, true
		}
		return a.Plain(), a.IsString() || a.IsNumeric()
	}}
	return &Def{Name: name, Family: "conditional", Usage: name + "(string)", Doc: doc, Examples: []Example{ex},
		Infer: notNull(operands(gives(types.BooleanType), w)),
		Compile: func(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) {
			text, number := args[0].Type.IsString(), ofNumber(args[0].Type)
			return kernel.RowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
				switch {
				case in[0].IsNull(i):
					out.B[i] = false
				case text:
					out.B[i] = f(in[0].Bytes(i))
				default:
					out.B[i] = number
				}
				return nil
			}), nil
		}}
}

// allRunes reports whether s has characters, all of them of one UTF-16 unit and
// of a kind.
func allRunes(s []byte, is func(rune) bool) bool {
	if len(s) == 0 {
		return false
	}
	for len(s) > 0 {
		r, w := utf8.DecodeRune(s)
		if w == 4 || !is(r) {
			return false
		}
		s = s[w:]
	}
	return true
}
