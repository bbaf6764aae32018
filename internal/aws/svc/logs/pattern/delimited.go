package pattern

import "strings"

// parseDelimited reads [fields]. An event is selected when it has these fields
// and every condition holds; "..." stands for any number of fields.
func parseDelimited(text string) (func(string) bool, error) {
	s := &scanner{text: text, pos: 1}
	var fields []cond[string] // nil: a field without conditions
	ellipsis := -1
	for {
		c, dots, err := s.field()
		if err != nil {
			return nil, err
		}
		switch {
		case dots && ellipsis >= 0:
			return nil, s.errorf("there may be only one ...")
		case dots:
			ellipsis = len(fields)
		default:
			fields = append(fields, c)
		}
		if s.take("]") {
			break
		}
		if !s.take(",") {
			return nil, s.errorf(", or ] is missing")
		}
	}
	if s.space(); !s.end() {
		return nil, s.errorf("nothing may follow the closing ]")
	}
	return func(message string) bool { return fieldsMatch(fields, ellipsis, splitFields(message)) }, nil
}

func fieldsMatch(conds []cond[string], ellipsis int, fields []string) bool {
	skipped := len(fields) - len(conds)
	if skipped < 0 || skipped > 0 && ellipsis < 0 {
		return false
	}
	for i, c := range conds {
		if ellipsis >= 0 && i >= ellipsis {
			i += skipped
		}
		if c != nil && !c(fields[i]) {
			return false
		}
	}
	return true
}

// field reads a field: nothing, a name, "...", or conditions on the name.
func (s *scanner) field() (c cond[string], dots bool, err error) {
	if s.take("...") || s.take("…") {
		return nil, true, nil
	}
	name := s.fieldName()
	op := s.operator()
	if op == "" {
		return nil, false, nil
	}
	first := true
	c, err = conditions(s, func() (cond[string], error) {
		if !first {
			if again := s.fieldName(); again != name {
				return nil, s.errorf("a condition of field %s names %q", name, again)
			}
			if op = s.operator(); op == "" {
				return nil, s.errorf("a comparison is missing")
			}
		}
		first = false
		v, err := s.value(op, func(c byte) bool { return isSpace(c) || strings.IndexByte(",]&|", c) >= 0 })
		return v.holdsText, err
	})
	return c, false, err
}

func (s *scanner) fieldName() string {
	s.space()
	return s.until(func(c byte) bool { return !isNameByte(c) && c != '$' && c != '.' })
}

// splitFields is the event's fields: between spaces, or in brackets or
// quotation marks as a whole.
func splitFields(message string) []string {
	var fields []string
	for i := 0; i < len(message); {
		c := message[i]
		if isSpace(c) {
			i++
			continue
		}
		if c == '[' || c == '"' {
			closing := byte('"')
			if c == '[' {
				closing = ']'
			}
			if length := strings.IndexByte(message[i+1:], closing); length >= 0 {
				fields = append(fields, message[i+1:i+1+length])
				i += length + 2
				continue
			}
		}
		from := i
		for i < len(message) && !isSpace(message[i]) {
			i++
		}
		fields = append(fields, message[from:i])
	}
	return fields
}
