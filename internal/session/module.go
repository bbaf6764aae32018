package session

import (
	"slices"
	"strings"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/types"
)

// coreModule has the built-in functions; there is no other module.
const coreModule = "core"

// modules are the modules loaded (ModuleManager), those in use first.
type modules struct {
	used, unused []string
}

func newModules() modules { return modules{used: []string{coreModule}} }

func (m *modules) loaded(name string) bool {
	return slices.Contains(m.used, name) || slices.Contains(m.unused, name)
}

// functions reports whether the built-in functions are listed.
func (m *modules) functions() bool { return slices.Contains(m.used, coreModule) }

func moduleError(at ast.Node, statement, format string, args ...any) *errs.Error {
	cause := errs.New(errs.Invalid, "sql.module", format, args...)
	return invalid(at, "module", "Could not execute %s.", statement).Because(cause)
}

func (s *Session) loadModule(st *ast.LoadModule) (*Result, error) {
	statement, name := "LOAD MODULE "+ast.QuoteIdent(st.Name.Name), st.Name.Name
	for _, o := range st.Options {
		if o.Key == "type" {
			return nil, moduleError(st, statement, "Option 'type' = '%s' is not supported since module name is used to find module", o.Value)
		}
	}
	switch {
	case s.modules.loaded(name):
		return nil, moduleError(st, statement, "A module with name '%s' already exists", name)
	case name != coreModule:
		return nil, moduleError(st, statement, "Unable to create module '%s'.\n\nModule options are:", name).Because(errs.New(errs.Invalid, "sql.module",
			"Could not find any factory for identifier '%s' that implements 'org.apache.flink.table.factories.ModuleFactory' in the classpath.\n\nAvailable factory identifiers are:\n\n%s", name, coreModule))
	}
	s.modules.used = append(s.modules.used, name)
	return ok(), nil
}

func (s *Session) unloadModule(st *ast.UnloadModule) (*Result, error) {
	name := st.Name.Name
	if !s.modules.loaded(name) {
		return nil, moduleError(st, "UNLOAD MODULE "+name, "No module with name '%s' exists", name)
	}
	other := func(n string) bool { return n == name }
	s.modules.used, s.modules.unused = slices.DeleteFunc(s.modules.used, other), slices.DeleteFunc(s.modules.unused, other)
	return ok(), nil
}

func (s *Session) useModules(st *ast.UseModules) (*Result, error) {
	var names []string
	for _, id := range st.Modules {
		names = append(names, id.Name)
	}
	statement := "USE MODULES: [" + strings.Join(names, ", ") + "]"
	for i, n := range names {
		if slices.Contains(names[:i], n) {
			return nil, moduleError(st.Modules[i], statement, "Module '%s' appears more than once", n)
		}
		if !s.modules.loaded(n) {
			return nil, moduleError(st.Modules[i], statement, "No module with name '%s' exists", n)
		}
	}
	all := append(slices.Clone(s.modules.used), s.modules.unused...)
	s.modules.used = names
	s.modules.unused = slices.DeleteFunc(all, func(n string) bool { return slices.Contains(names, n) })
	return ok(), nil
}

// showModules lists the modules in use; full, the others too.
func (s *Session) showModules(full bool) *Result {
	if !full {
		return rowsOf("module name", s.modules.used)
	}
	r := table([]string{"module name", "used"})
	r.Columns[1].Type = types.BooleanType
	for _, n := range s.modules.used {
		r.Rows = append(r.Rows, []*string{new(n), new("TRUE")})
	}
	for _, n := range s.modules.unused {
		r.Rows = append(r.Rows, []*string{new(n), new("FALSE")})
	}
	return r
}
