package fn

import (
	"fmt"
	"unicode/utf8"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// Positions. SUBSTRING, LEFT, RIGHT and the searches count characters (code
// points); the functions that Flink leaves to java.lang.String count UTF-16
// units, two for a character beyond U+FFFF.

// maxText bounds the text one call makes, so that a slip in an argument is an
// error and not the end of the process.
const maxText = 1 << 28

// fits is an error when n times size is too much text for one value.
func fits(size, n int64) error {
	if n > maxText/max(size, 1) {
		return errs.New(errs.Failed, "text.too-long", "a text of %d times %d bytes is too long; the most is %d bytes", n, size, maxText)
	}
	return nil
}

// endText ends a value whose bytes were appended to out.Data, unless the batch
// has become larger than its offsets can say.
func endText(out *batch.Vec) error {
	if len(out.Data) > types.MaxLen {
		return errs.New(errs.Failed, "text.too-long", "the texts made of one batch of rows have more than %d bytes", types.MaxLen)
	}
	out.EndBytes()
	return nil
}

// textParts are the functions that take a part of a string.
func textParts() []*Def {
	part := func(name string) *Def {
		return &Def{Name: name, Family: "string", Usage: name + "(string, start[, length])",
			Doc:      "The characters from start on, at most length of them; the first is 1, and a negative start counts from the end. NULL for a negative length.",
			Examples: []Example{{name + "('hello world', 7)", "world"}, {name + "('hello', 2, 3)", "ell"}, {name + "('hello', -3, 2)", "ll"}},
			Infer:    nullable(operands(varying(0), asText, asInteger, optional(asInteger))),
			Compile: textRow(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
				n := int64(types.MaxLen)
				if len(in) > 2 {
					n = intAt(in[2], i)
				}
				if n < 0 {
					return dst, false
				}
				return append(dst, substring(in[0].Bytes(i), intAt(in[1], i), n)...), true
			})}
	}
	return []*Def{
		part("SUBSTRING"), part("SUBSTR"),
		{
			Name: "LEFT", Family: "string", Usage: "LEFT(string, n)", Doc: "The first n characters; empty for n below 1.",
			Examples: []Example{{"LEFT('hello', 2)", "he"}},
			Infer:    nullable(operands(varying(0), asText, asInteger)),
			Compile: textRow(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
				return append(dst, substring(in[0].Bytes(i), 1, max(intAt(in[1], i), 0))...), true
			}),
		},
		{
			Name: "RIGHT", Family: "string", Usage: "RIGHT(string, n)", Doc: "The last n characters; empty for n below 1.",
			Examples: []Example{{"RIGHT('hello', 2)", "lo"}, {"RIGHT('hello', 9)", "hello"}},
			Infer:    nullable(operands(varying(0), asText, asInteger)),
			Compile: textRow(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
				s := in[0].Bytes(i)
				return append(dst, s[len(s)-lastRunes(s, intAt(in[1], i)):]...), true
			}),
		},
		{
			Name: "OVERLAY", Family: "string", Usage: "OVERLAY(string1 PLACING string2 FROM start [FOR length])",
			Doc:      "The first string with length characters from start on replaced by the second; length is by default the second's.",
			Examples: []Example{{"OVERLAY('xxxxxtest' PLACING 'xxxx' FROM 6)", "xxxxxxxxx"}, {"OVERLAY('xxxxxtest' PLACING 'xxxx' FROM 6 FOR 2)", "xxxxxxxxxst"}},
			Infer: operands(func(args []Arg) types.Type { return types.VarCharType(sumLen(args)) },
				asText, asText, asInteger, optional(asInteger)),
			Compile: textRow(overlay),
		},
		{
			Name: "ELT", Family: "string", Usage: "ELT(index, expr, exprs…)", Since: "2.0",
			Doc:      "The argument with that index, the first of them being 1; NULL when there is none.",
			Examples: []Example{{"ELT(2, 'a', 'b')", "b"}, {"ELT(3, 'a', 'b')", "NULL"}},
			Infer:    inferElt,
			Compile: func(*Env, []Arg, types.Type) (kernel.Func, error) {
				return kernel.RowWithNulls(func(in []*batch.Vec, i int, out *batch.Vec) error {
					if !in[0].IsNull(i) {
						if k := intAt(in[0], i); k >= 1 && k < int64(len(in)) {
							out.AppendFrom(in[k], i)
							return nil
						}
					}
					out.AppendNull()
					return nil
				}), nil
			},
		},
	}
}

// wantIntegerOnly is asInteger without the cast of text.
var wantIntegerOnly = want{what: "<INTEGER>", as: func(a types.Type) (types.Type, bool) { return a.Plain(), a.IsInteger() }}

// runes is how many bytes the first n characters of s take, all of them when s
// has fewer.
func runes(s []byte, n int64) int {
	if n >= int64(len(s)) {
		return len(s)
	}
	at := 0
	for ; n > 0 && at < len(s); n-- {
		if s[at] < utf8.RuneSelf {
			at++
			continue
		}
		_, w := utf8.DecodeRune(s[at:])
		at += w
	}
	return at
}

// lastRunes is how many bytes the last n characters of s take.
func lastRunes(s []byte, n int64) int {
	at := len(s)
	for ; n > 0 && at > 0; n-- {
		_, w := utf8.DecodeLastRune(s[:at])
		at -= w
	}
	return len(s) - at
}

// substring takes n characters from pos on; the first is 1 (so is 0), a
// negative one counts from the end and is empty before the beginning.
func substring(s []byte, pos, n int64) []byte {
	switch {
	case pos > 0:
		s = s[runes(s, pos-1):]
	case pos < 0:
		if -pos > int64(len(s)) || utf8.RuneCount(s) < int(-pos) {
			return nil
		}
		s = s[len(s)-lastRunes(s, -pos):]
	}
	return s[:runes(s, n)]
}

// units is the length of s in UTF-16.
func units(s []byte) int {
	n := 0
	for _, b := range s {
		if b&0xC0 != 0x80 {
			n++
		}
		if b >= 0xF0 {
			n++
		}
	}
	return n
}

// appendUnits appends the UTF-16 units [from, to) of s; half a character
// becomes a question mark, as when Java writes it as UTF-8.
func appendUnits(dst, s []byte, from, to int) []byte {
	for at := 0; len(s) > 0 && at < to; {
		_, w := utf8.DecodeRune(s)
		n := 1
		if w == 4 {
			n = 2
		}
		switch {
		case at >= from && at+n <= to:
			dst = append(dst, s[:w]...)
		case at+n > from:
			dst = append(dst, '?')
		}
		at, s = at+n, s[w:]
	}
	return dst
}

func overlay(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
	s, r, start := in[0].Bytes(i), in[1].Bytes(i), intAt(in[2], i)
	length := int64(units(s))
	n := int64(units(r))
	if len(in) > 3 {
		n = intAt(in[3], i)
	}
	if start <= 0 || start > length {
		return append(dst, s...), true
	}
	dst = append(appendUnits(dst, s, 0, int(start-1)), r...)
	if n > 0 && n <= length-start {
		dst = appendUnits(dst, s, int(start-1+n), int(length))
	}
	return dst, true
}

var inferEltText = overloads(
	signature(commonOfRest, named("index", wantInteger), named("expr", wantText), optional(repeated(named("exprs", wantText)))),
	signature(commonOfRest, named("index", wantInteger), named("expr", wantBinary), optional(repeated(named("exprs", wantBinary)))))

func inferElt(args []Arg) (Typed, error) {
	t, err := inferEltText(args)
	if err != nil {
		return t, err
	}
	if n, ok := args[0].Literal.(int64); ok && n < 0 {
		return t, fmt.Errorf("Index must be an integer starting from '0', but was '%d'.", n)
	}
	t.Ret.NotNull = false
	return t, nil
}

// commonOfRest is the common type of all arguments but the first.
func commonOfRest(args []Arg) types.Type { return common(args[1:]) }
