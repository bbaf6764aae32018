package fn

import (
	"fmt"

	"weir/internal/types"
)

// rankings are the functions that number the rows of an OVER window.
func rankings() []*Def {
	var defs []*Def
	for _, f := range []struct{ name, doc string }{
		{"ROW_NUMBER", "The place of the row in its partition, counted from 1."},
		{"RANK", "The place of the row in its partition; rows of equal order share one, and leave a gap."},
		{"DENSE_RANK", "The place of the row in its partition; rows of equal order share one, without a gap."},
	} {
		defs = append(defs, &Def{Name: f.name, Class: Ranking, Family: "aggregate", Usage: f.name + "() OVER (…)", Doc: f.doc,
			Infer: func(args []Arg) (Typed, error) {
				if len(args) > 0 {
					return Typed{}, fmt.Errorf("expected no arguments")
				}
				return Typed{Ret: types.BigIntType.WithNull(false)}, nil
			}})
	}
	return defs
}
