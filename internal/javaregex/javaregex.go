// Package javaregex matches the regular expressions of java.util.regex.
//
// A pattern is translated to the syntax of Go's regexp package, which runs in
// linear time, where its features allow; what needs backtracking (look-around,
// back references, possessive and atomic groups) goes to regexp2. Flags,
// character classes and predefined classes are written out as ranges, so that
// both engines agree with Java on them. A pattern without any operator is
// searched for as bytes.
//
// Offsets are in bytes. Text that is not UTF-8 is matched as if each bad byte
// were U+FFFD. The package knows nothing of SQL.
package javaregex

import (
	"bytes"
	"fmt"
	"regexp"
	"regexp/syntax"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// Regexp is a compiled pattern. It is for one goroutine.
type Regexp struct {
	groups  int
	literal []byte // the whole pattern, when it has no operator
	fast    *regexp.Regexp
	empty   bool // fast may match an empty text
	// dollar: fast is wrong for a text that ends in a line terminator;
	// words: fast is wrong for a text that is not ASCII.
	dollar, words bool
	slowText      string
	slow          *regexp2.Regexp
	runes         []rune
	offsets       []int
	loc           []int
}

// Compile compiles a pattern to search for.
func Compile(pattern string) (*Regexp, error) { return compile(pattern, false) }

// CompileFull compiles a pattern that must match the whole text
// (Matcher.matches).
func CompileFull(pattern string) (*Regexp, error) { return compile(pattern, true) }

func compile(pattern string, full bool) (*Regexp, error) {
	t, err := translate(pattern, false)
	if err != nil {
		return nil, err
	}
	back, err := translate(pattern, true)
	if err != nil {
		return nil, err
	}
	r := &Regexp{groups: t.groups, dollar: t.dollar, words: t.words, slowText: back.text(full)}
	if t.plain && !full {
		r.literal = []byte(t.literal)
		return r, nil
	}
	if !t.backtracks {
		if r.fast, err = regexp.Compile(t.text(full)); err == nil {
			tree, err := syntax.Parse(t.text(full), syntax.Perl)
			r.empty = err != nil || minLen(tree) == 0
			return r, nil
		}
	}
	return r, r.needSlow() // also what is too large for the linear engine
}

func (t *translator) text(full bool) string {
	if full {
		return `\A(?:` + string(t.out) + `)\z`
	}
	return string(t.out)
}

func (r *Regexp) needSlow() error {
	if r.slow != nil {
		return nil
	}
	slow, err := regexp2.Compile(r.slowText, regexp2.None)
	if err != nil {
		return fmt.Errorf("regular expression not understood: %w", err)
	}
	r.slow = slow
	return nil
}

// Groups is the number of capturing groups.
func (r *Regexp) Groups() int { return r.groups }

// linear reports whether the fast engine is right for s.
func (r *Regexp) linear(s []byte) bool {
	return r.fast != nil && !(r.dollar && endsLine(s)) && !(r.words && !isASCII(s))
}

func isASCII(s []byte) bool {
	for _, b := range s {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func endsLine(s []byte) bool {
	r, _ := utf8.DecodeLastRune(s)
	return r == '\n' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// Match reports whether the pattern matches somewhere in s.
func (r *Regexp) Match(s []byte) (bool, error) {
	switch {
	case r.literal != nil:
		return bytes.Contains(s, r.literal), nil
	case r.linear(s):
		return r.fast.Match(s), nil
	}
	if err := r.needSlow(); err != nil {
		return false, err
	}
	return r.slow.MatchRunes(r.decode(s))
}

// Find is the first match: the offsets of its beginning and end, then those of
// each group, -1 for a group that took no part; nil when there is none. It is
// good until the next call.
func (r *Regexp) Find(s []byte) (loc []int, err error) {
	if r.literal == nil && r.linear(s) {
		return r.fast.FindSubmatchIndex(s), nil
	}
	err = r.Each(s, func(l []int) bool { loc = l; return false })
	return loc, err
}

// Each calls f with one match after the other, as Find gives them, until f
// gives false.
func (r *Regexp) Each(s []byte, f func(loc []int) bool) error {
	switch {
	case len(r.literal) > 0:
		r.eachLiteral(s, f)
		return nil
	case r.linear(s) && !r.empty:
		for _, loc := range r.fast.FindAllSubmatchIndex(s, -1) {
			if !f(loc) {
				break
			}
		}
		return nil
	}
	if err := r.needSlow(); err != nil {
		return err
	}
	m, err := r.slow.FindRunesMatch(r.decode(s))
	for err == nil && m != nil && f(r.locate(m)) {
		m, err = r.slow.FindNextMatch(m)
	}
	return err
}

func (r *Regexp) eachLiteral(s []byte, f func(loc []int) bool) {
	for at := 0; ; {
		k := bytes.Index(s[at:], r.literal)
		if k < 0 {
			return
		}
		r.loc = append(r.loc[:0], at+k, at+k+len(r.literal))
		if !f(r.loc) {
			return
		}
		at += k + len(r.literal)
	}
}

// decode is s in runes; offsets keeps where each begins.
func (r *Regexp) decode(s []byte) []rune {
	r.runes, r.offsets = r.runes[:0], r.offsets[:0]
	for i := 0; i < len(s); {
		c, w := utf8.DecodeRune(s[i:])
		r.runes, r.offsets = append(r.runes, c), append(r.offsets, i)
		i += w
	}
	r.offsets = append(r.offsets, len(s))
	return r.runes
}

func (r *Regexp) locate(m *regexp2.Match) []int {
	r.loc = r.loc[:0]
	for k := range r.groups + 1 {
		g := m.GroupByNumber(k)
		if g == nil || len(g.Captures) == 0 {
			r.loc = append(r.loc, -1, -1)
			continue
		}
		r.loc = append(r.loc, r.offsets[g.Index], r.offsets[g.Index+g.Length])
	}
	return r.loc
}

// minLen is the least number of runes that re matches; enough to tell zero.
func minLen(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return minLen(re.Sub[0])
	case syntax.OpRepeat:
		return min(re.Min, 1) * minLen(re.Sub[0])
	case syntax.OpConcat:
		n := 0
		for _, s := range re.Sub {
			n += minLen(s)
		}
		return n
	case syntax.OpAlternate:
		n := 1
		for _, s := range re.Sub {
			n = min(n, minLen(s))
		}
		return n
	}
	return 0
}
