package session

import (
	"maps"
	"slices"
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
)

// alterTable alters a permanent table. The change is made on a copy, which
// takes the table's place when the whole of it has been found right.
func (s *Session) alterTable(st *ast.Alter) (*Result, error) {
	p := s.catalog.Path(st.Name.Strings())
	o := s.catalog.Permanent(p)
	switch {
	case o.IsZero() || !s.catalog.Temporary(p).IsZero():
		if st.IfExists {
			return ok(), nil
		}
		return nil, invalid(st.Name, "table-not-found", "Table %s doesn't exist or is a temporary table.", p.Quoted())
	case o.Table == nil:
		return nil, invalid(st.Name, "alter", "ALTER TABLE for a view is not allowed")
	}
	t := o.Table.Clone()
	switch a := st.Action.(type) {
	case *ast.Rename:
		return s.rename(st, p, "TABLE", a.To)
	case *ast.SetOptions:
		maps.Copy(t.Options, optionMap(a.Options))
	case *ast.ResetOptions:
		if err := resetKeys(a, t.Options, "ALTER TABLE", "connector"); err != nil {
			return nil, err
		}
	case *ast.AddPartitions:
		if err := addPartitions(a, t); err != nil {
			return nil, err
		}
	case *ast.DropPartitions:
		if err := dropPartitions(a, t); err != nil {
			return nil, err
		}
	default:
		if err := s.alterSchema(st.Action, t); err != nil {
			return nil, err
		}
	}
	s.catalog.Put(p, catalog.Object{Table: t})
	return ok(), nil
}

func notPartitioned(p catalog.Path) *errs.Error {
	return errs.New(errs.Invalid, "sql.partition", "Table %s.%s in catalog %s is not partitioned.", p.Database, p.Object, p.Catalog)
}

// specOf is a partition's values as text.
func specOf(items []ast.PartitionItem) map[string]string {
	spec := map[string]string{}
	for _, it := range items {
		switch v := it.Value.(type) {
		case nil:
		case *ast.String:
			spec[it.Key.Name] = v.Value
		default:
			spec[it.Key.Name] = ast.SQL(v)
		}
	}
	return spec
}

// partitionError is the failure of an ALTER TABLE about a partition.
func partitionError(a ast.Node, t *catalog.Table, verb string, items []ast.PartitionItem, cause *errs.Error) error {
	spec, keys := specOf(items), []string{}
	for _, it := range items {
		keys = append(keys, it.Key.Name+"="+spec[it.Key.Name])
	}
	return invalid(a, "partition", "Could not execute ALTER TABLE %s %s PARTITION (%s)", t.Path, verb, strings.Join(keys, ", ")).Because(cause)
}

// order are the keys of a partition in the order they were written.
func order(items []ast.PartitionItem) []string {
	keys := make([]string, len(items))
	for i, it := range items {
		keys[i] = it.Key.Name
	}
	return keys
}

func addPartitions(a *ast.AddPartitions, t *catalog.Table) error {
	verb := "ADD"
	if a.IfNotExists {
		verb = "ADD IF NOT EXISTS"
	}
	for _, part := range a.Partitions {
		spec := specOf(part.Items)
		fail := func(format string, args ...any) error {
			return partitionError(a, t, verb, part.Items, errs.New(errs.Invalid, "sql.partition", format, args...))
		}
		known := len(spec) == len(t.PartitionKeys)
		for _, k := range t.PartitionKeys {
			_, has := spec[k]
			known = known && has
		}
		switch text := specText(spec, order(part.Items)); {
		case len(t.PartitionKeys) == 0:
			return partitionError(a, t, verb, part.Items, notPartitioned(t.Path))
		case !known:
			return fail("PartitionSpec %s does not match partition keys [%s] of table %s.%s in catalog %s.",
				text, strings.Join(t.PartitionKeys, ", "), t.Path.Database, t.Path.Object, t.Path.Catalog)
		case partitionIndex(t, spec) >= 0 && a.IfNotExists:
			continue
		case partitionIndex(t, spec) >= 0:
			return fail("Partition %s of table %s.%s in catalog %s already exists.", text, t.Path.Database, t.Path.Object, t.Path.Catalog)
		}
		t.Partitions = append(t.Partitions, catalog.Partition{Values: spec, Options: optionMap(part.Options)})
	}
	return nil
}

func partitionIndex(t *catalog.Table, spec map[string]string) int {
	return slices.IndexFunc(t.Partitions, func(p catalog.Partition) bool { return maps.Equal(p.Values, spec) })
}

func dropPartitions(a *ast.DropPartitions, t *catalog.Table) error {
	verb := "DROP"
	if a.IfExists {
		verb = "DROP IF EXISTS"
	}
	for _, part := range a.Partitions {
		i := partitionIndex(t, specOf(part.Items))
		if i >= 0 {
			t.Partitions = slices.Delete(t.Partitions, i, i+1)
		} else if !a.IfExists {
			return partitionError(a, t, verb, part.Items, errs.New(errs.Invalid, "sql.partition", "Partition %s of table %s.%s in catalog %s does not exist.",
				specText(specOf(part.Items), order(part.Items)), t.Path.Database, t.Path.Object, t.Path.Catalog))
		}
	}
	return nil
}
