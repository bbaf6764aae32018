// Package pattern is the filter pattern language of CloudWatch Logs: what
// FilterLogEvents, metric filters and `aws logs tail --filter-pattern` select by.
//
// A pattern is one of
//
//	ERROR "exact phrase" -excluded   terms: all of them, in any order
//	?ERROR ?WARN                     terms: at least one of them
//	%AUTH.*ED%                       a regular expression
//	{ $.a.b = "x*" && $.n >= 5 }     conditions on a JSON event
//	[ip, ..., status = 4*, bytes]    conditions on a space-delimited event
//
// and nothing at all selects everything. Matching is case-sensitive; a term is
// found anywhere in the event, inside words too. A wildcard stands only at the
// ends of a text: Ev*ent is that very text.
//
// A Pattern is immutable and safe for concurrent use. The package knows neither
// groups nor requests.
package pattern

import (
	"fmt"
	"regexp"
	"strings"
)

// Pattern selects events. Make one with Parse.
type Pattern struct {
	match func(message string) bool // nil: everything
}

// Match reports whether the pattern selects the event.
func (p *Pattern) Match(message string) bool { return p.match == nil || p.match(message) }

// All reports whether the pattern selects everything.
func (p *Pattern) All() bool { return p.match == nil }

// Parse reads a pattern; the error says what is wrong with it and where.
func Parse(text string) (*Pattern, error) {
	trimmed := strings.TrimSpace(text)
	var match func(string) bool
	var err error
	switch {
	case trimmed == "":
		return &Pattern{}, nil
	case trimmed[0] == '{':
		match, err = parseJSON(trimmed)
	case trimmed[0] == '[':
		match, err = parseDelimited(trimmed)
	default:
		match, err = parseTerms(trimmed)
	}
	if err != nil {
		return nil, fmt.Errorf("Invalid filter pattern: %w", err)
	}
	return &Pattern{match}, nil
}

// term is one word of a pattern of terms.
type term struct {
	text string
	re   *regexp.Regexp
}

func (t term) in(message string) bool {
	if t.re != nil {
		return t.re.MatchString(message)
	}
	return strings.Contains(message, t.text)
}

func anyIn(terms []term, message string) bool {
	for _, t := range terms {
		if t.in(message) {
			return true
		}
	}
	return false
}

// parseTerms reads words, phrases and regular expressions with their signs. As
// AWS documents it, optional terms count for nothing beside required ones.
func parseTerms(text string) (func(string) bool, error) {
	var required, optional, excluded []term
	s := &scanner{text: text}
	for s.space(); !s.end(); s.space() {
		to := &required
		switch s.peek() {
		case '?':
			to = &optional
			s.pos++
		case '-':
			to = &excluded
			s.pos++
		}
		t, err := s.term()
		if err != nil {
			return nil, err
		}
		*to = append(*to, t)
	}
	if len(required) > 0 {
		optional = nil
	}
	return func(message string) bool {
		for _, t := range required {
			if !t.in(message) {
				return false
			}
		}
		return (len(optional) == 0 || anyIn(optional, message)) && !anyIn(excluded, message)
	}, nil
}

// term reads one word, "phrase" or %regular expression%.
func (s *scanner) term() (term, error) {
	switch s.peek() {
	case '"':
		text, err := s.quoted('"')
		return term{text: text}, err
	case '%':
		re, err := s.regexp()
		return term{re: re}, err
	}
	word := s.until(func(c byte) bool { return isSpace(c) || c == '"' })
	if word == "" {
		return term{}, s.errorf("a term is missing")
	}
	return term{text: word}, nil
}
