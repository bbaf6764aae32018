package fn

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

const (
	aggRows   = 60
	aggGroups = 3
)

// aggColumn is a column of small numbers, from low on, of type t; some rows
// are NULL when nulls is set. The numbers are whole, so that sums of doubles are exact.
func aggColumn(t types.Type, low int, nulls bool, rng *rand.Rand) *batch.Vec {
	v := batch.NewVec(t, aggRows)
	for range aggRows {
		x := low + rng.IntN(9)
		switch {
		case nulls && rng.IntN(5) == 0:
			v.AppendNull()
		case t.Kind == types.Boolean:
			v.AppendBool(x%2 == 0)
		case t.Phys() == types.PhysBytes:
			v.AppendString(fmt.Sprint(x))
		case t.Phys() == types.PhysI32:
			v.AppendI32(int32(x))
		case t.Phys() == types.PhysI64:
			v.AppendI64(int64(x))
		case t.Phys() == types.PhysF64:
			v.AppendF64(float64(x))
		case t.Phys() == types.PhysI128:
			v.AppendI128(decimal128.FromI64(int64(x)))
		case t.Phys() == types.PhysList:
			v.Kids[0].AppendI32(int32(x))
			v.AppendRow()
		}
	}
	return v
}

func asConstant(v *batch.Vec) *batch.Vec { v.Const = true; return v }

// moreArgs are the arguments beside the first that a function asks for.
func moreArgs(name string) ([]Arg, []*batch.Vec) {
	switch name {
	case "LISTAGG":
		sep := batch.NewVec(types.StringType, 1)
		sep.AppendString(";")
		return []Arg{{Type: types.StringType, Literal: ";"}}, []*batch.Vec{asConstant(sep)}
	case "PERCENTILE":
		p := batch.NewVec(types.DoubleType, 1)
		p.AppendF64(0.3)
		return []Arg{{Type: types.DoubleType, Literal: 0.3}}, []*batch.Vec{asConstant(p)}
	}
	return nil, nil
}

type aggCase struct {
	*testing.T
	make   func([]types.Type, types.Type) (kernel.Agg, error)
	types  []types.Type
	ret    types.Type
	groups []int32
}

func (c aggCase) new() kernel.Agg {
	a, err := c.make(c.types, c.ret)
	if err != nil {
		c.Fatal(err)
	}
	a.Grow(aggGroups)
	return a
}

// add gives rows [from, to) to a.
func (c aggCase) add(f func([]int32, []*batch.Vec, []int32, int) error, args []*batch.Vec, from, to int) {
	if err := f(c.groups[from:to], args, batch.Seq(from, to), aggRows); err != nil {
		c.Fatal(err)
	}
}

func (c aggCase) same(what string, a, b kernel.Agg) {
	c.Helper()
	x, y := batch.NewVec(c.ret, aggGroups), batch.NewVec(c.ret, aggGroups)
	for g := range aggGroups {
		if err := a.Result(g, x); err != nil {
			c.Fatal(err)
		}
		if err := b.Result(g, y); err != nil {
			c.Fatal(err)
		}
		if !batch.Same(x, g, y, g) {
			c.Errorf("%s: another result in group %d", what, g)
		}
	}
}

// TestAggregatesKeepTheirState adds rows to every aggregate of every type of
// column: what is encoded and read back, what is merged of two halves, and what
// is left after others were taken back must be as if it had come at once.
func TestAggregatesKeepTheirState(t *testing.T) {
	columns := []types.Type{types.StringType, types.IntType, types.BigIntType, types.DoubleType, types.BooleanType, types.TimestampType(3),
		types.DecimalType(10, 2), types.DecimalType(30, 3), types.ArrayType(types.IntType)}
	tried := 0
	for _, d := range BuiltIn().All() {
		if d.Class != Aggregate || d.NewAgg == nil || d.Name == "SINGLE_VALUE" || d.Name == "JSON_OBJECTAGG" {
			continue // the last two take one row a group, and one of a key
		}
		for _, col := range columns {
			more, moreVecs := moreArgs(d.Name)
			typed, err := d.Infer(append([]Arg{{Type: col}}, more...))
			if err != nil || typed.Args != nil && !typed.Args[0].SameShape(col) {
				continue
			}
			tried++
			t.Run(d.Name+"/"+col.String(), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(1, uint64(tried)))
				c := aggCase{T: t, make: d.NewAgg, types: []types.Type{col}, ret: typed.Ret}
				for _, m := range more {
					c.types = append(c.types, m.Type)
				}
				for range aggRows {
					c.groups = append(c.groups, int32(rng.IntN(aggGroups-1))) // the last group stays empty
				}
				c.check(d, append([]*batch.Vec{aggColumn(col, 0, true, rng)}, moreVecs...), append([]*batch.Vec{aggColumn(col, 20, false, rng)}, moreVecs...))
			})
		}
	}
	if tried < 40 {
		t.Errorf("only %d pairs of function and type were tried", tried)
	}
}

// check tries an aggregate on rows; others are rows whose values are others.
func (c aggCase) check(d *Def, rows, others []*batch.Vec) {
	whole, half, back := c.new(), c.new(), c.new()
	c.add(whole.Add, rows, 0, aggRows)
	for g := range aggGroups {
		rest, err := back.Decode(g, whole.Encode(g, nil))
		if err != nil || len(rest) > 0 {
			c.Fatalf("decoding: %v, %d bytes left", err, len(rest))
		}
	}
	c.same("read back", whole, back)
	if approximate := d.Name[:3] == "STD" || d.Name[:3] == "VAR"; !approximate {
		second := c.new()
		c.add(half.Add, rows, 0, aggRows/2)
		c.add(second.Add, rows, aggRows/2, aggRows)
		for g := range aggGroups {
			if err := half.Merge(g, second, g); err != nil {
				c.Fatal(err)
			}
		}
		c.same("merged", whole, half)
	}
	for g := range aggGroups {
		whole.Clear(g)
	}
	c.same("cleared", whole, c.new())
	if d.NewRetractable != nil {
		c.make = d.NewRetractable
	}
	if boolean := c.types[0].Kind == types.Boolean; boolean || d.Name[:3] == "STD" || d.Name[:3] == "VAR" {
		return // a boolean has no other values; Welford's sums come back but nearly
	}
	want, got := c.new(), c.new()
	c.add(want.Add, rows, 0, aggRows)
	c.add(got.Add, others, 0, aggRows/2)
	c.add(got.Add, rows, 0, aggRows)
	c.add(got.Add, others, aggRows/2, aggRows)
	c.add(got.Retract, others, 0, aggRows)
	c.same("taken back", want, got)
}
