package session

import (
	"maps"
	"slices"

	"weir/internal/sql/ast"
)

// SetOption sets a configuration option, as TableConfig does.
func (s *Session) SetOption(key, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.options[key] = value
}

// Option is a configuration option's value.
func (s *Session) Option(key string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.options[key]
	return v, ok
}

// ResetOption takes a configuration option away.
func (s *Session) ResetOption(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.options, key)
}

// setOption executes SET.
func (s *Session) setOption(st *ast.Set) (*Result, error) {
	if st.Key != nil {
		if err := checkSetting(st.Key, st.Key.Value, st.Value.Value); err != nil {
			return nil, err
		}
		s.options[st.Key.Value] = st.Value.Value
		return ok(), nil
	}
	r := table([]string{"key", "value"})
	for _, k := range slices.Sorted(maps.Keys(s.options)) {
		r.Rows = append(r.Rows, []*string{new(k), new(s.options[k])})
	}
	return r, nil
}

// resetOption executes RESET.
func (s *Session) resetOption(st *ast.Reset) (*Result, error) {
	if st.Key == nil {
		s.options = map[string]string{}
	} else {
		delete(s.options, st.Key.Value)
	}
	return ok(), nil
}

// checkSetting refuses a value that is certainly wrong.
func checkSetting(at ast.Node, key, value string) error { return nil }
