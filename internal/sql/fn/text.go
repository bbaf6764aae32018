package fn

import (
	"bytes"
	"unicode/utf8"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// texts are the functions of character strings.
func texts() []*Def {
	return []*Def{
		{
			Name: "||", Family: "string", Usage: "a || b", Doc: "The two strings, one after the other; NULL when either is.",
			Examples: []Example{{"'ab' || 'c'", "abc"}, {"'ab' || CAST(NULL AS STRING)", "NULL"}},
			Infer:    signature(joined, wantText, wantText),
			Compile: func(*Env, []Arg, types.Type) (kernel.Func, error) {
				return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
					out.Data = append(append(out.Data, in[0].Bytes(i)...), in[1].Bytes(i)...)
					out.EndBytes()
					return nil
				}), nil
			},
		},
		mapped("UPPER", "The string in upper case.", Example{"UPPER('aé')", "AÉ"}, bytes.ToUpper),
		mapped("LOWER", "The string in lower case.", Example{"LOWER('AÉ')", "aé"}, bytes.ToLower),
		{
			Name: "CHAR_LENGTH", Aliases: []string{"CHARACTER_LENGTH"}, Family: "string", Usage: "CHAR_LENGTH(string)",
			Doc: "The number of characters.", Examples: []Example{{"CHAR_LENGTH('aé')", "2"}},
			Infer: signature(gives(types.IntType), wantText),
			Compile: func(*Env, []Arg, types.Type) (kernel.Func, error) {
				return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
					out.I32[i] = int32(utf8.RuneCount(in[0].Bytes(i)))
					return nil
				}), nil
			},
		},
	}
}

// mapped is a function of one string to a STRING.
func mapped(name, doc string, ex Example, f func([]byte) []byte) *Def {
	return &Def{Name: name, Family: "string", Usage: name + "(string)", Doc: doc, Examples: []Example{ex},
		Infer: signature(gives(types.StringType), wantText),
		Compile: func(*Env, []Arg, types.Type) (kernel.Func, error) {
			return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
				out.AppendBytes(f(in[0].Bytes(i)))
				return nil
			}), nil
		}}
}

// joined is the type of a || b: CHAR of CHARs, otherwise VARCHAR.
func joined(args []Arg) types.Type {
	a, b := args[0].Type, args[1].Type
	n := int32(min(int64(a.Len)+int64(b.Len), types.MaxLen))
	if a.Kind == types.Char && b.Kind == types.Char {
		return types.CharType(n)
	}
	return types.VarCharType(n)
}
