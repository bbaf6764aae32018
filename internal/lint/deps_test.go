package lint

import (
	"os"
	"strings"
	"testing"
)

// policy is deps.txt read: for each package the set it may import.
type policy struct {
	known map[string]bool
	may   map[string]map[string]bool
}

// readPolicy reads rules of the form "a, b < c, d;": c and d may import a and
// b, and whatever those may. A rule may only name on the left what was placed
// by a rule before it, so that there is no cycle.
func readPolicy(t *testing.T) *policy {
	t.Helper()
	text, err := os.ReadFile("deps.txt")
	if err != nil {
		t.Fatal(err)
	}
	var plain strings.Builder
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		plain.WriteString(strings.TrimSpace(line) + " ")
	}
	p := &policy{known: map[string]bool{"NONE": true}, may: map[string]map[string]bool{}}
	for rule := range strings.SplitSeq(plain.String(), ";") {
		if rule = strings.TrimSpace(rule); rule != "" {
			p.add(t, rule)
		}
	}
	return p
}

func (p *policy) add(t *testing.T, rule string) {
	t.Helper()
	left, right, ok := strings.Cut(rule, "<")
	if !ok {
		t.Fatalf("deps.txt: no < in %q", rule)
	}
	below := map[string]bool{}
	for _, l := range names(left) {
		if !p.known[l] {
			t.Fatalf("deps.txt: %s stands on the left of a rule before any rule places it", l)
		}
		below[l] = true
		for k := range p.may[l] {
			below[k] = true
		}
	}
	for _, r := range names(right) {
		if below[r] {
			t.Fatalf("deps.txt: %s would import itself", r)
		}
		p.known[r] = true
		if p.may[r] == nil {
			p.may[r] = map[string]bool{}
		}
		for k := range below {
			p.may[r][k] = true
		}
	}
}

func names(list string) []string {
	var out []string
	for n := range strings.SplitSeq(list, ",") {
		if n = strings.TrimSpace(n); n != "" {
			out = append(out, n)
		}
	}
	return out
}

func TestImportsFollowThePolicy(t *testing.T) {
	p := readPolicy(t)
	seen := map[string]bool{}
	for _, f := range source(t).files {
		if f.test || !strings.HasPrefix(f.path, "internal/") && !strings.HasPrefix(f.path, "python/") {
			continue
		}
		from := f.name()
		if generatedShapes(from) {
			continue
		}
		seen[from] = true
		if !p.known[from] {
			t.Errorf("%s: package %s is not in internal/lint/deps.txt: add it to the rule of its level", f.path, from)
			continue
		}
		for _, imp := range f.imports() {
			to := short(imp)
			if !local(imp) || generatedShapes(to) || p.may[from][to] {
				continue
			}
			t.Errorf("%s: %s must not import %s: declare the interface you need in %[2]s and have cmd/ pass it in,"+
				" or move the code to the level it belongs to (internal/lint/deps.txt)", f.path, from, to)
		}
	}
	for _, known := range sorted(p.known) {
		if known != "NONE" && !seen[known] {
			t.Errorf("deps.txt: package %s is not in the tree; delete its name", known)
		}
	}
}

// generatedShapes are aws/api/<service>: data any service of the AWS side may
// use; the boundaries say who may not.
func generatedShapes(name string) bool { return strings.HasPrefix(name, "aws/api/") }
