package hive

import "testing"

func TestParse(t *testing.T) {
	for _, c := range []struct{ in, out, duck, trino string }{
		{"STRING", "string", "VARCHAR", "varchar"},
		{"int", "int", "INTEGER", "integer"},
		{"integer", "int", "INTEGER", "integer"},
		{"decimal", "decimal(10,0)", "DECIMAL(10,0)", "decimal(10,0)"},
		{"decimal( 12 , 2 )", "decimal(12,2)", "DECIMAL(12,2)", "decimal(12,2)"},
		{"varchar(20)", "varchar(20)", "VARCHAR", "varchar(20)"},
		{"array<struct<a:int,b:map<string,double>>>", "array<struct<a:int,b:map<string,double>>>",
			`STRUCT("a" INTEGER, "b" MAP(VARCHAR, DOUBLE))[]`, "array(row(a integer, b map(varchar, double)))"},
	} {
		got, err := Parse(c.in)
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if got.String() != c.out || got.DuckDB() != c.duck || got.Trino() != c.trino {
			t.Errorf("%s: got %s, %s, %s", c.in, got, got.DuckDB(), got.Trino())
		}
	}
	for _, bad := range []string{"", "foo", "array<int", "map<int>", "decimal(39,0)", "int x", "struct<a>", "varchar(x)"} {
		if got, err := Parse(bad); err == nil {
			t.Errorf("%q must be refused, got %s", bad, got)
		}
	}
}
