package fn

import (
	"strings"

	"weir/internal/errs"
)

// A pattern is a compiled date pattern: yyyy-MM-dd HH:mm:ss. Flink uses two
// formatters of Java, whose letters are mostly the same but which differ in
// what they accept: java.time's DateTimeFormatter, strict, for timestamps, and
// java.text's SimpleDateFormat, lenient, where strings go in and out.
type pattern struct {
	items   []patternItem
	lenient bool  // SimpleDateFormat
	century int64 // the first year that yy can mean
	// zoned: there is a zone in it, which a text may have and a wall-clock time
	// has not.
	zoned bool
}

// A patternItem is a field (letter), text that stands for itself, or an
// optional part.
type patternItem struct {
	letter   byte // 0 for text and optional parts
	n        int  // how often the letter stands
	text     string
	optional []patternItem
	// fixed: the field has exactly n digits when parsed, because a number
	// follows at once or it is one that follows.
	fixed bool
	// reserve is the number of digits that belong to the fields which follow at
	// once.
	reserve int
	// least and most are how many digits a number has, and isNumber that the
	// field is one.
	least, most int
	isNumber    bool
}

// The letters of fields that each formatter has and Weir knows.
const (
	strictLetters  = "GuyDMLdQqYwEecaHkKhmsSAnNVzZXx"
	lenientLetters = "GyYMLwWDdFEuaHkKhmsSzZX"
	numberLetters  = "uyDdQqYwHkKhmsSAnNFW"
)

// compilePattern reads a pattern.
func compilePattern(text string, lenient bool) (*pattern, error) {
	p := &patternReader{text: text, lenient: lenient}
	items := p.items(false)
	if p.err != nil {
		return nil, p.err
	}
	reserveDigits(items, lenient)
	return &pattern{items: items, lenient: lenient, century: 2000, zoned: p.zoned && !lenient}, nil
}

type patternReader struct {
	text    string
	at      int
	lenient bool
	zoned   bool
	err     error
}

func (p *patternReader) fail(format string, args ...any) {
	if p.err == nil {
		p.err = errs.New(errs.Invalid, "function.pattern", format, args...).
			WithHint("patterns are Java's, such as 'yyyy-MM-dd HH:mm:ss.SSS'; text in them stands in quotes")
	}
}

// items reads up to the end, or to the ] of an optional part.
func (p *patternReader) items(inside bool) []patternItem {
	var items []patternItem
	add := func(text string) {
		if k := len(items) - 1; k >= 0 && items[k].letter == 0 && items[k].optional == nil {
			items[k].text += text
			return
		}
		items = append(items, patternItem{text: text})
	}
	for p.at < len(p.text) && p.err == nil {
		c := p.text[p.at]
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			items = append(items, p.field(c))
			continue
		case c == '\'':
			add(p.quoted())
			continue
		case c == '[' && !p.lenient:
			p.at++
			items = append(items, patternItem{optional: append([]patternItem{}, p.items(true)...)})
			continue
		case c == ']' && !p.lenient:
			p.at++
			if !inside {
				p.fail("Pattern invalid as it contains ] without previous [")
			}
			return items
		case strings.IndexByte("{}#", c) >= 0 && !p.lenient:
			p.fail("Pattern includes reserved character: '%c'", c)
		default:
			add(p.text[p.at : p.at+1])
		}
		p.at++
	}
	return items
}

func (p *patternReader) field(c byte) patternItem {
	start := p.at
	for p.at < len(p.text) && p.text[p.at] == c {
		p.at++
	}
	n := p.at - start
	letters := strictLetters
	if p.lenient {
		letters = lenientLetters
	}
	most := 19
	switch {
	case strings.IndexByte(letters, c) < 0:
		p.fail("Unknown pattern letter: %c", c)
	case p.lenient:
		return patternItem{letter: c, n: n}
	case strings.IndexByte("VzZXx", c) >= 0:
		p.zoned, most = true, 3
	case strings.IndexByte("dHkKhmsw", c) >= 0:
		most = 2
	case c == 'D':
		most = 3
	case c == 'S':
		most = 9
	case c == 'a':
		most = 1
	case strings.IndexByte("GMLQqEec", c) >= 0:
		most = 5
	}
	if n > most {
		p.fail("Too many pattern letters: %c", c)
	}
	return patternItem{letter: c, n: n}
}

// quoted reads text in quotes; two quotes are one.
func (p *patternReader) quoted() string {
	p.at++
	var text []byte
	for ; p.at < len(p.text); p.at++ {
		if p.text[p.at] != '\'' {
			text = append(text, p.text[p.at])
			continue
		}
		p.at++
		if p.at == len(p.text) || p.text[p.at] != '\'' {
			if len(text) == 0 {
				return "'"
			}
			return string(text)
		}
		text = append(text, '\'')
	}
	p.fail("Pattern ends with an incomplete string literal: %s", p.text)
	return ""
}

// number reports whether the field is a number rather than a word.
func (it *patternItem) number() bool {
	switch it.letter {
	case 'M', 'L', 'e', 'c':
		return it.n < 3
	}
	return strings.IndexByte(numberLetters, it.letter) >= 0 && !(it.n > 2 && (it.letter == 'Q' || it.letter == 'q'))
}

// width is how many digits the field has at least when it stands after another
// number; 0 where that is open.
func (it *patternItem) width() int {
	switch it.letter {
	case 'u', 'y', 'Y':
		if it.n == 2 {
			return 2
		}
		return 0
	}
	if it.n == 1 && it.letter != 'S' {
		return 0
	}
	return it.n
}

// reserveDigits finds the numbers that stand side by side, as in yyyyMMdd.
func reserveDigits(items []patternItem, lenient bool) {
	for i := range items {
		reserveDigits(items[i].optional, lenient)
		if items[i].isNumber = items[i].letter != 0 && items[i].number(); !items[i].isNumber {
			continue
		}
		next := i + 1
		switch {
		case lenient:
			items[i].fixed = next < len(items) && items[next].letter != 0 && items[next].number()
		case items[i].fixed:
		default:
			for ; next < len(items) && items[next].letter != 0 && items[next].number() && items[next].width() > 0; next++ {
				items[i].reserve += items[next].width()
				items[next].fixed = true
			}
		}
		items[i].least, items[i].most = digitsOf(&items[i], lenient)
	}
}
