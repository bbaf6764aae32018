package policy

import (
	"strings"
	"unicode/utf8"
)

// mode is where in a policy a pattern stands.
type mode uint8

const (
	// textMode: wildcards match everything (actions, StringLike).
	textMode mode = iota
	// literalMode has no wildcards, only variables (StringEquals).
	literalMode
	// resourceMode: a wildcard stays within its colon-separated segment, except
	// in the sixth, which is the rest, and except an asterisk that ends a segment.
	resourceMode
	// arnMode (ArnLike): a wildcard stays within its segment, except in the sixth.
	arnMode
)

type kind uint8

const (
	literal  kind = iota
	one           // ?
	run           // *
	variable      // ${name}
)

// piece is a part of a pattern.
type piece struct {
	kind   kind
	text   string // of a literal; the lower-case key of a variable
	colons bool   // a wildcard that matches colons too
	other  *string
}

// pattern is a compiled string of a policy.
type pattern struct {
	pieces []piece
	vars   bool // has variables
	runs   int
}

// ParseError is a document without a meaning; Msg is in IAM's words.
type ParseError struct{ Msg string }

// Error is the message.
func (e *ParseError) Error() string { return e.Msg }

// compile reads a pattern; variables are read from 2012-10-17 on.
func compile(text string, m mode, version string) pattern {
	var p pattern
	var lit strings.Builder
	segment := 0
	flush := func() {
		if lit.Len() > 0 {
			p.pieces = append(p.pieces, piece{kind: literal, text: lit.String()})
			lit.Reset()
		}
	}
	for i := 0; i < len(text); i++ {
		ch := text[i]
		free := m == textMode || segment >= 5
		switch {
		case ch == '$' && version == version2012 && strings.HasPrefix(text[i:], "${"):
			v, length := readVariable(text[i:])
			if length == 0 {
				lit.WriteByte(ch)
				continue
			}
			i += length - 1
			if v.kind == literal {
				lit.WriteString(v.text)
				continue
			}
			flush()
			p.pieces = append(p.pieces, v)
			p.vars = true
		case ch == '*' && m != literalMode:
			flush()
			ends := i+1 == len(text) || text[i+1] == ':'
			p.pieces = append(p.pieces, piece{kind: run, colons: free || m == resourceMode && ends})
			p.runs++
		case ch == '?' && m != literalMode:
			flush()
			p.pieces = append(p.pieces, piece{kind: one, colons: free})
		default:
			if ch == ':' {
				segment++
			}
			lit.WriteByte(ch)
		}
	}
	flush()
	return p
}

// readVariable reads ${key}, ${key, 'default'} and the escapes ${*} ${?} ${$},
// which are literals; length 0 says that there is none.
func readVariable(text string) (p piece, length int) {
	end := strings.IndexByte(text, '}')
	if end < 3 {
		return piece{}, 0
	}
	name := strings.TrimSpace(text[2:end])
	if name == "*" || name == "?" || name == "$" {
		return piece{kind: literal, text: name}, end + 1
	}
	p.kind = variable
	if key, rest, ok := strings.Cut(name, ","); ok {
		rest = strings.TrimSpace(rest)
		if len(rest) < 2 || rest[0] != '\'' || rest[len(rest)-1] != '\'' {
			return piece{}, 0
		}
		name, p.other = strings.TrimSpace(key), new(rest[1:len(rest)-1])
	}
	p.text = strings.ToLower(name)
	return p, end + 1
}

// fold makes a pattern match lower-cased text.
func (p pattern) fold() pattern {
	for i := range p.pieces {
		if p.pieces[i].kind == literal {
			p.pieces[i].text = strings.ToLower(p.pieces[i].text)
		}
	}
	return p
}

// expand puts the request's values in the place of variables; ok is false when
// the request lacks one. A value's own asterisks are no wildcards.
func (p *pattern) expand(ctx Context) (pieces []piece, ok bool) {
	if !p.vars {
		return p.pieces, true
	}
	pieces = make([]piece, len(p.pieces))
	for i, x := range p.pieces {
		if x.kind == variable {
			values := valuesOf(ctx, x.text)
			switch {
			case len(values) == 1:
				x = piece{kind: literal, text: values[0]}
			case x.other != nil && len(values) == 0:
				x = piece{kind: literal, text: *x.other}
			default:
				return nil, false
			}
		}
		pieces[i] = x
	}
	return pieces, true
}

func valuesOf(ctx Context, key string) []string {
	if ctx == nil {
		return nil
	}
	return ctx.Values(key)
}

// literal is the text of a pattern without wildcards.
func (p *pattern) literal(ctx Context) (string, bool) {
	pieces, ok := p.expand(ctx)
	if !ok {
		return "", false
	}
	if len(pieces) == 1 {
		return pieces[0].text, true
	}
	var b strings.Builder
	for _, x := range pieces {
		b.WriteString(x.text)
	}
	return b.String(), true
}

// match tells whether the whole text is matched.
func (p *pattern) match(text string, ctx Context) bool {
	pieces, ok := p.expand(ctx)
	if !ok {
		return false
	}
	if p.runs == 0 {
		rest, ok := eat(pieces, text)
		return ok && rest == ""
	}
	first := 0
	for pieces[first].kind != run {
		first++
	}
	text, ok = eat(pieces[:first], text)
	if !ok {
		return false
	}
	if p.runs > 1 {
		return reach(pieces[first:], text)
	}
	// One asterisk: what follows it has a fixed number of characters.
	tail := pieces[first+1:]
	cut := len(text)
	for _, x := range tail {
		n := 1
		if x.kind == literal {
			n = utf8.RuneCountInString(x.text)
		}
		for ; n > 0; n-- {
			if cut == 0 {
				return false
			}
			_, size := utf8.DecodeLastRuneInString(text[:cut])
			cut -= size
		}
	}
	if !pieces[first].colons && strings.Contains(text[:cut], ":") {
		return false
	}
	rest, ok := eat(tail, text[cut:])
	return ok && rest == ""
}

// eat matches pieces without asterisks at the start of text.
func eat(pieces []piece, text string) (rest string, ok bool) {
	for _, x := range pieces {
		if x.kind == literal {
			if text, ok = strings.CutPrefix(text, x.text); !ok {
				return "", false
			}
			continue
		}
		if text == "" || text[0] == ':' && !x.colons {
			return "", false
		}
		_, size := utf8.DecodeRuneInString(text)
		text = text[size:]
	}
	return text, true
}

// reach matches pieces with several asterisks: it follows, piece by piece, the
// set of places in text where the pieces so far can end, so that no pattern
// takes longer than its length times the text's.
func reach(pieces []piece, text string) bool {
	at := make([]bool, len(text)+1)
	at[0] = true
	for _, x := range pieces {
		next := make([]bool, len(text)+1)
		for i := range at {
			if x.kind == run {
				next[i] = at[i] || i > 0 && next[i-1] && (x.colons || text[i-1] != ':')
				continue
			}
			if !at[i] {
				continue
			}
			if rest, ok := eat([]piece{x}, text[i:]); ok {
				next[len(text)-len(rest)] = true
			}
		}
		at = next
	}
	return at[len(text)]
}
