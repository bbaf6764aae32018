package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const events = `{"Action":"output","Package":"a","Test":"TestX/one","Output":"why\n"}
{"Action":"fail","Package":"a","Test":"TestX/one"}
{"Action":"pass","Package":"a","Test":"TestX/two"}
{"Action":"fail","Package":"a","Test":"TestX"}
{"Action":"skip","Package":"a","Test":"TestY"}
{"Action":"fail","Package":"a"}
{"Action":"pass","Package":"b","Test":"TestZ"}
{"Action":"pass","Package":"b"}
{"Action":"skip","Package":"no-tests"}
{"ImportPath":"c","Action":"build-output","Output":"c.go:1: no\n"}
{"ImportPath":"c","Action":"build-fail"}
{"Action":"fail","Package":"c"}
{"Action":"output","Package":"d","Test":"TestDead","Output":"panic: boo\n"}
{"Action":"fail","Package":"d"}
`

func TestCountsEveryWayToEnd(t *testing.T) {
	var shown strings.Builder
	r := newReport(&shown)
	if err := r.read(strings.NewReader(events)); err != nil {
		t.Fatal(err)
	}
	// failed: TestX/one, the build of c, TestDead.
	if got, want := r.counts(), (counts{passed: 2, failed: 3, skipped: 1}); got != want {
		t.Errorf("counted %v, want %v", got, want)
	}
	for _, want := range []string{"why", "c.go:1: no", "panic: boo", "go test -run '^TestX$/^one$' a"} {
		if !strings.Contains(shown.String(), want) {
			t.Errorf("the output lacks %q:\n%s", want, shown.String())
		}
	}
}

func TestRefusesWhatItCannotRead(t *testing.T) {
	if err := newReport(io.Discard).read(strings.NewReader("ok  weir 0.1s\n")); err == nil {
		t.Error("plain text passed for JSON")
	}
}

func TestMissingSuiteFails(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "go.counts")
	if err := os.WriteFile(good, []byte("3 0 1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	total := readCounts(good)
	total.add(readCounts(filepath.Join(dir, "e2e.counts")))
	if want := (counts{passed: 3, failed: 1, skipped: 1}); total != want {
		t.Errorf("summed %v, want %v", total, want)
	}
}
