package bind

import (
	"weir/internal/sql/fn"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// variance computes STDDEV and VARIANCE in an OVER window out of sums and
// counts in the type t of the result, as Flink does there
// (AvgVarianceConvertlet): of integers every step is cut to an integer.
func (c overCall) variance(def *fn.Def, arg plan.Expr, t types.Type) (plan.Expr, error) {
	s := &steps{c: c, t: t}
	arg = castTo(arg, t, false, true)
	squares, sum, n := s.aggregate("SUM", s.apply("*", arg, arg)), s.aggregate("SUM", arg), s.aggregate("COUNT", arg)
	diff := s.apply("-", squares, s.apply("/", s.apply("*", sum, sum), s.cast(n)))
	by := n
	if def.Name == "STDDEV_SAMP" || def.Name == "VAR_SAMP" {
		one := &plan.Lit{Value: int64(1), T: types.BigIntType.WithNull(false)}
		by = &plan.Case{When: []plan.Expr{s.bare("=", n, one)}, Then: []plan.Expr{&plan.Lit{T: types.BigIntType}},
			Else: s.bare("-", n, one), T: types.BigIntType}
	}
	r := s.apply("/", diff, by)
	if def.Name == "STDDEV_POP" || def.Name == "STDDEV_SAMP" {
		r = s.apply("POWER", r, &plan.Lit{Value: 0.5, T: types.DoubleType.WithNull(false)})
	}
	return r, s.err
}

// steps applies functions one after the other, until one fails.
type steps struct {
	c   overCall
	t   types.Type // of every result
	err error
}

func (s *steps) cast(e plan.Expr) plan.Expr {
	if s.err != nil {
		return e
	}
	return castTo(e, s.t, false, true)
}

func (s *steps) bare(name string, args ...plan.Expr) plan.Expr {
	if s.err != nil {
		return nil
	}
	var r plan.Expr
	r, s.err = s.c.apply(s.c.at, name, args)
	return r
}

func (s *steps) apply(name string, args ...plan.Expr) plan.Expr { return s.cast(s.bare(name, args...)) }

func (s *steps) aggregate(name string, arg plan.Expr) plan.Expr {
	if s.err != nil {
		return nil
	}
	var r plan.Expr
	r, s.err = s.c.aggregate(name, arg)
	return s.cast(r)
}
