package ddl

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// TestParse runs testdata: a statement, then its fields that are set.
func TestParse(t *testing.T) {
	datadriven.RunTest(t, "testdata/statements.txt", func(t *testing.T, d *datadriven.TestData) string {
		s, err := Parse(d.Input)
		if err != nil {
			return err.Error() + "\n"
		}
		var b strings.Builder
		v := reflect.ValueOf(*s)
		for i := range v.NumField() {
			if f := v.Field(i); !f.IsZero() && (f.Kind() != reflect.Map || f.Len() > 0) {
				text := fmt.Sprintf("%v", f.Interface())
				if f.Kind() == reflect.String || f.Kind() == reflect.Map {
					text = fmt.Sprintf("%q", f.Interface())
				}
				fmt.Fprintf(&b, "%s: %s\n", v.Type().Field(i).Name, text)
			}
		}
		return b.String()
	})
}
