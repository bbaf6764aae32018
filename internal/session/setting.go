package session

import (
	_ "embed" // of the names of Flink's options
	"maps"
	"slices"
	"strings"

	"weir/internal/errs"
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

// ResetOption takes back what was set of a configuration option.
func (s *Session) ResetOption(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reset(key)
}

// reset gives an option the value that the session began with.
func (s *Session) reset(key string) {
	if v, ok := s.cfg.Defaults[key]; ok {
		s.options[key] = v
		return
	}
	delete(s.options, key)
}

// setOption executes SET.
func (s *Session) setOption(st *ast.Set) (*Result, error) {
	if st.Key != nil {
		if err := s.checkSetting(st); err != nil {
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
		s.options = defaults(s.cfg)
	} else {
		s.reset(st.Key.Value)
	}
	return ok(), nil
}

//go:embed settings.txt
var settings string

// checkSetting refuses what is certainly wrong: the key of an option of Flink
// misspelt, and a value that no job could start with. Any other key may be set,
// as in Flink: who reads it knows it.
func (s *Session) checkSetting(st *ast.Set) error {
	key, value := st.Key.Value, st.Value.Value
	if near := misspelt(key); near != "" {
		return errs.New(errs.Invalid, "option.unknown", "there is no option '%s'", key).At(st.Key.Pos()).WithHint("did you mean '%s'?", near)
	}
	if key == "table.sql-dialect" && !strings.EqualFold(value, "default") {
		if strings.EqualFold(value, "hive") {
			return unsupported(st.Value, "dialect", "the dialect 'hive' is not supported: there is Flink's own, 'default'")
		}
		return invalid(st.Value, "dialect", "No enum constant org.apache.flink.table.api.SqlDialect.%s", strings.ToUpper(value))
	}
	tried := Session{cfg: s.cfg, options: maps.Clone(s.options)}
	tried.options[key] = value
	if _, err := tried.fnEnv(); err != nil {
		return placed(st.Value, err)
	}
	_, err := tried.jobConfig()
	return err
}

// misspelt is the option that key nearly is: the same but for one part of the
// name. "" is for a key that is known, or like none.
func misspelt(key string) string {
	parts := strings.Split(key, ".")
	near := ""
	for known := range strings.Lines(settings) {
		known = strings.TrimSpace(known)
		if known == key {
			return ""
		}
		other, differ := strings.Split(known, "."), -1
		for i := range other {
			if len(other) != len(parts) || differ >= 0 && other[i] != parts[i] {
				differ = -1
				break
			}
			if other[i] != parts[i] {
				differ = i
			}
		}
		if differ >= 0 && errs.Nearest(parts[differ], []string{other[differ]}) != "" {
			near = known
		}
	}
	return near
}
