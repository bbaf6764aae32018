package catalog

import (
	"maps"
	"slices"

	"weir/internal/errs"
)

// Table implements bind.Catalog.
func (m *Manager) Table(name []string) (*Table, *View) {
	o := m.Lookup(m.Path(name))
	return o.Table, o.View
}

// Lookup is the object of a path: the temporary one before the permanent one.
func (m *Manager) Lookup(p Path) Object {
	if o, ok := m.temporary[p]; ok {
		return o
	}
	return m.Permanent(p)
}

// Permanent is the object of a path that is in a catalog.
func (m *Manager) Permanent(p Path) Object {
	if db := m.Database(p); db != nil {
		return db.objects[p.Object]
	}
	return Object{}
}

// Temporary is the temporary object of a path.
func (m *Manager) Temporary(p Path) Object { return m.temporary[p] }

// Names implements bind.Catalog.
func (m *Manager) Names() []string {
	var names []string
	for p := range m.temporary {
		names = append(names, p.Object)
	}
	for _, c := range m.catalogs {
		for _, db := range c.databases {
			names = slices.AppendSeq(names, maps.Keys(db.objects))
		}
	}
	slices.Sort(names)
	return names
}

// Missing implements bind.Catalog: what Calcite says of a name that nothing has.
func (m *Manager) Missing(name []string) (what, within string) {
	switch n := len(name); {
	case n > 2 && m.catalogs[name[n-3]] == nil:
		return name[n-3], ""
	case n > 2 && m.catalogs[name[n-3]].databases[name[n-2]] == nil:
		return name[n-2], name[n-3]
	case n > 1 && m.Database(m.Path(name)) == nil:
		return name[n-2], ""
	case n > 1:
		p := m.Path(name)
		return p.Object, p.Catalog + "." + p.Database
	}
	return name[0], ""
}

// Paths are those of all objects.
func (m *Manager) Paths() []Path {
	seen := map[Path]bool{}
	for p := range m.temporary {
		seen[p] = true
	}
	for c, cat := range m.catalogs {
		for d, db := range cat.databases {
			for o := range db.objects {
				seen[Path{Catalog: c, Database: d, Object: o}] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b Path) int {
		if a.String() < b.String() {
			return -1
		}
		return 1
	})
}

// List are the names of a database's objects that keep takes, sorted; a
// temporary one stands for the permanent one it hides.
func (m *Manager) List(db Path, keep func(Object) bool) []string {
	names := map[string]bool{}
	if d := m.Database(db); d != nil {
		for n, o := range d.objects {
			names[n] = keep(o)
		}
	}
	for p, o := range m.temporary {
		if p.Catalog == db.Catalog && p.Database == db.Database {
			names[p.Object] = keep(o)
		}
	}
	maps.DeleteFunc(names, func(_ string, kept bool) bool { return !kept })
	return slices.Sorted(maps.Keys(names))
}

// AlreadyExist is Flink's TableAlreadyExistException.
func AlreadyExist(p Path) *errs.Error {
	return invalid("exists", "Table (or view) %s.%s already exists in Catalog %s.", p.Database, p.Object, p.Catalog)
}

// NotExist is Flink's TableNotExistException.
func NotExist(p Path) *errs.Error {
	return invalid("table-not-found", "Table (or view) %s.%s does not exist in Catalog %s.", p.Database, p.Object, p.Catalog)
}

// Free checks that an object can be created. exists tells that there is one and
// that IF NOT EXISTS was said.
func (m *Manager) Free(p Path, temporary, ifNotExists bool) (exists bool, err error) {
	if temporary {
		if m.temporary[p].IsZero() || ifNotExists {
			return !m.temporary[p].IsZero(), nil
		}
		return true, invalid("exists", "Temporary table '%s' already exists", p.Quoted())
	}
	wrap := func(cause *errs.Error) error {
		return invalid(cause.Code[len("sql."):], "Could not execute CreateTable in path %s", p.Quoted()).Because(cause)
	}
	switch {
	case m.catalogs[p.Catalog] == nil:
		return false, invalid("catalog-not-found", "Catalog %s does not exist.", p.Catalog)
	case m.Database(p) == nil:
		return false, wrap(DatabaseNotExist(p))
	case m.Permanent(p).IsZero():
		return false, nil
	case ifNotExists:
		return true, nil
	}
	return true, wrap(AlreadyExist(p))
}

// Put creates or replaces an object that Free, or a lookup, has let pass.
func (m *Manager) Put(p Path, o Object) {
	if o.Table != nil && o.Table.Temporary || o.View != nil && o.View.Temporary {
		m.temporary[p] = o
		return
	}
	m.Database(p).objects[p.Object] = o
}

// Drop drops a table, or a view; kind is "Table" or "View".
func (m *Manager) Drop(p Path, kind string, temporary, ifExists bool) error {
	is := func(o Object) bool { return kind == "Table" && o.Table != nil || kind == "View" && o.View != nil }
	if temporary {
		if !is(m.temporary[p]) {
			if ifExists {
				return nil
			}
			return invalid("not-found", "Temporary table or view with identifier '%s' does not exist.", p)
		}
		delete(m.temporary, p)
		return nil
	}
	if is(m.temporary[p]) {
		return invalid("temporary", "Temporary %s with identifier '%s' exists. Drop it first before removing the permanent %[1]s.",
			map[string]string{"Table": "table", "View": "view"}[kind], p.Quoted())
	}
	if !is(m.Permanent(p)) {
		if ifExists {
			return nil
		}
		return invalid("not-found", "%s with identifier '%s' does not exist.", kind, p)
	}
	delete(m.Database(p).objects, p.Object)
	return nil
}

// Rename gives a permanent object another name in its database.
func (m *Manager) Rename(p Path, to string) Path {
	db := m.Database(p)
	o := db.objects[p.Object]
	delete(db.objects, p.Object)
	p.Object = to
	if o.Table != nil {
		o.Table.Path = p
	} else {
		o.View.Path = p
	}
	db.objects[to] = o
	return p
}
