package catalog

import (
	"maps"
	"slices"

	"weir/internal/errs"
)

// Function implements bind.Catalog: a system function, then one of a database.
// All are temporary: a function of a catalog would outlive the program that has
// its code.
func (m *Manager) Function(name []string) *Function {
	if len(name) == 1 {
		if f := m.system[fold(name[0])]; f != nil {
			return f
		}
	}
	return m.functions[m.functionPath(name)]
}

// functionPath is the path of a function, whose name is told without case.
func (m *Manager) functionPath(name []string) Path {
	p := m.Path(name)
	p.Object = fold(p.Object)
	return p
}

// Register makes a temporary function known.
func (m *Manager) Register(f *Function) {
	if f.System {
		m.system[fold(f.Name)] = f
		return
	}
	m.functions[m.functionPath(append(slices.Clone(f.Qualifier), f.Name))] = f
}

// FunctionNotExist is Flink's exception of that name.
func FunctionNotExist(p Path) *errs.Error {
	return invalid("not-found", "Function %s.%s does not exist in Catalog %s.", p.Database, p.Object, p.Catalog)
}

// DropFunction drops a function of a database, which only a temporary one can be.
func (m *Manager) DropFunction(name []string, temporary, ifExists bool) error {
	p, named := m.functionPath(name), m.Path(name)
	if temporary {
		if m.functions[p] == nil && !ifExists {
			return invalid("not-found", "Temporary catalog function %s doesn't exist", named.Quoted())
		}
		delete(m.functions, p)
		return nil
	}
	if ifExists {
		return nil
	}
	return FunctionNotExist(named)
}

// DropSystem drops a temporary system function.
func (m *Manager) DropSystem(name string, ifExists bool) error {
	if m.system[fold(name)] == nil && !ifExists {
		return invalid("not-found", "Could not drop temporary system function. A function named '%s' doesn't exist.", name)
	}
	delete(m.system, fold(name))
	return nil
}

// Functions are the names of the user's functions in reach from a database,
// in lower case and sorted.
func (m *Manager) Functions(db Path) []string {
	names := map[string]bool{}
	for n := range m.system {
		names[n] = true
	}
	for p := range m.functions {
		if p.Catalog == db.Catalog && p.Database == db.Database {
			names[p.Object] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}
