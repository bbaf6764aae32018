package fn

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"unicode/utf8"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// encodings are the functions that turn text into other forms of it and back.
func encodings() []*Def {
	return slices.Concat(base64s(), charsets(), hashes(), urls(), addresses(), jsonTexts(), formats())
}

// base64s are the functions of single characters' numbers, and of base 64.
func base64s() []*Def {
	return []*Def{
		{
			Name: "ASCII", Family: "string", Usage: "ASCII(string)", Doc: "The first byte of the string as a number; 0 for an empty string.",
			Examples: []Example{{"ASCII('abc')", "97"}, {"ASCII('')", "0"}},
			Infer:    operands(gives(types.IntType), asText),
			Compile: intRow(func(in []*batch.Vec, i int) int {
				if s := in[0].Bytes(i); len(s) > 0 {
					return int(int8(s[0]))
				}
				return 0
			}),
		},
		{
			Name: "CHR", Family: "string", Usage: "CHR(number)", Doc: "The character with the number modulo 256; empty for a negative one.",
			Examples: []Example{{"CHR(97)", "a"}, {"CHR(353)", "a"}},
			Infer:    nullable(operands(gives(types.StringType), asInteger)),
			Compile: textRow(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
				if n := intAt(in[0], i); n >= 0 {
					dst = utf8.AppendRune(dst, rune(n&0xFF))
				}
				return dst, true
			}),
		},
		{
			Name: "TO_BASE64", Family: "string", Usage: "TO_BASE64(string)", Doc: "The string in base 64.",
			Examples: []Example{{"TO_BASE64('hello world')", "aGVsbG8gd29ybGQ="}},
			Infer:    operands(gives(types.StringType), asBytes),
			Compile: textRow(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
				return base64.StdEncoding.AppendEncode(dst, in[0].Bytes(i)), true
			}),
		},
		{
			Name: "FROM_BASE64", Family: "string", Usage: "FROM_BASE64(string)", Doc: "The text whose base 64 the string is; it fails for one that is none.",
			Examples: []Example{{"FROM_BASE64('aGVsbG8gd29ybGQ=')", "hello world"}},
			Infer:    operands(gives(types.StringType), asBytes),
			Compile:  compileFromBase64,
		},
		{
			Name: "IS_VALID_UTF8", Family: "conversion", Usage: "IS_VALID_UTF8(bytes)", Doc: "Whether the bytes are text in UTF-8.", Since: "2.3",
			Examples: []Example{{"IS_VALID_UTF8(X'C3A9')", "TRUE"}, {"IS_VALID_UTF8(X'C3')", "FALSE"}},
			Infer:    signature(gives(types.BooleanType), wantBinary),
			Compile:  boolRow(func(in []*batch.Vec, i int) bool { return utf8.Valid(in[0].Bytes(i)) }),
		},
		{
			Name: "MAKE_VALID_UTF8", Family: "conversion", Usage: "MAKE_VALID_UTF8(bytes)", Since: "2.3",
			Doc:      "The bytes as text in UTF-8, with U+FFFD for what is none.",
			Examples: []Example{{"MAKE_VALID_UTF8(X'61C362')", "a\uFFFDb"}},
			Infer:    signature(gives(types.StringType), wantBinary),
			Compile: textRow(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
				return appendValid(dst, in[0].Bytes(i)), true
			}),
		},
	}
}

func compileFromBase64(*Env, []Arg, types.Type) (kernel.Func, error) {
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		s := in[0].Bytes(i)
		enc := base64.StdEncoding
		if !bytes.HasSuffix(s, []byte{'='}) {
			enc = base64.RawStdEncoding
		}
		d, err := enc.AppendDecode(out.Data, s)
		if k := bytes.IndexAny(s, "\r\n"); k >= 0 && err == nil {
			err = fmt.Errorf("illegal character at %d", k)
		}
		if err != nil {
			return errs.New(errs.Failed, "base64.invalid", "FROM_BASE64: '%s' is not in base 64", s).Because(err)
		}
		out.Data = d
		out.EndBytes()
		return nil
	}), nil
}

// appendValid appends s as valid UTF-8, with one U+FFFD for each longest
// beginning of a character that goes no further, as Java has it.
func appendValid(dst, s []byte) []byte {
	for len(s) > 0 {
		r, w := utf8.DecodeRune(s)
		if r != utf8.RuneError || w > 1 {
			dst, s = append(dst, s[:w]...), s[w:]
			continue
		}
		dst, s = utf8.AppendRune(dst, utf8.RuneError), s[badPrefix(s):]
	}
	return dst
}

// badPrefix is how many bytes at the beginning of s, which is no character,
// stand for one.
func badPrefix(s []byte) int {
	lo, hi, more := byte(0x80), byte(0xBF), 0
	switch c := s[0]; {
	case c >= 0xC2 && c <= 0xDF:
		more = 1
	case c >= 0xE0 && c <= 0xEF:
		more = 2
		if c == 0xE0 {
			lo = 0xA0
		} else if c == 0xED {
			hi = 0x9F
		}
	case c >= 0xF0 && c <= 0xF4:
		more = 3
		if c == 0xF0 {
			lo = 0x90
		} else if c == 0xF4 {
			hi = 0x8F
		}
	}
	n := 1
	for ; n <= more && n < len(s) && s[n] >= lo && s[n] <= hi; n++ {
		lo, hi = 0x80, 0xBF
	}
	return n
}
