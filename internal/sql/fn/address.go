package fn

import (
	"strconv"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// addresses are the functions of IPv4 addresses.
func addresses() []*Def {
	return []*Def{
		{
			Name: "INET_ATON", Family: "string", Usage: "INET_ATON(string)", Since: "2.3",
			Doc:      "The IPv4 address as a number; it may leave parts out (127.1), and is NULL when it is none.",
			Examples: []Example{{"INET_ATON('127.0.0.1')", "2130706433"}, {"INET_ATON('256.0.0.1')", "NULL"}},
			Infer:    nullable(signature(gives(types.BigIntType), wantText)),
			Compile: func(*Env, []Arg, types.Type) (kernel.Func, error) {
				return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
					n, ok := addressNumber(in[0].Bytes(i))
					if !ok {
						out.SetNull(i)
					}
					out.I64[i] = n
					return nil
				}), nil
			},
		},
		{
			Name: "INET_NTOA", Family: "string", Usage: "INET_NTOA(number)", Since: "2.3",
			Doc:      "The IPv4 address that has the number; NULL when none has.",
			Examples: []Example{{"INET_NTOA(2130706433)", "127.0.0.1"}, {"INET_NTOA(-1)", "NULL"}},
			Infer:    nullable(signature(gives(types.StringType), wantInteger)),
			Compile: textRow(func(dst []byte, in []*batch.Vec, i int) ([]byte, bool) {
				n := intAt(in[0], i)
				if n < 0 || n > 1<<32-1 {
					return dst, false
				}
				for shift := 24; shift >= 0; shift -= 8 {
					dst = strconv.AppendInt(dst, n>>shift&255, 10)
					if shift > 0 {
						dst = append(dst, '.')
					}
				}
				return dst, true
			}),
		},
	}
}

// addressNumber reads a.b.c.d, a.b.c (which is a.b.0.c), a.b and a, of parts up
// to 255; leading zeros do not make a part octal.
func addressNumber(s []byte) (int64, bool) {
	var parts [4]int64
	n, digits := 0, 0
	for _, c := range s {
		switch {
		case c == '.':
			if digits == 0 || n == 3 {
				return 0, false
			}
			n, digits = n+1, 0
		case c-'0' < 10:
			digits++
			if parts[n] = parts[n]*10 + int64(c-'0'); parts[n] > 255 {
				return 0, false
			}
		default:
			return 0, false
		}
	}
	if digits == 0 {
		return 0, false
	}
	sum := parts[n]
	for k, p := range parts[:n] {
		sum |= p << (24 - 8*k)
	}
	return sum, true
}
