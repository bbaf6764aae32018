package validate

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"weir/internal/aws/api/apitest"
	"weir/internal/aws/model"
	"weir/internal/aws/wire/awsjson"
	"weir/internal/aws/wire/shape"
)

// TestEveryConstraint makes, from the models alone, a valid input of every
// operation of every service, then breaks each of its constraints in turn, and
// expects AWS's message for that constraint at that place.
func TestEveryConstraint(t *testing.T) {
	for _, name := range model.Names() {
		t.Run(name, func(t *testing.T) {
			s, err := model.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			w := &walker{t: t, s: s}
			for _, op := range slices.Sorted(maps.Keys(s.Operations)) {
				w.operation(op)
			}
			t.Logf("%d constraints broken, %d too large to break", w.broken, w.large)
			if w.broken < 4 {
				t.Errorf("only %d constraints were found", w.broken)
			}
		})
	}
}

type walker struct {
	t             *testing.T
	s             *model.Service
	op            string
	checker       *Checker
	doc           any
	broken, large int
}

func (w *walker) operation(op string) {
	in, _ := apitest.New(w.s.Name + "." + op)
	if in == nil {
		w.t.Fatalf("%s has no generated input: run make generate", op)
	}
	ref := w.s.Operations[op].Input
	if ref == nil {
		return
	}
	var err error
	w.op = op
	if w.checker, err = Compile(w.s, op, reflect.TypeOf(in).Elem()); err != nil {
		w.t.Fatal(err)
	}
	w.doc = w.valid(ref.Shape, map[string]bool{})
	if faults := w.check(); len(faults) != 0 {
		w.t.Fatalf("%s: a valid input has faults %q", op, faults)
	}
	w.walk(ref.Shape, w.doc, "", func(any) {}, map[string]bool{})
}

// check runs the document through the codec and the checker, as the gateway does.
func (w *walker) check() []string {
	text, err := json.Marshal(w.doc)
	if err != nil {
		w.t.Fatal(err)
	}
	var plans shape.Plans
	in, _ := apitest.New(w.s.Name + "." + w.op)
	missing, err := plans.Decode(awsjson.NewReader(text), in)
	if err != nil {
		w.t.Fatalf("%s: %s: %v", w.op, text, err)
	}
	return w.checker.Check(in, missing)
}

// expect breaks one thing, looks for the fault, and mends it.
func (w *walker) expect(set func(any), bad, good any, path, constraint string) {
	w.t.Helper()
	set(bad)
	faults := w.check()
	set(good)
	w.broken++
	for _, f := range faults {
		if strings.Contains(f, " at '"+path+"' failed to satisfy constraint: "+constraint) {
			return
		}
	}
	text := fmt.Sprint(bad)
	w.t.Errorf("%s: %s as %.60q: no fault %q among %.300q", w.op, path, text, constraint, faults)
}

// walk breaks every constraint of value, which set replaces in the document.
func (w *walker) walk(name string, value any, path string, set func(any), above map[string]bool) {
	sh := w.s.Shapes[name]
	w.own(sh, value, path, set)
	switch sh.Type {
	case "structure":
		if above[name] {
			return
		}
		above[name] = true
		obj := value.(map[string]any)
		for _, m := range sh.Members {
			v, ok := obj[m.Name]
			if !ok {
				continue
			}
			at := strings.TrimPrefix(path+"."+strings.ToLower(m.Name[:1])+m.Name[1:], ".")
			put := func(x any) { obj[m.Name] = x }
			if sh.IsRequired(m.Name) {
				w.expect(put, nil, v, at, "Member must not be null")
			}
			w.walk(m.Shape, v, at, put, above)
		}
		delete(above, name)
	case "list":
		list := value.([]any)
		put := func(x any) { list[0] = x }
		w.inside(sh.Member.Shape, list[0], path, "1", "", put, above)
	case "map":
		obj := value.(map[string]any)
		key := slices.Sorted(maps.Keys(obj))[0]
		w.inside(sh.Value.Shape, obj[key], path, key, "Map value", func(x any) { obj[key] = x }, above)
		for _, b := range w.violations(w.s.Shapes[sh.Key.Shape]) {
			broken := maps.Clone(obj)
			broken[fmt.Sprint(b.value)] = obj[key]
			w.expect(set, broken, obj, path, "Map keys must satisfy constraint: [")
		}
	}
}

// inside breaks an element: a plain one is told of the whole.
func (w *walker) inside(name string, value any, path, key, prefix string, put func(any), above map[string]bool) {
	sh := w.s.Shapes[name]
	if sh.Type == "structure" || sh.Type == "list" || sh.Type == "map" {
		w.walk(name, value, path+"."+key+".member", put, above)
		return
	}
	if prefix == "" {
		prefix = "Member"
	}
	for _, b := range w.violations(sh) {
		w.expect(put, b.value, value, path, prefix+" must satisfy constraint: [")
	}
}

// own breaks the constraints of the value itself.
func (w *walker) own(sh *model.Shape, value any, path string, set func(any)) {
	for _, b := range w.violations(sh) {
		w.expect(set, b.value, value, path, b.text)
	}
}

type violation struct {
	value any
	text  string
}

const largest = 1 << 21

// violations are values that break each constraint of a shape.
func (w *walker) violations(sh *model.Shape) []violation {
	var out []violation
	least, most := math.Inf(-1), math.Inf(1)
	if sh.Min != nil {
		least = *sh.Min
	}
	if sh.Max != nil {
		most = *sh.Max
	}
	bound := func(what string, least, most float64, of func(n float64) any, lowest, highest float64) {
		if least > lowest {
			out = append(out, violation{of(least - 1), fmt.Sprintf("Member must have %s greater than or equal to %v", what, int64(least))})
		}
		switch {
		case most < highest:
			out = append(out, violation{of(most + 1), fmt.Sprintf("Member must have %s less than or equal to %v", what, int64(most))})
		case !math.IsInf(most, 1) && highest == largest:
			w.large++
		}
	}
	switch sh.Type {
	case "string":
		if sh.Enum == nil {
			bound("length", least, most, func(n float64) any { return strings.Repeat("a", int(n)) }, 0, largest)
		} else {
			out = append(out, violation{"NO SUCH VALUE", "Member must satisfy enum value set: [" + strings.Join(sh.Enum, ", ") + "]"})
		}
		if bad, ok := unmatched(sh.Pattern); ok {
			out = append(out, violation{bad, "Member must satisfy regular expression pattern: " + sh.Pattern})
		}
	case "integer":
		bound("value", least, most, func(n float64) any { return n }, math.MinInt32, math.MaxInt32)
	case "long", "double":
		bound("value", least, most, func(n float64) any { return n }, -1<<52, 1<<52)
	case "blob":
		bound("length", least, most, func(n float64) any { return base64.StdEncoding.EncodeToString(make([]byte, int(n))) }, 0, largest)
	case "list":
		bound("length", least, most, func(n float64) any { return w.list(sh, int(n)) }, 0, 1<<14)
	case "map":
		bound("length", least, most, func(n float64) any { return w.mapping(sh, int(n)) }, 0, 1<<14)
	}
	return out
}

// unmatched is a text the pattern does not match, if one of a few is.
func unmatched(p string) (string, bool) {
	if p == "" {
		return "", false
	}
	re, err := regexp.Compile(`^(?:` + goPattern(p) + `)$`)
	if err != nil {
		return "", false
	}
	for _, s := range []string{"\x01\x02", "!", " ", "~|~", "é", "a", ""} {
		if !re.MatchString(s) {
			return s, true
		}
	}
	return "", false
}

// goPattern spells a Java pattern for Go, apart from the code under test.
func goPattern(p string) string {
	p = strings.ReplaceAll(p, `\uD800\uDC00-\uDBFF\uDFFF`, "\U00010000-\U0010FFFF")
	return regexp.MustCompile(`\\u(....)`).ReplaceAllString(p, `\x{$1}`)
}

// valid is a value of the shape that breaks nothing, with all members but those
// that would go on for ever.
func (w *walker) valid(name string, above map[string]bool) any {
	sh := w.s.Shapes[name]
	n := 1.0
	if sh.Min != nil {
		n = max(n, *sh.Min)
	}
	if sh.Max != nil {
		n = min(n, *sh.Max)
	}
	switch sh.Type {
	case "structure":
		if above[name] {
			return nil
		}
		above[name] = true
		defer delete(above, name)
		obj := map[string]any{}
		for _, m := range sh.Members {
			if v := w.valid(m.Shape, above); v != nil {
				obj[m.Name] = v
			}
		}
		return obj
	case "list":
		if w.valid(sh.Member.Shape, above) == nil {
			return nil
		}
		return w.list(sh, int(n))
	case "map":
		return w.mapping(sh, int(n))
	case "string":
		return w.text(name, sh, "")
	case "blob":
		return base64.StdEncoding.EncodeToString(make([]byte, int(n)))
	case "boolean":
		return true
	case "timestamp":
		return 1700000000
	}
	return n
}

func (w *walker) list(sh *model.Shape, n int) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = w.valid(sh.Member.Shape, map[string]bool{})
	}
	return out
}

func (w *walker) mapping(sh *model.Shape, n int) map[string]any {
	out := map[string]any{}
	for i := 0; len(out) < n; i++ {
		out[w.text(sh.Key.Shape, w.s.Shapes[sh.Key.Shape], fmt.Sprint(i))] = w.valid(sh.Value.Shape, map[string]bool{})
	}
	return out
}

// text is a string of the shape; distinct ones for distinct marks.
func (w *walker) text(name string, sh *model.Shape, mark string) string {
	if len(sh.Enum) > 0 {
		return sh.Enum[0]
	}
	least, most := 1, 1<<20
	if sh.Min != nil {
		least = max(least, int(*sh.Min))
	}
	if sh.Max != nil {
		most = int(*sh.Max)
	}
	fits := func(s string) bool { return utf8.RuneCountInString(s) >= least && utf8.RuneCountInString(s) <= most }
	plain := strings.Repeat("a", max(0, least-len(mark))) + mark
	if sh.Pattern == "" {
		return plain
	}
	p, err := regexp.Compile(`^(?:` + goPattern(sh.Pattern) + `)$`)
	if err != nil {
		return "$path" // the one pattern with a lookahead: starts with $, no blanks
	}
	for _, s := range []string{plain, "arn:aws:iam::012345678901:role/abc" + mark, "arn:aws:kinesis:us-east-1:012345678901:stream/a" + mark} {
		if fits(s) && p.MatchString(s) {
			return s
		}
	}
	gen := rapid.StringMatching(goPattern(sh.Pattern))
	for seed := range 2000 {
		if s := gen.Example(seed + len(mark)*17); fits(s) && p.MatchString(s) && utf8.ValidString(s) {
			return s
		}
	}
	w.t.Fatalf("no text found that satisfies %s: %s", name, sh.Pattern)
	return ""
}
