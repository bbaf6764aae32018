package jsonpath

import (
	"bytes"
	"fmt"

	"github.com/go-faster/jx"
)

// Scanner follows a simple path in JSON text. It is for one goroutine.
type Scanner struct {
	keys  []string // "" where the step is an index
	index []int
	d     *jx.Decoder
	found []byte
}

// Scanner is a Scanner for p; nil when p is not simple: fields and indexes from
// the start alone.
func (p *Path) Scanner() *Scanner {
	if p.bad != nil {
		return nil
	}
	s := &Scanner{d: jx.DecodeBytes(nil)}
	for _, st := range p.steps {
		switch st := st.(type) {
		case field:
			s.keys, s.index = append(s.keys, string(st)), append(s.index, -1)
		case index:
			if st < 0 {
				return nil
			}
			s.keys, s.index = append(s.keys, ""), append(s.index, int(st))
		default:
			return nil
		}
	}
	return s
}

// Scan is the text of what the path leads to, nil for nothing. The whole value
// is checked; the error is that it is no JSON.
func (s *Scanner) Scan(text []byte) (found []byte, err error) {
	s.d.ResetBytes(text)
	s.found = nil
	err = s.walk(0)
	if err != nil {
		return nil, err
	}
	return s.found, nil
}

func (s *Scanner) walk(depth int) error {
	if depth == len(s.keys) {
		s.d.Next() // goes over blanks, which Raw would take in
		raw, err := s.d.Raw()
		s.found = raw
		return err
	}
	if s.index[depth] >= 0 {
		return s.array(depth)
	}
	if s.d.Next() != jx.Object {
		return s.d.Skip()
	}
	it, err := s.d.ObjIter()
	if err != nil {
		return err
	}
	for it.Next() {
		if string(it.Key()) != s.keys[depth] {
			err = s.d.Skip()
		} else {
			s.found = nil // of a key before with the same name
			err = s.walk(depth + 1)
		}
		if err != nil {
			return err
		}
	}
	return it.Err()
}

func (s *Scanner) array(depth int) error {
	if s.d.Next() != jx.Array {
		return s.d.Skip()
	}
	it, err := s.d.ArrIter()
	if err != nil {
		return err
	}
	for i := 0; it.Next(); i++ {
		if i == s.index[depth] {
			err = s.walk(depth + 1)
		} else {
			err = s.d.Skip()
		}
		if err != nil {
			return err
		}
	}
	return it.Err()
}

// IsContainer reports whether the text of a value is an array or an object.
func IsContainer(text []byte) bool { return text[0] == '{' || text[0] == '[' }

// AppendScalar adds the text of a scalar as Java prints its value: a string
// without its quotes.
func AppendScalar(buf, text []byte) ([]byte, error) {
	switch text[0] {
	case '"':
		if end := len(text) - 1; plain(text[1:end]) {
			return append(buf, text[1:end]...), nil
		}
		return unquote(buf, text)
	case 't', 'f', 'n':
		return append(buf, text...), nil
	}
	return AppendNumber(buf, text), nil
}

// plain reports whether a string's text stands for itself.
func plain(text []byte) bool {
	for _, c := range text {
		if c == '\\' {
			return false
		}
	}
	return true
}

// Valid reads the first value of a text without keeping it and gives its kind.
func Valid(text []byte) (Kind, error) {
	d := jx.GetDecoder()
	defer jx.PutDecoder(d)
	d.ResetBytes(text)
	kind := map[jx.Type]Kind{jx.Object: Object, jx.Array: Array, jx.String: String, jx.Number: Number, jx.Bool: Bool}[d.Next()]
	return kind, d.Skip()
}

// Root reports whether the path is $ alone.
func (s *Scanner) Root() bool { return len(s.keys) == 0 }

// Unclosed says, in Jackson's words, where the innermost array or object of a
// text opens that is not closed; "" when there is none.
func Unclosed(text []byte) string {
	var open []int
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			for i++; i < len(text) && text[i] != '"'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '{', '[':
			open = append(open, i)
		case '}', ']':
			open = open[:max(0, len(open)-1)]
		}
	}
	if len(open) == 0 {
		return ""
	}
	at := open[len(open)-1]
	line := bytes.Count(text[:at], []byte("\n")) + 1
	column := at - bytes.LastIndexByte(text[:at], '\n')
	kind := "Object"
	if text[at] == '[' {
		kind = "Array"
	}
	return fmt.Sprintf(" (expected close marker for %s, start marker at line: %d, column: %d)", kind, line, column)
}
