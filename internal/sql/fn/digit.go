package fn

import (
	"strconv"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// digits are the functions between values and their digits: BIN, HEX, UNHEX.
func digits() []*Def {
	return []*Def{
		{
			Name: "BIN", Family: "arithmetic", Usage: "BIN(integer)", Doc: "The number's binary digits; of a negative number those of its 64-bit two's complement.",
			Examples: []Example{{"BIN(12)", "1100"}},
			Infer:    operands(gives(types.StringType), anInteger),
			Compile: func(*Env, []Arg, types.Type) (kernel.Func, error) {
				return integerDigits(func(buf []byte, n uint64) []byte { return strconv.AppendUint(buf, n, 2) }), nil
			},
		},
		{
			Name: "HEX", Family: "arithmetic", Usage: "HEX(integer) or HEX(string)", Doc: "The hexadecimal digits, in upper case, of a number or of a string's UTF-8 bytes.",
			Examples: []Example{{"HEX(254)", "FE"}, {"HEX('hello')", "68656C6C6F"}},
			Infer:    overloads(operands(gives(types.StringType), anInteger), operands(gives(types.StringType), aText)),
			Compile: func(_ *Env, args []Arg, _ types.Type) (kernel.Func, error) {
				if args[0].Type.IsInteger() {
					return integerDigits(func(buf []byte, n uint64) []byte {
						start := len(buf)
						buf = strconv.AppendUint(buf, n, 16)
						for k := start; k < len(buf); k++ {
							if buf[k] >= 'a' {
								buf[k] -= 'a' - 'A'
							}
						}
						return buf
					}), nil
				}
				return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
					const hex = "0123456789ABCDEF"
					for _, c := range in[0].Bytes(i) {
						out.Data = append(out.Data, hex[c>>4], hex[c&15])
					}
					out.EndBytes()
					return nil
				}), nil
			},
		},
		{
			Name: "UNHEX", Family: "string", Usage: "UNHEX(string)", Since: "1.20",
			Doc:      "The bytes that the hexadecimal digits stand for; NULL when a character is none. The first of an odd number of digits is dropped and stands for a zero byte.",
			Examples: []Example{{"UNHEX('466C696E6B')", "Flink"}, {"UNHEX('xy')", "NULL"}},
			Infer:    nullable(signature(gives(types.BytesType), named("expr", wantText))),
			Compile: func(*Env, []Arg, types.Type) (kernel.Func, error) {
				return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
					start, s, ok := len(out.Data), in[0].Bytes(i), true
					if len(s)%2 == 1 {
						out.Data, ok = append(out.Data, 0), hexDigit(s[0]) < 16
						s = s[1:]
					}
					for k := 0; k < len(s) && ok; k += 2 {
						hi, lo := hexDigit(s[k]), hexDigit(s[k+1])
						ok = hi < 16 && lo < 16
						out.Data = append(out.Data, hi<<4|lo)
					}
					if !ok {
						out.Data = out.Data[:start]
						out.AppendNull()
						return nil
					}
					out.EndBytes()
					return nil
				}), nil
			},
		},
	}
}

func integerDigits(f func(buf []byte, n uint64) []byte) kernel.Func {
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		out.Data = f(out.Data, uint64(integerAt(in[0], kernel.At(in[0], i))))
		out.EndBytes()
		return nil
	})
}

// hexDigit is the value of a hexadecimal digit; 16 for any other byte.
func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 16
}
