package fn

// memo keeps what is made of the argument values seen last: compiled patterns
// and the like. It is for one kernel, that is one goroutine.
type memo[T any] struct {
	make func(key string) (T, error)
	last string
	one  *made[T]
	seen map[string]*made[T]
}

type made[T any] struct {
	value T
	err   error
}

// memoSize is how many values are kept; then the memory starts anew.
const memoSize = 128

func (m *memo[T]) get(key []byte) (T, error) {
	if m.one == nil || m.last != string(key) {
		x := m.seen[string(key)]
		if x == nil {
			x = &made[T]{}
			x.value, x.err = m.make(string(key))
			if m.seen == nil || len(m.seen) >= memoSize {
				m.seen = map[string]*made[T]{}
			}
			m.seen[string(key)] = x
		}
		m.last, m.one = string(key), x
	}
	return m.one.value, m.one.err
}
