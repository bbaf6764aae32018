package lint

import (
	"go/ast"
	"testing"
)

const (
	fileAim, fileStop = 300, 600
	funcAim, funcStop = 40, 70
	caseStop          = 12 // a switch with longer cases is not flat
)

func TestFileSizes(t *testing.T) {
	ex := allowed(t, "file size")
	for _, f := range source(t).files {
		switch {
		case f.zz:
		case f.lines > fileStop:
			ex.fail(t, f.path, "%s: %d lines, the stop is %d: split it by what it is about", f.path, f.lines, fileStop)
		case f.lines > fileAim && !f.test:
			t.Logf("%s: %d lines; aim at %d", f.path, f.lines, fileAim)
		}
	}
	ex.unused(t)
}

func TestFunctionSizes(t *testing.T) {
	s := source(t)
	ex := allowed(t, "function size")
	for _, f := range s.files {
		if f.test || f.zz {
			continue
		}
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			if n := s.span(fn) - s.flatLines(fn.Body); n > funcStop {
				ex.fail(t, f.path+" "+fn.Name.Name, "%s: func %s has %d lines, the stop is %d: name its steps and part them"+
					" (a flat switch over kinds does not count)", s.at(f, fn), fn.Name.Name, n, funcStop)
			}
		}
	}
	ex.unused(t)
}

// flatLines counts the lines of the flat switches in a body: those with no
// case longer than caseStop.
func (t *tree) flatLines(body *ast.BlockStmt) int {
	n := 0
	ast.Inspect(body, func(node ast.Node) bool {
		var cases []ast.Stmt
		switch s := node.(type) {
		case *ast.SwitchStmt:
			cases = s.Body.List
		case *ast.TypeSwitchStmt:
			cases = s.Body.List
		default:
			return true
		}
		for _, c := range cases {
			if t.span(c) > caseStop {
				return true
			}
		}
		n += t.span(node)
		return false
	})
	return n
}
