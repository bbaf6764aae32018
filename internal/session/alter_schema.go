package session

import (
	"slices"
	"strings"

	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
)

// alterFailed is an error of ALTER TABLE as AlterSchemaConverter has it.
func alterFailed(at ast.Node, format string, args ...any) error {
	return invalid(at, "alter", "Failed to execute ALTER TABLE statement.\n"+format, args...)
}

// alterSchema changes columns, constraints, the watermark or the distribution
// of t, and checks what has become of it.
func (s *Session) alterSchema(action ast.AlterAction, t *catalog.Table) error {
	var err error
	switch a := action.(type) {
	case *ast.AddElements:
		err = alterElements(a, t)
	case *ast.AddDistribution:
		err = alterDistribution(a, t)
	case *ast.DropDistribution:
		if t.Distribution == nil {
			return invalid(a, "alter", "Table %s does not have a distribution to drop.", t.Path.Quoted())
		}
		t.Distribution = nil
	case *ast.DropWatermark:
		if t.Watermark == nil {
			return alterFailed(a, "The current table does not define any watermark strategy.")
		}
		t.Watermark = nil
	case *ast.DropConstraint:
		err = dropConstraint(a, t)
	case *ast.DropColumns:
		err = dropColumns(a, t)
	case *ast.RenameColumn:
		err = renameColumn(a, t)
	default:
		return s.refuse(&ast.Alter{At: ast.At{}, What: ast.TableObject, Action: action})
	}
	if err != nil {
		return err
	}
	return s.checkAltered(action, t)
}

// checkAltered checks a table as DefaultSchemaResolver does.
func (s *Session) checkAltered(at ast.Node, t *catalog.Table) error {
	for _, k := range t.PrimaryKey {
		i := t.Index(k)
		switch {
		case i < 0:
			return alterFailed(at, "Invalid primary key '%s'. Column '%s' does not exist.", t.KeyName, k)
		case !t.Columns[i].Physical():
			return alterFailed(at, "Invalid primary key '%s'. Column '%s' is not a physical column.", t.KeyName, k)
		}
		t.Columns[i].Type.NotNull = true
	}
	if d := t.Distribution; d != nil {
		for _, c := range d.Columns {
			if i := t.Index(c); i < 0 || !t.Columns[i].Physical() {
				return alterFailed(at, "Invalid bucket key '%s'. A bucket key for a distribution must reference a physical column in the schema. Available columns are: [%s]", c, strings.Join(bareNames(t), ", "))
			}
		}
	}
	for i, c := range t.Columns { // computed columns see the columns that are not
		if c.Computed == nil {
			continue
		}
		alone := *t
		alone.Watermark = nil
		alone.Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(o catalog.Column) bool { return o.Computed != nil && o.Name != c.Name })
		if _, err := s.binder().Declared(ast.At{}, &alone); err != nil {
			return invalid(at, "alter", "Failed to execute ALTER TABLE statement.\nInvalid expression for computed column '%s'.", t.Columns[i].Name).Because(err)
		}
	}
	if _, err := s.binder().Declared(ast.At{}, t); err != nil {
		return invalid(at, "alter", "Failed to execute ALTER TABLE statement.").Because(err)
	}
	return nil
}

// alterElements executes ADD and MODIFY.
func alterElements(a *ast.AddElements, t *catalog.Table) error {
	seen := map[string]bool{}
	for _, c := range a.Columns {
		name := c.Name.Last()
		switch i := t.Index(name); {
		case len(c.Name) > 1:
			return nested(c.Name)
		case seen[name]:
			return alterFailed(c.Name, "Encounter duplicate column `%s`.", name)
		case !a.Modify && i >= 0:
			return alterFailed(c.Name, "Column `%s` already exists in the table.", name)
		case a.Modify && i < 0:
			return alterFailed(c.Name, "Column `%s` does not exist in the table.", name)
		}
		seen[name] = true
		if err := placeColumn(c, t); err != nil {
			return err
		}
	}
	for i := range a.Constraints {
		if err := alterKey(a, t, &a.Constraints[i], a.Constraints[i].Columns); err != nil {
			return err
		}
	}
	for _, c := range a.Columns {
		if c.Constraint != nil {
			if err := alterKey(a, t, c.Constraint, []ast.Ident{c.Name[0]}); err != nil {
				return err
			}
		}
	}
	if a.Watermark == nil {
		return nil
	}
	switch {
	case !a.Modify && t.Watermark != nil:
		return alterFailed(a.Watermark, "The current table has already defined the watermark strategy `%s` AS %s. You might want to drop it before adding a new one.", t.Watermark.Column, t.Watermark.Text)
	case a.Modify && t.Watermark == nil:
		return alterFailed(a.Watermark, "The current table does not define any watermark. You might want to add a new one.")
	}
	t.Watermark = watermark(a.Watermark)
	return nil
}

func nested(name ast.Name) error {
	return unsupported(name, "alter", "Failed to execute ALTER TABLE statement.\nAltering the nested row type %s is not supported yet.", ast.SQL(name))
}

// placeColumn adds a column, or puts it in the place of the one of its name.
func placeColumn(c ast.Column, t *catalog.Table) error {
	col, err := column(c)
	if err != nil {
		return err
	}
	at := t.Index(col.Name)
	if at >= 0 {
		if col.Comment == "" {
			col.Comment = t.Columns[at].Comment
		}
		if c.Place == nil {
			t.Columns[at] = col
			return nil
		}
		t.Columns = slices.Delete(t.Columns, at, at+1)
	}
	to := len(t.Columns)
	if c.Place != nil {
		to = 0
		if len(c.Place.After) > 0 {
			if to = t.Index(c.Place.After.Last()) + 1; to == 0 {
				return alterFailed(c.Place, "Referenced column `%s` by 'AFTER' does not exist in the table.", c.Place.After.Last())
			}
		}
	}
	t.Columns = slices.Insert(t.Columns, to, col)
	return nil
}

// alterKey adds or replaces the primary key.
func alterKey(a *ast.AddElements, t *catalog.Table, c *ast.Constraint, cols []ast.Ident) error {
	switch {
	case c.Unique || c.Enforced != ast.NotEnforced:
	case !a.Modify && t.PrimaryKey != nil:
		return alterFailed(c, "The current table has already defined the primary key constraint [%s]. You might want to drop it before adding a new one.", quoted(t.PrimaryKey))
	case a.Modify && t.PrimaryKey == nil:
		return alterFailed(c, "The current table does not define any primary key constraint. You might want to add a new one.")
	}
	t.PrimaryKey = nil
	return primaryKey(t, c, cols)
}

func alterDistribution(a *ast.AddDistribution, t *catalog.Table) error {
	switch {
	case !a.Modify && t.Distribution != nil:
		return alterFailed(a, "The current table has already defined the distribution '%s'. You can modify it or drop it before adding a new one.", distributionText(t.Distribution))
	case a.Modify && t.Distribution == nil:
		return alterFailed(a, "The current table does not define any distribution. You might want to add a new one.")
	}
	t.Distribution = distribution(a.Distribution)
	return nil
}

func dropConstraint(a *ast.DropConstraint, t *catalog.Table) error {
	switch {
	case t.PrimaryKey == nil:
		return alterFailed(a, "The current table does not define any primary key.")
	case !a.Primary && a.Name.Name != t.KeyName:
		return alterFailed(a, "The current table does not define a primary key constraint named '%s'. Available constraint name: ['%s'].", a.Name.Name, t.KeyName)
	}
	t.PrimaryKey, t.KeyName = nil, ""
	return nil
}

// checkReferences refuses to take away or rename a column that something else
// names; gone are the columns that go with it.
func checkReferences(at ast.Node, t *catalog.Table, name string, gone map[string]bool) error {
	for _, c := range t.Columns {
		if c.Computed != nil && !gone[c.Name] && refersTo(c.Computed, name) {
			return alterFailed(at, "The column `%s` is referenced by computed column `%s`.", name, c.Name)
		}
	}
	switch {
	case slices.Contains(t.PartitionKeys, name):
		return alterFailed(at, "The column `%s` is used as the partition keys.", name)
	case t.Watermark != nil && (t.Watermark.Column == name || refersTo(t.Watermark.Expr, name)):
		return alterFailed(at, "The column `%s` is referenced by watermark expression.", name)
	case t.Distribution != nil && slices.Contains(t.Distribution.Columns, name):
		return alterFailed(at, "The column `%s` is used as a distribution key.", name)
	}
	return nil
}

func refersTo(e ast.Expr, name string) bool {
	found := false
	ast.Walk(e, func(n ast.Node) bool {
		if r, ok := n.(*ast.Ref); ok && r.Parts[0].Name == name {
			found = true
		}
		return !found
	})
	return found
}

func dropColumns(a *ast.DropColumns, t *catalog.Table) error {
	gone := map[string]bool{}
	for _, n := range a.Columns {
		switch {
		case len(n) > 1:
			return nested(n)
		case gone[n.Last()]:
			return alterFailed(n, "Duplicate column `%s`.", n.Last())
		case t.Index(n.Last()) < 0:
			return alterFailed(n, "The column `%s` does not exist in the base table.", n.Last())
		}
		gone[n.Last()] = true
	}
	for _, n := range a.Columns {
		if err := checkReferences(n, t, n.Last(), gone); err != nil {
			return err
		}
		if slices.Contains(t.PrimaryKey, n.Last()) {
			return alterFailed(n, "The column `%s` is used as the primary key.", n.Last())
		}
	}
	t.Columns = slices.DeleteFunc(t.Columns, func(c catalog.Column) bool { return gone[c.Name] })
	return nil
}

func renameColumn(a *ast.RenameColumn, t *catalog.Table) error {
	from, to := a.From.Last(), a.To.Last()
	i := t.Index(from)
	switch {
	case len(a.From) > 1:
		return nested(a.From)
	case i < 0:
		return alterFailed(a.From, "The column `%s` does not exist in the base table.", from)
	}
	if err := checkReferences(a.From, t, from, nil); err != nil {
		return err
	}
	if t.Index(to) >= 0 {
		return alterFailed(a.To, "The column `%s` already existed in table schema.", to)
	}
	c := &t.Columns[i]
	if c.Name = to; c.Metadata == "" {
		for k, key := range t.PrimaryKey {
			if key == from {
				t.PrimaryKey[k] = to
			}
		}
	}
	return nil
}
