package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strings"
)

// Identity names what n computes: a digest of its canonical description and of
// everything below it, so that state is found again whatever else changes
// about the plan. Conjuncts are sorted, and the order in which a projection
// computes its columns does not count.
func Identity(n Node) string {
	sum := sha256.Sum256([]byte(canonical(n)))
	return hex.EncodeToString(sum[:16])
}

func canonical(n Node) string {
	var b strings.Builder
	if c, ok := n.(*Calc); ok {
		in := c.Input.Schema()
		cols := describeAll(c.Select, in)
		for i := range cols {
			cols[i] += " AS " + c.Fields[i].Name
		}
		sort.Strings(cols)
		var where []string
		if a, ok := c.Where.(*And); ok {
			where = describeAll(a.Args, in)
		} else if c.Where != nil {
			where = []string{c.Where.Describe(in)}
		}
		sort.Strings(where)
		b.WriteString("Calc(" + strings.Join(cols, ", ") + "; " + strings.Join(where, " AND ") + ")")
	} else if s, ok := n.(*Scan); ok {
		b.WriteString("Scan(" + s.Table.Path.String() + ")")
	} else {
		b.WriteString(n.Describe())
	}
	for _, k := range n.Children() {
		b.WriteString(" <- (" + canonical(k) + ")")
	}
	return b.String()
}
