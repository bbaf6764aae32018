package fn

import (
	"fmt"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// randoms are the functions that draw random numbers.
func randoms() []*Def {
	return []*Def{
		{
			Name: "RAND", Family: "arithmetic", Usage: "RAND([seed])", Volatile: true,
			Doc:   "A random DOUBLE of at least 0 and less than 1; two queries with one seed see the same numbers.",
			Infer: operands(gives(types.DoubleType), optional(wantInt)),
			Compile: func(env *Env, args []Arg, _ types.Type) (kernel.Func, error) {
				return drawn(env, args, 0, func(r randomBits, in []*batch.Vec, i int, out *batch.Vec) error {
					out.F64[i] = float64(r(26)<<27+r(27)) / (1 << 53)
					return nil
				})
			},
		},
		{
			Name: "RAND_INTEGER", Family: "arithmetic", Usage: "RAND_INTEGER([seed,] bound)", Volatile: true,
			Doc:   "A random INT of at least 0 and less than the bound; two queries with one seed see the same numbers.",
			Infer: operands(gives(types.IntType), wantInt, optional(wantInt)),
			Compile: func(env *Env, args []Arg, _ types.Type) (kernel.Func, error) {
				last := len(args) - 1
				return drawn(env, args, 1, func(r randomBits, in []*batch.Vec, i int, out *batch.Vec) (err error) {
					out.I32[i], err = r.below(in[last].I32[kernel.At(in[last], i)])
					return err
				})
			},
		},
		{
			Name: "UUID", Family: "string", Usage: "UUID()", Volatile: true,
			Doc:   "A random universally unique identifier (RFC 4122, type 4), such as 3d3c68f7-f608-473f-b60c-b0c44ad4cc4e.",
			Infer: notNull(operands(gives(types.CharType(36)))),
			Compile: func(env *Env, _ []Arg, _ types.Type) (kernel.Func, error) {
				return kernel.Row(func(_ []*batch.Vec, _ int, out *batch.Vec) error {
					a, b := env.Rand(), env.Rand()
					a, b = a&^0xf000|0x4000, b&^(3<<62)|1<<63
					out.Data = fmt.Appendf(out.Data, "%08x-%04x-%04x-%04x-%012x", a>>32, a>>16&0xffff, a&0xffff, b>>48, b&(1<<48-1))
					out.EndBytes()
					return nil
				}), nil
			},
		},
	}
}

// randomBits draws n random bits.
type randomBits func(n uint) int64

// drawn makes the kernel of a function of random bits; its seed is the first
// of more than fixed arguments. A literal seed is used once, and another for
// each row anew, as Flink does (RandCallGen).
func drawn(env *Env, args []Arg, fixed int, f func(r randomBits, in []*batch.Vec, i int, out *batch.Vec) error) (kernel.Func, error) {
	var r randomBits = func(n uint) int64 { return int64(env.Rand() >> (64 - n)) }
	if len(args) == fixed {
		return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error { return f(r, in, i, out) }), nil
	}
	if seed, ok := args[0].Literal.(int64); ok {
		r = javaRandom(seed)
		return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error { return f(r, in, i, out) }), nil
	}
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		return f(javaRandom(int64(in[0].I32[kernel.At(in[0], i)])), in, i, out)
	}), nil
}

// javaRandom is the linear congruential generator of java.util.Random.
func javaRandom(seed int64) randomBits {
	const mult, mask = 0x5DEECE66D, 1<<48 - 1
	s := (uint64(seed) ^ mult) & mask
	return func(n uint) int64 {
		s = (s*mult + 0xB) & mask
		return int64(s >> (48 - n))
	}
}

// below is Random.nextInt(bound).
func (r randomBits) below(bound int32) (int32, error) {
	if bound <= 0 {
		return 0, errs.New(errs.Failed, "function.bound", "bound must be positive").WithHint("the bound of RAND_INTEGER is greater than every number it gives")
	}
	b := int64(bound)
	if b&(b-1) == 0 {
		return int32(b * r(31) >> 31), nil
	}
	for {
		x := r(31)
		if v := x % b; x-v+b-1 < 1<<31 {
			return int32(v), nil
		}
	}
}
