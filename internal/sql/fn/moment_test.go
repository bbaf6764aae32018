package fn

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"weir/internal/batch"
	"weir/internal/types"
)

// TestCivilIsTheGregorianCalendar compares the day arithmetic with Go's.
func TestCivilIsTheGregorianCalendar(t *testing.T) {
	for day := int64(-800_000); day < 3_000_000; day += 13 {
		want := time.Unix(day*86_400, 0).UTC()
		y, m, d := civil(day)
		if y != int64(want.Year()) || m != int64(want.Month()) || d != int64(want.Day()) {
			t.Fatalf("day %d is %d-%d-%d, want %s", day, y, m, d, want.Format(time.DateOnly))
		}
		if got := dayOf(y, m, d); got != day {
			t.Fatalf("%d-%d-%d is day %d, want %d", y, m, d, got, day)
		}
		wy, ww := want.ISOWeek()
		if y, w := isoWeek(day); y != int64(wy) || w != int64(ww) {
			t.Fatalf("%s is in week %d-%d, want %d-%d", want.Format(time.DateOnly), y, w, wy, ww)
		}
		if got := dayField("DOY")(day); got != int64(want.YearDay()) {
			t.Fatalf("%s is day %d of the year", want.Format(time.DateOnly), got)
		}
		if got := dayField("DOW")(day); got != int64(want.Weekday())+1 {
			t.Fatalf("%s is day %d of the week", want.Format(time.DateOnly), got)
		}
	}
}

// TestMonthsBetween checks it against its definition: the months that can be
// added without passing the end.
func TestMonthsBetween(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		from := r.Int64N(40_000)*dayMillis + r.Int64N(dayMillis)
		to := from + r.Int64N(2000*dayMillis)
		n := int64(0)
		for addMonths(floorDiv(from, dayMillis), n+1)*dayMillis+floorMod(from, dayMillis) <= to {
			n++
		}
		if got := monthsBetween(from, to); got != n {
			t.Fatalf("%d months from %s to %s, want %d", got, time.UnixMilli(from).UTC(), time.UnixMilli(to).UTC(), n)
		}
	}
}

// TestZoneInstant checks wall-clock times around daylight saving against
// java.time's rules, found by trying every offset.
func TestZoneInstant(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo"} {
		z := zoneAt(mustZone(t, name))
		for _, year := range []int{1975, 2005, 2018, 2024, 2040} {
			start := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
			for local := start; local < start+366*86_400; local += 1_800 {
				want := slowInstant(z.loc, local)
				if got := z.instant(local*1000+7, 1); got != want*1000+7 {
					t.Fatalf("%s in %s is %s, want %s", time.Unix(local, 0).UTC().Format(time.DateTime), name, time.UnixMilli(got).UTC(), time.Unix(want, 0).UTC())
				}
				if got, want := z.local(local*1000, 1), time.Unix(local, 0).In(z.loc); got != local*1000+offsetOf(want)*1000 {
					t.Fatalf("%s in %s", want, name)
				}
			}
		}
	}
}

func offsetOf(t time.Time) int64 { _, off := t.Zone(); return int64(off) }

// slowInstant is the first instant that shows the wall-clock time, or where
// clocks skip it, that which the offset before gives.
func slowInstant(loc *time.Location, local int64) int64 {
	for u := local - 15*3600; u < local+15*3600; u += 900 {
		if u+offsetOf(time.Unix(u, 0).In(loc)) == local {
			return u
		}
	}
	return local - offsetOf(time.Unix(local-15*3600, 0).In(loc))
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc := ZoneByName(name)
	if loc == nil {
		t.Fatalf("no zone %s", name)
	}
	return loc
}

// TestPatternsAgainstGo formats and parses by patterns that Go's layouts have
// too.
func TestPatternsAgainstGo(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for pattern, layout := range map[string]string{
		"yyyy-MM-dd HH:mm:ss.SSS":             "2006-01-02 15:04:05.000",
		"yyyyMMddHHmmss":                      "20060102150405",
		"yyyyMMddHHmmssSSSSSS":                "20060102150405.000000",
		"dd/MM/yy hh:mm a":                    "02/01/06 03:04 PM",
		"EEE, d MMM yyyy H:m:s":               "Mon, 2 Jan 2006 15:4:5",
		"EEEE MMMM d yyyy 'at' HH 'o''clock'": "Monday January 2 2006 at 15 o'clock",
		"yyyy DDD":                            "2006 002",
	} {
		for _, lenient := range []bool{false, true} {
			p, err := compilePattern(pattern, lenient)
			if err != nil {
				t.Fatal(err)
			}
			for range 300 {
				at := time.Unix(946_684_800+r.Int64N(1_500_000_000), r.Int64N(1000)*1_000_000).UTC()
				want := at.Format(layout)
				if pattern == "yyyyMMddHHmmssSSSSSS" {
					want = at.Format("20060102150405") + at.Format(".000000")[1:]
					if lenient {
						want = at.Format("20060102150405") + fmt.Sprintf("%06d", at.Nanosecond()/1_000_000)
					}
				}
				w := wallOf(at.UnixMilli(), 1)
				got := string(p.format(nil, &w))
				if got != want && !(layout == "Mon, 2 Jan 2006 15:4:5") {
					t.Fatalf("%s as %s: %q, want %q", at, pattern, got, want)
				}
				var f fields
				if !p.parse([]byte(got), &f) {
					t.Fatalf("%q is not read by %s", got, pattern)
				}
				day, nanos, ok := f.resolve(lenient)
				back := wall{day: day, nanos: nanos}
				if again := string(p.format(nil, &back)); !ok || again != got {
					t.Fatalf("%q read by %s is %q", got, pattern, again)
				}
			}
		}
	}
}

// TestNoFunctionPanics calls every function with arguments of every type, and
// NULL, as far as its inference takes them.
func TestNoFunctionPanics(t *testing.T) {
	symbols := []string{"YEAR", "EPOCH", "SQL_TSI_DAY", "MICROSECOND", "BOTH", "nonsense", ""}
	var all []*batch.Vec
	for _, ty := range []types.Type{types.NullType, types.BooleanType, types.TinyIntType, types.IntType, types.BigIntType, types.FloatType, types.DoubleType,
		types.DecimalType(10, 2), types.DecimalType(38, 18), types.CharType(3), types.StringType, types.BytesType, types.DateType, types.TimeType(3),
		types.TimestampType(3), types.TimestampType(9), types.TimestampLTZType(6), types.IntervalYMType(), types.IntervalDSType()} {
		for _, x := range []int64{-1 << 63, -1, 0, 7, 1<<63 - 1} {
			v := batch.NewVec(ty, 1)
			switch {
			case x == 7 || ty.Kind == types.Null:
				v.AppendNull()
			case ty.Phys() == types.PhysBytes:
				v.AppendString([]string{"-", "", "yyyy-MM-dd 'x", "2024-02-30 25:61:61.9", "é"}[(x+5)&3])
			default:
				v.Resize(1)
				if putNumber(v, 0, float64(x), x); ty.Prec > types.MaxSmallDecimal {
					setDecimal(v, 0, decimalAt(v, 0).BigInt())
				}
			}
			all = append(all, v)
		}
	}
	for _, s := range symbols {
		all = append(all, unit(s))
	}
	r := rand.New(rand.NewPCG(5, 6))
	for _, def := range BuiltIn().All() {
		if def.Class != Scalar {
			continue
		}
		for round := range 1500 {
			in := make([]*batch.Vec, round%5)
			for i := range in {
				in[i] = all[r.IntN(len(all))]
			}
			callOnce(t, def, in)
		}
	}
}

// callOnce calls def; errors are welcome, a panic is not.
func callOnce(t *testing.T, def *Def, in []*batch.Vec) {
	text := def.Name + "("
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s) panics: %v", text, p)
		}
	}()
	args := make([]Arg, len(in))
	for i, v := range in {
		args[i].Type = v.Type
		if !v.IsNull(0) && v.Type.Phys() == types.PhysBytes && i%2 == 0 {
			args[i].Literal = string(v.Bytes(0))
		}
		text += fmt.Sprintf("%s, ", v.Type)
	}
	typed, err := def.Infer(args)
	if err != nil {
		return
	}
	cast := make([]*batch.Vec, len(in))
	for i, v := range in {
		cast[i] = v
		if typed.Args != nil && !typed.Args[i].SameShape(v.Type) {
			f, err := Cast(testEnv(), v.Type, typed.Args[i], true)
			if err != nil {
				t.Errorf("%s): no cast to %s", text, typed.Args[i])
				return
			}
			cast[i] = batch.NewVec(typed.Args[i], 1)
			cast[i].Resize(1)
			if f([]*batch.Vec{v}, nil, 1, cast[i]) != nil {
				return
			}
		}
		args[i].Type = cast[i].Type
	}
	f, err := def.Compile(testEnv(), args, typed.Ret)
	if err != nil {
		return
	}
	out := batch.NewVec(typed.Ret, 1)
	out.Resize(1)
	_ = f(cast, nil, 1, out)
}
