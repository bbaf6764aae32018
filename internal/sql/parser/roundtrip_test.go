package parser

import (
	"fmt"
	"reflect"

	"weir/internal/sql/ast"
)

// roundTrip prints s, parses that, and says what differs; "" when nothing does.
// It strips s of its positions.
func roundTrip(s ast.Statement) string {
	text := ast.SQL(s)
	again, err := Parse(text)
	if err != nil {
		return fmt.Sprintf("printed as %s\nwhich does not parse: %v", text, err)
	}
	if twice := ast.SQL(again); twice != text {
		return fmt.Sprintf("printed as %s\nand then as %s", text, twice)
	}
	strip(reflect.ValueOf(s))
	strip(reflect.ValueOf(again))
	if !reflect.DeepEqual(s, again) {
		return fmt.Sprintf("printed as %s\nwhich is another tree", text)
	}
	return ""
}

var atType = reflect.TypeFor[ast.At]()

// strip zeroes every position below v.
func strip(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			strip(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			strip(v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == atType {
			v.SetZero()
			return
		}
		for i := range v.NumField() {
			strip(v.Field(i))
		}
	}
}
