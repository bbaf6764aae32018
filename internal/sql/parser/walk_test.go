package parser

import (
	"reflect"
	"testing"

	"weir/internal/sql/ast"
)

// TestWalk compares the nodes that Walk visits with those that reflection finds.
func TestWalk(t *testing.T) {
	for _, sql := range statements(t) {
		s, err := Parse(sql)
		if err != nil {
			t.Fatal(err)
		}
		want := map[ast.Node]bool{}
		find(reflect.ValueOf(s), want)
		got := map[ast.Node]bool{}
		ast.Walk(s, func(n ast.Node) bool {
			if got[n] {
				t.Errorf("%s: %T is visited twice", sql, n)
			}
			got[n] = true
			return true
		})
		for n := range want {
			if !got[n] {
				t.Errorf("%s: %T at %v is not visited", sql, n, n.Pos())
			}
			if n.Pos().IsZero() {
				t.Errorf("%s: %T has no position", sql, n)
			}
		}
		for n := range got {
			if !want[n] {
				t.Errorf("%s: %T is visited and is not below", sql, n)
			}
		}
	}
}

// find collects the statements, table references and expressions below v, but
// for strings that are part of their node (COMMENT 'x').
func find(v reflect.Value, nodes map[ast.Node]bool) {
	switch v.Kind() {
	case reflect.Interface:
		find(v.Elem(), nodes)
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		switch n := v.Interface().(type) {
		case ast.Statement, ast.TableRef, ast.Expr:
			nodes[n.(ast.Node)] = true
		}
		find(v.Elem(), nodes)
	case reflect.Slice:
		for i := range v.Len() {
			find(v.Index(i), nodes)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.Type() != reflect.TypeFor[*ast.String]() && f.Type() != reflect.TypeFor[[]*ast.String]() {
				find(f, nodes)
			}
		}
	}
}
