package jsonpath

import (
	"os"
	"strings"
	"testing"
)

// TestPaths reads the cases of testdata/paths: a document, a path, and what
// Jayway's JsonPath with Flink's modes makes of it.
func TestPaths(t *testing.T) {
	data, err := os.ReadFile("testdata/paths")
	if err != nil {
		t.Fatal(err)
	}
	var doc string
	for n, line := range strings.Split(string(data), "\n") {
		switch {
		case line == "" || line[0] == '#':
		case strings.HasPrefix(line, "doc "):
			doc = line[4:]
		default:
			path, want, ok := strings.Cut(line, "  =>  ")
			if !ok {
				t.Fatalf("line %d: no =>", n+1)
			}
			if got := read(doc, path); got != want {
				t.Errorf("line %d: %s of %s\n got %s\nwant %s", n+1, path, doc, got, want)
			}
		}
	}
}

// read is what a path leads to, by the tree and, where it can, by the text.
func read(doc, path string) string {
	p := Compile(path)
	got := "error"
	v, err := Parse([]byte(doc))
	if err == nil {
		v, err = p.Read(v)
	}
	switch {
	case err == nil && v == nil:
		got = "nothing"
	case err == nil:
		got = string(v.Append(nil))
	}
	s := p.Scanner()
	if s == nil {
		return got
	}
	raw, err := s.Scan([]byte(doc))
	switch {
	case err != nil || raw == nil && !p.Lax:
		if got != "error" {
			return "the scanner fails, the tree gives " + got
		}
	case raw == nil:
		if got != "nothing" {
			return "the scanner finds nothing, the tree " + got
		}
	default:
		if strings.ContainsAny(string(raw[0]), " \t\r\n") {
			return "the scanner takes blanks in"
		}
		v, err := Parse(raw)
		if err != nil || string(v.Append(nil)) != got {
			return "the scanner finds " + string(raw) + ", the tree " + got
		}
	}
	return got
}

// FuzzRead holds the scanner against the tree, for any document and path.
func FuzzRead(f *testing.F) {
	f.Add(`{"a":[1,{"b":"x"}]}`, "lax $.a[1].b")
	f.Add(`[{"a":1},{"a":2}]`, "$[?(@.a > 1)]['a']")
	f.Add(`{"a":1,"a":null} x`, "strict $..a[-1:]")
	f.Fuzz(func(t *testing.T, doc, path string) {
		if strings.HasPrefix(strings.TrimSpace(doc), "null") || len(path) > 100 {
			return
		}
		if got := read(doc, path); strings.HasPrefix(got, "the scanner") {
			t.Errorf("%s of %s: %s", path, doc, got)
		}
	})
}
