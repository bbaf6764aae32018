package session

import (
	"fmt"
	"slices"
	"strings"

	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
	"weir/internal/types"
)

// describe tells of an object.
func (s *Session) describe(st *ast.Describe) (*Result, error) {
	switch st.What {
	case ast.TableObject, "":
		return s.columns(st, st.Name)
	case ast.CatalogObject:
		return s.describeCatalog(st)
	case ast.DatabaseObject:
		return s.describeDatabase(st)
	case ast.FunctionObject:
		return s.describeFunction(st)
	case ast.JobObject:
		return s.describeJob(st)
	}
	return nil, s.refuseKind(st, "DESCRIBE", st.What)
}

// columns lists the columns of a table or view.
func (s *Session) columns(at ast.Node, name ast.Name) (*Result, error) {
	t, view := s.catalog.Table(name.Strings())
	if t == nil && view == nil {
		return nil, invalid(name, "table-not-found", "Tables or views with the identifier '%s' doesn't exist.", s.catalog.Path(name.Strings()))
	}
	n, err := s.binder().Query(&ast.TableQuery{Name: name})
	if err != nil {
		return nil, placed(at, err)
	}
	r := table([]string{"name", "type", "null", "key", "extras", "watermark"})
	r.Columns[2].Type = types.BooleanType
	commented := t != nil && slices.ContainsFunc(t.Columns, func(c catalog.Column) bool { return c.Comment != "" })
	if commented {
		r.Columns = append(r.Columns, types.Field{Name: "comment", Type: types.StringType})
	}
	for i, f := range n.Schema() {
		row := []*string{new(f.Name), new(f.Type.WithNull(true).String()), new(strings.ToUpper(fmt.Sprint(f.Type.Nullable()))), nil, nil, nil}
		if t != nil {
			describeColumn(t, i, row)
		}
		if commented {
			row = append(row, nil)
			if c := t.Columns[i].Comment; c != "" {
				row[6] = &c
			}
		}
		r.Rows = append(r.Rows, row)
	}
	return r, nil
}

// describeColumn fills key, extras and watermark.
func describeColumn(t *catalog.Table, i int, row []*string) {
	c := t.Columns[i]
	if slices.Contains(t.PrimaryKey, c.Name) {
		row[3] = new("PRI(" + strings.Join(t.PrimaryKey, ", ") + ")")
	}
	if c.Computed != nil {
		row[4] = new("AS " + ast.Lines(c.Computed))
	} else if m := metadataText(c); m != "" {
		row[4] = &m
	}
	if t.Watermark != nil && t.Watermark.Column == c.Name {
		row[5] = new(t.Watermark.Text)
	}
}
