//go:build cgo

package meta

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// kind is the type of a column.
type kind byte

const (
	number kind = 'n'
	text   kind = 's'
)

// relation is a query, and the columns it has: c0, c1, …
type relation struct {
	sql  string
	cols []kind
}

// generator writes random queries.
type generator struct {
	*rand.Rand
	tables []relation // SELECT of a stream's columns
	alias  int
}

func (g *generator) pick(options ...string) string { return options[g.IntN(len(options))] }

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g *generator) name() string {
	g.alias++
	return fmt.Sprintf("q%d", g.alias)
}

// query is a random relation, at most depth operators deep.
func (g *generator) query(depth int) relation {
	if depth == 0 {
		return g.tables[g.IntN(len(g.tables))]
	}
	switch g.IntN(9) {
	case 0, 1:
		return g.calc(depth)
	case 2, 3:
		return g.group(depth)
	case 4, 5:
		return g.join(depth)
	case 6:
		return g.semi(depth)
	case 7:
		return g.setOp(depth)
	}
	return g.topN(depth)
}

// from names a relation in a FROM clause.
func (g *generator) from(r relation) (string, string) {
	n := g.name()
	return fmt.Sprintf("(%s) AS %s", r.sql, n), n
}

// column is a random column of kind k of alias, or a literal where it has none.
func (g *generator) column(r relation, alias string, k kind) string {
	var fit []string
	for i, c := range r.cols {
		if c == k {
			fit = append(fit, fmt.Sprintf("%s.c%d", alias, i))
		}
	}
	switch {
	case len(fit) > 0:
		return g.pick(fit...)
	case k == number:
		return g.pick("0", "1", "2")
	}
	return g.pick("'a'", "'b'")
}

// expr is a random expression of kind k over the columns of alias.
func (g *generator) expr(r relation, alias string, k kind, depth int) string {
	if depth == 0 || g.chance(40) {
		return g.column(r, alias, k)
	}
	sub := func(k kind) string { return g.expr(r, alias, k, depth-1) }
	if k == text {
		switch g.IntN(4) {
		case 0:
			return fmt.Sprintf("(%s || %s)", sub(text), sub(text))
		case 1:
			return fmt.Sprintf("UPPER(%s)", sub(text))
		case 2:
			return fmt.Sprintf("COALESCE(%s, %s)", sub(text), g.pick("'x'", "'a'"))
		}
		return fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", g.condition(r, alias, depth-1), sub(text), sub(text))
	}
	switch g.IntN(5) {
	case 0:
		return fmt.Sprintf("(%s %s %s)", sub(number), g.pick("+", "-"), sub(number))
	case 1:
		return fmt.Sprintf("(%s * %s)", sub(number), g.pick("2", "-1"))
	case 2:
		return fmt.Sprintf("COALESCE(%s, %s)", sub(number), g.pick("0", "7"))
	case 3:
		return fmt.Sprintf("CHAR_LENGTH(%s)", sub(text))
	}
	return fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", g.condition(r, alias, depth-1), sub(number), sub(number))
}

// condition is a random condition over the columns of alias.
func (g *generator) condition(r relation, alias string, depth int) string {
	k := kind(g.pick("n", "n", "s")[0])
	a, b := g.expr(r, alias, k, max(depth, 0)), g.expr(r, alias, k, 0)
	if depth > 0 && g.chance(30) {
		return fmt.Sprintf("(%s %s %s)", g.condition(r, alias, depth-1), g.pick("AND", "OR"), g.condition(r, alias, depth-1))
	}
	switch g.IntN(9) {
	case 0:
		return fmt.Sprintf("%s IS %sNULL", a, g.pick("", "NOT "))
	case 1:
		return fmt.Sprintf("NOT (%s = %s)", a, b)
	case 2:
		list := map[kind]string{number: "-1, 2, 4", text: "'a', 'c', 'x'"}[k]
		return fmt.Sprintf("%s %sIN (%s)", a, g.pick("", "NOT "), list)
	case 3:
		low, high := map[kind]string{number: "0", text: "'a'"}[k], map[kind]string{number: "3", text: "'b'"}[k]
		return fmt.Sprintf("%s %sBETWEEN %s AND %s", a, g.pick("", "NOT "), low, high)
	case 4:
		return fmt.Sprintf("%s IS %sDISTINCT FROM %s", a, g.pick("", "NOT "), b)
	case 5:
		return fmt.Sprintf("(%s) IS %s", g.condition(r, alias, 0), g.pick("TRUE", "NOT TRUE", "FALSE", "NOT FALSE"))
	}
	return fmt.Sprintf("%s %s %s", a, g.pick("=", "<>", "<", "<=", ">", ">="), b)
}

// selection is a SELECT list of exprs, and its columns.
func selection(exprs []string, cols []kind) (string, []kind) {
	var items []string
	for i, e := range exprs {
		items = append(items, fmt.Sprintf("%s AS c%d", e, i))
	}
	return strings.Join(items, ", "), cols
}

func (g *generator) where(r relation, alias string, percent int) string {
	if !g.chance(percent) {
		return ""
	}
	return " WHERE " + g.condition(r, alias, 1)
}

// calc is a projection, perhaps with a filter, perhaps DISTINCT.
func (g *generator) calc(depth int) relation {
	in := g.query(depth - 1)
	from, n := g.from(in)
	var exprs []string
	var cols []kind
	for range 1 + g.IntN(3) {
		k := kind(g.pick("n", "s")[0])
		exprs, cols = append(exprs, g.expr(in, n, k, 2)), append(cols, k)
	}
	list, cols := selection(exprs, cols)
	return relation{fmt.Sprintf("SELECT %s%s FROM %s%s", g.pick("", "", "DISTINCT "), list, from, g.where(in, n, 60)), cols}
}

// group is a group aggregate. It has keys: without, a stream that is empty has no
// row, a table one.
func (g *generator) group(depth int) relation {
	in := g.query(depth - 1)
	from, n := g.from(in)
	var keys, exprs []string
	var cols []kind
	for range 1 + g.IntN(2) {
		i := g.IntN(len(in.cols))
		key := fmt.Sprintf("%s.c%d", n, i)
		keys, exprs, cols = append(keys, key), append(exprs, key), append(cols, in.cols[i])
	}
	for range 1 + g.IntN(3) {
		arg, k := g.expr(in, n, number, 1), number
		var e string
		switch g.IntN(7) {
		case 0:
			e = "COUNT(*)"
		case 1:
			e = fmt.Sprintf("COUNT(%s)", arg)
		case 2:
			e = fmt.Sprintf("COUNT(DISTINCT %s)", arg)
		case 3:
			e = fmt.Sprintf("SUM(%s%s)", g.pick("", "DISTINCT "), arg)
		case 4:
			e = fmt.Sprintf("SUM(%s) FILTER (WHERE %s)", arg, g.condition(in, n, 0))
		case 5:
			e = fmt.Sprintf("%s(%s)", g.pick("MIN", "MAX"), arg)
		case 6:
			e, k = fmt.Sprintf("%s(%s)", g.pick("MIN", "MAX"), g.expr(in, n, text, 1)), text
		}
		exprs, cols = append(exprs, e), append(cols, k)
	}
	list, cols := selection(exprs, cols)
	q := fmt.Sprintf("SELECT %s FROM %s%s", list, from, g.where(in, n, 30))
	by := strings.Join(keys, ", ")
	if len(keys) == 2 && keys[0] != keys[1] && g.chance(25) { // not (): of an empty stream it has no row
		by = fmt.Sprintf("GROUPING SETS ((%s), (%s))", by, keys[g.IntN(2)])
	}
	q += " GROUP BY " + by
	if g.chance(20) {
		q += " HAVING COUNT(*) " + g.pick("> 1", "<> 2", "< 3")
	}
	return relation{q, cols}
}

// join is a regular join on an equality, perhaps with more.
func (g *generator) join(depth int) relation {
	l, r := g.query(depth-1), g.query(g.IntN(depth))
	lf, ln := g.from(l)
	rf, rn := g.from(r)
	k := kind(g.pick("n", "n", "s")[0])
	on := fmt.Sprintf("%s = %s", g.expr(l, ln, k, 1), g.expr(r, rn, k, 1))
	if !strings.Contains(on[:strings.Index(on, " = ")], ln) || !strings.Contains(on, rn) {
		return g.calc(depth) // no equality of both sides
	}
	if g.chance(30) {
		on += fmt.Sprintf(" AND %s %s %s", g.column(l, ln, number), g.pick("<", ">=", "<>"), g.column(r, rn, number))
	}
	var exprs []string
	var cols []kind
	for i, c := range l.cols {
		exprs, cols = append(exprs, fmt.Sprintf("%s.c%d", ln, i)), append(cols, c)
	}
	for i, c := range r.cols {
		exprs, cols = append(exprs, fmt.Sprintf("%s.c%d", rn, i)), append(cols, c)
	}
	list, cols := selection(exprs, cols)
	return relation{fmt.Sprintf("SELECT %s FROM %s %s %s ON %s", list, lf, g.pick("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"), rf, on), cols}
}

// semi is IN, EXISTS or one of their negations.
func (g *generator) semi(depth int) relation {
	l, r := g.query(depth-1), g.query(g.IntN(depth))
	lf, ln := g.from(l)
	rf, rn := g.from(r)
	k := kind(g.pick("n", "s")[0])
	a, b := g.column(l, ln, k), g.column(r, rn, k)
	if !strings.HasPrefix(a, ln) || !strings.HasPrefix(b, rn) {
		return g.calc(depth)
	}
	list, cols := columns(l, ln)
	not := g.pick("", "NOT ")
	cond := fmt.Sprintf("%s %sIN (SELECT %s FROM %s%s)", a, not, b, rf, g.where(r, rn, 40))
	if g.chance(50) {
		cond = fmt.Sprintf("%sEXISTS (SELECT 1 FROM %s WHERE %s = %s)", not, rf, b, a)
	}
	return relation{fmt.Sprintf("SELECT %s FROM %s WHERE %s", list, lf, cond), cols}
}

func columns(r relation, alias string) (string, []kind) {
	var exprs []string
	for i := range r.cols {
		exprs = append(exprs, fmt.Sprintf("%s.c%d", alias, i))
	}
	return selection(exprs, r.cols)
}

// setOp is UNION, INTERSECT or EXCEPT.
func (g *generator) setOp(depth int) relation {
	l, r := g.query(depth-1), g.query(g.IntN(depth))
	var sides []string
	k := kind(g.pick("n", "s")[0])
	for _, x := range []relation{l, r} {
		from, n := g.from(x)
		list, _ := selection([]string{g.expr(x, n, number, 1), g.expr(x, n, k, 1)}, nil)
		sides = append(sides, fmt.Sprintf("SELECT %s FROM %s", list, from))
	}
	op := g.pick("UNION ALL", "UNION", "INTERSECT", "EXCEPT")
	return relation{strings.Join(sides, " "+op+" "), []kind{number, k}}
}

// topN is the first rows of each group, in an order that leaves no choice.
func (g *generator) topN(depth int) relation {
	in := g.query(depth - 1)
	from, n := g.from(in)
	list, cols := columns(in, n)
	var order []string
	for _, i := range g.Perm(len(in.cols)) {
		order = append(order, fmt.Sprintf("%s.c%d%s", n, i, g.pick("", " ASC", " DESC")))
	}
	partition := ""
	if g.chance(70) {
		partition = fmt.Sprintf("PARTITION BY %s.c%d ", n, g.IntN(len(in.cols)))
	}
	ranked, rn := g.from(relation{sql: fmt.Sprintf("SELECT %s, ROW_NUMBER() OVER (%sORDER BY %s) AS rn FROM %s", list, partition, strings.Join(order, ", "), from)})
	out, _ := columns(in, rn)
	if g.chance(40) {
		out, cols = fmt.Sprintf("%s, %s.rn AS c%d", out, rn, len(cols)), append(cols[:len(cols):len(cols)], number)
	}
	return relation{fmt.Sprintf("SELECT %s FROM %s WHERE %s.rn <= %d", out, ranked, rn, 1+g.IntN(3)), cols}
}
