package plan

import (
	"strings"

	"weir/internal/types"
)

// SortKey is a column that rows are ordered by.
type SortKey struct {
	Col       int
	Desc      bool
	NullsLast bool // Flink's default: NULLs first ascending, last descending
}

// describeSort is an order as EXPLAIN prints it: v DESC, ts ASC.
func describeSort(in []types.Field, keys []SortKey) string {
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = in[k.Col].Name + map[bool]string{false: " ASC", true: " DESC"}[k.Desc]
		if k.NullsLast != k.Desc {
			parts[i] += map[bool]string{false: " NULLS FIRST", true: " NULLS LAST"}[k.NullsLast]
		}
	}
	return strings.Join(parts, ", ")
}

// namesAt are the names of the columns cols of in, by commas.
func namesAt(in []types.Field, cols []int) string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = in[c].Name
	}
	return strings.Join(names, ", ")
}
