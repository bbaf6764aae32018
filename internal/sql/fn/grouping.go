package fn

import "weir/internal/types"

// groupings tell the sets of GROUPING SETS, ROLLUP and CUBE apart; the binder
// makes a CASE of them.
func groupings() []*Def {
	bits := notNull(signature(gives(types.BigIntType), repeated(wantAny)))
	return []*Def{
		{
			Name: "GROUPING", Aliases: []string{"GROUPING_ID"}, Class: Grouping, Family: "grouping", Usage: "GROUPING(column, …)", Infer: bits,
			Doc: "A bit for each grouping column, the last one lowest: 1 where the row's grouping set leaves it out, so that its NULL stands for all.",
		},
		{
			Name: "GROUP_ID", Class: Grouping, Family: "grouping", Usage: "GROUP_ID()", Infer: notNull(signature(gives(types.BigIntType))),
			Doc: "How many of the grouping sets before the row's are the same: it tells the results of equal sets apart.",
		},
	}
}
