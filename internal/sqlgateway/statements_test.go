package sqlgateway_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"weir/internal/sqlgateway"
)

// A file of testdata/statements is a session: statements ("> ", further lines
// ". ") and what a real Flink answered, a row "| " with further lines of it ": ",
// an error "! ". Of an error it is the text of its last cause, which has to be
// somewhere in ours; of a statement that cannot be parsed, that it is so.

// outcome is what a statement gave.
type outcome struct {
	rows []string
	fail string // the whole text of the error
}

func (p *player) statement(sql string) (o outcome) {
	p.t.Helper()
	body, err := json.Marshal(map[string]string{"statement": sql})
	if err != nil {
		p.t.Fatal(err)
	}
	p.call("POST", "/v2/sessions/"+p.session+"/statements", string(body))
	path := "/v2/sessions/" + p.session + "/operations/" + p.opera + "/result/0?rowFormat=PLAIN_TEXT"
	for deadline := time.Now().Add(60 * time.Second); path != "" && time.Now().Before(deadline); {
		_, text := p.call("GET", path, "")
		var page struct {
			NextResultUri string
			Errors        []string
			Results       struct {
				Data []struct{ Fields []*string }
			}
		}
		if err := json.Unmarshal([]byte(text), &page); err != nil {
			p.t.Fatal(err)
		}
		if page.Errors != nil {
			o.fail = strings.Join(page.Errors, "\n")
			return o
		}
		for _, d := range page.Results.Data {
			cells := make([]string, len(d.Fields))
			for i, f := range d.Fields {
				if cells[i] = "NULL"; f != nil {
					cells[i] = *f
				}
			}
			row := jobID.ReplaceAllString(strings.Join(cells, " | "), "$$J")
			o.rows = append(o.rows, strings.TrimRight(strings.ReplaceAll(row, "\n", "\n: "), " "))
		}
		path = page.NextResultUri
	}
	return o
}

var (
	jobID  = regexp.MustCompile(`\b[0-9a-f]{32}\b`)
	frame  = regexp.MustCompile(`(?m)^\t(at |\.\.\. ).*\n`)
	spaces = regexp.MustCompile(`\s+`)
)

// cause is the message of the last cause of a Java error.
func cause(text string) string {
	if strings.Contains(text, "SQL parse failed.") {
		return "SQL parse failed."
	}
	text = strings.ReplaceAll(frame.ReplaceAllString(text, ""), "\nEnd of exception on server side>", "")
	_, last, _ := strings.Cut(text[max(0, strings.LastIndex(text, "Caused by: ")):], "Caused by: ")
	_, msg, _ := strings.Cut(last, ": ")
	return strings.ReplaceAll(strings.TrimSpace(msg), "\n", "\n: ")
}

func same(o outcome, want string) bool {
	if msg, failed := strings.CutPrefix(want, "! "); failed {
		plain := func(s string) string { return spaces.ReplaceAllString(strings.ReplaceAll(s, "\n: ", "\n"), "") }
		return strings.Contains(plain(o.fail), plain(msg))
	}
	return o.fail == "" && o.text() == want
}

func (o outcome) text() string {
	if o.fail != "" {
		return "! " + cause(o.fail)
	}
	lines := make([]string, len(o.rows))
	for i, r := range o.rows {
		lines[i] = "| " + r
	}
	return strings.Join(lines, "\n")
}

// TestStatements holds statements to what a real Flink answers to them; record
// asks one anew.
func TestStatements(t *testing.T) {
	files, err := filepath.Glob("testdata/statements/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no statements", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { statements(t, file) })
	}
}

func statements(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := &player{t: t, base: *record}
	if *record == "" {
		p.base = serve(t, sqlgateway.Config{})
	}
	p.call("POST", "/v2/sessions", `{"properties": {"table.local-time-zone": "UTC"}}`)
	var out strings.Builder
	blocks := strings.Split(strings.TrimSpace(string(text)), "\n\n")
	for _, block := range blocks {
		sql, want, asked := question(block)
		if !asked { // a comment
			fmt.Fprintf(&out, "%s\n\n", block)
			continue
		}
		got := p.statement(sql)
		if *record == "" {
			if !same(got, want) {
				t.Errorf("%s: %s\n got %s\nwant %s", file, sql, got.text(), want)
			}
			continue
		}
		fmt.Fprintf(&out, "> %s\n%s\n\n", strings.ReplaceAll(sql, "\n", "\n. "), got.text())
	}
	if *record != "" {
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(strings.TrimRight(out.String(), "\n"), "\n\n\n", "\n\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// question takes a block apart: the statement and the answer.
func question(block string) (sql, want string, asked bool) {
	lines := strings.Split(block, "\n")
	if sql, asked = strings.CutPrefix(lines[0], "> "); !asked {
		return "", "", false
	}
	n := 1
	for ; n < len(lines) && strings.HasPrefix(lines[n], ". "); n++ {
		sql += "\n" + lines[n][2:]
	}
	return sql, strings.Join(lines[n:], "\n"), true
}
