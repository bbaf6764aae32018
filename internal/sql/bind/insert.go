package bind

import (
	"fmt"
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// Insert binds INSERT.
func (b *Binder) Insert(s *ast.Insert) (plan.Node, error) {
	if s.OnConflict != "" {
		return nil, unsupported(s, "ON CONFLICT is")
	}
	in, err := b.query(s.Query)
	if err != nil {
		return nil, err
	}
	t, view := b.Catalog.Table(s.Table.Strings())
	if t == nil {
		if view != nil {
			return nil, invalid(s.Table, "insert", "%s is a view, and a view cannot be written to", view.Path)
		}
		e := invalid(s.Table, "table-not-found", "Cannot find table '%s' in any of the catalogs [%s], nor as a temporary table.",
			b.Catalog.Path(s.Table.Strings()).Quoted(), strings.Join(b.Catalog.Catalogs(), ", "))
		if near := errs.Nearest(s.Table.Last(), b.Catalog.Names()); near != "" {
			e = e.WithHint("did you mean '%s'?", near)
		}
		return nil, e
	}
	if t.Distribution != nil {
		return nil, invalid(s.Table, "insert", "Table '%s' is distributed into buckets, but the underlying DynamicTableSink doesn't implement the SupportsBucketing interface.", t.Path)
	}
	options, err := withHints(t.Options, s.Hints)
	if err != nil {
		return nil, err
	}
	sink := &plan.Sink{Table: t, Options: options, Overwrite: s.Overwrite}
	for _, c := range t.Columns {
		if c.Computed == nil && !c.Virtual {
			sink.Fields = append(sink.Fields, types.Field{Name: c.Name, Type: c.Type})
			sink.Metadata = append(sink.Metadata, c.Metadata)
		}
	}
	if in, err = b.place(s, in, sink.Fields); err != nil {
		return nil, err
	}
	sink.Input, err = sinkTypes(s, t, in, sink.Fields)
	return sink, err
}

// place brings the query's columns to the places of the table's: the columns
// named, static partition values, NULL for the others.
func (b *Binder) place(s *ast.Insert, in plan.Node, fields []types.Field) (plan.Node, error) {
	if len(s.Columns) == 0 && len(s.Partition) == 0 {
		return in, nil
	}
	static := map[string]plan.Expr{}
	x := &exprs{b: b, scope: &scope{}}
	for _, p := range s.Partition {
		if p.Value == nil {
			return nil, invalid(p, "insert", "a partition of INSERT needs a value: %s = …", p.Key.Name)
		}
		e, err := x.bind(p.Value)
		if err != nil {
			return nil, err
		}
		static[p.Key.Name] = e
	}
	var targets []string
	for _, c := range s.Columns {
		targets = append(targets, c.Last())
	}
	if targets == nil {
		for _, f := range fields {
			if static[f.Name] == nil {
				targets = append(targets, f.Name)
			}
		}
	}
	have := in.Schema()
	if len(have) != len(targets) {
		return nil, invalid(s, "insert", "Number of INSERT target columns (%d) does not equal number of source items (%d)", len(targets), len(have))
	}
	c := &plan.Calc{Input: in, Fields: fields}
	used := map[string]bool{}
	for _, f := range fields {
		e := static[f.Name]
		for i, name := range targets {
			if name == f.Name {
				e = &plan.Col{Index: i, T: have[i].Type}
				used[name] = true
			}
		}
		if e == nil {
			if f.Type.NotNull {
				return nil, invalid(s, "insert", "Column '%s' has no default value and does not allow NULLs", f.Name)
			}
			e = &plan.Lit{T: f.Type.Plain()}
		}
		c.Select = append(c.Select, e)
	}
	for i, name := range targets {
		if !used[name] {
			var at ast.Node = s
			if i < len(s.Columns) {
				at = s.Columns[i]
			}
			return nil, invalid(at, "column-not-found", "Unknown target column '%s'", name)
		}
	}
	out := make([]types.Field, len(fields))
	for i, e := range c.Select {
		out[i] = types.Field{Name: fields[i].Name, Type: e.Type()}
	}
	c.Fields = out
	return c, nil
}

// sinkTypes matches the query's columns to the table's by position, with the
// implicit casts that DynamicSinkUtils allows.
func sinkTypes(at ast.Node, t *catalog.Table, in plan.Node, fields []types.Field) (plan.Node, error) {
	have := in.Schema()
	mismatch := func(cause string) error {
		return invalid(at, "insert", "Column types of query result and sink for '%s' do not match.\nCause: %s\n\nQuery schema: %s\nSink schema:  %s",
			t.Path, cause, schemaText(have), schemaText(fields))
	}
	if len(have) != len(fields) {
		return nil, mismatch("Different number of columns.")
	}
	c := &plan.Calc{Input: in, Fields: make([]types.Field, len(fields))}
	same := true
	for i, f := range fields {
		from := have[i].Type
		if !types.Implicit(from, f.Type) {
			return nil, mismatch(fmt.Sprintf("Incompatible types for sink column '%s' at position %d.", f.Name, i))
		}
		var e plan.Expr = &plan.Col{Index: i, T: from}
		to := f.Type
		to.NotNull = from.NotNull
		if needsCast(from, to) {
			e = castTo(e, to, false, true)
		}
		same = same && e.Type().SameShape(from) && have[i].Name == f.Name
		c.Select = append(c.Select, e)
		c.Fields[i] = types.Field{Name: f.Name, Type: e.Type().Plain()}
	}
	if same {
		return in, nil
	}
	return c, nil
}

// needsCast reports whether the values themselves change: a shorter VARCHAR
// takes them as they are (type-length-enforcer = IGNORE).
func needsCast(from, to types.Type) bool {
	if from.IsString() && to.IsString() || from.IsBinary() && to.IsBinary() {
		return false
	}
	return !from.Plain().SameShape(to)
}

func schemaText(fs []types.Field) string {
	parts := make([]string, len(fs))
	for i, f := range fs {
		parts[i] = f.Name + ": " + f.Type.String()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
