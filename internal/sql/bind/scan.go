package bind

import (
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// scan binds the use of a table: its connector is read, computed columns are
// added, and the watermark is assigned.
func (b *Binder) scan(at *ast.Table, t *catalog.Table) (plan.Node, error) {
	options, err := withHints(t.Options, at.Hints)
	if err != nil {
		return nil, err
	}
	s := &plan.Scan{Table: t, Options: options}
	for _, c := range t.Columns {
		if c.Computed == nil {
			s.Fields = append(s.Fields, types.Field{Name: c.Name, Type: c.Type})
			s.Metadata = append(s.Metadata, c.Metadata)
		}
	}
	n, err := b.computed(s, t)
	if err != nil || t.Watermark == nil {
		return n, err
	}
	return b.watermark(n, t)
}

// computed adds the computed columns in their places.
func (b *Binder) computed(s *plan.Scan, t *catalog.Table) (plan.Node, error) {
	if len(s.Fields) == len(t.Columns) {
		return s, nil
	}
	x := &exprs{b: b, scope: scopeOf(s.Fields, t.Path.Object), clause: "computed column"}
	x.scope.declared = true
	c := &plan.Calc{Input: s}
	physical := 0
	for _, col := range t.Columns {
		if col.Computed == nil {
			c.Select = append(c.Select, &plan.Col{Index: physical, T: col.Type})
			c.Fields = append(c.Fields, types.Field{Name: col.Name, Type: col.Type})
			physical++
			continue
		}
		e, err := x.bind(col.Computed)
		if err != nil {
			return nil, err
		}
		c.Select = append(c.Select, e)
		c.Fields = append(c.Fields, types.Field{Name: col.Name, Type: e.Type()})
	}
	return c, nil
}

// watermark checks the declaration as DefaultSchemaResolver does.
func (b *Binder) watermark(n plan.Node, t *catalog.Table) (plan.Node, error) {
	fs, w := n.Schema(), t.Watermark
	at := -1
	for i, f := range fs {
		if f.Name == w.Column {
			at = i
		}
	}
	if at < 0 {
		return nil, invalid(w.Expr, "watermark", "Invalid column name '%s' for rowtime attribute in watermark declaration. Available columns are: [%s]",
			w.Column, strings.Join(plan.Names(fs), ", "))
	}
	if ft := fs[at].Type; !ft.IsTimestamp() || ft.Prec > 3 {
		return nil, invalid(w.Expr, "watermark", "Invalid data type of time field for watermark definition. The field must be of type TIMESTAMP(p) or TIMESTAMP_LTZ(p), the supported precision 'p' is from 0 to 3, but the time field type is %s", ft)
	}
	e, err := (&exprs{b: b, scope: scopeOf(fs, t.Path.Object), clause: "watermark"}).bind(w.Expr)
	if err != nil {
		return nil, err
	}
	if et := e.Type(); et.Kind != fs[at].Type.Kind || et.Prec > 3 {
		return nil, invalid(w.Expr, "watermark", "Invalid data type of expression for watermark definition. The field must be of type TIMESTAMP(p) or TIMESTAMP_LTZ(p), the supported precision 'p' is from 0 to 3, but the watermark expression type is %s", et)
	}
	return &plan.WatermarkAssigner{Input: n, Rowtime: at, Expr: e}, nil
}

// withHints applies an OPTIONS hint to a table's options.
func withHints(options map[string]string, hints []ast.Hint) (map[string]string, error) {
	if len(hints) == 0 {
		return options, nil
	}
	merged := make(map[string]string, len(options))
	for k, v := range options {
		merged[k] = v
	}
	for _, h := range hints {
		if !strings.EqualFold(h.Name.Name, "OPTIONS") {
			return nil, unsupported(h, "hint "+h.Name.Name+" is")
		}
		for _, a := range h.Args {
			if a.Key == "connector" {
				return nil, invalid(a, "hint", "the OPTIONS hint cannot change the connector")
			}
			merged[a.Key] = a.Value
		}
	}
	return merged, nil
}

// view binds the query of a view where it is used.
func (b *Binder) view(at *ast.Table, v *catalog.View) (plan.Node, error) {
	if len(at.Hints) > 0 {
		return nil, invalid(at, "hint", "View '%s' cannot be enriched with new options. Hints can only be applied to tables.", v.Path.Quoted())
	}
	for _, p := range b.views {
		if p == v.Path {
			return nil, invalid(at, "view-recursive", "view %s is defined by itself", v.Path)
		}
	}
	ctes, outer, found := b.ctes, b.outer, b.found
	b.ctes, b.outer, b.found, b.views = nil, nil, nil, append(b.views, v.Path)
	defer func() { b.ctes, b.outer, b.found, b.views = ctes, outer, found, b.views[:len(b.views)-1] }()
	n, err := b.query(v.Query)
	if err != nil {
		return nil, errs.New(errs.Invalid, "sql.view", "in view %s", v.Path).At(at.Pos()).Because(err)
	}
	names := make([]ast.Ident, len(v.Columns))
	for i, c := range v.Columns {
		names[i] = ast.Ident{Name: c}
	}
	return rename(at, n, names)
}
