package tableapi

import (
	"fmt"
	"strconv"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/parser"
	"weir/internal/types"
)

// Scope is what translation asks of the session.
type Scope interface {
	// Schema is the columns of a query.
	Schema(q ast.Query) ([]types.Field, error)
	// Inline gives a Python function that is called without having been
	// registered a name in the session.
	Inline(f *Function) (string, error)
}

// Translator makes SQL syntax of trees; make one with New.
type Translator struct {
	Scope   Scope
	special map[string]translate
}

// New makes a Translator for a session.
func New(s Scope) *Translator { return &Translator{Scope: s, special: specialFunctions()} }

// Query is the query of a tree.
func (t *Translator) Query(tree *Tree) (ast.Query, error) {
	r, err := t.rel(tree)
	if err != nil {
		return nil, err
	}
	return r.query(), nil
}

// Statement is the INSERT of an insert.
func (t *Translator) Statement(in *Insert) (*ast.Insert, error) {
	if in.Tree == nil {
		stmt, err := parser.Parse(in.SQL)
		if err != nil {
			return nil, err
		}
		insert, ok := stmt.(*ast.Insert)
		if !ok {
			return nil, errs.New(errs.Invalid, "pyflink.statement-set",
				"Unsupported SQL query! addInsertSql() only accepts a single SQL statement of type INSERT")
		}
		return insert, nil
	}
	name, err := ParsePath(in.Target)
	if err != nil {
		return nil, err
	}
	q, err := t.Query(in.Tree)
	if err != nil {
		return nil, err
	}
	return &ast.Insert{Overwrite: in.Overwrite, Table: name, Query: q}, nil
}

// ParsePath is the name that a path such as db.t or `my table` means; it has no
// position, for it is not in a statement.
func ParsePath(path string) (ast.Name, error) {
	name, err := parser.ParseName(path)
	if err != nil {
		return nil, err
	}
	return ast.NameOf(name.Strings()...), nil
}

// rel is a query being built. An open one is SELECT * FROM from WHERE where,
// to which a WHERE or a SELECT list can still be added without nesting.
type rel struct {
	closed ast.Query // nil while open
	from   ast.TableRef
	where  ast.Expr
}

func (r *rel) query() ast.Query {
	if r.closed != nil {
		return r.closed
	}
	return r.selecting(&ast.SelectItem{Expr: &ast.Star{}})
}

// selecting is the query with a SELECT list.
func (r *rel) selecting(items ...*ast.SelectItem) *ast.Select {
	r = r.open()
	if j, ok := r.from.(*ast.Join); ok && j.On == nil && j.Kind == ast.Inner {
		r.from = &ast.Join{Kind: ast.Cross, Left: j.Left, Right: j.Right}
	}
	s := &ast.Select{From: r.from, Where: r.where}
	for _, i := range items {
		s.Items = append(s.Items, *i)
	}
	return s
}

// open is r as an open query.
func (r *rel) open() *rel {
	if r.closed == nil {
		return &rel{from: r.from, where: r.where}
	}
	return &rel{from: &ast.Derived{Query: r.closed}}
}

// table is r as an element of FROM.
func (r *rel) table() ast.TableRef {
	if r.closed == nil && r.where == nil {
		if t, ok := r.from.(*ast.Table); ok {
			return t
		}
		if d, ok := r.from.(*ast.Derived); ok {
			return d
		}
	}
	return &ast.Derived{Query: r.query()}
}

// filter adds a condition; the condition after a join that has none is the join's.
func (r *rel) filter(cond ast.Expr) *rel {
	r = r.open()
	if j, ok := r.from.(*ast.Join); ok && j.On == nil && j.Kind == ast.Inner && r.where == nil {
		r.from = &ast.Join{Kind: j.Kind, Left: j.Left, Right: j.Right, On: cond}
		return r
	}
	if r.where != nil {
		cond = &ast.Binary{Op: ast.And, L: r.where, R: cond}
	}
	r.where = cond
	return r
}

func (t *Translator) rel(tree *Tree) (*rel, error) {
	switch tree.Op {
	case "scan":
		name, err := ParsePath(tree.Path)
		if err != nil {
			return nil, err
		}
		return &rel{from: &ast.Table{Name: name}}, nil
	case "sql":
		q, err := parser.ParseQuery(tree.SQL)
		return &rel{closed: q}, err
	case "values":
		return t.values(tree)
	}
	in, err := t.rel(tree.In)
	if err != nil {
		return nil, err
	}
	switch tree.Op {
	case "select":
		return t.project(in, &env{tr: t, in: in}, tree.Exprs, nil)
	case "filter":
		cond, err := (&env{tr: t, in: in}).expr(tree.Cond)
		if err != nil {
			return nil, err
		}
		return in.filter(cond), nil
	case "aggregate":
		return t.aggregate(in, tree)
	case "over":
		e := &env{tr: t, in: in, over: map[string]*OverWindow{}}
		for _, w := range tree.Windows {
			e.over[w.Alias] = w
		}
		return t.project(in, e, tree.Exprs, nil)
	case "distinct":
		s := in.selecting(&ast.SelectItem{Expr: &ast.Star{}})
		s.Distinct = true
		return &rel{closed: s}, nil
	case "join":
		return t.join(in, tree)
	case "set":
		return t.set(in, tree)
	case "order_by":
		return t.orderBy(in, tree)
	case "offset", "fetch":
		return limit(in, tree.Op == "offset", tree.N), nil
	case "alias", "add_columns", "add_or_replace_columns", "rename_columns", "drop_columns":
		return t.columns(in, tree)
	case "lateral":
		return nil, errs.New(errs.Unsupported, "pyflink.lateral",
			"Table.join_lateral() is not supported by Weir: table functions are not run").
			WithHint("CROSS JOIN UNNEST of an array, in SQL, does the same")
	}
	return nil, errs.New(errs.Unsupported, "pyflink.operation", "the table operation %s is not supported by Weir", tree.Op)
}

var joinKinds = map[string]ast.JoinKind{"inner": ast.Inner, "left": ast.Left, "right": ast.Right, "full": ast.Full}

func (t *Translator) join(in *rel, tree *Tree) (*rel, error) {
	right, err := t.rel(tree.Right)
	if err != nil {
		return nil, err
	}
	j := &ast.Join{Kind: joinKinds[tree.Kind], Left: in.table(), Right: right.table()}
	out := &rel{from: j}
	if tree.On == nil {
		if j.Kind != ast.Inner {
			j.On = &ast.Bool{Value: true}
		}
		return out, nil
	}
	j.On, err = (&env{tr: t, in: out}).expr(tree.On)
	return out, err
}

var setKinds = map[string]ast.SetKind{"union": ast.Union, "intersect": ast.Intersect, "except": ast.Except}

func (t *Translator) set(in *rel, tree *Tree) (*rel, error) {
	right, err := t.rel(tree.Right)
	if err != nil {
		return nil, err
	}
	return &rel{closed: &ast.SetOp{Kind: setKinds[tree.Kind], All: tree.All, Left: in.query(), Right: right.query()}}, nil
}

func (t *Translator) orderBy(in *rel, tree *Tree) (*rel, error) {
	e := &env{tr: t, in: in}
	q := in.query()
	if _, ok := q.(*ast.Ordered); ok {
		q = in.selecting(&ast.SelectItem{Expr: &ast.Star{}})
	}
	o := &ast.Ordered{Body: q}
	for _, x := range tree.Exprs {
		item := ast.OrderItem{}
		if x.K == "call" && (x.Fn == "asc" || x.Fn == "desc") && len(x.Args) == 1 {
			item.Desc, x = x.Fn == "desc", x.Args[0]
		}
		var err error
		if item.Expr, err = e.expr(x); err != nil {
			return nil, err
		}
		o.OrderBy = append(o.OrderBy, item)
	}
	return &rel{closed: o}, nil
}

// limit adds OFFSET or LIMIT to an ordered query that has none yet.
func limit(in *rel, offset bool, n int64) *rel {
	number := &ast.Number{Text: strconv.FormatInt(n, 10)}
	out := &ast.Ordered{Body: in.query()}
	if o, ok := in.closed.(*ast.Ordered); ok && o.Limit == nil && (o.Offset == nil || !offset) {
		*out = *o
	} else if ok {
		out.Body = in.selecting(&ast.SelectItem{Expr: &ast.Star{}})
	}
	if offset {
		out.Offset = number
	} else {
		out.Limit = number
	}
	return &rel{closed: out}
}

// project is SELECT exprs; group is the aggregation's GROUP BY.
func (t *Translator) project(in *rel, e *env, exprs []*Expr, group *ast.GroupBy) (*rel, error) {
	exprs, err := e.expand(exprs)
	if err != nil {
		return nil, err
	}
	named := e.aggregateNames(exprs)
	var items []*ast.SelectItem
	for i, x := range exprs {
		item, err := e.item(x, i, named)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	s := in.selecting(items...)
	s.GroupBy = group
	return &rel{closed: s}, nil
}

// item is an element of the SELECT list under the name that Flink gives it.
func (e *env) item(x *Expr, i int, named map[string]string) (*ast.SelectItem, error) {
	alias := ""
	switch {
	case x.K == "as":
		if len(x.Names) != 1 {
			return nil, errs.New(errs.Invalid, "pyflink.alias", "a column takes one name, got %d: %v", len(x.Names), x.Names)
		}
		alias, x = x.Names[0], x.X
	case x.K == "ref":
		if _, key := e.keys[x.Name]; key {
			alias = x.Name
		}
	case named[canonical(x)] != "":
		alias = named[canonical(x)]
	default:
		alias = fieldName(x)
		if alias == "" {
			alias = fmt.Sprintf("_c%d", i)
		}
	}
	node, err := e.expr(x)
	if err != nil {
		return nil, err
	}
	return &ast.SelectItem{Expr: node, Alias: ast.Ident{Name: alias}}, nil
}

// columns is an operation on the list of columns.
func (t *Translator) columns(in *rel, tree *Tree) (*rel, error) {
	e := &env{tr: t, in: in}
	if tree.Op == "add_columns" {
		return t.project(in, e, append([]*Expr{{K: "ref", Name: "*"}}, tree.Exprs...), nil)
	}
	fields, err := e.fields()
	if err != nil {
		return nil, err
	}
	out := make([]*Expr, len(fields))
	for i, f := range fields {
		out[i] = &Expr{K: "ref", Name: f.Name}
	}
	switch tree.Op {
	case "alias":
		if len(tree.Names) > len(out) {
			return nil, errs.New(errs.Invalid, "pyflink.alias", "Aliasing more fields than we actually have.")
		}
		for i, n := range tree.Names {
			out[i] = rename(out[i], n)
		}
	case "drop_columns":
		out, err = e.drop(out, tree.Exprs)
	case "rename_columns":
		err = renameColumns(out, tree.Exprs)
	case "add_or_replace_columns":
		out = addOrReplace(out, tree.Exprs)
	}
	if err != nil {
		return nil, err
	}
	return t.project(in, e, out, nil)
}

func rename(x *Expr, name string) *Expr {
	if x.Name == name {
		return x
	}
	return &Expr{K: "as", X: x, Names: []string{name}}
}

func (e *env) drop(all, which []*Expr) ([]*Expr, error) {
	which, err := e.expand(which)
	if err != nil {
		return nil, err
	}
	gone := map[string]bool{}
	for _, x := range which {
		if x.K != "ref" {
			return nil, errs.New(errs.Invalid, "pyflink.columns", "Unexpected field expression type: drop_columns() takes columns")
		}
		gone[x.Name] = true
	}
	kept := []*Expr{}
	for _, x := range all {
		if !gone[x.Name] {
			kept = append(kept, x)
		}
		delete(gone, x.Name)
	}
	for name := range gone {
		return nil, unknownColumn(name, all)
	}
	return kept, nil
}

func renameColumns(all, aliases []*Expr) error {
	for _, a := range aliases {
		if a.K != "as" || a.X.K != "ref" || len(a.Names) != 1 {
			return errs.New(errs.Invalid, "pyflink.columns", "Unexpected field expression type: rename_columns() takes col(\"a\").alias(\"b\")")
		}
		found := false
		for i, x := range all {
			if x.K == "ref" && x.Name == a.X.Name {
				all[i], found = rename(x, a.Names[0]), true
			}
		}
		if !found {
			return unknownColumn(a.X.Name, all)
		}
	}
	return nil
}

func addOrReplace(all, added []*Expr) []*Expr {
	for _, a := range added {
		name := a.Name
		if a.K == "as" {
			name = a.Names[0]
		}
		replaced := false
		for i, x := range all {
			if name != "" && columnName(x) == name {
				all[i], replaced = a, true
			}
		}
		if !replaced {
			all = append(all, a)
		}
	}
	return all
}

func columnName(x *Expr) string {
	if x.K == "as" {
		return x.Names[0]
	}
	return x.Name
}

func unknownColumn(name string, all []*Expr) error {
	names := make([]string, len(all))
	for i, x := range all {
		names[i] = columnName(x)
	}
	e := errs.New(errs.Invalid, "pyflink.column", "Cannot resolve field [%s], input field list:%v.", name, names)
	if near := errs.Nearest(name, names); near != "" {
		return e.WithHint("did you mean %s?", near)
	}
	return e
}
