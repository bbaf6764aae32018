package session

import (
	"context"
	"maps"
	"sort"
	"strings"

	"weir/internal/sql/ast"
	"weir/internal/sql/parser"
)

// IsOK reports whether the statement gave nothing but its success.
func (r *Result) IsOK() bool {
	return r.Stream == nil && r.Job == nil && len(r.Rows) == 1 && len(r.Columns) == 1 && r.Columns[0].Name == "result" &&
		r.Rows[0][0] != nil && *r.Rows[0][0] == "OK"
}

// ExecuteWith executes one statement under options that hold for it alone.
func (s *Session) ExecuteWith(ctx context.Context, text string, options map[string]string) (*Result, error) {
	if len(options) == 0 {
		return s.ExecuteSQL(ctx, text)
	}
	stmt, err := parser.Parse(text)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	before := maps.Clone(s.options)
	maps.Copy(s.options, options)
	s.mu.Unlock()
	r, err := s.Execute(ctx, stmt)
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, v := range options {
		old, had := before[k]
		switch {
		case s.options[k] != v: // the statement set it
		case had:
			s.options[k] = old
		default:
			delete(s.options, k)
		}
	}
	return r, err
}

// Complete offers what the word at a position of a statement may become: the
// names of tables and views where one is due, otherwise keywords and functions.
// A word that is not begun is only completed with names.
func (s *Session) Complete(text string, position int) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	runes := []rune(text)
	before := string(runes[:max(0, min(position, len(runes)))])
	from := strings.LastIndexAny(before, " \t\r\n(,;") + 1
	word := before[from:]
	prev := strings.Fields(before[:from])
	found := []string{}
	if len(prev) > 0 && takesTable(prev[len(prev)-1]) {
		return s.tableCandidates(word)
	}
	if word == "" {
		return found
	}
	upper := strings.ToUpper(word)
	for _, k := range append(ast.Keywords(), s.funcs.Names()...) {
		if strings.HasPrefix(strings.ToUpper(k), upper) {
			found = append(found, k)
		}
	}
	sort.Strings(found)
	return found
}

func takesTable(word string) bool {
	switch strings.ToUpper(word) {
	case "FROM", "JOIN", "INTO", "TABLE", "DESCRIBE", "DESC", "VIEW":
		return true
	}
	return false
}

// tableCandidates are the tables and views whose name begins with a word, by
// their name alone where they are of the current database.
func (s *Session) tableCandidates(word string) []string {
	found := []string{}
	add := func(full, short string, current bool) {
		switch {
		case current && strings.HasPrefix(strings.ToLower(short), strings.ToLower(word)), strings.HasPrefix(full, word):
			found = append(found, full)
		}
	}
	now := s.catalog.Current()
	for _, p := range s.catalog.Paths() {
		add(p.String(), p.Object, p.Catalog == now.Catalog && p.Database == now.Database)
	}
	sort.Strings(found)
	return found
}
