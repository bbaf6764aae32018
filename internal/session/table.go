package session

import (
	"context"
	"fmt"
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/bind"
	"weir/internal/sql/catalog"
)

// createTable declares a table. Types and names are checked now; options when
// the table is first used, as in Flink; computed columns and the watermark are
// bound now so that a mistake is reported where it is written.
func (s *Session) createTable(ctx context.Context, st *ast.CreateTable) (*Result, error) {
	if len(st.Connection) > 0 {
		return nil, s.refuseKind(st, "USING", ast.ConnectionObject)
	}
	if st.As != nil {
		return s.createTableAs(ctx, st)
	}
	p := s.catalog.Path(st.Name.Strings())
	if exists, err := s.catalog.Free(p, st.Temporary, st.IfNotExists || st.OrReplace); err != nil || exists && !st.OrReplace {
		return done(st.Name, err)
	}
	t := &catalog.Table{Path: p, Options: map[string]string{}, Temporary: st.Temporary}
	m := merge{}
	if st.Like != nil {
		if err := s.like(st.Like, t, &m); err != nil {
			return nil, err
		}
	}
	if err := declare(st, t, m); err != nil {
		return nil, err
	}
	if err := s.checkDeclared(st, t); err != nil {
		return nil, err
	}
	s.catalog.Put(p, catalog.Object{Table: t})
	return ok(), nil
}

// checkDeclared checks the names in a declaration and binds its expressions.
func (s *Session) checkDeclared(st *ast.CreateTable, t *catalog.Table) error {
	if err := checkTable(st, t); err != nil {
		return err
	}
	_, err := s.binder().Declared(st.At, t)
	return err
}

// declare adds what the statement itself says to what LIKE brought.
func declare(st *ast.CreateTable, t *catalog.Table, m merge) error {
	for _, c := range st.Columns {
		col, err := column(c)
		if err != nil {
			return err
		}
		if err := m.column(&c, t, col); err != nil {
			return err
		}
		if c.Constraint != nil {
			if err := m.primaryKey(t, c.Constraint, []ast.Ident{{At: c.At, Name: col.Name}}); err != nil {
				return err
			}
		}
	}
	for i := range st.Constraints {
		if err := m.primaryKey(t, &st.Constraints[i], st.Constraints[i].Columns); err != nil {
			return err
		}
	}
	if st.Watermark != nil {
		if err := m.watermark(t, st.Watermark); err != nil {
			return err
		}
	}
	if err := m.layout(st, t); err != nil {
		return err
	}
	for _, o := range st.Options {
		if err := m.option(t, o); err != nil {
			return err
		}
	}
	t.Comment = text(st.Comment)
	return nil
}

// column is a column's declaration with its type resolved.
func column(c ast.Column) (catalog.Column, error) {
	col := catalog.Column{Name: c.Name.Last(), Computed: c.Expr, Virtual: c.Virtual, Comment: text(c.Comment)}
	var err error
	if c.Type != nil {
		col.Type, err = bind.Type(c.Type)
	}
	if c.Kind == ast.Metadata {
		col.Metadata = col.Name
		if c.MetaKey != nil {
			col.Metadata = c.MetaKey.Value
		}
	}
	return col, err
}

func watermark(w *ast.Watermark) *catalog.Watermark {
	return &catalog.Watermark{Column: strings.Join(w.Column.Strings(), "."), Expr: w.Expr, Text: ast.Lines(w.Expr)}
}

func distribution(d *ast.Distribution) *catalog.Distribution {
	if d == nil {
		return nil
	}
	to := &catalog.Distribution{Kind: d.Kind, Buckets: d.Buckets}
	for _, c := range d.Columns {
		to.Columns = append(to.Columns, c.Name)
	}
	return to
}

func primaryKey(t *catalog.Table, c *ast.Constraint, cols []ast.Ident) error {
	if c.Unique {
		return errs.New(errs.Invalid, "sql.constraint", "UNIQUE constraint is not supported yet").At(c.Pos())
	}
	if c.Enforced != ast.NotEnforced {
		return errs.New(errs.Invalid, "sql.constraint", "Flink doesn't support ENFORCED mode for PRIMARY KEY constraint. ENFORCED/NOT ENFORCED controls if the constraint checks are performed on the incoming/outgoing data. Flink does not own the data therefore the only supported mode is the NOT ENFORCED mode").At(c.Pos())
	}
	if t.PrimaryKey != nil {
		return errs.New(errs.Invalid, "sql.constraint", "Duplicate primary key definition").At(c.Pos())
	}
	for _, id := range cols {
		t.PrimaryKey = append(t.PrimaryKey, id.Name)
	}
	if t.KeyName = c.Name.Name; t.KeyName == "" {
		t.KeyName = "PK_" + strings.Join(t.PrimaryKey, "_")
	}
	return nil
}

// checkTable checks names that refer to columns.
func checkTable(st *ast.CreateTable, t *catalog.Table) error {
	byName := map[string]int{}
	for i, c := range t.Columns {
		if _, twice := byName[c.Name]; twice {
			return errs.New(errs.Invalid, "sql.duplicate-column", "A regular Column named '%s' already exists in the table.", c.Name).At(st.Pos())
		}
		byName[c.Name] = i
	}
	for _, k := range t.PrimaryKey {
		i, ok := byName[k]
		if !ok {
			return errs.New(errs.Invalid, "sql.column-not-found", "Primary key column '%s' is not defined in the schema at %s", k, keyPlace(st, k))
		}
		t.Columns[i].Type.NotNull = true
	}
	if d := t.Distribution; d != nil {
		for _, c := range d.Columns {
			if i, ok := byName[c]; !ok || !t.Columns[i].Physical() {
				return invalid(st, "distribution", "Invalid bucket key '%s'. A bucket key for a distribution must reference a physical column in the schema. Available columns are: [%s]",
					c, strings.Join(bareNames(t), ", "))
			}
		}
	}
	for i, k := range t.PartitionKeys {
		if _, ok := byName[k]; !ok {
			at := st.Pos()
			if i < len(st.PartitionBy) {
				at = st.PartitionBy[i].Pos()
			}
			return errs.New(errs.Invalid, "sql.column-not-found", "Partition column '%s' not defined in the table schema. Available columns: [%s]", k, columnNames(t)).At(at)
		}
	}
	return nil
}

// keyPlace is where the statement names a column of the primary key.
func keyPlace(st *ast.CreateTable, column string) string {
	at := st.At
	for _, c := range st.Constraints {
		for _, id := range c.Columns {
			if id.Name == column {
				at = id.At
			}
		}
	}
	return fmt.Sprintf("line %d, column %d", at.Line, at.Col)
}

func bareNames(t *catalog.Table) []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

func columnNames(t *catalog.Table) string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = "'" + c.Name + "'"
	}
	return strings.Join(names, ", ")
}
