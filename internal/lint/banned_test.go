package lint

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// seams are the packages that hold the outside: clocks, files, processes.
const seams = "clock vfs/… obs cmd/… runner/…"

// banned are names of the standard library that stand for hidden input.
var banned = []struct {
	path   string
	names  *regexp.Regexp
	remedy string
}{
	{"time", regexp.MustCompile(`^(Now|Sleep|After|AfterFunc|NewTimer|NewTicker|Tick|Since|Until)$`), "take a clock.Clock as an argument"},
	{"os", regexp.MustCompile(`^[A-Z]`), "take a vfs.FS, an io.Reader or the value itself as an argument"},
	{"crypto/rand", regexp.MustCompile(`^(Reader|Read|Int|Prime|Text)$`), "take an io.Reader of random bytes as an argument"},
	{"net/http", regexp.MustCompile(`^(DefaultClient|DefaultTransport|DefaultServeMux|Get|Post|PostForm|Head|Handle|HandleFunc|ListenAndServe)$`),
		"take an *http.Client or build the server's own handler"},
	{"log", regexp.MustCompile(`^(Print|Fatal|Panic)`), "take an obs logger as an argument"},
	{"fmt", regexp.MustCompile(`^(Print|Println|Printf)$`), "write to an io.Writer that is passed in"},
}

// harmless are names of os that read nothing: errors and constants.
var harmless = regexp.MustCompile(`^(Err[A-Z]\w*|FileMode|FileInfo|PathError|DevNull|O_[A-Z]+|Mode[A-Z]\w*|Signal|Interrupt|SyscallError)$`)

func TestBannedCalls(t *testing.T) {
	s := source(t)
	ex := allowed(t, "banned call")
	for _, f := range s.files {
		if !f.product() || matchesAny(seams, f.name()) {
			continue
		}
		for _, b := range banned {
			local := f.importName(b.path)
			if local == "" {
				continue
			}
			ast.Inspect(f.ast, func(n ast.Node) bool {
				name, ok := selected(n, local)
				if ok && b.names.MatchString(name) && !(b.path == "os" && harmless.MatchString(name)) {
					ex.fail(t, f.name()+" "+b.path+"."+name, "%s: %s.%s: %s", s.at(f, n), b.path, name, b.remedy)
				}
				return true
			})
		}
	}
	ex.unused(t)
}

// selected is the name a node selects of the package known as local.
func selected(n ast.Node, local string) (string, bool) {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	x, ok := sel.X.(*ast.Ident)
	return sel.Sel.Name, ok && x.Name == local && x.Obj == nil
}

func TestNoInit(t *testing.T) {
	s := source(t)
	for _, f := range s.files {
		if f.test || f.zz {
			continue
		}
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s: func init: add a line to the one explicit list instead (connector/all, sql/fn, ops.go)", s.at(f, fn))
			}
		}
	}
}

// badNames say nothing of what is inside.
var badNames = regexp.MustCompile(`^(util|utils|common|helper|helpers|base|core|misc|shared|lib|tools)$`)

func TestPackageNames(t *testing.T) {
	for _, f := range source(t).files {
		if badNames.MatchString(f.ast.Name.Name) {
			t.Errorf("%s: a package called %s gathers everything: name the noun, or keep the code with its one user", f.path, f.ast.Name.Name)
		}
	}
}

// leftover finds notes to oneself; it is spelt so that it does not find itself.
var leftover = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b`)

func TestNoLeftovers(t *testing.T) {
	s := source(t)
	for _, f := range s.files {
		for _, group := range f.ast.Comments {
			for _, c := range group.List {
				if leftover.MatchString(c.Text) {
					t.Errorf("%s: %q: do it, or write an issue and say here what holds now", s.at(f, c), strings.TrimSpace(c.Text))
				}
			}
		}
	}
}

// stateful are types whose value changes: none may stand at package level.
var stateful = regexp.MustCompile(`^(sync\.(Mutex|RWMutex|Once|Map|Pool|WaitGroup|Cond)|atomic\.\w+)$`)

func TestNoMutablePackageState(t *testing.T) {
	s := source(t)
	ex := allowed(t, "package state")
	vars := map[string]map[string]*ast.ValueSpec{}
	for _, f := range s.files {
		if f.product() && !f.zz {
			s.packageVars(t, ex, f, vars)
		}
	}
	for _, f := range s.files {
		if f.product() && !f.zz {
			s.assignments(t, ex, f, vars[f.pkg()])
		}
	}
	ex.unused(t)
}

// packageVars gathers a file's package-level variables and fails those of a
// type that is state by itself.
func (s *tree) packageVars(t *testing.T, ex *exceptions, f *file, vars map[string]map[string]*ast.ValueSpec) {
	t.Helper()
	for _, d := range f.ast.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR {
			continue
		}
		for _, spec := range gen.Specs {
			v := spec.(*ast.ValueSpec)
			if typ := typeName(v); stateful.MatchString(typ) {
				ex.fail(t, f.name()+" "+v.Names[0].Name, "%s: package-level %s: make it a field of the thing that uses it", s.at(f, v), typ)
			}
			for _, n := range v.Names {
				if n.Name == "_" {
					continue
				}
				if vars[f.pkg()] == nil {
					vars[f.pkg()] = map[string]*ast.ValueSpec{}
				}
				vars[f.pkg()][n.Name] = v
			}
		}
	}
}

// typeName is the type of a variable as written, by declaration or literal.
func typeName(v *ast.ValueSpec) string {
	typ := v.Type
	if typ == nil && len(v.Values) == 1 {
		x := v.Values[0]
		if u, ok := x.(*ast.UnaryExpr); ok {
			x = u.X
		}
		if lit, ok := x.(*ast.CompositeLit); ok {
			typ = lit.Type
		}
	}
	if sel, ok := typ.(*ast.SelectorExpr); ok {
		if x, ok := sel.X.(*ast.Ident); ok {
			return x.Name + "." + sel.Sel.Name
		}
	}
	return ""
}

// assignments fails what changes a package-level variable after it was made.
func (s *tree) assignments(t *testing.T, ex *exceptions, f *file, vars map[string]*ast.ValueSpec) {
	t.Helper()
	changed := func(at ast.Node, x ast.Expr) {
		id := rootIdent(x)
		if id == nil || vars[id.Name] == nil || id.Obj != nil && id.Obj.Decl != vars[id.Name] {
			return
		}
		ex.fail(t, f.name()+" "+id.Name, "%s: %s is package-level and is changed here: make it a field, or an argument", s.at(f, at), id.Name)
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, x := range n.Lhs {
					changed(n, x)
				}
			}
		case *ast.IncDecStmt:
			changed(n, n.X)
		case *ast.CallExpr:
			if fn, ok := n.Fun.(*ast.Ident); ok && (fn.Name == "delete" || fn.Name == "clear") && len(n.Args) > 0 {
				changed(n, n.Args[0])
			}
		}
		return true
	})
}

// rootIdent is the variable an expression like x, x[i], *x or x.f changes.
func rootIdent(x ast.Expr) *ast.Ident {
	for {
		switch e := x.(type) {
		case *ast.Ident:
			return e
		case *ast.IndexExpr:
			x = e.X
		case *ast.SelectorExpr:
			x = e.X
		case *ast.StarExpr:
			x = e.X
		case *ast.ParenExpr:
			x = e.X
		default:
			return nil
		}
	}
}
