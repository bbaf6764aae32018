package dialect

import (
	"strings"
	"testing"

	"weir/internal/athena/lex"
)

func TestTranslate(t *testing.T) {
	for in, want := range map[string]string{
		"SELECT a FROM default.t;":                     `SELECT a FROM "default" . t`,
		"select cast(x as array(array(varchar(3))))":   "select cast ( x as varchar ( 3 ) [] [] )",
		"values 1, (2), f(3, 4) order by 1":            "values ( 1 ), ( ( 2 ) ), ( f ( 3 , 4 ) ) order by 1",
		"select if(a, b), \"if\"":                      `select weir_if ( a , b ) , "if"`,
		"select cast(x as varbinary) -- ;\n from t":    "select cast ( x as blob ) from t",
		"EXPLAIN SELECT 1":                             "SELECT 1",
		"select * from t where user = 'a;b' qualify x": `select * from t where "user" = 'a;b' "qualify" x`,
	} {
		got, err := Translate(in)
		if err != nil || got.SQL != want {
			t.Errorf("%s: %q, %v", in, got.SQL, err)
		}
	}
	for in, want := range map[string]string{
		"select `a`":                 "line 1:8: backquoted identifiers are not supported",
		"select 1; drop table t":     "line 1:9: mismatched input ';'",
		"select cast(a as array(int": "line 1:18: mismatched input 'array'",
		"select 'x":                  "line 1:8: 'x is not closed",
		"explain analyze select 1":   "EXPLAIN ANALYZE",
	} {
		if _, err := Translate(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestOffset(t *testing.T) {
	got, err := Translate("SELECT   a,\n b FROM default.t")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a": "line 1:10", `"default"`: "line 2:9", "t": "line 2:17"} {
		at := strings.LastIndex(got.SQL, " "+name) + 1
		if p := lex.Position(got.Source, got.Offset(at)); p != want {
			t.Errorf("%s: %s", name, p)
		}
	}
}

func TestBind(t *testing.T) {
	got, err := Bind("SELECT '?' , ? FROM t WHERE a = ?", []string{"1", "'x?'"})
	if err != nil || got != "SELECT '?' , 1 FROM t WHERE a = 'x?'" {
		t.Errorf("%s, %v", got, err)
	}
	for _, p := range []string{"1; drop table t", "1) or (1", "1, 2", "", "(select 1)", "'x", "1 -- c"} {
		if got, err := Bind("select ?", []string{p}); err == nil {
			t.Errorf("%q must be refused: %s", p, got)
		}
	}
}

func TestFormats(t *testing.T) {
	for in, want := range map[string]string{"%Y-%m-%d %H:%i:%s.%f": "%Y-%m-%d %H:%M:%S.%f", "%M %e, %k": "%B %-d, %-H", "%T%%": "%H:%M:%S%%"} {
		if got, err := mysqlFormat(in); err != nil || got != want {
			t.Errorf("%s: %s, %v", in, got, err)
		}
	}
	if _, err := mysqlFormat("%U"); err == nil {
		t.Error("the letter U has no counterpart")
	}
	for in, want := range map[string]string{"yyyy-MM-dd'T'HH:mm:ss.SSS": "%Y-%m-%dT%H:%M:%S.%g", "h 'o''clock' a": "%-I o'clock %p"} {
		if got, err := jodaFormat(in); err != nil || got != want {
			t.Errorf("%s: %s, %v", in, got, err)
		}
	}
}

func TestClassify(t *testing.T) {
	for in, want := range map[string]Class{
		"select 1": Query, "(select 1)": Query, "WITH x AS (SELECT 1) SELECT 1": Query, "explain select 1": Explain, "show tables": DDL,
		"create table t as select 1": Unsupported, "create external table t (a int)": DDL, "insert into t values (1)": Unsupported,
		"copy t to 'x'": Unknown, "": Unknown, "attach 'x'": Unknown, "create view v as select 1": DDL,
	} {
		toks, err := lex.Tokens(in)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := Classify(toks); got != want {
			t.Errorf("%s: %d", in, got)
		}
	}
}
