package lint

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// root is the top of the tree as seen from this package's directory.
const root = "../.."

// file is one Go file of the tree.
type file struct {
	path  string // from the root, with slashes
	test  bool   // _test.go
	zz    bool   // generated
	lines int
	ast   *ast.File
}

// pkg is the directory the file stands in, from the root.
func (f *file) pkg() string { return path.Dir(f.path) }

// name is how the policy calls the file's package: without internal/.
func (f *file) name() string { return short(f.pkg()) }

// product says whether the file is part of what runs inside weir: tests and
// developers' programs (package main) may look at the clock and the machine.
func (f *file) product() bool {
	return !f.test && f.ast.Name.Name != "main" && (strings.HasPrefix(f.path, "internal/") || strings.HasPrefix(f.path, "cmd/"))
}

// tree is every Go file and what is needed to say where something stands.
type tree struct {
	fset  *token.FileSet
	files []*file
}

var load = sync.OnceValues(func() (*tree, error) {
	t := &tree{fset: token.NewFileSet()}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipDir(p, d)
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		return t.add(p)
	})
	return t, err
})

// skipDir leaves out what is not source: hidden folders, test data, what was built.
func skipDir(p string, d fs.DirEntry) error {
	name := d.Name()
	if p != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
		return fs.SkipDir
	}
	return nil
}

func (t *tree) add(p string) error {
	text, err := os.ReadFile(p)
	if err != nil {
		return err
	}
	parsed, err := parser.ParseFile(t.fset, p, text, parser.ParseComments)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(root, p)
	if err != nil {
		return err
	}
	base := filepath.Base(p)
	t.files = append(t.files, &file{
		path:  filepath.ToSlash(rel),
		test:  strings.HasSuffix(base, "_test.go"),
		zz:    strings.HasPrefix(base, "zz_"),
		lines: strings.Count(string(text), "\n"),
		ast:   parsed,
	})
	return nil
}

// source is the tree, or the end of the test.
func source(t *testing.T) *tree {
	t.Helper()
	s, err := load()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.files) < 100 {
		t.Fatalf("found %d Go files only: the walk from %s is wrong", len(s.files), root)
	}
	return s
}

// at is where a node stands, as an editor takes it.
func (t *tree) at(f *file, n ast.Node) string {
	return fmt.Sprintf("%s:%d", f.path, t.fset.Position(n.Pos()).Line)
}

// span counts the lines of a node.
func (t *tree) span(n ast.Node) int {
	return t.fset.Position(n.End()).Line - t.fset.Position(n.Pos()).Line + 1
}

// imports lists what a file imports.
func (f *file) imports() []string {
	var out []string
	for _, s := range f.ast.Imports {
		p, err := strconv.Unquote(s.Path.Value)
		if err == nil {
			out = append(out, p)
		}
	}
	return out
}

// importName is the name under which a file knows an import path, or "".
func (f *file) importName(want string) string {
	for _, s := range f.ast.Imports {
		p, _ := strconv.Unquote(s.Path.Value)
		if p != want {
			continue
		}
		if s.Name != nil {
			return s.Name.Name
		}
		return path.Base(p)
	}
	return ""
}

// short is a package's name in policy and exceptions: its path below internal/.
func short(p string) string { return strings.TrimPrefix(strings.TrimPrefix(p, "weir/"), "internal/") }

// local says whether an import path is ours.
func local(p string) bool { return strings.HasPrefix(p, "weir/") }

// matches says whether name is pattern, or lies below it when pattern ends in /….
func matches(pattern, name string) bool {
	if stem, ok := strings.CutSuffix(pattern, "/…"); ok {
		return name == stem || strings.HasPrefix(name, stem+"/")
	}
	return pattern == name
}

// matchesAny says whether one of the patterns, parted by space, matches.
func matchesAny(patterns, name string) bool {
	for p := range strings.FieldsSeq(patterns) {
		if matches(p, name) {
			return true
		}
	}
	return false
}

// sorted lists a map's keys in order.
func sorted[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
