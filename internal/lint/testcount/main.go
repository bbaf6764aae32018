// Command testcount reads what `go test -json` writes, shows what a person
// needs of it, and keeps the counts, so that a run of several suites can close
// with one line.
//
//	go test -json ./... | testcount -out FILE     a line a package, the output of what failed, the counts to FILE
//	testcount -sum FILE...                        the closing line over all suites
//
// Counts are of single tests and subtests that have none below them. A package
// that does not build or dies counts as one failed test; so does a suite whose
// file is missing, because it never ended. Skipped tests are shown with their
// reason. The exit code is 1 when anything failed. It must not guess: input it
// cannot read is a failure.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	out := flag.String("out", "", "write the counts to this file")
	sum := flag.Bool("sum", false, "add up count files")
	flag.Parse()
	failed, err := run(*sum, *out, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "testcount:", err)
		os.Exit(2)
	}
	if failed {
		os.Exit(1)
	}
}

func run(sum bool, out string, files []string) (failed bool, err error) {
	if sum {
		total := counts{}
		for _, f := range files {
			total.add(readCounts(f))
		}
		fmt.Println(total)
		return total.failed > 0, nil
	}
	r := newReport(os.Stdout)
	if err := r.read(os.Stdin); err != nil {
		return true, err
	}
	c := r.counts()
	fmt.Println("go test:", c)
	if out == "" {
		return c.failed > 0, nil
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return true, err
	}
	line := fmt.Sprintf("%d %d %d\n", c.passed, c.failed, c.skipped)
	return c.failed > 0, os.WriteFile(out, []byte(line), 0o644)
}

// counts are how many tests ended how.
type counts struct{ passed, failed, skipped int }

func (c *counts) add(o counts) {
	c.passed += o.passed
	c.failed += o.failed
	c.skipped += o.skipped
}

// String is the closing line.
func (c counts) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", c.passed, c.failed, c.skipped)
}

// readCounts reads a suite's file; a suite that left none has failed.
func readCounts(name string) counts {
	var c counts
	text, err := os.ReadFile(name)
	if err == nil {
		_, err = fmt.Sscan(string(text), &c.passed, &c.failed, &c.skipped)
	}
	if err != nil {
		fmt.Printf("%s: the suite did not end: %v\n", strings.TrimSuffix(filepath.Base(name), ".counts"), err)
		return counts{failed: 1}
	}
	return c
}

// event is a line of `go test -json`.
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

// report gathers the events of a run.
type report struct {
	w      io.Writer
	ended  map[string]map[string]string   // package, test: how it ended
	output map[string]map[string][]string // package, test: what it wrote
	build  map[string][]string            // import path: what the compiler wrote
}

func newReport(w io.Writer) *report {
	return &report{w: w, ended: map[string]map[string]string{}, output: map[string]map[string][]string{}, build: map[string][]string{}}
}

func (r *report) read(in io.Reader) error {
	s := bufio.NewReader(in)
	for {
		line, err := s.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if jerr := json.Unmarshal(line, &e); jerr != nil {
				return fmt.Errorf("line %q is not go test's JSON: %w", line, jerr)
			}
			r.take(e)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) take(e event) {
	switch e.Action {
	case "build-output":
		r.build[e.ImportPath] = append(r.build[e.ImportPath], e.Output)
	case "build-fail":
		fmt.Fprint(r.w, strings.Join(r.build[e.ImportPath], ""))
	case "output":
		if r.output[e.Package] == nil {
			r.output[e.Package] = map[string][]string{}
		}
		r.output[e.Package][e.Test] = append(r.output[e.Package][e.Test], e.Output)
	case "pass", "fail", "skip":
		if r.ended[e.Package] == nil {
			r.ended[e.Package] = map[string]string{}
		}
		r.ended[e.Package][e.Test] = e.Action
		r.show(e)
	}
}

// show writes what a person wants to see at the moment something ends.
func (r *report) show(e event) {
	if e.Test == "" {
		if e.Action != "skip" || r.ran(e.Package) {
			fmt.Fprintf(r.w, "%-4s %s %.1fs\n", e.Action, e.Package, e.Elapsed)
		}
		if e.Action == "fail" {
			r.unfinished(e.Package)
			fmt.Fprint(r.w, strings.Join(r.output[e.Package][""], ""))
		}
		delete(r.output, e.Package)
		return
	}
	if e.Action == "pass" {
		delete(r.output[e.Package], e.Test)
		return
	}
	fmt.Fprint(r.w, strings.Join(r.output[e.Package][e.Test], ""))
	if e.Action == "fail" {
		fmt.Fprintf(r.w, "    again: go test -run '^%s$' %s\n", strings.ReplaceAll(e.Test, "/", "$/^"), e.Package)
	}
}

// unfinished shows and fails the tests a dead package left running.
func (r *report) unfinished(pkg string) {
	for test, lines := range r.output[pkg] {
		if test == "" || r.ended[pkg][test] != "" {
			continue
		}
		r.ended[pkg][test] = "fail"
		fmt.Fprintf(r.w, "--- FAIL: %s (did not end)\n%s", test, strings.Join(lines, ""))
	}
}

// ran says whether a package had a test that ran or was skipped.
func (r *report) ran(pkg string) bool { return len(r.ended[pkg]) > 1 }

// counts counts the tests with none below them; a failed package in which no
// test failed counts as one.
func (r *report) counts() counts {
	var c counts
	for _, tests := range r.ended {
		parents := map[string]bool{}
		for t := range tests {
			for i := range t {
				if t[i] == '/' {
					parents[t[:i]] = true
				}
			}
		}
		failed := c.failed
		for t, how := range tests {
			if t != "" && !parents[t] {
				c.count(how)
			}
		}
		if tests[""] == "fail" && c.failed == failed {
			c.failed++
		}
	}
	return c
}

func (c *counts) count(how string) {
	switch how {
	case "pass":
		c.passed++
	case "fail":
		c.failed++
	case "skip":
		c.skipped++
	}
}
