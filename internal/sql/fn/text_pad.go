package fn

import (
	"weir/internal/batch"
	"weir/internal/kernel"
	"weir/internal/types"
)

// textPads are LPAD and RPAD.
func textPads() []*Def {
	pad := func(name, where string, left bool, ex ...Example) *Def {
		return &Def{Name: name, Family: "string", Usage: name + "(string, length, pad)",
			Doc:      "The string filled up " + where + " with pad to length characters, or cut to them; NULL for a negative length or an empty pad.",
			Examples: ex,
			Infer:    operands(gives(types.StringType), asText, asInteger, asText),
			Compile:  func(*Env, []Arg, types.Type) (kernel.Func, error) { return padKernel(left), nil }}
	}
	return []*Def{
		pad("LPAD", "from the left", true, Example{"LPAD('hi', 5, '?!')", "?!?hi"}, Example{"LPAD('hi', 1, '??')", "h"}),
		pad("RPAD", "on the right", false, Example{"RPAD('hi', 5, '?!')", "hi?!?"}, Example{"RPAD('hi', -1, '??')", "NULL"}),
	}
}

func padKernel(left bool) kernel.Func {
	return kernel.Row(func(in []*batch.Vec, i int, out *batch.Vec) error {
		s, n, pad := in[0].Bytes(i), intAt(in[1], i), in[2].Bytes(i)
		if n < 0 || len(pad) == 0 {
			out.AppendNull()
			return nil
		}
		if err := fits(3, n); err != nil {
			return err
		}
		have := units(s)
		if !left || have >= int(n) {
			out.Data = appendUnits(out.Data, s, 0, int(n))
		}
		width := units(pad)
		for gap := int(n) - have; gap > 0; gap -= width {
			out.Data = appendUnits(out.Data, pad, 0, min(gap, width))
		}
		if left && have < int(n) {
			out.Data = append(out.Data, s...)
		}
		return endText(out)
	})
}
