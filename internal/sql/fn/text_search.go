package fn

import (
	"bytes"
	"unicode/utf8"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// textSearches are the functions that look for one string in another, and that
// replace.
func textSearches() []*Def {
	return []*Def{
		{
			Name: "POSITION", Family: "string", Usage: "POSITION(string1 IN string2)",
			Doc:      "The position of the first string in the second, from 1 on; 0 when it is not there.",
			Examples: []Example{{"POSITION('bc' IN 'abcabc')", "2"}, {"POSITION('x' IN 'abc')", "0"}},
			Infer:    operands(gives(types.IntType), asText, asText, optional(asInteger)),
			Compile:  intRow(locate),
		},
		{
			Name: "LOCATE", Family: "string", Usage: "LOCATE(string1, string2[, start])",
			Doc:      "The position of the first string in the second, from character start on; 0 when it is not there.",
			Examples: []Example{{"LOCATE('bc', 'abcabc', 3)", "5"}},
			Infer:    operands(gives(types.IntType), asText, asText, optional(asInteger)),
			Compile:  intRow(locate),
		},
		{
			Name: "INSTR", Family: "string", Usage: "INSTR(string1, string2[, start[, nth]])",
			Doc:      "The position of the nth occurrence of the second string in the first, searched from character start on, backwards from the end when start is negative; 0 when it is not there.",
			Examples: []Example{{"INSTR('Tech on the net', 'e', 1, 2)", "11"}, {"INSTR('Tech on the net', 'e', -3, 2)", "2"}},
			Infer:    operands(gives(types.IntType), asText, asText, optional(asInteger), optional(asInteger)),
			Compile:  compileInstr,
		},
		ends("STARTSWITH", "begins", "startExpr", bytes.HasPrefix, Example{"STARTSWITH('hello', 'he')", "TRUE"}),
		ends("ENDSWITH", "ends", "endExpr", bytes.HasSuffix, Example{"ENDSWITH('hello', 'he')", "FALSE"}),
		{
			Name: "REPLACE", Family: "string", Usage: "REPLACE(string, old, new)", Doc: "The string with every old replaced by new.",
			Examples: []Example{{"REPLACE('hello world', 'l', 'L')", "heLLo worLd"}, {"REPLACE('ab', '', '-')", "-a-b-"}},
			Infer:    operands(gives(types.StringType), asText, asText, asText),
			Compile: textRow(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
				return appendReplaced(dst, in[0].Bytes(i), in[1].Bytes(i), in[2].Bytes(i)), true
			}),
		},
		{
			Name: "TRANSLATE", Family: "string", Usage: "TRANSLATE(expr, from, to)", Since: "2.0",
			Doc:      "The string with each character of from replaced by the one at its place in to, or left out when to is shorter.",
			Examples: []Example{{"TRANSLATE('www.apache.org', 'abc', '12')", "www.1p1he.org"}},
			Infer:    inferTranslate,
			Compile:  compileTranslate,
		},
	}
}

// find is the position of what in s from character start on, 1 being the
// first; 0 when it is not there.
func find(s, what []byte, start int64) int {
	if len(what) == 0 {
		return 1
	}
	at := runes(s, start-1)
	k := bytes.Index(s[at:], what)
	if k < 0 {
		return 0
	}
	return utf8.RuneCount(s[:at+k]) + 1
}

func locate(in []*batch.Vec, i int) int {
	start := int64(1)
	if len(in) > 2 {
		start = intAt(in[2], i)
	}
	return find(in[1].Bytes(i), in[0].Bytes(i), start)
}

func compileInstr(*Env, []Arg, types.Type) (kernel.Func, error) {
	var back, needle []byte
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		s, what, start, nth := in[0].Bytes(i), in[1].Bytes(i), int64(1), int64(1)
		if len(in) > 2 {
			start = intAt(in[2], i)
		}
		if len(in) > 3 {
			nth = intAt(in[3], i)
		}
		switch {
		case nth <= 0:
			return errs.New(errs.Failed, "instr.nth", "nthAppearance must be positive!")
		case start == 0:
			out.I32[i] = 0
		case start > 0:
			out.I32[i] = int32(findNth(s, what, start, nth))
		default:
			back, needle = appendReversed(back[:0], s), appendReversed(needle[:0], what)
			if pos := findNth(back, needle, -start, nth); pos > 0 {
				pos = utf8.RuneCount(s) + 2 - pos - utf8.RuneCount(what)
				out.I32[i] = int32(pos)
			} else {
				out.I32[i] = 0
			}
		}
		return nil
	}), nil
}

func findNth(s, what []byte, start, nth int64) int {
	pos := 0
	for ; nth > 0; nth-- {
		if pos = find(s, what, start); pos == 0 || len(what) == 0 {
			return pos
		}
		start = int64(pos) + 1
	}
	return pos
}

func ends(name, verb, arg string, f func(s, end []byte) bool, ex Example) *Def {
	return &Def{Name: name, Family: "string", Usage: name + "(expr, " + arg + ")", Since: "2.0",
		Doc:      "Whether the first string " + verb + " with the second; both are text or both binary.",
		Examples: []Example{ex},
		Infer: overloads(signature(gives(types.BooleanType), named("expr", wantText), named(arg, wantText)),
			signature(gives(types.BooleanType), named("expr", wantBinary), named(arg, wantBinary))),
		Compile: boolRow(func(in []*batch.Vec, i int) bool { return f(in[0].Bytes(i), in[1].Bytes(i)) })}
}

// appendReplaced replaces every old; an empty one stands before each character
// and at the end.
func appendReplaced(dst, s, old, with []byte) []byte {
	for {
		k := bytes.Index(s, old)
		if k < 0 {
			return append(dst, s...)
		}
		if len(old) == 0 {
			dst = append(dst, with...)
			if len(s) == 0 {
				return dst
			}
			_, k = utf8.DecodeRune(s)
			dst, s = append(dst, s[:k]...), s[k:]
			continue
		}
		dst = append(append(dst, s[:k]...), with...)
		s = s[k+len(old):]
	}
}

func inferTranslate(args []Arg) (Typed, error) {
	t, err := signature(gives(types.StringType), named("expr", wantText), named("fromStr", wantText), named("toStr", wantText))(args)
	if err == nil {
		t.Ret = t.Ret.WithNull(args[0].Type.Nullable())
	}
	return t, err
}

// compileTranslate keeps the table of the last from and to.
func compileTranslate(*Env, []Arg, types.Type) (kernel.Func, error) {
	var from, to []byte
	var table map[rune]rune // -1 leaves the character out
	return kernel.RowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
		if in[0].IsNull(i) {
			out.AppendNull()
			return nil
		}
		s := in[0].Bytes(i)
		if in[1].IsNull(i) {
			out.AppendBytes(s)
			return nil
		}
		var with []byte
		if !in[2].IsNull(i) {
			with = in[2].Bytes(i)
		}
		if f := in[1].Bytes(i); table == nil || !bytes.Equal(f, from) || !bytes.Equal(with, to) {
			from, to = append(from[:0], f...), append(to[:0], with...)
			table = translation(f, with)
		}
		for len(s) > 0 {
			r, w := utf8.DecodeRune(s)
			switch as, ok := table[r]; {
			case !ok:
				out.Data = append(out.Data, s[:w]...)
			case as >= 0:
				out.Data = utf8.AppendRune(out.Data, as)
			}
			s = s[w:]
		}
		out.EndBytes()
		return nil
	}), nil
}

// translation is the table of TRANSLATE; of a character given twice the first
// counts.
func translation(from, to []byte) map[rune]rune {
	table := map[rune]rune{}
	for len(from) > 0 {
		f, w := utf8.DecodeRune(from)
		as, n := rune(-1), 0
		if len(to) > 0 {
			as, n = utf8.DecodeRune(to)
		}
		if _, ok := table[f]; !ok {
			table[f] = as
		}
		from, to = from[w:], to[n:]
	}
	return table
}
