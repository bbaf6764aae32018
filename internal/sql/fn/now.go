package fn

import (
	"time"

	"weir/internal/batch"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/types"
)

// nows are the functions of the clock: CURRENT_TIMESTAMP, PROCTIME(). In a
// streaming query they are evaluated for each row, in a batch query once.
func nows() []*Def {
	instant := func(*zone) func(int64, *batch.Vec, int) {
		return func(millis int64, out *batch.Vec, i int) { out.I64[i] = millis }
	}
	ltz3 := types.TimestampLTZType(3)
	return []*Def{
		clockFunction("CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", "The instant now, as TIMESTAMP_LTZ(3).", ltz3, instant),
		clockFunction("NOW", "NOW()", "The instant now, as TIMESTAMP_LTZ(3): CURRENT_TIMESTAMP by another name.", ltz3, instant),
		perRow("CURRENT_ROW_TIMESTAMP", "The instant at which the row is computed, in batch queries too, as TIMESTAMP_LTZ(3).", ltz3),
		clockFunction("LOCALTIMESTAMP", "LOCALTIMESTAMP", "The wall-clock time in the session's time zone, as TIMESTAMP(3).", types.TimestampType(3),
			func(z *zone) func(int64, *batch.Vec, int) {
				return func(millis int64, out *batch.Vec, i int) { out.I64[i] = z.local(millis, 1) }
			}),
		clockFunction("LOCALTIME", "LOCALTIME", "The time of day in the session's time zone, as TIME(0).", types.TimeType(0), timeOfDay),
		clockFunction("CURRENT_TIME", "CURRENT_TIME", "The time of day in the session's time zone, as TIME(0): LOCALTIME by another name.", types.TimeType(0), timeOfDay),
		clockFunction("CURRENT_DATE", "CURRENT_DATE", "The date in the session's time zone.", types.DateType,
			func(z *zone) func(int64, *batch.Vec, int) {
				return func(millis int64, out *batch.Vec, i int) {
					out.I32[i] = int32(floorDiv(z.local(millis, 1), dayMillis))
				}
			}),
		perRow("PROCTIME", "The processing time: the instant at which the row passes, as a time attribute of type TIMESTAMP_LTZ(3).",
			types.Type{Kind: types.TimestampLTZ, Prec: 3, Attr: types.Proctime}),
		{
			Name: "CURRENT_WATERMARK", Family: "temporal", Usage: "CURRENT_WATERMARK(rowtime)", Since: "1.14", Volatile: true,
			Doc: "The watermark at the row; Weir refuses it.",
			Infer: func([]Arg) (Typed, error) {
				return Typed{}, errs.New(errs.Unsupported, "sql.unsupported", "function CURRENT_WATERMARK is not supported by this version of Weir").
					WithHint("the watermarks of a running job are among its metrics")
			},
		},
	}
}

func timeOfDay(z *zone) func(int64, *batch.Vec, int) {
	return func(millis int64, out *batch.Vec, i int) {
		out.I32[i] = int32(floorMod(z.local(millis, 1), dayMillis) / 1000 * 1000)
	}
}

// clockFunction is a function of no arguments of the clock's milliseconds.
func clockFunction(name, usage, doc string, t types.Type, set func(z *zone) func(millis int64, out *batch.Vec, i int)) *Def {
	return &Def{Name: name, Family: "temporal", Usage: usage, Doc: doc, Volatile: true,
		Infer: notNull(operands(gives(t))),
		Compile: func(env *Env, _ []Arg, _ types.Type) (kernel.Func, error) {
			return eachNow(env, set(sessionZone(env))), nil
		}}
}

// perRow is a function of the instant that a row of a batch query, too, sees
// anew.
func perRow(name, doc string, t types.Type) *Def {
	return &Def{Name: name, Family: "temporal", Usage: name + "()", Doc: doc, Volatile: true,
		Infer: notNull(operands(gives(t))),
		Compile: func(env *Env, _ []Arg, _ types.Type) (kernel.Func, error) {
			streaming := *env
			streaming.Started = time.Time{}
			return eachNow(&streaming, func(millis int64, out *batch.Vec, i int) { out.I64[i] = millis }), nil
		}}
}

// eachNow makes the kernel that sets rows from the clock, in milliseconds. The
// rows of a batch see one time: they pass together.
func eachNow(env *Env, set func(millis int64, out *batch.Vec, i int)) kernel.Func {
	return func(in []*batch.Vec, sel []int32, n int, out *batch.Vec) error {
		now := env.Started.UnixMilli()
		if env.Started.IsZero() {
			now = env.Clock.Now().UnixMilli()
		}
		return kernel.Row(func(_ []*batch.Vec, i int, out *batch.Vec) error { set(now, out, i); return nil })(in, sel, n, out)
	}
}
