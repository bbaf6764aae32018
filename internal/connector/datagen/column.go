package datagen

import (
	"math"
	"math/big"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/option"
	"weir/internal/types"
)

// columnOptions are the options of one column.
var columnOptions = map[string]bool{"kind": true, "min": true, "max": true, "max-past": true, "length": true,
	"var-len": true, "start": true, "end": true, "null-rate": true}

// generator makes rows by their number.
type generator struct {
	opts Options
	cols []*column
	end  int64
}

// row appends row n.
// row appends row n, made at now: what DATE, TIME and random timestamps are
// counted from (RandomGeneratorVisitor takes the time of each row).
func (g *generator) row(n int64, now time.Time, dst *batch.Batch) {
	for i, c := range g.cols {
		r := random{uint64(n)*0x9e3779b97f4a7c15 + uint64(i)*0xd1342543de82ef95 + 1}
		c.value(n, now, &r, dst.Cols[i])
	}
	dst.N++
}

// column makes the values of one column.
type column struct {
	t           types.Type
	sequence    bool
	first, last int64   // of a sequence
	min, max    float64 // of a random number
	length      int
	varLen      bool
	nullRate    float64
	past        time.Duration
}

// ranges are the default ranges of random numbers.
var ranges = map[types.Kind][2]float64{types.TinyInt: {math.MinInt8, math.MaxInt8}, types.SmallInt: {math.MinInt16, math.MaxInt16},
	types.Int: {math.MinInt32, math.MaxInt32}, types.BigInt: {math.MinInt64, math.MaxInt64},
	types.Float: {-math.MaxFloat32, math.MaxFloat32}, types.Double: {-math.MaxFloat64 / 2, math.MaxFloat64 / 2}}

func newColumn(f types.Field, opts map[string]string) (*column, error) {
	c := &column{t: f.Type, length: 100}
	if f.Type.IsNested() {
		return nil, errs.New(errs.Unsupported, "datagen.type", "datagen makes no values of type %s in this version of Weir", f.Type)
	}
	r := ranges[f.Type.Kind]
	if f.Type.Kind == types.Decimal {
		r[1] = math.Pow10(int(f.Type.Prec)) - 1
		r[0] = -r[1]
	}
	var problems []error
	num := func(key string, otherwise float64) float64 {
		v, err := number(opts, f.Name+"."+key, otherwise)
		if err != nil {
			problems = append(problems, err)
		}
		return v
	}
	c.min, c.max, c.nullRate, c.length = num("min", r[0]), num("max", r[1]), num("null-rate", 0), int(num("length", 100))
	c.varLen = opts[f.Name+".var-len"] == "true"
	if p, ok := opts[f.Name+".max-past"]; ok {
		d, err := option.Duration(p)
		if err != nil {
			return nil, errs.New(errs.Invalid, "option.value", "Could not parse value '%s' for key 'fields.%s.max-past': %v", p, f.Name, err)
		}
		c.past = d
	}
	switch kind := opts[f.Name+".kind"]; kind {
	case "", "random":
	case "sequence":
		for _, k := range []string{"start", "end"} {
			if opts[f.Name+"."+k] == "" {
				return nil, errs.New(errs.Invalid, "option.missing", "Could not find required property 'fields.%s.%s' for sequence generator.", f.Name, k)
			}
		}
		c.sequence, c.first, c.last = true, int64(num("start", 0)), int64(num("end", 0))
	default:
		return nil, errs.New(errs.Invalid, "option.value", "Unsupported generator kind '%s' for column '%s': random or sequence", kind, f.Name)
	}
	if len(problems) > 0 {
		return nil, problems[0]
	}
	return c, nil
}

// value appends the value of row n.
func (c *column) value(n int64, now time.Time, r *random, v *batch.Vec) {
	if c.nullRate > 0 && r.float() < c.nullRate {
		v.AppendNull()
		return
	}
	switch c.t.Kind {
	case types.Char, types.VarChar:
		v.AppendBytes(c.text(n, r))
		return
	case types.Binary, types.VarBinary:
		b := make([]byte, c.length)
		for i := range b {
			b[i] = byte(r.next())
		}
		v.AppendBytes(b)
		return
	case types.Boolean:
		v.AppendBool(r.next()&1 == 1)
		return
	case types.Date:
		v.AppendI32(int32(now.Unix() / 86400))
		return
	case types.Time:
		v.AppendI32(int32(now.UnixMilli() % 86_400_000))
		return
	case types.Timestamp, types.TimestampLTZ:
		back := int64(0)
		if c.past > 0 {
			back = int64(r.float() * float64(c.past.Milliseconds()))
		}
		v.AppendI64((now.UnixMilli() - back) * c.t.UnitsPerMilli())
		return
	}
	c.number(n, r, v)
}

// text is a random hex string, or the number in a sequence.
func (c *column) text(n int64, r *random) []byte {
	if c.sequence {
		return strconv.AppendInt(nil, c.first+n, 10)
	}
	size := c.length
	if c.t.Kind == types.Char || c.varLen == false && c.t.Len != types.MaxLen && int(c.t.Len) < size {
		size = int(c.t.Len)
	}
	if c.varLen {
		size = 1 + int(r.float()*float64(size))
	}
	b := make([]byte, size)
	for i := range b {
		b[i] = "0123456789abcdef"[r.next()&15]
	}
	return b
}

func (c *column) number(n int64, r *random, v *batch.Vec) {
	f := c.min + r.float()*(c.max-c.min)
	whole := int64(math.Floor(c.min + r.float()*(c.max-c.min+1)))
	if c.sequence {
		f, whole = float64(c.first+n), c.first+n
	}
	switch c.t.Kind {
	case types.TinyInt:
		v.AppendI8(int8(whole))
	case types.SmallInt:
		v.AppendI16(int16(whole))
	case types.Int, types.IntervalYM:
		v.AppendI32(int32(whole))
	case types.Float:
		v.AppendF32(float32(f))
	case types.Double:
		v.AppendF64(f)
	case types.Decimal:
		x, _ := new(big.Float).Mul(big.NewFloat(f), new(big.Float).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(c.t.Scale)), nil))).Int(nil)
		if c.t.Phys() == types.PhysI64 {
			v.AppendI64(x.Int64())
		} else {
			v.AppendI128(decimal128.FromBigInt(x))
		}
	default:
		v.AppendI64(whole)
	}
}

// random is splitmix64.
type random struct{ s uint64 }

func (r *random) next() uint64 {
	r.s += 0x9e3779b97f4a7c15
	z := r.s
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// float is in [0, 1).
func (r *random) float() float64 { return float64(r.next()>>11) / (1 << 53) }
