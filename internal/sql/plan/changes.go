package plan

import "strings"

// Changes is a set of row kinds: those a node yields, or those a sink takes
// (Flink's ChangelogMode).
type Changes uint8

// The row kinds, and the sets of them that Flink names.
const (
	Insert Changes = 1 << iota
	UpdateBefore
	UpdateAfter
	Delete

	InsertOnly = Insert
	Upsert     = Insert | UpdateAfter | Delete
	All        = Insert | UpdateBefore | UpdateAfter | Delete
)

// String is the set as EXPLAIN CHANGELOG_MODE prints it: I,UB,UA,D.
func (c Changes) String() string {
	var names []string
	for i, n := range []string{"I", "UB", "UA", "D"} {
		if c&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return strings.Join(names, ",")
}

// Has reports whether every kind of d is in c.
func (c Changes) Has(d Changes) bool { return c&d == d }

// Words are the kinds of change in c beside inserts, as Flink's errors name them.
func (c Changes) Words() string {
	switch c & (UpdateBefore | UpdateAfter | Delete) {
	case 0:
		return "insert"
	case Delete:
		return "delete"
	}
	if c&Delete == 0 {
		return "update"
	}
	return "update and delete"
}
