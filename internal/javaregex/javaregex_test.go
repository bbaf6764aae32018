package javaregex

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestFind holds the first match of patterns against what the documentation of
// java.util.regex.Pattern says of them: the text of the match and of its
// groups ("-" for one that took no part), "" for no match.
func TestFind(t *testing.T) {
	for _, c := range []struct{ pattern, text, want string }{
		{`foo(.*?)(bar)`, "foothebar", "foothebar|the|bar"},
		{`a.c`, "a\nc", ""},
		{`a.c`, "a\u2028c", ""},
		{`(?s)a.c`, "a\nc", "a\nc"},
		{`\d+`, "x٣12", "12"},
		{`(?U)\d+`, "x٣12", "٣12"},
		{`\w+`, "éa_1", "a_1"},
		{`[\s]+`, "a\v b", "\v "},
		{`\bb\b`, "éb b", "b"},
		{`^b`, "a\nb", ""},
		{`(?m)^b$`, "a\nb\n", "b"},
		{`b$`, "ab\n", "b"},
		{`b$`, "ab\n\n", ""},
		{`b\z`, "ab\n", ""},
		{`(a)|(b)`, "b", "b|-|b"},
		{`(a)\1`, "xaab", "aa|a"},
		{`(?<n>a)\k<n>`, "xaab", "aa|a"},
		{`a(?=b)`, "acab", "a"},
		{`(?<!x)a`, "xaya", "a"},
		{`a*+a`, "aaa", ""},
		{`(?>a*)b`, "aab", "aab"},
		{`[a-z&&[^aeiou]]+`, "aeiobcd", "bcd"},
		{`[a-c[x-z]]+`, "mxbz", "xbz"},
		{`(?i)É`, "é", ""},
		{`(?iu)É`, "é", "é"},
		{`(?i)[a-c]+`, "xABC", "ABC"},
		{`\Qa.b\E+`, "a.bbb", "a.bbb"},
		{`\p{Alpha}+`, "1ab", "ab"},
		{`\p{IsGreek}+`, "abγδ", "γδ"},
		{`\p{Lu}\P{Lu}`, "aBc", "Bc"},
		{`\x41\u0042\x{43}\0104`, "ABCD", "ABCD"},
		{`(?x) a b # rest`, "ab", "ab"},
		{`x{2,3}?`, "xxxx", "xx"},
		{`\R`, "a\r\nb", "\r\n"},
		{`\.`, "a.b", "."},
		{`[]a]+`, "x]a", "]a"},
		{`[^\W]+`, "-ab-", "ab"},
	} {
		r, err := Compile(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		loc, err := r.Find([]byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
		}
		if got := parts(c.text, loc); got != c.want {
			t.Errorf("%s in %q: got %q, want %q", c.pattern, c.text, got, c.want)
		}
		if hit, err := r.Match([]byte(c.text)); err != nil || hit != (loc != nil) {
			t.Errorf("%s in %q: Match gives %v, %v", c.pattern, c.text, hit, err)
		}
	}
}

func parts(s string, loc []int) string {
	var out []string
	for k := 0; k < len(loc); k += 2 {
		if loc[k] < 0 {
			out = append(out, "-")
			continue
		}
		out = append(out, s[loc[k]:loc[k+1]])
	}
	return strings.Join(out, "|")
}

// TestEach holds the matches of Matcher.find called again and again: an empty
// match may follow another one directly.
func TestEach(t *testing.T) {
	for _, c := range []struct{ pattern, text, want string }{
		{`a*`, "baab", "[0 0][1 3][3 3][4 4]"},
		{``, "ab", "[0 0][1 1][2 2]"},
		{`b`, "abbéb", "[1 2][2 3][5 6]"},
		{`[a-b]+`, "abéb", "[0 2][4 5]"},
		{`(?=b)`, "abb", "[1 1][2 2]"},
	} {
		r, err := Compile(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		err = r.Each([]byte(c.text), func(loc []int) bool { got += fmt.Sprint(loc); return true })
		if got != c.want || err != nil {
			t.Errorf("%s in %q: got %s, want %s (%v)", c.pattern, c.text, got, c.want, err)
		}
	}
}

// TestFull: the whole text must match.
func TestFull(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{{`a|ab`, "ab", true}, {`a`, "ab", false}, {`a`, "a\n", false}, {`.*`, "é✅", true}} {
		r, err := CompileFull(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Match([]byte(c.text)); got != c.want || err != nil {
			t.Errorf("%s of %q: got %v, want %v (%v)", c.pattern, c.text, got, c.want, err)
		}
	}
}

// TestErrors are patterns that Java refuses.
func TestErrors(t *testing.T) {
	for _, p := range []string{`(`, `)`, `*a`, `a**`, `[a`, `a{`, `{1}`, `\j`, `(?z)`, `\p{Nope}`, `[b-a]`, `\k<x>`, `(?<a>x)(?<a>y)`, `\`, `a{2`} {
		if _, err := Compile(p); err == nil {
			t.Errorf("%s: no error", p)
		}
	}
}

// TestJava holds what Java itself gave for patterns put together at random.
func TestJava(t *testing.T) {
	file, err := os.ReadFile("testdata/java17.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(file)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var pattern, text, want string
		if _, err := fmt.Sscanf(line, "%q %q %q", &pattern, &text, &want); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		n++
		if got := all(pattern, text); got != want {
			t.Errorf("%q in %q: got %q, want %q", pattern, text, got, want)
		}
	}
	if n < 240 {
		t.Errorf("only %d cases", n)
	}
}

// all are the first matches of a pattern as the file has them.
func all(pattern, text string) string {
	r, err := Compile(pattern)
	if err != nil {
		return "error"
	}
	var found []string
	err = r.Each([]byte(text), func(loc []int) bool {
		found = append(found, "<"+parts(text, loc)+">")
		return len(found) < 20
	})
	got := strings.Join(found, " ")
	full, fullErr := CompileFull(pattern)
	if err != nil || fullErr != nil {
		return fmt.Sprint(err, fullErr)
	}
	if hit, _ := full.Match([]byte(text)); hit {
		got += " all"
	}
	return got
}
