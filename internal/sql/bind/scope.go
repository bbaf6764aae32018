package bind

import (
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/plan"
	"weir/internal/types"
)

// scope is the columns in reach of an expression.
type scope struct {
	fields []types.Field
	// rel is, beside each field, the name of the relation it came from.
	rel []string
	// declared: they are those of the table that is being declared, where Flink
	// has another text for a name that is not there.
	declared bool
}

// scopeOf is the scope of one relation called name.
func scopeOf(fields []types.Field, name string) *scope {
	s := &scope{fields: fields, rel: make([]string, len(fields))}
	for i := range s.rel {
		s.rel[i] = name
	}
	return s
}

// resolve finds a column, or a field of a ROW column, by its name.
func (s *scope) resolve(parts ast.Name) (plan.Expr, error) {
	names := parts.Strings()
	i, used, err := s.column(parts, names)
	if err != nil {
		return nil, err
	}
	var e plan.Expr = &plan.Col{Index: i, T: s.fields[i].Type}
	for k := used; k < len(names); k++ {
		row := e
		if e, err = fieldOf(row, parts[k]); err == nil {
			continue
		}
		if row.Type().Kind == types.Row && s.rel[i] != "" { // as Calcite says it
			return nil, s.noField(parts[k], names, used, s.rel[i], row.Type())
		}
		return nil, err
	}
	return e, nil
}

// column finds the column that names begins with: col, or relation.col. used
// is how many of the names it took.
func (s *scope) column(parts ast.Name, names []string) (index, used int, err error) {
	found := -1
	for i, f := range s.fields {
		if f.Name != names[0] {
			continue
		}
		if found >= 0 {
			return 0, 0, invalid(parts[0], "column-ambiguous", "Column '%s' is ambiguous", names[0])
		}
		found = i
	}
	if found >= 0 {
		return found, 1, nil
	}
	for at := len(names) - 1; at > 0; at-- { // t.c, db.t.c: the relation's own name is its last part
		for i, f := range s.fields {
			if s.rel[i] == names[at-1] && f.Name == names[at] {
				return i, at + 1, nil
			}
		}
	}
	if len(names) > 1 && s.hasRelation(names[0]) {
		return 0, 0, s.notFound(parts[1], names[1], "Column '"+names[1]+"' not found in table '"+names[0]+"'")
	}
	if len(names) > 1 {
		return 0, 0, invalid(parts[0], "table-not-found", "Table '%s' not found", names[0])
	}
	if s.declared {
		return 0, 0, s.notFound(parts[0], names[0], "Unknown identifier '"+names[0]+"'")
	}
	return 0, 0, s.notFound(parts[0], names[0], "Column '"+names[0]+"' not found in any table")
}

func (s *scope) hasRelation(name string) bool {
	for _, r := range s.rel {
		if r == name {
			return true
		}
	}
	return false
}

func (s *scope) notFound(at ast.Node, name, msg string) error {
	e := invalid(at, "column-not-found", "%s", msg)
	if near := errs.Nearest(name, plan.Names(s.fields)); near != "" {
		return e.WithHint("did you mean '%s'?", near)
	}
	return e
}

// noField is the error of a name that goes into a ROW column and names none of
// its fields.
func (s *scope) noField(at ast.Node, names []string, used int, rel string, row types.Type) error {
	e := invalid(at, "column-not-found", "Column '%s' not found in table '%s'", strings.Join(names[used-1:], "."), rel)
	if near := errs.Nearest(names[len(names)-1], plan.Names(row.Fields)); near != "" {
		return e.WithHint("did you mean '%s'?", near)
	}
	return e
}

// fieldOf is a member of a ROW by name.
func fieldOf(row plan.Expr, name ast.Ident) (plan.Expr, error) {
	t := row.Type()
	if t.Kind != types.Row {
		return nil, invalid(name, "field-not-found", "Field '%s' is asked of a %s, which has no fields", name.Name, t)
	}
	for i, f := range t.Fields {
		if f.Name == name.Name {
			ft := f.Type
			ft.NotNull = ft.NotNull && t.NotNull
			return &plan.FieldOf{Row: row, Index: i, T: ft}, nil
		}
	}
	return nil, invalid(name, "field-not-found", "Field '%s' not found in %s", name.Name, t)
}
