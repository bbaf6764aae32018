package javaregex

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// runeSet is a set of characters as ranges, in order and apart.
type runeSet [][2]rune

func (s runeSet) add(lo, hi rune) runeSet { return s.union(runeSet{{lo, hi}}) }

func (s runeSet) union(o runeSet) runeSet {
	all := slices.Concat(s, o)
	slices.SortFunc(all, func(a, b [2]rune) int { return cmp.Compare(a[0], b[0]) })
	var out runeSet
	for _, r := range all {
		if n := len(out); n > 0 && r[0] <= out[n-1][1]+1 {
			out[n-1][1] = max(out[n-1][1], r[1])
			continue
		}
		out = append(out, r)
	}
	return out
}

func (s runeSet) not() runeSet {
	out := runeSet{}
	from := rune(0)
	for _, r := range s {
		if r[0] > from {
			out = append(out, [2]rune{from, r[0] - 1})
		}
		from = r[1] + 1
	}
	if from <= unicode.MaxRune {
		out = append(out, [2]rune{from, unicode.MaxRune})
	}
	return out
}

func (s runeSet) and(o runeSet) runeSet { return s.not().union(o.not()).not() }

// table is the set of a table of package unicode.
func table(tabs ...*unicode.RangeTable) runeSet {
	var out runeSet
	for _, tab := range tabs {
		for _, r := range tab.R16 {
			for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
				if r.Stride == 1 {
					out = append(out, [2]rune{c, rune(r.Hi)})
					break
				}
				out = append(out, [2]rune{c, c})
			}
		}
		for _, r := range tab.R32 {
			for c := rune(r.Lo); c <= rune(r.Hi); c += rune(r.Stride) {
				if r.Stride == 1 {
					out = append(out, [2]rune{c, rune(r.Hi)})
					break
				}
				out = append(out, [2]rune{c, c})
			}
		}
	}
	return out.union(nil)
}

// folded adds the other case of each character, of ASCII letters only without
// the flag u.
func (t *translator) folded(s runeSet) runeSet {
	if !t.fold {
		return s
	}
	out := s
	for _, r := range s {
		hi := r[1]
		if !t.unicodeFold {
			hi = min(hi, 'z')
		}
		for c := r[0]; c <= hi; c++ {
			for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
				if t.unicodeFold || f < 0x80 && c < 0x80 {
					out = append(out[:len(out):len(out)], [2]rune{f, f})
				}
			}
		}
	}
	return out.union(nil)
}

// set writes a character class.
func (t *translator) set(s runeSet) {
	if len(s) == 0 {
		t.backtracks = true
		t.emit("(?!)")
		return
	}
	t.emit("[")
	for _, r := range s {
		t.classChar(r[0])
		if r[1] > r[0] {
			if r[1] > r[0]+1 {
				t.emit("-")
			}
			t.classChar(r[1])
		}
	}
	t.emit("]")
}

func (t *translator) classChar(c rune) {
	if strings.ContainsRune(`\]^-[&~`, c) {
		t.emit(`\`)
	}
	t.emit(string(c))
}

// class takes a character class whose bracket is behind.
func (t *translator) class() runeSet {
	negated := t.accept("^")
	var left, cur runeSet
	isLeft, any := false, false
	for {
		switch {
		case t.accept("&&"):
			if any {
				left, isLeft, cur, any = intersect(left, isLeft, cur), true, nil, false
			}
			continue
		case t.peek() == ']' && (any || isLeft):
			t.i++
			if any || !isLeft {
				left = intersect(left, isLeft, cur)
			}
			if negated {
				return left.not()
			}
			return left
		}
		any = true
		cur = cur.union(t.classItem())
	}
}

func intersect(left runeSet, isLeft bool, cur runeSet) runeSet {
	if isLeft {
		return left.and(cur)
	}
	return cur
}

// classItem takes a character, a range, an escape or a nested class.
func (t *translator) classItem() runeSet {
	c := t.next()
	switch c {
	case '[':
		return t.class()
	case '\\':
		e := t.next()
		if e == 'Q' {
			var s runeSet
			t.quoteInClass(func(r rune) { s = s.add(r, r) })
			return t.folded(s)
		}
		if s, ok := t.classEscape(e); ok {
			return t.folded(s)
		}
		c = t.charEscape(e)
	}
	hi := c
	if t.peek() == '-' && t.i+1 < len(t.src) && t.src[t.i+1] != ']' && t.src[t.i+1] != '[' {
		t.i++
		if hi = t.next(); hi == '\\' {
			hi = t.charEscape(t.next())
		}
		if hi < c {
			t.fail("Illegal character range")
		}
	}
	return t.folded(runeSet{{c, hi}})
}

func (t *translator) quoteInClass(char func(rune)) {
	for t.more() && !t.accept(`\E`) {
		char(t.next())
	}
}

// classEscape is the set that an escape such as \d stands for.
func (t *translator) classEscape(c rune) (runeSet, bool) {
	var s runeSet
	switch unicode.ToLower(c) {
	case 'd':
		s = runeSet{{'0', '9'}}
		if t.unicodeClass {
			s = table(unicode.Nd)
		}
	case 'w':
		s = runeSet{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}
		if t.unicodeClass {
			s = table(unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc)
		}
	case 's':
		s = runeSet{{'\t', '\r'}, {' ', ' '}}
		if t.unicodeClass {
			s = table(unicode.White_Space)
		}
	case 'h':
		s = runeSet{{'\t', '\t'}, {' ', ' '}, {0xA0, 0xA0}, {0x1680, 0x1680}, {0x180E, 0x180E}, {0x2000, 0x200A}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}}
	case 'v':
		s = runeSet{{'\n', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}}
	case 'p':
		s = t.property()
	default:
		return nil, false
	}
	if unicode.IsUpper(c) {
		s = s.not()
	}
	return s, true
}

// property takes the name after \p.
func (t *translator) property() runeSet {
	name := string(t.next())
	if name == "{" {
		from := t.i
		for t.next() != '}' {
		}
		name = string(t.src[from : t.i-1])
	}
	if _, value, ok := strings.Cut(name, "="); ok {
		name = "Is" + value
	}
	s, ok := posix[name]
	if ok && !t.unicodeClass {
		return s
	}
	name = strings.TrimPrefix(name, "Is")
	if tab := unicodeTable(name); tab != nil {
		return table(tab...)
	}
	t.fail("Unknown character property name {%s}", name)
	return nil
}

// posix are the classes of ASCII characters.
var posix = map[string]runeSet{
	"Lower": {{'a', 'z'}}, "Upper": {{'A', 'Z'}}, "ASCII": {{0, 127}}, "Alpha": {{'A', 'Z'}, {'a', 'z'}}, "Digit": {{'0', '9'}},
	"Alnum": {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}, "Punct": {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}},
	"Graph": {{'!', '~'}}, "Print": {{' ', '~'}}, "Blank": {{'\t', '\t'}, {' ', ' '}}, "Cntrl": {{0, 31}, {127, 127}},
	"XDigit": {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}, "Space": {{'\t', '\r'}, {' ', ' '}},
}

// unicodeTable finds a category, a script or a binary property by Java's name.
func unicodeTable(name string) []*unicode.RangeTable {
	switch strings.ToLower(name) {
	case "alphabetic", "javaalphabetic", "alpha":
		return []*unicode.RangeTable{unicode.L, unicode.Nl, unicode.Other_Alphabetic}
	case "letter", "javaletter":
		return []*unicode.RangeTable{unicode.L}
	case "uppercase", "javauppercase", "upper":
		return []*unicode.RangeTable{unicode.Lu, unicode.Other_Uppercase}
	case "lowercase", "javalowercase", "lower":
		return []*unicode.RangeTable{unicode.Ll, unicode.Other_Lowercase}
	case "titlecase", "javatitlecase":
		return []*unicode.RangeTable{unicode.Lt}
	case "digit", "javadigit":
		return []*unicode.RangeTable{unicode.Nd}
	case "punctuation", "punct":
		return []*unicode.RangeTable{unicode.P}
	case "whitespace", "space", "javawhitespace":
		return []*unicode.RangeTable{unicode.White_Space}
	case "alnum", "javaletterordigit":
		return []*unicode.RangeTable{unicode.L, unicode.Nl, unicode.Other_Alphabetic, unicode.Nd}
	}
	if tab := unicode.Categories[name]; tab != nil {
		return []*unicode.RangeTable{tab}
	}
	for _, tabs := range []map[string]*unicode.RangeTable{unicode.Scripts, unicode.Properties} {
		for n, tab := range tabs {
			if strings.EqualFold(n, name) {
				return []*unicode.RangeTable{tab}
			}
		}
	}
	return nil
}
