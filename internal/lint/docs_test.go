package lint

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

func TestPackagesHaveDocs(t *testing.T) {
	docs := map[string]string{}
	for _, f := range source(t).files {
		if f.test {
			continue
		}
		if f.ast.Doc != nil {
			docs[f.pkg()] += f.ast.Doc.Text()
		} else {
			docs[f.pkg()] += ""
		}
	}
	for _, pkg := range sorted(docs) {
		if len(strings.TrimSpace(docs[pkg])) < 40 {
			t.Errorf("%s: no package comment: say what it is for, its words, its invariants and what it must not do", pkg)
		}
	}
}

func TestExportedNamesHaveDocs(t *testing.T) {
	s := source(t)
	ex := allowed(t, "doc")
	for _, f := range s.files {
		if f.test || f.zz {
			continue
		}
		for _, d := range f.ast.Decls {
			for name, node := range undocumented(d) {
				ex.fail(t, f.path+" "+name, "%s: exported %s has no comment: say in a sentence what it is for", s.at(f, node), name)
			}
		}
	}
	ex.unused(t)
}

// undocumented yields the exported names a declaration leaves without a comment.
func undocumented(d ast.Decl) map[string]ast.Node {
	out := map[string]ast.Node{}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
			out[d.Name.Name] = d
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			undocumentedSpec(out, d, spec)
		}
	}
	return out
}

func undocumentedSpec(out map[string]ast.Node, d *ast.GenDecl, spec ast.Spec) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() && s.Doc == nil && s.Comment == nil && (d.Doc == nil || d.Lparen.IsValid()) {
			out[s.Name.Name] = s
		}
	case *ast.ValueSpec:
		// A comment over a group of constants is a comment on each of them.
		if d.Tok != token.CONST && d.Tok != token.VAR || d.Doc != nil || s.Doc != nil || s.Comment != nil {
			return
		}
		for _, n := range s.Names {
			if n.IsExported() {
				out[n.Name] = n
			}
		}
	}
}

// exportedReceiver says whether a function, or its receiver's type, can be
// named from outside. Methods that only satisfy a well-known interface say
// nothing a comment could add.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	switch d.Name.Name {
	case "String", "Error", "Unwrap", "Len", "Less", "Swap", "Read", "Write", "Close", "MarshalJSON", "UnmarshalJSON":
		return false
	}
	typ := d.Recv.List[0].Type
	for {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.IndexListExpr:
			typ = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}
