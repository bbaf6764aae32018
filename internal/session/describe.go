package session

import (
	"fmt"
	"sort"
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
	"weir/internal/types"
)

// describe lists the columns of a table or view.
func (s *Session) describe(st *ast.Describe) (*Result, error) {
	if st.What != ast.TableObject && st.What != "" {
		return nil, errs.New(errs.Unsupported, "sql.describe", "DESCRIBE %s is not supported by this version of Weir", st.What).At(st.Pos())
	}
	table, view := s.catalog.Table(st.Name.Strings())
	if table == nil && view == nil {
		return nil, errs.New(errs.Invalid, "sql.table-not-found", "Tables or views with the identifier '%s' doesn't exist.", s.catalog.path(st.Name.Strings())).At(st.Name.Pos())
	}
	n, err := s.binder().Query(&ast.TableQuery{At: st.At, Name: st.Name})
	if err != nil {
		return nil, err
	}
	r := &Result{Rows: [][]*string{}}
	for _, name := range []string{"name", "type", "null", "key", "extras", "watermark"} {
		t := types.StringType
		if name == "null" {
			t = types.BooleanType
		}
		r.Columns = append(r.Columns, types.Field{Name: name, Type: t})
	}
	for i, f := range n.Schema() {
		row := []*string{new(f.Name), new(f.Type.WithNull(true).String()), new(strings.ToUpper(fmt.Sprint(f.Type.Nullable()))), nil, nil, nil}
		if table != nil {
			describeColumn(table, i, row)
		}
		r.Rows = append(r.Rows, row)
	}
	return r, nil
}

// describeColumn fills key, extras and watermark.
func describeColumn(t *catalog.Table, i int, row []*string) {
	c := t.Columns[i]
	for _, k := range t.PrimaryKey {
		if k == c.Name {
			row[3] = new("PRI(" + strings.Join(t.PrimaryKey, ", ") + ")")
		}
	}
	switch {
	case c.Computed != nil:
		row[4] = new("AS " + ast.SQL(c.Computed))
	case c.Metadata != "":
		e := "METADATA"
		if c.Metadata != c.Name {
			e += " FROM '" + c.Metadata + "'"
		}
		if c.Virtual {
			e += " VIRTUAL"
		}
		row[4] = &e
	}
	if t.Watermark != nil && t.Watermark.Column == c.Name {
		row[5] = new(t.Watermark.Text)
	}
}

// showCreate prints a table's or view's declaration.
func (s *Session) showCreate(st *ast.Show) (*Result, error) {
	table, view := s.catalog.Table(st.Name.Strings())
	switch {
	case st.What == "CREATE VIEW" && view != nil:
		return rowsOf("result", []string{fmt.Sprintf("CREATE VIEW %s AS\n%s", view.Path.Quoted(), view.Text)}), nil
	case st.What == "CREATE TABLE" && table != nil:
		return rowsOf("result", []string{createText(table)}), nil
	}
	return nil, errs.New(errs.Invalid, "sql.table-not-found", "Could not execute SHOW %s. %s with identifier %s does not exist.",
		st.What, map[string]string{"CREATE VIEW": "View", "CREATE TABLE": "Table"}[st.What], s.catalog.path(st.Name.Strings()).Quoted()).At(st.Name.Pos())
}

func createText(t *catalog.Table) string {
	var lines []string
	for _, c := range t.Columns {
		l := "  `" + c.Name + "` "
		switch {
		case c.Computed != nil:
			l += "AS " + ast.SQL(c.Computed)
		default:
			l += columnType(c.Type)
			if c.Metadata != "" {
				l += " METADATA FROM '" + c.Metadata + "'"
				if c.Virtual {
					l += " VIRTUAL"
				}
			}
		}
		lines = append(lines, l)
	}
	if w := t.Watermark; w != nil {
		lines = append(lines, fmt.Sprintf("  WATERMARK FOR `%s` AS %s", w.Column, w.Text))
	}
	if len(t.PrimaryKey) > 0 {
		lines = append(lines, "  PRIMARY KEY ("+quoted(t.PrimaryKey)+") NOT ENFORCED")
	}
	b := "CREATE TABLE " + t.Path.Quoted() + " (\n" + strings.Join(lines, ",\n") + "\n)"
	if len(t.PartitionKeys) > 0 {
		b += "\nPARTITIONED BY (" + quoted(t.PartitionKeys) + ")"
	}
	var opts []string
	for k, v := range t.Options {
		opts = append(opts, fmt.Sprintf("  '%s' = '%s'", k, strings.ReplaceAll(v, "'", "''")))
	}
	sort.Strings(opts)
	return b + "\nWITH (\n" + strings.Join(opts, ",\n") + "\n)\n"
}

// columnType prints a type as SHOW CREATE TABLE does: STRING in full.
func columnType(t types.Type) string {
	s := t.String()
	if strings.HasPrefix(s, "STRING") {
		s = fmt.Sprintf("VARCHAR(%d)", types.MaxLen) + strings.TrimPrefix(s, "STRING")
	}
	return s
}

func quoted(names []string) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = "`" + n + "`"
	}
	return strings.Join(parts, ", ")
}
