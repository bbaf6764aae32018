package json

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"weir/internal/batch"
	"weir/internal/engine/state"
	"weir/internal/format"
	"weir/internal/types"
)

// every is a column of every type the fast way reads, and one it does not.
var every = []types.Field{
	{Name: "s", Type: types.StringType}, {Name: "c", Type: types.CharType(3)}, {Name: "i", Type: types.IntType},
	{Name: "l", Type: types.BigIntType}, {Name: "f", Type: types.FloatType}, {Name: "d", Type: types.DoubleType},
	{Name: "b", Type: types.BooleanType}, {Name: "t", Type: types.TimestampType(3)}, {Name: "u", Type: types.TimestampType(9)},
	{Name: "n", Type: types.DecimalType(10, 2)},
}

// bothWays decodes msg by the fast way, where it takes it, and by the careful
// one, and fails when they do not agree.
func bothWays(t *testing.T, options map[string]string, msg []byte) (fast bool) {
	t.Helper()
	d, err := NewDecoder(format.Config{Fields: every, Options: options})
	if err != nil {
		t.Fatal(err)
	}
	if fast = d.scan(msg); !fast {
		return false
	}
	got, want := batch.New(every, 1), batch.New(every, 1)
	d.append(got)
	if err := d.careful.decode(msg, want); err != nil {
		t.Fatalf("%q: the fast way reads what the careful one refuses: %v", msg, err)
	}
	if got.N != want.N {
		t.Fatalf("%q: %d and %d rows", msg, got.N, want.N)
	}
	for i, v := range got.Cols {
		if got.N == 1 && !state.Equal(v, 0, want.Cols[i], 0) {
			t.Fatalf("%q: column %s differs", msg, every[i].Name)
		}
	}
	return true
}

var modes = []map[string]string{
	{}, {"timestamp-format.standard": "ISO-8601"}, {"fail-on-missing-field": "true"}, {"ignore-parse-errors": "true"},
}

// values are texts of values, right and wrong ones for each type.
var values = strings.Fields(`null true false "x" "" "abcd" "a\"b" "\u00e9" "é" 0 -0 1 -1 12345 2147483647 2147483648
	-9223372036854775808 9223372036854775807 9223372036854775808 1.5 -0.0 0.1 1e3 1E-7 1e400 123456789012345 1234567890123456
	12345678901234567890 0.30000000000000004 3.4028235e38 01 1. .5 - + NaN nul tru {} [] {"a":1} [1,2] "1" "1.5" "true" "TRUE"
	"2021-09-01T12:00:00" "2021-09-01T12:00:00.123456" "2021-09-01T12:00" "2021-02-30T12:00:00" "0000-00-00T00:00:00"
	"9999-12-31T23:59:59.999999999" "2021-09-01" "12:00:00"`)

// message puts together an object, mostly a good one.
func message(r *rand.Rand) []byte {
	var b strings.Builder
	space := func() {
		if r.IntN(8) == 0 {
			b.WriteString([]string{" ", "\n", "\t ", "  "}[r.IntN(4)])
		}
	}
	space()
	b.WriteByte('{')
	order := r.Perm(len(every))
	if r.IntN(2) == 0 {
		slices.Sort(order)
	}
	for k, c := range order[:r.IntN(len(order)+1)] {
		if k > 0 {
			b.WriteByte(',')
		}
		space()
		name := every[c].Name
		if r.IntN(10) == 0 {
			name = []string{"other", "S", "a b", "é"}[r.IntN(4)]
		}
		b.WriteString(`"` + name + `"`)
		space()
		b.WriteByte(':')
		space()
		v := values[r.IntN(len(values))]
		if r.IntN(4) == 0 { // what values with a space in them look like
			v = `"2021-09-01 12:00:00.` + strings.Repeat("7", r.IntN(10)) + `"`
		}
		b.WriteString(v)
		space()
	}
	b.WriteByte('}')
	if r.IntN(20) == 0 {
		b.WriteString(" trailing")
	}
	msg := []byte(b.String())
	if r.IntN(10) == 0 {
		msg = msg[:r.IntN(len(msg)+1)]
	}
	return msg
}

func TestBothWaysGiveTheSameRows(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	fast := 0
	const n = 200_000
	for i := range n {
		if bothWays(t, modes[i%len(modes)], message(r)) {
			fast++
		}
	}
	if fast < n/100 {
		t.Errorf("only %d of %d messages went the fast way: nothing was compared", fast, n)
	}
}

func FuzzBothWays(f *testing.F) {
	f.Add(uint8(0), []byte(`{"s":"x","i":1,"d":2.5,"t":"2021-09-01 12:00:00.123"}`))
	f.Add(uint8(1), []byte(`{"t":"2021-09-01T12:00:00","l":9223372036854775807,"b":true}`))
	f.Fuzz(func(t *testing.T, mode uint8, msg []byte) { bothWays(t, modes[int(mode)%len(modes)], msg) })
}
