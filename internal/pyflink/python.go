package pyflink

import (
	"strings"

	"weir/internal/engine/expr"
	"weir/internal/errs"
	"weir/internal/kernel"
	"weir/internal/pyflink/udf"
	"weir/internal/types"
)

// fold is the key of a function name, which is case-insensitive.
func fold(name string) string { return strings.ToLower(name) }

// python makes the kernels of an environment's functions.
func (s *Server) python(e *environment) expr.Python {
	return func(name string, args []types.Type, ret types.Type) (kernel.Func, error) {
		e.mu.Lock()
		f := e.functions[fold(name)]
		if f != nil && e.inline[f.Key] == name {
			name = f.Name // the user has not heard of the other
		}
		e.mu.Unlock()
		if f == nil {
			return nil, errs.New(errs.Bug, "pyflink.function", "no Python function %s was registered", name)
		}
		return s.cfg.Functions.Func(udf.Spec{Key: f.Key, Name: name, Args: args, Result: ret})
	}
}
