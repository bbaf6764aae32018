package javaregex

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// flags are the match flags in force at a place of the pattern.
type flags struct {
	fold, unicodeFold, dotall, multiline, comments, unixLines, unicodeClass bool
}

// translator rewrites a pattern for one of the engines.
type translator struct {
	src  []rune
	i    int
	slow bool // write for regexp2
	out  []byte
	flags
	groups     int
	names      map[string]int
	backtracks bool // the pattern has what only regexp2 can do
	dollar     bool
	words      bool
	plain      bool // all atoms are literal characters
	literal    string
	zero       bool // the last atom matches no text: an anchor, a look-around
}

// problem is an error in the pattern, raised by fail.
type problem struct{ error }

func (t *translator) fail(format string, args ...any) {
	panic(problem{fmt.Errorf(format+" near index %d", append(args, t.i)...)})
}

func translate(pattern string, slow bool) (t *translator, err error) {
	t = &translator{src: []rune(pattern), slow: slow, names: map[string]int{}, plain: true}
	defer func() {
		switch p := recover().(type) {
		case nil:
		case problem:
			err = p.error
		default:
			panic(p)
		}
	}()
	t.sequence()
	if t.i < len(t.src) {
		t.fail("Unmatched closing ')'")
	}
	return t, nil
}

func (t *translator) more() bool { return t.i < len(t.src) }

func (t *translator) peek() rune {
	if t.more() {
		return t.src[t.i]
	}
	return -1
}

func (t *translator) next() rune {
	if !t.more() {
		t.fail("Unexpected end of pattern")
	}
	t.i++
	return t.src[t.i-1]
}

func (t *translator) accept(s string) bool {
	if strings.HasPrefix(string(t.src[t.i:min(len(t.src), t.i+len(s))]), s) {
		t.i += len(s)
		return true
	}
	return false
}

func (t *translator) emit(s string) { t.out = append(t.out, s...) }

// sequence takes alternatives up to the end of the group.
func (t *translator) sequence() {
	for t.more() && t.peek() != ')' {
		c := t.peek()
		if t.comments && (c == ' ' || c >= '\t' && c <= '\r') {
			t.i++
			continue
		}
		if t.comments && c == '#' {
			for t.more() && t.peek() != '\n' {
				t.i++
			}
			continue
		}
		if c == '|' {
			t.i++
			t.plain = false
			t.emit("|")
			continue
		}
		start := len(t.out)
		t.zero = false
		if t.atom() {
			t.quantifier(start)
		}
	}
}

// atom takes one item; false when it is nothing that can be repeated.
func (t *translator) atom() bool {
	c := t.next()
	switch c {
	case '(':
		t.plain = false
		return t.group()
	case '[':
		t.plain = false
		t.set(t.class())
	case '.':
		t.plain = false
		t.dot()
	case '^':
		t.plain = false
		t.caret()
	case '$':
		t.plain = false
		t.end(t.multiline)
	case '*', '+', '?':
		t.fail("Dangling meta character '%c'", c)
	case '{':
		t.fail("Illegal repetition")
	case '\\':
		return t.escape()
	default:
		t.char(c)
	}
	return true
}

// char writes a literal character.
func (t *translator) char(c rune) {
	t.literal += string(c)
	if t.fold {
		if s := t.folded(runeSet{}.add(c, c)); len(s) > 1 {
			t.plain = false
			t.set(s)
			return
		}
	}
	t.emit(regexp.QuoteMeta(string(c)))
}

func (t *translator) dot() {
	switch {
	case t.dotall:
		t.emit("(?s:.)")
	case t.unixLines:
		t.set(runeSet{}.add('\n', '\n').not())
	default:
		t.set(terminators.not())
	}
}

// terminators are Java's line terminators.
var terminators = runeSet{{'\n', '\n'}, {'\r', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}}

func (t *translator) caret() {
	t.zero = true
	if !t.multiline {
		t.emit(`\A`)
		return
	}
	t.backtracks = true
	if t.unixLines {
		t.emit(`(?:\A|(?<=\n))(?!\z)`)
		return
	}
	t.emit("(?:\\A|(?<=[\n\u0085\u2028\u2029])|(?<=\r)(?!\n))(?!\\z)")
}

// end writes the end of the text, before a last line terminator or not, or of
// a line.
func (t *translator) end(line bool) {
	t.plain, t.zero = false, true
	close := `\z`
	if line {
		t.backtracks, close = true, ""
	} else {
		t.dollar = true
	}
	switch {
	case !t.slow && !line:
		t.emit(`\z`)
	case t.unixLines:
		t.emit(`(?=\n` + close + `|\z)`)
	default:
		t.emit("(?=\r\n" + close + "|(?<!\r)\n" + close + "|[\r\u0085\u2028\u2029]" + close + `|\z)`)
	}
}

// quantifier takes what repeats the atom written from start on.
func (t *translator) quantifier(start int) {
	q := ""
	switch t.peek() {
	case '*', '+', '?':
		q = string(t.next())
	case '{':
		q = t.counts()
	default:
		return
	}
	t.plain = false
	greedy := rune(0)
	if c := t.peek(); c == '?' || c == '+' {
		greedy = t.next()
	}
	if t.zero {
		t.onceOrNot(start, q[0] == '+' || q[0] == '{' && strings.Trim(q, "{}0,") != "" && q[1] != '0', greedy)
		return
	}
	switch greedy {
	case '?':
		q += "?"
	case '+':
		t.backtracks = true
		t.out = append(append(t.out[:start:start], "(?>"...), t.out[start:]...)
		q += ")"
	}
	t.emit(q)
}

// onceOrNot repeats an atom that matches no text: once is as good as many
// times, and the engines differ in how they take more.
func (t *translator) onceOrNot(start int, once bool, greedy rune) {
	atom := string(t.out[start:])
	switch {
	case once:
		return
	case greedy == '?':
		atom = "(?:|" + atom + ")"
	case greedy == '+':
		t.backtracks = true
		atom = "(?>" + atom + "|)"
	default:
		atom = "(?:" + atom + "|)"
	}
	t.out = append(t.out[:start], atom...)
}

// counts takes {n}, {n,} or {n,m}.
func (t *translator) counts() string {
	from := t.i
	t.i++
	digits := func() bool {
		k := t.i
		for t.peek() >= '0' && t.peek() <= '9' {
			t.i++
		}
		return t.i > k
	}
	if !digits() {
		t.fail("Illegal repetition")
	}
	if t.peek() == ',' {
		t.i++
		digits()
	}
	if t.peek() != '}' {
		t.fail("Unclosed counted closure")
	}
	t.i++
	return string(t.src[from:t.i])
}

// group takes a group whose parenthesis is behind; false for (?flags).
func (t *translator) group() bool {
	saved := t.flags
	open := "("
	switch {
	case !t.accept("?"):
		t.groups++
	case t.accept("<=") || t.accept("<!"):
		t.backtracks = true
		open = "(?<" + string(t.src[t.i-1])
	case t.accept("<"):
		t.groups++
		name := t.name()
		if t.names[name] != 0 {
			t.fail("Named capturing group <%s> is already defined", name)
		}
		t.names[name] = t.groups
	case t.accept("=") || t.accept("!") || t.accept(">"):
		t.backtracks = true
		open = "(?" + string(t.src[t.i-1])
	default:
		open = "(?:"
		if t.inlineFlags() {
			return false
		}
	}
	t.emit(open)
	t.sequence()
	if !t.accept(")") {
		t.fail("Unclosed group")
	}
	t.zero = strings.HasPrefix(open, "(?<") || open == "(?=" || open == "(?!"
	t.emit(")")
	t.flags = saved
	return true
}

// name takes the rest of <name>.
func (t *translator) name() string {
	from := t.i
	for t.next() != '>' {
	}
	return string(t.src[from : t.i-1])
}

// inlineFlags takes flags and the colon or the parenthesis after them; true
// when they hold to the end of the group around.
func (t *translator) inlineFlags() bool {
	on := true
	for {
		switch c := t.next(); c {
		case 'i':
			t.fold = on
		case 'u':
			t.unicodeFold = on
		case 's':
			t.dotall = on
		case 'm':
			t.multiline = on
		case 'x':
			t.comments = on
		case 'd':
			t.unixLines = on
		case 'U':
			t.unicodeClass, t.unicodeFold = on, on
		case '-':
			on = false
		case ':':
			return false
		case ')':
			return true
		default:
			t.fail("Unknown inline modifier '%c'", c)
		}
	}
}

// reference writes a back reference.
func (t *translator) reference(n int) {
	t.plain, t.backtracks = false, true
	if n > t.groups {
		t.emit("(?!)")
		return
	}
	t.emit(`(?:\` + strconv.Itoa(n) + ")")
}

// surrogates joins the two halves of a character given as \uD83D\uDE00.
func (t *translator) surrogates(high rune) rune {
	if utf16.IsSurrogate(high) && t.accept(`\u`) {
		return utf16.DecodeRune(high, t.hex(4))
	}
	return high
}

// hex takes n hexadecimal digits.
func (t *translator) hex(n int) rune {
	if t.i+n > len(t.src) {
		t.fail("Illegal hexadecimal escape sequence")
	}
	v, err := strconv.ParseUint(string(t.src[t.i:t.i+n]), 16, 32)
	if err != nil || v > 0x10FFFF {
		t.fail("Illegal hexadecimal escape sequence")
	}
	t.i += n
	return rune(v)
}
