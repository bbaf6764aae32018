package fn

import (
	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

const standardPattern = "yyyy-MM-dd HH:mm:ss"

// momentTexts are the functions between moments and text.
func momentTexts() []*Def {
	return []*Def{
		{
			Name: "DATE_FORMAT", Family: "temporal", Usage: "DATE_FORMAT(timestamp, pattern) or DATE_FORMAT(string, pattern)",
			Doc: "The moment as text, by a pattern of Java's DateTimeFormatter. A string is read as yyyy-MM-dd HH:mm:ss and written by " +
				"SimpleDateFormat; it is NULL when it is not a moment. A TIMESTAMP_LTZ is written in the session's time zone.",
			Examples: []Example{{"DATE_FORMAT(TIMESTAMP '2018-03-14 01:02:03', 'yyyy/MM/dd HH-mm')", "2018/03/14 01-02"}, {"DATE_FORMAT('no date', 'yyyy')", "NULL"}},
			Infer:    nullable(operands(gives(types.StringType), either(wantTimestamp, aText, exactly(types.TimestampType(3))), aText)),
			Compile:  dateFormat,
		},
		{
			Name: "FROM_UNIXTIME", Family: "temporal", Usage: "FROM_UNIXTIME(seconds [, pattern])",
			Doc:      "The second since 1970-01-01 00:00:00 UTC as text in the session's time zone, by a pattern of Java's SimpleDateFormat; without one as yyyy-MM-dd HH:mm:ss.",
			Examples: []Example{{"FROM_UNIXTIME(44)", "1970-01-01 00:00:44"}, {"FROM_UNIXTIME(44, 'HH-mm-ss')", "00-00-44"}},
			Infer:    nullable(operands(gives(types.StringType), anInteger, optional(aText))),
			Compile:  fromUnixtime,
		},
		{
			Name: "UNIX_TIMESTAMP", Family: "temporal", Usage: "UNIX_TIMESTAMP([string [, pattern]])",
			Doc: "The second since 1970-01-01 00:00:00 UTC: now, or of a string in the session's time zone, read by a pattern of Java's " +
				"SimpleDateFormat or as yyyy-MM-dd HH:mm:ss. The smallest BIGINT for a string that is no moment.",
			Examples: []Example{{"UNIX_TIMESTAMP('2015-07-24 10:00:00')", "1437732000"}},
			Infer:    operands(gives(types.BigIntType), optional(aText), optional(aText)),
			Compile:  unixTimestamp, Volatile: true,
		},
		{
			Name: "TO_DATE", Family: "temporal", Usage: "TO_DATE(string [, pattern])",
			Doc:      "The date that a string is, by a pattern of Java's SimpleDateFormat or as yyyy-MM-dd; NULL when it is none.",
			Examples: []Example{{"TO_DATE('2017-09-15')", "2017-09-15"}, {"TO_DATE('15.9.2017', 'dd.MM.yyyy')", "2017-09-15"}, {"TO_DATE('invalid')", "NULL"}},
			Infer:    nullable(operands(gives(types.DateType), aText, optional(aText))),
			Compile:  toDate,
		},
		{
			Name: "TO_TIMESTAMP", Family: "temporal", Usage: "TO_TIMESTAMP(string [, pattern])",
			Doc:      "The TIMESTAMP(3) that a string is, by a pattern of Java's DateTimeFormatter or as yyyy-MM-dd[ HH:mm:ss[.SSS]]; NULL when it is none.",
			Examples: []Example{{"TO_TIMESTAMP('2017-09-15 00:00:00')", "2017-09-15 00:00:00.000"}, {"TO_TIMESTAMP('20000202 5959', 'yyyyMMdd mmss')", "2000-02-02 00:59:59.000"}, {"TO_TIMESTAMP('abc')", "NULL"}},
			Infer:    nullable(operands(gives(types.TimestampType(3)), aText, optional(aText))),
			Compile: func(env *Env, args []Arg, ret types.Type) (kernel.Func, error) {
				return toTimestamp(env, args, ret)
			},
		},
		toTimestampLTZ(),
		{
			Name: "CONVERT_TZ", Family: "temporal", Usage: "CONVERT_TZ(string, zone1, zone2)",
			Doc:      "The wall-clock time in zone2, as yyyy-MM-dd HH:mm:ss, when it is string in zone1; NULL when the string is no moment. A zone that does not exist is GMT.",
			Examples: []Example{{"CONVERT_TZ('1970-01-01 00:00:00', 'UTC', 'America/Los_Angeles')", "1969-12-31 16:00:00"}},
			Infer:    nullable(operands(gives(types.StringType), aText, aText, aText)),
			Compile:  convertTZ,
		},
	}
}

// wantTimestamp takes timestamps as they are.
var wantTimestamp = family("TIMESTAMP", types.Type.IsTimestamp, types.TimestampType(3))

// appending makes the kernel of a function that appends the text of a row, or
// nothing for NULL.
func appending(f func(buf []byte, in []*batch.Vec, i int) ([]byte, bool, error)) kernel.Func {
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		start := len(out.Data)
		data, ok, err := f(out.Data, in, i)
		out.Data = data
		if !ok || err != nil {
			out.Data = data[:start]
			out.AppendNull()
			return err
		}
		out.EndBytes()
		return nil
	})
}

func dateFormat(env *Env, args []Arg, _ types.Type) (kernel.Func, error) {
	t := args[0].Type
	if t.IsString() {
		in, err := compilePattern(standardPattern, true)
		if err != nil {
			return nil, err
		}
		out, err := patternOf(env, args, 1, true)
		return appending(func(buf []byte, v []*batch.Vec, i int) ([]byte, bool, error) {
			p, err := out(v, i)
			if err != nil {
				return buf, false, err
			}
			var f fields
			if !in.parse(v[0].Bytes(i), &f) {
				return buf, false, nil
			}
			day, nanos, _ := f.resolve(true)
			return p.format(buf, &wall{day: day, nanos: nanos, zone: "UTC"}), true, nil
		}), err
	}
	out, err := patternOf(env, args, 1, false)
	per, zone := t.UnitsPerMilli(), zoneAt(nil)
	if t.Kind == types.TimestampLTZ {
		zone = sessionZone(env)
	}
	return appending(func(buf []byte, v []*batch.Vec, i int) ([]byte, bool, error) {
		p, err := out(v, i)
		if err != nil {
			return buf, false, err
		}
		if p.zoned {
			return buf, false, errs.New(errs.Failed, "function.pattern", "Unable to extract ZoneId from temporal: a timestamp has no zone to print")
		}
		w := wallOf(zone.local(v[0].I64[kernel.At(v[0], i)], per), per)
		return p.format(buf, &w), true, nil
	}), err
}

func fromUnixtime(env *Env, args []Arg, _ types.Type) (kernel.Func, error) {
	pattern, err := patternOf(env, args, 1, true)
	zone := sessionZone(env)
	return appending(func(buf []byte, v []*batch.Vec, i int) ([]byte, bool, error) {
		p, err := pattern(v, i)
		if err != nil {
			return buf, false, err
		}
		w := zone.wall(integerAt(v[0], kernel.At(v[0], i)))
		return p.format(buf, &w), true, nil
	}), err
}

func unixTimestamp(env *Env, args []Arg, _ types.Type) (kernel.Func, error) {
	if len(args) == 0 {
		return eachNow(env, func(millis int64, out *batch.Vec, i int) { out.I64[i] = millis / 1000 }), nil
	}
	pattern, err := patternOf(env, args, 1, true)
	zone := lenientZone(sessionZone(env))
	return kernel.Row(func(v []*batch.Vec, i int, out *batch.Vec) error {
		p, err := pattern(v, i)
		if err != nil {
			return err
		}
		millis, ok := p.instant(v[0].Bytes(i), zone)
		out.I64[i] = millis / 1000
		if !ok {
			out.I64[i] = -1 << 63
		}
		return nil
	}), err
}

func toDate(env *Env, args []Arg, _ types.Type) (kernel.Func, error) {
	if len(args) == 1 {
		return kernel.Row(func(v []*batch.Vec, i int, out *batch.Vec) error {
			day, ok := parseDate(v[0].Bytes(i))
			if out.I32[i] = int32(day); !ok {
				out.SetNull(i)
			}
			return nil
		}), nil
	}
	pattern, err := patternOf(env, args, 1, true)
	utc := zoneAt(nil)
	return kernel.Row(func(v []*batch.Vec, i int, out *batch.Vec) error {
		p, err := pattern(v, i)
		if err != nil {
			return err
		}
		millis, ok := p.instant(v[0].Bytes(i), utc)
		if out.I32[i] = int32(floorDiv(millis, dayMillis)); !ok {
			out.SetNull(i)
		}
		return nil
	}), err
}

func convertTZ(env *Env, _ []Arg, _ types.Type) (kernel.Func, error) {
	p, err := compilePattern(standardPattern, true)
	if err != nil {
		return nil, err
	}
	from, to := zoneNames(env, true), zoneNames(env, true)
	return appending(func(buf []byte, v []*batch.Vec, i int) ([]byte, bool, error) {
		source, target := from(v[1].Bytes(i)), to(v[2].Bytes(i))
		millis, ok := p.instant(v[0].Bytes(i), source)
		if !ok {
			return buf, false, nil
		}
		w := target.wall(floorDiv(millis, 1000))
		return p.format(buf, &w), true, nil
	}), nil
}
