package plan

import (
	"strings"

	"weir/internal/types"
)

// Node is one relational operation.
type Node interface {
	Children() []Node
	// WithChildren is the same operation over other inputs.
	WithChildren(children []Node) Node
	Schema() []types.Field
	Changelog() Changes
	// Describe is the operation without its inputs, as EXPLAIN prints it:
	// Calc(select=[a, b]).
	Describe() string
}

// Walk calls f for n and everything below, inputs first.
func Walk(n Node, f func(Node)) {
	for _, c := range n.Children() {
		Walk(c, f)
	}
	f(n)
}

// Transform rebuilds the plan bottom-up, replacing each node by f of it.
func Transform(n Node, f func(Node) Node) Node {
	old := n.Children()
	changed := false
	kids := make([]Node, len(old))
	for i, c := range old {
		kids[i] = Transform(c, f)
		changed = changed || kids[i] != c
	}
	if changed {
		n = n.WithChildren(kids)
	}
	return f(n)
}

// Explain prints the plan as Flink's EXPLAIN does, the root first.
func Explain(n Node, changelog bool) string {
	var b strings.Builder
	explain(&b, n, "", "", changelog)
	return b.String()
}

func explain(b *strings.Builder, n Node, first, rest string, changelog bool) {
	b.WriteString(first)
	d := n.Describe()
	if changelog {
		d = strings.TrimSuffix(d, ")") + ", changelogMode=[" + n.Changelog().String() + "])"
	}
	b.WriteString(d + "\n")
	kids := n.Children()
	for i, k := range kids {
		if i == len(kids)-1 {
			explain(b, k, rest+"+- ", rest+"   ", changelog)
		} else {
			explain(b, k, rest+":- ", rest+":  ", changelog)
		}
	}
}

// Names are the column names of fields.
func Names(fields []types.Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}
