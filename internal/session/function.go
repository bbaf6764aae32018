package session

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"weir/internal/errs"
	"weir/internal/sql/ast"
	"weir/internal/sql/catalog"
	"weir/internal/sql/fn"
)

// RegisterFunction makes a user's function known.
func (s *Session) RegisterFunction(f *catalog.Function) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.catalog.Register(f)
}

// createFunction answers CREATE FUNCTION: a function needs its program.
func (s *Session) createFunction(st *ast.CreateFunction) (*Result, error) {
	switch lang := st.Language; lang {
	case "", "JAVA", "SCALA":
		return nil, needsFlink(st, "function '"+st.Name.Last()+"'", map[string]string{"": "Java", "JAVA": "Java", "SCALA": "Scala"}[lang])
	case "PYTHON":
		return nil, errs.New(errs.Unsupported, "function.python",
			"CREATE FUNCTION … LANGUAGE PYTHON is not supported by this version of Weir").At(st.Pos()).
			WithHint("register the function from the PyFlink program: create_temporary_function('%s', f)", st.Name.Last())
	default:
		return nil, unsupported(st, "function", "functions written in %s are not supported by Weir", lang)
	}
}

// alterFunction answers ALTER FUNCTION: no function of a catalog can be there.
func (s *Session) alterFunction(st *ast.AlterFunction) (*Result, error) {
	switch {
	case st.System:
		return nil, invalid(st, "function", "Alter temporary system function is not supported")
	case st.Temporary:
		return nil, invalid(st, "function", "Alter temporary catalog function is not supported")
	case st.IfExists:
		return ok(), nil
	}
	return nil, placed(st.Name, catalog.FunctionNotExist(s.catalog.Path(st.Name.Strings())))
}

// functionNames lists functions; user, only those of the user.
func (s *Session) functionNames(db catalog.Path, user bool) []string {
	names := s.catalog.Functions(db)
	if !user && s.modules.functions() {
		for _, n := range s.funcs.Names() {
			if !strings.ContainsFunc(n, notInNames) { // operators are no functions
				names = append(names, strings.ToLower(n))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func notInNames(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// describeFunction tells of a user's or a built-in function.
func (s *Session) describeFunction(st *ast.Describe) (*Result, error) {
	name := st.Name.Strings()
	if f := s.catalog.Function(name); f != nil {
		values := []string{"is system function", strconv.FormatBool(f.System), "is temporary", "true"}
		if st.Extended {
			values = append(values, "kind", "SCALAR", "requirements", "[]", "is deterministic", strconv.FormatBool(f.Deterministic),
				"supports constant folding", "true", "signature", userSignature(f))
		}
		return pairs(values...), nil
	}
	var def *fn.Def
	if len(name) == 1 && s.modules.functions() {
		def = s.funcs.Lookup(name[0])
	}
	if def == nil {
		var quoted []string
		for _, n := range name {
			quoted = append(quoted, ast.QuoteIdent(n))
		}
		return nil, invalid(st.Name, "not-found", "Function with the identifier '%s' doesn't exist.", strings.Join(quoted, "."))
	}
	values := []string{"is system function", "true", "is temporary", "false"}
	if st.Extended {
		kind := "SCALAR"
		if def.Class != fn.Scalar {
			kind = "AGGREGATE"
		}
		values = append(values, "kind", kind, "requirements", "[]", "is deterministic", strconv.FormatBool(!def.Volatile),
			"supports constant folding", "true", "signature", def.Signature(name[0]))
	}
	return pairs(values...), nil
}

func userSignature(f *catalog.Function) string {
	if f.Args == nil {
		return f.Name + "(*)"
	}
	args := make([]string, len(f.Args))
	for i, a := range f.Args {
		args[i] = a.String()
	}
	return f.Name + "(" + strings.Join(args, ", ") + ")"
}
