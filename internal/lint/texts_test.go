package lint

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// texts walks the files of the tree with one of the endings.
func texts(t *testing.T, visit func(path, text string), endings ...string) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipDir(p, d)
		}
		for _, e := range endings {
			if strings.HasSuffix(p, e) {
				text, err := os.ReadFile(p)
				if err != nil {
					return err
				}
				rel, err := filepath.Rel(root, p)
				if err != nil {
					return err
				}
				seen++
				visit(filepath.ToSlash(rel), string(text))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Fatalf("found no file %v", endings)
	}
}

func TestPythonFileSizes(t *testing.T) {
	texts(t, func(path, text string) {
		if n := strings.Count(text, "\n"); n > fileStop {
			t.Errorf("%s: %d lines, the stop is %d: split it by what it is about", path, n, fileStop)
		}
	}, ".py")
}

// elsewhere finds paths that exist on one machine only.
var elsewhere = regexp.MustCompile(`(^|[^A-Za-z0-9_.])/(root|wor` + `k|home/[a-z]+|Users/[a-z]+)/[A-Za-z.]`)

func TestNoPathsOfOneMachine(t *testing.T) {
	texts(t, func(path, text string) {
		for i, line := range strings.Split(text, "\n") {
			if elsewhere.MatchString(line) {
				t.Errorf("%s:%d: a path of one machine: %s", path, i+1, strings.TrimSpace(line))
			}
		}
	}, ".go", ".py", ".md", ".sql", ".txt", ".txtar", "Makefile")
}

var (
	target   = regexp.MustCompile(`(?m)^([a-z][a-z0-9-]*):`)
	makeCall = regexp.MustCompile("(?m)(?:^|`|, `)make ([a-z][a-z0-9-]*)")
	mdLink   = regexp.MustCompile(`\]\(([^)#:]+)\)`)
	weirCall = regexp.MustCompile(`(?:\./cmd/weir|\.build/weir) ([a-z][a-z-]*)`)
	command  = regexp.MustCompile(`Use:\s+"([a-z][a-z-]*)`)
)

// matchesOf are the first groups of all matches.
func matchesOf(re *regexp.Regexp, text string) map[string]bool {
	out := map[string]bool{}
	for _, m := range re.FindAllStringSubmatch(text, -1) {
		out[m[1]] = true
	}
	return out
}

func TestPagesNameWhatThereIs(t *testing.T) {
	makefile, err := os.ReadFile(root + "/Makefile")
	if err != nil {
		t.Fatal(err)
	}
	targets := matchesOf(target, string(makefile))
	if n := len(targets); n == 0 || n > 15 {
		t.Errorf("Makefile: %d targets; at most 15", n)
	}
	commands := map[string]bool{}
	for _, f := range source(t).files {
		if f.pkg() == "cmd/weir" {
			text, err := os.ReadFile(filepath.Join(root, f.path))
			if err != nil {
				t.Fatal(err)
			}
			for c := range matchesOf(command, string(text)) {
				commands[c] = true
			}
		}
	}
	texts(t, func(path, text string) {
		for _, name := range sorted(matchesOf(makeCall, text)) {
			if !targets[name] {
				t.Errorf("%s: there is no make %s", path, name)
			}
		}
		for _, name := range sorted(matchesOf(weirCall, text)) {
			if !commands[name] {
				t.Errorf("%s: there is no weir %s", path, name)
			}
		}
		for _, link := range sorted(matchesOf(mdLink, text)) {
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(path), link)); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", path, link)
			}
		}
	}, ".md", "Makefile")
}
