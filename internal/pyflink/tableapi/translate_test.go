package tableapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"weir/internal/errs"
	"weir/internal/pyflink/tableapi"
	"weir/internal/session"
	"weir/internal/sql/ast"
	"weir/internal/sql/parser"
	"weir/internal/types"
)

const tables = `
CREATE TABLE ticks (ticker STRING, price DOUBLE, volume BIGINT, event_time TIMESTAMP(3),
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND) WITH ('connector' = 'x');
CREATE TABLE trades (id BIGINT, symbol STRING, amount DOUBLE, traded_at TIMESTAMP(3),
  WATERMARK FOR traded_at AS traded_at) WITH ('connector' = 'x');`

// scope is a session with the tables; calls of Python functions get a name
// that the test can foresee.
type scope struct{ *session.Session }

func (s scope) Inline(f *tableapi.Function) (string, error) { return "inline_" + f.Name, nil }

func (s scope) Schema(q ast.Query) ([]types.Field, error) { return s.Session.Schema(q) }

// TestQueries checks that a Table API program is the SQL it should be: the
// Python package makes the tree, and the translated tree prints as the parsed
// SQL does. What is translated is bound, too, as far as its functions are there.
func TestQueries(t *testing.T) {
	s := scope{session.New(session.Config{})}
	script, err := parser.ParseScript(tables)
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range script {
		if _, err := s.Execute(t.Context(), st.Statement); err != nil {
			t.Fatal(err)
		}
	}
	tr := tableapi.New(s)
	trees := evaluate(t, "testdata/queries.txt")
	n := 0
	var unbound []string // told at the end: datadriven stops at the first failure
	datadriven.RunTest(t, "testdata/queries.txt", func(t *testing.T, d *datadriven.TestData) string {
		made := trees[n]
		n++
		if made.Error != "" {
			return "error: " + made.Error + "\n"
		}
		q, err := tr.Query(made.Tree)
		if err != nil {
			return "error: " + err.Error() + "\n"
		}
		if strings.HasPrefix(d.Expected, "error:") {
			return ast.SQL(q) + "\n"
		}
		want, err := parser.ParseQuery(d.Expected)
		if err != nil {
			t.Fatalf("%s: the expected SQL: %v", d.Pos, err)
		}
		if got := ast.SQL(q); got != ast.SQL(want) {
			return got + "\n"
		}
		_, err = s.Schema(q)
		if err != nil && errs.KindOf(err) != errs.Unsupported && errs.CodeOf(err) != "sql.function-not-found" {
			unbound = append(unbound, fmt.Sprintf("%s: does not bind: %v\n%s", d.Pos, err, d.Expected))
		}
		return d.Expected
	})
	for _, u := range unbound {
		t.Error(u)
	}
}

type made struct {
	Tree  *tableapi.Tree
	Error string
}

// evaluate has Python evaluate the programs of a file, in one process.
func evaluate(t *testing.T, file string) []made {
	t.Helper()
	var programs []string
	datadriven.RunTest(t, file, func(_ *testing.T, d *datadriven.TestData) string {
		programs = append(programs, d.Input)
		return d.Expected
	})
	in, err := json.Marshal(programs)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python(), "../../../python/tests/trees.py")
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stdin = bytes.NewReader(in)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var ms []made
	if err := json.Unmarshal(out, &ms); err != nil {
		t.Fatal(err)
	}
	return ms
}

func python() string {
	if p := os.Getenv("WEIR_PYTHON"); p != "" {
		return p
	}
	return "python3"
}
