package javaregex

// escape takes what follows a backslash outside a character class; false when
// it is nothing that can be repeated.
func (t *translator) escape() bool {
	c := t.next()
	t.zero = c == 'b' || c == 'B' || c == 'A' || c == 'z' || c == 'G'
	switch c {
	case 'b', 'B':
		t.plain, t.words = false, true
		t.emit(`\` + string(c))
		return true
	case 'A', 'z':
		t.plain = false
		t.emit(`\` + string(c))
		return true
	case 'G':
		t.plain, t.backtracks = false, true
		t.emit(`\G`)
		return true
	case 'Z':
		t.end(false)
		return true
	case 'R':
		t.plain = false
		t.emit("(?:\r\n|[\n\v\f\r\u0085\u2028\u2029])")
		return true
	case 'Q':
		t.quote()
		return false
	case 'k':
		if !t.accept("<") {
			t.fail(`\k is not followed by '<' for named capturing group`)
		}
		name := t.name()
		if t.names[name] == 0 {
			t.fail("named capturing group <%s> does not exist", name)
		}
		t.reference(t.names[name])
		return true
	}
	if c >= '1' && c <= '9' {
		t.reference(t.groupNumber(int(c - '0')))
		return true
	}
	if s, ok := t.classEscape(c); ok {
		t.plain = false
		t.set(t.folded(s))
		return true
	}
	t.char(t.charEscape(c))
	return true
}

// groupNumber takes more digits while there are so many groups.
func (t *translator) groupNumber(n int) int {
	for c := t.peek(); c >= '0' && c <= '9'; c = t.peek() {
		m := n*10 + int(c-'0')
		if m > t.groups {
			break
		}
		n = m
		t.i++
	}
	return n
}

// quote takes text up to \E, which is literal; what follows repeats its last
// character.
func (t *translator) quote() {
	for t.more() && !t.accept(`\E`) {
		start := len(t.out)
		t.char(t.next())
		if t.accept(`\E`) {
			t.quantifier(start)
			return
		}
	}
}

// charEscape is the character that an escape stands for.
func (t *translator) charEscape(c rune) rune {
	switch c {
	case 't':
		return '\t'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 'f':
		return '\f'
	case 'a':
		return 7
	case 'e':
		return 27
	case 'c':
		return t.next() ^ 64
	case 'x':
		if !t.accept("{") {
			return t.hex(2)
		}
		n := 0
		for t.i+n < len(t.src) && t.src[t.i+n] != '}' {
			n++
		}
		r := t.hex(n)
		t.next()
		return r
	case 'u':
		return t.surrogates(t.hex(4))
	case '0':
		return t.octal()
	}
	if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
		t.fail("Illegal/unsupported escape sequence")
	}
	return c
}

// octal takes up to three digits, at most 377.
func (t *translator) octal() rune {
	r, n := rune(0), 0
	for c := t.peek(); n < 3 && c >= '0' && c <= '7' && r*8+c-'0' <= 0o377; c = t.peek() {
		r, n = r*8+c-'0', n+1
		t.i++
	}
	if n == 0 {
		t.fail("Illegal octal escape sequence")
	}
	return r
}
