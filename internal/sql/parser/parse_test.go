package parser

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"weir/internal/errs"
	"weir/internal/sql/ast"
)

// TestPrint parses each statement of testdata/print and compares what is
// printed. Flink 2.2.0's own parser, asked once, makes the same tree of the
// statement and of the printed form.
func TestPrint(t *testing.T) {
	datadriven.Walk(t, "testdata/print", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			s, err := Parse(d.Input)
			if err != nil {
				return err.Error()
			}
			out := ast.SQL(s)
			if diff := roundTrip(s); diff != "" {
				d.Fatalf(t, "%s", diff)
			}
			return out
		})
	})
}

// TestVerdicts parses statements of which Flink 2.2.0's own parser said whether
// it takes them: "+" or "-", then the statement on one line.
func TestVerdicts(t *testing.T) {
	text, err := os.ReadFile("testdata/verdicts.txt")
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		_, err := Parse(line[2:])
		if (err == nil) != (line[0] == '+') {
			t.Errorf("verdicts.txt:%d: Flink says %c, we say %v: %s", i+1, line[0], err, line[2:])
		}
	}
}

var errorMark = regexp.MustCompile(`/\* ERROR "((?:[^"\\]|\\.)*)" \*/\s*`)

// TestErrors parses the texts of testdata/errors, which blank lines part. Each
// marks the place of its error with a comment before it that has (a part of) the
// message.
func TestErrors(t *testing.T) {
	files, err := filepath.Glob("testdata/errors/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, sql := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
			if msg := checkError(sql); msg != "" {
				t.Errorf("%s:\n%s\n%s", file, sql, msg)
			}
		}
	}
}

func checkError(sql string) string {
	m := errorMark.FindStringSubmatchIndex(sql)
	if m == nil {
		return "the text marks no error"
	}
	want := strings.ReplaceAll(sql[m[2]:m[3]], `\"`, `"`)
	before := sql[:m[1]]
	place := errs.Pos{Line: strings.Count(before, "\n") + 1,
		Col: len([]rune(before[strings.LastIndexByte(before, '\n')+1:])) + 1}
	_, err := ParseScript(sql)
	e, ok := err.(*errs.Error)
	switch {
	case !ok:
		return fmt.Sprintf("got %v, want an *errs.Error", err)
	case e.Kind != errs.Invalid || e.Code != CodeSyntax && e.Code != CodeIncomplete:
		return fmt.Sprintf("got kind %v, code %s", e.Kind, e.Code)
	case e.Pos != place:
		return fmt.Sprintf("got %v, want it at %v", e, place)
	case !strings.Contains(e.Error(), want):
		return fmt.Sprintf("got %v, want %q in it", e, want)
	}
	return ""
}

func TestScript(t *testing.T) {
	const sql = "-- first\nCREATE TABLE t (a INT);;\n\nBEGIN STATEMENT SET;\nINSERT INTO t\n  SELECT 1; END;  SELECT 'a;b' -- ; no\n"
	all, err := ParseScript(sql)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"2:1 CREATE TABLE t (a INT)", "4:1 BEGIN STATEMENT SET", "5:1 INSERT INTO t\n  SELECT 1", "6:13 END",
		"6:19 SELECT 'a;b'"}
	var got []string
	for _, s := range all {
		p := s.Pos()
		if sql[s.Start:s.End] != s.Text {
			t.Errorf("Start and End of %q do not enclose it", s.Text)
		}
		got = append(got, fmt.Sprintf("%d:%d %s", p.Line, p.Col, s.Text))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	all, err = ParseScript("SELECT 1;\nSELECT 2 FORM t x;\nSELECT 3")
	if len(all) != 1 || err == nil || err.(*errs.Error).Pos != (errs.Pos{Line: 2, Col: 10}) {
		t.Errorf("got %d statements and %v, want the one before the error, and it at 2:10", len(all), err)
	}
}

func TestComplete(t *testing.T) {
	for sql, want := range map[string]bool{
		"": false, "SELECT 1": false, "SELECT 1;": true, "SELECT 1; ": true, "SELECT 1; -- x": true, "SELECT ';": false,
		"/* ;": false, "SELECT `a;": false, "SELECT FROM;": true,
		"EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1;":      false,
		"EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END":  false,
		"EXECUTE STATEMENT SET BEGIN INSERT INTO t SELECT 1; END;": true,
	} {
		if got := Complete(sql); got != want {
			t.Errorf("Complete(%q) = %v", sql, got)
		}
	}
}

func TestParts(t *testing.T) {
	e, err := ParseExpr("a + 1")
	if err != nil || ast.SQL(e) != "`a` + 1" {
		t.Errorf("ParseExpr: %v", err)
	}
	ty, err := ParseType("ARRAY<INT NOT NULL> NOT NULL")
	if err != nil || ast.SQL(ty) != "ARRAY<INT NOT NULL> NOT NULL" {
		t.Errorf("ParseType: %v", err)
	}
	n, err := ParseName("c.`d e`.t")
	if err != nil || !slices.Equal(n.Strings(), []string{"c", "d e", "t"}) {
		t.Errorf("ParseName: %v, %v", n, err)
	}
	q, err := ParseQuery("SELECT 1")
	if err != nil || ast.SQL(q) != "SELECT 1" {
		t.Errorf("ParseQuery: %v", err)
	}
	if _, err := ParseQuery("SELECT 1;"); err == nil {
		t.Error("ParseQuery takes a semicolon")
	}
}

// TestDepth nests beyond the limit; without one the stack would run out.
func TestDepth(t *testing.T) {
	for _, open := range []string{"(", "NOT ", "- ", "f(", "ARRAY[", "CASE WHEN ", "a IN (", "(SELECT ", "CAST("} {
		_, err := Parse("SELECT " + strings.Repeat(open, 100_000) + "1")
		if err == nil || !strings.Contains(err.Error(), "nested") {
			t.Errorf("%q 100,000 times: %v", open, err)
		}
	}
	for _, open := range []string{"SELECT * FROM (", "SELECT * FROM ((", "CREATE TABLE t (a ARRAY<"} {
		rest := strings.TrimLeft(open[strings.LastIndexAny(open, " (")+1:], " ")
		_, err := Parse(open + strings.Repeat(open[len(open)-max(1, len(rest)):], 100_000))
		if err == nil {
			t.Errorf("%q nested 100,000 times is taken", open)
		}
	}
}
